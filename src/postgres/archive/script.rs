//! The sections as statements, for a database that is filled in one open transaction.
//!
//! `pg_restore` can't share a session of ours, so it writes what it would have run, and we
//! run it. Its text is SQL but for two lines that only `psql` reads (`\restrict` before the
//! first statement and `\unrestrict` behind the last); they lie outside of all entries, and
//! so does the preamble, which sets what [`Session::open`] has set already. All else can run in a
//! transaction: `pg_restore --single-transaction` does the same.
//!
//! An entry begins with a remark of three lines that names it. Such lines may also stand
//! in the body of a function, so the text is read by PostgreSQL's rules of quoting.

use super::told::{program, run};
use super::{Pass, SchemaArchive, Section, restore_error};
use crate::error::{Error, Kind, Result};
use crate::postgres::session::Session;
use std::collections::BTreeSet;

/// One entry of the table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry<'t> {
    /// `TABLE`
    kind: &'t str,
    /// `customers`
    name: &'t str,
    /// Its statements.
    sql: &'t str,
}

impl SchemaArchive {
    /// Makes what must be there before the rows, on a session that is in a transaction. The schemas
    /// `there` stand already.
    ///
    /// # Errors
    /// As [`SchemaArchive::restore_pre_data`]; the transaction is then good for nothing more.
    pub async fn run_pre_data(&self, session: &Session, there: &BTreeSet<String>) -> Result<()> {
        self.run_listed(Section::PreData, Pass::Main, session, there).await
    }

    /// Makes all indexes and constraints; not yet what needs them.
    ///
    /// # Errors
    /// As [`SchemaArchive::run_pre_data`].
    pub async fn run_rest(&self, session: &Session) -> Result<()> {
        self.run_listed(Section::PostData, Pass::Main, session, &BTreeSet::new()).await
    }

    /// Makes what needs the indexes.
    ///
    /// # Errors
    /// As [`SchemaArchive::run_pre_data`].
    pub async fn run_keys(&self, session: &Session) -> Result<()> {
        if self.attaches {
            self.run_listed(Section::PostData, Pass::Attach, session, &BTreeSet::new()).await?;
        }
        self.run_listed(Section::PostData, Pass::Last, session, &BTreeSet::new()).await
    }

    /// Makes the comments, where they are kept.
    ///
    /// # Errors
    /// As [`SchemaArchive::run_pre_data`].
    pub async fn run_comments(&self, session: &Session) -> Result<()> {
        if !self.comments {
            return Ok(());
        }
        self.run_listed(Section::Comments, Pass::Comment, session, &BTreeSet::new()).await
    }

    async fn run_listed(
        &self,
        section: Section,
        pass: Pass,
        session: &Session,
        there: &BTreeSet<String>,
    ) -> Result<()> {
        let text = self.script(section, pass).await?;
        session.run("preparing to make the schema", "SET check_function_bodies = off").await?;
        for entry in entries(&text) {
            if !(entry.kind == "SCHEMA" && there.contains(entry.name)) {
                make(section, &entry, session, &self.names).await?;
            }
        }
        session.run("after making the schema", "RESET check_function_bodies").await
    }

    /// What `pg_restore` would run.
    async fn script(&self, section: Section, pass: Pass) -> Result<String> {
        let mut command = program(&self.tools.pg_restore);
        command.arg("--file=-");
        self.choose(&mut command, section, &self.list(pass));
        let output = run(command).await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(restore_error(section, &said, &self.names, Some(output.status)));
        }
        String::from_utf8(output.stdout).map_err(|_| {
            Error::new(Kind::Source, "the schema has names or texts that are no UTF-8").help(
                "a database without an encoding of its own can't be published in place: use `--publish swap`",
            )
        })
    }
}

/// Runs an entry's statements; what is refused is told as of a restore.
async fn make(section: Section, entry: &Entry<'_>, session: &Session, names: &str) -> Result<()> {
    let Err(error) = session.client().batch_execute(entry.sql).await else { return Ok(()) };
    let Some(refused) = error.as_db_error() else {
        return Err(session.error(&format!("making `{} {}`", entry.kind, entry.name), &error));
    };
    // The allow-list that reads the tool's own complaints reads this one.
    let said = format!(
        "pg_restore: from TOC entry 0; 0 0 {} {} -\nERROR:  {}\n",
        entry.kind,
        entry.name,
        refused.message()
    );
    Err(restore_error(section, &said, names, None))
}

/// What begins an entry, and what follows the last one.
const BEGINS: &str = "-- Name: ";
const ENDS: &str = "-- PostgreSQL database dump complete";

/// The entries of a script, in order.
fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut found: Vec<Entry<'_>> = Vec::new();
    let (mut open, mut at): (Option<(&str, &str, usize)>, usize) = (None, 0);
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        if let Some(head) = head(rest) {
            if let Some((kind, name, from)) = open.take() {
                found.push(Entry { kind, name, sql: text.get(from..at).unwrap_or_default() });
            }
            let body = at + 2 * "--\n".len() + head.len() + 1;
            let Some((kind, name)) = named(head) else { return found };
            open = Some((kind, name, body));
            at = body;
        } else {
            at += line(rest);
        }
    }
    if let Some((kind, name, from)) = open {
        found.push(Entry { kind, name, sql: text.get(from..).unwrap_or_default() });
    }
    found
}

