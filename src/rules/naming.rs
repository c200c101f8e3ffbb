//! What kinds are called: their names, in numbers of words, found by their first words.

use super::lexicon::{Lexicon, Symbol, number};

/// The names of all kinds.
#[derive(Clone, Debug, Default)]
pub(super) struct Naming {
    /// The words of all names, one after the other.
    words: Vec<Symbol>,
    /// The names as they are written, kind after kind.
    written: Vec<Name>,
    /// What the names are known by, in words that stand for others, sorted by the first.
    senses: Vec<Name>,
    /// For each word, where the senses that begin with it end; they begin where those of the word before end.
    ends: Vec<u32>,
}

/// One of a kind's names.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    kind: u32,
    start: u32,
    length: u32,
}

impl Naming {
    /// Adds a name as it is written; those of a kind come one after the other, kind after kind.
    pub(super) fn add(&mut self, kind: usize, name: impl IntoIterator<Item = Symbol>) {
        let start = self.words.len();
        self.words.extend(name);
        if self.words.len() > start {
            self.written.push(self.last(number(kind), start));
        }
    }

    /// The name that the words from this place on are.
    fn last(&self, kind: u32, start: usize) -> Name {
        Name { kind, start: number(start), length: number(self.words.len() - start) }
    }

    fn words(&self, name: Name) -> &[Symbol] {
        let start = name.start as usize;
        self.words.get(start..start + name.length as usize).unwrap_or_default()
    }

    /// The names of one kind as they are written.
    pub(super) fn of(&self, kind: usize) -> impl Iterator<Item = &[Symbol]> {
        let kind = number(kind);
        let from = self.written.partition_point(|name| name.kind < kind);
        let names = self.written.get(from..).unwrap_or_default();
        names.iter().take_while(move |name| name.kind == kind).map(|name| self.words(*name))
    }

    /// What kinds are known by that begins with a word, with the kinds' places.
    pub(super) fn begun(&self, first: Symbol) -> impl Iterator<Item = (usize, &[Symbol])> {
        let end = |at: usize| self.ends.get(at).map(|end| *end as usize);
        let at = first as usize;
        let from = at.checked_sub(1).and_then(end).unwrap_or_default();
        let names = end(at).and_then(|to| self.senses.get(from..to)).unwrap_or_default();
        names.iter().map(|name| (name.kind as usize, self.words(*name)))
    }

    /// Makes the names findable: as they are, without the little words that link, and of two words the
    /// other way round.
    pub(super) fn index(&mut self, lexicon: &Lexicon, links: u64) {
        let mut senses = Vec::with_capacity(self.written.len() * 2);
        let mut sense = Vec::new();
        for at in 0..self.written.len() {
            let Some(name) = self.written.get(at).copied() else { continue };
            sense.clear();
            sense.extend(self.words(name).iter().map(|word| lexicon.stands_for(*word)));
            senses.push(if self.words(name) == sense { name } else { self.keep(name.kind, &sense) });
            let mut bare = unlinked(self.words(name), |word| lexicon.marks(*word) & links != 0);
            for word in &mut bare {
                *word = lexicon.stands_for(*word);
            }
            if bare.len() > 1 && bare.len() < sense.len() {
                senses.push(self.keep(name.kind, &bare));
            }
            if let [one, other] = bare.as_slice() {
                senses.push(self.keep(name.kind, &[*other, *one]));
            }
        }
        self.sort(senses, lexicon.len());
        for list in [&mut self.written, &mut self.senses] {
            list.shrink_to_fit();
        }
        self.words.shrink_to_fit();
    }

    fn keep(&mut self, kind: u32, words: &[Symbol]) -> Name {
        let start = self.words.len();
        self.words.extend(words);
        self.last(kind, start)
    }

    /// Puts the senses in the order of their first words, of each kind only one of those that are the same.
    fn sort(&mut self, mut senses: Vec<Name>, symbols: usize) {
        let first = |name: &Name| self.words.get(name.start as usize).map_or(0, |word| *word as usize);
        senses.sort_by_key(first);
        let mut kept: Vec<Name> = Vec::with_capacity(senses.len());
        let mut ends = Vec::with_capacity(symbols);
        for name in senses {
            ends.resize(ends.len().max(first(&name)), number(kept.len()));
            let begin = ends.last().map_or(0, |end| *end as usize);
            let same = kept.get(begin..).unwrap_or_default();
            // Those of one kind stand at the end, one after the other.
            let mut same = same.iter().rev().take_while(|other| other.kind == name.kind);
            if !same.any(|other| self.words(*other) == self.words(name)) {
                kept.push(name);
            }
        }
        ends.resize(symbols, number(kept.len()));
        (self.senses, self.ends) = (kept, ends);
    }
}

/// A name without the little words inside.
pub(super) fn unlinked<T: Copy>(name: &[T], links: impl Fn(&T) -> bool) -> Vec<T> {
    let last = name.len().saturating_sub(1);
    let inner = |at: usize, word: &T| at != 0 && at != last && links(word);
    name.iter().enumerate().filter(|(at, word)| !inner(*at, word)).map(|(_, word)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_it_is_without_links_and_the_other_way_round() {
        let (mut lexicon, mut naming) = (Lexicon::default(), Naming::default());
        let [date, birth, of, geburt] = ["date", "birth", "of", "geburt"].map(|word| lexicon.add(word));
        lexicon.mark(of, 1);
        lexicon.let_stand(birth, geburt);
        naming.add(0, [geburt]);
        naming.add(1, [date, of, birth]);
        naming.add(1, []);
        naming.add(1, [date, birth]);
        naming.add(2, [date, geburt]);
        naming.index(&lexicon, 1);
        let begun = |word| naming.begun(word).map(|(kind, name)| (kind, name.to_vec())).collect::<Vec<_>>();
        let pair = vec![date, birth];
        assert_eq!(begun(date), [(1, vec![date, of, birth]), (1, pair.clone()), (2, pair)]);
        let pair = vec![birth, date];
        assert_eq!(begun(birth), [(0, vec![birth]), (1, pair.clone()), (2, pair)]);
        assert!(begun(of).is_empty() && begun(geburt).is_empty() && begun(Symbol::MAX).is_empty());
        let written: Vec<_> = naming.of(1).collect();
        assert_eq!(written, [[date, of, birth].as_slice(), &[date, birth]]);
        assert_eq!((naming.of(2).count(), naming.of(3).count()), (1, 0));
    }
}
