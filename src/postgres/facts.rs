//! What a server and a database are made of: catalogs only, as plain values.
//!
//! Both sides are asked the same questions. A question that an older server cannot
//! answer has an empty answer, never an error. Settings are those a fresh session
//! of the role would have, not those that our own sessions set for themselves.

use super::session::Session;
use crate::error::Result;
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// All that is known of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The server.
    pub server: Server,
    /// How the database sorts and writes text.
    pub locale: Locale,
    /// Extensions of the database.
    pub extensions: Vec<Extension>,
    /// Extensions that the server could make, by name.
    pub available: BTreeMap<String, Available>,
    /// Parameters by name, as a fresh session has them. What the role may not see is absent.
    pub settings: BTreeMap<String, String>,
    /// What `ALTER DATABASE … SET` and `ALTER ROLE … SET` left for this database.
    pub overrides: Vec<Override>,
    /// Every role of the server.
    pub roles: Vec<String>,
    /// Roles that objects of the database name, as owners, grantees or in policies.
    pub named_roles: Vec<String>,
    /// Every tablespace of the server.
    pub tablespaces: Vec<String>,
    /// Tablespaces that the database's objects lie in, the default one excepted.
    pub used_tablespaces: Vec<String>,
}

/// A server.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// As in `server_version_num`.
    pub number: u32,
    /// As a person says it: `15.18`.
    pub version: String,
    /// Bytes of a block.
    pub block_size: String,
    /// Whether pages carry checksums.
    pub checksums: String,
    /// Whether it was built with ICU: `unicode` is listed without it too (PostgreSQL 16), the languages are not.
    pub has_icu: bool,
    /// Whether it follows another server.
    pub in_recovery: bool,
    /// Whether our role may do everything.
    pub is_superuser: bool,
    /// Whether our role may make others.
    pub may_create_roles: bool,
}

impl Server {
    /// The major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.number / 10000
    }
}

/// A database's encoding and collation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locale {
    /// The encoding's name.
    pub encoding: String,
    /// `c` for the system's library, `i` for ICU, `b` for PostgreSQL's own.
    pub provider: String,
    /// `LC_COLLATE`.
    pub collate: String,
    /// `LC_CTYPE`.
    pub ctype: String,
    /// The locale of ICU or of PostgreSQL's own provider.
    pub locale: Option<String>,
    /// Rules that change ICU's order.
    pub rules: Option<String>,
    /// The collation's version that the database was made with (PostgreSQL 15).
    pub recorded: Option<String>,
    /// The version that the library has now.
    pub actual: Option<String>,
    /// The version of ICU's rules.
    pub icu: Option<String>,
    /// Other providers that columns are sorted by.
    pub of_columns: Vec<String>,
    /// Every locale of the system's library that the server knows of.
    pub known: Vec<String>,
}

/// An extension in a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The schema of its objects.
    pub schema: String,
}

/// An extension that a server could make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Available {
    /// The version it makes unless told otherwise.
    pub default: String,
    /// Every version it can make.
    pub versions: Vec<String>,
    /// Whether only a superuser may make it.
    pub needs_superuser: bool,
}

/// A parameter set for a database, a role, or a role in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The role; `None` is every role.
    pub role: Option<String>,
    /// Whether it holds in this database alone.
    pub in_database: bool,
    /// The parameter.
    pub name: String,
    /// Its value. A parameter of no module we know may hold anything, and is not read.
    pub value: Option<String>,
}

