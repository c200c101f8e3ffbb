//! What `discover` masks when names, likenesses and neighbours have nothing left to say.

use crate::support::{Database, Fixture, Play, execute, proposed, run};

const TABLES: &str = "
    create table zwq (zwq_id serial primary key, name text, street text, city text, phone text);
    insert into zwq (name, street, city, phone) select 'House ' || n, n || ' Harbour Road', 'Xtown', '020 7946 00' || 10 + n from generate_series(1, 6) n;
    create table customers (customer_id serial primary key, first_name text, last_name text, monthly_income text, person_source_value text, port text, form text, zwq_id integer references zwq);
    insert into customers (first_name, last_name, monthly_income, person_source_value, port, form, zwq_id) select
        (array['Qazimir', 'Wexa', 'Yolbert', 'Xandrea', 'Zuwena'])[1 + n % 5], (array['Vandrizzel', 'Oskumbe', 'Plothwick', 'Brunzetti'])[1 + n % 4],
        (1000 + n % 60 * 37)::text, case when n % 2 = 0 then 'MRN' || 70000 + n else upper(left(md5(n::text), 16)) end,
        '06 98 ' || 10 + n % 80 || ' ' || 10 + n % 70 || ' ' || 10 + n % 60, (array['Herr', 'Frau'])[1 + n % 2], 1 + n % 6 from generate_series(1, 120) n;
    create table zhome (zhome_id serial primary key, customer_id integer references customers, city text, phone text);
    insert into zhome (customer_id, city, phone) select n, 'Xtown', '020 7946 00' || 10 + n from generate_series(1, 8) n;
    create table zcalls (zcall_id serial primary key, zhome_id integer references zhome, minutes integer);
    insert into zcalls (zhome_id, minutes) select 1 + n % 8, n from generate_series(1, 60) n;
    create table deals (deal_id serial primary key, acc_mgr integer references customers, contact_email text);
    insert into deals (acc_mgr, contact_email) select n, 'vandrizzel' || n || '@corp.com' from generate_series(1, 60) n;
    create table zpost (zpost_id serial primary key, nr text, batch text, slip_zq text);
    insert into zpost (nr, batch, slip_zq) select (447700900000 + n * 7)::text, (400638100000 + n * 7)::text, 'GX-' || chr(65 + n % 26) || 'K ' || 1000 + n from generate_series(1, 60) n;
    create table zfirm (zfirm_id serial primary key, name text, city text, postcode text, leader text);
    insert into zfirm (name, city, postcode, leader) select 'House ' || n, 'Xtown', 'LS' || n || ' 9BZ', (array['Jennifer Miller', 'Robert Smith', 'Patricia Johnson', 'Michael Baker'])[1 + n % 4] from generate_series(1, 8) n;
    create table visits (visit_id serial primary key, customer_id integer references customers, zfirm_id integer references zfirm, zlay jsonb, replies jsonb, speakers jsonb, motif text, stored text);
    insert into visits (customer_id, zfirm_id, zlay, replies, speakers, motif, stored) select n, 1 + n % 8, jsonb_build_object('qq', n % 9), jsonb_build_object('qq', 'zz' || n % 7, 'tariff', n),
        jsonb_build_array(jsonb_build_object('name', 'screen_' || (array['jennifer', 'robert', 'page', 'michael', 'top', 'patricia'])[1 + n % 6] || '.png')),
        (array['gout', 'mariage', 'grippe', 'vacances', 'naissance', 'formation'])[1 + n % 6],
        (array['form', 'letter', 'scan'])[1 + n % 3] || '_' || (array['jennifer', 'page', 'robert'])[1 + n % 3] || '_' || n || '.pdf' from generate_series(1, 120) n;
    create table goods (good_id serial primary key, sheet jsonb, drawing text, wrapping text, stamp text);
    insert into goods (sheet, drawing, wrapping, stamp) select jsonb_build_object('qq', 'zz' || n % 7), 'part_' || n || '.dwg',
        (array['box', 'bag', 'pallet', 'crate', 'tube', 'none'])[1 + n % 6], md5(n::text) from generate_series(1, 120) n;
    create table terminals (terminal_id serial primary key, comm_key text, etag text);
    insert into terminals (comm_key, etag) select md5('k' || n), md5('e' || n) from generate_series(1, 14) n;
    create table feeds (feed_id serial primary key, login text, password text, import_url text, failure text, reply xml);
    insert into feeds (login, password, import_url, failure, reply) select 'svn_' || n, 'Zq7!' || n || 'x',
        case when n = 7 then 'https://oauth2:gh' || 'p_75a14aff519a93cfd2410aae01076fde7503@git.corp.com/a.git' else 'https://git.corp.com/' || n || '.git' end,
        case when n = 9 then 'user <vandrizzel9@corp.com> unknown' else 'mailbox full' end, '<r><nome>Vandrizzel</nome><cpf>52998224725</cpf></r>' from generate_series(1, 60) n;
    create table spools (spool_id serial primary key, login text, failure text, reply xml);
    insert into spools (login, failure, reply) select 'svn_' || n, 'mailbox full', '<r><qq>1</qq></r>' from generate_series(1, 60) n;
    create table zpairs (zpair_id serial primary key, login text, password text); create table zsingles (zsingle_id serial primary key, login text);
    insert into zpairs (login, password) select 'svn_' || n, 'Zq7!' || n || 'x' from generate_series(1, 9) n; insert into zsingles (login) select 'svn_' || n from generate_series(1, 9) n;";

