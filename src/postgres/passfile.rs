//! The password file of libpq (`~/.pgpass`).
//!
//! One line per login: `host:port:database:user:password`. `*` stands for any
//! value, `\` takes the next character as it is, `#` starts a comment line, the
//! first line that matches wins. A file that others can read is not read.

use super::password::Password;
use std::fs;
use std::path::Path;

/// The lines of a password file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passfile {
    entries: Vec<Entry>,
}

/// `None` in a place stands for any value.
#[derive(Clone, Debug)]
struct Entry {
    host: Option<String>,
    port: Option<String>,
    database: Option<String>,
    user: Option<String>,
    password: Password,
}

impl Passfile {
    /// Reads `path`. A file that does not exist is empty; a file that is not
    /// private is empty too and comes with a warning.
    pub(crate) fn read(path: &Path) -> (Self, Option<String>) {
        let Ok(meta) = fs::metadata(path) else {
            return (Self::default(), None);
        };
        let shown = path.display();
        if !meta.is_file() {
            return (
                Self::default(),
                Some(format!("the password file `{shown}` is not a plain file: ignored")),
            );
        }
        #[cfg(unix)]
        if std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o077 != 0 {
            let warning = format!(
                "the password file `{shown}` can be read by group or others: ignored (`chmod 0600 {shown}` makes it private)"
            );
            return (Self::default(), Some(warning));
        }
        match fs::read_to_string(path) {
            Ok(text) => (Self::parse(&zeroize::Zeroizing::new(text)), None),
            Err(_) => (
                Self::default(),
                Some(format!("the password file `{shown}` cannot be read as text: ignored")),
            ),
        }
    }

    /// Parses the text of a password file. Lines that are not entries are skipped, as libpq does.
    pub(crate) fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Self { entries: lines.filter_map(Entry::parse).collect() }
    }

    /// The password of the first line that fits. `hosts` are the names the host goes by.
    pub(crate) fn find(&self, hosts: &[&str], port: u16, database: &str, user: &str) -> Option<&Password> {
        let port = port.to_string();
        let fits = |place: &Option<String>, value: &str| place.as_deref().is_none_or(|p| p == value);
        self.entries
            .iter()
            .find(|e| {
                hosts.iter().any(|host| fits(&e.host, host))
                    && fits(&e.port, &port)
                    && fits(&e.database, database)
                    && fits(&e.user, user)
            })
            .map(|e| &e.password)
    }
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let mut rest = line.strip_suffix('\r').unwrap_or(line);
        let mut place = || {
            let (text, after) = split(rest)?;
            rest = after;
            Some(if text == "*" { None } else { Some(unescape(text)) })
        };
        let (host, port, database, user) = (place()?, place()?, place()?, place()?);
        // The password ends at the next bare colon; what follows is reserved.
        let password = split(rest).map_or(rest, |(text, _)| text);
        Some(Self { host, port, database, user, password: Password::new(unescape(password)) })
    }
}

/// The text up to the first bare colon, and what follows it.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    out
}

/// Writes one value of a line so that it is read back as it is.
pub(crate) fn escape(text: &str) -> String {
    // A lone star would match anything.
    if text == "*" {
        return "\\*".to_owned();
    }
    text.replace('\\', "\\\\").replace(':', "\\:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(file: &'a Passfile, host: &str, db: &str, user: &str) -> Option<&'a str> {
        file.find(&[host], 5432, db, user).map(Password::reveal)
    }

    #[test]
    fn the_first_line_that_fits_wins() {
        let file = Passfile::parse("# a:5432:d:u:no\nb:*:*:*:other\na:5432:d:u:one\n*:*:*:u:any\n");
        assert_eq!(find(&file, "a", "d", "u"), Some("one"));
        assert_eq!(find(&file, "c", "d", "u"), Some("any"));
        assert_eq!(find(&file, "c", "d", "v"), None);
        assert_eq!(file.find(&["a"], 5433, "d", "u").map(Password::reveal), Some("any"));
    }

    #[test]
    fn a_backslash_takes_the_next_character_as_it_is() {
        let file = Passfile::parse("\\:\\:1:5432:d\\\\b:u:p\\:w\\\\\\\n::::\nshort:line\n");
        assert_eq!(find(&file, "::1", "d\\b", "u"), Some("p:w\\\\"));
    }

    #[test]
    fn an_escaped_value_is_read_back_as_it_is() {
        for text in ["*", "a:b", "c\\", "\\:", "ü*"] {
            let line = format!("h:5432:{}:u:{}", escape(text), escape(text));
            let file = Passfile::parse(&line);
            assert_eq!(find(&file, "h", text, "u"), Some(text));
            assert_eq!(find(&file, "h", "another", "u"), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_ignored_with_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pgpass");
        fs::write(&path, "*:*:*:*:opensesame").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let (file, warning) = Passfile::read(&path);
        assert_eq!(find(&file, "h", "d", "u"), None);
        assert!(warning.unwrap().contains("chmod 0600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let (file, warning) = Passfile::read(&path);
        assert_eq!(find(&file, "h", "d", "u"), Some("opensesame"));
        assert!(warning.is_none());
        assert!(!format!("{file:?}").contains("opensesame"));
    }
}
