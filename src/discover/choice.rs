//! What becomes of one column: the rules to try, the best first, and why.

use super::contradict::{contradicts, is_too_short};
use super::desk::Desk;
use super::document;
use super::evidence::{Evidence, Likeness};
use super::person::{About, called, is_among, is_password};
use super::ruled::with;
use super::sight::Sight;
use super::surrogate::is_surrogate;
use super::unglued::unglued;
use crate::rules::{Beside, Kind, default_rule, family, words, written_text};
use crate::schema::{Column, ColumnId, Form, Scalar, Table};

/// The kind of what stands beside a street: a floor, a staircase.
const PART: &str = "part of an address";

/// The kind of somebody's height and weight. Pictures have a height, too.
const BODY: &str = "measure of a body";

/// A column's line: rules to try, why, and what a person should decide.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// The best first; none left means `"keep"`.
    pub(super) rules: Vec<String>,
    pub(super) why: Vec<String>,
    pub(super) doubt: Option<String>,
}

impl Choice {
    pub(super) fn keep() -> Self {
        Self::default()
    }

    /// Rules, the best first, and why.
    pub(super) fn of(rules: impl Into<Vec<String>>, why: impl Into<String>) -> Self {
        Self { rules: rules.into(), why: vec![why.into()], doubt: None }
    }

    /// Takes the rule of a preset, unless it says the same with more.
    fn prefer(&mut self, rule: &str) {
        let mask = |rule: &str| rule.split('"').nth(1).map(str::to_owned);
        if self.rules.first().is_none_or(|first| mask(first) != mask(rule)) {
            self.rules.insert(0, rule.to_owned());
        }
        self.why.insert(0, "preset".to_owned());
        self.doubt = None;
    }

    pub(super) fn doubt(why: impl Into<String>) -> Self {
        Self { doubt: Some(why.into()), ..Self::default() }
    }
}

