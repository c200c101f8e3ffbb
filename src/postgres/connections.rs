//! How many more sessions a server gives to a role.
//!
//! Three limits bound it, the server's, the role's and the database's; a superuser is
//! bound by the first alone, and may use what is reserved.

use super::session::{Session, Side};
use crate::error::Result;
use std::time::Duration;

/// How many sessions a run has on a side at a time, at most, with so many lanes.
///
/// Beside one for each lane: on the source the watcher, the two of the snapshot and `pg_dump`; on the
/// target those of the guard, the lock and the publishing, one in the build, and one that makes a large
/// index while rows come.
#[must_use]
pub fn of_a_run(side: Side, lanes: usize) -> usize {
    match side {
        Side::Source => lanes + 4,
        Side::Target => lanes + 5,
    }
}

/// Says that a run will not get all its sessions, where that is so. `open` of them it has already.
///
/// # Errors
/// Of the session's side, where the query fails.
pub async fn shortage(session: &Session, lanes: usize, open: usize) -> Result<Option<String>> {
    let side = session.side();
    let needed = of_a_run(side, lanes).saturating_sub(open);
    let left = left(session, needed).await?;
    let name = if side == Side::Source { "source" } else { "target" };
    Ok((left.sessions < needed).then(|| {
        format!(
            "the {name} has {} connections left by {} ({}), and the run takes up to {needed}: use fewer `--jobs`, or end idle sessions",
            left.sessions, left.by, left.limit
        )
    }))
}

/// What is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// How many more sessions.
    pub sessions: usize,
    /// Which limit it is that bounds them.
    pub by: &'static str,
    /// The limit's value.
    pub limit: i64,
}

/// How often sessions are counted again: one whose client has just left is seen for a moment more.
const GOODBYES: u32 = 6;

/// Asks a session's server, about its role and its database, and where `needed` are not left, again.
/// The session itself is not counted.
///
/// # Errors
/// Of the session's side, where the query fails.
pub async fn left(session: &Session, needed: usize) -> Result<Left> {
    let mut left = look(session).await?;
    for _ in 0..GOODBYES {
        if left.sessions >= needed {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        left = look(session).await?;
    }
    Ok(left)
}

async fn look(session: &Session) -> Result<Left> {
    // Of another role's session a role without `pg_read_all_stats` sees the database, but not the kind.
    let sql = "SELECT current_setting('max_connections')::int8 - CASE WHEN r.rolsuper THEN 0 ELSE \
                        current_setting('superuser_reserved_connections')::int8 \
                        + coalesce(current_setting('reserved_connections', true), '0')::int8 END, \
                      (SELECT count(*) FROM mine), r.rolsuper, \
                      r.rolconnlimit::int8, (SELECT count(*) FROM mine WHERE usesysid = r.oid), \
                      d.datconnlimit::int8, (SELECT count(*) FROM mine WHERE datid = d.oid) \
               FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()";
    let with = "WITH mine AS (SELECT * FROM pg_stat_activity WHERE usesysid IS NOT NULL AND pid <> pg_backend_pid() \
                AND coalesce(backend_type, 'client backend') = 'client backend') ";
    let row = session.one("counting the sessions", &format!("{with}{sql}"), &[]).await?;
    let number = |at: usize| row.get::<_, i64>(at);
    let mut limits = vec![("max_connections", number(0), number(1))];
    if !row.get::<_, bool>(2) {
        limits.push(("the role's CONNECTION LIMIT", number(3), number(4)));
        limits.push(("the database's CONNECTION LIMIT", number(5), number(6)));
    }
    Ok(least(&limits))
}

/// The tightest of some limits, each with what is used of it. Below zero there is none.
fn least(limits: &[(&'static str, i64, i64)]) -> Left {
    let left = limits.iter().filter(|(_, limit, _)| *limit >= 0).map(|(by, limit, used)| Left {
        sessions: usize::try_from(limit - used).unwrap_or(0),
        by,
        limit: *limit,
    });
    left.min_by_key(|left| left.sessions).unwrap_or(Left { sessions: 0, by: "max_connections", limit: 0 })
}

#[cfg(test)]
mod tests {
    use super::least;

    #[test]
    fn the_tightest_limit_counts_and_minus_one_is_none() {
        let server = ("max_connections", 97, 90);
        assert_eq!(least(&[server, ("role", -1, 3), ("database", -1, 3)]).sessions, 7);
        let left = least(&[server, ("role", 5, 3), ("database", -1, 3)]);
        assert_eq!((left.sessions, left.by, left.limit), (2, "role", 5));
        assert_eq!(least(&[("max_connections", 10, 12)]).sessions, 0);
    }
}
