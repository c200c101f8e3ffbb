//! Real databases, into an empty server and again over the published copy.

use crate::house::top;
use crate::support::{Database, Fixture, Side, count, dataset, query, run, value};

/// Every table and materialized view that can be counted, as SQL writes it.
fn tables(url: &str) -> Vec<String> {
    let sql = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
        where c.relkind in ('r', 'm') and c.relispopulated and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1";
    query(url, sql).into_iter().flatten().flatten().collect()
}

/// Everything that hangs on tables, by definition, as majors agree on it (18 counts NOT NULL, 15 triggers of partitions): constraints with their validity, indexes, triggers, views, functions.
const OBJECTS: &str = "
    select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
      from pg_constraint where contype <> 'n' and connamespace::regnamespace::text !~ '^(pg_|information_schema)'
    union all select 'index', tablename, indexname, indexdef, '' from pg_indexes where schemaname !~ '^(pg_|information_schema)'
    union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text from pg_trigger where not tgisinternal and tgparentid = 0
    union all select 'view', schemaname, viewname, definition, '' from pg_views where schemaname !~ '^(pg_|information_schema)'
    union all select 'materialized view', schemaname, matviewname, definition, ispopulated::text
      from pg_matviews where schemaname !~ '^(pg_|information_schema)'
    union all select 'function', pronamespace::regnamespace::text, proname, prosrc, pg_get_function_identity_arguments(oid)
      from pg_proc where pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
    union all select 'sequence', schemaname, sequencename, last_value::text, increment_by::text from pg_sequences
    order by 1, 2, 3, 4, 5";

/// Refreshes a set twice. `none` are queries that find nothing in the copy: people who are not one person.
/// Where the set is not there, nothing is given back.
fn refresh_twice(fixture: Fixture, masked: &str, none: &[&str]) -> Option<(Database, Database)> {
    let source = dataset(fixture)?;
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
        for sql in none {
            assert_eq!(query(&target.url(), sql), Vec::<Vec<Option<String>>>::new(), "{sql}");
        }
    }
    Some((source, target))
}

/// Whose address is not made of their name: an apostrophe or an accent may be written otherwise.
macro_rules! strangers {
    ($table:literal) => {
        concat!(
            "select 1 from public.",
            $table,
            " where position(regexp_replace(lower(last_name), '[^a-z]', '', 'g') in regexp_replace(lower(email), '[^a-z]', '', 'g')) = 0"
        )
    };
}

#[test]
fn pagila_is_refreshed_twice() {
    refresh_twice(
        Fixture::Pagila,
        "select md5(string_agg(email, ',' order by customer_id)) from public.customer",
        &[
            strangers!("customer"),
            strangers!("staff"),
            "select 1 from public.staff where username <> first_name",
            "select 1 from public.address group by city_id having count(distinct lower(district)) > 1",
        ],
    );
}

#[test]
fn chinook_is_refreshed_twice() {
    refresh_twice(
        Fixture::Chinook,
        "select md5(string_agg(email, ',' order by customer_id)) from public.customer",
        &[
            strangers!("customer"),
            strangers!("employee"),
            "select 1 from public.invoice i join public.customer c using (customer_id) \
             where (i.billing_address, i.billing_city, i.billing_country) <> (c.address, c.city, c.country) \
                or i.billing_postal_code <> c.postal_code or i.billing_state <> c.state",
            "select 1 from public.customer where country in ('Germany', 'France', 'United States') and postal_code !~ '^[0-9]{5}$'",
            "select 1 from public.customer where country = 'Brazil' and postal_code !~ '^[0-9]{5}-[0-9]{3}$'",
        ],
    );
}

#[test]
fn northwind_is_refreshed_twice() {
    let Some((source, target)) = refresh_twice(
        Fixture::Northwind,
        "select md5(string_agg(home_phone, ',' order by employee_id)) from public.employees",
        &[
            "select 1 from public.employees where lower(photo_path) not like '%/' || lower(last_name) || '.bmp'",
            "select 1 from public.orders o join public.customers c using (customer_id) where o.ship_name <> c.company_name",
            "select 1 from public.orders o join public.customers c using (customer_id) where o.ship_city <> c.city",
        ],
    ) else {
        return;
    };
    // A life in three sentences is somebody else's now, and else the same.
    let lives = "select first_name, last_name, notes from public.employees order by employee_id";
    for (real, invented) in query(&source.url(), lives).iter().zip(&query(&target.url(), lives)) {
        let [real, invented] = [real, invented].map(|row| row.iter().flatten().collect::<Vec<_>>());
        let rewritten = real[2].replace(real[0].as_str(), invented[0]).replace(real[1].as_str(), invented[1]);
        assert_eq!(*invented[2], rewritten);
    }
}
