//! Which tables are about people, and which column says which person a row is about.

use super::called::Names;
use super::listing::{is_listing, shelved};
use super::surrogate::is_called;
use crate::rules::{Detector, Kind, Reach, family, words};
use crate::schema::{Column, ColumnId, ForeignKey, KeyKind, KeyPart, Schema};

/// What a table is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub(super) struct About {
    /// Whether it has personal columns or a word for people in its name.
    pub(super) people: bool,
    /// Whether a row of it *is* a person.
    pub(super) root: bool,
    /// Whether it is of people whose names are public.
    pub(super) public: bool,
    /// Whether its name is one of things that have addresses and telephones too.
    pub(super) thing: bool,
    /// Whether it lists kinds or places, or is a tool's own.
    pub(super) listing: bool,
    /// Whether its rows say how somebody is, and more in all than who they are.
    pub(super) health: bool,
    /// Whether it is called after what somebody suffers from or takes.
    pub(super) ailing: bool,
    /// Whether people point at it, many at each of its rows: their study or their plan is none of them.
    pub(super) above: bool,
    /// How many foreign keys lead from it to a table of people, where any do.
    pub(super) away: Option<u8>,
}

impl About {
    /// Whether a row says something of somebody.
    pub(super) fn is_near(self, most: u8) -> bool {
        self.people || self.away.is_some_and(|away| away <= most)
    }

    /// Whether a row is a person's, and not only of a thing with somebody's name.
    pub(super) fn is_owned(self) -> bool {
        self.root || self.away.is_some_and(|away| away <= 1)
    }

    /// Whether a kind that counts so far counts here.
    pub(super) fn reaches(self, reach: Reach) -> bool {
        match reach {
            Reach::All => true,
            Reach::About => self.is_near(2),
            Reach::People => self.people,
        }
    }
}

/// Foreign keys further than this from a person say nothing.
const FAR: u8 = 3;

/// Of what the values of a table's columns are.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub(super) struct Seen {
    /// Whether one has first names.
    pub(super) first: bool,
    /// Whether one has last names.
    pub(super) last: bool,
    /// Whether one has whole names, or parts of them.
    pub(super) whole: bool,
    /// Whether one has what only people have: e-mail addresses, whole names.
    pub(super) people: bool,
    /// Whether one has dates as of birth.
    pub(super) births: bool,
    /// Of a hundred different rows, how many have the name of a firm in one column.
    pub(super) firms: u64,
    /// Whether what its rows are called is seldom the name of somebody.
    pub(super) titled: bool,
    /// How many rows the sample has with a value, at most.
    pub(super) rows: u64,
}