impl Facts {
    /// Reads all of one side.
    ///
    /// # Errors
    /// Of the session's side, where the server refuses.
    pub async fn read(session: &Session) -> Result<Self> {
        let server = server(session).await?;
        let tablespaces = "SELECT spcname::text FROM pg_tablespace ORDER BY 1";
        let used = "SELECT DISTINCT s.spcname::text FROM pg_tablespace s WHERE s.oid IN \
                      (SELECT reltablespace FROM pg_class WHERE reltablespace <> 0 AND relkind <> 't' UNION \
                       SELECT dattablespace FROM pg_database WHERE datname = current_database()) \
                    AND s.spcname NOT IN ('pg_default', 'pg_global') ORDER BY 1";
        Ok(Self {
            locale: locale(session, server.major()).await?,
            extensions: extensions(session).await?,
            available: available(session).await?,
            settings: settings(session).await?,
            overrides: overrides(session).await?,
            roles: names(session, "SELECT rolname::text FROM pg_roles ORDER BY 1").await?,
            named_roles: names(session, NAMED_ROLES).await?,
            tablespaces: names(session, tablespaces).await?,
            used_tablespaces: names(session, used).await?,
            server,
        })
    }

    /// Reads what decides whether a refresh can be done at all.
    ///
    /// # Errors
    /// Of the session's side, where the server refuses.
    pub async fn read_for_refresh(session: &Session) -> Result<Self> {
        let server = server(session).await?;
        Ok(Self {
            locale: locale(session, server.major()).await?,
            extensions: extensions(session).await?,
            available: available(session).await?,
            server,
            ..Self::default()
        })
    }
}

/// As the server itself keeps account of them.
const NAMED_ROLES: &str = "SELECT DISTINCT r.rolname::text FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid \
    WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass \
      AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1";

const DOING: &str = "reading what the server is made of";

async fn names(session: &Session, sql: &str) -> Result<Vec<String>> {
    Ok(session.query(DOING, sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

async fn server(session: &Session) -> Result<Server> {
    let sql = "SELECT current_setting('server_version_num')::int, current_setting('server_version'), \
                      current_setting('block_size'), current_setting('data_checksums'), \
                      EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i' AND collname LIKE '%-x-icu'), pg_is_in_recovery(), \
                      r.rolsuper, r.rolsuper OR r.rolcreaterole FROM pg_roles r WHERE r.rolname = current_user";
    let row = session.one(DOING, sql, &[]).await?;
    let version: String = row.get(1);
    Ok(Server {
        number: u32::try_from(row.get::<_, i32>(0)).unwrap_or(0),
        // Packagers add their own name behind the number.
        version: version.split(' ').next().unwrap_or_default().to_owned(),
        block_size: row.get(2),
        checksums: row.get(3),
        has_icu: row.get(4),
        in_recovery: row.get(5),
        is_superuser: row.get(6),
        may_create_roles: row.get(7),
    })
}

/// The locale columns changed their names between versions, so they are read through JSON.
async fn locale(session: &Session, major: u32) -> Result<Locale> {
    let actual = if major >= 15 {
        "pg_database_collation_actual_version(d.oid)"
    } else {
        "(SELECT pg_collation_actual_version(c.oid) FROM pg_collation c WHERE c.collprovider = 'c' \
          AND c.collcollate = d.datcollate LIMIT 1)"
    };
    let sql = format!(
        "SELECT pg_encoding_to_char(d.encoding)::text, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'), \
                d.datcollate::text, d.datctype::text, \
                coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), \
                to_jsonb(d) ->> 'daticurules', to_jsonb(d) ->> 'datcollversion', {actual}, \
                (SELECT pg_collation_actual_version(oid) FROM pg_collation WHERE collprovider = 'i' \
                 ORDER BY collname = 'und-x-icu' DESC LIMIT 1) \
         FROM pg_database d WHERE d.datname = current_database()"
    );
    let row = session.one(DOING, &sql, &[]).await?;
    let of_columns = "SELECT DISTINCT c.collprovider::text FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid \
                      JOIN pg_collation c ON c.oid = a.attcollation \
                      WHERE t.oid >= 16384 AND a.attnum > 0 AND c.collname NOT IN ('default', 'C', 'POSIX') ORDER BY 1";
    let known = "SELECT collcollate::text FROM pg_collation WHERE collprovider = 'c' AND collcollate IS NOT NULL \
                 UNION SELECT datcollate::text FROM pg_database ORDER BY 1";
    Ok(Locale {
        encoding: row.get(0),
        provider: row.get(1),
        collate: row.get(2),
        ctype: row.get(3),
        locale: row.get(4),
        rules: row.get(5),
        recorded: row.get(6),
        actual: row.get(7),
        icu: row.get(8),
        of_columns: names(session, of_columns).await?,
        known: names(session, known).await?,
    })
}

/// The extensions of the session's database.
///
/// # Errors
/// Of the session's side, where the server refuses.
pub async fn extensions(session: &Session) -> Result<Vec<Extension>> {
    let sql = "SELECT e.extname::text, e.extversion, n.nspname::text FROM pg_extension e \
               JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 1";
    let one = |row: &Row| Extension { name: row.get(0), version: row.get(1), schema: row.get(2) };
    Ok(session.query(DOING, sql, &[]).await?.iter().map(one).collect())
}

async fn available(session: &Session) -> Result<BTreeMap<String, Available>> {
    let sql = "SELECT a.name::text, coalesce(a.default_version, ''), array_agg(v.version ORDER BY v.version), \
                      bool_and(v.superuser AND NOT v.trusted) \
               FROM pg_available_extensions a JOIN pg_available_extension_versions v ON v.name = a.name GROUP BY 1, 2";
    let one = |row: &Row| {
        let found = Available { default: row.get(1), versions: row.get(2), needs_superuser: row.get(3) };
        (row.get(0), found)
    };
    Ok(session.query(DOING, sql, &[]).await?.iter().map(one).collect())
}

async fn settings(session: &Session) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT name, coalesce(reset_val, ''), coalesce(unit, '') FROM pg_settings WHERE name !~ '[.]'";
    let rows = session.query(DOING, sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), with_unit(row.get(1), row.get(2)))).collect())
}

