//! The meaning of `sslmode`, over rustls.
//!
//! `disable`, `allow` and `prefer` never look at a certificate. `require` looks
//! only where a root certificate is given, and then as `verify-ca`: the chain,
//! not the name. `verify-full` checks both. Without a root certificate
//! `verify-full` trusts what the system trusts.

use crate::error::{Error, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
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

/// The connector for `mode`, trusting `root` or, without one, what the system trusts.
pub(crate) fn connector(mode: SslMode, root: Option<&Path>) -> Result<Tls> {
    let provider = Arc::new(ring::default_provider());
    let chain = match (mode, root) {
        // Any certificate of any public CA would pass without its name looked at.
        (SslMode::VerifyCa, None) => {
            return Err(Error::usage("sslmode=verify-ca needs a root certificate")
                .help("name the CA's certificate with sslrootcert=FILE, or use sslmode=verify-full"));
        }
        (SslMode::VerifyFull | SslMode::VerifyCa, root) => Some(verifier(root, &provider)?),
        (SslMode::Require, Some(root)) if root.exists() => Some(verifier(Some(root), &provider)?),
        _ => None,
    };
    let verifier =
        Arc::new(Verifier { chain, by_name: mode == SslMode::VerifyFull, provider: Arc::clone(&provider) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal("TLS cannot be set up").because(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn verifier(root: Option<&Path>, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>> {
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
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(Error::usage("the system has no trusted certificates to verify the server with")
                .help("install `ca-certificates`, or name the CA's certificate with sslrootcert=FILE"));
        }
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| Error::internal("TLS cannot be set up").because(error))
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
