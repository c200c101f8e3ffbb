//! No source value of a masked column is ever sent to the target: not in a good run, not in a failing one.

use crate::support::{Database, Fault, Fixture, Output, Play, Proxy, Side, Way, execute};
use std::time::Duration;

/// Begins every value of every masked column; not in any column that is kept.
const CANARY: &str = "Canaryq7vx3";

/// In a column that is kept: a search that does not find this one finds nothing at all.
const KEPT: &str = "Keptq7vx3";

const RULES: &str = "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n\
    name = \"full_name\"\nsecret = \"letters\"\npicture = \"bytes\"\n\
    document = { with = \"json\", default = \"keep\", paths = { \"$.email\" = \"email\" } }\n\
    gone = \"null\"\nmade = { remake = \"note\" }\n";

fn play() -> Play {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            "create table people (id integer primary key, note text, email text, name text, secret text, picture bytea, \
             document jsonb, gone text, made text)",
            &format!(
                "insert into people select n, '{KEPT} ' || n, '{CANARY}.' || n || '@example.com', '{CANARY} ' || n, \
                 '{CANARY}' || n, '{CANARY}'::bytea, jsonb_build_object('email', '{CANARY}.' || n || '@example.com'), \
                 '{CANARY}', '{CANARY}' from generate_series(1, 8000) n"
            ),
        ],
    );
    Play::new(source, RULES)
}

/// How a text can look on a wire.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let mut forms =
        vec![text.into(), text.to_lowercase().into(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)];
    forms.push(data_encoding::HEXLOWER.encode(text.as_bytes()).into());
    forms.push(data_encoding::HEXUPPER.encode(text.as_bytes()).into());
    for shift in 0..3 {
        // What stands before it decides how it is cut into sixes; its edges are mixed with what is around.
        let coded = data_encoding::BASE64_NOPAD.encode(format!("{}{text}", &"___"[..shift]).as_bytes());
        forms.push(coded.as_bytes()[(shift * 8).div_ceil(6)..coded.len() - 1].to_vec());
    }
    forms
}

/// Whether any form of a text is in any connection's bytes.
fn found(text: &str, sent: &[Vec<u8>]) -> bool {
    let forms = forms(text);
    sent.iter().any(|bytes| forms.iter().any(|form| memchr::memmem::find(bytes, form).is_some()))
}

#[track_caller]
fn assert_nothing_raw(proxy: &Proxy, output: &Output) -> Vec<Vec<u8>> {
    let sent = proxy.kept();
    assert!(!found(CANARY, &sent), "a source value went to the target\n{}", output.stderr);
    output.assert_silent_about(CANARY);
    sent
}

#[test]
fn nothing_raw_goes_to_the_target_however_a_run_ends() {
    let play = play();
    let (source, target) = (play.source.url(), play.target.url());
    let (before, behind) = (Proxy::before(&source), Proxy::before(&target));
    let (from, to) = (before.through(&source), behind.through(&target));
    behind.keep();
    let refresh =
        || play.refresh_between(&from, &to, &["--retries", "0", "--connect-wait", "0s", "--jobs", "2"]);
    let output = refresh();
    output.assert_code(0);
    let sent = assert_nothing_raw(&behind, &output);
    assert!(found(KEPT, &sent), "the search finds nothing at all");
    let bytes = before.carried(Way::ToClient);

    // The source is cut among the rows; the target, too.
    before.arm(Way::ToClient, bytes * 3 / 4, Fault::Rst);
    let output = refresh();
    output.assert_code(6);
    assert!(before.fired());
    assert_nothing_raw(&behind, &output);
    behind.arm(Way::ToServer, behind.carried(Way::ToServer) * 3 / 4, Fault::Fin);
    let output = refresh();
    output.assert_code(7);
    assert_nothing_raw(&behind, &output);
    behind.mend();

    // A mask that can't read a value, a key that the copy breaks, an expression that fails.
    let failing = [
        (
            "secret = \"letters\"",
            "secret = { with = \"json\", default = \"keep\", paths = { \"$.a\" = \"email\" } }",
            3,
        ),
        ("made = { remake = \"note\" }", "made = { remake = \"note::integer::text\" }", 4),
        ("secret = \"letters\"", "secret = { remake = \"left(note, 3)\" }", 4),
    ];
    execute(&source, &["create unique index people_secret_key on people (secret)"]);
    for (rule, other, code) in failing {
        play.write_rules(&RULES.replace(rule, other));
        let output = refresh();
        output.assert_code(code);
        assert_nothing_raw(&behind, &output);
    }

    // Ctrl-C while rows move.
    play.write_rules(&format!(
        "{RULES}[rows]\npeople = {{ where = \"pg_sleep(0.002)::text is not null\" }}\n"
    ));
    let run = play.start_between(&from, &to, &["--retries", "0"]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    std::thread::sleep(Duration::from_secs(1));
    run.signal("INT");
    let output = run.end_within(Duration::from_secs(5));
    output.assert_code(130);
    assert_nothing_raw(&behind, &output);
}

#[test]
fn every_form_of_a_text_is_found() {
    for form in forms(CANARY) {
        let sent = [b"before".to_vec(), [b"x", form.as_slice(), b"y"].concat()];
        assert!(found(CANARY, &sent) && !found(KEPT, &sent));
    }
    for shift in 0..3 {
        let coded = data_encoding::BASE64.encode(format!("{}{CANARY}ab", &"xyz"[..shift]).as_bytes());
        assert!(found(CANARY, &[coded.into_bytes()]), "base64 after {shift} bytes");
    }
}
