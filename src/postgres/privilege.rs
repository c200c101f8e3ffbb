//! What the reading role could do beside reading.
//!
//! A role that can only read is the one protection of production that does not
//! depend on us: a READ ONLY transaction still lets large objects be made.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::Result;
use crate::schema::identifier;

/// The role of a session, and why it could write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Its name.
    pub role: String,
    /// The database it reads.
    pub database: String,
    /// Every reason, such as `it is a superuser`.
    pub could_write: Vec<String>,
}

impl Reader {
    /// The statements that make a role which can only read.
    #[must_use]
    pub fn remedy(&self) -> String {
        format!(
            "CREATE ROLE masque_reader LOGIN PASSWORD '…'; GRANT CONNECT ON DATABASE {} TO masque_reader; \
             GRANT pg_read_all_data TO masque_reader",
            identifier(&self.database)
        )
    }
}

/// Looks through the role's attributes and privileges, those of roles it is in too.
///
/// # Errors
/// Source, where the query fails.
pub async fn look(session: &Session) -> Result<Reader> {
    // What PUBLIC was granted is everybody's, and `has_table_privilege` knows it too.
    let sql = format!(
        "SELECT current_user::text, current_database()::text, r.rolsuper, \
                pg_has_role(current_user, 'pg_write_all_data', 'MEMBER'), \
                pg_has_role(d.datdba, 'MEMBER'), \
                (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {USER_SCHEMAS} AND pg_has_role(c.relowner, 'MEMBER')), \
                (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {USER_SCHEMAS} AND NOT pg_has_role(c.relowner, 'MEMBER') \
                   AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') \
                     OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))) \
         FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()"
    );
    let row = session.one("reading what the role may do", &sql, &[]).await?;
    let mut could_write = Vec::new();
    if row.get(2) {
        // A superuser is in every role and may do everything: one reason is enough.
        could_write.push("it is a superuser".to_owned());
    } else {
        if row.get(3) {
            could_write.push("it is in `pg_write_all_data`".to_owned());
        }
        if row.get(4) {
            could_write.push("it owns the database".to_owned());
        }
        let tables = |count: i64| if count == 1 { "1 table".to_owned() } else { format!("{count} tables") };
        match row.get::<_, i64>(5) {
            0 => {}
            count => could_write.push(format!("it owns {}", tables(count))),
        }
        match row.get::<_, i64>(6) {
            0 => {}
            count => could_write.push(format!("it may change rows of {}", tables(count))),
        }
    }
    Ok(Reader { role: row.get(0), database: row.get(1), could_write })
}
