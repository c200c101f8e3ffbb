//! What `pg_dump` and `pg_restore` complain of, by allow-list: their words can quote rows.

use super::Section;
use crate::error::{Error, Kind};
use crate::postgres::complaint;
use crate::postgres::snapshot::TAKEN;
use crate::postgres::standby::CONFLICT;
use std::process::ExitStatus;

/// Reads `pg_dump`'s complaint by the few phrases that matter.
pub(super) fn dump_error(said: &str) -> Error {
    let error = |words: &str| Error::new(Kind::Source, format!("pg_dump could not read the schema: {words}"));
    if said.contains("server version mismatch") {
        return Error::usage("pg_dump is older than the source server")
            .help("install client tools at least as new as the server, or point MASQUE_PG_BINDIR at them");
    }
    if said.contains("lock timeout") || said.contains("could not obtain lock") {
        return error(TAKEN).help("run again when it is done");
    }
    if said.contains(CONFLICT) {
        return error(CONFLICT);
    }
    if said.contains("permission denied") {
        return error("permission denied")
            .help("grant the reading role pg_read_all_data and USAGE on every schema");
    }
    if said.contains("invalid snapshot identifier") {
        return error("it can't import the snapshot")
            .help("a connection pooler or a load-balanced address can't share a snapshot: give the server's own address");
    }
    if let Some(error) = complaint::explain(error, said) {
        return error;
    }
    if said.contains("connection to server") || said.contains("could not connect") {
        let refused = error("it can't connect");
        let refused = if said.contains("Connection refused") { refused.cut_off() } else { refused };
        return refused.help("pg_dump and masque must both reach the server; see pg_hba.conf");
    }
    error("it failed for a reason it may quote rows in")
        .help("run `pg_dump --schema-only` by hand with the same role to see its message")
}

/// Reads `pg_restore`'s complaint: which entry failed, by its line of the table of contents.
///
/// `names` are those of what the archive makes: others are not repeated. `status` is how the tool ended.
pub(super) fn restore_error(section: Section, said: &str, names: &str, status: Option<ExitStatus>) -> Error {
    let entry = said
        .lines()
        .find_map(|line| line.split_once("from TOC entry ")?.1.split_once("; "))
        .and_then(|(_, rest)| rest.splitn(3, ' ').nth(2));
    if said.contains("unsupported version") {
        return Error::usage("pg_restore is older than pg_dump")
            .help("install client tools of one version, or point MASQUE_PG_BINDIR at them");
    }
    let Some(entry) = entry else {
        let at = refused_command(said).map_or(String::from("making the schema on the target"), |command| {
            format!("making the schema on the target, at `{command} …`")
        });
        let error = |words: &str| Error::new(Kind::Target, format!("{at}: {words}"));
        if let Some(error) = complaint::explain(error, said) {
            return error;
        }
        // With several jobs the tool does not always say which entry it was.
        return match broken_promise(said, names) {
            Some(name) => promise_error(&name),
            None => match refused_command(said) {
                Some(command) => Error::new(Kind::Target, format!("the target refuses `{command} …`"))
                    .help("its server may be of another version or build, or lack an extension; run that statement by hand to see why"),
                None if said.contains("connection to server") => {
                    Error::new(Kind::Target, "pg_restore can't connect to the target")
                        .help("pg_restore and masque must both reach the server; see pg_hba.conf")
                }
                None => Error::new(Kind::Target, "pg_restore could not make the schema on the target")
                    .help(format!("{}; run again, and look at the server's log", ended(said, status))),
            },
        };
    };
    // The last word is the owner.
    let entry = entry.rsplit_once(' ').map_or(entry, |(entry, _)| entry);
    let is_promise = section == Section::PostData
        && ["CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT", "INDEX"]
            .iter()
            .any(|kind| entry.starts_with(kind));
    if is_promise && broken_promise(said, names).is_some() {
        return promise_error(entry);
    }
    let failed = |words: &str| Error::new(Kind::Target, format!("the target can't make `{entry}`{words}"));
    if let Some(error) = complaint::explain(|words| failed(&format!(": {words}")), said) {
        return error;
    }
    let error = failed("");
    if entry.starts_with("EXTENSION") {
        return error.help("install the extension's package on the target server, or use `--template`");
    }
    if said.contains("permission denied") {
        return error.help("the loading role lacks a privilege for it");
    }
    error
}

