//! Tables that extensions make on the build, and whose users' rows travel.

use crate::error::{Error, Kind, Result};
use crate::plan::Plan;
use crate::postgres::session::Session;

/// Takes out the rows that the extension made and that are its users' to change: the
/// source's stand for them. Such a table is made with its triggers, which must not fire.
///
/// # Errors
/// Target, where a table has triggers, or the server refuses.
pub async fn make_room(build: &Session, plan: &Plan) -> Result<()> {
    for table in plan.tables.iter().filter(|table| !table.is_empty()) {
        let Some(condition) = &table.users else { continue };
        let doing = format!("making room in `{}`", table.name);
        let sql = "SELECT count(*) FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
                   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   WHERE n.nspname = $1 AND c.relname = $2 AND NOT t.tgisinternal AND t.tgenabled <> 'D'";
        let triggers = build.one(&doing, sql, &[&table.name.schema, &table.name.name]).await?;
        if triggers.get::<_, i64>(0) > 0 {
            return Err(Error::new(
                Kind::Target,
                format!(
                    "the extension gives `{}` triggers, which would fire while its rows come in",
                    table.name
                ),
            )
            .help("take its rules out: its rows stay those that the extension makes"));
        }
        let sql = format!("DELETE FROM ONLY {} WHERE ({condition}\n)", table.name.sql());
        build.run(&doing, &sql).await?;
    }
    Ok(())
}
