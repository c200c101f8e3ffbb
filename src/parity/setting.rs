//! Parameters that change plans, results or refusals, each with one line why.
//!
//! A list, not a comparison of everything: a server has some 350 parameters, and
//! most of what differs between two of them (ports, logs, memory of the server)
//! changes nothing that a migration or an application sees.

use super::{Difference, Effect, MISSING};
use crate::postgres::facts::{Facts, Override};
use crate::schema::identifier;

use Effect::{Changes, Hint};

/// A parameter, what a difference does, and why.
const LISTED: &[(&str, Effect, &str)] = &[
    // What the planner weighs.
    ("random_page_cost", Changes, "an index scan is chosen or not by it"),
    ("seq_page_cost", Changes, "the price of a whole scan"),
    ("cpu_tuple_cost", Changes, "the price of a row"),
    ("cpu_index_tuple_cost", Changes, "the price of an index entry"),
    ("cpu_operator_cost", Changes, "the price of an operator"),
    ("effective_cache_size", Changes, "how much of an index the planner thinks is in memory"),
    ("effective_io_concurrency", Changes, "bitmap scans read ahead by it"),
    ("work_mem", Changes, "sorts and hashes go to disk, or plans change, at another size"),
    ("hash_mem_multiplier", Changes, "hash joins and aggregates are chosen at another size"),
    ("maintenance_work_mem", Changes, "CREATE INDEX takes another time"),
    ("default_statistics_target", Changes, "the planner knows more or less of each column"),
    ("constraint_exclusion", Changes, "children that can't match are scanned or not"),
    ("cursor_tuple_fraction", Changes, "plans of cursors"),
    ("from_collapse_limit", Changes, "the join order of large queries"),
    ("join_collapse_limit", Changes, "the join order of large queries"),
    ("geqo", Changes, "the join order of large queries"),
    ("geqo_threshold", Changes, "the join order of large queries"),
    ("plan_cache_mode", Changes, "prepared statements are planned once or each time"),
    ("recursive_worktable_factor", Changes, "plans of recursive queries"),
    ("jit", Changes, "long queries are compiled or not"),
    ("jit_above_cost", Changes, "long queries are compiled from another price on"),
    ("jit_inline_above_cost", Changes, "long queries are compiled from another price on"),
    ("jit_optimize_above_cost", Changes, "long queries are compiled from another price on"),
    ("max_parallel_workers", Changes, "how many workers all queries share"),
    ("max_parallel_workers_per_gather", Changes, "how parallel one query runs"),
    ("max_parallel_maintenance_workers", Changes, "CREATE INDEX takes another time"),
    ("max_worker_processes", Changes, "parallel queries get fewer workers than planned"),
    ("min_parallel_table_scan_size", Changes, "from which size on a table is scanned in parallel"),
    ("min_parallel_index_scan_size", Changes, "from which size on an index is scanned in parallel"),
    ("parallel_setup_cost", Changes, "from when on a query runs in parallel"),
    ("parallel_tuple_cost", Changes, "from when on a query runs in parallel"),
    ("parallel_leader_participation", Changes, "how parallel one query runs"),
    // What values look like and mean.
    ("TimeZone", Changes, "timestamps are read and shown in it, and dates are made of them"),
    ("timezone_abbreviations", Changes, "what `EST` in a timestamp means"),
    ("DateStyle", Changes, "01/02/03 is another day"),
    ("IntervalStyle", Changes, "intervals are shown otherwise"),
    ("standard_conforming_strings", Changes, "a backslash in a string is another value"),
    ("backslash_quote", Changes, "strings with backslashes are refused or not"),
    ("bytea_output", Changes, "clients that read bytea as text see another one"),
    ("extra_float_digits", Changes, "floats lose digits as text"),
    ("xmlbinary", Changes, "bytea inside XML is written otherwise"),
    ("xmloption", Changes, "text becomes XML documents or contents"),
    ("array_nulls", Changes, "NULL in an array is a word or nothing"),
    ("transform_null_equals", Changes, "`= NULL` is true or never"),
    ("lc_monetary", Changes, "money is shown and read otherwise"),
    ("lc_numeric", Changes, "to_char writes numbers otherwise"),
    ("lc_time", Changes, "to_char writes names of days and months otherwise"),
    ("lc_messages", Hint, "messages are in another language; who reads them by text fails"),
    ("default_text_search_config", Changes, "to_tsvector without a language stems otherwise"),
    ("gin_fuzzy_search_limit", Changes, "text searches give part of their rows"),
    ("search_path", Changes, "a name without a schema is another object"),
    ("default_transaction_isolation", Changes, "transactions see, and conflict with, one another otherwise"),
    ("default_transaction_read_only", Changes, "writes are refused"),
    ("default_transaction_deferrable", Changes, "serializable reads wait or not"),
    ("session_replication_role", Changes, "triggers and foreign keys fire or not"),
    ("row_security", Changes, "policies hide rows, or a query that meets one fails"),
    ("check_function_bodies", Changes, "a broken function is refused when made, or when called"),
    ("lo_compat_privileges", Changes, "large objects have privileges or not"),
    ("quote_all_identifiers", Hint, "definitions are shown with other quotes"),
    ("escape_string_warning", Hint, "strings with backslashes warn"),
    ("createrole_self_grant", Changes, "who makes a role is a member of it or not"),
    ("password_encryption", Hint, "new passwords are kept otherwise"),
    // How things are stored.
    ("default_toast_compression", Changes, "large values take another room, and another time to read"),
    ("default_table_access_method", Changes, "new tables are of another kind"),
    ("default_tablespace", Changes, "new tables lie elsewhere"),
    ("default_with_oids", Changes, "new tables have another shape"),
    // What is refused, and when.
    ("statement_timeout", Changes, "a long migration is cancelled on one side only"),
    ("lock_timeout", Changes, "a migration that waits is cancelled on one side only"),
    ("idle_in_transaction_session_timeout", Changes, "a session that pauses is ended on one side only"),
    ("transaction_timeout", Changes, "a long transaction is ended on one side only"),
    ("deadlock_timeout", Hint, "deadlocks are found sooner or later"),
    ("max_locks_per_transaction", Changes, "a migration of many tables runs out of locks on one side only"),
    ("max_pred_locks_per_transaction", Hint, "serializable transactions conflict sooner or later"),
    ("max_connections", Hint, "applications get fewer or more connections"),
    ("max_prepared_transactions", Changes, "PREPARE TRANSACTION is refused"),
    ("temp_file_limit", Changes, "a query with large sorts is cancelled on one side only"),
    ("wal_level", Hint, "logical decoding is possible or not; bulk loads write WAL or not"),
    ("synchronous_commit", Hint, "commits take another time"),
    ("shared_buffers", Hint, "timings differ; plans don't"),
    ("autovacuum", Changes, "statistics and free room grow old"),
    ("vacuum_freeze_table_age", Hint, "when a whole table is vacuumed"),
    // What is loaded.
    ("shared_preload_libraries", Changes, "modules that must be loaded at the start are there or not"),
    ("session_preload_libraries", Changes, "modules of each session are there or not"),
    ("local_preload_libraries", Changes, "modules of each session are there or not"),
    ("dynamic_library_path", Hint, "functions in C are looked for elsewhere"),
    ("event_triggers", Changes, "event triggers fire or not"),
];

