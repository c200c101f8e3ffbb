//! Extensions: which the target lacks, and which it would make in another version.

use super::{Difference, Effect, MISSING};
use crate::postgres::facts::{Extension, Facts};
use crate::schema::identifier;

/// Extensions of the source that the target has none of, has another version of, or
/// may not make. `target.extensions` are those a build begins with.
pub(super) fn differences(source: &Facts, target: &Facts) -> Vec<Difference> {
    let mut found = Vec::new();
    for extension in &source.extensions {
        found.extend(of_one(extension, target));
    }
    let more = target.extensions.iter().filter(|e| !source.extensions.iter().any(|own| own.name == e.name));
    found.extend(more.map(|extension| Difference {
        why: String::from("a migration that uses it works on staging and fails on production"),
        advice: String::from("install it on production too, or drop it from staging or its template"),
        ..difference(Effect::Hint, &extension.name, MISSING.to_owned(), extension.version.clone())
    }));
    found
}

fn difference(effect: Effect, name: &str, source: String, target: String) -> Difference {
    let (why, advice) = (String::new(), String::new());
    Difference { effect, topic: "extension", name: name.to_owned(), source, target, why, advice }
}

fn of_one(own: &Extension, target: &Facts) -> Option<Difference> {
    let begun = target.extensions.iter().find(|e| e.name == own.name);
    let available = target.available.get(&own.name);
    let version = match (begun, available) {
        (Some(begun), _) => &begun.version,
        (None, Some(available)) => &available.default,
        (None, None) => {
            return Some(Difference {
                why: String::from("the target's server can't make it"),
                advice: format!(
                    "install {} on the target's server, or make it in a database and give that as `--template`",
                    package(&own.name, target.server.major())
                ),
                ..difference(Effect::Blocks, &own.name, own.version.clone(), MISSING.to_owned())
            });
        }
    };
    if *version != own.version {
        let could = available.is_some_and(|available| available.versions.contains(&own.version));
        return Some(Difference {
            why: String::from(
                "a dump names no version, so the target makes its own: functions and types may differ",
            ),
            advice: if could {
                format!(
                    "make it once in a template, `CREATE EXTENSION {} VERSION '{}'`, and give that as `--template`; or update production's",
                    identifier(&own.name),
                    own.version
                )
            } else {
                format!(
                    "update production's with `ALTER EXTENSION {} UPDATE`, or install the same package on both",
                    identifier(&own.name)
                )
            },
            ..difference(Effect::Changes, &own.name, own.version.clone(), version.clone())
        });
    }
    if let Some(begun) = begun
        && begun.schema != own.schema
    {
        return Some(Difference {
            why: String::from("names that production qualifies with its schema are not found"),
            advice: format!(
                "in the template: `ALTER EXTENSION {} SET SCHEMA {}`",
                identifier(&own.name),
                identifier(&own.schema)
            ),
            ..difference(
                Effect::Changes,
                &own.name,
                format!("in {}", own.schema),
                format!("in {}", begun.schema),
            )
        });
    }
    if begun.is_none() && !target.server.is_superuser && available.is_some_and(|a| a.needs_superuser) {
        return Some(Difference {
            why: String::from("only a superuser may make it there, and the loading role is none"),
            advice: String::from(
                "make it once in a database and give that as `--template`; some managed services allow it all the same",
            ),
            ..difference(Effect::Hint, &own.name, own.version.clone(), String::from("superuser only"))
        });
    }
    None
}

/// The package that brings an extension, as Debian and the PostgreSQL project's own repositories name it.
pub(super) fn package(extension: &str, major: u32) -> String {
    let name = match extension {
        "postgis"
        | "postgis_raster"
        | "postgis_topology"
        | "postgis_sfcgal"
        | "postgis_tiger_geocoder"
        | "address_standardizer" => "postgis-3",
        "vector" => "pgvector",
        "pg_cron" => "cron",
        "pg_partman" => "partman",
        "pgaudit" => "pgaudit",
        "hll" => "hll",
        "pg_repack" => "repack",
        "pg_hint_plan" => "pg-hint-plan",
        "pgrouting" => "pgrouting",
        "pgtap" => "pgtap",
        "hypopg" => "hypopg",
        "ip4r" => "ip4r",
        "semver" => "semver",
        "orafce" => "orafce",
        "rum" => "rum",
        "pg_similarity" => "similarity",
        "plpython3u" => return format!("`postgresql-plpython3-{major}`"),
        "plperl" | "plperlu" => return format!("`postgresql-plperl-{major}`"),
        "pltcl" | "pltclu" => return format!("`postgresql-pltcl-{major}`"),
        name if CONTRIB.contains(&name) => return format!("`postgresql-contrib` for PostgreSQL {major}"),
        _ => return String::from("its package"),
    };
    format!("`postgresql-{major}-{name}`")
}

/// What PostgreSQL's own source brings.
const CONTRIB: &[&str] = &[
    "adminpack",
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intagg",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "moddatetime",
    "old_snapshot",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_logicalinspect",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_trgm",
    "pg_visibility",
    "pg_walinspect",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

#[cfg(test)]
mod tests {
    use super::super::tests::facts;
    use super::*;
    use crate::postgres::facts::Available;

    fn extension(name: &str, version: &str) -> Extension {
        Extension { name: name.to_owned(), version: version.to_owned(), schema: String::from("public") }
    }

    fn available(default: &str, needs_superuser: bool) -> Available {
        Available { default: default.to_owned(), versions: vec![default.to_owned()], needs_superuser }
    }

    #[test]
    fn what_the_server_cannot_make_blocks_unless_the_template_has_it() {
        let (mut source, mut target) = (facts(), facts());
        source.extensions = vec![extension("postgis", "3.4.2")];
        let found = differences(&source, &target);
        assert_eq!(found[0].effect, Effect::Blocks);
        assert!(found[0].advice.contains("postgresql-15-postgis-3"), "{found:?}");
        target.extensions = vec![extension("postgis", "3.4.2")];
        assert_eq!(differences(&source, &target), []);
    }

    #[test]
    fn another_version_and_a_superuser_s_extension_are_told() {
        let (mut source, mut target) = (facts(), facts());
        source.extensions = vec![extension("hstore", "1.7"), extension("adminpack", "2.1")];
        target.available.insert(String::from("hstore"), available("1.8", false));
        target.available.insert(String::from("adminpack"), available("2.1", true));
        target.server.is_superuser = false;
        let found = differences(&source, &target);
        let effects: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.effect)).collect();
        assert_eq!(effects, [("hstore", Effect::Changes), ("adminpack", Effect::Hint)]);
    }
}
