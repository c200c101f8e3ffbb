//! What names mean in `discover` by where they stand: behind what a table puts in front of all, beside a
//! card's number, in tables that many people share, and inside other texts.

use crate::support::{Database, Fixture, Play, execute, run};

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

#[test]
fn names_mean_what_they_mean_where_they_stand() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let output = run(&["discover", "--source", &source.url()]);
    let text = output.assert_code(0).stdout.clone();
    output.assert_silent_about("rizzel").assert_silent_about("wick");
    let line = |table: &str, column: &str| {
        let section = text.split(&format!("[table.{table}]\n")).nth(1).unwrap().split("\n\n").next().unwrap();
        let line = section.lines().find(|line| line.split([' ', '=']).next() == Some(column));
        line.unwrap_or_else(|| panic!("no line for {table}.{column}\n{text}")).to_owned()
    };
    for column in ["via_cod", "via_tipo", "via_nom", "via_distrito", "via_cp"] {
        assert!(line("mae_vias", column).contains("= \"keep\""), "{}", line("mae_vias", column));
    }
    // A plan is none of the many people who have it.
    for column in ["acronym", "funder_reference"] {
        assert!(line("plans", column).contains("= \"keep\""), "{}", line("plans", column));
    }
    for (table, column, mask) in [
        ("sessions", "user_agent", "user_agent"),
        ("sessions", "changed", "letters"),
        ("sessions", "seat", "letters"),
        ("payments", "caducidad", "digits"),
    ] {
        assert!(line(table, column).contains(&format!("\"{mask}\"")), "{}", line(table, column));
    }
    let play = Play::new(source, &text);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
}
