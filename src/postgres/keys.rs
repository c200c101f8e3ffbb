//! The keys of a connection string: those understood, and those of libpq that are not yet.

/// A key, the variable that gives its default, and whether masque understands it.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) variable: Option<&'static str>,
    pub(crate) meaning: Meaning,
}

/// What masque does with a key.
pub(crate) enum Meaning {
    /// It is understood.
    Understood,
    /// These values ask for what masque does anyway; any other is refused.
    Only(&'static [&'static str]),
}

const fn yes(name: &'static str, variable: &'static str) -> Key {
    Key { name, variable: Some(variable), meaning: Meaning::Understood }
}

const fn bare(name: &'static str) -> Key {
    Key { name, variable: None, meaning: Meaning::Understood }
}

const fn only(name: &'static str, variable: &'static str, values: &'static [&'static str]) -> Key {
    Key { name, variable: Some(variable), meaning: Meaning::Only(values) }
}

const fn bare_only(name: &'static str, values: &'static [&'static str]) -> Key {
    Key { name, variable: None, meaning: Meaning::Only(values) }
}

/// Every key of libpq.
pub(crate) const KEYS: &[Key] = &[
    yes("host", "PGHOST"),
    yes("hostaddr", "PGHOSTADDR"),
    yes("port", "PGPORT"),
    yes("user", "PGUSER"),
    yes("password", "PGPASSWORD"),
    yes("dbname", "PGDATABASE"),
    yes("sslmode", "PGSSLMODE"),
    yes("sslrootcert", "PGSSLROOTCERT"),
    yes("application_name", "PGAPPNAME"),
    yes("connect_timeout", "PGCONNECT_TIMEOUT"),
    yes("passfile", "PGPASSFILE"),
    yes("options", "PGOPTIONS"),
    yes("target_session_attrs", "PGTARGETSESSIONATTRS"),
    yes("channel_binding", "PGCHANNELBINDING"),
    bare("fallback_application_name"),
    bare("keepalives"),
    bare("keepalives_idle"),
    bare("keepalives_interval"),
    bare("keepalives_count"),
    bare("tcp_user_timeout"),
    only("gssencmode", "PGGSSENCMODE", &["disable", "prefer"]),
    only("client_encoding", "PGCLIENTENCODING", &["utf8", "utf-8", "auto"]),
    yes("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    yes("sslnegotiation", "PGSSLNEGOTIATION"),
    only("sslcertmode", "PGSSLCERTMODE", &["disable", "allow"]),
    only("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", &["tlsv1", "tlsv1.1", "tlsv1.2"]),
    only("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", &["tlsv1.3"]),
    only("sslcompression", "PGSSLCOMPRESSION", &["0"]),
    only("sslsni", "PGSSLSNI", &["1"]),
    bare_only("replication", &["false", "off", "no", "0"]),
    yes("service", "PGSERVICE"),
    yes("servicefile", "PGSERVICEFILE"),
    yes("sslcert", "PGSSLCERT"),
    yes("sslkey", "PGSSLKEY"),
    bare_only("sslpassword", &[]),
    yes("sslcrl", "PGSSLCRL"),
    only("sslcrldir", "PGSSLCRLDIR", &[]),
    only("requirepeer", "PGREQUIREPEER", &[]),
    only("require_auth", "PGREQUIREAUTH", &[]),
    only("krbsrvname", "PGKRBSRVNAME", &[]),
    only("gsslib", "PGGSSLIB", &[]),
    only("gssdelegation", "PGGSSDELEGATION", &["0"]),
    bare_only("sslkeylogfile", &[]),
    only("min_protocol_version", "PGMINPROTOCOLVERSION", &["3.0"]),
    only("max_protocol_version", "PGMAXPROTOCOLVERSION", &["3.0", "3.2", "latest"]),
    bare_only("scram_client_key", &[]),
    bare_only("scram_server_key", &[]),
    bare_only("oauth_issuer", &[]),
    bare_only("oauth_client_id", &[]),
    bare_only("oauth_client_secret", &[]),
    bare_only("oauth_scope", &[]),
];

/// The key called `name`.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Whether libpq has a key called `name`.
pub(crate) fn is_known(name: &str) -> bool {
    find(name).is_some()
}
