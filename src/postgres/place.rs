//! Whether all our sessions are sessions of one server.
//!
//! A snapshot is shared by its name on one server. A load balancer sends sessions
//! to several, and a pooler that hands out its sessions by the transaction gives
//! one of them to two of ours, with the other's settings and locks.

use super::session::Session;
use crate::error::{Error, Kind, Result};

/// Where a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the server started, to the microsecond: two servers never agree.
    started: String,
    pid: i32,
}

impl Place {
    /// Looks twice, outside of a transaction: a pooler may answer from two places.
    ///
    /// # Errors
    /// Source, where it does, or the server fails.
    pub async fn of(session: &Session) -> Result<Self> {
        let first = Self::look(session).await?;
        let again = Self::look(session).await?;
        if first.started != again.started {
            return Err(balanced());
        }
        if first.pid != again.pid {
            return Err(pooled());
        }
        Ok(first)
    }

    async fn look(session: &Session) -> Result<Self> {
        let sql = "SELECT pg_postmaster_start_time()::text, pg_backend_pid()";
        let row = session.one("looking where the session is", sql, &[]).await?;
        Ok(Self { started: row.get(0), pid: row.get(1) })
    }

    /// Compares with a session that may have ended since.
    ///
    /// # Errors
    /// Source, where it was on another server.
    pub fn same_server(&self, other: &Self) -> Result<()> {
        if self.started == other.started { Ok(()) } else { Err(balanced()) }
    }

    /// Compares with another session that is open at the same time.
    ///
    /// # Errors
    /// Source, where it is on another server, or is the same session of the server.
    pub fn beside(&self, other: &Self) -> Result<()> {
        self.same_server(other)?;
        if self.pid == other.pid {
            return Err(pooled());
        }
        Ok(())
    }
}

fn balanced() -> Error {
    Error::new(Kind::Source, "the source's address leads to more than one server, and a snapshot lives on one")
        .help("give `--source` the address of one server itself, not that of a load balancer or of a pooler before several")
}

/// What a pooler does that a snapshot does not survive.
pub(crate) fn pooled() -> Error {
    Error::new(Kind::Source, "the source's address is a pooler that gives each transaction another session")
        .help("give `--source` the server's own address, or let the pooler keep sessions (`pool_mode = session`)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_servers_and_two_sessions_in_one_are_told_apart() {
        let place = |started: &str, pid| Place { started: started.to_owned(), pid };
        assert!(place("a", 1).beside(&place("a", 2)).is_ok());
        assert!(
            place("a", 1).beside(&place("b", 2)).unwrap_err().to_string().contains("more than one server")
        );
        assert!(place("a", 1).beside(&place("a", 1)).unwrap_err().to_string().contains("pooler"));
    }
}
