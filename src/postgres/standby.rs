//! Reading from a hot standby: what its replay takes away from us.
//!
//! A standby replays what the primary does. Where that would remove rows which a
//! snapshot still sees, or take a lock that a reader is in the way of, the standby
//! waits for `max_standby_streaming_delay` and then cancels the readers. Nothing
//! is wrong then, and a new snapshot may be luckier.

use super::session::Session;
use crate::error::{Error, Kind, Result};

/// What every error that means it has in its sentence, ours and the tools'.
pub(crate) const CONFLICT: &str = "conflict with recovery";

/// Whether a standby's replay cancelled a reader. A read-only snapshot meets no
/// other serialization failure.
#[must_use]
pub fn is_conflict(error: &Error) -> bool {
    error.kind() == Kind::Source
        && (error.sqlstate() == Some("40001") || error.to_string().contains(CONFLICT))
}

/// Adds what to do about a conflict that comes back.
#[must_use]
pub fn explain(error: Error) -> Error {
    if !is_conflict(&error) {
        return error;
    }
    error.context("the standby's replay cancelled the run's snapshot").help(REMEDIES)
}

/// What lets a snapshot live on a standby.
pub const REMEDIES: &str = "one of three: `hot_standby_feedback = on` on the standby (the primary then keeps what the snapshot sees); \
         a larger `max_standby_streaming_delay` (the standby then lags behind); a standby of its own for this, or \
         an hour without VACUUM and migrations on the primary";

/// How a standby treats readers that are in its replay's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manners {
    /// As in `max_standby_streaming_delay`: `30s`; `-1` waits for ever.
    pub delay: String,
    /// Whether the primary keeps what its readers see.
    pub feedback: bool,
}

/// Asks a standby; `None` of a primary.
///
/// # Errors
/// Of the session's side, where the query fails.
pub async fn manners(session: &Session) -> Result<Option<Manners>> {
    let sql = "SELECT current_setting('max_standby_streaming_delay'), current_setting('hot_standby_feedback') = 'on' \
               WHERE pg_is_in_recovery()";
    let rows = session.query("asking how the standby treats readers", sql, &[]).await?;
    Ok(rows.first().map(|row| Manners { delay: row.get(0), feedback: row.get(1) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_known_by_its_words_and_names_three_remedies() {
        let error = Error::new(Kind::Source, format!("pg_dump could not read the schema: {CONFLICT}"));
        assert!(is_conflict(&error));
        let error = explain(error);
        let help = error.help_text().unwrap();
        for remedy in ["hot_standby_feedback", "max_standby_streaming_delay", "standby of its own"] {
            assert!(help.contains(remedy), "{help}");
        }
        // On the target the same words are somebody else's transaction.
        assert!(!is_conflict(&Error::new(Kind::Target, CONFLICT)));
    }
}