/// Whether a parameter is listed, and as what.
fn listed(name: &str) -> Option<(Effect, &'static str)> {
    let found = LISTED.iter().find(|(listed, ..)| *listed == name).map(|(_, effect, why)| (*effect, *why));
    found.or_else(|| {
        name.starts_with("enable_").then_some((Changes, "a kind of plan is allowed on one side only"))
    })
}

const PRELOADED: &str = "shared_preload_libraries";

/// Listed parameters that differ. One that a side does not have, or does not show to the role, is only told
/// where a role could be granted to see it.
pub(super) fn differences(source: &Facts, target: &Facts) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, own) in &source.settings {
        let (Some((effect, why)), Some(other)) = (listed(name), target.settings.get(name)) else { continue };
        if own != other && !(name.starts_with("lc_") && plain(own) == plain(other)) {
            found.push(Difference {
                effect,
                topic: "setting",
                name: name.clone(),
                source: shown(own),
                target: shown(other),
                why: why.to_owned(),
                advice: advice(name, own),
            });
        }
    }
    let sides = [("source", source), ("target", target)];
    let hidden: Vec<_> = sides.iter().filter(|(_, facts)| !facts.settings.contains_key(PRELOADED)).collect();
    if let ([(side, _)], false) =
        (hidden.as_slice(), source.settings.is_empty() || target.settings.is_empty())
    {
        found.push(Difference {
            effect: Hint,
            topic: "setting",
            name: PRELOADED.to_owned(),
            source: if *side == "source" { "not shown" } else { "shown" }.to_owned(),
            target: if *side == "target" { "not shown" } else { "shown" }.to_owned(),
            why: format!("the {side}'s role may not see it"),
            advice: String::from("`GRANT pg_read_all_settings` to that role"),
        });
    }
    found
}

