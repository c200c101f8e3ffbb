//! A server that speaks TLS, and the authority that signed its certificate.

use super::server::start_with_files;
use super::{Side, execute, value, wait_until};
use masque::postgres::cluster::Cluster;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Signs certificates, and has a folder for what tests write down.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// A certificate and its key, as PEM.
pub(crate) struct Papers {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// The number of every certificate, so that a list can revoke it.
const NUMBER: u64 = 4711;

impl Authority {
    /// A new one, trusted by nobody.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // Of two with one name, OpenSSL tries the first alone.
        let name = format!("authority {}", NEXT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer, folder: tempfile::tempdir().unwrap() }
    }

    /// A certificate for a host or a role.
    pub(crate) fn sign(&self, name: &str) -> Papers {
        self.sign_until(name, 2090)
    }

    /// One that is over with the beginning of a year.
    pub(crate) fn sign_until(&self, name: &str, year: i32) -> Papers {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(NUMBER));
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        Papers { certificate: signed.pem(), key: key.serialize_pem() }
    }

    /// Its own certificate, as PEM.
    pub(crate) fn root(&self) -> String {
        self.issuer.pem()
    }

    /// The file of its own certificate.
    pub(crate) fn root_file(&self) -> String {
        self.write("root.crt", &self.root(), 0o644)
    }

    /// The file of a list that revokes every certificate it signed, or none.
    pub(crate) fn revocations(&self, all: bool) -> String {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(if all { NUMBER } else { 1 }),
            revocation_time: date_time_ymd(2021, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2021, 1, 1),
            next_update: date_time_ymd(2090, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        self.write(
            if all { "all.crl" } else { "none.crl" },
            &params.signed_by(&self.issuer).unwrap().pem().unwrap(),
            0o644,
        )
    }

    /// Writes a file into its folder and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str, mode: u32) -> String {
        let path: PathBuf = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// A server with a certificate for `db.example`. Its roles: `tls_only` with a password and
/// `cert_only` with a certificate come in by TLS alone, `plain_only` without it alone,
/// `anyone` either way, `unasked` without its password; all have the password `p`, may read everything and make databases.
pub(crate) struct Secure {
    cluster: Cluster,
    pub(crate) authority: Authority,
}

const ADMISSIONS: &str = "\
hostssl   all tls_only   all scram-sha-256
hostnossl all tls_only   all reject
hostssl   all cert_only  all cert
hostnossl all plain_only all scram-sha-256
hostssl   all plain_only all reject
host      all unasked    all trust
host      all all        all scram-sha-256
";

impl Secure {
    /// Starts one of a test's own.
    pub(crate) fn start(name: &str, side: Side) -> Self {
        let authority = Authority::new();
        let papers = authority.sign("db.example");
        let files = [
            ("server.crt", papers.certificate),
            ("server.key", papers.key),
            ("root.crt", authority.root()),
            ("pg_hba.conf", ADMISSIONS.to_owned()),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text)).to_vec();
        let cluster = start_with_files(side, name, &[("ssl", "on"), ("ssl_ca_file", "root.crt")], files);
        let this = Self { cluster, authority };
        let roles = ["tls_only", "cert_only", "plain_only", "anyone", "unasked"].map(|role| {
            format!("create role {role} login createdb password 'p'; grant pg_read_all_data, pg_signal_backend to {role}")
        });
        execute(&this.admin("postgres"), &roles.each_ref().map(String::as_str));
        this
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// A superuser's URL, without TLS.
    pub(crate) fn admin(&self, database: &str) -> String {
        self.cluster.url_with_password(database)
    }

    /// How a role reaches a database by the name in the certificate, with more parameters.
    pub(crate) fn url(&self, role: &str, database: &str, more: &str) -> String {
        format!(
            "host=db.example hostaddr=127.0.0.1 port={} user={role} password=p dbname={database} {more}",
            self.port()
        )
    }

    /// Gives the server another certificate.
    pub(crate) fn wear(&self, papers: &Papers) {
        let before = self.loaded_at();
        let data = self.cluster.data_dir();
        fs::write(data.join("server.crt"), &papers.certificate).unwrap();
        fs::write(data.join("server.key"), &papers.key).unwrap();
        value(&self.admin("postgres"), "select pg_reload_conf()");
        wait_until("the server has read its certificate", Duration::from_secs(10), || {
            self.loaded_at() != before
        });
    }

    fn loaded_at(&self) -> String {
        value(&self.admin("postgres"), "select pg_conf_load_time()")
    }
}
