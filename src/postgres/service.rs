//! Service files of libpq (`pg_service.conf`): connection parameters under a name.
//!
//! What a service says holds where the connection string is silent, and goes before the
//! environment. The person's own file is asked first, then the system's.

use super::environment::Environment;
use super::keys;
use super::written::Pairs;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Where packages keep the system's file, beside the one that `PGSYSCONFDIR` names.
const SYSTEM: [&str; 2] = ["/etc/postgresql-common", "/etc/sysconfig/pgsql"];

/// The parameters of a service. `file` is what the connection string or `PGSERVICEFILE` names.
pub(super) fn read(name: &str, file: Option<&str>, world: &Environment) -> Result<Pairs> {
    let own = match file {
        Some(path) if !Path::new(path).is_file() => {
            return Err(Error::usage(format!("the service file `{path}` is not there"))
                .help("`PGSERVICEFILE` and `servicefile` name a file of services"));
        }
        Some(path) => Some(PathBuf::from(path)),
        None => world.home.as_ref().map(|home| home.join(".pg_service.conf")),
    };
    let folders = match world.get("PGSYSCONFDIR") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => SYSTEM.iter().map(PathBuf::from).collect(),
    };
    let system = folders.into_iter().map(|folder| folder.join("pg_service.conf"));
    for path in own.into_iter().chain(system).filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).map_err(|error| {
            Error::usage(format!("the service file `{}` cannot be read", path.display())).because(error)
        })?;
        if let Some(pairs) = find(&text, name, &path)? {
            return Ok(pairs);
        }
    }
    Err(Error::usage(format!("no service file defines the service `{name}`")).help(format!(
        "put `[{name}]` and its parameters into `~/.pg_service.conf`, or name a file with PGSERVICEFILE"
    )))
}

/// The parameters under the first header of that name. An error never repeats a line: it may hold a password.
fn find(text: &str, name: &str, path: &Path) -> Result<Option<Pairs>> {
    let mut found: Option<Pairs> = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if header.strip_suffix(']') == Some(name) {
                found = Some(Pairs::new());
            }
            continue;
        }
        let Some(pairs) = &mut found else { continue };
        let broken = |why: &str| {
            Error::usage(format!("line {} of the service file `{}` {why}", at + 1, path.display()))
        };
        if line.starts_with("ldap") {
            return Err(broken("asks an LDAP server, which is not supported")
                .help("write the parameters themselves into the service"));
        }
        let (key, value) = line.split_once('=').ok_or_else(|| broken("is no `key=value`"))?;
        if matches!(key, "service" | "servicefile") {
            return Err(broken("names a service inside a service"));
        }
        if !keys::is_known(key) {
            return Err(broken("has a key that libpq does not know"));
        }
        // As in libpq, the first of several holds.
        if !pairs.iter().any(|(known, _)| known == key) {
            pairs.push((key.to_owned(), value.to_owned()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::settle::tests::world;
    use super::super::tls::SslMode;
    use super::super::url::Url;
    use super::*;

    const FILE: &str = "# ours\n\n[other]\nhost=o\n[ shop ]\nhost=no\n[shop]\nhost=h\nport=7\nport=8\nuser=u\n\
                        password= p w\nsslmode=require\nkeepalives_idle=3\n[shop]\ndbname=no\n";

    #[test]
    fn a_service_fills_in_what_was_not_written_and_goes_before_variables() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("services");
        fs::write(&path, FILE).unwrap();
        let mut world = world(&[("PGUSER", "variable"), ("PGDATABASE", "d"), ("PGHOST", "variable")]);
        let text = format!("service=shop servicefile={} port=9", path.display());
        let url = Url::parse_in(&text, &world).unwrap();
        assert_eq!(url.to_string(), "postgres://u@h:9/d");
        assert_eq!((url.sslmode, url.password.as_ref().unwrap().reveal()), (SslMode::Require, " p w"));
        let said = url.conninfo_without_password();
        assert!(said.contains("keepalives_idle=3") && !said.contains("service"), "{said}");
        // The person's own file, by the variable.
        world.home = Some(folder.path().to_owned());
        fs::rename(&path, folder.path().join(".pg_service.conf")).unwrap();
        world.variable = Box::new(|name| (name == "PGSERVICE").then(|| "other".to_owned()));
        assert_eq!(Url::parse_in("user=x", &world).unwrap().to_string(), "postgres://x@o:5432/x");
        // The system's, where the person's does not know it.
        let system = tempfile::tempdir().unwrap();
        fs::write(system.path().join("pg_service.conf"), "[all]\nhost=s\n").unwrap();
        let place = system.path().to_str().unwrap().to_owned();
        world.variable = Box::new(move |name| (name == "PGSYSCONFDIR").then(|| place.clone()));
        assert_eq!(Url::parse_in("service=all user=x", &world).unwrap().to_string(), "postgres://x@s:5432/x");
        let error = Url::parse_in("service=none", &world).unwrap_err();
        assert_eq!(error.to_string(), "no service file defines the service `none`");
    }

    #[test]
    fn a_line_that_is_not_understood_is_refused_by_its_number_alone() {
        let of = |text: &str| find(text, "s", Path::new("f")).unwrap_err().to_string();
        assert_eq!(of("[s]\nopensesame\n"), "line 2 of the service file `f` is no `key=value`");
        assert_eq!(of("[s]\nservice=t\n"), "line 2 of the service file `f` names a service inside a service");
        assert!(of("[s]\n\nopensesame=1").ends_with("has a key that libpq does not know"));
        assert!(of("[s]\nldap://x/y").contains("LDAP"));
        let lost = read("s", Some("/nowhere/f"), &world(&[])).unwrap_err();
        assert_eq!(lost.to_string(), "the service file `/nowhere/f` is not there");
    }
}