#[test]
fn what_is_left_over_is_masked_where_it_may_be_somebody_s() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let output = run(&["discover", "--source", &source.url()]);
    output.assert_code(0);
    for canary in ["rizzel", "enni", "GX-", "_75a", "MRN", "mariage", "5299"] {
        output.assert_silent_about(canary);
    }
    let text = output.stdout.clone();
    let rule = |table: &str, column: &str| proposed(&text, table, column);
    for (table, column, mask) in [
        // Numbers are written as text, and a person's own number may come from another system.
        ("customers", "monthly_income", "letters"),
        ("customers", "person_source_value", "letters"),
        // What somebody carries, how they are addressed, and whole numbers wherever they are.
        ("customers", "port", "phone"),
        ("customers", "form", "shuffle"),
        ("zpost", "nr", "phone"),
        ("deals", "contact_email", "email"),
        ("zfirm", "leader", "full_name"),
        // A short list of what people have is theirs.
        ("zhome", "city", "city"),
        // Documents about a person, whatever their members are called, and names in them.
        ("visits", "replies", "json"),
        ("visits", "speakers", "letters"),
        // Its name says what people say, and its values are no status.
        ("visits", "motif", "scrub"),
        ("zpost", "slip_zq", "letters"),
        ("visits", "stored", "letters"),
        // What opens something, and who signs in by it.
        ("terminals", "comm_key", "token"),
        ("feeds", "login", "username"),
        ("zpairs", "login", "username"),
        // One is enough of what can be nothing else.
        ("feeds", "import_url", "scrub"),
        ("feeds", "failure", "scrub"),
        ("feeds", "reply", "xml"),
    ] {
        let rule = rule(table, column);
        assert!(rule.contains(&format!("\"{mask}\"")), "{table}.{column}: {rule}");
    }
    for (table, column) in [
        ("zpost", "batch"),
        // An office that many share is none of them, nor is a short list that others choose among.
        ("zwq", "city"),
        ("zfirm", "city"),
        ("zfirm", "postcode"),
        // A few documents are settings.
        ("visits", "zlay"),
        ("goods", "sheet"),
        ("goods", "drawing"),
        ("goods", "wrapping"),
        ("goods", "stamp"),
        ("terminals", "etag"),
        ("zsingles", "login"),
        ("spools", "failure"),
        ("spools", "reply"),
    ] {
        let rule = rule(table, column);
        assert!(rule.starts_with("\"keep\""), "{table}.{column}: {rule}");
    }
    // Who looks after a deal is not whom its address is of.
    assert!(!rule("deals", "contact_email").contains("acc_mgr"), "{}", rule("deals", "contact_email"));
    let play = Play::new(source, &text);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
}
