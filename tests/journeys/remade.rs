//! Columns that triggers fill on the source: set by an expression on the build, where nothing fires.

use crate::support::{Database, Fixture, Play, execute, query, value};

const POSTS: &str = "
    create function spill() returns trigger language plpgsql as $$ begin raise exception 'fired'; end $$;
    create table posts (id integer primary key, title text, body text, search tsvector not null);
    create trigger filling before insert or update on posts for each row
        execute function tsvector_update_trigger(search, 'pg_catalog.english', title, body);
    insert into posts (id, title, body) select n, 'canary title ' || n, case when n % 5 > 0 then 'canary body' end
        from generate_series(1, 200) n;
    create index posts_search on posts using gin (search);
    create table notes (id integer not null, day date not null, title text, search tsvector not null, length integer not null,
        words integer generated always as (length + 1) stored, primary key (id, day)) partition by range (day);
    create table notes_a (gone text, search tsvector not null, day date not null, length integer not null, title text, id integer not null,
        words integer generated always as (length + 1) stored);
    alter table notes_a drop column gone;
    alter table notes attach partition notes_a for values from ('2020-01-01') to ('2021-01-01');
    create table notes_b partition of notes default partition by list (id);
    create table notes_b1 partition of notes_b default;
    insert into notes select n, date '2020-11-01' + n, 'canary ' || n, to_tsvector('english', 'canary'), 6 from generate_series(1, 200) n;
    create trigger spilling before insert or update on notes for each row execute function spill();
    create table parents (id integer, title text, search tsvector not null);
    create table children (extra text not null) inherits (parents);
    insert into parents values (1, 'canary', 'canary');
    insert into children values (2, 'canary', 'canary', 'extra');
    alter table posts enable always trigger filling;
    create trigger spilling after insert or update on posts for each statement execute function spill();";

const RULES: &str = r#"masque = 1
[table.posts]
id = "keep"
title = "word"
body = "sentence"
search = { remake = "to_tsvector('pg_catalog.english', coalesce(title, '') || ' ' || coalesce(body, ''))" }
[table.notes]
id = "keep"
day = "keep"
title = "word"
search = { remake = "to_tsvector('english', title)" }
length = { remake = "length(title)" }
[table.parents]
id = "keep"
title = "word"
search = { remake = "to_tsvector('simple', title)" }
[table.children]
extra = "keep"
"#;

fn play() -> Play {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[POSTS]);
    Play::new(source, RULES)
}

const NULLS: &str = "select attrelid::regclass::text, attname, attnotnull from pg_attribute where attname in ('search', 'length') \
    and attrelid in (select oid from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace) order by 1, 2";

#[test]
fn a_column_that_triggers_fill_is_remade_of_masked_values_and_no_trigger_fires() {
    let play = play();
    for day in ["\"keep\"", "{ with = \"date_shift\", within = \"90 days\", by = \"id\" }"] {
        play.write_rules(&RULES.replace("day = \"keep\"", &format!("day = {day}")));
        play.refresh().assert_code(0);
        let (source, target) = (play.source.url(), play.target.url());
        let filled = "select count(*) from posts where search = to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, '')) \
            and length(search) > 0";
        assert_eq!(value(&target, filled), "200");
        let made = "select count(*) from notes where search = to_tsvector('english', title) and length = length(title) and words = length + 1";
        assert_eq!(value(&target, made), "200");
        assert_eq!(
            value(&target, "select count(*) from parents where search = to_tsvector('simple', title)"),
            "2"
        );
        let leak = "select count(*) from (select title, search from posts union all select title, search from notes union all \
            select title, search from parents) t where t::text ~ 'canari|canary'";
        assert_eq!(value(&target, leak), "0");
        // NOT NULL is there again, at every level.
        let nulls = query(&target, NULLS);
        assert_eq!(nulls, query(&source, NULLS));
        assert_eq!(nulls.iter().filter(|row| row[2].as_deref() == Some("t")).count(), 11);
        let triggers = "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal order by 1, 2";
        assert_eq!(query(&target, triggers), query(&source, triggers));
    }
}

#[test]
fn an_expression_that_leaves_a_not_null_column_empty_ends_the_run() {
    let play = play();
    play.write_rules(&RULES.replace("length(title)", "nullif(id, 7)"));
    let output = play.refresh();
    output.assert_code(4).assert_says(&["remaking columns of `public.notes_a`", "NOT NULL"]);
    output.assert_silent_about("canary");
    assert!(play.builds().is_empty());
}