const UNKNOWN_SETTING: &str = "unrecognized configuration parameter";

/// Whether all that went wrong is that the target did not know a parameter.
pub(super) fn only_unknown_settings(said: &str) -> bool {
    let mut errors =
        said.lines().filter(|line| line.contains("ERROR:  ") || line.contains("pg_restore: error:"));
    said.contains(UNKNOWN_SETTING) && errors.all(|line| line.contains(UNKNOWN_SETTING))
}

/// The complaint without those.
pub(super) fn without_unknown_settings(said: &str) -> String {
    let mut kept = String::new();
    let mut skips_command = false;
    for line in said.lines() {
        let is_unknown = line.contains(UNKNOWN_SETTING);
        if !(is_unknown || skips_command && line.starts_with("Command was: ")) {
            kept.push_str(line);
            kept.push('\n');
        }
        skips_command = is_unknown;
    }
    kept
}

/// How the tool ended, where no server refused anything, and its own words where they are known.
fn ended(said: &str, status: Option<ExitStatus>) -> String {
    const OWN: [&str; 7] = [
        "a worker process died unexpectedly",
        "could not create worker process",
        "could not create communication channels",
        "could not write to the communication channel",
        "unrecognized message received from worker",
        "could not open input file",
        "could not read from input file",
    ];
    let status = status.map_or_else(|| "unknown status".to_owned(), |status| status.to_string());
    match OWN.iter().find(|words| said.contains(*words)) {
        Some(words) => format!("it ended with {status}, and said: {words}"),
        None if said.trim().is_empty() => format!("it ended with {status}, and said nothing"),
        None => format!("it ended with {status}"),
    }
}

