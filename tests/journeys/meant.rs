//! What names mean in `discover` by where they stand: behind what a table puts in front of all, beside a
//! card's number, in tables that many people share, and inside other texts.

use crate::support::{Database, Fixture, Play, execute, proposed, run};

const TABLES: &str = "
    create table mae_vias (via_cod serial primary key, via_tipo text, via_nom text, via_distrito text, via_cp text);
    insert into mae_vias (via_tipo, via_nom, via_distrito, via_cp) select (array['CL', 'AV', 'PZ'])[1 + n % 3],
        (array['MAYOR', 'NUEVA', 'DEL MERCADO', 'REAL'])[1 + n % 4], 'D' || n % 5, (46000 + n % 7)::text from generate_series(1, 60) n;
    create table plans (plan_id serial primary key, acronym text, funder_reference text);
    insert into plans (acronym, funder_reference) select 'PLN-' || n || 'X', 'FR/20' || n || '/77' from generate_series(10, 19) n;
    create table customers (customer_id serial primary key, first_name text, last_name text, plan_id integer references plans);
    insert into customers (first_name, last_name, plan_id) select (array['Qazimir', 'Wexa', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 5],
        (array['Vandrizzel', 'Oskumbe', 'Plothwick', 'Brunzetti', 'Akkermoor', 'Tzilweg', 'Umbrossa'])[1 + n % 7], 1 + n % 10 from generate_series(1, 120) n;
    create table sessions (session_id serial primary key, customer_id integer references customers, user_agent text, changed text, seat text);
    insert into sessions (customer_id, user_agent, changed, seat) select customer_id, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/1' || customer_id % 9,
        lower(left(first_name, 1) || last_name), 'CORP\\PC-' || upper(last_name) || customer_id % 3 from customers;
    create table payments (payment_id serial primary key, pan text, caducidad char(4), tipo text);
    insert into payments (pan, caducidad, tipo) select '4111 1111 1111 ' || 1000 + n, (2500 + n % 12)::text, 'A' from generate_series(1, 40) n;";

/// What a table is about, by its neighbours, its front and its other columns.
const ABOUT: &str = "
    create table locations (place_id serial primary key, street text, city text, latitude numeric(9,5), longitude numeric(9,5));
    insert into locations (street, city, latitude, longitude) select n || ' Chapel Lane', (array['Xtown', 'Yville', 'Zford'])[1 + n % 3],
        50.12345 + n * 0.01234, 3.12345 + n * 0.01234 from generate_series(1, 100) n;
    create table offices (office_id serial primary key, street text, city text);
    insert into offices (street, city) select n || ' Harbour Road', 'Xtown' from generate_series(1, 6) n;
    create table patients (patient_id serial primary key, first_name text, last_name text, zip integer, year_of_birth smallint,
        place_id integer references locations, office_id integer references offices, zuv text, mobile_theme smallint, id_tax_group integer);
    insert into patients (first_name, last_name, zip, year_of_birth, place_id, office_id, zuv, mobile_theme, id_tax_group)
        select (array['Qazimir', 'Wexa', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 5],
        (array['Vandrizzel', 'Oskumbe', 'Plothwick', 'Brunzetti', 'Akkermoor', 'Tzilweg', 'Umbrossa'])[1 + n % 7],
        case when n % 9 = 0 then 0 else 10000 + n * 7 end, 1940 + n % 60, 1 + n % 100, 1 + n % 6, (array['aa', 'bb', 'cc'])[1 + n % 3], n % 4, 1000 + n % 50
        from generate_series(1, 120) n;
    create table past (past_id serial primary key, patient_id integer references patients, tobacco text, alcohol text, relatives_cancer text,
        seatbelt text, hip_exchange date, created_at timestamptz default now());
    insert into past (patient_id, tobacco, alcohol, relatives_cancer, seatbelt, hip_exchange) select n, (array['never', 'daily'])[1 + n % 2],
        (array['never', 'daily'])[1 + n % 2], (array['aunt', 'none'])[1 + n % 2], (array['often', 'seldom'])[1 + n % 2], date '2001-01-01' + n from generate_series(1, 120) n;
    create table r_city (insee_code text primary key, name text, latitude numeric(9,5), longitude numeric(9,5));
    insert into r_city select (75000 + n)::text, (array['Xtown', 'Yville', 'Zford'])[1 + n % 3] || n, 50.12345 + n * 0.1, 3.12345 + n * 0.1 from generate_series(1, 20) n;
    create table r_ward (code text primary key, postcode text);
    insert into r_ward select 'W' || n, 'LS' || n % 10 || ' 9BZ' from generate_series(1, 20) n;
    create table r_unit (code text primary key, description text);
    insert into r_unit select 'U' || n, 'what is counted in unit number ' || n from generate_series(1, 20) n;
    create table logins (login_id serial primary key, name text, email text, password_sha512 text, licence text);
    insert into logins (name, email, password_sha512, licence) select 'vandri' || n, 'v' || n || '@corp.com', encode(sha512(n::text::bytea), 'hex'),
        (array['CC 1.0', 'MIT 2'])[1 + n % 2] from generate_series(1, 60) n;
    create table menu_plan (menu_plan_id serial primary key, dish text, koch text);
    insert into menu_plan (dish, koch) select 'Soup ' || n, (array['Jennifer Miller', 'Robert Smith', 'Patricia Johnson', 'Michael Baker', 'Susan',
        'David', 'Linda', 'James'])[1 + n % 8] from generate_series(1, 60) n;";

#[test]
fn what_a_table_is_about_says_what_its_columns_hold() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[ABOUT]);
    let discovered = |more: &[&str]| {
        let output = run(&[&["discover", "--source", &source.url()], more].concat());
        output.assert_code(0).assert_silent_about("rizzel").assert_silent_about("Chapel");
        output.stdout
    };
    let text = discovered(&[]);
    for (table, column, mask) in [
        // A place of nearly each person's own is theirs.
        ("locations", "street", "street"),
        ("locations", "latitude", "geo"),
        ("patients", "zip", "digits"),
        ("patients", "year_of_birth", "shuffle"),
        // What stands beside much of somebody's health is of it.
        ("past", "tobacco", "shuffle"),
        ("past", "seatbelt", "shuffle"),
        ("past", "hip_exchange", "date_shift"),
        // Who has an address and a password is somebody.
        ("logins", "name", "full_name"),
        ("logins", "password_sha512", "token"),
        ("menu_plan", "koch", "full_name"),
    ] {
        let rule = proposed(&text, table, column);
        assert!(rule.contains(&format!("\"{mask}\"")), "{table}.{column}: {rule}");
    }
    for (table, column) in [
        ("r_city", "insee_code"),
        ("r_city", "name"),
        ("r_city", "latitude"),
        ("r_ward", "postcode"),
        ("r_unit", "description"),
        ("past", "created_at"),
        ("patients", "mobile_theme"),
        ("patients", "id_tax_group"),
        ("patients", "zuv"),
        ("logins", "licence"),
        ("menu_plan", "dish"),
    ] {
        let rule = proposed(&text, table, column);
        assert!(rule.starts_with("\"keep\""), "{table}.{column}: {rule}");
    }
    // What nobody knows as harmless is masked where that is asked for, and nothing else.
    let strict = discovered(&["--strict"]);
    assert!(
        !proposed(&strict, "patients", "zuv").starts_with("\"keep\""),
        "{}",
        proposed(&strict, "patients", "zuv")
    );
    for (table, column) in [("patients", "id_tax_group"), ("r_unit", "description"), ("past", "created_at")] {
        assert!(proposed(&strict, table, column).starts_with("\"keep\""), "{table}.{column}");
    }
    for text in [&text, &strict] {
        let play = Play::new(Database::from(Fixture::Empty), text);
        execute(&play.source.url(), &[ABOUT]);
        play.refresh().assert_code(0);
    }
}

#[test]
fn names_mean_what_they_mean_where_they_stand() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let output = run(&["discover", "--source", &source.url()]);
    let text = output.assert_code(0).stdout.clone();
    output.assert_silent_about("rizzel").assert_silent_about("wick");
    let rule = |table: &str, column: &str| proposed(&text, table, column);
    for column in ["via_cod", "via_tipo", "via_nom", "via_distrito", "via_cp"] {
        assert!(rule("mae_vias", column).starts_with("\"keep\""), "{}", rule("mae_vias", column));
    }
    // A plan is none of the many people who have it.
    for column in ["acronym", "funder_reference"] {
        assert!(rule("plans", column).starts_with("\"keep\""), "{}", rule("plans", column));
    }
    for (table, column, mask) in [
        ("sessions", "user_agent", "user_agent"),
        ("sessions", "changed", "letters"),
        ("sessions", "seat", "letters"),
        ("payments", "caducidad", "digits"),
    ] {
        assert!(rule(table, column).contains(&format!("\"{mask}\"")), "{}", rule(table, column));
    }
    let play = Play::new(source, &text);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
}