/// What each table is about; `kinds` are the kinds that its columns' names suggest, and
/// `seen` what their values are.
pub(super) fn tables(
    detector: &Detector,
    schema: &Schema,
    names: &Names,
    kinds: &[Vec<Option<&Kind>>],
    seen_in: &[Seen],
) -> Vec<About> {
    let shelved = shelved(detector, schema);
    let places = schema.tables.iter().enumerate();
    let whom: Vec<bool> =
        places.map(|(place, table)| says_whom(detector, table, names.table(place))).collect();
    let seen = |table: usize| seen_in.get(table).copied().unwrap_or_default();
    let whose = |table: usize| whom.get(table).copied().unwrap_or(false);
    let about = |(place, table): (usize, &crate::schema::Table)| {
        let name = detector.spelled(&words(&table.name.name));
        let kinds = kinds.get(place).map(Vec::as_slice).unwrap_or_default();
        let has = |wanted: &str| kinds.iter().flatten().any(|kind| kind.name == wanted);
        let is = |list: &str, word: &str| is_among(detector, list, word);
        let last = name.last().map(String::as_str).unwrap_or_default();
        let public = is("public", last);
        let is_named = name.iter().any(|word| is("people", word));
        let on_shelf = shelved.get(place).copied().unwrap_or(false);
        if on_shelf || is_listing(detector, table, names.table(place)) {
            return About { thing: true, listing: true, ..About::default() };
        }
        let seen = seen(place);
        let both = (has("first name") || seen.first) && (has("last name") || seen.last);
        let about_people = is("people", last) || is("deeds", last);
        // The devices of users are theirs.
        let owned = name.len() > 1
            && name
                .first()
                .is_some_and(|first| is("people", first) && !is("firms", first) && !is("rows", first));
        // `product_review` is of whom its e-mail addresses are.
        let peopled = (seen.people || has("e-mail address") && has("full name")) && !is("things", last);
        let whom = whose(place);
        let defines = is("definitions", last) && !whom;
        // Firms, by their names, or the one that has the database.
        let says_firm = name.iter().any(|word| is("firms", word));
        let lone = seen.rows == 1 && says_firm;
        let of_firms = is("firms", last);
        let company = !both
            && (seen.firms >= 80
                || (seen.firms >= 50 || lone) && (!about_people || of_firms || is("rows", last))
                || seen.titled && of_firms);
        let thing = company
            || !both
                && !about_people
                && !owned
                && !peopled
                && (defines || name.iter().any(|word| is("things", word)));
        let called = has("first name") || has("last name") || has("full name") || seen.whole;
        // What people carry about is theirs where a column says whose.
        let carried = detector.has("carried", &single(last)) && whom;
        // Pings of locations are whose they say.
        let theirs = whom && !defines && name.len() > 1 && !is("things", last) && !of_firms;
        let thing = company || thing && !carried && !theirs;
        let event = name.iter().any(|word| detector.lists("harmless", word));
        let born = called && !event && (has("date of birth") || seen.births) && !leads(schema, place);
        let account =
            has("e-mail address") && names.table(place).iter().any(|name| is_password(detector, name));
        let root = !public && (both || born || is("people", last) && !company || account && !thing);
        let firm = !root && says_firm;
        let person = |kind: &&Kind| kind.person && (kind.name != "e-mail address" || !thing && !firm);
        About {
            people: !public && (is_named && !thing || root || kinds.iter().flatten().any(person)),
            root,
            public,
            thing,
            listing: false,
            health: !root && !thing && is_of_health(detector, table, kinds, names.table(place)),
            ailing: !root && !thing && !firm && is_called_health(detector, &name),
            above: false,
            away: None,
        }
    };
    let mut all: Vec<About> = schema.tables.iter().enumerate().map(about).collect();
    raise(detector, schema, names, kinds, seen_in, &mut all);
    lead(detector, schema, names, kinds, &whom, &mut all);
    for (place, about) in all.iter_mut().enumerate() {
        let has =
            |wanted: &str| kinds.get(place).into_iter().flatten().flatten().any(|kind| kind.name == wanted);
        // An address that has no name is somebody's, and so are those of a table that has very many.
        let addressed = has("street address") && !has("name") && !has("company");
        let lived_in = addressed && about.thing && !about.listing && seen(place).rows >= VERY_MANY;
        if lived_in && !has("telephone number") {
            about.thing = false;
        }
        // What is said of somebody's health is somebody's, though no key says whose.
        if about.away.is_none() && about.health && !about.above && seen(place).rows >= MANY {
            about.away = Some(1);
        }
        if about.away.is_none()
            && !about.thing
            && !about.public
            && !about.above
            && (seen(place).people || addressed)
        {
            about.away = Some(2);
        }
    }
    all
}

/// Finds what stands above people: tables that they point at, with a few rows for many of them, and short
/// lists that others choose among.
/// Places of which nearly everybody has one are theirs.
fn raise(
    detector: &Detector,
    schema: &Schema,
    names: &Names,
    kinds: &[Vec<Option<&Kind>>],
    seen: &[Seen],
    all: &mut [About],
) {
    let seen = |table: usize| seen.get(table).copied().unwrap_or_default();
    let rows = |table: usize| seen(table).rows;
    // An office has a name and a telephone, an address of somebody's has neither.
    let reached = |table: usize| {
        let kinds = || kinds.get(table).into_iter().flatten().flatten().filter(|kind| !kind.quiet);
        let has = |mask: &str| kinds().any(|kind| kind.mask == mask);
        has("phone") && !has("first_name") && !has("last_name")
    };
    // A `contact` that points at a patient, and has nothing that only people have, is what happened.
    let meeting = |table: usize| is_of(detector, schema, table, "meetings");
    let events: Vec<usize> = (schema.foreign_keys.iter())
        .filter(|key| {
            key.declared && key.from != key.to && meeting(key.from) && !says_who_acts(detector, names, key)
        })
        .filter(|key| {
            all.get(key.to).is_some_and(|to| to.root) && all.get(key.from).is_some_and(|from| from.root)
        })
        .filter(|key| !kinds.get(key.from).into_iter().flatten().flatten().any(|kind| kind.person))
        .map(|key| key.from)
        .collect();
    for event in events {
        if let Some(about) = all.get_mut(event) {
            about.root = false;
        }
    }
    // Notes that point at somebody are theirs, whatever else their name is made of: `notas_clinicas`.
    for key in schema.foreign_keys.iter().filter(|key| key.declared && rows(key.from) >= MANY) {
        let whose = all.get(key.to).is_some_and(|to| to.root) && !says_who_acts(detector, names, key);
        let noted = || called(detector, schema, key.from).iter().any(|word| detector.has("remarks", word));
        if let Some(from) =
            all.get_mut(key.from).filter(|from| whose && from.thing && !from.listing && noted())
        {
            from.thing = false;
        }
    }
    let points = |table: usize, all: &[About]| {
        let mut keys = schema.foreign_keys.from_table(table);
        keys.any(|(_, key)| {
            all.get(key.to).is_some_and(|about| about.root) && !says_who_acts(detector, names, key)
        })
    };
    for key in &schema.foreign_keys {
        let place = is_place(kinds, key.to);
        let people = seen(key.to).whole && rows(key.to) >= MANY;
        let theirs = all.get(key.from).is_some_and(|from| from.root) && !people;
        if let Some(to) = all
            .get_mut(key.to)
            .filter(|to| place && theirs && to.thing && rows(key.to) * 2 >= rows(key.from).max(MANY))
        {
            (to.thing, to.listing) = (false, false);
        }
        let shared = theirs && rows(key.to) * FEWER <= rows(key.from);
        // Few rows that a whole table points at are a list of offices or firms, unless they are of people.
        let listed = (1..=LIST).contains(&rows(key.to)) && rows(key.from) >= MANY && !points(key.to, all);
        let Some(name) = schema.table(key.to).map(|table| detector.spelled(&words(&table.name.name))) else {
            continue;
        };
        let people = |word: &String| is_among(detector, "people", word);
        if let Some(to) = all.get_mut(key.to).filter(|to| (shared || listed) && rows(key.to) > 0 && !to.root)
            && (!place || reached(key.to))
            && !name.iter().any(people)
        {
            to.above = true;
            to.people = false;
        }
    }
}

