//! Numbers, dates, times and places masked on a real server: at the ends of their types, in both wire forms.

use crate::support::{Database, Fixture, Play, execute, query, value};
use std::fmt::Write as _;

/// A column, its type, and values of it that are hard.
const COLUMNS: &[(&str, &str, &[&str])] = &[
    ("flag", "bool", &["t", "f"]),
    ("i2", "int2", &["-32768", "32767", "0", "5", "-1000"]),
    ("i4", "int4", &["-2147483648", "2147483647", "0", "41", "-977"]),
    ("i8", "int8", &["-9223372036854775808", "9223372036854775807", "0", "1000000"]),
    ("num", "numeric(5,2)", &["999.99", "-999.99", "NaN", "0.00", "0.01", "12.50"]),
    ("coarse", "numeric(3,-2)", &["99900", "-99900", "0", "12300"]),
    (
        "free",
        "numeric",
        &[
            "Infinity",
            "-Infinity",
            "NaN",
            "99999999999999999999999999999999999999",
            "0.000",
            "12.5",
            "12.50",
            "-0.00000001",
        ],
    ),
    (
        "f4",
        "float4",
        &["NaN", "Infinity", "-Infinity", "3.4028235e38", "-3.4028235e38", "1e-45", "-0", "12.5"],
    ),
    (
        "f8",
        "float8",
        &[
            "NaN",
            "Infinity",
            "-Infinity",
            "1.7976931348623157e308",
            "-1.7976931348623157e308",
            "5e-324",
            "-0",
            "0.1",
        ],
    ),
    ("d", "date", &["4714-11-24 BC", "5874897-12-31", "infinity", "-infinity", "1984-02-29", "1900-01-01"]),
    (
        "ts",
        "timestamp",
        &[
            "4714-11-24 00:00:00 BC",
            "294276-12-31 23:59:59.999999",
            "infinity",
            "-infinity",
            "1984-02-29 12:30:00",
        ],
    ),
    ("ts0", "timestamp(0)", &["1984-02-29 12:30:07", "1999-12-31 23:59:59"]),
    ("tz", "timestamptz", &["4714-11-24 12:00:00+00 BC", "infinity", "-infinity", "2024-02-29 00:00:00+00"]),
    ("tm", "time", &["24:00:00", "00:00:00", "23:59:59.999999", "12:30:00"]),
    ("tmz", "timetz", &["24:00:00+15:59:59", "00:00:00-15:59:59", "12:30:00+05:30"]),
    (
        "iv",
        "interval",
        &[
            "178000000 years",
            "-178000000 years",
            "2147483647 days",
            "0",
            "1 mon",
            "-1 mons +3 days -04:05:06",
            "2562047788:00:54.775807",
        ],
    ),
    ("ipa", "inet", &["0.0.0.0", "255.255.255.255", "10.1.2.3/8", "2001:db8::ffff", "::1"]),
    ("net", "cidr", &["0.0.0.0/0", "10.1.2.0/24", "255.255.255.255/32", "2001:db8::/64"]),
    ("spot", "point", &["(180,90)", "(-180,-90)", "(0,0)", "(13.377704,52.516275)"]),
    ("lat", "float8", &["90", "-90", "0", "52.516275"]),
    ("lon", "numeric(9,6)", &["180", "-180", "0", "13.377704"]),
    ("nums", "int4[]", &["{2147483647,NULL,-2147483648}", "{{100,200},{300,400}}", "{}"]),
    ("span", "daterange", &["[1984-02-29,1984-03-31)", "empty", "(,1999-01-01)", "[4714-11-24 BC,infinity]"]),
];

/// Two tables of the same rows, of which one travels as text, with each value kept beside the masked one.
/// Row 100 + n repeats row n, the last of either is NULL throughout.
fn source() -> Database {
    let columns: Vec<String> =
        COLUMNS.iter().map(|(name, of, _)| format!("{name} {of}, {name}_was {of}")).collect();
    let columns = columns.join(", ");
    let mut rows = String::new();
    for row in 0..9 {
        let values: Vec<String> = COLUMNS
            .iter()
            .map(|(_, of, values)| match row {
                8 => "null, null".to_owned(),
                _ => format!("'{0}'::{of}, '{0}'::{of}", values[row % values.len()]),
            })
            .collect();
        let _ = write!(rows, "{}({row}, {})", if row == 0 { "" } else { ", " }, values.join(", "));
    }
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            &format!("create table plain (id int4 primary key, {columns})"),
            &format!(
                "create table slow (id int4 primary key references plain, {columns}, kind regtype default 'int4')"
            ),
            &format!("insert into plain values {rows}"),
            "insert into plain select (jsonb_populate_record(p, jsonb_build_object('id', id + 100))).* from plain p",
            "insert into slow select * from plain",
        ],
    );
    source
}

