//! The certificate that masque shows a server which asks for one, and its key.
//!
//! The key must be as private as libpq demands: nobody else's to read, and where it is
//! root's, at most its group's.

use crate::error::{Error, Result};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// A chain of certificates, the own one first, and its key.
pub(super) type Shown = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl ClientCertificate {
    /// Reads both.
    ///
    /// # Errors
    /// Usage, naming the file that is missing, not private or not PEM.
    pub(super) fn read(&self) -> Result<Shown> {
        let shown = self.certificate.display();
        let broken = |why: &str| {
            Error::usage(format!("the client certificate `{shown}` {why}"))
                .help("`sslcert` must name a PEM file with the certificate, and `sslkey` one with its key")
        };
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .map_err(|_| broken("cannot be read"))?
            .collect::<Result<_, _>>()
            .map_err(|_| broken("is not PEM"))?;
        if chain.is_empty() {
            return Err(broken("holds no certificate"));
        }
        check_private(&self.key)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|_| {
            Error::usage(format!("the key `{}` of the client certificate cannot be used", self.key.display()))
                .help("it must be PEM and without a passphrase: `sslpassword` is not supported")
        })?;
        Ok((chain, key))
    }
}

fn check_private(key: &Path) -> Result<()> {
    let shown = key.display();
    let meta = fs::metadata(key).map_err(|_| {
        Error::usage(format!("the key `{shown}` of the client certificate cannot be read"))
            .help("name it with sslkey=FILE")
    })?;
    if !meta.is_file() && !meta.file_type().is_char_device() {
        return Err(Error::usage(format!("the key `{shown}` of the client certificate is not a plain file")));
    }
    let (mode, is_roots) = (meta.permissions().mode(), meta.uid() == 0);
    if mode & (if is_roots { 0o037 } else { 0o077 }) != 0 {
        let least = if is_roots { "0640" } else { "0600" };
        return Err(Error::usage(format!(
            "the key `{shown}` of the client certificate can be read by others"
        ))
        .help(format!("`chmod {least} {shown}`, and think about making a new key")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let own = rcgen::generate_simple_self_signed(vec!["me".to_owned()]).unwrap();
        fs::write(path("crt"), own.cert.pem()).unwrap();
        fs::write(path("key"), own.signing_key.serialize_pem()).unwrap();
        fs::write(path("none"), "").unwrap();
        let of = |certificate: &str, key: &str| {
            ClientCertificate { certificate: path(certificate), key: path(key) }.read()
        };
        let allow = |mode| fs::set_permissions(path("key"), fs::Permissions::from_mode(mode)).unwrap();
        allow(0o644);
        let error = of("crt", "key").unwrap_err();
        assert!(error.to_string().ends_with("can be read by others"), "{error}");
        assert!(error.help_text().unwrap().starts_with("`chmod 06"), "{error}");
        allow(0o600);
        assert_eq!(of("crt", "key").unwrap().0.len(), 1);
        let refused = |certificate, key| of(certificate, key).unwrap_err().to_string();
        assert!(refused("lost", "key").ends_with("cannot be read"));
        assert!(refused("none", "key").ends_with("holds no certificate"));
        assert!(refused("crt", "lost").ends_with("cannot be read"));
        fs::set_permissions(path("crt"), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(refused("crt", "crt").ends_with("cannot be used"), "a certificate is no key");
    }
}
