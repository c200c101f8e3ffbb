//! Types, and values of them that are hard to mask.

/// A text that no mask invents; it may only be seen again where a promise says so.
pub(super) const CANARY: &str = "Xqvander Zwylk93841";

/// What of [`CANARY`] must not be seen.
pub(super) const TRACES: &[&str] = &["xqvander", "zwylk", "93841"];

/// A type, what the server must have for it, and values as SQL reads them.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) needs: Option<&'static str>,
    pub(super) values: &'static [&'static str],
}

const fn kind(name: &'static str, values: &'static [&'static str]) -> Kind {
    Kind { name, needs: None, values }
}

const fn of_extension(name: &'static str, values: &'static [&'static str]) -> Kind {
    Kind { name, needs: Some(name), values }
}

/// What the types below are made of.
pub(super) const TYPES: &str = "\
    create type mood as enum ('sad', 'ok', 'it''s \"fine\"', 'été'); \
    create domain code as varchar(12); create domain score as int4; create domain mail as text; create domain humour as mood; \
    create type pair as (label text, amount numeric(12,2), tags text[]); \
    create type nested as (head pair, tail pair[], feeling mood); \
    create domain pairs as pair[]; create type span as range (subtype = float8);";

/// Every type there is a law for.
pub(super) const KINDS: &[Kind] = &[
    kind(
        "text",
        &[
            "Ann Smith",
            "ann@corp.example",
            "BOB@corp.example",
            "bob@corp.example",
            "+1 415 555 0134",
            "",
            "x",
            "  ",
            "4111 1111 1111 1111",
            "10.1.2.3",
            "王小明",
            "Zoë Ångström 🎭",
            "tab\tnewline\nbackslash \\ \\N 'quote' \"double\"",
            "https://www.corp.example/a/b?c=d#e",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "DE89 3704 0044 0532 0130 00",
            "{\"email\": \"ann@corp.example\", \"a\": [1, null]}",
            "<a id='7'><email>ann@corp.example</email></a>",
            "123-45-6789",
            "42",
            "2024-02-29",
            "12.50",
            "aa:bb:cc:00:11:22",
            "A longer text that somebody wrote about Ann Smith, who lives somewhere and can be called on +1 415 555 0134. It has some sentences. They say little.",
            CANARY,
        ],
    ),
    kind(
        "varchar(40)",
        &[
            "Ann Smith",
            "O'NEILL",
            "10.1.2.3",
            "DE-1234",
            "",
            "ann@corp.example",
            "王小明",
            "SW1A 1AA",
            CANARY,
        ],
    ),
    kind("varchar(3)", &["Ann", "42", "é", "", "ab"]),
    kind("char(32)", &["Ann", "bob@corp.example", "", CANARY]),
    kind("char(1)", &["a", "7", ""]),
    kind("name", &["pg_class", "", "Ann"]),
    of_extension("citext", &["Ann@Corp.example", "ann@corp.example", "", CANARY]),
    kind("code", &["AB12", "", "Zoë"]),
    kind("mail", &["ann@corp.example", "", CANARY]),
    kind("bool", &["t", "f"]),
    kind("int2", &["1", "999", "-32768", "32767", "0"]),
    kind("int4", &["1", "42", "0", "-2147483648", "2147483647", "777"]),
    kind("int8", &["1", "900", "-9223372036854775808", "9223372036854775807", "0"]),
    kind("score", &["1", "42", "0"]),
    kind(
        "numeric",
        &["12.50", "7", "-3", "0.00", "NaN", "123456789012345678901234567890.000000000000000000001"],
    ),
    kind("numeric(6,0)", &["12", "999999", "-999999", "0"]),
    kind("numeric(6,2)", &["12.50", "-0.07", "9999.99", "0"]),
    kind("float4", &["1.5", "-0", "NaN", "Infinity", "3.4e38"]),
    kind("float8", &["1.5", "-0", "NaN", "-Infinity", "1e-307", "1.7976931348623157e308"]),
    kind("bytea", &["\\x0001ff", "\\x", "\\x89504e470d0a1a0a", "\\x5c4e0a09"]),
    kind("date", &["1984-02-29", "infinity", "-infinity", "0044-03-15 BC", "5874897-12-31", "2000-01-01"]),
    kind("time", &["00:00", "24:00", "12:34:56.789"]),
    kind("timetz", &["12:00:00+00", "23:59:59.999999+15:59"]),
    kind("timestamp", &["1984-02-29 12:00", "infinity", "4713-01-01 00:00 BC", "1999-12-31 23:59:59.999999"]),
    kind("timestamptz", &["1984-02-29 12:00+00", "-infinity", "1999-12-31 23:59:59.999999+14"]),
    kind("interval", &["-1 year 2 months -3 days 04:05:06.789", "0", "178000000 years", "90 minutes"]),
    kind(
        "uuid",
        &[
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
    ),
    kind("inet", &["10.1.2.3", "8.8.8.8/24", "2a00::1", "::1", "0.0.0.0/0", "198.51.100.7"]),
    kind("cidr", &["10.1.2.0/24", "2001:db8::/32", "0.0.0.0/0"]),
    kind("macaddr", &["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"]),
    kind("macaddr8", &["08:00:2b:01:02:03:04:05", "08:00:2b:ff:fe:01:02:03"]),
    kind(
        "json",
        &[
            "{\"email\": \"ann@corp.example\",  \"n\": 1.50e+2, \"n\": 1}",
            "[1, null]",
            "null",
            "\"Ann\"",
            "{ }",
        ],
    ),
    kind("jsonb", &["{\"email\": \"ann@corp.example\", \"plan\": {\"a\": [true, {}]}}", "7", "{}"]),
    kind(
        "xml",
        &[
            "<a id='7'><email>ann@corp.example</email> &amp; <![CDATA[<x>]]><!-- c --><?p d?></a>",
            "plain",
            "<a/><b/>",
        ],
    ),
    of_extension("hstore", &["mail=>\"ann@corp.example\", x=>NULL, \"y \\\"z\"=>\"\"", ""]),
    kind("mood", &["sad", "ok", "it's \"fine\"", "été"]),
    kind("humour", &["sad", "été"]),
    kind("point", &["(1.5,-0)", "(0,0)", "(52.52,13.405)"]),
    kind("money", &["12.34", "-1"]),
    kind("varbit", &["101", ""]),
    kind("tsvector", &["fat:1A cat:2", ""]),
    kind(
        "text[]",
        &[
            "{ann@corp.example,NULL,\"\"}",
            "{{a,b},{c,d}}",
            "{}",
            "[0:1]={zero,\"one, \\\"two\\\"\"}",
            "{\"NULL\",\"\\\\N\"}",
            "{\"Xqvander Zwylk93841\"}",
        ],
    ),
    kind("varchar(3)[]", &["{Ann,é}", "[2:2][0:1]={{1,2}}"]),
    kind("int4[]", &["{1,2,NULL}", "[-1:1]={7,8,9}", "{{{1}},{{2}}}"]),
    kind("bool[]", &["{t,NULL,f}"]),
    kind("numeric(6,2)[]", &["{12.50,NULL}"]),
    kind("float8[]", &["{1.5,NaN}"]),
    kind("bytea[]", &["{\"\\\\x00ff\",NULL}"]),
    kind("date[]", &["{1984-02-29,infinity}"]),
    kind("timestamptz[]", &["{\"1984-02-29 12:00+00\",NULL}"]),
    kind("uuid[]", &["{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}"]),
    kind("inet[]", &["{10.1.2.3,::1}"]),
    kind("jsonb[]", &["{\"{\\\"email\\\": \\\"ann@corp.example\\\"}\",NULL}"]),
    kind("mood[]", &["{sad,NULL,\"it's \\\"fine\\\"\"}", "{}"]),
    kind("code[]", &["{A1,NULL}"]),
    kind("mail[]", &["[0:0]={ann@corp.example}"]),
    kind("int4range", &["[1,5)", "(,)", "empty", "[7,)", "(,9]", "[-2147483648,2147483647)"]),
    kind("int8range", &["[1,5]"]),
    kind("numrange", &["(1.5,2.5]", "(,3.5)", "[1,1]", "[1.10,)"]),
    kind("daterange", &["[2024-01-01,2024-01-31]", "[2024-01-01,infinity)", "empty", "(,)"]),
    kind("tsrange", &["[2024-01-01 00:00,2024-01-01 12:00]"]),
    kind("tstzrange", &["[2024-01-01 00:00+00,)", "(2024-01-01 00:00+00,2024-01-02 00:00+00)"]),
    kind("span", &["[1.5,2.5]", "(,)"]),
    kind("int4range[]", &["{\"[1,2)\",NULL,empty}"]),
    kind("int4multirange", &["{[1,3),[5,9)}", "{}", "{(,)}", "{[1,2),[3,4),[5,)}"]),
    kind("datemultirange", &["{[2024-01-01,2024-01-31),[2024-03-01,)}"]),
    kind(
        "pair",
        &["(a,1.50,\"{x,NULL}\")", "(,,)", "(\"x, \"\"y\"\" \\\\ (z)\",-1,{})", "(\"\",0,\"[0:0]={q}\")"],
    ),
    kind("pair[]", &["{\"(a,1.50,{})\",NULL}", "{}", "[0:0]={\"(\\\"b, c\\\",,)\"}"]),
    kind("pairs", &["{\"(a,1.50,{})\",NULL}", "{}"]),
    kind("nested", &["(\"(h,1,{t})\",\"{\"\"(t,2,)\"\",NULL}\",sad)", "(,,)", "(,{},été)"]),
];
