//! What is still kept when all else has been asked: documents about people in which nothing was
//! recognised, values that vary under a name that says whose they are, names strewn among other
//! signs, numbers written in groups, plates of vehicles, and what opens something.
//!
//! On databases that others labelled each of these was right in seven of ten columns or more.

use super::Looked;
use super::choice::Choice;
use super::desk::Desk;
use super::person::{About, is_among, is_password};
use super::proposal::{Line, Proposal};
use super::sight::Sight;
use super::surrogate::is_called;
use crate::rules::{Kind, default_rule, family, words};
use crate::schema::{Column, ColumnId, Table};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Fewer values of a column say nothing here.
const ENOUGH: u64 = 30;

/// Fewer different documents are settings that many share.
const CHOICES: usize = 12;

/// Fewer names to sign in by are a program's.
const FEW: u64 = 3;

/// Fewer different values are words to choose from.
const SOME: u64 = 5;

/// What is said of values that a name alone speaks for.
pub(super) const NO_CODES: &str = "its values are no codes";

/// Gives what is kept, and may be somebody's nevertheless, a mask.
pub(super) fn find(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    let lines = proposal.tables.iter().flat_map(|section| &section.lines);
    let kept: Vec<&Line> = lines.filter(|line| !line.is_masked() && line.choice.doubt.is_none()).collect();
    let unseen = Sight::default();
    let found: Vec<_> = kept
        .par_iter()
        .filter_map(|line| {
            let sight = sights.get(&line.id.table)?.sights.get(&line.id.column).unwrap_or(&unseen);
            Some((line.id, desk.left(line.id, sight)?))
        })
        .collect();
    proposal.take(found);
}

