//! The parts of a web address (RFC 3986, section 3), and which of them anybody may see.

use super::email::is_host;

/// An address, taken apart.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parts<'a> {
    pub(super) scheme: Option<&'a str>,
    /// Whether two slashes came before the host without a scheme.
    pub(super) slashes: bool,
    pub(super) user: bool,
    /// `None` where the address begins with its path.
    pub(super) host: Option<&'a str>,
    pub(super) port: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// The parts of `text`; one that is no address is a scheme unknown and a host that
    /// is the whole.
    pub(super) fn of(text: &'a str) -> Self {
        let (rest, fragment) = text.split_once('#').map_or((text, None), |(rest, part)| (rest, Some(part)));
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, part)| (rest, Some(part)));
        let parts = Self { query, fragment, ..Self::default() };
        if let Some((scheme, rest)) = rest.split_once("://").filter(|(scheme, _)| !scheme.contains('/')) {
            return Self { scheme: Some(scheme), ..parts.with_host(rest) };
        }
        if let Some(rest) = rest.strip_prefix("//") {
            return Self { slashes: true, ..parts.with_host(rest) };
        }
        if rest.starts_with('/') {
            return Self { path: rest, ..parts };
        }
        let found = parts.with_host(rest);
        if !found.user && found.host.is_some_and(|host| is_host(host) && host.contains('.')) {
            return found;
        }
        Self { scheme: Some(""), host: Some(text), ..Self::default() }
    }

    fn with_host(self, rest: &'a str) -> Self {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, place) = authority.rsplit_once('@').map_or((false, authority), |(_, place)| (true, place));
        let digits = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if digits(port) && (!host.contains(':') || host.ends_with(']')) => {
                (host, Some(port))
            }
            _ => (place, None),
        };
        Self { user, host: Some(host), port, path, ..self }
    }

    /// Whether it is a scheme and a host and nothing else.
    pub(super) fn is_bare(&self) -> bool {
        !self.user
            && self.port.is_none()
            && matches!(self.path, "" | "/")
            && self.query.is_none()
            && self.fragment.is_none()
            && self.host.is_some_and(is_host)
    }
}

/// A scheme that says nothing of anybody.
pub(super) fn scheme(written: &str) -> Option<&'static str> {
    const KNOWN: [&str; 18] = [
        "https",
        "http",
        "ftp",
        "ftps",
        "sftp",
        "ssh",
        "git",
        "ws",
        "wss",
        "file",
        "s3",
        "gs",
        "postgres",
        "postgresql",
        "mysql",
        "redis",
        "amqp",
        "rtsp",
    ];
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(written))
}

/// The extension of a path's last part, where it is a common one.
pub(super) fn extension(last: &str) -> Option<&'static str> {
    const KNOWN: [&str; 44] = [
        "html", "htm", "php", "asp", "aspx", "jsp", "js", "css", "json", "xml", "txt", "csv", "md", "pdf",
        "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "zip", "gz", "tar", "jpg", "jpeg", "png", "gif",
        "svg", "webp", "ico", "bmp", "tiff", "mp3", "mp4", "wav", "ogg", "webm", "mov", "avi", "ics", "rss",
        "sql", "log",
    ];
    let (_, written) = last.rsplit_once('.')?;
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(written))
}

/// Whether it is made as the names of query parameters are; anything else may be a
/// person's words.
pub(super) fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']'))
        && name.bytes().filter(u8::is_ascii_digit).count() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_falls_into_its_parts() {
        let parts = Parts::of("https://u:p@[::1]:80/a/b?c=d#e");
        assert_eq!((parts.scheme, parts.host, parts.port), (Some("https"), Some("[::1]"), Some("80")));
        assert_eq!((parts.path, parts.query, parts.fragment), ("/a/b", Some("c=d"), Some("e")));
        assert!(parts.user && !parts.is_bare());
        assert_eq!(Parts::of("/a//b").path, "/a//b");
        assert_eq!(Parts::of("a.com:80/x").port, Some("80"));
        assert_eq!(Parts::of("mailto:ann@a.com").host, Some("mailto:ann@a.com"));
        assert!(Parts::of("https://a.com/").is_bare() && Parts::of("a.com").is_bare());
        assert!(!Parts::of("http://a b").is_bare());
    }

    #[test]
    fn what_may_be_somebody_s_is_not_kept() {
        assert_eq!((scheme("HTTPS"), scheme("anna")), (Some("https"), None));
        assert_eq!((extension("cv.PDF"), extension("ann.smith")), (Some("pdf"), None));
        assert!(
            is_name("utm_source") && is_name("ids[]") && !is_name("a@b") && !is_name("x4711") && !is_name("")
        );
    }
}
