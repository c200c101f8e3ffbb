//! A database's schema as `pg_dump` prints it, entry by entry.

use super::server::programs;
use std::collections::BTreeMap;
use std::process::Command;

/// One entry: its type (`TABLE`), and all that is printed of it.
pub(crate) type Entries = BTreeMap<String, (String, String)>;

/// The entries of `pg_dump --schema-only` by name, schema, type and owner. Two servers may
/// print them in another order.
pub(crate) fn schema_entries(url: &str) -> Entries {
    let installed = programs().join("pg_dump");
    let program = if installed.is_file() { installed } else { "pg_dump".into() };
    let output = Command::new(program).args(["--schema-only", "-d", url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.split("--\n-- PostgreSQL database dump complete").next().unwrap();
    let mut entries = Entries::new();
    for entry in text.split("--\n-- Name: ").skip(1) {
        let (head, body) = entry.split_once("\n--\n").unwrap();
        // Printed before whichever entry needs it first.
        let is_own = |line: &&str| !line.is_empty() && !line.starts_with("SET default_table");
        let body: Vec<&str> = body.lines().filter(is_own).collect();
        let kind = head.split("; Type: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
        let (_, all) = entries.entry(head.to_owned()).or_insert_with(|| (kind, String::new()));
        all.push_str(&body.join("\n"));
    }
    entries
}
