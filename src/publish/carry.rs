//! What belongs to the database as such stays when another takes its name: owner,
//! privileges, settings, connection limit.

use super::literal;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::identifier;

const DOING: &str = "carrying over the target's owner, privileges and settings";

/// Gives the database `to` what `from` has of these, and takes what `from` has not.
pub(super) async fn carry_over(admin: &Session, from: &str, to: &str) -> Result<()> {
    let sql = "SELECT pg_get_userbyid(f.datdba)::text, f.datconnlimit, f.datdba <> t.datdba \
               FROM pg_database f, pg_database t WHERE f.datname = $1 AND t.datname = $2";
    let row = admin.one(DOING, sql, &[&from, &to]).await?;
    let mut statements = privileges(admin, from, to).await?;
    let limit: i32 = row.get(1);
    statements.push(format!("ALTER DATABASE {} CONNECTION LIMIT {limit}", identifier(to)));
    statements.extend(settings(admin, from, to).await?);
    if row.get(2) {
        // Last: afterwards a role that is not a superuser may no longer change the database.
        let owner: String = row.get(0);
        statements.push(format!("ALTER DATABASE {} OWNER TO {}", identifier(to), identifier(&owner)));
    }
    for statement in statements {
        admin.run(DOING, &statement).await?;
    }
    Ok(())
}

/// Where neither has privileges of its own, the defaults of both are the same.
async fn privileges(admin: &Session, from: &str, to: &str) -> Result<Vec<String>> {
    let sql = "SELECT d.datname = $1, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, \
                      a.privilege_type, a.is_grantable, a.grantee = d.datdba \
               FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a \
               WHERE d.datname IN ($1, $2) AND EXISTS \
                     (SELECT FROM pg_database WHERE datname IN ($1, $2) AND datacl IS NOT NULL) ORDER BY 1, 2, 3";
    let (mut revoked, mut granted) = (Vec::new(), Vec::new());
    let name = identifier(to);
    for row in admin.query(DOING, sql, &[&from, &to]).await? {
        let (role, privilege): (String, String) = (row.get(1), row.get(2));
        if row.get(0) {
            let option = if row.get(3) { " WITH GRANT OPTION" } else { "" };
            granted.push(format!("GRANT {privilege} ON DATABASE {name} TO {role}{option}"));
        } else if !row.get::<_, bool>(4) {
            revoked.push(format!("REVOKE ALL ON DATABASE {name} FROM {role} CASCADE"));
        }
    }
    revoked.dedup();
    revoked.extend(granted);
    Ok(revoked)
}

async fn settings(admin: &Session, from: &str, to: &str) -> Result<Vec<String>> {
    let sql = "SELECT d.datname = $1, CASE s.setrole WHEN 0 THEN NULL ELSE quote_ident(pg_get_userbyid(s.setrole)) END, s.setconfig \
               FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname IN ($1, $2) ORDER BY 1";
    let mut statements = Vec::new();
    for row in admin.query(DOING, sql, &[&from, &to]).await? {
        let role: Option<String> = row.get(1);
        let whom = role.map_or_else(
            || format!("DATABASE {}", identifier(to)),
            |role| format!("ROLE {role} IN DATABASE {}", identifier(to)),
        );
        if !row.get::<_, bool>(0) {
            statements.push(format!("ALTER {whom} RESET ALL"));
            continue;
        }
        for text in row.get::<_, Vec<String>>(2) {
            let Some((name, value)) = text.split_once('=') else { continue };
            let quoted: Vec<String> = name.split('.').map(identifier).collect();
            // A list such as search_path can't be quoted as one string; going through the
            // session's own value takes every kind alike.
            statements.push(format!(
                "BEGIN; SELECT set_config({}, {}, true); ALTER {whom} SET {} FROM CURRENT; COMMIT",
                literal(name),
                literal(value),
                quoted.join(".")
            ));
        }
    }
    Ok(statements)
}
