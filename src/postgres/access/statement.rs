//! The statements that make one database's access another's.

use super::grant::{self, Grant, Whom};
use super::object::Object;
use crate::schema::identifier;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A statement, and who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The role to be while it runs; the loading role where there is none.
    pub(super) actor: Option<String>,
    pub(super) sql: String,
    /// What it is about, for an error.
    pub(super) about: String,
}

/// Whoever owns a database is this role in it; without inheriting its rights, perhaps.
pub(super) const DATABASE_OWNER: &str = "pg_database_owner";

/// Statements as one text: the role is changed where it must be, and given back.
pub(super) fn script(statements: &[Statement]) -> String {
    let (mut text, mut role) = (String::new(), None);
    for statement in statements {
        if role != statement.actor.as_ref() {
            role = statement.actor.as_ref();
            text.push_str(&role.map_or_else(
                || "RESET ROLE; ".to_owned(),
                |role| format!("SET ROLE {}; ", identifier(role)),
            ));
        }
        let _ = write!(text, "{}; ", statement.sql);
    }
    text.push_str("RESET ROLE");
    text
}

/// Gives the object its owner, if it has another one.
pub(super) fn give(wanted: &Object, held: &Object) -> Option<Statement> {
    let sql = format!("ALTER {} {} OWNER TO {}", wanted.kind, wanted.name, identifier(&wanted.owner));
    (wanted.can_move() && wanted.owner != held.owner).then(|| Statement {
        actor: None,
        sql,
        about: format!("the owner `{}` of {wanted}", wanted.owner),
    })
}

/// Gives an object its privileges. `moves` says whether owners are carried.
pub(super) fn grant(wanted: &Object, held: Option<&Object>, moves: bool) -> Vec<Statement> {
    let about = format!("the privileges on {wanted}");
    if wanted.is_given() {
        // A superuser, or whoever installed the extension, acts for the owner.
        let (revoked, granted) = wanted.changes();
        let revoke = revoked.iter().map(|grant| revoking(wanted, &grant.what, &grant.to, &wanted.owner));
        let grant = granted.iter().map(|grant| granting(wanted, grant, &wanted.owner));
        let statement = |sql| Statement { actor: None, sql, about: about.clone() };
        return revoke.chain(grant).map(statement).collect();
    }
    let (wants, holds) =
        (wanted.grants(), held.map_or_else(|| grant::of_nobody(&wanted.kind), Object::grants));
    if grant::sum(&wants) == grant::sum(&holds) {
        return Vec::new();
    }
    let takes_owner = moves && wanted.follows_owner();
    let owner = if takes_owner { &wanted.owner } else { held.map_or(&wanted.owner, |held| &held.owner) };
    let acting = (takes_owner || owner == DATABASE_OWNER).then(|| owner.clone());
    let mut statements = Vec::new();
    let all = [String::from("ALL")];
    for whom in holds.iter().map(|grant| &grant.to).collect::<BTreeSet<_>>() {
        let sql = revoking(wanted, &all, whom, owner);
        statements.push(Statement { actor: acting.clone(), sql, about: about.clone() });
    }
    for grant in &wants {
        let actor = grant.by.role().map_or_else(|| acting.clone(), |role| Some(role.to_owned()));
        statements.push(Statement { actor, sql: granting(wanted, grant, owner), about: about.clone() });
    }
    statements
}

fn revoking(object: &Object, what: &[String], whom: &Whom, owner: &str) -> String {
    format!("REVOKE {} FROM {} CASCADE", privileges(object, what), whom.sql(owner))
}

fn granting(object: &Object, grant: &Grant, owner: &str) -> String {
    let option = if grant.option { " WITH GRANT OPTION" } else { "" };
    format!("GRANT {} TO {}{option}", privileges(object, &grant.what), grant.to.sql(owner))
}

/// `SELECT, INSERT ON TABLE public.t`, `SELECT (c) ON TABLE public.t`.
fn privileges(object: &Object, what: &[String]) -> String {
    let kind = match object.kind.as_str() {
        "VIEW" | "MATERIALIZED VIEW" | "FOREIGN TABLE" | "COLUMN" => "TABLE",
        "SERVER" => "FOREIGN SERVER",
        kind => kind,
    };
    let part =
        object.column.as_deref().map(|column| format!(" ({})", identifier(column))).unwrap_or_default();
    let what: Vec<String> = what.iter().map(|privilege| format!("{privilege}{part}")).collect();
    format!("{} ON {kind} {}", what.join(", "), object.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::access::object::tests::object;

    fn sql(statements: &[Statement]) -> Vec<String> {
        let actor = |one: &Statement| one.actor.as_ref().map(|role| format!("{role}: ")).unwrap_or_default();
        statements.iter().map(|one| format!("{}{}", actor(one), one.sql)).collect()
    }

    #[test]
    fn the_owner_s_grants_follow_the_owner_and_others_are_given_by_whoever_gave_them() {
        let wanted = object(
            "TABLE",
            "app",
            Some(
                r#"[["o", "o", ["ALL"], false], ["o", "ra", ["SELECT"], true], ["ra", "p", ["SELECT"], false]]"#,
            ),
        );
        let held = object("TABLE", "loader", None);
        let moved = give(&wanted, &held).unwrap();
        assert_eq!(moved.sql, "ALTER TABLE public.t OWNER TO \"app\"");
        assert_eq!(give(&wanted, &wanted), None);
        let expected = [
            "app: REVOKE ALL ON TABLE public.t FROM \"app\" CASCADE",
            "app: GRANT ALL ON TABLE public.t TO \"app\"",
            "app: GRANT SELECT ON TABLE public.t TO \"a\" WITH GRANT OPTION",
            "a: GRANT SELECT ON TABLE public.t TO PUBLIC",
        ];
        assert_eq!(sql(&grant(&wanted, Some(&held), true)), expected);
        // Without owners the loading role stands in for the owner, and acts as itself.
        let stays = sql(&grant(&wanted, Some(&held), false));
        assert_eq!(stays[1], "GRANT ALL ON TABLE public.t TO \"loader\"");
        assert_eq!(grant(&wanted, Some(&wanted), true), []);
    }

    #[test]
    fn a_right_that_everybody_has_from_the_start_is_taken_where_it_was_taken() {
        let wanted = object("ROUTINE", "app", Some(r#"[["o", "o", ["ALL"], false]]"#));
        let statements = sql(&grant(&wanted, Some(&object("ROUTINE", "app", None)), true));
        assert!(
            statements.contains(&String::from("app: REVOKE ALL ON ROUTINE public.t FROM PUBLIC CASCADE"))
        );
        assert_eq!(statements.last().unwrap(), "app: GRANT ALL ON ROUTINE public.t TO \"app\"");
    }

    #[test]
    fn a_script_changes_the_role_only_where_another_one_speaks() {
        let say = |actor: Option<&str>, sql: &str| Statement {
            actor: actor.map(str::to_owned),
            sql: sql.to_owned(),
            about: String::new(),
        };
        let all = [say(None, "A"), say(Some("x"), "B"), say(Some("x"), "C"), say(None, "D")];
        assert_eq!(script(&all), "A; SET ROLE \"x\"; B; C; RESET ROLE; D; RESET ROLE");
    }
}
