//! Values inside values: masked where a rule says so, and as they were everywhere else.

use crate::support::{Database, Fixture, Play, execute, query};

const TABLES: &str = r#"
create extension hstore;
create type mood as enum ('sad', 'ok', 'it''s');
create domain humour as mood;
create type pair as (label text, amount numeric(12,2));
create domain pairs as pair[];
create type team as (lead pair, "the rest" pairs, tags text[], moods mood[]);
create table binary_form (id int4 primary key, attributes hstore, members team, teams team[], everybody pairs, feeling humour, feelings mood[],
  waited interval, device macaddr8, period daterange, spot point, best pair, notes text[], during tstzrange[], body jsonb, plain json, letter xml, payload text);
insert into binary_form values
  (1, 'e-mail=>"a@b.example", "work mail"=>"c, \"d\"", plan=>gold, gone=>NULL',
   row(row('Ann, "A"', 1.5), array[row('Bob (B)', 2), null]::pair[], '[0:1]={x,NULL}', '{sad,NULL}'),
   array[row(row('Ann', 1), '{}', null, '{}'), null]::team[], '[3:4]={"(Ann,1.00)","(\"B\\\\ b\",)"}', 'ok', '{{sad,ok},{NULL,"it''s"}}',
   '1 day', '08:00:2b:01:02:03:04:05', '[2024-01-01,2024-02-01)', '(1,2)', '(x,1)', '[0:1]={"Ann, A",NULL}',
   '{"[\"2024-01-01 00:00+00\",\"2024-01-02 00:00+00\")",empty,NULL}',
   '{"contacts": [{"type": "email", "value": "ann@corp.example"}, {"type": "phone", "value": "12345"}], "inner": "{\"email\": \"ann@corp.example\", \"n\": 1}"}',
   '{ "contacts" :[ {"value":"ann@corp.example",  "type":"email"},{"value":1.50e1} ] }',
   '<order id="7"><!-- for Ann --><name>Ann &amp; Bob</name><note>kept &lt;<![CDATA[<b>]]></note></order>',
   '<a><mail kind="home">ann@corp.example</mail><mail kind="none">-</mail></a>'),
  (2, '', row(null, null, null, null), '{}', '{}', null, '{}', '0', 'ff:ff:ff:ff:ff:ff:ff:ff', 'empty', '(0,0)', null, '{}', '{}', '{}', '[]', '', 'no markup'),
  (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
create table text_form as select *, 'pg_class'::regclass as forced from binary_form;
"#;

/// The rules of both; `constants` make a table travel as text.
fn rules(constants: bool) -> String {
    let pair =
        r#"{ with = "each", members = { label = { with = "constant", value = "L" }, "am*" = "keep" } }"#;
    let team = format!(
        r#"{{ with = "each", default = "keep", members = {{ lead = {pair}, "the rest" = {pair}, moods = {{ with = "constant", value = "{{ok}}" }} }} }}"#
    );
    let team =
        if constants { team } else { team.replace(r#", moods = { with = "constant", value = "{ok}" }"#, "") };
    let constant = |value: &str| {
        if constants {
            format!("{{ with = \"constant\", value = '{value}' }}")
        } else {
            String::from("\"keep\"")
        }
    };
    [
        ("id", String::from("\"keep\"")),
        ("attributes", String::from(r#"{ with = "each", members = { "*mail" = { with = "constant", value = 'm "\' } }, default = "keep" }"#)),
        ("members", team.clone()),
        ("teams", team),
        ("everybody", pair.to_owned()),
        ("feeling", String::from("\"choose\"")),
        ("feelings", String::from("\"choose\"")),
        ("waited", constant("2 days")),
        ("device", constant("00:00:00:00:00:00:00:01")),
        ("period", constant("[2020-01-01,)")),
        ("spot", constant("(9,9)")),
        ("best", constant("(none,0)")),
        ("notes", String::from(r#"{ with = "each", element = { with = "constant", value = "n, n" } }"#)),
        ("during", String::from(r#"{ with = "date_shift", within = "30 days", by = "id" }"#)),
        ("body", String::from(r#"{ with = "json", default = "keep", paths = { "$.contacts[?(@.type == 'email')].value" = "null", "$.inner" = { with = "json", default = "keep", paths = { "$.email" = "null" } } } }"#)),
        ("plain", String::from(r#"{ with = "json", default = "keep", paths = { "$..[?(@.type == 'email')].value" = { with = "constant", value = "e" }, "$.contacts[-1].value" = { with = "constant", value = 7 } } }"#)),
        ("letter", String::from(r#"{ with = "xml", default = "keep", paths = { "/order/name" = { with = "constant", value = "N & <N>" }, "//@id" = "null", "//comment()" = "null" } }"#)),
        ("payload", String::from(r#"{ with = "xml", default = "keep", paths = { "//mail[@kind='home']/text()" = { with = "constant", value = "m" } } }"#)),
    ]
    .map(|(name, rule)| format!("{name} = {rule}\n"))
    .concat()
}

#[test]
fn only_what_a_rule_names_inside_a_value_changes() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let rules = format!(
        "masque = 1\n[table.binary_form]\n{}[table.text_form]\nforced = \"keep\"\n{}",
        rules(false),
        rules(true)
    );
    let play = Play::new(source, &rules);
    play.refresh().assert_code(0);
    let report = play.report();
    let wire = |at: usize| report["tables"][at]["wire"].as_str().unwrap().to_owned();
    assert_eq!((wire(0), wire(1)), (String::from("binary"), String::from("text")));
    let same = "attributes, teams[2:], everybody, array_dims(feelings), notes, body, plain, letter, payload";
    let rows = |sql: &str| query(&play.target.url(), sql);
    for table in ["binary_form", "text_form"] {
        let found = rows(&format!("select {same} from {table} order by id"));
        let expected = [
            r#""gone"=>NULL, "plan"=>"gold", "e-mail"=>"m \"\\", "work mail"=>"m \"\\""#,
            "{NULL}",
            r#"[3:4]={"(L,1.00)","(L,)"}"#,
            "[1:2][1:2]",
            r#"[0:1]={"n, n",NULL}"#,
            r#"{"inner": "{\"email\": null, \"n\": 1}", "contacts": [{"type": "email", "value": null}, {"type": "phone", "value": "12345"}]}"#,
            r#"{ "contacts" :[ {"value":"e",  "type":"email"},{"value":7} ] }"#,
            "<order id=\"\"><!--  --><name>N &amp; &lt;N&gt;</name><note>kept &lt;<![CDATA[<b>]]></note></order>",
            "<a><mail kind=\"home\">m</mail><mail kind=\"none\">-</mail></a>",
        ];
        let cells: Vec<_> = found[0].iter().map(|cell| cell.as_deref().unwrap()).collect();
        assert_eq!(cells, expected, "{table}");
        let empty: Vec<_> = found[1].iter().map(|cell| cell.as_deref().unwrap_or("none")).collect();
        assert_eq!(empty, ["", "{}", "{}", "none", "{}", "{}", "[]", "", "no markup"]);
        assert!(found[2].iter().all(Option::is_none));
        let lengths = format!(
            "select upper(during[1]) - lower(during[1]), isempty(during[2]), during[3] is null, during[1] = '[2024-01-01 00:00+00,2024-01-02 00:00+00)', \
             feeling::text in ('sad', 'ok', 'it''s') from {table} where id = 1"
        );
        let found = rows(&lengths).concat().into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(found, ["1 day", "t", "t", "f", "t"], "{table}");
    }
    let members = |table: &str| rows(&format!("select members from {table} order by id")).concat();
    assert_eq!(
        members("binary_form")[0].as_deref().unwrap(),
        r#"("(L,1.50)","{""(L,2.00)"",NULL}","[0:1]={x,NULL}","{sad,NULL}")"#
    );
    assert_eq!(
        members("text_form")[0].as_deref().unwrap(),
        r#"("(L,1.50)","{""(L,2.00)"",NULL}","[0:1]={x,NULL}",{ok})"#
    );
    assert_eq!(members("text_form")[1].as_deref(), Some("(,,,)"));
    let constants = rows("select waited, device, period, spot, best from text_form order by id").concat();
    let first: Vec<_> = constants[..5].iter().map(|cell| cell.as_deref().unwrap()).collect();
    assert_eq!(first, ["2 days", "00:00:00:00:00:00:00:01", "[2020-01-01,)", "(9,9)", "(none,0.00)"]);
    assert!(constants[10..].iter().all(Option::is_none));
    let feeling = |table: &str| rows(&format!("select feeling, feelings from {table} order by id"));
    assert_eq!(feeling("binary_form"), feeling("text_form"));
}

#[test]
fn a_rule_that_only_the_text_form_can_hold_makes_its_table_travel_so() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let rules = format!("masque = 1\n[rows]\ntext_form = \"none\"\n[table.binary_form]\n{}", rules(true));
    let play = Play::new(source, &rules);
    play.refresh().assert_code(0);
    assert_eq!(play.report()["tables"][0]["wire"], "text");
    let spots = query(&play.target.url(), "select spot, waited from binary_form where id < 3");
    assert!(spots.into_iter().all(|row| row == [Some(String::from("(9,9)")), Some(String::from("2 days"))]));
}
