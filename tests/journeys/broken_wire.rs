//! A connection that is cut at any byte: the run ends by its code, staging stands, nothing lies about.
//!
//! `MASQUE_CUTS=200 cargo test --test masque broken_wire` cuts so often on each side; without it
//! there are 12 of each. `MASQUE_CUT_SEED` chooses other bytes.

use crate::support::{Database, Fault, Fixture, Play, Proxy, Way, count, execute, query, value};

/// How many rows the larger table has.
const ROWS: u64 = 3000;

/// What tells steps that move rows from others, on stderr.
const STREAM: &str = "stream";

/// What a lane says that lost its writer before it had a table.
const OPENING: &str = "preparing the session";

const RULES: &str = "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n\
    [table.visits]\nid = \"keep\"\nperson = \"keep\"\nplace = \"letters\"\n";

/// Two tables whose rows are most of what travels.
fn play() -> Play {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            "create table people (id integer primary key, note text, email text not null)",
            "create table visits (id integer primary key, person integer references people, place text)",
            &format!(
                "insert into people select n, repeat('note ' || n, 20), 'canary.' || n || '@example.com' \
                 from generate_series(1, {ROWS}) n"
            ),
            &format!(
                "insert into visits select n, n, 'Canary Street ' || n from generate_series(1, {ROWS}) n"
            ),
        ],
    );
    Play::new(source, RULES)
}

/// Numbers that look random and are the same for a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().map_or(usual, |text| text.parse().unwrap())
}

/// Two runs at most are whole although a byte of theirs was lost: it was a goodbye.
const GOODBYES: u64 = 2;

/// Cuts the connections of one side, again and again, and looks each time at all that was promised.
fn cut_at_many_bytes(source: bool, code: i32) {
    let play = play();
    play.refresh().assert_code(0);
    let (own_source, own_target) = (play.source.url(), play.target.url());
    let proxy = Proxy::before(if source { &own_source } else { &own_target });
    let between = || {
        let through = proxy.through(if source { &own_source } else { &own_target });
        if source { (through, own_target.clone()) } else { (own_source.clone(), through) }
    };
    let (from, to) = between();
    let refresh =
        || play.refresh_between(&from, &to, &["--retries", "0", "--connect-wait", "0s", "--jobs", "2"]);
    // Its bytes are what there is to cut.
    refresh().assert_code(0);
    let carried = [proxy.carried(Way::ToServer), proxy.carried(Way::ToClient)];
    let seed = number("MASQUE_CUT_SEED", 20);
    let mut dice = Dice(seed);
    let (mut whole, mut while_streaming, tries) = (0, 0, number("MASQUE_CUTS", 12));
    // What a run publishes is seen: no two builds are the same database.
    let published =
        || value(&play.target.url(), "select oid from pg_database where datname = current_database()");
    for cut in 0..tries {
        // Most cuts go where most rows go: to us from a source, from us to a target.
        let most = if source { Way::ToClient } else { Way::ToServer };
        let least = if source { Way::ToServer } else { Way::ToClient };
        let way = if dice.below(4) > 0 { most } else { least };
        let after = dice.below(carried[way as usize]);
        let fault = if dice.below(2) == 0 { Fault::Fin } else { Fault::Rst };
        let told = format!("cut {cut} of seed {seed}: {fault:?} after {after} bytes {way:?}");
        let (served, database) = (play.served(), published());
        proxy.arm(way, after, fault);
        let output = refresh();
        let happened = proxy.fired();
        proxy.mend();
        if output.code == 0 {
            whole += u64::from(happened);
            assert_eq!(count(&play.target.url(), "visits"), ROWS, "{told}: published incomplete");
        } else {
            assert!(happened && output.code == code, "{told}: exit {}\n{}", output.code, output.stderr);
            assert_eq!(published(), database, "{told}: published\n{}", output.stderr);
        }
        assert_eq!(play.served(), served, "{told}: the target is not what it was\n{}", output.stderr);
        assert_eq!(play.builds(), Vec::<String>::new(), "{told}: a build is left\n{}", output.stderr);
        output.assert_silent_about("canary").assert_silent_about("Canary");
        let error = output.stderr.lines().find(|line| line.starts_with("error")).unwrap_or_default();
        assert!(output.code == 0 || error.contains(": "), "{told}: {error}");
        let step =
            output.stderr.lines().take_while(|line| !line.starts_with("error")).last().unwrap_or_default();
        if step.trim_start().starts_with(STREAM) && output.code != 0 {
            while_streaming += 1;
            let names = [
                "`public.people`",
                "`public.visits`",
                "`people`",
                "`visits`",
                "watching over",
                "settings for indexes",
                "snapshot",
                "cannot connect to",
                OPENING,
            ];
            assert!(names.iter().any(|name| error.contains(name)), "{told}: {error}");
        }
        if std::env::var_os("MASQUE_CUTS").is_some() {
            eprintln!("{told}: {} {}", output.code, error);
        }
    }
    assert!(whole <= GOODBYES + tries / 50, "{whole} of {tries} runs lost a byte and did not notice");
    assert!(while_streaming > 0, "no cut came while rows were moving");
    refresh().assert_code(0);
    let orphans = query(&play.target.url(), "select id from visits where person is null");
    assert!(orphans.is_empty());
}

#[test]
fn a_source_cut_at_any_byte_is_never_published() {
    cut_at_many_bytes(true, 6);
}

#[test]
fn a_target_cut_at_any_byte_is_never_published() {
    cut_at_many_bytes(false, 7);
}
