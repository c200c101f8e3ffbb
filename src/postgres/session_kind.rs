//! Which of several servers will do: the meaning of `target_session_attrs`.

use crate::error::{Error, Result};
use tokio_postgres::{Client, SimpleQueryMessage};

/// What a session must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionKind {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    /// A standby where one answers, else anything.
    PreferStandby,
}

const NAMES: [(SessionKind, &str); 6] = [
    (SessionKind::Any, "any"),
    (SessionKind::ReadWrite, "read-write"),
    (SessionKind::ReadOnly, "read-only"),
    (SessionKind::Primary, "primary"),
    (SessionKind::Standby, "standby"),
    (SessionKind::PreferStandby, "prefer-standby"),
];

impl SessionKind {
    pub(crate) fn named(name: &str) -> Result<Self> {
        NAMES.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind).ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(_, name)| *name).collect();
            Error::usage("`target_session_attrs` of the connection string has an unknown value")
                .help(format!("use one of {}", names.join(", ")))
        })
    }

    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, _)| *kind == self).map_or("any", |(_, name)| name)
    }

    /// What the hosts are asked for, round after round.
    pub(super) fn rounds(self) -> &'static [Self] {
        match self {
            Self::Any => &[Self::Any],
            Self::ReadWrite => &[Self::ReadWrite],
            Self::ReadOnly => &[Self::ReadOnly],
            Self::Primary => &[Self::Primary],
            Self::Standby => &[Self::Standby],
            Self::PreferStandby => &[Self::Standby, Self::Any],
        }
    }

    /// Whether a fresh session is of this kind.
    pub(super) async fn is_met(self, client: &Client) -> Result<bool, tokio_postgres::Error> {
        if self == Self::Any {
            return Ok(true);
        }
        let sql =
            "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";
        let said = client.simple_query(sql).await?;
        let row = said.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let told = |at| row.and_then(|row| row.get(at));
        Ok(self.fits(told(0) == Some("t"), told(1) == Some("on")))
    }

    fn fits(self, in_recovery: bool, read_only: bool) -> bool {
        match self {
            Self::Any | Self::PreferStandby => true,
            Self::ReadWrite => !read_only,
            Self::ReadOnly => read_only,
            Self::Primary => !in_recovery,
            Self::Standby => in_recovery,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SessionKind::{self, Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};

    #[test]
    fn a_primary_that_is_set_to_read_only_is_no_standby() {
        let fitting = |in_recovery, read_only| -> Vec<SessionKind> {
            let all = [Any, ReadWrite, ReadOnly, Primary, Standby];
            all.into_iter().filter(|kind| kind.fits(in_recovery, read_only)).collect()
        };
        assert_eq!(fitting(false, false), [Any, ReadWrite, Primary]);
        assert_eq!(fitting(false, true), [Any, ReadOnly, Primary]);
        assert_eq!(fitting(true, true), [Any, ReadOnly, Standby]);
        assert_eq!(PreferStandby.rounds(), [Standby, Any]);
        assert!(SessionKind::named("master").is_err());
    }
}
