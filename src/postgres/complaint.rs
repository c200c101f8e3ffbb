//! What the tools of PostgreSQL say when a server's state is at fault, by the few phrases that matter.
//!
//! Such a line quotes no row, but the lines around it can: the words given back are ours.

use crate::error::Error;

/// Some phrases, whether they are about the connection alone, our words for them, and what to do.
const KNOWN: &[(&[&str], bool, &str, &str)] = &[
    (
        &["No space left on device", "could not extend file"],
        false,
        "the server's disk is full",
        "free space on the server: a build needs as much as the target itself, beside it",
    ),
    (
        &["too many clients already", "remaining connection slots", "too many connections for"],
        true,
        "the server has no connection left",
        "use fewer --jobs, or raise `max_connections` of the server",
    ),
    (
        &["out of shared memory", "out of memory"],
        false,
        "the server is out of memory or lock space",
        "look at the server's log",
    ),
    (
        &["the database system is", "terminating connection", "terminating walsender"],
        true,
        "the server ended the session",
        "see whether the server was restarted, or an administrator ended the session; then run again",
    ),
    (
        &[
            "closed the connection unexpectedly",
            "could not receive data",
            "could not send data",
            "no connection to the server",
        ],
        true,
        "the connection was lost",
        "see whether the server or the network failed; then run again",
    ),
];

/// Puts our words for a known complaint on an error; other complaints leave it as it is.
pub(super) fn explain(error: impl FnOnce(&str) -> Error, said: &str) -> Option<Error> {
    let known = KNOWN.iter().find(|(phrases, ..)| phrases.iter().any(|phrase| said.contains(phrase)));
    known.map(|(_, about_connection, words, help)| {
        let error = error(words).help(*help);
        if *about_connection { error.cut_off() } else { error }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_lost_connection_are_told_in_our_words() {
        let error = |said: &str| explain(|words| Error::usage(format!("pg_dump: {words}")), said);
        let said = "pg_restore: error: ERROR:  could not extend file \"base/1/2\": No space left on device\nCONTEXT:  ann@corp.example";
        let told = error(said).unwrap();
        assert_eq!(told.to_string(), "pg_dump: the server's disk is full");
        assert!(!told.is_cut_off());
        let lost = error("pg_dump: error: query failed: server closed the connection unexpectedly").unwrap();
        assert!(lost.is_cut_off());
        assert!(error("ERROR:  duplicate key").is_none());
    }
}
