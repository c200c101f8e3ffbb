//! Versions, block sizes, roles and tablespaces.

use super::{Difference, Effect, MISSING};
use crate::postgres::facts::Facts;
use crate::schema::identifier;

pub(super) fn differences(source: &Facts, target: &Facts) -> Vec<Difference> {
    let mut found = Vec::new();
    found.extend(version(source, target));
    if source.server.block_size != target.server.block_size {
        found.push(Difference {
            effect: Effect::Changes,
            topic: "server",
            name: String::from("block_size"),
            source: source.server.block_size.clone(),
            target: target.server.block_size.clone(),
            why: String::from("sizes of tables and indexes, and so plans, differ; the largest index row too"),
            advice: String::from("use a build of the server with production's block size"),
        });
    }
    if source.server.checksums != target.server.checksums {
        found.push(Difference {
            effect: Effect::Hint,
            topic: "server",
            name: String::from("data_checksums"),
            source: source.server.checksums.clone(),
            target: target.server.checksums.clone(),
            why: String::from("only the cost of reading and writing pages differs"),
            advice: String::from("nothing; `pg_checksums` switches them on a stopped server"),
        });
    }
    found
}

fn version(source: &Facts, target: &Facts) -> Option<Difference> {
    let (own, other) = (source.server.major(), target.server.major());
    let (effect, why, advice) = if other < own {
        (
            Effect::Blocks,
            "an older server can't hold what a newer one made",
            format!("upgrade staging to PostgreSQL {own} or newer"),
        )
    } else if other > own {
        (
            Effect::Changes,
            "planner, functions and defaults are those of another major version",
            format!("run PostgreSQL {own} on staging, unless it is there to rehearse the upgrade"),
        )
    } else if source.server.version != target.server.version {
        (
            Effect::Hint,
            "bugs that are mended on one side only",
            String::from("keep both on the newest minor version"),
        )
    } else {
        return None;
    };
    Some(Difference {
        effect,
        topic: "server",
        name: String::from("version"),
        source: source.server.version.clone(),
        target: target.server.version.clone(),
        why: why.to_owned(),
        advice,
    })
}

/// Roles that objects of the source name and the target lacks.
pub(super) fn roles(source: &Facts, target: &Facts) -> Vec<Difference> {
    let may = target.server.may_create_roles;
    let lacking = source.named_roles.iter().filter(|role| !target.roles.contains(role));
    lacking
        .map(|role| Difference {
            effect: if may { Effect::Hint } else { Effect::Blocks },
            topic: "role",
            name: role.clone(),
            source: String::from("named by objects"),
            target: MISSING.to_owned(),
            why: String::from(if may {
                "it owns objects, was granted some, or a policy is for it; a refresh makes it, without login"
            } else {
                "it owns objects, was granted some, or a policy is for it, and the loading role may not make it"
            }),
            advice: format!(
                "`CREATE ROLE {} NOLOGIN` on the target, or map it in the rule file's `[roles]`",
                identifier(role)
            ),
        })
        .collect()
}

/// Tablespaces that objects of the source lie in and the target lacks.
pub(super) fn tablespaces(source: &Facts, target: &Facts) -> Vec<Difference> {
    let lacking = source.used_tablespaces.iter().filter(|name| !target.tablespaces.contains(name));
    lacking
        .map(|name| Difference {
            effect: Effect::Hint,
            topic: "tablespace",
            name: name.clone(),
            source: String::from("used"),
            target: MISSING.to_owned(),
            why: String::from("the copy lies in the target's default tablespace"),
            advice: String::from("nothing, unless a migration names it"),
        })
        .collect()
}
