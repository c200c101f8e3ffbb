//! Production: can it be read whole, by one session among many, without harm?

use super::line::{Found, Place, Visit};
use super::{Patient, open, vitals};
use crate::error::{Kind, Result};
use crate::postgres::lock_table::{self, Locking};
use crate::postgres::readable::{Lack, READ_EVERYTHING};
use crate::postgres::session::{Session, Side};
use crate::postgres::standby::{self, REMEDIES};
use crate::postgres::url::Url;
use crate::postgres::{catalog, place, pressure, privilege, readable, uncarried};
use crate::rules::{self, LargeObjects, Rows, RuleFile};
use std::collections::BTreeSet;

/// Looks at the source. Gives the session where it can be had.
pub(super) async fn examine(visit: &mut Visit, patient: &Patient, url: &Url) -> Option<Session> {
    let session = match open(url, Side::Source).await {
        Ok(session) => session,
        Err(error) => {
            visit.add(Place::Source, "login", Kind::Source, Err(error));
            return None;
        }
    };
    let mut line = |topic, found| {
        let kind = if topic == "rules" { Kind::Rules } else { Kind::Source };
        visit.add(Place::Source, topic, kind, found);
    };
    line("login", Ok(Found::pass(format!("`{url}`"))));
    line("address", address(&session, url).await);
    let decided = match &patient.rules {
        Some(file) => match decide(file, &session).await {
            Ok(Ok(decided)) => {
                line("rules", Ok(Found::pass("every column is decided")));
                Some(decided)
            }
            Ok(Err(found)) => {
                line("rules", Ok(found));
                None
            }
            Err(error) => {
                line("rules", Err(error));
                None
            }
        },
        None => None,
    };
    match readable::look(&session).await {
        Ok(mut lack) => {
            if let Some(decided) = &decided {
                lack.hidden.retain(|(table, _)| !decided.left_out.contains(table));
            }
            line("privileges", Ok(privileges(&lack)));
            line("large objects", Ok(large_objects(&lack, decided.as_ref())));
            line("row security", Ok(row_security(&lack)));
        }
        Err(error) => line("privileges", Err(error)),
    }
    line("read-only role", reader(&session).await);
    line("lock table", locks(&session, patient.jobs).await);
    line("transactions", transactions(&session).await);
    if let Some(found) = standing_by(&session).await.transpose() {
        line("standby", found);
    }
    line("what can't be carried", uncarried::refuse(&session).await.map(|()| Found::pass("nothing")));
    vitals(visit, &session, url, Side::Source, patient.jobs).await;
    Some(session)
}

/// Two sessions at a time must be two of one server.
async fn address(session: &Session, url: &Url) -> Result<Found> {
    let first = place::Place::of(session).await?;
    let other = open(url, Side::Source).await?;
    first.beside(&place::Place::of(&other).await?)?;
    Ok(Found::pass("each connection is a session of its own, of one server"))
}

fn privileges(lack: &Lack) -> Found {
    let said = lack.sentences();
    if said.is_empty() {
        return Found::pass(format!("`{}` may read every table and sequence", lack.role));
    }
    Found::fail(said.join("; "), READ_EVERYTHING).with(vec![lack.grant()])
}

fn large_objects(lack: &Lack, decided: Option<&Decided>) -> Found {
    let Some(said) = lack.large_objects() else {
        return Found::pass("there are none, or the role may read them");
    };
    let grant = vec![lack.grant()];
    match decided {
        Some(decided) if decided.large_objects => Found::fail(said, "the rules let them travel").with(grant),
        Some(_) => Found::pass("the rules leave them out"),
        None => Found::warn(said, "needed only where the rules let them travel").with(grant),
    }
}

fn row_security(lack: &Lack) -> Found {
    match lack.row_security() {
        None => Found::pass("hides no row from the reading role"),
        Some((said, statements)) => {
            Found::fail(said, "waive it for the role, or leave the table's rows out with `[rows]`")
                .with(statements)
        }
    }
}

async fn reader(session: &Session) -> Result<Found> {
    let reader = privilege::look(session).await?;
    if reader.could_write.is_empty() {
        return Ok(Found::pass(format!("`{}` can't write", reader.role)));
    }
    let said = format!("the reading role `{}` could write: {}", reader.role, reader.could_write.join(", "));
    let statements = reader.remedy().split("; ").map(ToOwned::to_owned).collect();
    Ok(Found::warn(said, "make one that can't, and give `--source` its name").with(statements))
}

async fn locks(session: &Session, jobs: usize) -> Result<Found> {
    Ok(match lock_table::look(session, jobs).await?.locking {
        Locking::UpFront => Found::pass("every lane can lock every table"),
        Locking::WhenRead => Found::warn(
            "there is room for one lock of each table, not for one in every lane: lanes lock a table when they read it",
            "set `max_locks_per_transaction` higher on the source (it needs a restart), or use fewer `--jobs`",
        ),
    })
}

/// Longer than a statement should take that nobody forgot.
const LONG: i64 = 600;

async fn transactions(session: &Session) -> Result<Found> {
    let now = pressure::look(session).await?;
    let mut said = Vec::new();
    if !now.locked.is_empty() {
        let names: Vec<_> = now.locked.iter().map(|name| format!("`{name}`")).collect();
        said.push(format!(
            "somebody has or wants {} for himself: a run would wait behind him",
            names.join(", ")
        ));
    }
    if now.oldest > LONG {
        said.push(format!("a transaction is open for {} minutes", now.oldest / 60));
    }
    if now.prepared > 0 {
        said.push(format!("{} prepared transactions were neither committed nor rolled back", now.prepared));
    }
    Ok(if said.is_empty() {
        Found::pass("none is long or in the way")
    } else {
        Found::warn(
            said.join("; "),
            "let migrations end first; see `pg_stat_activity` and `pg_prepared_xacts`",
        )
    })
}

async fn standing_by(session: &Session) -> Result<Option<Found>> {
    let Some(manners) = standby::manners(session).await? else { return Ok(None) };
    let delay = &manners.delay;
    Ok(Some(if manners.feedback || delay == "-1" {
        Found::pass("a standby that waits for its readers")
    } else {
        Found::warn(
            format!("a standby that cancels readers after {delay} (`max_standby_streaming_delay`)"),
            REMEDIES,
        )
    }))
}

/// What the rules say of what is read.
struct Decided {
    /// Tables whose rows stay behind, by number.
    left_out: BTreeSet<u32>,
    large_objects: bool,
}

/// Whether every column has a decision; what fails where one has none.
async fn decide(file: &RuleFile, session: &Session) -> Result<std::result::Result<Decided, Found>> {
    session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let read = catalog::read(session).await;
    session.run("ending a transaction", "ROLLBACK").await?;
    let mut schema = read?;
    let checked = match rules::check(file, &mut schema) {
        Ok(checked) => checked,
        Err(problems) => {
            let (count, s) = (problems.len(), if problems.len() == 1 { "" } else { "s" });
            let text = format!("{count} problem{s} with the rules");
            return Ok(Err(Found::fail(text, "`masque check` shows each with its line")));
        }
    };
    let rows = schema.tables.iter().zip(checked.tables());
    let left_out = rows.filter(|(_, rules)| rules.rows == Rows::None).map(|(table, _)| table.oid);
    Ok(Ok(Decided {
        left_out: left_out.collect(),
        large_objects: !matches!(checked.large_objects(), LargeObjects::None),
    }))
}
