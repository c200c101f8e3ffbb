//! What databases taught that people labelled, column by column: how likely a column is somebody's by its
//! name, by what stands beside it and by how its values are written, all at once, where no rule tells.
//!
//! `odds.txt` counts how often the words of names were those of personal columns; `forest.txt` has the boosted
//! trees (Friedman, Greedy Function Approximation, 2001) that weigh them with what was seen. Both are written by
//! `cargo test -- --ignored learn`, from the databases of `tests/fixtures/labelled` alone, and hold no value.

mod forest;
mod observed;
mod odds;

pub use forest::Forest;
pub use observed::{Observed, numbers};
pub use odds::Odds;

use super::Looked;
use super::choice::Choice;
use super::contradict::contradicts;
use super::desk::Desk;
use super::evidence::Likeness;
use super::proposal::{Line, Proposal, Section};
use super::remainder::NO_CODES;
use super::rest::BLURRED;
use super::sight::Sight;
use crate::rules::{default_rule, family};
use crate::schema::ColumnId;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// More of a hundred such columns were somebody's: masked.
const LIKELY: f64 = 55.0;

/// The same with `--strict`.
const DOUBTED: f64 = 20.0;

/// Fewer of a hundred were, so next to none: kept, where nothing but a name spoke for a mask.
const UNLIKELY: f64 = 0.5;

/// Fewer values of a column say nothing of how they are written.
const ENOUGH: u64 = 30;

static ODDS: LazyLock<Odds> = LazyLock::new(|| Odds::parse(include_str!("odds.txt")));
static FOREST: LazyLock<Forest> = LazyLock::new(|| Forest::parse(include_str!("forest.txt")));

/// Masks of what is known by its form, of what gives access, and of days: no likelihood speaks against them.
const CERTAIN: [&str; 14] = [
    "email",
    "phone",
    "iban",
    "card",
    "national_id",
    "ip",
    "mac",
    "token",
    "uuid",
    "bytes",
    "json",
    "each",
    "username",
    "date_shift",
];

/// Tells of each column how likely it is somebody's; gives what is kept, and most likely somebody's, a mask, and
/// keeps what is masked, and most likely nobody's.
pub(super) fn find(
    desk: &Desk<'_>,
    sights: &BTreeMap<usize, Looked>,
    comments: &BTreeMap<(u32, String), String>,
    proposal: &mut Proposal,
    observe: bool,
) {
    let unseen = Sight::default();
    let sight_of = |line: &Line| {
        let looked = sights.get(&line.id.table);
        looked.and_then(|looked| looked.sights.get(&line.id.column)).unwrap_or(&unseen)
    };
    let comment_of = |line: &Line| {
        let key = (desk.schema.table(line.id.table)?.oid, line.column.clone());
        comments.get(&key).map(String::as_str)
    };
    let section = |section: &mut Section| {
        let lines = &mut section.lines;
        let rows = lines.iter().map(|line| sight_of(line).values).max().unwrap_or(0);
        let observed: Vec<Observed> =
            lines.iter().map(|line| desk.observed(line, comment_of(line), sight_of(line), rows)).collect();
        for (line, numbers) in lines.iter_mut().zip(numbers(&observed, &ODDS)) {
            line.likelihood = FOREST.share(&numbers);
            if let Some(choice) = desk.weighed(line, sight_of(line)) {
                line.choice = choice;
            }
        }
        if observe { observed } else { Vec::new() }
    };
    let observed = proposal.tables.par_iter_mut().map(section).collect();
    proposal.observed = if observe { observed } else { Vec::new() };
}

impl Desk<'_> {
    /// What becomes of a column that is so likely somebody's; `None` leaves it as it is.
    fn weighed(&self, line: &Line, sight: &Sight) -> Option<Choice> {
        let (id, share) = (line.id, line.likelihood * 100.0);
        if line.choice.doubt.is_some() || self.preset.contains_key(&id) {
            return None;
        }
        let of = |what: &str| format!("{share:.0} of 100 such columns of labelled databases are {what}");
        if !line.is_masked() {
            let least = if self.strict { DOUBTED } else { LIKELY };
            let likely = share >= least && !self.is_known_better(id, sight);
            let choice = likely.then(|| self.masked_as_such(id, sight, of("personal")))?;
            return Some(choice);
        }
        let mask = line.rule().split('"').nth(1).unwrap_or_default();
        let named = line.choice.why.iter().all(|why| why.starts_with("name: ") || why == NO_CODES);
        let open =
            named && !self.strict && share < UNLIKELY && sight.values >= ENOUGH && !CERTAIN.contains(&mask);
        open.then(|| Choice { why: vec![of("personal")], ..Choice::keep() })
    }

    /// Whether rules know better: a key, what every table has, words that say that it is nobody's, values that are
    /// not what the name says, where things are, numbers as hashes are, which may be of anything; of a column without a value nothing
    /// was learned.
    fn is_known_better(&self, id: ColumnId, sight: &Sight) -> bool {
        let empty = || {
            let column = self.schema.column(id);
            sight.values == 0 && column.is_some_and(|column| Sight::is_of(&column.data_type))
        };
        let hashed = || sight.evidence.likeness.as_ref().is_some_and(Likeness::is_digest);
        let kind = self.kinds_of(id.table).get(id.column).copied().flatten();
        let about = self.about.get(id.table).copied().unwrap_or_default();
        let belied =
            || kind.is_some_and(|kind| contradicts(kind, &sight.evidence) || kind.place && about.thing);
        self.is_key(id) || self.is_everywhere(id) || self.is_harmless(id) || belied() || hashed() || empty()
    }

    /// A mask for what has no kind.
    fn masked_as_such(&self, id: ColumnId, sight: &Sight, why: String) -> Choice {
        let Some(column) = self.schema.column(id) else { return Choice::keep() };
        let evidence = &sight.evidence;
        let by_type = default_rule(&column.data_type);
        let mut choice = match family(&column.data_type) {
            Some("text") if column.data_type.element().is_none() => {
                let kind = self.kinds_of(id.table).get(id.column).copied().flatten();
                match kind {
                    Some(kind) => self.masked_by(id, kind),
                    None if evidence.writing.prose >= 50 && !evidence.is_list() => {
                        self.masked(id, "\"scrub\"", false, false, "")
                    }
                    None if evidence.is_list() => Choice::of(["\"shuffle\"".to_owned()], ""),
                    None => Choice::of(["\"letters\"".to_owned()], ""),
                }
            }
            Some("date") if column.data_type.element().is_none() => self.of_somebody_s_day(id, ""),
            Some("number") if sight.own => Choice::of(["\"digits\"".to_owned()], ""),
            Some("number" | "real") => Choice::of([BLURRED.to_owned()], ""),
            Some("bool" | "enum") => Choice::of(["\"shuffle\"".to_owned()], ""),
            _ => Choice::default(),
        };
        choice.rules.extend(by_type);
        choice.rules.push("\"shuffle\"".to_owned());
        choice.why = vec![why];
        self.finished(column, choice)
    }
}
