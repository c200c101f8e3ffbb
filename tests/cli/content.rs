//! What `check` sees in the statistics of columns that are kept.

use crate::support::{Database, Fixture, execute, run};
use std::fs;

#[test]
fn a_kept_column_of_personal_values_is_asked_about_without_a_value() {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            "create table leads (id integer primary key, handle text, remark text, colour text, payload jsonb);
             insert into leads select n, 'canary' || n || '@corp.example',
               case when n % 3 = 0 then 'call canary on +49 30 1234' || 1000 + n else 'was late again' end,
               (array['red', 'green', 'blue'])[1 + n % 3], jsonb_build_object('to', 'canary' || n || '@corp.example')
               from generate_series(1, 500) n;
             analyze leads",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.toml");
    let check = |handle: &str| {
        let kept = "remark = \"keep\"\ncolour = \"keep\"\npayload = \"keep\"\n";
        fs::write(&rules, format!("masque = 1\n[table.leads]\nid = \"keep\"\nhandle = {handle}\n{kept}"))
            .unwrap();
        let output = run(&["check", "--source", &source.url(), "--rules", rules.to_str().unwrap()]);
        output.assert_code(0).assert_silent_about("canary");
        output.stderr
    };
    let asked = check("\"keep\"");
    assert!(asked.contains("`public.leads.handle` is kept, and"), "{asked}");
    assert!(asked.contains("are e-mail addresses") && asked.contains("`handle = \"email\"`"), "{asked}");
    assert!(
        asked.contains("have telephone numbers in them") && asked.contains("`remark = \"scrub\"`"),
        "{asked}"
    );
    assert!(asked.contains("`public.leads.payload` is kept") && !asked.contains("colour"), "{asked}");
    let answered = check("{ with = \"keep\", reason = \"addresses of robots\" }");
    assert!(!answered.contains("leads.handle"), "{answered}");
}
