//! Publishing: one transaction, two renames.
//!
//! A rename needs the database free of sessions. It waits some seconds for them
//! while new logins queue, and meanwhile a second connection ends those that are
//! there. No state in between is closed: either the old database has the name or
//! the new one.

use super::build::{Build, drop_database};
use super::marker::{self, Database, Marker, State};
use super::{beside, literal};
use crate::error::{Error, Result};
use crate::point::{Point, reach};
use crate::postgres::session::Session;
use crate::schema::identifier;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What publishing did.
#[derive(Clone, Debug)]
pub struct Published {
    /// The name the old database was kept under, if there was one.
    pub kept: Option<String>,
    /// Older generations that were dropped.
    pub dropped: Vec<String>,
    /// How long the transaction took.
    pub took: Duration,
}

/// Makes the build the target. `renamer` and `admin` are two sessions in the
/// maintenance database; `keep` older generations stay for going back.
/// Sessions on the target are ended again and again for as long as `wait`.
///
/// # Errors
/// Target, where the server refuses or a session can't be ended; the old target
/// then stands as it was.
pub async fn publish(
    renamer: &Session,
    admin: &Session,
    build: &Build,
    old: Option<&Database>,
    finished: &Marker,
    keep: usize,
    wait: Duration,
) -> Result<Published> {
    let target = &finished.target;
    let finished = &Marker { at: marker::now(), ..finished.clone() };
    if let Some(old) = old {
        carry_over(admin, &old.name, &build.name).await?;
    }
    reach(Point::CarriedOver).await;
    let kept = old.map(|_| beside(target, "old", &finished.run));
    let began = Instant::now();
    loop {
        let attempt = rename(renamer, build, old, kept.as_deref(), finished);
        let evict = evict(admin, target, &build.name);
        let outcome = tokio::select! {
            outcome = attempt => outcome,
            // Evicting never ends by itself but with an error.
            error = evict => Err(error),
        };
        match outcome {
            Ok(()) => break,
            Err(error) => {
                renamer.run("giving up the rename", "ROLLBACK").await?;
                if error.sqlstate() != Some("55006") || began.elapsed() > wait {
                    let error = explain(error);
                    return Err(match error.sqlstate() {
                        Some("55006") => error.help(stayed(admin, target, &build.name).await),
                        _ => error,
                    });
                }
            }
        }
    }
    let took = began.elapsed();
    reach(Point::Renamed).await;
    let dropped = drop_generations(admin, target, keep).await?;
    reach(Point::GenerationsDropped).await;
    Ok(Published { kept, dropped, took })
}

fn explain(error: Error) -> Error {
    match error.sqlstate() {
        Some("42501") => error
            .context("publishing")
            .help("the loading role must own the target database and have CREATEDB"),
        _ => error.context("publishing"),
    }
}

async fn rename(
    renamer: &Session,
    build: &Build,
    old: Option<&Database>,
    kept: Option<&str>,
    finished: &Marker,
) -> Result<()> {
    let mut sql = String::from("BEGIN; ");
    if let (Some(old), Some(kept)) = (old, kept) {
        let _ = write!(sql, "ALTER DATABASE {} RENAME TO {}; ", identifier(&old.name), identifier(kept));
        let marker = Marker {
            state: State::Kept,
            identity: old.identity.clone(),
            at: marker::now(),
            ..old.marker.clone().unwrap_or_else(|| finished.clone())
        };
        let _ = write!(sql, "{}; ", marker.statement(kept));
    }
    let _ = write!(
        sql,
        "ALTER DATABASE {} RENAME TO {}; {}; COMMIT",
        identifier(&build.name),
        identifier(&finished.target),
        finished.statement(&finished.target)
    );
    renamer.run("renaming the databases", &sql).await
}

/// Which sessions are in the way, and whether this role may end them. Of another role's
/// session a role without `pg_read_all_stats` sees the name and the database, but not the kind.
const IN_THE_WAY: &str = "FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid, \
     LATERAL (SELECT me.rolsuper OR NOT r.rolsuper AND \
              (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')) AS yes \
              FROM pg_roles me WHERE me.rolname = current_user) may \
     WHERE a.datname IN ($1, $2) AND a.pid <> pg_backend_pid() \
       AND coalesce(a.backend_type, 'client backend') = 'client backend'";