/// A parameter's value as a person writes it: `4MB`, `1500ms`, `on`.
fn with_unit(value: &str, unit: &str) -> String {
    let (Ok(number), false) = (value.parse::<i64>(), unit.is_empty()) else {
        return if unit.is_empty() { value.to_owned() } else { format!("{value}{unit}") };
    };
    // Below zero is a word of its own, and zero needs no unit.
    if number <= 0 {
        return value.to_owned();
    }
    let kilobytes = match unit {
        "kB" => 1,
        "8kB" => 8,
        "MB" => 1024,
        _ => return format!("{value}{unit}"),
    };
    match number.saturating_mul(kilobytes) {
        size if size % (1024 * 1024) == 0 => format!("{}GB", size / (1024 * 1024)),
        size if size % 1024 == 0 => format!("{}MB", size / 1024),
        size => format!("{size}kB"),
    }
}

async fn overrides(session: &Session) -> Result<Vec<Override>> {
    let sql = "SELECT r.rolname::text, s.setdatabase <> 0, u.line FROM pg_db_role_setting s \
               LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) AS u(line) \
               WHERE s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               ORDER BY 1 NULLS FIRST, 2, 3";
    let one = |row: &Row| {
        let line: &str = row.get(2);
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        Override {
            role: row.get(0),
            in_database: row.get(1),
            name: name.to_owned(),
            value: (!name.contains('.')).then(|| value.to_owned()),
        }
    };
    Ok(session.query(DOING, sql, &[]).await?.iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::with_unit;

    #[test]
    fn values_read_as_a_person_writes_them() {
        assert_eq!(with_unit("4096", "kB"), "4MB");
        assert_eq!(with_unit("16384", "8kB"), "128MB");
        assert_eq!(with_unit("1", "8kB"), "8kB");
        assert_eq!(with_unit("4", "MB"), "4MB");
        assert_eq!(with_unit("524288", "8kB"), "4GB");
        assert_eq!(with_unit("1500", "ms"), "1500ms");
        assert_eq!(with_unit("-1", "kB"), "-1");
        assert_eq!(with_unit("on", ""), "on");
        assert_eq!(with_unit("UTC", ""), "UTC");
    }
}