/// Refreshes with rules for some of the columns; the others are kept. Gives the play to ask its target.
fn refreshed(rules: &[(&str, &str)]) -> Play {
    let mut file = String::from("masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    for table in ["plain", "slow"] {
        let _ = writeln!(file, "[table.{table}]");
        for (column, rule) in rules {
            let _ = writeln!(file, "{column} = {{ {rule} }}");
        }
    }
    let play = Play::new(source(), &file);
    play.refresh().assert_code(0);
    let tables = play.report()["tables"].clone();
    let wire =
        |name: &str| tables.as_array().unwrap().iter().find(|t| t["name"] == name).unwrap()["wire"].clone();
    assert_eq!((wire("public.plain"), wire("public.slow")), ("binary".into(), "text".into()));
    let url = play.target.url();
    assert_eq!(value(&url, "select count(*) from plain"), "18");
    let differ = "select p.id, one.key, one.value, two.value from plain p join slow s using (id), \
        jsonb_each(to_jsonb(p)) one join jsonb_each(to_jsonb(s)) two using (key) where one.value <> two.value";
    assert_eq!(query(&url, differ), Vec::<Vec<Option<String>>>::new(), "the two forms differ");
    for (column, _) in rules {
        let lost = format!("select count(*) from plain where ({column} is null) <> ({column}_was is null)");
        assert_eq!(value(&url, &lost), "0", "NULLs of {column}");
    }
    play
}

/// Fails with the rows where a masked column is not as it should be.
#[track_caller]
fn assert_all(play: &Play, column: &str, condition: &str) {
    let condition = condition.replace("@was", &format!("{column}_was")).replace('@', column);
    let sql = format!(
        "select id, {column}_was::text, {column}::text from plain where {column} is not null and not coalesce({condition}, false)"
    );
    let odd = query(&play.target.url(), &sql);
    assert!(odd.is_empty(), "{column}, {condition}: {odd:?}");
}

/// Equal values without `by` are equal.
#[track_caller]
fn assert_consistent(play: &Play, columns: &[&str]) {
    for column in columns {
        let sql = format!(
            "select count(*) from plain a join plain b on b.id = a.id + 100 \
             where a.{column}::text is distinct from b.{column}::text"
        );
        assert_eq!(value(&play.target.url(), &sql), "0", "{column}");
    }
}