/// Whether a table has addresses, by the names of its columns.
fn is_place(kinds: &[Vec<Option<&Kind>>], table: usize) -> bool {
    kinds.get(table).into_iter().flatten().flatten().any(|kind| kind.name == "street address")
}

/// The words of a table's name, written out.
pub(super) fn called(detector: &Detector, schema: &Schema, table: usize) -> Vec<String> {
    schema.table(table).map(|table| detector.spelled(&words(&table.name.name))).unwrap_or_default()
}

/// Whether a list has the last word of a table's name.
pub(super) fn is_of(detector: &Detector, schema: &Schema, table: usize, list: &str) -> bool {
    called(detector, schema, table).last().is_some_and(|last| is_among(detector, list, last))
}

/// Whether a table is called after what is known as somebody's health: `injury_incident`, `disabilities`.
fn is_called_health(detector: &Detector, name: &[String]) -> bool {
    let single: Vec<String> = name.iter().map(|word| single(word)).collect();
    [name, &single].iter().any(|name| detector.named(name, "text").is_some_and(|kind| kind.health))
}

/// Whether three columns and more say how somebody is, and one of four that are no keys and no moments, or
/// very many.
fn is_of_health(
    detector: &Detector,
    table: &crate::schema::Table,
    kinds: &[Option<&Kind>],
    names: &[Vec<String>],
) -> bool {
    let content = |(column, name): (&Column, &Vec<String>)| {
        matches!(family(&column.data_type), Some("text" | "number" | "real" | "bool" | "enum" | "json"))
            && !is_called(detector, name)
    };
    let content = table.columns.iter().zip(names).filter(|pair| content(*pair)).count();
    let told = kinds.iter().flatten().filter(|kind| kind.health).count();
    told >= 3 && told * 5 >= content || told >= 8
}

/// Whether a name is that of a password, and no more: what somebody signs in by.
pub(super) fn is_password(detector: &Detector, name: &[String]) -> bool {
    let is = |word: &String| detector.has("passwords", word);
    let name = detector.spelled(name);
    name.iter().any(is) && name.iter().all(|word| is(word) || detector.has("stored", word))
}

/// Longer lists are more than what others choose among.
const LIST: u64 = 12;

/// What many people share has so many times fewer rows, at least.
const FEWER: u64 = 3;

/// Whether a foreign key leads from the table to another.
fn leads(schema: &Schema, table: usize) -> bool {
    schema.foreign_keys.from_table(table).any(|(_, key)| key.to != table)
}