impl Desk<'_> {
    /// Decides on a column by its name, its comment and what was seen of its values.
    pub(super) fn choose(&self, id: ColumnId, comment: Option<&str>, sight: &Sight) -> Choice {
        let (Some(table), Some(column)) = (self.schema.table(id.table), self.schema.column(id)) else {
            return Choice::keep();
        };
        let about = self.about.get(id.table).copied().unwrap_or_default();
        let mut choice = self.judge(id, table, column, about, comment, sight);
        if let Some(rule) = self.preset.get(&id) {
            choice.prefer(rule);
        }
        self.finished(column, choice)
    }

    /// The mask of that rule, or letters where it does not fit. `by` and `place` say whether it is decided by
    /// the row's person, and whether it is part of their address.
    pub(super) fn masked(
        &self,
        id: ColumnId,
        rule: &str,
        by: bool,
        place: bool,
        why: impl Into<String>,
    ) -> Choice {
        let mut rules = self.ruled(id, &[rule.to_owned()], by, place);
        rules.push("\"letters\"".to_owned());
        Choice::of(rules, why)
    }

    /// What becomes of a copy of personal values: what becomes of them.
    pub(super) fn copy(&self, id: ColumnId, rule: &str, by: bool, why: String) -> Choice {
        let choice = self.masked(id, rule, by, false, why);
        match self.schema.column(id) {
            Some(column) => self.finished(column, choice),
            None => choice,
        }
    }

    /// Masks what is in doubt where that is asked for, elements one by one, and whatever
    /// else fails by the mask of the type.
    pub(super) fn finished(&self, column: &Column, mut choice: Choice) -> Choice {
        if self.strict && choice.doubt.is_some() && choice.rules.is_empty() {
            choice.rules.extend(default_rule(&column.data_type));
            choice.why.extend(choice.doubt.take_if(|_| !choice.rules.is_empty()));
        }
        if !choice.rules.is_empty() && family(&column.data_type) == Some("number") {
            // As long as they are: a range taken from a sample would end a refresh at the first number beyond it.
            const EACH: &str = "digits";
            let is = |rule: &String, mask: &str| rule.split('"').nth(1) == Some(mask);
            let plain = choice.rules.iter().position(|rule| is(rule, "integer"));
            // Days in digits are no days.
            let days = choice.rules.first().is_some_and(|rule| is(rule, "date_shift"));
            let first = choice.rules.iter().position(|rule| is(rule, EACH)).filter(|_| !days);
            let at = first.into_iter().chain(plain).min();
            let before = |rule: &&String| !is(rule, EACH);
            let at = at.map(|at| choice.rules.iter().take(at).filter(before).count());
            choice.rules.retain(|rule| !is(rule, EACH));
            choice.rules.insert(at.unwrap_or(choice.rules.len()), format!("\"{EACH}\""));
        }
        if choice.rules.iter().any(|rule| rule != "\"null\"") && column.data_type.element().is_some() {
            let each = |rule: &String| format!("{{ with = \"each\", element = {rule} }}");
            choice.rules = choice.rules.iter().map(each).collect();
        }
        if !choice.rules.is_empty() {
            choice.rules.extend(default_rule(&column.data_type));
        }
        choice
    }

    fn judge(
        &self,
        id: ColumnId,
        table: &Table,
        column: &Column,
        about: About,
        comment: Option<&str>,
        sight: &Sight,
    ) -> Choice {
        let Some(family) = family(&column.data_type) else { return Self::unknown(about, column, sight) };
        let is_array = column.data_type.element().is_some();
        if matches!(family, "json" | "hstore") && !is_array {
            return self.document(id, about, table, column, sight);
        }
        let evidence = &sight.evidence;
        let name = self.names.get(id);
        // Numbers are written as text, too.
        let kind = self.kind(id, table, column, about, family, None).or_else(|| {
            let numbers = family == "text" && evidence.writing.are_numbers() && !evidence.is_list();
            numbers.then(|| self.kind(id, table, column, about, "number", None)).flatten()
        });
        let kind = kind.filter(|kind| family != "number" || !is_too_short(kind, sight.digits));
        let digests = || evidence.likeness.as_ref().is_some_and(|seen| seen.is_digest() && !seen.within);
        if kind.is_none_or(|kind| kind.quiet && kind.mask != "token") && digests() && self.is_of_file(id) {
            return Choice::keep();
        }
        let wrong = kind.filter(|kind| {
            family == "text"
                && contradicts(kind, evidence)
                && !(kind.name == PART && self.is_address(id.table))
        });
        // What is of a birth, and no date: a place, a name.
        if wrong.is_some_and(|kind| kind.mask == "date_shift") {
            return Choice::of(["\"letters\"".to_owned()], "name: date of birth, and no dates");
        }
        let kind = match wrong {
            Some(_) => self.kind(id, table, column, about, family, Some(evidence)),
            None => kind,
        };
        let is_key = self.is_key(id);
        let refers = is_key || self.schema.referenced(id).is_some();
        if family == "text" && !refers && self.is_badge(id, about, evidence) {
            return self.own(id);
        }
        // A number of a row is no prose, whatever its first words say.
        let plain = |kind: &&Kind| kind.mask != "scrub";
        if !is_array && is_surrogate(self.detector, name, refers, family, kind.filter(plain), evidence) {
            return Choice::keep();
        }
        // A surrogate says nothing of a person, unless its name does.
        if (is_key || column.sequence.is_some() && kind.is_none()) && family != "text" {
            return Choice::keep();
        }
        // `name` of a thing is no person's, however its words look.
        // Who wrote a comment is not, and has a name in the file, or an e-mail address beside.
        let told = kind.is_some_and(|kind| name.len() > 1 && self.detector.calls(kind, name));
        let by_word = !told && self.has_works && name.iter().any(|word| self.detector.lists("public", word));
        if sight.kin < 50 && (about.public || by_word) {
            // An address of theirs is no part of their work.
            let reached = |kind: &&Kind| matches!(kind.mask.as_str(), "email" | "phone");
            let names = kind.is_some_and(|kind| kind.person && !reached(&kind))
                || evidence.likeness.as_ref().is_some_and(|seen| seen.mask == "full_name");
            if names {
                return Choice::doubt("names of people, who may be public by their work");
            }
        }
        if let Some(kind) = kind {
            return self.by_name(id, about, kind, evidence);
        }
        let harmless = self.is_excused(name, about, evidence);
        let seen = evidence.likeness.clone();
        let seen = seen.filter(|seen| !about.thing && !harmless || !seen.is_common());
        // What counts accounts and parts has as many digits as a telephone.
        let undialled = evidence.writing.dialled < 50;
        let doubtful = |seen: &Likeness| {
            seen.is_digest() || seen.is_guessed() && !keeps_secrets(table) || seen.may_count() && undialled
        };
        if let Some(seen) = seen.filter(|seen| !doubtful(seen) || about.is_near(2)) {
            let by = matches!(seen.mask, "full_name" | "email" | "street");
            let said = evidence.said().unwrap_or_default();
            return self.masked(id, &format!("\"{}\"", seen.mask), by, seen.mask == "street", said);
        }
        if is_key {
            if about.root && evidence.values > 0 && !evidence.is_list() {
                let why = "a key in letters of a table of people".to_owned();
                return Choice::of(["\"letters\"".to_owned()], why);
            }
            return Choice::keep();
        }
        if let Some(kind) = comment.and_then(|text| self.detector.named(&words(text), family))
            && !kind.quiet
        {
            let mut choice = self.by_name(id, about, kind, evidence);
            choice.why = vec![format!("comment: {}", kind.name)];
            return choice;
        }
        self.by_rest(id, about, family, sight, harmless)
    }

    /// Whether it is said of a file, by the name of the column or of its table.
    fn is_of_file(&self, id: ColumnId) -> bool {
        let name = self.detector.spelled(self.names.get(id));
        let table = called(self.detector, self.schema, id.table);
        name.iter().chain(&table).any(|word| self.detector.has("contents", word))
    }

    /// Whether it is what those of a table are known by outside: `employee_id` of employees whose key is another.
    fn is_badge(&self, id: ColumnId, about: About, evidence: &Evidence) -> bool {
        let home = called(self.detector, self.schema, id.table);
        // `employee` of `employees`.
        let theirs =
            |word: &String| self.is_person(word) && home.iter().any(|home| home.starts_with(word.as_str()));
        about.root
            && !about.public
            && self.numbers(id)
            && evidence.is_own()
            && evidence.writing.random < 50
            && !self.is_everywhere(id)
            && self.detector.spelled(self.names.get(id)).iter().any(theirs)
    }

    /// Whether a word of the name says that what looks like somebody's is not: `file_path`.
    /// An address of one's own is somebody's, though: `endpoint`, `image`, or `host`, where they came from; and
    /// `port` is a telephone that somebody carries, where it is dialled.
    fn is_excused(&self, name: &[String], about: About, evidence: &Evidence) -> bool {
        const PAGES: [&str; 5] = ["uri", "endpoint", "image", "path", "domain"];
        const HOSTS: [&str; 2] = ["hostname", "host"];
        let seems = |mask: &str| evidence.likeness.as_ref().is_some_and(|seen| seen.mask == mask);
        let page =
            about.is_owned() && !about.thing && evidence.writing.addresses >= 80 && evidence.is_varied();
        let dialled = about.root && evidence.is_varied() && evidence.writing.dialled >= 90 && seems("phone");
        let visited = about.is_near(3) && !about.thing && evidence.is_varied() && seems("ip");
        let excuses = |word: &String| {
            let word = word.as_str();
            let own = page && PAGES.contains(&word) || visited && HOSTS.contains(&word);
            self.detector.lists("harmless", word) && !own
        };
        !dialled && name.iter().any(excuses)
    }

    /// The kind that the name suggests, in a table of this sort; of those that the values
    /// do not speak against, where they are given.
    pub(super) fn kind(
        &self,
        id: ColumnId,
        table: &Table,
        column: &Column,
        about: About,
        family: &str,
        evidence: Option<&Evidence>,
    ) -> Option<&Kind> {
        let detector = self.detector;
        let name = self.names.get(id);
        let own = words(&table.name.name);
        let home = self.home(id.table);
        let is_thing = |word: &String| is_among(detector, "things", word);
        let fits = |kind: &Kind| evidence.is_none_or(|evidence| !contradicts(kind, evidence));
        let admits = |kind: &Kind, rest: &[String]| {
            // The telephone of a branch's manager is the manager's.
            let theirs = || {
                let is = |word: &String| detector.lists("roles", word) || detector.lists("addressees", word);
                detector.is_any(rest, is)
            };
            let thing = kind.things && (about.thing || !about.root && rest.iter().any(is_thing)) && !theirs();
            fits(kind)
                && !(kind.name == BODY && self.is_of_file(id))
                && (!about.listing || kind.mask == "token")
                && about.reaches(kind.reach)
                && !thing
                && (kind.is_by_table(home)
                    || (kind.beside != Beside::Anything || kind.is_at_home(home))
                        && self.stands(kind, id, about))
        };
        let found = detector.suited(name, family, &admits);
        if let Some(kind) = found.filter(|kind| !kind.quiet) {
            return Some(kind);
        }
        if family == "text" && is_password(detector, name) {
            return detector.kind("secret").filter(|kind| fits(kind));
        }
        let spelled = detector.spelled(name);
        // `obs_docente` is what a teacher remarks, and no teacher; `user_agent` is no agent.
        if let Some(kind) = found.filter(|kind| name.len() > 1 && detector.calls(kind, name)) {
            return Some(kind);
        }
        if family == "text"
            && !about.listing
            && !spelled.iter().any(is_thing)
            && let Some(kind) = self.by_role(&spelled).filter(|kind| fits(kind))
        {
            return Some(kind);
        }
        // `customer_name` of `customers` is its `name`, and so is `kd_name` where all begin with `kd_`.
        let found = found.or_else(|| detector.suited(&unglued(detector, table, column)?, family, &admits));
        // `numero` of `documenti_identita` is that of an identity document.
        let generic = |word: &String| detector.has("numbers", word) || detector.has("values", word);
        let found = found.or_else(|| {
            let plain = matches!(family, "text" | "number")
                && name.iter().all(generic)
                && !about.thing
                && !self.is_key(id);
            plain.then(|| detector.suited(&[own.clone(), name.to_vec()].concat(), family, &admits)).flatten()
        });
        found.or_else(|| {
            let (first, rest) = name.split_first()?;
            let begins = |column: &&Column| words(&column.name).first() == Some(first);
            let shared = table.columns.iter().filter(begins).count();
            // `odb_kod` stands with `odb_ulica` and `odb_tel`: these are of whom it is about.
            let theirs = |kind: &Kind| kind.place || kind.person || kind.mask == "phone";
            let grouped = || {
                let columns = table.columns.iter().zip(self.kinds_of(id.table));
                columns.filter(|(column, kind)| begins(column) && kind.is_some_and(theirs)).count() >= 2
            };
            let is_prefix = own.iter().any(|word| word.starts_with(first.as_str()))
                || shared >= 3 && shared * 2 >= table.columns.len()
                || shared >= 4 && grouped()
                || detector.spelled(std::slice::from_ref(first)).iter().any(|word| {
                    ["addressees", "people", "roles"].iter().any(|list| detector.lists(list, word))
                });
            if rest.is_empty() || !is_prefix {
                return None;
            }
            detector.suited(rest, family, &admits)
        })
    }

    /// Whether a table has somebody's addresses: a staircase there is theirs, however few letters it has.
    fn is_address(&self, table: usize) -> bool {
        let has = |mask: &str| {
            self.kinds_of(table).iter().flatten().any(|kind| kind.mask == mask && kind.name != PART)
        };
        self.about.get(table).is_some_and(|about| about.is_owned() && !about.thing)
            && has("street")
            && has("city")
    }

    /// Whether a kind that needs others beside it has them: a state is part of a place where
    /// a city or a street is, and a name a person's where the table is of people, or has an
    /// address or a telephone.
    fn stands(&self, kind: &Kind, id: ColumnId, about: About) -> bool {
        let other = |wanted: &dyn Fn(&Kind) -> bool| {
            let mut others = self.kinds_of(id.table).iter().enumerate();
            others.any(|(place, other)| place != id.column && other.is_some_and(wanted))
        };
        match kind.beside {
            Beside::Anything => true,
            Beside::Owner => about.is_owned(),
            Beside::Card => other(&|kind| kind.mask == "card"),
            Beside::Place => other(&|kind| kind.place && kind.beside == Beside::Anything),
            Beside::Person => {
                let told =
                    |kind: &Kind| kind.place && kind.beside == Beside::Anything || kind.mask == "phone";
                about.root || other(&told)
            }
        }
    }

    /// What a word for a person says: with a word for a name it is their name, at the end
    /// it is them.
    fn by_role(&self, name: &[String]) -> Option<&Kind> {
        let detector = self.detector;
        let is_person = |word: &String| self.is_person(word);
        let is_row = |word: &String| detector.lists("rows", word);
        let last = name.last()?;
        let is_meant = |word: &String| is_person(word) || detector.lists("addressees", word);
        let named = name.iter().any(|word| self.is_name(word))
            && name.iter().any(is_meant)
            && !detector.lists("about", last);
        if named {
            return detector.kind("full name");
        }
        // `scanned_by` is who did it.
        if name.len() > 1 && detector.lists("actors", last) && detector.has("acts", last) {
            return detector.kind("name of who did it");
        }
        (is_person(last) && !is_row(last) && !detector.lists("asks", name.first()?))
            .then(|| detector.kind("person by role"))
            .flatten()
    }

    /// Whether it is a word for a person, and for no firm.
    pub(super) fn is_person(&self, word: &str) -> bool {
        ["people", "roles"].iter().any(|list| self.detector.lists(list, word))
            && !self.detector.lists("firms", word)
    }

    /// Whether it is the word for a name.
    fn is_name(&self, word: &String) -> bool {
        let kind = self.detector.kind("name");
        kind.is_some_and(|kind| self.detector.is_called(kind, std::slice::from_ref(word)))
    }

    fn by_name(&self, id: ColumnId, about: About, kind: &Kind, evidence: &Evidence) -> Choice {
        let name = self.names.get(id);
        // What people remark is short now and then, a code never is longer.
        let harmless = self.is_harmless(id);
        let says = |word: &String| self.detector.has("remarks", word) && !(harmless && word == "text");
        let spaced = evidence.writing.spaced;
        let remark = about.is_near(2)
            && (spaced >= 20 && name.iter().any(says)
                || spaced >= 80 && !harmless && kind.name == "free text");
        let coded = !remark
            && evidence.values > 0
            && (evidence.is_list() && evidence.words <= 2 || evidence.words < 2);
        if kind.mask == "scrub" && coded && evidence.likeness.is_none() {
            return if about.is_near(1) && evidence.is_own() { self.own(id) } else { Choice::keep() };
        }
        // The same few texts, and of nobody: what an application says.
        let few = evidence.is_list() || (1..8).contains(&evidence.values) && !self.is_personal(id.table);
        if kind.mask == "scrub" && few && evidence.likeness.is_none() && !about.is_near(3) {
            return Choice::keep();
        }
        let says_name = self.detector.spelled(name).iter().any(|word| self.is_name(word));
        let status = evidence.is_status() && evidence.writing.named < 50;
        if kind.name == "person by role" && status && evidence.likeness.is_none() && !says_name {
            return Choice::keep();
        }
        let mut choice = self.masked_by(id, kind);
        // A name that fits many things says less than the values.
        if let Some(seen) = evidence.likeness.as_ref().filter(|seen| !seen.within) {
            choice.why.extend(evidence.said());
            if (kind.quiet && !kind.place || seen.is_sure()) && seen.mask != kind.mask {
                let by = matches!(seen.mask, "full_name" | "email");
                choice.rules.splice(0..0, self.ruled(id, &[format!("\"{}\"", seen.mask)], by, false));
            }
        }
        choice
    }

    /// The mask of a kind.
    pub(super) fn masked_by(&self, id: ColumnId, kind: &Kind) -> Choice {
        Choice::of(self.ruled(id, &kind.rules, kind.by, kind.place), format!("name: {}", kind.name))
    }

    /// Whether a column of the table is somebody's by its name.
    fn is_personal(&self, table: usize) -> bool {
        self.kinds_of(table).iter().flatten().any(|kind| !kind.quiet)
    }

    /// Whether a word of the name is one of things whose values look like somebody's.
    pub(super) fn is_harmless(&self, id: ColumnId) -> bool {
        self.names.get(id).iter().any(|word| self.detector.lists("harmless", word))
    }

    fn document(&self, id: ColumnId, about: About, table: &Table, column: &Column, sight: &Sight) -> Choice {
        let is_hstore = family(&column.data_type) == Some("hstore");
        if let Some(kind) =
            self.kind(id, table, column, about, if is_hstore { "hstore" } else { "json" }, None)
        {
            let rules = kind.rules.iter().filter(|rule| !(column.not_null && *rule == "\"null\""));
            return Choice::of(rules.cloned().collect::<Vec<_>>(), format!("name: {}", kind.name));
        }
        let found = reached(about, sight);
        if found.is_empty() {
            let unseen = about.is_near(1) && !about.thing && sight.documents == 0 && !self.is_everywhere(id);
            let why = "documents about a person, and none to sample".to_owned();
            return match default_rule(&column.data_type).filter(|_| unseen) {
                Some(rule) => Choice::of([rule], why),
                None => Choice::keep(),
            };
        }
        let own = self.identity(id.table);
        let own = own.and_then(|own| self.schema.table(id.table)?.columns.get(own));
        let path = |found: &document::Found, simple: bool| {
            let rule = if simple {
                "\"letters\""
            } else {
                found.rules.first().map_or("\"letters\"", String::as_str)
            };
            let rule = match own.filter(|_| found.by && !simple) {
                Some(own) => with(rule, &format!(", by = {}", written_text(&own.name))),
                None => rule.to_owned(),
            };
            let path = found.path.strip_prefix("$.").filter(|_| is_hstore).unwrap_or(&found.path);
            format!("{} = {rule}", written_text(path))
        };
        let rule = |simple: bool| {
            let paths: Vec<_> = found.iter().map(|found| path(found, simple)).collect();
            let (with, what) = if is_hstore { ("each", "members") } else { ("json", "paths") };
            format!("{{ with = \"{with}\", default = \"keep\", {what} = {{ {} }} }}", paths.join(", "))
        };
        Choice::of([rule(false), rule(true)], told(&found, sight.documents))
    }

    /// Types that hold anything.
    fn unknown(about: About, column: &Column, sight: &Sight) -> Choice {
        let anything = match &column.data_type.base().form {
            Form::Composite(_) => true,
            Form::Scalar(scalar) => matches!(scalar, Scalar::Xml | Scalar::Other),
            _ => false,
        };
        let searched = column.data_type.base().name == "tsvector";
        let found = reached(about, sight);
        if anything && !searched && (about.is_near(2) || !found.is_empty()) {
            let why = match found.as_slice() {
                [] => format!("a {} about a person", column.data_type.base().name),
                found => told(found, sight.documents),
            };
            return match default_rule(&column.data_type) {
                Some(rule) => Choice::of([rule], why),
                None => Choice::doubt(why),
            };
        }
        Choice::keep()
    }
}

/// The paths in documents that count in a table of this sort.
fn reached(about: About, sight: &Sight) -> Vec<&document::Found> {
    sight.paths.iter().filter(|found| about.reaches(found.reach)).collect()
}

/// What those are, each once.
fn told(found: &[&document::Found], documents: u64) -> String {
    let mut kinds: Vec<_> = found.iter().map(|found| found.why.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    format!("in {documents} sampled documents: {}", kinds.join(", "))
}

/// Whether a table of this name has what gives access.
fn keeps_secrets(table: &Table) -> bool {
    const WORDS: [&str; 14] = [
        "token",
        "key",
        "secret",
        "session",
        "auth",
        "credential",
        "oauth",
        "webhook",
        "invite",
        "password",
        "vault",
        "integration",
        "setting",
        "config",
    ];
    words(&table.name.name).iter().any(|word| WORDS.iter().any(|known| word.starts_with(known)))
}
