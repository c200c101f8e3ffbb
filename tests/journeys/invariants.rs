//! Writers keep promises to each other while a refresh runs; the copy keeps them too.

use crate::support::{Database, Fixture, Play, execute, query, value, wait_until};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Accounts whose balances add up to nothing and to their ledger, and parents that count their children.
const BANK: &str = "\
    create table accounts (id integer primary key, balance bigint not null); \
    create table ledger (id bigserial primary key, account integer not null references accounts, amount bigint not null); \
    create table parents (id integer primary key, children integer not null); \
    create table children (id bigserial primary key, parent integer not null references parents); \
    insert into accounts select n, 0 from generate_series(1, 40) n; \
    insert into parents select n, 0 from generate_series(1, 20) n";

const RULES: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

/// One transaction of a writer; it ends with all promises kept, and breaks each on its way.
const STEP: &str = "begin; \
    select setseed(random()); \
    create temporary table if not exists pick (a integer, b integer, p integer, x integer); delete from pick; \
    insert into pick select 1 + floor(random() * 20), 21 + floor(random() * 20), 1 + floor(random() * 20), 1 + floor(random() * 99); \
    update accounts set balance = balance - x from pick where id = a; \
    insert into ledger (account, amount) select a, -x from pick; \
    insert into children (parent) select p from pick; \
    update accounts set balance = balance + x from pick where id = b; \
    insert into ledger (account, amount) select b, x from pick; \
    update parents set children = children + 1 from pick where id = p; \
    commit";

/// How many of the promises are broken.
const BROKEN: &str = "select (select sum(balance) <> 0 from accounts)::int \
    + (select count(*) from accounts a where balance <> (select coalesce(sum(amount), 0) from ledger l where l.account = a.id)) \
    + (select count(*) from parents p where children <> (select count(*) from children c where c.parent = p.id))";

#[test]
fn a_copy_made_while_writers_write_shows_one_moment() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[BANK]);
    let play = Play::new(source, RULES);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = || {
            let mut steps = 0_u32;
            while !done.load(Ordering::Relaxed) {
                // Many steps in a session, so that the writer is always in the middle of one.
                execute(&play.source.url(), &[STEP; 20]);
                steps += 20;
            }
            steps
        };
        let writers = [scope.spawn(writing), scope.spawn(writing)];
        let mut moments = Vec::new();
        let copies: Vec<_> = (0..3)
            .map(|_| {
                let output = play.refresh_with(&["--jobs", "4", "--keep", "0"]);
                moments.push(value(&play.target.url(), "select count(*) from ledger"));
                (output.code, value(&play.target.url(), BROKEN))
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        let steps: u32 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        assert!(steps > 100, "hardly anything was written: {steps}");
        assert_eq!(copies, vec![(0, "0".to_owned()); 3]);
        moments.dedup();
        assert_eq!(moments.len(), 3, "nothing was written between two copies");
    });
    assert_eq!(value(&play.source.url(), BROKEN), "0");
}

/// What may happen to a schema between a run's list of tables and its locks, and a
/// question that a right copy answers with the number.
const RACES: &[(&str, &str, &str)] = &[
    ("truncate b; insert into b select n, 'new' from generate_series(1, 7) n", "select count(*) from b", "7"),
    ("alter table b alter column v type varchar(40)", "select count(*) from b where v like 'b%'", "50"),
    (
        "alter table b rename to c; alter table a rename to b; alter table c rename to a",
        "select (select count(*) from a where v like 'b%') + (select count(*) from b where v like 'a%')",
        "100",
    ),
    ("alter table b add w text default 'w'", "select count(w) from b", "50"),
    (
        "alter table b drop column v",
        "select count(*) from (select b.* from b where not to_jsonb(b) ? 'v') b",
        "50",
    ),
    ("drop table b", "select count(*) from pg_tables where tablename = 'b'", "0"),
    ("create table d as select * from b", "select count(*) from d", "50"),
    (
        "create table p2 (like p including all); insert into p2 values (150, 'p2'); \
         alter table p attach partition p2 for values from (100) to (200)",
        "select count(*) from p",
        "51",
    ),
    ("alter table p detach partition p1", "select count(*) from p1 where (select count(*) from p) = 0", "50"),
];

