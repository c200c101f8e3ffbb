//! Sentences of about the length of the input: what `sentence` and `paragraph` write.
//!
//! Somebody does something to something, when or how; clauses are joined, sentences
//! follow each other, until the text is about as long as it was: at most a quarter
//! longer, and a quarter shorter at most where phrases are short enough for it. A
//! text too short for a sentence becomes a phrase, then a word. Full stops come back
//! where the input ended with a mark. Line breaks stay where they are kept.

use super::casing::Case;
use super::dice::{Cup, Dice};
use super::fit::Fit;
use super::words::{Phrases, Prose};
use super::{Binding, Bound, Folding, Masker, Params, locale};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};

/// Binds a masker of prose; with `lines`, each line of the input becomes one.
pub(super) fn bind(
    domain: &str,
    lines: bool,
    at: &mut Binding<'_>,
    params: &Params,
) -> Result<Bound, Diagnostic> {
    let prose = locale::of(at, params)?.prose;
    let cup = Cup::new(at.seed(domain, Folding::Exact)?);
    Ok(Bound::cell(Writer { prose, cup, lines }))
}

struct Writer {
    prose: Prose,
    cup: Cup,
    lines: bool,
}

impl Masker for Writer {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.trim().is_empty() {
            out.keep(value);
            return Ok(());
        }
        let dice = self.cup.throw(value, row)?;
        let mut page =
            Page { prose: &self.prose, dice, fit: Fit::new(out), case: Case::of(text), start: true };
        if self.lines {
            for (place, line) in text.split('\n').enumerate() {
                if place > 0 {
                    page.fit.push('\n');
                }
                page.line(line.trim_end_matches('\r'));
            }
        } else {
            page.line(text);
        }
        Ok(())
    }
}

/// A text as it is written.
struct Page<'a> {
    prose: &'a Prose,
    dice: Dice<'a>,
    fit: Fit<'a>,
    case: Case,
    /// Whether the next letter begins a sentence.
    start: bool,
}

impl Page<'_> {
    /// Writes a line about as long as `like`.
    fn line(&mut self, like: &str) {
        let length = like.trim().chars().count();
        if length == 0 {
            return;
        }
        let stopped = like.trim_end().ends_with(['.', '!', '?', '…', '。']);
        let stop = usize::from(stopped);
        let most = (length + length / 4).min(self.fit.room()).saturating_sub(stop);
        // A short column takes a text of its own length.
        let aim = length.min(self.fit.room()).saturating_sub(stop).max(1);
        let left = self.fit.room();
        self.start = true;
        if most < self.least() {
            self.fragment(aim, most);
        } else {
            let written = |page: &Self| left - page.fit.room();
            self.clause(most);
            let mut clauses = 1;
            while written(self) + aim / 10 < aim {
                let open = most - written(self).min(most);
                let again = open.saturating_sub(self.least());
                if clauses > 0 && again > 2 + self.longest_joint() && self.dice.below(3) > 0 {
                    clauses = self.go_on(clauses, most, written(self));
                } else if !self.adverbial(open) {
                    break;
                } else if again > 40 {
                    // One of them is enough where there is room for more clauses.
                    clauses = self.go_on(clauses, most, written(self));
                }
            }
        }
        if stopped {
            self.fit.push('.');
        }
    }

    /// Another clause of the same sentence, or the next sentence. Gives the clauses
    /// of the sentence so far.
    fn go_on(&mut self, clauses: usize, most: usize, written: usize) -> usize {
        let room = most.saturating_sub(written);
        let joint = (clauses < 2).then(|| self.dice.pick(self.prose.and.all())).flatten();
        match joint {
            Some((length, joint)) if length + 2 + self.least() <= room => {
                // A joint may begin with its comma.
                if !joint.starts_with(',') {
                    self.fit.push(' ');
                }
                self.write(joint);
                self.fit.push(' ');
                self.clause(room - length - 2);
                clauses + 1
            }
            _ if 2 + self.least() <= room => {
                self.fit.push_str(". ");
                self.start = true;
                self.clause(room - 2);
                1
            }
            _ => 0,
        }
    }

    /// Somebody does something to something, in at most `most` characters.
    fn clause(&mut self, most: usize) {
        let Prose { who, does, what, .. } = *self.prose;
        let mut left = most.saturating_sub(2);
        for (list, rest) in [(who, does.shortest() + what.shortest()), (does, what.shortest()), (what, 0)] {
            let Some((length, phrase)) = self.dice.pick(list.between(0, left.saturating_sub(rest))) else {
                continue;
            };
            if rest < does.shortest() + what.shortest() {
                self.fit.push(' ');
            }
            self.write(phrase);
            left = left.saturating_sub(length);
        }
    }

    /// When or how, if there is something so short.
    fn adverbial(&mut self, open: usize) -> bool {
        let found = self.dice.pick(self.prose.when.between(0, open.saturating_sub(1)));
        if let Some((_, phrase)) = found {
            self.fit.push(' ');
            self.write(phrase);
        }
        found.is_some()
    }

    /// A phrase or a word in place of a sentence.
    fn fragment(&mut self, aim: usize, most: usize) {
        let list = self.prose.what.between(aim - aim / 4, most);
        if let Some((_, phrase)) = self.dice.pick(list) {
            self.write(phrase);
            return;
        }
        let found = like(self.prose.word, aim, most, &mut self.dice);
        found.chars().take(most.max(1)).for_each(|c| self.letter(c));
    }

    fn write(&mut self, phrase: &str) {
        for (place, c) in phrase.chars().enumerate() {
            // A subject in the middle of a sentence does not begin with a capital.
            let lowered =
                place == 0 && !self.start && self.prose.who.all().iter().any(|(_, who)| *who == phrase);
            self.letter(if lowered { super::casing::lower(c) } else { c });
        }
    }

    fn letter(&mut self, c: char) {
        let c = if self.start { super::casing::upper(c) } else { c };
        self.start = false;
        self.fit.push(self.case.of_char(c));
    }

    fn least(&self) -> usize {
        self.prose.who.shortest() + self.prose.does.shortest() + self.prose.what.shortest() + 2
    }

    fn longest_joint(&self) -> usize {
        self.prose.and.all().last().map_or(0, |(length, _)| *length)
    }
}

