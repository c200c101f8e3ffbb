//! What becomes of a column that no name and no likeness decides on: by how its values
//! are written, and by what its table is about.
//!
//! Where a table is about people, what differs from row to row and is no code is masked:
//! a harmless column that is masked can be taken back, a leak can't.

use super::choice::{Choice, Desk};
use super::evidence::Evidence;
use super::person::{About, is_among, is_number, primary};
use super::sight::Sight;
use super::surrogate::{is_called, is_measured};
use super::vocabulary::Trait;
use crate::rules::{Detector, default_rule, family, words};
use crate::schema::{ColumnId, KeyPart, Scalar};

/// More tables than have a column of a person's by the same name.
const EVERYWHERE: usize = 3;

/// Fewer different words than these are names by chance.
const FEW: u64 = 5;

impl Desk<'_> {
    /// What nothing names: single names, dates of birth, prose, numbers of a person.
    pub(super) fn by_rest(
        &self,
        id: ColumnId,
        about: About,
        family: &str,
        sight: &Sight,
        harmless: bool,
    ) -> Choice {
        let evidence = &sight.evidence;
        let near = about.is_near(2);
        for (share, mask, what) in
            [(evidence.first, "first_name", "first names"), (evidence.last, "last_name", "last names")]
        {
            let least = if near { 50 } else { 70 };
            if share < least || harmless || evidence.is_list() && !near || evidence.distinct < FEW {
                continue;
            }
            let said =
                format!("{share} % of {} sampled values are {what} by the dictionary", evidence.values);
            if near && !about.thing {
                let rules = self.ruled(id, &[format!("\"{mask}\"")], true, false);
                return Choice { rules, why: vec![said], doubt: None };
            }
            return Choice::doubt(said);
        }
        match family {
            // The cook of a canteen, the head of a site.
            "text"
                if about.thing
                    && !harmless
                    && evidence.writing.are_surely_people()
                    && !is_title(self.detector, &self.detector.spelled(self.names.get(id))) =>
            {
                let why = format!(
                    "{} % of {} different values have a name of the dictionary",
                    evidence.writing.named, evidence.writing.looked
                );
                let mut rules = self.ruled(id, &["\"full_name\"".to_owned()], true, false);
                rules.push("\"letters\"".to_owned());
                Choice { rules, why: vec![why], doubt: None }
            }
            "text" if harmless || about.thing || about.public => Choice::keep(),
            "text" | "enum" if near && evidence.people.is_some() => {
                let word = evidence.people.map(Trait::word).unwrap_or_default();
                let rules = vec!["\"shuffle\"".to_owned(), "\"choose\"".to_owned()];
                Choice { rules, why: vec![format!("the words are {word}")], doubt: None }
            }
            "text" if sight.kin >= 50 && near && !self.is_of_thing(id) => {
                let rule = if evidence.writing.spaced >= 50 { "\"full_name\"" } else { "\"last_name\"" };
                let why = format!(
                    "{} % of the rows have a word of it in an e-mail address or a whole name",
                    sight.kin
                );
                let mut rules = self.ruled(id, &[rule.to_owned()], true, false);
                rules.push("\"letters\"".to_owned());
                Choice { rules, why: vec![why], doubt: None }
            }
            "text" | "number" | "real" if about.health && near && self.describes(id) => {
                let why = "what is said of somebody's health, beside more of it".to_owned();
                let first = match family {
                    "text" if evidence.writing.prose >= 50 && !evidence.is_list() => "\"scrub\"",
                    _ => "\"shuffle\"",
                };
                let rules = [first, "\"letters\""].map(str::to_owned).to_vec();
                Choice { rules, why: vec![why], doubt: None }
            }
            "text" => self.by_writing(id, about, evidence),
            "inet" if about.is_near(3) && !about.thing && !harmless => {
                let rule = self.schema.column(id).and_then(|column| default_rule(&column.data_type));
                let why = "an address of a network, about a person".to_owned();
                Choice { rules: rule.into_iter().collect(), why: vec![why], doubt: None }
            }
            "date" if about.is_owned() && !about.thing && !about.above && sight.births => {
                let rule = "{ with = \"date_shift\", within = \"30 days\" }".to_owned();
                let why = "dates as of birth, in a table of people".to_owned();
                Choice { rules: self.ruled(id, &[rule], true, false), why: vec![why], doubt: None }
            }
            "date" if about.health && near && self.describes(id) => {
                let rule = "{ with = \"date_shift\", within = \"30 days\" }".to_owned();
                let why = "a day in a record of somebody's health".to_owned();
                Choice { rules: self.ruled(id, &[rule], true, false), why: vec![why], doubt: None }
            }
            "uuid" if about.root && !harmless && !self.is_technical(id) => {
                let why = "a number of the person's own".to_owned();
                Choice { rules: vec!["\"uuid\"".to_owned()], why: vec![why], doubt: None }
            }
            "number" if about.is_near(1) && sight.births && !about.thing => {
                let why = "days as of birth, in a table about people".to_owned();
                let rules = vec!["\"integer\"".to_owned(), "\"digits\"".to_owned()];
                Choice { rules, why: vec![why], doubt: None }
            }
            "number"
                if sight.own
                    && near
                    && !about.thing
                    && !harmless
                    && !self.is_unique(id)
                    && !self.is_measure(id) =>
            {
                let why = "long numbers that differ from row to row, about a person".to_owned();
                let rules = vec!["\"integer\"".to_owned(), "\"digits\"".to_owned()];
                Choice { rules, why: vec![why], doubt: None }
            }
            "number" | "real" if about.is_owned() && !harmless && self.is_paid(id) => {
                let why = "an amount in a table of what people are paid".to_owned();
                Choice {
                    rules: vec!["{ with = \"noise\", ratio = 0.15 }".to_owned()],
                    why: vec![why],
                    doubt: None,
                }
            }
            "number" | "real" if sight.varied && about.is_owned() && !about.thing && self.is_nameless(id) => {
                let why = "amounts under a name that says nothing, in a table about people".to_owned();
                Choice {
                    rules: vec!["{ with = \"noise\", ratio = 0.15 }".to_owned()],
                    why: vec![why],
                    doubt: None,
                }
            }
            "bytes"
                if about.is_near(1)
                    && !about.thing
                    && !is_called(self.detector, self.names.get(id))
                    && (!harmless || self.is_secret(id)) =>
            {
                let why = "bytes of a person, of unknown kind".to_owned();
                Choice { rules: vec!["\"bytes\"".to_owned()], why: vec![why], doubt: None }
            }
            "number" | "real" if sight.degrees.is_some() && near && !about.thing => {
                let rule = self.schema.column(id).and_then(|column| default_rule(&column.data_type));
                let why = "numbers as those of a place on the globe, about a person".to_owned();
                Choice { rules: rule.into_iter().collect(), why: vec![why], doubt: None }
            }
            _ => Choice::keep(),
        }
    }

    /// What the way of writing says in a table that is about people, or near one.
    fn by_writing(&self, id: ColumnId, about: About, evidence: &Evidence) -> Choice {
        let writing = &evidence.writing;
        let near = about.is_near(2);
        let chosen = |rule: &str, by: bool, place: bool, why: String| Choice {
            rules: {
                let mut rules = self.ruled(id, &[format!("\"{rule}\"")], by, place);
                rules.push("\"letters\"".to_owned());
                rules
            },
            why: vec![why],
            doubt: None,
        };
        let of = |share: u64, what: &str| format!("{share} % of {} different values {what}", writing.looked);
        let single = writing.named >= 50 && writing.spaced < 50 && writing.digit <= 5 && writing.codes < 80;
        if near && single && writing.looked >= 5 {
            return chosen("last_name", true, false, of(writing.named, "have a name of the dictionary"));
        }
        if writing.are_people(near) {
            let said = of(writing.named, "have a name of the dictionary, and are written as names are");
            return chosen("full_name", true, false, said);
        }
        if evidence.sure && evidence.traced >= 20 {
            return chosen("letters", false, false, "of several kinds, some of them of a person".to_owned());
        }
        if writing.records >= 60 && writing.looked >= 5 {
            return chosen(
                "letters",
                false,
                false,
                of(writing.records, "are records with names and numbers in them"),
            );
        }
        if writing.mentions >= 15 && writing.prose >= 40 && writing.looked >= 4 {
            return chosen("scrub", false, false, of(writing.mentions, "are sentences that name somebody"));
        }
        if evidence.values == 0 {
            return self.unseen(id, about);
        }
        if writing.drawn >= 90 && writing.looked >= 5 && evidence.is_varied() && about.is_near(3) {
            return chosen("token", false, false, of(writing.drawn, "look drawn at random"));
        }
        if !about.is_near(3) || !writing.is_enough() {
            return Choice::keep();
        }
        if near && writing.streets >= 60 {
            return chosen("street", true, true, of(writing.streets, "are lines of street addresses"));
        }
        if near && writing.days >= 90 && writing.births {
            return chosen("digits", false, false, of(writing.days, "are days, as of birth"));
        }
        if writing.prose >= 50 && (evidence.is_varied() || near && writing.small >= 40) {
            return chosen("scrub", false, false, of(writing.prose, "are free text, about a person"));
        }
        if evidence.traced >= 20 && near {
            return chosen("letters", false, false, "of several kinds, some of them of a person".to_owned());
        }
        if near && writing.random >= 80 && evidence.is_varied() && !self.is_technical(id) {
            return chosen("token", false, false, of(writing.random, "look drawn at random"));
        }
        if writing.days >= 80 {
            return Choice::keep();
        }
        let technical = self.is_technical(id);
        let name = self.names.get(id);
        let told = self.tells_of_thing(name, true);
        // What one chooses among is no one's own.
        let thing = self.tells_of_thing(name, false);
        if about.root && !technical && (evidence.is_own() && !thing || self.numbers(id)) {
            return self.own(id);
        }
        if technical || !near || self.is_unique(id) {
            return Choice::keep();
        }
        // `ref` and no more is the number of the row.
        let own = evidence.is_own() && !matches!(name, [only] if self.detector.has("numbers", only));
        if own && (!told || self.numbers(id)) && writing.lettered < 20 && writing.digits >= 80 {
            return self.own(id);
        }
        if !about.is_near(1) {
            return Choice::keep();
        }
        if own && (!told || self.numbers(id)) && writing.codes >= 80 && writing.digit >= 80 {
            return self.own(id);
        }
        if writing.files >= 80 && evidence.is_own() {
            return chosen("url", false, false, of(writing.files, "are addresses of pages or files"));
        }
        let titled = || is_title(self.detector, name);
        if !about.root && titled() {
            return Choice::keep();
        }
        let plain = !told && writing.technical < 50 && writing.codes < 50 && writing.lettered >= 50;
        if plain && (evidence.is_varied() || writing.small >= 50 && evidence.distinct >= 4) {
            let why = "differs from row to row in a table about people, of unknown kind".to_owned();
            return chosen(if writing.small >= 50 { "scrub" } else { "letters" }, false, false, why);
        }
        Choice::keep()
    }

    /// What is said of a text without a value in a table about people: it is masked, unless
    /// it is too short for more than a code.
    fn unseen(&self, id: ColumnId, about: About) -> Choice {
        let Some(column) = self.schema.column(id) else { return Choice::keep() };
        let long = match column.data_type.scalar() {
            Some(Scalar::Varchar(Some(most)) | Scalar::Char(most)) => most >= 16,
            _ => true,
        };
        let parts = self.names.get(id);
        if !about.is_owned()
            || !long
            || self.is_everywhere(id)
            || is_called(self.detector, parts)
            || self.tells_of_thing(parts, true)
            || self.is_technical(id)
            || self.is_unique(id)
        {
            return Choice::keep();
        }
        let why = "no value to look at, in a table about people".to_owned();
        Choice { rules: vec!["\"letters\"".to_owned()], why: vec![why], doubt: None }
    }

    /// Whether a word of the name is one for what a thing is, does or belongs to, or `choices` too.
    fn tells_of_thing(&self, name: &[String], choices: bool) -> bool {
        let told = |word: &String| {
            ["about", "asks", "harmless", "things"].iter().any(|list| self.detector.lists(list, word))
                || choices && self.detector.has("choices", word)
        };
        name.iter().any(told)
    }

    /// Whether a number is that of a row, a moment or an amount, by its name.
    fn is_measure(&self, id: ColumnId) -> bool {
        let name = self.names.get(id);
        is_called(self.detector, name) || is_measured(self.detector, name)
    }

    /// Whether it is an amount, with decimals, in a table of what people are paid.
    fn is_paid(&self, id: ColumnId) -> bool {
        let payroll = self.schema.table(id.table).is_some_and(|table| {
            let name = [words(&table.name.schema), words(&table.name.name)].concat();
            let name = self.detector.spelled(&name);
            name.iter().any(|word| self.detector.lists("payrolls", word))
        });
        let scalar = self.schema.column(id).and_then(|column| column.data_type.scalar());
        let decimal =
            matches!(scalar, Some(Scalar::Numeric(Some((_, 1..))) | Scalar::Float4 | Scalar::Float8));
        // Money is counted in cents, too.
        let counted = matches!(scalar, Some(Scalar::Int4 | Scalar::Int8)) && self.says_amount(id);
        payroll && (decimal || counted)
    }

    fn says_amount(&self, id: ColumnId) -> bool {
        self.names.get(id).iter().any(|word| self.detector.has("coins", word))
    }

    /// Whether a unique key keeps its values apart, in all or for one client each: the number of a thing
    /// that happened.
    fn is_unique(&self, id: ColumnId) -> bool {
        let keys = self.schema.table(id.table).into_iter().flat_map(|table| &table.keys);
        let numbered = |part: &KeyPart| match part {
            KeyPart::Column(column) => {
                let column = self.schema.column(ColumnId { table: id.table, column: *column });
                column.is_some_and(|column| matches!(family(&column.data_type), Some("number" | "uuid")))
            }
            KeyPart::Expression(_) => false,
        };
        let own = KeyPart::Column(id.column);
        keys.into_iter().any(|key| {
            key.parts.contains(&own) && key.parts.iter().all(|part| *part == own || numbered(part))
        })
    }

    /// Whether a column is called after its place only, as those of an imported sheet are.
    fn is_nameless(&self, id: ColumnId) -> bool {
        let name = self.schema.column(id).map(|column| column.name.to_lowercase()).unwrap_or_default();
        let front = name.trim_end_matches(|c: char| c.is_ascii_digit());
        front.len() < name.len() && self.detector.has("nameless", front.trim_end_matches(['_', ' ']))
    }

    /// Whether a column may say something of somebody, as far as its name goes and its values do: texts and
    /// documents whose names nobody knows as harmless, and numbers that differ.
    pub(super) fn may_describe(&self, id: ColumnId, about: About, sight: &Sight) -> bool {
        let column = self.schema.column(id);
        let open = match column.and_then(|column| family(&column.data_type)) {
            Some("text" | "enum" | "json" | "hstore" | "bytes") => true,
            Some("number" | "real") => sight.varied && !self.is_measure(id),
            _ => false,
        };
        let key = column.is_some_and(|column| column.sequence.is_some())
            || primary(self.schema, id.table) == Some(id.column)
            || self.is_unique(id);
        open && !key && about.is_near(1) && !about.thing && !about.listing && self.describes(id)
    }

    /// Whether a column is no key, no moment, and nothing that an application notes of its rows.
    fn describes(&self, id: ColumnId) -> bool {
        let name = self.names.get(id);
        let noted = |word: &String| self.detector.lists("actors", word) || self.detector.has("moments", word);
        !is_called(self.detector, name)
            && self.schema.referenced(id).is_none()
            && !self.is_everywhere(id)
            && !self.tells_of_thing(name, true)
            && !name.iter().any(noted)
    }

    /// Whether a word of the name is one for things that have addresses: `dept_name`.
    fn is_of_thing(&self, id: ColumnId) -> bool {
        let name = self.detector.spelled(self.names.get(id));
        name.iter().any(|word| is_among(self.detector, "things", word))
    }

    /// Whether many tables have a column of this name: what an application puts into each.
    pub(super) fn is_everywhere(&self, id: ColumnId) -> bool {
        let Some(own) = self.schema.column(id) else { return false };
        let has = |table: &&crate::schema::Table| table.columns.iter().any(|other| other.name == own.name);
        self.schema.tables.iter().filter(has).nth(EVERYWHERE).is_some()
    }

    /// Whether tables that are far from people have a column of this name, too.
    fn is_technical(&self, id: ColumnId) -> bool {
        let Some(own) = self.schema.column(id) else { return false };
        let far = |table: usize| self.about.get(table).is_none_or(|about| !about.is_near(3) || about.thing);
        let has = |table: &crate::schema::Table| {
            table.columns.iter().any(|other| other.name == own.name && other.data_type == own.data_type)
        };
        self.schema.tables.iter().enumerate().any(|(place, table)| far(place) && has(table))
    }

    /// Whether text of this name would give access.
    fn is_secret(&self, id: ColumnId) -> bool {
        self.detector.named(self.names.get(id), "text").is_some_and(|kind| kind.mask == "token")
    }

    /// Whether the column's name is the number of a person.
    pub(super) fn numbers(&self, id: ColumnId) -> bool {
        is_number(self.detector, self.names.get(id))
    }

    /// What tells one person from another by being different.
    pub(super) fn own(&self, id: ColumnId) -> Choice {
        let why = "nearly every person has a value of their own".to_owned();
        Choice {
            rules: self.ruled(id, &["\"letters\"".to_owned()], false, false),
            why: vec![why],
            doubt: None,
        }
    }
}

/// Whether the last word is one for the name of a thing.
fn is_title(detector: &Detector, name: &[String]) -> bool {
    name.last().is_some_and(|last| detector.has("titles", last))
}
