//! The presets at work: a database of the kind they are for, and a refresh that includes them.

use crate::support::{Database, Fixture, Play, execute, query, value};

/// A database with these statements run, and a refresh under these rules.
fn play(sql: &str, rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[sql, "analyze"]);
    Play::new(source, rules)
}

/// Every value of a database's text columns, with the columns' names.
fn texts(url: &str, table: &str) -> Vec<Vec<Option<String>>> {
    query(
        url,
        &format!(
            "select key, value from {table} t, jsonb_each_text(to_jsonb(t)) where value is not null order by 1, 2"
        ),
    )
}

#[test]
fn gdpr_contact_leaves_no_contact_data() {
    let play = play(
        "create table people (id int generated always as identity primary key, first_name text, last_name text, \
           work_email text not null, email_verified bool, phone text, street text, city text, zip_code varchar(10), \
           birthday date, last_login_ip inet, shoe_size int); \
         create unique index on people (lower(work_email)); \
         insert into people (first_name, last_name, work_email, email_verified, phone, street, city, zip_code, birthday, last_login_ip, shoe_size) \
         select 'Realfirst' || n, 'Reallast' || n, 'real' || n || '@corp.example', n % 2 = 0, '+1 415 555 ' || 1000 + n, \
           n || ' Real Street', 'Realcity', (10000 + n)::text, date '1980-01-01' + n, ('81.23.45.' || n % 250)::inet, 40 \
         from generate_series(1, 300) n",
        "masque = 1\ninclude = [\"masque:gdpr-contact\"]\n[table.people]\nid = \"keep\"\nemail_verified = \"keep\"\nshoe_size = \"keep\"\n\
         phone = { with = \"constant\", value = \"none\" }\n",
    );
    play.refresh().assert_code(0);
    let target = play.target.url();
    let rows = texts(&target, "people");
    assert!(rows.len() > 3000);
    for word in ["Real", "real1@", "corp.example", "81.23.45."] {
        assert!(!rows.iter().any(|row| row[1].as_ref().unwrap().contains(word)), "{word} came along");
    }
    assert_eq!(value(&target, "select count(distinct work_email) from people"), "300");
    assert_eq!(
        value(&target, "select string_agg(distinct phone, ',') from people"),
        "none",
        "the own file comes first"
    );
}

#[test]
fn a_column_that_a_preset_does_not_know_still_stops_the_run() {
    let play = play(
        "create table people (email text, email_count text[], token_no int, email_sent bool)",
        "masque = 1\ninclude = [\"masque:gdpr-contact\"]\n",
    );
    play.refresh().assert_code(3).assert_says(&["token_no", "email_sent"]);
}

#[test]
fn pci_lets_no_live_card_number_through() {
    let play = play(
        "create table payments (id int primary key, card_number varchar(19), cardholder text, cvv char(3), card_expires date, amount int); \
         insert into payments select n, '4539' || lpad((n * 7919)::text, 12, '0'), 'Real Name' || n, '123', date '2027-01-01', n \
         from generate_series(1, 200) n",
        "masque = 1\ninclude = [\"masque:pci\"]\n[table.payments]\nid = \"keep\"\namount = \"keep\"\n",
    );
    play.refresh().assert_code(0);
    let target = play.target.url();
    let kept = "select count(*) from payments where card_number like '4539%' or cvv is not null or cardholder like 'Real%'";
    assert_eq!(value(&target, kept), "0");
    // Luhn's sum of each number, digit by digit from the right.
    let luhn = "select count(*) from payments p where (select sum(case when i % 2 = 0 then d when d > 4 then 2 * d - 9 else 2 * d end) \
        from (select o - 1 as i, substr(reverse(card_number), o::int, 1)::int as d from generate_series(1, length(card_number)) o) s) % 10 = 0";
    assert_eq!(value(&target, luhn), "200");
}

#[test]
fn hipaa_leaves_years_three_digits_and_nobody_over_ninety() {
    let needed = ["round", "national_id", "mac", "url"];
    if let Some(missing) = needed.iter().find(|name| masque::transform::find(name).is_none()) {
        eprintln!("skipped: there is no transformer `{missing}`");
        return;
    }
    let play = play(
        "create table patients (id int primary key, first_name text, last_name text, birth_date date, age int, admission_date date, \
           ssn text, mrn varchar(10) unique, zip_code char(5), phone text, email text, website text, photo bytea, notes text, diagnosis text); \
         insert into patients select n, 'Realfirst' || n, 'Reallast' || n, date '1920-03-04' + n * 30, 20 + n, date '2024-05-06' + n, \
           '123-45-' || 6000 + n, 'MR' || 100000 + n, case when n % 3 = 0 then '03601' else '90210' end, '415-555-' || 1000 + n, \
           'real' || n || '@corp.example', 'https://corp.example/real' || n, '\\x01', 'Realfirst was here', 'flu' from generate_series(1, 100) n",
        "masque = 1\ninclude = [\"masque:hipaa-safe-harbor\"]\n[table.patients]\nid = \"keep\"\ndiagnosis = { with = \"keep\", reason = \"what is studied\" }\n",
    );
    play.refresh().assert_code(0);
    let target = play.target.url();
    let rows = texts(&target, "patients");
    for word in ["Real", "real1", "corp.example", "MR100001", "123-45-6001"] {
        assert!(
            !rows.iter().any(|row| row[1].as_ref().is_some_and(|v| v.contains(word))),
            "{word} came along"
        );
    }
    let days = "select count(*) from patients where to_char(birth_date, 'MMDD') <> '0101' or to_char(admission_date, 'MMDD') <> '0101' or age > 90 \
        or birth_date < now() - interval '93 years' or notes is not null or photo is not null";
    assert_eq!(value(&target, days), "0");
    assert_eq!(
        value(
            &target,
            "select string_agg(distinct left(zip_code, 3), ',' order by left(zip_code, 3)) from patients"
        ),
        "000,902"
    );
    assert_eq!(value(&target, "select count(distinct mrn) from patients"), "100");
}