/// Tables whose key other tables have by the same name, declared or not: from, to.
fn namesakes(schema: &Schema) -> Vec<(usize, usize)> {
    const ANYTHING: [&str; 10] = ["id", "uuid", "guid", "code", "name", "key", "oid", "nr", "no", "uid"];
    let mut keys = std::collections::HashMap::new();
    for (place, table) in schema.tables.iter().enumerate() {
        for key in table.keys.iter().filter_map(|key| table.columns.get(sole(&key.parts)?)) {
            if key.name.len() >= 3 && !ANYTHING.contains(&key.name.as_str()) {
                keys.entry(key.name.as_str()).or_insert_with(Vec::new).push((place, key));
            }
        }
    }
    // A name that two tables have as their key says nothing.
    keys.retain(|_, tables| tables.len() == 1);
    let mut edges = Vec::new();
    for (place, table) in schema.tables.iter().enumerate() {
        for column in &table.columns {
            let to = keys.get(column.name.as_str()).into_iter().flatten();
            edges.extend(
                to.filter(|(to, key)| *to != place && key.data_type == column.data_type)
                    .map(|(to, _)| (place, *to)),
            );
        }
    }
    edges.extend(shortened(schema));
    edges
}

/// The column of a key that has one and no more.
fn sole(parts: &[KeyPart]) -> Option<usize> {
    match parts {
        [KeyPart::Column(column)] => Some(*column),
        _ => None,
    }
}

/// Tables that a column is short for: `abr_id` leads to `abrechnung`, where no other table beside it begins so.
fn shortened(schema: &Schema) -> Vec<(usize, usize)> {
    let mut begun: Vec<(&str, &str, usize)> = (schema.tables.iter().enumerate())
        .filter(|(place, _)| schema.partition_root(*place) == *place)
        .map(|(place, table)| (table.name.schema.as_str(), table.name.name.as_str(), place))
        .collect();
    begun.sort_unstable();
    let mut edges = Vec::new();
    for (place, table) in schema.tables.iter().enumerate() {
        let own = table.name.schema.as_str();
        for front in table.columns.iter().filter_map(|column| column.name.strip_suffix("_id")) {
            let from = begun.partition_point(|(schema, name, _)| (*schema, *name) < (own, front));
            let mut after = begun
                .iter()
                .skip(from)
                .take_while(|(schema, name, _)| *schema == own && name.starts_with(front))
                .filter(|(.., to)| *to != place);
            if let (Some((.., to)), None) = (after.next(), after.next())
                && front.len() >= 3
            {
                edges.push((place, *to));
            }
        }
    }
    edges
}

/// Counts the foreign keys between each table and a person.
fn lead(
    detector: &Detector,
    schema: &Schema,
    names: &Names,
    kinds: &[Vec<Option<&Kind>>],
    whom: &[bool],
    all: &mut [About],
) {
    let is_firm =
        |table: usize| called(detector, schema, table).iter().any(|word| detector.lists("firms", word));
    for ((table, about), whom) in all.iter_mut().enumerate().zip(whom) {
        let said = *whom && !about.public && !about.listing && !about.above;
        about.away = (about.root || said).then_some(u8::from(!about.root)).filter(|_| !is_firm(table));
    }
    spread(detector, schema, names, kinds, all);
}

/// What the columns that are masked say of their tables, by place: how many of them are
/// somebody's, and how many rows there are to sample.
pub(super) fn learn(
    detector: &Detector,
    schema: &Schema,
    names: &Names,
    kinds: &[Vec<Option<&Kind>>],
    told: &[(usize, usize, u64)],
    all: &mut [About],
) {
    for (table, personal, rows) in told {
        let Some(about) = all.get_mut(*table).filter(|about| !about.thing && !about.public && !about.above)
        else {
            continue;
        };
        // Few rows are of branches and departments, that have a head and a telephone.
        let away = if *personal >= 2 && *rows >= MANY { 1 } else { 2 };
        if *personal > 0 && about.away.is_none_or(|known| known > away) {
            about.away = Some(away);
        }
    }
    spread(detector, schema, names, kinds, all);
}

/// More rows than a list of branches has.
const MANY: u64 = 30;

/// More rows than a list of places has that a firm has of its own.
const VERY_MANY: u64 = 300;