/// Systems spell one locale in several ways.
fn plain(name: &str) -> String {
    name.replace('-', "").to_lowercase()
}

fn shown(value: &str) -> String {
    if value.is_empty() { String::from("''") } else { value.to_owned() }
}

/// Parameters that only a restart changes.
const AT_START: &[&str] = &[
    "shared_preload_libraries",
    "shared_buffers",
    "max_connections",
    "max_locks_per_transaction",
    "max_pred_locks_per_transaction",
    "max_prepared_transactions",
    "max_worker_processes",
    "wal_level",
];

fn advice(name: &str, value: &str) -> String {
    let text = format!("on the target: `ALTER SYSTEM SET {name} = '{}'`", value.replace('\'', "''"));
    if AT_START.contains(&name) { format!("{text}, and restart it") } else { text }
}

/// What `ALTER DATABASE` and `ALTER ROLE` set on the source and not, or otherwise, on the target.
pub(super) fn overrides(source: &Facts, target: &Facts) -> Vec<Difference> {
    let mut found = Vec::new();
    for own in &source.overrides {
        let same = |other: &&Override| {
            other.role == own.role && other.in_database == own.in_database && other.name == own.name
        };
        let other = target.overrides.iter().find(same);
        if other.is_some_and(|other| other.value == own.value) {
            continue;
        }
        // A parameter of the whole database shows among the settings, if it is listed there.
        if own.role.is_none() && own.in_database && listed(&own.name).is_some() {
            continue;
        }
        let value = |of: &Override| of.value.clone().unwrap_or_else(|| String::from("set"));
        found.push(Difference {
            effect: if listed(&own.name).is_some() { Changes } else { Hint },
            topic: "override",
            name: format!("{}: {}", scope(own), own.name),
            source: value(own),
            target: other.map_or_else(|| MISSING.to_owned(), value),
            why: String::from("settings of databases and roles stay behind"),
            advice: format!("on the target: `ALTER {} SET {} = …`", statement(own), own.name),
        });
    }
    found
}

fn scope(of: &Override) -> String {
    match (&of.role, of.in_database) {
        (None, true) => String::from("database"),
        (None, false) => String::from("every role"),
        (Some(role), false) => format!("role {role}"),
        (Some(role), true) => format!("role {role} in the database"),
    }
}

fn statement(of: &Override) -> String {
    match (&of.role, of.in_database) {
        (None, true) => String::from("DATABASE …"),
        (None, false) => String::from("ROLE ALL"),
        (Some(role), false) => format!("ROLE {}", identifier(role)),
        (Some(role), true) => format!("ROLE {} IN DATABASE …", identifier(role)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::facts;
    use super::*;

    #[test]
    fn every_listed_parameter_is_there_once() {
        let mut names: Vec<_> = LISTED.iter().map(|(name, ..)| *name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_role_that_may_not_see_the_libraries_is_told() {
        let (mut source, mut target) = (facts(), facts());
        source.settings.insert(String::from("jit"), String::from("on"));
        target.settings.clone_from(&source.settings);
        assert_eq!(differences(&source, &target), []);
        target.settings.insert(String::from("shared_preload_libraries"), String::new());
        let found = differences(&source, &target);
        assert_eq!((found[0].effect, found[0].source.as_str()), (Hint, "not shown"));
    }
}