/// The second of the three lines of a remark that begins an entry, or ends all of them.
fn head(rest: &str) -> Option<&str> {
    let head = rest.strip_prefix("--\n")?.lines().next()?;
    let is_whole = rest.get("--\n".len() + head.len()..)?.starts_with("\n--\n");
    (is_whole && (head.starts_with(BEGINS) || head == ENDS)).then_some(head)
}

/// `t; Type: TABLE; Schema: public; Owner: -`, whose name may hold anything but a line's end.
fn named(head: &str) -> Option<(&str, &str)> {
    let (name, rest) = head.strip_prefix(BEGINS)?.rsplit_once("; Type: ")?;
    Some((rest.split_once("; Schema: ")?.0, name))
}

/// The length of a line, and of the lines that a quotation in it goes on to.
fn line(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        // What is no boundary is amid a character, and no quotation begins there.
        at += match byte {
            b'\n' => return at + 1,
            b'\'' => quoted(bytes, at, b'\'', is_escape(bytes, at)),
            b'"' => quoted(bytes, at, b'"', false),
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => remark(rest),
            b'$' => dollars(text, at),
            _ => 1,
        };
    }
    text.len()
}

/// Whether backslashes escape in the literal whose quote stands at `at`: `E'…'`.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|place| bytes.get(place)).copied();
    matches!(before(1), Some(b'E' | b'e')) && !before(2).is_some_and(is_name)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// The length of what stands between two quotes, with them. A doubled quote ends one such and
/// begins the next, which comes to the same.
fn quoted(bytes: &[u8], from: usize, quote: u8, escapes: bool) -> usize {
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if escapes => at += 2,
            byte if byte == quote && escapes && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return at + 1 - from,
            _ => at += 1,
        }
    }
    bytes.len().saturating_sub(from)
}

/// The length of a remark between slashes and stars, which may hold others.
fn remark(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of what stands between dollar quotes, with them; one where none begin at `at`.
fn dollars(text: &str, at: usize) -> usize {
    let goes_on = at.checked_sub(1).and_then(|place| text.as_bytes().get(place)).is_some_and(|b| is_name(*b));
    let rest = text.get(at..).unwrap_or_default();
    let Some(end) = rest.get(1..).and_then(|tag| tag.find('$')).filter(|_| !goes_on) else { return 1 };
    let tag = rest.get(..end + 2).unwrap_or_default();
    let inner = tag.trim_matches('$').as_bytes();
    if inner.first().is_some_and(u8::is_ascii_digit) || !inner.iter().all(|b| is_name(*b) && *b != b'$') {
        return 1;
    }
    let body = rest.get(tag.len()..).unwrap_or_default();
    body.find(tag).map_or(rest.len(), |length| tag.len() + length + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n-- Dumped by pg_dump\n\n\
        SET transaction_timeout = 0;\n\n\
        --\n-- Name: f(); Type: FUNCTION; Schema: public; Owner: -\n--\n\n\
        CREATE FUNCTION public.f() RETURNS text AS $_$\n\\unrestrict abc\n--\n-- Name: x; Type: TABLE; Schema: s; Owner: -\n--\n$1 $_$;\n\n\n\
        --\n-- Name: odd; Type: x; Type: TABLE; Schema: public; Owner: -\n--\n\n\
        CREATE TABLE public.\"odd; Type: x\" (a text DEFAULT 'it''s\n--\n-- Name: y; Type: TABLE; Schema: s; Owner: -\n--\n');\n\n\
        --\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n";

    #[test]
    fn entries_are_found_by_their_remarks_and_not_by_what_functions_and_literals_hold() {
        let found = entries(SCRIPT);
        let names: Vec<_> = found.iter().map(|entry| (entry.kind, entry.name)).collect();
        assert_eq!(names, [("FUNCTION", "f()"), ("TABLE", "odd; Type: x")]);
        assert!(found[0].sql.contains("\\unrestrict abc") && found[0].sql.ends_with("$_$;\n\n\n"));
        assert!(found[1].sql.trim_start().starts_with("CREATE TABLE") && found[1].sql.ends_with("');\n\n"));
    }

    #[test]
    fn what_only_psql_reads_is_in_no_entry() {
        for entry in entries(SCRIPT) {
            assert!(!entry.sql.contains("\\restrict") && !entry.sql.contains("transaction_timeout"));
        }
        assert_eq!(entries("--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n"), []);
    }

    #[test]
    fn a_quotation_is_as_long_as_the_server_reads_it() {
        for (text, rest) in [
            ("a E'it\\'s\n' b\nnext", "next"),
            ("a 'back\\' b\nnext", "next"),
            ("a 'twice''\n' b\nnext", "next"),
            ("a E'twice''\n' b\nnext", "next"),
            ("a \"odd\n'name\" b\nnext", "next"),
            ("a -- it's\nnext", "next"),
            ("a /* it's /* \n */ \n */ b\nnext", "next"),
            ("a $tag$ $$ ' \n $tag$ b\nnext", "next"),
            ("a $1 and b$c$d\nnext", "next"),
            ("é $$\nü$$ b\nnext", "next"),
            ("é$$ is a name\nnext", "next"),
            ("tablE'x\\' y\nnext", "next"),
        ] {
            assert_eq!(&text[line(text)..], rest, "{text}");
        }
    }
}