/// What the refused statement begins with: keywords and names, up to the first
/// parenthesis, string or operator, where a literal could stand.
fn refused_command(said: &str) -> Option<String> {
    let command = said.lines().find_map(|line| line.strip_prefix("Command was: "))?;
    let is_name = |word: &&str| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"'));
    let words: Vec<&str> = command.split_whitespace().take_while(is_name).take(6).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn promise_error(name: &str) -> Error {
    Error::new(Kind::Verify, format!("the masked rows break `{name}`")).help(
        "mask the columns of this key so that it holds; `masque check` names the rules that can break one",
    )
}

/// The key or check that rows break, by the server's primary message, whose form must be the
/// server's own. A function of the user's may raise an error of the same words around a value:
/// only a name that the archive has is repeated.
fn broken_promise(said: &str, names: &str) -> Option<String> {
    /// What stands before and after the name.
    const REFUSED: [(&str, &str, &str); 5] = [
        ("could not create unique index \"", "", ""),
        ("could not create exclusion constraint \"", "", ""),
        ("insert or update on table \"", "\" violates foreign key constraint \"", ""),
        ("check constraint \"", "", " is violated by some row"),
        ("column \"", "\" of relation \"", " contains null values"),
    ];
    let name = |message: &str| {
        REFUSED.iter().find_map(|(begin, between, end)| {
            let rest = message.trim_end().strip_prefix(begin)?.strip_suffix(end)?;
            let name = if between.is_empty() { rest } else { rest.split_once(between)?.1 };
            Some(name.split('"').next().unwrap_or_default().to_owned())
        })
    };
    let name = said.lines().find_map(|line| name(line.split_once("ERROR:  ")?.1))?;
    let is_known = !name.is_empty() && names.contains(&format!(" {name} "));
    Some(if is_known { name } else { String::from("a key or check") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_broken_under_several_jobs_is_named_too() {
        let said = "pg_restore: error: could not execute query: ERROR:  could not create unique index \"c_key\"\n\
                    DETAIL:  Key (email)=(ann@corp.example) is duplicated.\npg_restore: error: a worker process died unexpectedly\n";
        let error = restore_error(Section::PostData, said, " INDEX public c_key postgres\n", None);
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (Kind::Verify, "the masked rows break `c_key`")
        );
    }

    #[test]
    fn a_message_that_a_function_of_the_user_raised_is_not_repeated() {
        for raised in [
            "row of \"ann@corp.example\" fails a check constraint of ours",
            "could not create unique index \"ann@corp.example\"",
            "column \"x\" of relation \"ann@corp.example\" contains null values",
        ] {
            let said = format!("pg_restore: error: could not execute query: ERROR:  {raised}\n");
            let error = restore_error(Section::PostData, &said, " INDEX public c_key postgres\n", None);
            assert!(!format!("{error:?} {error}").contains("ann@"), "{error}");
        }
    }

    #[test]
    fn a_broken_key_is_named_by_its_entry_and_quotes_no_row() {
        let said = "pg_restore: error: could not execute query: ERROR:  could not create unique index \"c_key\"\n\
                    DETAIL:  Key (email)=(ann@corp.example) is duplicated.\n\
                    pg_restore: from TOC entry 3371; 2606 16450 CONSTRAINT customers c_key postgres\n";
        let error = restore_error(Section::PostData, said, "", None);
        assert_eq!(error.kind(), Kind::Verify);
        assert_eq!(error.to_string(), "the masked rows break `CONSTRAINT customers c_key`");
        assert!(!format!("{error:?}{:?}", error.help_text()).contains("ann@"));
    }

    #[test]
    fn a_parameter_that_an_older_target_does_not_know_is_no_failure() {
        let unknown = "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \"transaction_timeout\"\n\
                       Command was: SET transaction_timeout = 0;\npg_restore: warning: errors ignored on restore: 1\n";
        assert!(only_unknown_settings(unknown));
        let real = format!(
            "{unknown}pg_restore: error: could not execute query: ERROR:  type \"x\" does not exist\n\
                            Command was: CREATE TABLE public.t (note text DEFAULT 'ann@corp.example');\n"
        );
        assert!(!only_unknown_settings(&real));
        assert!(!only_unknown_settings("pg_restore: error: connection to server was lost\n"));
        let error = restore_error(Section::PreData, &without_unknown_settings(&real), "", None);
        assert_eq!(error.to_string(), "the target refuses `CREATE TABLE public.t …`");
    }

    #[test]
    fn a_tool_that_was_killed_says_by_which_signal_and_no_more_than_it_may() {
        let killed = std::process::Command::new("sh").args(["-c", "kill -9 $$"]).status().unwrap();
        let help = |said: &str| {
            let error = restore_error(Section::PostData, said, "", Some(killed));
            error.help_text().unwrap_or_default().to_owned()
        };
        assert_eq!(
            help(""),
            "it ended with signal: 9 (SIGKILL), and said nothing; run again, and look at the server's log"
        );
        let told =
            help("pg_restore: error: a worker process died unexpectedly\nWARNING:  ann@corp.example\n");
        assert!(told.contains("SIGKILL") && told.contains("a worker process died") && !told.contains("ann@"));
    }

    #[test]
    fn an_extension_the_target_lacks_says_what_to_install() {
        let said = "pg_restore: from TOC entry 2; 3079 16385 EXTENSION - postgis \n\
                    pg_restore: error: could not execute query: ERROR:  extension \"postgis\" is not available\n";
        let error = restore_error(Section::PreData, said, "", None);
        assert_eq!(error.kind(), Kind::Target);
        assert!(error.help_text().is_some_and(|help| help.contains("extension")));
    }
}
