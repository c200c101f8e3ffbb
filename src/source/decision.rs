//! The rules against the source: the one sequence by which `check`, a refresh and its dry run
//! decide what becomes of every column.
//!
//! All that rules can have wrong is told together as far as it can be known together. What rows
//! would be read for is asked last.

use super::{check_conditions, check_exact, check_letters, check_named};
use crate::diagnostic::{Diagnostic, Failure};
use crate::error::{Error, Kind, Result};
use crate::plan::Plan;
use crate::postgres::session::Session;
use crate::postgres::{access, frequency, statistics, uncarried};
use crate::rules::{self, CheckedRules, RuleFile};
use crate::schema::Schema;
use crate::secret::Secret;

/// What a decision is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// To say whether the rules fit the schema.
    Check,
    /// To carry everything to a server that will have roles of these names: then nothing may be hidden,
    /// and nothing may be lost on the way.
    Carry(&'a [String]),
}

/// Decides, in the session's current transaction, which read this schema.
///
/// # Errors
/// Every problem of the rules; source, where something can't be carried or a query fails.
pub async fn decide(
    session: &Session,
    mut schema: Schema,
    file: &RuleFile,
    secret: &Secret,
    purpose: Purpose<'_>,
) -> Result<(Plan, CheckedRules), Failure> {
    refuse(file.check_roles(&access::roles(session).await?))?;
    let mut checked = rules::check(file, &mut schema).map_err(Failure::Rules)?;
    let kept: Vec<_> = checked.kept().iter().map(|kept| kept.column).collect();
    checked.look_at(&schema, &statistics::sample(session, &schema, &kept).await?);
    let frequencies = frequency::read(session, &schema, &checked.sampled(&schema)).await?;
    let plan = Plan::new(schema, &checked, secret, &frequencies, None).map_err(Failure::Rules)?;
    let mut problems = check_letters(session, &plan).await?;
    let roles = match purpose {
        Purpose::Check => None,
        Purpose::Carry(roles) => {
            check_readable(&plan)?;
            uncarried::refuse(session).await?;
            Some(roles)
        }
    };
    check_conditions(session, &plan).await?;
    problems.extend(check_named(session, &plan, roles).await?);
    refuse(problems)?;
    if roles.is_some() {
        check_exact(session, &plan).await?;
    }
    Ok((plan, checked))
}

fn refuse(problems: Vec<Diagnostic>) -> Result<(), Failure> {
    if problems.is_empty() { Ok(()) } else { Err(Failure::Rules(problems)) }
}

/// Rows that row security would hide are never silently left out.
fn check_readable(plan: &Plan) -> Result<()> {
    for table in plan.tables.iter().filter(|table| !table.is_empty()) {
        if plan.schema.table(table.table).is_some_and(|t| t.row_security) {
            return Err(Error::new(
                Kind::Source,
                format!("row security hides rows of `{}` from the reading role", table.name),
            )
            .help("give the role BYPASSRLS, or leave the table's rows out with `[rows]`"));
        }
    }
    Ok(())
}