#[test]
fn noise_stays_in_its_type_its_scale_and_its_distance() {
    const TENTH: &str = "with = 'noise'";
    let play = refreshed(&[
        ("i2", "with = 'noise', ratio = 1"),
        ("i4", TENTH),
        ("i8", "with = 'noise', amount = 50, min = -100"),
        ("num", TENTH),
        ("coarse", TENTH),
        ("free", TENTH),
        ("f4", TENTH),
        ("f8", "with = 'noise', ratio = 1"),
        ("d", "with = 'noise', amount = '30 days'"),
        ("ts", "with = 'noise', amount = '30 days'"),
        ("ts0", "with = 'noise', amount = '90 minutes'"),
        ("tz", "with = 'noise', amount = '12 hours'"),
        ("tm", TENTH),
        ("tmz", "with = 'noise', amount = '1 hour', min = '00:30'"),
        ("iv", TENTH),
        ("nums", TENTH),
    ]);
    for column in ["i2", "i4"] {
        assert_all(&play, column, "@ <> @was or abs(@was::int8) < 10");
        assert_all(&play, column, "abs(@::int8 - @was) <= abs(@was::int8)");
    }
    assert_all(&play, "i4", "abs(@::int8 - @was) <= abs(@was::int8) / 10");
    assert_all(&play, "i8", "@ <> @was and (abs(@::numeric - @was) <= 50 or @ = -100) and @ >= -100");
    assert_all(
        &play,
        "num",
        "case when @was = 'NaN' then @ = 'NaN' else abs(@ - @was) <= abs(@was) / 10 and (@ <> @was or abs(@was) < 0.1) end",
    );
    assert_all(
        &play,
        "coarse",
        "abs(@ - @was) <= abs(@was) / 10 and (@ <> @was or @was = 0) and @ % 100 = 0",
    );
    assert_all(&play, "free", "scale(@) is not distinct from scale(@was)");
    assert_all(
        &play,
        "free",
        "case when abs(@was) = 'Infinity' or @was = 'NaN' then @ = @was else abs(@ - @was) <= abs(@was) / 10 end",
    );
    for column in ["f4", "f8"] {
        assert_all(
            &play,
            column,
            "case when abs(@was) = 'Infinity' or @was = 'NaN' or @was = 0 then @::text = @was::text else @ <> 'NaN' and abs(@) <> 'Infinity' end",
        );
        assert_all(&play, column, "@ <> @was or abs(@was) in ('Infinity', 0, 'NaN') or abs(@was) < 1e-40");
    }
    assert_all(
        &play,
        "d",
        "case when isfinite(@was) then @ <> @was and abs(@ - @was) <= 30 else @ = @was end",
    );
    assert_all(
        &play,
        "ts",
        "case when isfinite(@was) then @ <> @was and @ - @was between '-30 days' and '30 days' else @ = @was end",
    );
    assert_all(&play, "ts0", "@ <> @was and @ - @was between '-90 minutes' and '90 minutes'");
    assert_all(
        &play,
        "tz",
        "case when isfinite(@was) then @ <> @was and @ - @was between '-12 hours' and '12 hours' else @ = @was end",
    );
    assert_all(&play, "tm", "@ <> @was and @ < '24:00' and @ - @was between '-1 hour' and '1 hour'");
    assert_all(
        &play,
        "tmz",
        "@ <> @was and @::time between '00:30' and '23:59:59.999999' and extract(timezone from @) = extract(timezone from @was)",
    );
    assert_all(&play, "iv", "(@ <> @was or @was = '0') and (@ > '0') = (@was > '0')");
    assert_all(
        &play,
        "nums",
        "array_dims(@) is not distinct from array_dims(@was) and (select array_agg(x is null) from unnest(@) x) is not distinct from (select array_agg(x is null) from unnest(@was) x)",
    );
    assert_consistent(
        &play,
        &["i2", "i4", "i8", "num", "coarse", "free", "f4", "f8", "d", "ts", "tz", "tm", "tmz", "iv", "nums"],
    );
}

