//! What `discover` leaves as nobody's, and what it masks beside: firms and their contacts, files and their
//! owners, catalogues and records of health.

use crate::support::{Database, Fixture, Play, execute, proposed, run};

const TABLES: &str = "
    create table employees (emp_number integer primary key, first_name text, last_name text, employee_id text, brutto_monat numeric(9,2), pid integer unique);
    insert into employees select n, (array['Qazimir', 'Wexa', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 5],
        (array['Vandrizzel', 'Oskumbe', 'Plothwick', 'Brunzetti', 'Akkermoor', 'Tzilweg', 'Umbrossa'])[1 + n % 7], lpad((n * 37 % 9973)::text, 5, '0'), 3000 + n, 5000 + n from generate_series(1, 120) n;
    create table suppliers (id serial primary key, name text, street text, city text, contact_name text, seats numeric(9,2));
    insert into suppliers (name, street, city, contact_name) select (array['Tubes', 'Bolts', 'Lamps', 'Ropes'])[1 + n % 4] || ' Nr ' || n, n || ' Quay Street', 'Xtown',
        (array['Jennifer', 'Robert', 'Patricia', 'Michael'])[1 + n % 4] || ' ' || (array['Miller', 'Smith', 'Baker', 'Johnson'])[1 + n / 4 % 4] from generate_series(1, 40) n;
    create table vendors (id serial primary key, name text, street text, city text);
    insert into vendors (name, street, city) select (array['Jennifer', 'Robert', 'Patricia', 'Michael'])[1 + n % 4] || ' ' || (array['Miller', 'Smith', 'Baker', 'Johnson', 'Walker', 'Brown', 'Wilson', 'Taylor', 'Clark', 'Lewis'])[1 + n / 4 % 10], 700 + n || ' Harbour Road', 'Xtown'
        from generate_series(1, 40) n;
    create table zhaulers (id serial primary key, zcalled text, street text, city text);
    insert into zhaulers (zcalled, street, city) select (array['Miller', 'Smith', 'Baker'])[1 + n % 3] || ' ' || n || (array[' GmbH & Co. KG', ' S.p.A.', ' Sp. z o.o.', ' Ltd.', '', ''])[1 + n % 6], n || ' Quay Street', 'Xtown' from generate_series(1, 48) n;
    create table clients (id serial primary key, zcalled text, street text, city text);
    insert into clients (zcalled, street, city) select 'Smith ' || n || ' Ltd.', n || ' Quay Street', 'Xtown' from generate_series(1, 48) n;
    create table guests (id serial primary key, zcalled text, street text, city text);
    insert into guests (zcalled, street, city) select zcalled, 900 + id || ' Mill Lane', city from zhaulers;
    create table zhomes (id serial primary key, zcalled text, street text, city text);
    insert into zhomes (zcalled, street, city) select 'Plothwick ' || n, n || ' Harbour Road', 'Xtown' from generate_series(1, 40) n;
    create table organization_info (id serial primary key, name text, street text, zip_code text);
    insert into organization_info (name, street, zip_code) values ('Corp', '1 Quay Street', '15200');
    create table zhealth (id serial primary key, zpid integer, tobacco text, alcohol text, blood_pressure text, zqa text, zqb boolean, active boolean);
    insert into zhealth (zpid, tobacco, alcohol, blood_pressure, zqa, zqb, active) select 9000 + n, 'never', 'daily', '120/80', (array['aa', 'bb'])[1 + n % 2], n % 3 = 0, true from generate_series(1, 120) n;
    create table zqueries (id serial primary key, pid integer, zqa text);
    insert into zqueries (pid, zqa) select 5000 + n, 'to be seen again in ' || n || ' days, with the other shoe on' from generate_series(1, 120) n;
    create table zothers (id serial primary key, zid integer, zqa text);
    insert into zothers (zid, zqa) select zqueries.id, zqa from zqueries;
    create table files (id serial primary key, employee integer references employees, zhash text, height integer);
    insert into files (employee, zhash, height) select n, md5(n::text), 600 + n from generate_series(1, 120) n;
    create table zlinks (id serial primary key, employee integer references employees, zhash text, height integer, component text, hostname text, last_seen_zq integer);
    insert into zlinks (employee, zhash, height, component, hostname, last_seen_zq) select n, md5((n * 7)::text), 150 + n % 40, 'mail', '10.20.' || n || '.' || n % 7 + 1, case when n % 4 = 0 then 0 else 1700000000 + n * 977 end from generate_series(1, 120) n;
    create table zgroups_tree (id serial primary key, full_name text);
    insert into zgroups_tree (full_name) select 'Root > Part ' || n from generate_series(1, 40) n;
    create table zdevices (id serial primary key, zname text); insert into zdevices (zname) select 'D' || n from generate_series(1, 40) n;
    create table positions (id serial primary key, zdevice integer references zdevices, zla numeric(9,6), zlo numeric(9,6));
    insert into positions (zdevice, zla, zlo) select 1 + n % 40, 50.123456 + n * 0.012345, 3.123456 + n * 0.012345 from generate_series(1, 120) n;
    create table zadr (id serial primary key, employee integer references employees, street text, nr text, zip text, city text, nr2 text);
    insert into zadr (employee, street, nr, zip, city, nr2) select n, (array['Harbour Road', 'Quay Street', 'Mill Lane'])[1 + n % 3], n::text, (15200 + n)::text, 'Xtown', (n % 3)::text from generate_series(1, 120) n;
    create table zmoves (id serial primary key, employee integer references employees, zqs text, created_by text);
    insert into zmoves (employee, zqs, created_by) select n, (array['chair', 'lamp', 'Robert', 'table', 'sofa', 'bench', 'stool', 'rug'])[1 + n % 8], md5((n % 9)::text)::uuid::text from generate_series(1, 120) n;
    create table zplots (id serial primary key, employee integer references employees, street text, zqn text, city text);
    insert into zplots (employee, street, zqn, city) select n, (array['Harbour Road', 'Quay Street', 'Mill Lane'])[1 + n % 3], (n % 3)::text, 'Xtown' from generate_series(1, 120) n;
    create table zbooks (id serial primary key, employee integer references employees, iban text, bank_account text);
    insert into zbooks (employee, iban, bank_account) select n, '4' || 100 + n % 90, '12-34-' || 10000 + n from generate_series(1, 120) n;";

#[test]
fn firms_files_and_catalogues_are_left_and_what_is_somebody_s_beside_them_is_masked() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let output = run(&["discover", "--source", &source.url()]);
    for value in ["andrizzel", "Harbour", "10.20.", "Corp"] {
        output.assert_silent_about(value);
    }
    let text = &output.assert_code(0).stdout;
    for (table, column, mask) in [
        ("employees", "employee_id", "letters"),
        ("employees", "brutto_monat", "noise"),
        ("suppliers", "contact_name", "full_name"),
        // Firms, as their table says, with the names of people.
        ("vendors", "name", "full_name"),
        ("vendors", "street", "street"),
        ("zhomes", "street", "street"),
        ("guests", "street", "street"),
        // Health without a key to anybody.
        ("zhealth", "zqa", "shuffle"),
        ("zhealth", "zqb", "shuffle"),
        // `pid` is a unique key of employees.
        ("zqueries", "zqa", "scrub"),
        ("zothers", "zqa", "letters"),
        ("zlinks", "zhash", "token"),
        ("zlinks", "hostname", "ip"),
        ("positions", "zla", "geo"),
        ("zadr", "nr", "letters"),
        ("zbooks", "bank_account", "iban"),
    ] {
        let rule = proposed(text, table, column);
        assert!(rule.contains(&format!("\"{mask}\"")), "{table}.{column}: {rule}");
    }
    for (table, column) in [
        ("suppliers", "name"),
        ("suppliers", "street"),
        ("suppliers", "city"),
        ("zhaulers", "zcalled"),
        ("zhaulers", "street"),
        // All of them are firms, where of guests only most are.
        ("clients", "street"),
        ("organization_info", "name"),
        ("organization_info", "street"),
        ("zhealth", "active"),
        ("files", "zhash"),
        ("files", "height"),
        ("zlinks", "component"),
        ("zlinks", "last_seen_zq"),
        ("zgroups_tree", "full_name"),
        ("zadr", "nr2"),
        ("zplots", "zqn"),
        // One name among eight words is chance.
        ("zmoves", "zqs"),
        ("zmoves", "created_by"),
        ("zbooks", "iban"),
    ] {
        let rule = proposed(text, table, column);
        assert!(rule.starts_with("\"keep\""), "{table}.{column}: {rule}");
    }
    let play = Play::new(source, text);
    play.refresh().assert_code(0);
}