#[test]
fn whatever_happens_to_the_schema_while_a_run_waits_for_its_locks_the_copy_is_right() {
    for (change, question, answer) in RACES {
        let source = Database::from(Fixture::Empty);
        execute(
            &source.url(),
            &[
                "create table a (id integer primary key, v text); create table b (id integer primary key, v text); \
               create table \"1\" (id integer primary key); \
               create table p (id integer primary key, v text) partition by range (id); \
               create table p1 partition of p for values from (0) to (100); \
               insert into a select n, 'a' || n from generate_series(1, 50) n; \
               insert into b select n, 'b' || n from generate_series(1, 50) n; \
               insert into p select n, 'p' || n from generate_series(1, 50) n",
            ],
        );
        let play = Play::new(source, RULES);
        // The run locks in the order of names: it stands before the first and holds nothing yet.
        let url = play.source.url();
        let changing = std::thread::spawn(move || {
            let until_awaited = "do $$ begin while not exists \
                (select from pg_locks where not granted and relation = '\"1\"'::regclass) loop perform pg_sleep(0.02); end loop; end $$";
            let lock = "lock table \"1\" in access exclusive mode";
            execute(&url, &[&format!("begin; {lock}; {until_awaited}; {change}; commit")]);
        });
        wait_until("the table is locked", Duration::from_secs(10), || {
            let sql = "select count(*) from pg_locks where relation = '\"1\"'::regclass and mode = 'AccessExclusiveLock'";
            value(&play.source.url(), sql) != "0"
        });
        play.refresh_with(&["--max-blocked", "20s"]).assert_code(0);
        changing.join().unwrap();
        assert_eq!(value(&play.target.url(), question), *answer, "{change}");
    }
}

#[test]
fn a_schema_that_changes_all_the_time_gives_a_right_copy_or_none() {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            "create table b (id integer primary key, v text); insert into b select n, 'b' || n from generate_series(1, 50) n; \
           create table p (id integer, v text) partition by list (id); \
           create table p0 partition of p for values in (0); insert into p values (0, 'p')",
        ],
    );
    let play = Play::new(source, RULES);
    let done = AtomicBool::new(false);
    let (mut right, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        let changing = scope.spawn(|| {
            let mut round = 0_u64;
            while !done.load(Ordering::Relaxed) {
                round += 1;
                let change = format!(
                    "begin; truncate b; insert into b select n, 'b' || n from generate_series(1, 50) n; \
                     alter table b alter column v type {}; commit; \
                     begin; create table p{round} (like p); insert into p{round} values ({round}, 'p'); \
                     alter table p attach partition p{round} for values in ({round}); \
                     update p set v = 'p' where id = 0; commit; \
                     begin; alter table p detach partition p{round}; drop table p{round}; commit",
                    if round.is_multiple_of(2) { "text" } else { "varchar(30)" }
                );
                execute(&play.source.url(), &[&change]);
                std::thread::sleep(Duration::from_millis(round * 53 % 300));
            }
        });
        for _ in 0..3 {
            let output = play.refresh_with(&["--max-blocked", "20s", "--keep", "0"]);
            if output.code == 0 {
                let whole = query(
                    &play.target.url(),
                    "select (select count(*) from b where v like 'b%'), (select count(*) from p) \
                            = (select count(*) from pg_inherits where inhparent = 'p'::regclass)",
                );
                assert_eq!(whole, [[Some("50".to_owned()), Some("t".to_owned())]]);
                right += 1;
            } else {
                output.assert_code(6);
                refused += 1;
            }
        }
        done.store(true, Ordering::Relaxed);
        changing.join().unwrap();
    });
    assert_eq!(right + refused, 3);
    assert_eq!(play.builds(), Vec::<String>::new());
}
