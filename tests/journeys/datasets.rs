//! Real databases, into an empty server and again over the published copy.

use crate::house::top;
use crate::support::{Database, Fixture, Side, count, dataset, query, run, value};

/// Every table and materialized view that can be counted, as SQL writes it.
fn tables(url: &str) -> Vec<String> {
    let sql = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
        where c.relkind in ('r', 'm') and c.relispopulated and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1";
    query(url, sql).into_iter().flatten().flatten().collect()
}

/// Everything that hangs on tables, by definition: constraints with their validity, indexes, triggers, views, functions.
const OBJECTS: &str = "
    select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
      from pg_constraint where connamespace::regnamespace::text !~ '^(pg_|information_schema)'
    union all select 'index', tablename, indexname, indexdef, '' from pg_indexes where schemaname !~ '^(pg_|information_schema)'
    union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text from pg_trigger where not tgisinternal
    union all select 'view', schemaname, viewname, definition, '' from pg_views where schemaname !~ '^(pg_|information_schema)'
    union all select 'materialized view', schemaname, matviewname, definition, ispopulated::text
      from pg_matviews where schemaname !~ '^(pg_|information_schema)'
    union all select 'function', pronamespace::regnamespace::text, proname, prosrc, pg_get_function_identity_arguments(oid)
      from pg_proc where pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
    union all select 'sequence', schemaname, sequencename, last_value::text, increment_by::text from pg_sequences
    order by 1, 2, 3, 4, 5";

fn refresh_twice(fixture: Fixture, masked: &str) {
    let Some(source) = dataset(fixture) else { return };
    let target = Database::absent(Side::Staging, fixture.name());
    let rules = top().join(format!("rules/{}.toml", fixture.name()));
    let args =
        ["refresh", "--source", &source.url(), "--target", &target.url(), "--rules", rules.to_str().unwrap()];
    for _ in 0..2 {
        run(&args).assert_code(0);
        assert!(target.generations().iter().any(|name| name == target.name()), "{:?}", target.generations());
        let all = tables(&source.url());
        assert_eq!(all, tables(&target.url()));
        for table in all {
            assert_eq!(count(&source.url(), &table), count(&target.url(), &table), "{table}");
        }
        assert!(
            query(&source.url(), OBJECTS) == query(&target.url(), OBJECTS),
            "an object is not that of the source"
        );
        let (before, after) = (value(&source.url(), masked), value(&target.url(), masked));
        assert!(before != after, "{masked} gives the source's values");
    }
}

#[test]
fn pagila_is_refreshed_twice() {
    refresh_twice(
        Fixture::Pagila,
        "select md5(string_agg(email, ',' order by customer_id)) from public.customer",
    );
}

#[test]
fn chinook_is_refreshed_twice() {
    refresh_twice(
        Fixture::Chinook,
        "select md5(string_agg(email, ',' order by customer_id)) from public.customer",
    );
}

#[test]
fn northwind_is_refreshed_twice() {
    refresh_twice(
        Fixture::Northwind,
        "select md5(string_agg(home_phone, ',' order by employee_id)) from public.employees",
    );
}
