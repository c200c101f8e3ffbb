//! The meaning of `sslmode`, over rustls.
//!
//! `allow`, `prefer` and `require` look at a certificate only where a root
//! certificate is given, and then as `verify-ca`: the chain, not the name; where it
//! does not hold, `prefer` goes on without TLS. `verify-full` checks both. Without a root certificate
//! `verify-full` trusts what the system trusts.

use super::client_certificate::ClientCertificate;
use crate::error::{Error, Result};
use data_encoding::BASE64;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime, pem::PemObject};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The connector of one [`Url`](super::url::Url).
pub(crate) type Tls = MakeRustlsConnect;

/// How much a connection insists on TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

const NAMES: [(SslMode, &str); 6] = [
    (SslMode::Disable, "disable"),
    (SslMode::Allow, "allow"),
    (SslMode::Prefer, "prefer"),
    (SslMode::Require, "require"),
    (SslMode::VerifyCa, "verify-ca"),
    (SslMode::VerifyFull, "verify-full"),
];

impl SslMode {
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, n)| *n == name).map(|(mode, _)| *mode)
    }

    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(mode, _)| *mode == self).map_or("prefer", |(_, name)| name)
    }
}

/// What a connection wants of TLS.
pub(crate) struct Wish<'a> {
    pub(crate) mode: SslMode,
    /// The file of trusted certificates; without one the system's are.
    pub(crate) root: Option<&'a Path>,
    /// The file of certificates that are no longer valid.
    pub(crate) revoked: Option<&'a Path>,
    pub(crate) certificate: Option<&'a ClientCertificate>,
}

/// The connector for a wish.
pub(crate) fn connector(wish: &Wish<'_>) -> Result<Tls> {
    let provider = Arc::new(ring::default_provider());
    let chain = match (wish.mode, wish.root) {
        // Any certificate of any public CA would pass without its name looked at.
        (SslMode::VerifyCa, None) => {
            return Err(Error::usage("sslmode=verify-ca needs a root certificate")
                .help("name the CA's certificate with sslrootcert=FILE, or use sslmode=verify-full"));
        }
        (SslMode::VerifyFull | SslMode::VerifyCa, root) => Some(verifier(root, wish.revoked, &provider)?),
        // As in libpq: where it fails, `prefer` goes on without TLS.
        (SslMode::Allow | SslMode::Prefer | SslMode::Require, Some(root)) if root.exists() => {
            Some(verifier(Some(root), wish.revoked, &provider)?)
        }
        _ => None,
    };
    let verifier = Arc::new(Verifier {
        chain,
        by_name: wish.mode == SslMode::VerifyFull,
        provider: Arc::clone(&provider),
    });
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal("TLS cannot be set up").because(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match wish.certificate.filter(|_| wish.mode != SslMode::Disable) {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let (chain, key) = own.read()?;
            builder.with_client_auth_cert(chain, key).map_err(|error| {
                Error::usage("the client certificate and its key cannot be used")
                    .because(error)
                    .help("`sslkey` must name the key that `sslcert` was made for")
            })?
        }
    };
    // A server that is spoken to in TLS from the first byte on insists on it; others don't mind.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// What the system trusts, as a file of certificates.
pub(crate) fn system_roots() -> Result<String> {
    let mut text = String::new();
    for certificate in native_roots()? {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let lines = BASE64.encode(&certificate);
        for line in lines.as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    Ok(text)
}

fn native_roots() -> Result<Vec<CertificateDer<'static>>> {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return Err(Error::usage("the system has no trusted certificates to verify the server with")
            .help("install `ca-certificates`, or name the CA's certificate with sslrootcert=FILE"));
    }
    Ok(found)
}

fn verifier(
    root: Option<&Path>,
    revoked: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = root {
        let unreadable = |why: &str| {
            Error::usage(format!("the root certificates `{}` {why}", path.display()))
                .help("`sslrootcert` must name a PEM file with the CA's certificate, or be `system`")
        };
        let iter = CertificateDer::pem_file_iter(path).map_err(|_| unreadable("cannot be read"))?;
        for certificate in iter {
            let certificate = certificate.map_err(|_| unreadable("are not PEM"))?;
            roots.add(certificate).map_err(|_| unreadable("hold a certificate that cannot be used"))?;
        }
        if roots.is_empty() {
            return Err(unreadable("hold no certificate"));
        }
    } else {
        roots.add_parsable_certificates(native_roots()?);
    }
    let mut builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    if let Some(path) = revoked {
        let unreadable = || {
            Error::usage(format!("the list of revoked certificates `{}` cannot be read", path.display()))
                .help("`sslcrl` must name a PEM file")
        };
        let iter = CertificateRevocationListDer::pem_file_iter(path).map_err(|_| unreadable())?;
        let lists: Vec<_> = iter.collect::<Result<_, _>>().map_err(|_| unreadable())?;
        builder = builder.with_crls(lists).enforce_revocation_expiration();
    }
    builder.build().map_err(|error| Error::internal("TLS cannot be set up").because(error))
}

/// Checks as much of a certificate as the mode asks for.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    by_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at last: the chain is good.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.by_name => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    // Always checked: channel binding rests on the server owning the certificate it shows.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
