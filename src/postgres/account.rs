//! Who runs masque, as the operating system knows them.
//!
//! Read from `/proc` and `/etc/passwd`; where there is no `/proc`, `id` is asked.

use super::environment::hide_secrets;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// An entry of the user database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) home: PathBuf,
}

/// The effective user id of this process.
pub(crate) fn effective_uid() -> Option<u32> {
    #[cfg(unix)]
    if let Ok(meta) = fs::metadata("/proc/self") {
        return Some(std::os::unix::fs::MetadataExt::uid(&meta));
    }
    ask_id("-u")?.parse().ok()
}

/// The name of the effective user.
pub(crate) fn user_name() -> Option<String> {
    let uid = effective_uid()?;
    find(|account| account.uid == uid).map(|account| account.name).or_else(|| ask_id("-un"))
}

/// The account called `name`.
pub(crate) fn named(name: &str) -> Option<Account> {
    find(|account| account.name == name)
}

fn find(fits: impl Fn(&Account) -> bool) -> Option<Account> {
    let text = fs::read_to_string("/etc/passwd").ok()?;
    text.lines().filter_map(parse).find(fits)
}

fn parse(line: &str) -> Option<Account> {
    let mut places = line.split(':');
    let name = places.next().filter(|name| !name.is_empty() && !name.starts_with('#'))?.to_owned();
    let uid = places.nth(1)?.parse().ok()?;
    let gid = places.next()?.parse().ok()?;
    let home = places.nth(1)?.into();
    Some(Account { name, uid, gid, home })
}

fn ask_id(flag: &str) -> Option<String> {
    let mut command = Command::new("id");
    hide_secrets(&mut command).arg(flag).stdin(Stdio::null()).stderr(Stdio::null());
    let answer = command.output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_user_database_is_read() {
        let account = parse("pg:x:101:104:Someone,,,:/var/lib/pg:/bin/sh").unwrap();
        assert_eq!(account, Account { name: "pg".into(), uid: 101, gid: 104, home: "/var/lib/pg".into() });
        assert_eq!(parse("+::::::"), None);
        assert_eq!(parse("# a comment:x:1:1::/:"), None);
    }

    #[test]
    fn this_process_has_a_user() {
        assert!(effective_uid().is_some());
    }
}
