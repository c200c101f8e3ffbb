//! Why a server could not be reached, and what to do about it.

use super::connect::Failure;
use super::tls::SslMode;
use super::url::{Host, Place, Url};
use crate::error::{Error, Kind};
use crate::schema::identifier;
use std::io;

impl Url {
    /// The sentence and the help for a failed attempt at `host`.
    pub(crate) fn explain(&self, kind: Kind, host: &Host, failure: &Failure) -> Error {
        let mut alone = self.clone();
        alone.hosts = vec![host.clone()];
        let doing = format!("cannot connect to `{alone}`");
        let error = match failure {
            Failure::Timeout => {
                return Error::new(kind, format!("{doing}: no answer in time"))
                    .cut_off()
                    .help("check host, port and firewall, or allow more with connect_timeout=SECONDS");
            }
            Failure::Unfit => {
                let wanted = self.target_session_attrs.name();
                return Error::new(
                    kind,
                    format!("{doing}: the server is not what target_session_attrs={wanted} asks for"),
                )
                .help("name a host that is, or leave `target_session_attrs` out");
            }
            Failure::Server(error) => error,
        };
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        if cause == "password missing" {
            return Error::new(kind, format!("{doing}: the server asks for a password and there is none")).help(
                "put it in `~/.pgpass` (chmod 0600) as host:port:database:user:password, or set PGPASSWORD",
            );
        }
        if cause.contains("channel binding") {
            return Error::new(kind, format!("{doing}: the login cannot be bound to its TLS channel")).help(
                "channel_binding=require needs TLS, a password of `scram-sha-256` and a line of `pg_hba.conf` that asks for it",
            );
        }
        if cause == "server does not support TLS" {
            return Error::new(kind, format!("{doing}: the server does not offer TLS")).help(format!(
                "sslmode={} insists on it: switch `ssl` on at the server, or use sslmode=prefer on a trusted network",
                self.sslmode.name()
            ));
        }
        let told = Error::from_server(kind, &doing, error);
        let help = match error.code().map(tokio_postgres::error::SqlState::code) {
            Some("28P01") => Some(self.about_password(host)),
            Some("28000") => Some(format!(
                "`pg_hba.conf` of the server has no line that admits user `{}` to `{}` from here{}, or the role may not log in",
                self.user,
                self.database,
                if self.sslmode == SslMode::Disable { " without TLS" } else { "" }
            )),
            Some("3D000") => Some(format!(
                "the server has no database `{}`: check the name, or create it with `createdb`",
                self.database
            )),
            Some("53300") => Some("use fewer --jobs, or raise `max_connections` of the server".to_owned()),
            Some("57P03") => Some("the server is starting or stopping: try again in a moment".to_owned()),
            Some("42501") => Some(format!(
                "the role needs it: grant connect on database \"{}\" to \"{}\"",
                self.database, self.user
            )),
            Some(_) => None,
            None if self.direct && cause.contains("eof") => Some(
                "sslnegotiation=direct needs a server of PostgreSQL 17 or newer: use sslnegotiation=postgres"
                    .to_owned(),
            ),
            None if failure.in_tls() => Some(about_certificate(&cause)),
            None => about_network(host, failure),
        };
        let told = if told.sqlstate() == Some("42501") {
            told.remedy(vec![format!(
                "GRANT CONNECT ON DATABASE {} TO {}",
                identifier(&self.database),
                identifier(&self.user)
            )])
        } else {
            told
        };
        match help {
            Some(help) => told.help(help),
            None => told,
        }
    }

    fn about_password(&self, host: &Host) -> String {
        match (&self.password, self.password_for(host)) {
            (Some(_), _) => {
                format!("the password for user `{}` is wrong (it came from the URL or PGPASSWORD)", self.user)
            }
            (None, Some(_)) => format!("the password for user `{}` in the password file is wrong", self.user),
            (None, None) => "no password was given and the password file has none for this login".to_owned(),
        }
    }
}

fn about_network(host: &Host, failure: &Failure) -> Option<String> {
    let port = host.port;
    match (&host.place, failure.io_kind()?) {
        (Place::Socket(path), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Some(format!("no server has its socket at `{}` for port {port}: is it running?", path.display()))
        }
        (_, io::ErrorKind::ConnectionRefused) => {
            Some(format!("no server listens on port {port} there: is it running, and is the port right?"))
        }
        (_, io::ErrorKind::TimedOut) => {
            Some("check host, port and firewall, or allow more with connect_timeout=SECONDS".to_owned())
        }
        (_, io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
            Some(format!("what listens on port {port} hung up: is it PostgreSQL?"))
        }
        (Place::Name(name), _) if host.addr.is_none() && failure.in_lookup() => {
            Some(format!("the host name `{name}` is not known: check its spelling and your network"))
        }
        _ => None,
    }
}

fn about_certificate(cause: &str) -> String {
    if cause.contains("not valid for name") || cause.contains("NotValidForName") {
        "the server's certificate is for another name (a subject alternative name is needed, a common name is not enough): \
         connect by the name it has, or use sslmode=verify-ca"
            .to_owned()
    } else if cause.contains("UnknownIssuer") || cause.contains("BadSignature") {
        "the server's certificate is not from a trusted CA: name the right one with sslrootcert=FILE"
            .to_owned()
    } else if cause.to_lowercase().contains("expired") {
        "the server's certificate has expired: renew it".to_owned()
    } else if cause.contains("Revoked") {
        "the server's certificate was revoked: give the server a new one, or correct the list of `sslcrl`"
            .to_owned()
    } else if cause.contains("CaUsedAsEndEntity") {
        "the server uses a CA's certificate as its own: issue one for the server, or use sslmode=require without \
         a root certificate"
            .to_owned()
    } else {
        "the TLS handshake failed: check the server's certificate, or use sslmode=disable on a trusted network".to_owned()
    }
}
