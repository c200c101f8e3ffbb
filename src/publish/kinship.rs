//! Whether two sessions lead to one server, and how two servers are related.
//!
//! Equal system identifiers alone say only that one server's disks were once the other's: a
//! standby, a promoted one, staging restored from a copy. One server is told by a handshake,
//! a random advisory lock taken through one session and looked for through the other, where
//! `pg_locks` shows those of the whole server. Nothing is written on the source for it.

use crate::error::{Error, Result};
use crate::postgres::session::Session;

/// How the target's server is related to the source's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    /// It is the same.
    Same,
    /// They have the same origin, and the source replays another server.
    SourceFollows,
    /// They have the same origin.
    Copied,
    /// None.
    Strangers,
}

impl Kinship {
    pub(super) async fn of(source: &Session, admin: &Session) -> Result<Self> {
        if is_one_server(source, admin).await? {
            return Ok(Self::Same);
        }
        let sql = "SELECT system_identifier FROM pg_control_system()";
        let own: i64 = source.one("reading the source's identity", sql, &[]).await?.get(0);
        let other: i64 = admin.one("reading the target's identity", sql, &[]).await?.get(0);
        if own != other {
            return Ok(Self::Strangers);
        }
        // A standby shows its own locks only, so that the handshake says nothing about its primary.
        Ok(if is_in_recovery(source).await? { Self::SourceFollows } else { Self::Copied })
    }
}

/// Whether a session's server replays another one.
pub(super) async fn is_in_recovery(session: &Session) -> Result<bool> {
    let doing = "looking whether the server is a standby";
    Ok(session.one(doing, "SELECT pg_is_in_recovery()", &[]).await?.get(0))
}

/// Whether a lock taken through one session shows in the other's server.
async fn is_one_server(source: &Session, admin: &Session) -> Result<bool> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::internal("the operating system gave no random bytes"))?;
    let (high, low) = bytes.split_at(4);
    let number = |part: &[u8]| part.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b));
    let (high, low) = (number(high), number(low));
    let key = (i64::from(high) << 32) | i64::from(low);
    admin.one("taking the handshake's lock", "SELECT pg_advisory_lock($1)::text", &[&key]).await?;
    let sql =
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2)";
    let seen = source.one("looking for the handshake's lock", sql, &[&high, &low]).await;
    admin.one("giving back the handshake's lock", "SELECT pg_advisory_unlock($1)", &[&key]).await?;
    Ok(seen?.get(0))
}