/// Ends every session on the two databases again and again.
async fn evict(admin: &Session, target: &str, build: &str) -> Error {
    reach(Point::RenameSent).await;
    // A single session that may not be ended would refuse the whole statement.
    let sql = format!("SELECT count(pg_terminate_backend(a.pid)) {IN_THE_WAY} AND may.yes");
    loop {
        let ended = admin.query("ending sessions on the target", &sql, &[&target, &build]).await;
        match ended {
            Err(error) if error.sqlstate() != Some("42501") => return error,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Says whose sessions stayed, and what would have let them be ended.
async fn stayed(admin: &Session, target: &str, build: &str) -> String {
    let sql = format!("SELECT DISTINCT r.rolname::text, r.rolsuper {IN_THE_WAY} ORDER BY 1");
    let found =
        admin.query("asking who is on the target", &sql, &[&target, &build]).await.unwrap_or_default();
    let whose: Vec<String> = found.iter().map(|row| format!("`{}`", row.get::<_, String>(0))).collect();
    let whose = if whose.is_empty() { String::new() } else { format!(" of {}", whose.join(", ")) };
    let cure = if found.iter().any(|row| row.get(1)) {
        "a superuser's can only be ended by a superuser"
    } else {
        "`GRANT pg_signal_backend TO <the loading role>`, or give a longer `--publish-wait`"
    };
    format!("sessions{whose} on the target could not be ended: {cure}")
}

/// Gives the build the old target's owner, privileges, settings and connection limit.
async fn carry_over(admin: &Session, old: &str, build: &str) -> Result<()> {
    let doing = "carrying over the target's owner, privileges and settings";
    let to = identifier(build);
    let row = admin
        .one(
            doing,
            "SELECT pg_get_userbyid(datdba)::text, datconnlimit, datacl IS NOT NULL, datdba <> \
                    (SELECT datdba FROM pg_database WHERE datname = $2) FROM pg_database WHERE datname = $1",
            &[&old, &build],
        )
        .await?;
    let mut statements = Vec::new();
    let has_acl: bool = row.get(2);
    if has_acl {
        statements.push(format!("REVOKE ALL ON DATABASE {to} FROM PUBLIC"));
        let grants = admin
            .query(
                doing,
                "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, a.privilege_type, \
                        a.is_grantable FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = $1",
                &[&old],
            )
            .await?;
        for grant in grants {
            let option = if grant.get(2) { " WITH GRANT OPTION" } else { "" };
            let (role, privilege): (String, String) = (grant.get(0), grant.get(1));
            statements.push(format!("GRANT {privilege} ON DATABASE {to} TO {role}{option}"));
        }
    }
    statements.push(format!("ALTER DATABASE {to} CONNECTION LIMIT {}", row.get::<_, i32>(1)));
    let settings = admin
        .query(
            doing,
            "SELECT CASE s.setrole WHEN 0 THEN NULL ELSE quote_ident(pg_get_userbyid(s.setrole)) END, c \
             FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c WHERE d.datname = $1",
            &[&old],
        )
        .await?;
    for setting in settings {
        let (role, text): (Option<String>, String) = (setting.get(0), setting.get(1));
        let Some((name, value)) = text.split_once('=') else { continue };
        // A list such as search_path can't be quoted as one string; going through the
        // session's own value takes every kind alike.
        let quoted: Vec<String> = name.split('.').map(identifier).collect();
        let name_sql = quoted.join(".");
        let whom = role.map_or(format!("DATABASE {to}"), |role| format!("ROLE {role} IN DATABASE {to}"));
        statements.push(format!(
            "BEGIN; SELECT set_config({}, {}, true); ALTER {whom} SET {name_sql} FROM CURRENT; COMMIT",
            literal(name),
            literal(value)
        ));
    }
    if row.get(3) {
        // Last: afterwards a role that is not a superuser may no longer change the database.
        statements.push(format!("ALTER DATABASE {to} OWNER TO {}", identifier(&row.get::<_, String>(0))));
    }
    for statement in statements {
        admin.run(doing, &statement).await?;
    }
    Ok(())
}

/// Drops the oldest generations of a target until `keep` are left.
async fn drop_generations(admin: &Session, target: &str, keep: usize) -> Result<Vec<String>> {
    let mut kept: Vec<(String, String)> = marker::databases(admin)
        .await?
        .into_iter()
        .filter_map(|database| {
            let marker = database.marker?;
            (marker.state == State::Kept && marker.target == target).then_some((marker.at, database.name))
        })
        .collect();
    kept.sort();
    kept.reverse();
    let mut dropped = Vec::new();
    for (_, name) in kept.into_iter().skip(keep) {
        drop_database(admin, &name).await?;
        dropped.push(name);
    }
    Ok(dropped)
}
