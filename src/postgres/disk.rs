//! How much room the disk of a server has, where that can be known.
//!
//! No server tells by SQL. One that runs on this machine, as its own pid file says, lets
//! us ask the system; of any other nothing is said.

use super::session::Session;
use super::url::Url;
use crate::error::Result;
use std::fs;
use std::path::Path;

/// Bytes that the server's user can still write where its data is.
///
/// # Errors
/// Of the session's side, where the query fails.
pub async fn free(session: &Session, url: &Url) -> Result<Option<u64>> {
    if !url.is_local() {
        return Ok(None);
    }
    // Absent where the role may not see it.
    let sql = "SELECT (SELECT setting FROM pg_settings WHERE name = 'data_directory'), current_setting('port'), \
                      extract(epoch FROM pg_postmaster_start_time())::int8";
    let row = session.one("asking where the server's data is", sql, &[]).await?;
    let (folder, port, started): (Option<String>, String, i64) = (row.get(0), row.get(1), row.get(2));
    let Some(folder) = folder else { return Ok(None) };
    let folder = Path::new(&folder);
    let pid_file = fs::read_to_string(folder.join("postmaster.pid")).unwrap_or_default();
    if !is_of(&pid_file, &port, started) {
        return Ok(None);
    }
    Ok(rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)))
}

/// Whether a pid file is of the server of this port that started then: a container or a
/// tunnel can answer on loopback, too. Lines: number, folder, start, port.
fn is_of(pid_file: &str, port: &str, started: i64) -> bool {
    let lines: Vec<&str> = pid_file.lines().map(str::trim).collect();
    let begun = lines.get(2).and_then(|line| line.parse::<i64>().ok());
    lines.get(3) == Some(&port) && begun.is_some_and(|begun| (begun - started).abs() <= 5)
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn another_server_s_pid_file_says_nothing() {
        let file = "123\n/data\n1700000000\n5432\n/tmp\n127.0.0.1\n";
        assert!(is_of(file, "5432", 1_700_000_001));
        assert!(!is_of(file, "5433", 1_700_000_001) && !is_of(file, "5432", 1_700_009_999));
        assert!(!is_of("", "5432", 1_700_000_000));
    }
}