impl Desk<'_> {
    /// What becomes of a column that nothing else decided on, where it is masked.
    fn left(&self, id: ColumnId, sight: &Sight) -> Option<Choice> {
        let (table, column) = (self.schema.table(id.table)?, self.schema.column(id)?);
        let about = self.about.get(id.table).copied().unwrap_or_default();
        let family = family(&column.data_type)?;
        let is_key = self.is_key(id);
        let session = self.session(id, sight).filter(|_| family == "text");
        let choice = match family {
            _ if session.is_some() => session,
            _ if is_key || self.schema.referenced(id).is_some() => None,
            "bytes" => self.of_locked_bytes(id),
            "json" | "hstore" => self.of_unknown_documents(id, about, column, sight),
            "text" => self
                .called(id, table, column, about, sight)
                .or_else(|| self.opening(id, sight))
                .or_else(|| self.written_as_names(id, about, sight))
                .or_else(|| self.signing_in(id, sight))
                .or_else(|| self.plated(id, about, sight))
                .or_else(|| self.strewn(id, about, sight)),
            _ => None,
        };
        let in_doubt = || self.strict && self.may_describe(id, about, sight);
        let why = "nothing says that it is nobody's, in a table about people";
        let choice = choice.or_else(|| in_doubt().then(|| Choice::of(["\"shuffle\"".to_owned()], why)));
        choice.map(|choice| self.finished(column, choice))
    }

    /// Documents about a person, in which nothing was recognised.
    fn of_unknown_documents(
        &self,
        id: ColumnId,
        about: About,
        column: &Column,
        sight: &Sight,
    ) -> Option<Choice> {
        let theirs = about.is_near(1) && !about.thing && !about.listing && !about.public;
        let harmless = self.is_harmless(id) || self.is_everywhere(id) || self.tells_of_thing(id);
        let rule =
            default_rule(&column.data_type).filter(|_| theirs && !harmless && sight.different > CHOICES)?;
        let why = format!("{} different documents about a person, of unknown kind", sight.different);
        Some(Choice::of([rule], why))
    }

    /// What its name says, where its values vary as those of a code or a status do not.
    fn called(
        &self,
        id: ColumnId,
        table: &Table,
        column: &Column,
        about: About,
        sight: &Sight,
    ) -> Option<Choice> {
        let evidence = &sight.evidence;
        let writing = &evidence.writing;
        let varied = evidence.values >= ENOUGH && evidence.distinct >= SOME && writing.random < 30;
        let written = writing.spaced >= 10 && writing.codes < 30 && !self.is_technical(id);
        let kind: &Kind =
            self.kind(id, table, column, about, "text", Some(evidence)).filter(|_| varied || written)?;
        let mut choice = self.masked_by(id, kind);
        choice.why.push(NO_CODES.to_owned());
        Some(choice)
    }

    /// What opens something: drawn at random under a word for it.
    fn opening(&self, id: ColumnId, sight: &Sight) -> Option<Choice> {
        let evidence = &sight.evidence;
        let opens = |word: &String| self.detector.has("locks", word);
        let drawn = evidence.writing.random >= 50 && evidence.is_varied();
        (drawn && self.names.get(id).iter().any(opens)).then(|| {
            let said =
                format!("drawn at random under a name of what opens something, {} values", evidence.values);
            self.masked(id, "\"token\"", false, false, said)
        })
    }

    /// What a session is known by is as good as a password, a key of its table or not.
    fn session(&self, id: ColumnId, sight: &Sight) -> Option<Choice> {
        let drawn = sight.evidence.writing.random >= 90 && !self.schema.is_pointed_at(id);
        (drawn && self.keeps_sessions(id.table)).then(|| {
            self.masked(id, "\"token\"", false, false, "drawn at random, the key of a table of sessions")
        })
    }

    /// Bytes that open something, or that a session keeps.
    fn of_locked_bytes(&self, id: ColumnId) -> Option<Choice> {
        let opens = self.names.get(id).iter().any(|word| self.detector.has("locks", word));
        (opens || self.keeps_sessions(id.table))
            .then(|| Choice::of(["\"bytes\"".to_owned()], "bytes of what opens something, by the name"))
    }

    fn keeps_sessions(&self, table: usize) -> bool {
        self.schema.table(table).is_some_and(|table| {
            words(&table.name.name).iter().any(|word| is_among(self.detector, "sessions", word))
        })
    }

    /// Plates, about a person or where something says that they are of vehicles.
    fn plated(&self, id: ColumnId, about: About, sight: &Sight) -> Option<Choice> {
        let writing = &sight.evidence.writing;
        let table = self.schema.table(id.table)?;
        let own = [words(&table.name.schema), words(&table.name.name)].concat();
        let driven = |word: &String| is_among(self.detector, "driven", word);
        let told = || own.iter().chain(self.names.table(id.table).iter().flatten()).any(driven);
        (writing.plates >= 90 && writing.looked >= 10 && !self.is_unique(id) && (about.is_near(2) || told()))
            .then(|| {
                let why = format!(
                    "{} % of {} different values are as number plates",
                    writing.plates, writing.looked
                );
                Choice::of(["\"letters\"".to_owned()], why)
            })
    }

    /// Names of people under a word for them, wherever they stand.
    fn written_as_names(&self, id: ColumnId, about: About, sight: &Sight) -> Option<Choice> {
        let writing = &sight.evidence.writing;
        let kind = self.detector.named(self.names.get(id), "text")?;
        let names = matches!(kind.mask.as_str(), "full_name" | "first_name" | "last_name" | "username");
        let written =
            writing.looked >= 10 && writing.shaped >= 85 && writing.named >= 15 && writing.streets < 30;
        (names && written && !about.thing && !about.listing && !about.public).then(|| {
            let why = "called and written as names of people are".to_owned();
            self.masked(id, "\"full_name\"", true, false, why)
        })
    }

    /// A name to sign in by, wherever a password stands beside it, or one that is called so and no more.
    fn signing_in(&self, id: ColumnId, sight: &Sight) -> Option<Choice> {
        let name = self.names.get(id);
        let kind = self.detector.named(name, "text").filter(|_| sight.evidence.values > 0)?;
        let beside = || {
            let mut kinds = self.kinds_of(id.table).iter().flatten();
            let mut names = self.names.table(id.table).iter();
            kinds.any(|kind| kind.name == "secret") || names.any(|name| is_password(self.detector, name))
        };
        // Who did it, in a log: few, and written as handles are.
        let evidence = &sight.evidence;
        let alone = || {
            self.detector.calls(kind, name)
                && evidence.distinct >= FEW
                && evidence.values >= ENOUGH
                && evidence.writing.lettered >= 90
                && evidence.writing.spaced < 20
                && evidence.writing.random < 50
        };
        let why = if beside() {
            "a name to sign in by, beside a password"
        } else if alone() {
            "a name to sign in by, by its whole name"
        } else {
            return None;
        };
        (kind.mask == "username" && !is_called(self.detector, name))
            .then(|| self.masked(id, "\"username\"", false, false, why))
    }

    /// Names of people among other signs, and what is written in groups that differ from row to row.
    fn strewn(&self, id: ColumnId, about: About, sight: &Sight) -> Option<Choice> {
        // Streets are called after people, whosever they are.
        if self.detector.named(self.names.get(id), "text").is_some_and(|kind| kind.place) {
            return None;
        }
        let evidence = &sight.evidence;
        let writing = &evidence.writing;
        let many = evidence.distinct >= ENOUGH && evidence.values >= ENOUGH;
        // One or two of a few are names by chance.
        let met = writing.named * writing.looked / 100;
        let enough = met >= FEW || about.root || about.health;
        let here_and_there =
            writing.named >= 10 && enough && !writing.are_programs() && evidence.values >= ENOUGH;
        let near = about.is_near(2) && evidence.distinct >= SOME && writing.shaped < 5;
        let anywhere =
            many && !self.is_unique(id) && writing.prose < 5 && writing.streets < 5 && writing.shaped < 30;
        let grouped = many
            && !about.thing
            && writing.spaced >= 10
            && writing.small < 30
            && writing.capital < 5
            && writing.nested < 30;
        let said = if here_and_there && (near || anywhere) {
            format!(
                "{} % of {} different values have a name of the dictionary in them",
                writing.named, writing.looked
            )
        } else if grouped {
            "written in groups that differ from row to row".to_owned()
        } else {
            return None;
        };
        Some(Choice::of(["\"letters\"".to_owned()], said))
    }
}