/// Follows foreign keys, and keys of one name, away from people.
fn spread(
    detector: &Detector,
    schema: &Schema,
    names: &Names,
    kinds: &[Vec<Option<&Kind>>],
    all: &mut [About],
) {
    let namesakes = namesakes(schema);
    let acting: Vec<bool> =
        schema.foreign_keys.iter().map(|key| says_who_acts(detector, names, key)).collect();
    for away in 0..FAR {
        for (from, to) in &namesakes {
            let there = all.get(*to).and_then(|about| about.away) == Some(away);
            if let Some(from) =
                all.get_mut(*from).filter(|from| there && !from.thing && !from.above && from.away.is_none())
            {
                from.away = Some(away + 1);
            }
        }
        for (key, acts) in schema.foreign_keys.iter().zip(&acting) {
            let there = all.get(key.to).and_then(|about| about.away) == Some(away);
            if let Some(from) = all
                .get_mut(key.from)
                .filter(|from| there && !*acts && !from.thing && !from.above && from.away.is_none())
            {
                from.away = Some(away + 1);
            }
            // An address that people point at is theirs.
            let place = is_place(kinds, key.to);
            let here = all.get(key.from).is_some_and(|about| about.away == Some(0));
            if let Some(to) = all
                .get_mut(key.to)
                .filter(|to| away == 0 && place && here && !to.thing && !to.above && to.away.is_none())
            {
                to.away = Some(1);
            }
        }
    }
}

/// Whether a foreign key says who did something, and not whom the row is about: `acc_mgr`.
fn says_who_acts(detector: &Detector, names: &Names, key: &ForeignKey) -> bool {
    let acts = |word: &String| detector.lists("actors", word);
    let Some(column) = key.columns.first() else { return false };
    let name = names.get(ColumnId { table: key.from, column: *column });
    detector.is_any(name, acts)
}

/// Whether a column of the table names a person by number, where no key is declared.
fn says_whom(detector: &Detector, table: &crate::schema::Table, names: &[Vec<String>]) -> bool {
    let mut columns = table.columns.iter().zip(names);
    columns.any(|(column, name)| is_number(detector, name) || is_bare(detector, column, name))
}

/// Whether a number or UUID is called as a person is: `PATIENT`, `orderer`.
fn is_bare(detector: &Detector, column: &Column, name: &[String]) -> bool {
    let numbered = matches!(family(&column.data_type), Some("uuid" | "number"));
    let person = |word: &String| {
        detector.lists("people", word) && !detector.lists("firms", word) && !detector.lists("rows", word)
    };
    numbered && name.len() == 1 && name.iter().all(person)
}

/// Whether a name is that of a person's number: `customer_id`, `patientennr`.
pub(super) fn is_number(detector: &Detector, name: &[String]) -> bool {
    let name = detector.spelled(name);
    let person = |word: &String| {
        detector.lists("people", word) && !detector.lists("firms", word) || detector.lists("roles", word)
    };
    // `userid` is a word of its own.
    if let [word] = name.as_slice()
        && let Some(front) = word.strip_suffix("id").filter(|front| front.len() >= 4)
    {
        return person(&front.to_owned());
    }
    name.len() >= 2
        && name.iter().any(|word| detector.has("numbers", word))
        && name.iter().any(person)
        && !name.iter().any(|word| detector.lists("actors", word))
}

/// Whether a list has the word, in the singular or plural.
pub(super) fn is_among(detector: &Detector, list: &str, word: &str) -> bool {
    detector.lists(list, word) || detector.lists(list, &single(word))
}

/// `companies` as `company`.
pub(super) fn single(word: &str) -> String {
    word.strip_suffix("ies").map_or_else(|| word.to_owned(), |stem| format!("{stem}y"))
}

/// The column that tells which person a row is about: the key of a table of people,
/// else the first foreign key to one.
pub(super) fn identity(
    detector: &Detector,
    schema: &Schema,
    names: &Names,
    about: &[About],
    table: usize,
) -> Option<usize> {
    let own = about.get(table).copied().unwrap_or_default();
    if own.root {
        return primary(schema, table);
    }
    let found = schema.table(table)?;
    let is_root = |to: usize| about.get(to).is_some_and(|about| about.root);
    let leads = |column: &usize| {
        let to = schema.referenced(ColumnId { table, column: *column });
        to.is_some_and(|to| is_root(to.table)) && is_whose(detector, schema, names, table, *column)
    };
    let mut keys: Vec<usize> = (0..found.columns.len()).filter(leads).collect();
    // A row is about whom it can't be without.
    keys.sort_by_key(|column| !found.columns.get(*column).is_some_and(|column| column.not_null));
    keys.first().copied()
}

/// Whether a foreign key of this column alone says whom a row is about.
fn is_whose(detector: &Detector, schema: &Schema, names: &Names, table: usize, column: usize) -> bool {
    let mut keys = schema.foreign_keys.from_table(table);
    keys.any(|(_, key)| key.columns == [column] && !says_who_acts(detector, names, key))
}

/// The table's primary key, where it is one column.
pub(super) fn primary(schema: &Schema, table: usize) -> Option<usize> {
    sole(&schema.table(table)?.keys.iter().find(|key| key.kind == KeyKind::Primary)?.parts)
}
