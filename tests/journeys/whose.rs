//! Whose a column is, found by `discover` where only the shape of the tables says so: payslips, keys that are
//! declared elsewhere, schemas and owners, plates, sessions, bytes that are texts.

use crate::support::{Database, Fixture, Play, execute, proposed, run};

const TABLES: &str = "
    create schema exam; create schema parking;
    create table employees (id integer primary key, first_name text, last_name text, login text, work_email text);
    insert into employees select n, (array['Qazimir', 'Wexa', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 5],
        (array['Vandrizzel', 'Oskumbe', 'Plothwick', 'Brunzetti', 'Akkermoor', 'Tzilweg', 'Umbrossa'])[1 + n % 7], 'zvan' || n, 'zvan' || n || '@corp.com' from generate_series(1, 120) n;
    create table zqa (id serial primary key, emp_fk integer references employees); create table zqb (id serial primary key, emp_fk integer references employees);
    insert into zqa (emp_fk) select n from generate_series(1, 9) n; insert into zqb (emp_fk) select n from generate_series(1, 9) n;
    create table zslips (slip_id serial, emp_fk integer, gross numeric(9,2), zlst numeric(9,2), net numeric(9,2), hours smallint, month date, primary key (slip_id, month)) partition by range (month);
    create table zslips_a partition of zslips default;
    insert into zslips (emp_fk, gross, zlst, net, hours, month) select n, 3000 + n, 500 + n, 2500, 160, date '2025-01-31' from generate_series(1, 120) n;
    create table zslip_lines (line_id serial primary key, zsl_id integer, qq text);
    create table customers (id integer primary key, first_name text, last_name text);
    insert into customers select id, first_name, last_name from employees;
    create table zorders (id serial primary key, customer_id integer references customers, gross numeric(9,2), zduty numeric(9,2), net numeric(9,2));
    insert into zorders (customer_id, gross, zduty, net) select n, 30 + n, 5 + n, 25 from generate_series(1, 120) n;
    create table students (id integer primary key, first_name text, last_name text);
    insert into students select id, first_name, last_name from employees;
    create table exam.zqr (id serial primary key, student_id integer references students, letter text, ocena numeric(2,1), result text);
    insert into exam.zqr (student_id, letter, ocena, result) select n, 'Z', 2 + n % 4 * 0.5, (array['AA', 'BB', 'CC'])[1 + n % 3] from generate_series(1, 120) n;
    create table zthesis (id serial primary key, student_id integer references students, ocena numeric(2,1));
    insert into zthesis (student_id, ocena) select n, 2 + n % 4 * 0.5 from generate_series(1, 120) n;
    create table zessays (id serial primary key, customer_id integer references customers, ocena numeric(2,1));
    insert into zessays (customer_id, ocena) select n, 2 + n % 4 * 0.5 from generate_series(1, 120) n;
    create table trainer_settlements (id serial primary key, emp_fk integer references employees, zsum numeric(9,2));
    insert into trainer_settlements (emp_fk, zsum) select n, 30 + n from generate_series(1, 120) n;
    create table customer_fees (id serial primary key, customer_id integer references customers, zsum numeric(9,2));
    insert into customer_fees (customer_id, zsum) select n, 30 + n from generate_series(1, 120) n;
    create table zworks (id serial primary key, customer_id integer references customers, result text);
    insert into zworks (customer_id, result) select n, (array['AA', 'BB', 'CC'])[1 + n % 3] from generate_series(1, 120) n;
    create table parking.zscan (id serial primary key, seen text); create table zparts (id serial primary key, seen text);
    insert into parking.zscan (seen) select 10 + n % 80 || '-' || chr(65 + n % 26) || 'KZ-' || n % 10 from generate_series(1, 120) n;
    insert into zparts (seen) select seen from parking.zscan;
    create table zcards (id serial primary key, shown text);
    insert into zcards (shown) select '**** **** **** ' || 1000 + n from generate_series(1, 60) n;
    create table sesja_www (sess_no text primary key, body bytea);
    insert into sesja_www select substr(md5(n::text), 1, 13) || 'Z9q' || md5((n * 3)::text), decode(md5(n::text), 'hex') from generate_series(1, 60) n;
    create table zhashes (sess_no text primary key, body bytea);
    insert into zhashes select sess_no, body from sesja_www;
    create table zcalls (id serial primary key, answer bytea, picture bytea, uid_key bytea, rec text);
    insert into zcalls (answer, picture, uid_key, rec) select convert_to('{\"to\": \"vandrizzel' || n || '@corp.com\", \"n\": ' || n || '}', 'UTF8'), decode('ff00' || md5(n::text), 'hex'),
        decode(md5((n * 7)::text), 'hex'), '/mnt/rec/+39320143' || 1000 + n || '_' || n || '.wav' from generate_series(1, 60) n;";

const PLACES: &str = "
    create schema zdoctor;
    create table location_pings (id serial primary key, customer_id integer references customers, zla numeric(9,6), zlo numeric(9,6), at_point point);
    insert into location_pings (customer_id, zla, zlo, at_point) select n, 50.123456 + n * 0.012345, 3.123456 + n * 0.012345, point(3 + n * 0.01, 50) from generate_series(1, 120) n;
    create table depot_pings (id serial primary key, zla numeric(9,6), zlo numeric(9,6));
    insert into depot_pings (zla, zlo) select 50.123456 + n * 0.012345, 3.123456 + n * 0.012345 from generate_series(1, 20) n;
    create table identity_documents (id serial primary key, customer_id integer references customers, number text);
    insert into identity_documents (customer_id, number) select n, 'ZK' || 10000 + n || chr(97 + n % 26) from generate_series(1, 120) n;
    create table zrooms (id serial primary key, customer_id integer references customers, number text);
    insert into zrooms (customer_id, number) select n, 'R' || n % 9 from generate_series(1, 120) n;
    create table injury_incidents (id serial primary key, customer_id integer references customers, zqtext text, zqday date);
    insert into injury_incidents (customer_id, zqtext, zqday) select n, (array['sprain', 'cut', 'burn'])[1 + n % 3], date '2025-01-01' + n from generate_series(1, 120) n;
    create table locations (id serial primary key, line_one text, city text);
    insert into locations (line_one, city) select n || ' Harbour Road', (array['Xtown', 'Yville', 'Zford'])[1 + n % 3] from generate_series(1, 400) n;
    create table depots (id serial primary key, line_one text, city text);
    insert into depots (line_one, city) select n || ' Quay Street', 'Xtown' from generate_series(1, 6) n;
    create table zparcels (id serial primary key, customer_id integer references customers, zto_street text, zto_city text, zto_phone text, zto_floor text, floor text, weight numeric(5,2), qa text, qb text, qc text);
    insert into zparcels (customer_id, zto_street, zto_city, zto_phone, zto_floor, floor, weight) select n, n || ' Harbour Road', (array['Xtown', 'Yville'])[1 + n % 2], '020 7946 0' || 100 + n,
        (array['A', 'B', 'C'])[1 + n % 3], (array['A', 'B', 'C'])[1 + n % 3], n from generate_series(1, 120) n;
    create table zguests (id serial primary key, first_name text, last_name text);
    insert into zguests (first_name, last_name) select (array['Qazimir', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 4], 'Plo' || chr(97 + n % 24) || 'rick' from generate_series(1, 60) n;
    create table zjournal (id serial primary key, editor text, label text, firm text);
    insert into zjournal (editor, label, firm) select (array['ZVAN1', 'ZVAN2', 'ZVAN3'])[1 + n % 3],
        'Sheet ' || upper('Plo' || chr(97 + n % 24) || 'rick') || ' ' || (array['Qazimir', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 4],
        'Plo' || chr(97 + n % 24) || 'rick Ltd' from generate_series(1, 120) n;
    create table zgates (id serial primary key, display_name text, login text, was text);
    insert into zgates (display_name, login, was) select chr(65 + n % 26) || '. ' || (array['Miller', 'Smith', 'Baker', 'Johnson', 'Plothwick'])[1 + n % 5], (array['qxa', 'wpoe', 'zzumb'])[1 + n % 3],
        (array['0157 253' || 1000 + n, n || ' Quay Street',
        (array['Jennifer', 'Robert', 'Patricia', 'Michael'])[1 + n % 4] || ' ' || (array['Miller', 'Smith', 'Baker', 'Johnson', 'Plothwick'])[1 + n % 5]])[1 + n % 3] from generate_series(1, 120) n;
    create table zstocks (id serial primary key, display_name text, login text, was text);
    insert into zstocks (display_name, login, was) select (array['blue chair ', 'Desk ', 'tall lamp '])[1 + n % 3] || n, (array['on', 'off'])[1 + n % 2],
        case when n % 9 = 0 then '+49 157 253' || 1000 + n else 'stock_' || n end from generate_series(1, 120) n;
    create table patients (id integer primary key, first_name text, last_name text);
    insert into patients select id, first_name, last_name from employees;
    create table zdoctor.contacts (contact_id serial primary key, patient_id integer references patients, weight integer);
    insert into zdoctor.contacts (patient_id, weight) select n, 50 + n % 40 from generate_series(1, 120) n;
    create table shops (id serial primary key, street text);
    insert into shops (street) select 1000 + n || ' ' || (array['Jennifer', 'Robert', 'Patricia', 'Michael'])[1 + n % 4] from generate_series(1, 60) n;
    create table notas_clinicas (id serial primary key, customer_id integer references customers, zplan text);
    insert into notas_clinicas (customer_id, zplan) select n, 'to be seen again in ' || n || ' days, with the other shoe on' from generate_series(1, 120) n;
    create table zwishes (id serial primary key, customer_id integer references customers, desired_salary text);
    insert into zwishes (customer_id, desired_salary) select n, case when n % 9 = 0 then 'to ' else '' end || '$' || 40 + n % 20 || ',000' from generate_series(1, 120) n;
    create table zcontacts (id serial primary key, customer_id integer references customers, worker text, process text);
    insert into zcontacts (customer_id, worker, process) select n, (array['Jennifer', 'Robert', 'Patricia', 'Michael', 'Zuwena'])[1 + n % 5] || ' ' || (array['Miller', 'Smith', 'Baker', 'Plothwick'])[1 + n % 4],
        (array['mail worker', 'job worker'])[1 + n % 2] from generate_series(1, 120) n;
    create table payment_instruments (id serial primary key, nameonaccount text, billingzip text, zip text);
    insert into payment_instruments (nameonaccount, billingzip, zip) select 'Qazimir Vandrizzel', (15200 + n)::text, (15200 + n % 3)::text from generate_series(1, 120) n;
    create table addresses (id serial primary key, customer_id integer references customers, street text, city text, staircase text);
    insert into addresses (customer_id, street, city, staircase) select n, n || ' Harbour Road', 'Xtown', (array['A', 'B', 'C'])[1 + n % 3] from generate_series(1, 120) n;
    create table hotels (id serial primary key, name text, director text);
    insert into hotels (name, director) select 'House ' || n, (array['Jennifer Miller', 'Robert Smith', 'Patricia Baker', 'Michael Johnson'])[1 + n % 4] from generate_series(1, 20) n;
    create table zsess (id serial primary key, held jsonb);
    insert into zsess (held) select jsonb_build_object('zlast', (array['MILLER', 'SMITH', 'BAKER', 'JOHNSON'])[1 + n % 4] || ' ' || (array['Jennifer', 'Robert', 'Patricia', 'Michael', 'Susan'])[1 + n % 5]) from generate_series(1, 60) n;";

fn both(source: &Database, sql: &str, masked: &[(&str, &str, &str)], kept: &[(&str, &str)]) -> String {
    execute(&source.url(), &[sql]);
    let output = run(&["discover", "--source", &source.url()]);
    for value in ["andrizzel", "Harbour", "3920143", "sprain"] {
        output.assert_silent_about(value);
    }
    for (table, column, mask) in masked {
        let rule = proposed(&output.stdout, table, column);
        assert!(rule.contains(&format!("\"{mask}\"")), "{table}.{column}: {rule}");
    }
    for (table, column) in kept {
        let rule = proposed(&output.stdout, table, column);
        assert!(rule.starts_with("\"keep\""), "{table}.{column}: {rule}");
    }
    output.assert_code(0);
    output.stdout
}

#[test]
fn the_shape_of_tables_says_whose_amounts_keys_and_bytes_are() {
    let source = Database::from(Fixture::Empty);
    let masked = [
        // Gross and net, owed to employees: so is what stands between, in a partitioned table without a key.
        ("zslips", "zlst", "noise"),
        // A schema of exams, and whom a row is about.
        ("zqr", "result", "shuffle"),
        ("zthesis", "ocena", "shuffle"),
        ("trainer_settlements", "zsum", "noise"),
        ("zscan", "seen", "letters"),
        ("zcards", "shown", "letters"),
        ("sesja_www", "sess_no", "token"),
        ("sesja_www", "body", "bytes"),
        ("zcalls", "answer", "bytes"),
        ("zcalls", "uid_key", "bytes"),
        ("zcalls", "rec", "scrub"),
    ];
    let kept = [
        ("zslips", "hours"),
        ("zorders", "zduty"),
        ("zworks", "result"),
        ("zessays", "ocena"),
        ("customer_fees", "zsum"),
        ("zparts", "seen"),
        ("zhashes", "sess_no"),
        ("zhashes", "body"),
        ("zcalls", "picture"),
    ];
    let text = both(&source, TABLES, &masked, &kept);
    let reference = "from = \"public.zslips.emp_fk\"\nto   = \"public.employees.id\"";
    assert!(text.contains(reference), "{text}");
    let play = Play::new(source, &text);
    play.refresh().assert_code(0);
}

#[test]
fn words_count_for_what_stands_beside_and_behind_them() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let masked = [
        ("location_pings", "zla", "geo"),
        ("location_pings", "at_point", "geo"),
        ("identity_documents", "number", "national_id"),
        ("injury_incidents", "zqtext", "shuffle"),
        ("locations", "line_one", "street"),
        ("zparcels", "zto_floor", "street"),
        ("zjournal", "editor", "username"),
        ("zjournal", "label", "letters"),
        ("zgates", "display_name", "full_name"),
        ("zgates", "login", "username"),
        ("zgates", "was", "letters"),
        ("notas_clinicas", "zplan", "scrub"),
        ("contacts", "weight", "shuffle"),
        ("zwishes", "desired_salary", "letters"),
        ("zcontacts", "worker", "full_name"),
        ("payment_instruments", "billingzip", "postcode"),
        ("addresses", "staircase", "street"),
        ("hotels", "director", "full_name"),
        ("zsess", "held", "letters"),
    ];
    let kept = [
        ("depot_pings", "zla"),
        ("zrooms", "number"),
        ("injury_incidents", "zqday"),
        ("depots", "line_one"),
        ("zparcels", "weight"),
        ("zjournal", "firm"),
        ("zstocks", "display_name"),
        ("zstocks", "login"),
        ("zstocks", "was"),
        ("shops", "street"),
        ("zcontacts", "process"),
        ("payment_instruments", "zip"),
    ];
    let text = both(&source, PLACES, &masked, &kept);
    let play = Play::new(source, &text);
    play.refresh().assert_code(0);
    // Where there are films, a director is one of theirs.
    execute(&play.source.url(), &["create table films (id serial primary key, title text)"]);
    let text = run(&["discover", "--source", &play.source.url()]).assert_code(3).stdout.clone();
    assert!(proposed(&text, "hotels", "director").starts_with("\"keep\""), "{text}");
}

#[test]
fn a_mask_whose_values_hold_a_check_is_found_by_trying_and_what_none_holds_is_left_to_a_person() {
    let source = Database::from(Fixture::Empty);
    let sql = "
        create domain kod_poczt as text check (value ~ '^[0-9]{2}-[0-9]{3}$');
        create table customers (id serial primary key, first_name text, last_name text, kod_pocztowy kod_poczt, pesel text,
            joined text check (joined ~ '^[A-Z]') check (length(joined) = 4),
            constraint both_set check (kod_pocztowy is not null or pesel is not null));
        insert into customers (first_name, last_name, kod_pocztowy, pesel, joined) select 'Qazimir', 'Vandrizzel', 10 + n % 80 || '-' || 100 + n, 10000 + n * 7, 'Z' || 100 + n from generate_series(1, 120) n;";
    execute(&source.url(), &[sql]);
    let text = run(&["discover", "--source", &source.url()]).assert_code(0).stdout.clone();
    let rule = proposed(&text, "customers", "kod_pocztowy");
    assert!(rule.contains("\"digits\"") && rule.ends_with("its masked values hold the CHECK"), "{rule}");
    let play = Play::new(source, &text);
    play.refresh().assert_code(0);
    // What only the real ones hold.
    let own = "create table zmails (id serial primary key, email text check (email like '%@corp.com') check (email like '%a%'));
        insert into zmails (email) select 'vandrizzel' || n || '@corp.com' from generate_series(1, 60) n;";
    execute(&play.source.url(), &[own]);
    let output = run(&["discover", "--source", &play.source.url()]);
    output.assert_code(3).assert_silent_about("vandrizzel");
    let rule = proposed(&output.stdout, "zmails", "email");
    assert!(rule.contains("# decide: masked values may break a CHECK"), "{rule}");
}

#[test]
fn what_a_mask_breaks_now_and_then_is_found_before_a_refresh_draws_it() {
    let source = Database::from(Fixture::Empty);
    let sql = "
        create table customers (id serial primary key, first_name text, last_name text,
            passport_no integer check (passport_no between 1000 and 9990),
            license_no integer check (license_no between 1000 and 9999),
            tax_id numeric(6,0) check (tax_id < 300000),
            insurance_no text check (insurance_no !~ '^99'));
        insert into customers (first_name, last_name, passport_no, license_no, tax_id, insurance_no)
            select 'Qazimir', 'Vandrizzel', 1234 + 71 * n, 1234 + 71 * n, 12345 + 713 * n, 12345 + 713 * n
            from generate_series(1, 30) n;";
    execute(&source.url(), &[sql]);
    let text = run(&["discover", "--source", &source.url()]).assert_code(3).stdout.clone();
    let rule = proposed(&text, "customers", "license_no");
    assert!(rule.contains("\"digits\"") && !rule.contains("decide"), "{rule}");
    // One number in nine hundred, numbers longer than any of the sample, one text in a hundred.
    let rule = proposed(&text, "customers", "passport_no");
    assert!(rule.contains("# decide: masked values may break a CHECK"), "{rule}");
    // Another mask gives no such values.
    for column in ["tax_id", "insurance_no"] {
        let rule = proposed(&text, "customers", column);
        assert!(!rule.contains("digits") && !rule.contains("decide"), "{column}: {rule}");
    }
}