#[test]
fn round_agrees_with_what_the_server_computes() {
    let play = refreshed(&[
        ("i2", "with = 'round', to = 1000"),
        ("i4", "with = 'round', to = 10, cap = 90"),
        ("i8", "with = 'round', to = '1000'"),
        ("num", "with = 'round', to = 0.5"),
        ("coarse", "with = 'round', to = 500, cap = 50000"),
        ("free", "with = 'round', to = 5"),
        ("f4", "with = 'round', to = 10"),
        ("f8", "with = 'round', to = 0.1, cap = 1000"),
        ("d", "with = 'round', to = 'quarter', cap = '90 years', asof = 2025-01-01"),
        ("ts", "with = 'round', to = 'month'"),
        ("ts0", "with = 'round', to = 'week'"),
        ("tz", "with = 'round', to = 'hour'"),
        ("tm", "with = 'round', to = '15 minutes'"),
        ("tmz", "with = 'round', to = 'hour'"),
        ("ipa", "with = 'round', to = 24"),
        ("net", "with = 'round', to = '16/32'"),
        ("nums", "with = 'round', to = 1000"),
        ("span", "with = 'round', to = 'month'"),
    ]);
    assert_all(&play, "i2", "@ = greatest(floor(@was / 1000.0) * 1000, -32000)");
    assert_all(&play, "i4", "@ = greatest(floor(least(@was, 90) / 10.0) * 10, -2147483640)");
    assert_all(&play, "i8", "@ = greatest(floor(@was / 1000.0) * 1000, -9223372036854775000)");
    assert_all(
        &play,
        "num",
        "@ = case when @was = 'NaN' then @was else greatest(floor(@was * 2) / 2, -999.5) end",
    );
    assert_all(&play, "coarse", "@ = greatest(floor(least(@was, 50000) / 500) * 500, -99500)");
    assert_all(
        &play,
        "free",
        "@ = case when abs(@was) = 'Infinity' or @was = 'NaN' then @was else @was - (@was % 5 + 5) % 5 end",
    );
    assert_all(
        &play,
        "f4",
        "case when @was = 'NaN' or abs(@was) > 1e30 then true else @ = floor(@was / 10) * 10 end",
    );
    assert_all(&play, "f8", "case when @was = 'NaN' then @ = @was else @ <= 1000 and @ <> 'NaN' end");
    assert_all(
        &play,
        "d",
        "@ = case when @was = 'infinity' then @was when @was > '294276-01-01' then '5874897-10-01' when @was > '-infinity' then date_trunc('quarter', greatest(@was, '1935-01-01')::timestamp)::date else @was end",
    );
    assert_all(
        &play,
        "ts",
        "@ = case when isfinite(@was) and @was > '4714-12-01 BC' then date_trunc('month', @was) else @was end",
    );
    assert_all(&play, "ts0", "@ = date_trunc('week', @was)");
    assert_all(&play, "tz", "@ = case when isfinite(@was) then date_trunc('hour', @was) else @was end");
    assert_all(
        &play,
        "tm",
        "@was::interval - @::interval between '0' and '14 minutes 59.999999 seconds' and extract(minute from @)::int % 15 = 0 and extract(second from @) = 0",
    );
    assert_all(
        &play,
        "tmz",
        "extract(minute from @) = 0 and extract(second from @) = 0 and extract(hour from @) = extract(hour from @was) and extract(timezone from @) = extract(timezone from @was)",
    );
    assert_all(
        &play,
        "ipa",
        "host(@)::inet = host(network(set_masklen(@was, case family(@was) when 4 then 24 else 48 end)))::inet and masklen(@) = masklen(@was)",
    );
    assert_all(
        &play,
        "net",
        "@ = set_masklen(@was, least(masklen(@was), case family(@was) when 4 then 16 else 32 end))",
    );
    assert_all(&play, "span", "isempty(@was) = isempty(@) or not isempty(@was)");
}

#[test]
fn dates_places_and_coins_are_valid_and_one_persons_agree() {
    let play = refreshed(&[
        ("flag", "with = 'boolean', by = 'id'"),
        ("d", "with = 'date', min = 1940-01-01, max = 2005-12-31"),
        ("ts", "with = 'date', min = 1940-01-01, max = 2005-12-31, by = 'id'"),
        ("tz", "with = 'date_shift', within = '30 days', by = 'id'"),
        ("span", "with = 'date_shift', within = '30 days', by = 'id'"),
        ("spot", "with = 'geo', within = '2 km', by = 'id'"),
        ("lat", "with = 'geo', within = '2 km', axis = 'latitude', by = 'id'"),
        ("lon", "with = 'geo', within = '2 km', axis = 'longitude', latitude = 'lat', by = 'id'"),
    ]);
    assert_all(
        &play,
        "d",
        "case when isfinite(@was) then @ between '1940-01-01' and '2005-12-31' else @ = @was end",
    );
    assert_all(
        &play,
        "ts",
        "case when isfinite(@was) then @ >= '1940-01-01' and @ < '2006-01-01' else @ = @was end",
    );
    assert_all(
        &play,
        "tz",
        "case when isfinite(@was) then @ <> @was and @ - @was between '-30 days' and '30 days' else @ = @was end",
    );
    assert_all(
        &play,
        "spot",
        "@[0] between -180 and 180 and @[1] between -90 and 90 and @::text <> @was::text",
    );
    // Values stand in the same order in the three columns, so the place of a row is the same in all.
    assert_all(&play, "lat", "abs(@ - spot[1]) < 1e-9 and abs(@ - @was) < 0.018");
    assert_all(&play, "lon", "abs(@ - spot[0]) < 1e-6");
    assert_consistent(&play, &["d"]);
    let url = play.target.url();
    let offsets = "select count(distinct (upper(span) - upper(span_was))) from plain where upper(span) is not null and isfinite(upper(span_was))";
    assert_ne!(value(&url, offsets), "1", "every identity has an offset of its own");
}
