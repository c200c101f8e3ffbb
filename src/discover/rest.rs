//! What becomes of a column that no name and no likeness decides on: by how its values
//! are written, and by what its table is about.
//!
//! Where a table is about people, what differs from row to row and is no code is masked:
//! a harmless column that is masked can be taken back, a leak can't.

use super::choice::Choice;
use super::desk::Desk;
use super::evidence::Evidence;
use super::person::{About, called, is_among, is_number, is_of};
use super::sight::Sight;
use super::surrogate::{is_called, is_measured};
use super::vocabulary::Trait;
use crate::rules::{Detector, default_rule, family, words};
use crate::schema::{ColumnId, KeyPart, Scalar};

/// What becomes of a day in somebody's life.
const SHIFTED: &str = "{ with = \"date_shift\", within = \"30 days\" }";

/// What becomes of an amount of somebody's.
pub(super) const BLURRED: &str = "{ with = \"noise\", ratio = 0.15 }";

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
                return Choice::of(rules, said);
            }
            return Choice::doubt(said);
        }
        match family {
            "text" => self.by_text(id, about, sight, harmless),
            "enum" if near => evidence.people.map_or_else(Choice::keep, of_trait),
            _ if (about.health || about.ailing && family != "date")
                && near
                && matches!(family, "number" | "real" | "date" | "bool")
                && self.describes(id) =>
            {
                self.of_health(id, family, evidence)
            }
            _ => self.by_type(id, about, family, sight, harmless),
        }
    }

    /// What a text is that nothing names.
    fn by_text(&self, id: ColumnId, about: About, sight: &Sight, harmless: bool) -> Choice {
        let evidence = &sight.evidence;
        let (writing, near) = (&evidence.writing, about.is_near(2));
        let named = |rule: &str, why: String| self.masked(id, rule, true, false, why);
        let titled = || is_title(self.detector, &self.detector.spelled(self.names.get(id)));
        // The cook of a canteen, the head of a site.
        if about.thing && !harmless && writing.are_surely_people() && !titled() {
            let said = format!(
                "{} % of {} different values have a name of the dictionary",
                writing.named, writing.looked
            );
            return named("\"full_name\"", said);
        }
        // Whoever does it, `worker`: names are written as nothing else is.
        if harmless
            && near
            && !about.thing
            && !about.public
            && writing.shaped >= 90
            && writing.are_people(true)
        {
            let said = format!(
                "{} % of {} different values have a name of the dictionary",
                writing.named, writing.looked
            );
            return named("\"full_name\"", said);
        }
        if harmless || about.thing || about.public {
            return Choice::keep();
        }
        if let Some(what) = evidence.people.filter(|_| near) {
            return of_trait(what);
        }
        if sight.kin >= 50 && near && !self.is_of_thing(id) {
            let said = "% of the rows have a word of it in an e-mail address or a whole name";
            let rule = if writing.spaced >= 50 { "\"full_name\"" } else { "\"last_name\"" };
            return named(rule, format!("{} {said}", sight.kin));
        }
        if (about.health || about.ailing) && near && self.describes(id) {
            return self.of_health(id, "text", evidence);
        }
        self.by_writing(id, about, evidence)
    }

    /// A day of somebody's, moved with their other days.
    pub(super) fn of_somebody_s_day(&self, id: ColumnId, why: impl Into<String>) -> Choice {
        Choice::of(self.ruled(id, &[SHIFTED.to_owned()], true, false), why)
    }

    /// What stands in a record of somebody's health.
    fn of_health(&self, id: ColumnId, family: &str, evidence: &Evidence) -> Choice {
        if family == "date" {
            return self.of_somebody_s_day(id, "a day in a record of somebody's health");
        }
        let prose = evidence.writing.prose >= 50 && !evidence.is_list();
        let first = if prose { "\"scrub\"" } else { "\"shuffle\"" };
        let rules = [first, "\"letters\""].map(str::to_owned);
        Choice::of(rules, "what is said of somebody's health, beside more of it")
    }

    /// What something is that is no text, and that nothing names.
    fn by_type(&self, id: ColumnId, about: About, family: &str, sight: &Sight, harmless: bool) -> Choice {
        let near = about.is_near(2);
        let by_type = || {
            let column = self.schema.column(id);
            column.and_then(|column| default_rule(&column.data_type)).into_iter().collect::<Vec<_>>()
        };
        let counted = || ["\"digits\"".to_owned()];
        let is_own =
            || sight.own && near && !about.thing && !harmless && !self.is_unique(id) && !self.is_measure(id);
        match family {
            "inet" if about.is_near(3) && !about.thing && !harmless => {
                Choice::of(by_type(), "an address of a network, about a person")
            }
            "date" if about.is_owned() && !about.thing && !about.above && sight.births => {
                self.of_somebody_s_day(id, "dates as of birth, in a table of people")
            }
            "uuid" if about.root && !harmless && !self.is_technical(id) => {
                Choice::of(["\"uuid\"".to_owned()], "a number of the person's own")
            }
            "number" if about.is_near(1) && sight.births && !about.thing => {
                Choice::of(counted(), "days as of birth, in a table about people")
            }
            "number" if is_own() => {
                Choice::of(counted(), "long numbers that differ from row to row, about a person")
            }
            "number" | "real"
                if near
                    && !about.thing
                    && !about.above
                    && !harmless
                    && (self.is_paid(id) || about.root && self.says_net(id)) =>
            {
                Choice::of([BLURRED.to_owned()], "an amount in a table of what people are paid")
            }
            "number" | "real" if sight.varied && about.is_owned() && !about.thing && self.is_nameless(id) => {
                let why = "amounts under a name that says nothing, in a table about people";
                Choice::of([BLURRED.to_owned()], why)
            }
            "bytes"
                if about.is_near(1)
                    && !about.thing
                    && !is_called(self.detector, self.names.get(id))
                    && (!harmless || self.is_secret(id)) =>
            {
                Choice::of(["\"bytes\"".to_owned()], "bytes of a person, of unknown kind")
            }
            "point" if near && !about.thing => Choice::of(by_type(), "a place on a map, about a person"),
            "number" | "real"
                if sight.degrees.is_some()
                    && !about.thing
                    && (about.is_near(3) || is_of(self.detector, self.schema, id.table, "tracks")) =>
            {
                let axis = if sight.degrees == Some(true) { "latitude" } else { "longitude" };
                let moved = format!("{{ with = \"geo\", within = \"5 km\", axis = \"{axis}\" }}");
                let mut rules = self.ruled(id, &[moved], true, false);
                rules.extend(by_type());
                Choice::of(rules, "numbers as those of a place on the globe, about a person")
            }
            _ => Choice::keep(),
        }
    }

    /// What the way of writing says in a table that is about people, or near one.
    fn by_writing(&self, id: ColumnId, about: About, evidence: &Evidence) -> Choice {
        let writing = &evidence.writing;
        let near = about.is_near(2);
        let chosen = |rule: &str, by: bool, place: bool, why: String| {
            self.masked(id, &format!("\"{rule}\""), by, place, why)
        };
        let of = |share: u64, what: &str| format!("{share} % of {} different values {what}", writing.looked);
        let single = writing.named >= 50
            && writing.spaced < 50
            && writing.digit <= 5
            && writing.codes < 80
            && !writing.are_programs();
        if near && single && writing.looked >= 5 {
            return chosen("last_name", true, false, of(writing.named, "have a name of the dictionary"));
        }
        if writing.are_people(near) {
            let said = of(writing.named, "have a name of the dictionary, and are written as names are");
            return chosen("full_name", true, false, said);
        }
        // A log of changes has telephones, streets and names in one column.
        let mixed = writing.streets >= 15 && writing.named >= 10;
        if (evidence.sure || mixed) && evidence.traced >= 20 {
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
        let told = self.tells_of_thing(id);
        // What one chooses among is no one's own.
        let thing = self.tells(id, false);
        // `person_source_value` of a hospital's record is the person's, wherever it came from.
        let whose = evidence.is_own() && self.says_person(id);
        if about.root && !technical && (evidence.is_own() && !thing || whose || self.numbers(id)) {
            return self.own(id);
        }
        if technical || !near || self.is_unique(id) {
            return Choice::keep();
        }
        // `ref` and no more is the number of the row, unless it is a long one.
        let bare = writing.digits < 80 && matches!(name, [only] if self.detector.has("numbers", only));
        let own = evidence.is_own() && !bare;
        if own && (!told || self.numbers(id)) && writing.lettered < 20 && writing.digits >= 80 {
            return self.own(id);
        }
        if !about.is_near(1) {
            return Choice::keep();
        }
        if own && (!told || whose || self.numbers(id)) && writing.codes >= 80 && writing.digit >= 80 {
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
            || self.tells_of_thing(id)
            || self.is_technical(id)
            || self.is_unique(id)
        {
            return Choice::keep();
        }
        Choice::of(["\"letters\"".to_owned()], "no value to look at, in a table about people")
    }

    /// Whether a word of the name is one for what a thing is, does or belongs to, or one chooses among.
    pub(super) fn tells_of_thing(&self, id: ColumnId) -> bool {
        self.tells(id, true)
    }

    /// Whether a word of the name is one for what a thing is, does or belongs to, or `choices` too.
    fn tells(&self, id: ColumnId, choices: bool) -> bool {
        let told = |word: &String| {
            ["about", "asks", "harmless", "things"].iter().any(|list| self.detector.lists(list, word))
                || choices && self.detector.has("choices", word)
        };
        self.detector.is_any(self.names.get(id), told)
    }

    /// Whether a number is that of a row, a moment or an amount, by its name.
    fn is_measure(&self, id: ColumnId) -> bool {
        let name = self.names.get(id);
        is_called(self.detector, name) || is_measured(self.detector, name)
    }

    /// Whether a word of the name is one for a person.
    fn says_person(&self, id: ColumnId) -> bool {
        let name = self.detector.spelled(self.names.get(id));
        name.iter().any(|word| self.is_person(word))
    }

    /// Whether it is an amount, with decimals, in a table of what people are paid, or one that points at such a table.
    fn is_paid(&self, id: ColumnId) -> bool {
        let scalar = self.schema.column(id).and_then(|column| column.data_type.scalar());
        let decimal =
            matches!(scalar, Some(Scalar::Numeric(Some((_, 1..))) | Scalar::Float4 | Scalar::Float8));
        // Money is counted in cents, too.
        let counted = matches!(scalar, Some(Scalar::Int4 | Scalar::Int8)) && self.says_amount(id);
        let to = || self.schema.foreign_keys.from_table(id.table).map(|(_, key)| key.to);
        (decimal || counted)
            && (self.is_payroll(id.table) || self.is_owed(id.table) || to().any(|to| self.is_payroll(to)))
    }

    /// Whether the name of a table, or of its schema, is one for what people are paid.
    fn is_payroll(&self, table: usize) -> bool {
        self.schema.table(table).is_some_and(|table| {
            let name = [words(&table.name.schema), words(&table.name.name)].concat();
            self.detector.spelled(&name).iter().any(|word| self.detector.lists("payrolls", word))
        })
    }

    /// Whether a table has what is owed to people who work: it says so, or has it gross and net.
    fn is_owed(&self, table: usize) -> bool {
        let is = |table: usize, list: &str| {
            called(self.detector, self.schema, table).iter().any(|word| self.detector.lists(list, word))
        };
        let has =
            |list: &str| self.names.table(table).iter().flatten().any(|word| self.detector.has(list, word));
        let whose = self.identity(table).map(|column| self.schema.root(ColumnId { table, column }).table);
        (is(table, "settlements") || has("gross") && has("nets"))
            && whose.is_some_and(|whose| is(whose, "workers"))
    }

    /// Whether an amount is called gross or net: of those a table is of it is what they get.
    fn says_net(&self, id: ColumnId) -> bool {
        self.names
            .get(id)
            .iter()
            .any(|word| self.detector.has("gross", word) || self.detector.has("nets", word))
    }

    fn says_amount(&self, id: ColumnId) -> bool {
        self.names.get(id).iter().any(|word| self.detector.has("coins", word))
    }

    /// Whether a unique key keeps its values apart, in all or for one client each: the number of a thing
    /// that happened.
    pub(super) fn is_unique(&self, id: ColumnId) -> bool {
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
        let key =
            column.is_some_and(|column| column.sequence.is_some()) || self.is_key(id) || self.is_unique(id);
        open && !key && about.is_near(1) && !about.thing && !about.listing && self.describes(id)
    }

    /// Whether a column is no key, no moment, and nothing that an application notes of its rows.
    fn describes(&self, id: ColumnId) -> bool {
        let name = self.names.get(id);
        let noted = |word: &String| self.detector.lists("actors", word) || self.detector.has("moments", word);
        !is_called(self.detector, name)
            && self.schema.referenced(id).is_none()
            && !self.tells_of_thing(id)
            && !name.iter().any(noted)
            && !self.is_everywhere(id)
    }

    /// Whether a word of the name is one for things that have addresses: `dept_name`.
    fn is_of_thing(&self, id: ColumnId) -> bool {
        let name = self.detector.spelled(self.names.get(id));
        name.iter().any(|word| is_among(self.detector, "things", word))
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
        Choice::of(self.ruled(id, &["\"letters\"".to_owned()], false, false), why)
    }
}

/// What becomes of words for what people are.
fn of_trait(what: Trait) -> Choice {
    let rules = ["\"shuffle\"", "\"choose\""].map(str::to_owned);
    Choice::of(rules, format!("the words are {}", what.word()))
}

/// Whether the last word is one for the name of a thing.
fn is_title(detector: &Detector, name: &[String]) -> bool {
    name.last().is_some_and(|last| detector.has("titles", last))
}