#[test]
fn when_in_doubt_firms_are_masked_too() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let output = run(&["discover", "--strict", "--source", &source.url()]);
    for (table, column) in [("suppliers", "street"), ("zhaulers", "street")] {
        let rule = proposed(&output.stdout, table, column);
        assert!(rule.contains("\"street\""), "{table}.{column}: {rule}");
    }
}

#[test]
fn numbers_of_one_country_stay_that_country_s() {
    let source = Database::from(Fixture::Empty);
    let sql = "
        create function nif(n integer) returns text language sql as $$
            select p::text || case when s % 11 < 2 then 0 else 11 - s % 11 end::text
            from (select 20000000 + n * 7919 as p) a, lateral (select sum(substr(p::text, i, 1)::integer * (10 - i)) as s from generate_series(1, 8) i) b $$;
        create table customers (id serial primary key, first_name text, last_name text, nif text check (nif ~ '^[1-9][0-9]{8}$'), nif_text text);
        insert into customers (first_name, last_name, nif, nif_text) select 'Qazimir', 'Vandrizzel', nif(n), nif(n) from generate_series(1, 120) n;
        create table zbills (id serial primary key, customer_id integer references customers, customer_nif text);
        insert into zbills (customer_id, customer_nif) select n, nif(n) from generate_series(1, 5) n;
        create table zother (id serial primary key, customer_id integer references customers, customer_nif text);
        insert into zother (customer_id, customer_nif) select n, 'X' || 1000000 + n * 317 from generate_series(1, 60) n;";
    execute(&source.url(), &[sql]);
    let text = run(&["discover", "--source", &source.url()]).assert_code(0).stdout.clone();
    for (table, column) in [("customers", "nif"), ("zbills", "customer_nif")] {
        let rule = proposed(&text, table, column);
        assert!(rule.starts_with("{ with = \"national_id\", country = \"PT\" }"), "{table}.{column}: {rule}");
    }
    let rule = proposed(&text, "zother", "customer_nif");
    assert!(!rule.contains("country") && !rule.starts_with("\"keep\""), "{rule}");
    let play = Play::new(source, &text);
    play.refresh().assert_code(0);
}
