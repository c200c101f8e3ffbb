//! What the loading role may do on the target, found out before a row moves.

use super::Access;
use crate::error::{Error, Kind, Result};
use crate::postgres::session::Session;
use crate::schema::identifier;
use std::collections::BTreeSet;

/// The roles a build needs and the target lacks. Only [`Loader::prepare`] makes it.
#[derive(Clone, Debug)]
pub struct Loader {
    name: String,
    is_superuser: bool,
    missing: Vec<String>,
    /// Those that an earlier run made and nobody has given a login since.
    made: Vec<String>,
    /// Those of the missing that the loading role must become.
    acting: BTreeSet<String>,
}

/// The comment on roles that masque made, by which later runs know them.
const MADE: &str = "made without login by masque, because objects of production belong to it";

/// How the help ends where the access can't be carried.
const OTHERWISE: &str =
    "map roles in the rule file's `[roles]`, or leave access out with `--no-owner` and `--no-privileges`";

impl Loader {
    /// Compares what `access` needs with what the loading role may do. `admin` is a
    /// session on the target, in any database.
    ///
    /// # Errors
    /// Target, naming every role that is missing or can't be acted for, with the
    /// statements that help.
    pub async fn prepare(admin: &Session, access: &Access) -> Result<Self> {
        let doing = "reading the loading role";
        let sql = "SELECT rolname::text, rolsuper, rolcreaterole, current_setting('server_version_num')::int / 10000 \
                   FROM pg_roles WHERE rolname = current_user";
        let row = admin.one(doing, sql, &[]).await?;
        let (name, is_superuser, may_create, major): (String, bool, bool, i32) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let roles: Vec<&str> = access.roles().into_iter().collect();
        let right = if major >= 16 { "SET" } else { "MEMBER" };
        let sql = format!(
            "SELECT w.name, r.oid IS NOT NULL, coalesce(pg_has_role(r.oid, '{right}'), false), coalesce(r.rolsuper, false), \
                    NOT r.rolcanlogin AND coalesce(shobj_description(r.oid, 'pg_authid') = '{MADE}', false) \
             FROM unnest($1::text[]) w (name) LEFT JOIN pg_roles r ON r.rolname = w.name ORDER BY 1"
        );
        let found = admin.query("looking for roles on the target", &sql, &[&roles]).await?;
        let actors = access.actors();
        let (mut missing, mut made, mut closed) = (Vec::new(), Vec::new(), Vec::new());
        for row in found {
            let (role, exists, may_be): (String, bool, bool) = (row.get(0), row.get(1), row.get(2));
            if row.get::<_, Option<bool>>(4) == Some(true) {
                made.push(role.clone());
            }
            if !exists {
                missing.push(role);
            } else if !may_be && actors.contains(role.as_str()) {
                closed.push((role, row.get(3)));
            }
        }
        let acting = missing.iter().filter(|role| actors.contains(role.as_str())).cloned().collect();
        let this = Self { name, is_superuser, missing, made, acting };
        this.check(&closed, is_superuser || may_create)?;
        if let (false, Some(object)) = (is_superuser, access.for_superusers(major)) {
            let message =
                format!("only a superuser may carry the privileges that were changed on the {object}");
            return Err(Error::new(Kind::Target, message)
                .help("load as a superuser, or leave privileges out with `--no-privileges`"));
        }
        Ok(this)
    }

    /// `closed` are roles it may not act for, and whether each is a superuser.
    fn check(&self, closed: &[(String, bool)], may_create: bool) -> Result<()> {
        let (mut wrong, mut help) = (Vec::new(), Vec::new());
        if !self.missing.is_empty() && !may_create {
            wrong.push(format!(
                "the target lacks {} and the loading role `{}` may not make roles",
                names(&self.missing),
                self.name
            ));
            help.extend(self.missing.iter().map(|role| format!("CREATE ROLE {} NOLOGIN", identifier(role))));
        }
        if !closed.is_empty() {
            wrong.push(format!(
                "the loading role `{}` may not act for {}, whose objects it would make",
                self.name,
                names(&closed.iter().map(|(role, _)| role.clone()).collect::<Vec<_>>())
            ));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        // Whoever is in a superuser's role may do everything: no copy is worth that.
        let ordinary = closed.iter().filter(|(_, is_superuser)| !is_superuser).map(|(role, _)| role);
        let granted = ordinary.chain(self.acting.iter().filter(|_| !may_create));
        help.extend(granted.map(|role| format!("GRANT {} TO {}", identifier(role), identifier(&self.name))));
        let text = if closed.iter().any(|(_, is_superuser)| *is_superuser) {
            format!("what belongs to a superuser should not belong to one on staging: {OTHERWISE}")
        } else {
            format!("`{}`, or {OTHERWISE}", help.join("; "))
        };
        Err(Error::new(Kind::Target, wrong.join("; ")).help(text).remedy(help))
    }

    /// The roles that are there because masque makes or made them: without login.
    #[must_use]
    pub fn without_login(&self) -> Vec<String> {
        let mut roles = [self.missing.as_slice(), &self.made].concat();
        roles.sort_unstable();
        roles
    }

    /// Makes the missing roles: without login, without password, without attributes.
    /// A loading role that is no superuser becomes a member of those it acts for.
    ///
    /// # Errors
    /// Target, naming the role.
    pub async fn make_roles(&self, admin: &Session) -> Result<()> {
        for role in &self.missing {
            let name = identifier(role);
            let mut grant = String::new();
            if !self.is_superuser && self.acting.contains(role) {
                grant = format!("GRANT {name} TO {}", identifier(&self.name));
            }
            // One transaction: a role without its grant would stop the next run.
            let sql = format!("CREATE ROLE {name} NOLOGIN; COMMENT ON ROLE {name} IS '{MADE}'; {grant}");
            match admin.run(&format!("making the role `{role}`"), &sql).await {
                // Another run has made it meanwhile.
                Err(error) if matches!(error.sqlstate(), Some("42710" | "23505")) => {
                    admin.run(&format!("joining the role `{role}`"), &grant).await?;
                }
                outcome => outcome?,
            }
        }
        Ok(())
    }
}

/// ``the role `a` ``, ``the roles `a`, `b` ``
fn names(roles: &[String]) -> String {
    let quoted: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    format!("the role{} {}", if roles.len() == 1 { "" } else { "s" }, quoted.join(", "))
}
