//! Values that name objects: whether the build will have those objects when the rows arrive.
//!
//! The text form of `reg*` types and of access lists is a name, and the build takes it only
//! where the name leads to one object. Indexes are made after the rows, a role may be one
//! of the source's server alone, and an overloaded function has a name that others share.
//! Such columns are few, so they are read once before anything is made.

use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::plan::{Plan, TablePlan, Treatment};
use crate::postgres::session::Session;
use crate::rules::Rows;
use crate::schema::{DataType, Form, identifier, quote};

/// Types whose input function only refuses: the server alone makes their values.
const NEVER_READ: &[&str] = &[
    "pg_node_tree",
    "pg_ndistinct",
    "pg_dependencies",
    "pg_mcv_list",
    "pg_brin_bloom_summary",
    "pg_brin_minmax_multi_summary",
    "gtsvector",
    "gtrgm",
    "ltree_gist",
    "ghstore",
    "intbig_gkey",
];

/// Looks for kept columns whose values can't be carried: a diagnostic for each, empty where
/// all is well. `roles` are those of the target, where it is known.
///
/// # Errors
/// Source, where a query fails.
pub(super) async fn check_named(
    session: &Session,
    plan: &Plan,
    roles: Option<&[String]>,
) -> Result<Vec<Diagnostic>> {
    let mut problems = Vec::new();
    for table in plan.tables.iter().filter(|table| !table.is_empty()) {
        for (column, treatment) in table.columns.iter().zip(&table.treatments) {
            if !matches!(treatment, Treatment::Keep) || column.data_type.binary {
                continue;
            }
            let mut parts = Vec::new();
            find(identifier(&column.name), &column.data_type, &mut parts);
            for (expression, name) in parts {
                if let Some(why) = refused(session, table, &expression, name, roles).await? {
                    let name = format!("{}.{}", table.name, quote(&column.name));
                    problems.push(
                        Diagnostic::error(format!("`{name}`: {why}"))
                            .help("write `\"null\"` for the column, or leave those rows out with `[rows]`"),
                    );
                }
            }
        }
    }
    Ok(problems)
}

/// The parts of a value that are of a type without a binary form: each as an expression, with its type's name.
fn find<'a>(expression: String, data_type: &'a DataType, parts: &mut Vec<(String, &'a str)>) {
    match &data_type.base().form {
        Form::Array(inner) => find(format!("pg_catalog.unnest({expression})"), inner, parts),
        Form::Composite(attributes) => {
            for (name, inner) in attributes.iter().filter(|(_, inner)| !inner.binary) {
                find(format!("({expression}).{}", identifier(name)), inner, parts);
            }
        }
        _ => parts.push((expression, &data_type.base().name)),
    }
}

/// Why values of the type can't be carried, where some can't.
async fn refused(
    session: &Session,
    table: &TablePlan,
    expression: &str,
    type_name: &str,
    roles: Option<&[String]>,
) -> Result<Option<String>> {
    if NEVER_READ.contains(&type_name) {
        return Ok(Some(format!("no server takes values of the type `{type_name}` from outside")));
    }
    let doing = format!("reading what `{}` names", table.name);
    let rows = if let Rows::Where(condition) = &table.rows {
        format!(" WHERE ({condition}\n)")
    } else {
        String::new()
    };
    let values =
        |cast: &str| format!("(SELECT {expression}{cast} AS v FROM ONLY {}{rows}) n", table.name.sql());
    let numbers = values("::pg_catalog.oid");
    let (condition, why) = match type_name {
        "regclass" => (
            format!(
                "{numbers} JOIN pg_catalog.pg_class c ON c.oid = n.v \
                 WHERE c.relpersistence = 't' OR (c.relkind IN ('i', 'I', 't') AND c.oid >= 16384)"
            ),
            "a value names an index, a TOAST table or a temporary table, which the build does not have when the rows arrive",
        ),
        "regproc" => (
            format!(
                "{numbers} JOIN pg_catalog.pg_proc p ON p.oid = n.v \
                 JOIN pg_catalog.pg_proc o ON o.proname = p.proname AND o.pronamespace = p.pronamespace AND o.oid <> p.oid"
            ),
            "a value names an overloaded function, and `regproc` does not say which of them",
        ),
        "regoper" => (
            format!(
                "{numbers} JOIN pg_catalog.pg_operator p ON p.oid = n.v \
                 JOIN pg_catalog.pg_operator o ON o.oprname = p.oprname AND o.oprnamespace = p.oprnamespace AND o.oid <> p.oid"
            ),
            "a value names an overloaded operator, and `regoper` does not say which of them",
        ),
        "regrole" | "aclitem" => {
            let numbers = if type_name == "regrole" {
                numbers
            } else {
                // A dangling number of a role is none that an access list takes back.
                format!(
                    "(SELECT unnest(ARRAY[x.grantor, nullif(x.grantee, 0)]) AS v FROM {}, \
                     LATERAL pg_catalog.aclexplode(CASE WHEN n.v IS NULL THEN NULL ELSE ARRAY[n.v] END) x) n",
                    values("")
                )
            };
            let sql = format!(
                "SELECT DISTINCT r.rolname::text FROM {numbers} LEFT JOIN pg_catalog.pg_roles r ON r.oid = n.v \
                 WHERE r.oid IS NOT NULL OR ('{type_name}' = 'aclitem' AND n.v IS NOT NULL)"
            );
            let named = session.query(&doing, &sql, &[]).await?;
            let is_there = |role: Option<String>| {
                role.is_some_and(|role| roles.is_none_or(|roles| roles.contains(&role)))
            };
            let why = "a value names a role that the target's server does not have: make it there first";
            return Ok((!named.iter().all(|row| is_there(row.get(0)))).then(|| why.to_owned()));
        }
        _ => return Ok(None),
    };
    let found = session.one(&doing, &format!("SELECT EXISTS (SELECT FROM {condition})"), &[]).await?;
    Ok(found.get::<_, bool>(0).then(|| why.to_owned()))
}