/// A word of the same length class as `length`: between the same powers of two, and
/// never longer than `most`; where there is none, the nearest that is shorter.
pub(super) fn like(words: Phrases, length: usize, most: usize, dice: &mut Dice<'_>) -> &'static str {
    let class = length.max(1).ilog2();
    let (from, to) = (1 << class, (2 << class) - 1);
    let same = dice.pick(words.between(from, most.min(to)));
    let found = same.or_else(|| dice.pick(words.between(0, most))).or_else(|| dice.pick(words.all()));
    found.map_or("", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use crate::transform::locale::LOCALES;

    #[test]
    fn prose_is_about_as_long_as_it_was_in_every_language() {
        for locale in LOCALES.iter().filter(|locale| !locale.lacks.contains(&"prose")) {
            let rule = format!(r#"{{ with = "sentence", locale = "{}" }}"#, locale.code);
            let ready = Trial::of(&rule).bind().unwrap();
            for length in 20..300 {
                let masked = ready.text(&"y".repeat(length));
                let count = masked.chars().count();
                assert!(count * 4 >= length * 3 && count * 4 <= length * 5, "{length}: {masked}");
            }
            for length in 1..20_usize {
                let masked = ready.text(&"y".repeat(length));
                assert!((1..=length + length / 4).contains(&masked.chars().count()), "{length}: {masked}");
            }
        }
    }

    #[test]
    fn a_sentence_begins_with_a_capital_and_ends_as_it_did() {
        let ready = Trial::of(r#""sentence""#).bind().unwrap();
        for n in 0..50 {
            let masked = ready.text(&format!("Please call me back after lunch about invoice {n}."));
            assert!(masked.starts_with(char::is_uppercase) && masked.ends_with('.'), "{masked}");
            assert!(!masked.contains("  ") && !masked.contains(" .") && !masked.contains(".."), "{masked}");
        }
        assert!(!ready.text("Please call me back after lunch").ends_with('.'));
    }

    #[test]
    fn a_short_column_gets_a_short_text() {
        for room in 1..40 {
            let ready = Trial::of(r#""sentence""#).on(&format!("varchar({room})")).bind().unwrap();
            for n in 0..20 {
                let input: String =
                    format!("Call {n} me back after lunch about the invoice").chars().take(room).collect();
                let masked = ready.text(&input);
                assert!((1..=room).contains(&masked.chars().count()), "{room}: {masked}");
            }
        }
    }
}
