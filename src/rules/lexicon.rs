//! The words that are known, each once: a word is a number, and what is known of it stands at that place.
//!
//! All texts lie in one, and are found by a table of numbers with open addressing: ten thousand words take
//! some hundred kilobytes, and none is allocated by itself.

/// A word's number.
pub(super) type Symbol = u32;

/// The number of no word.
pub(super) const UNKNOWN: Symbol = Symbol::MAX;

/// Of a word: names of columns are made of it.
pub(super) const KNOWN: u64 = 1 << 63;

/// Of a word: it is short for something.
pub(super) const SHORT: u64 = 1 << 62;

/// Of a word: it is short for something as part of a longer word.
pub(super) const GLUED: u64 = 1 << 61;

/// Of a word: a kind's name has it.
pub(super) const NAMED: u64 = 1 << 60;

/// Of a word: a list has it.
pub(super) const LISTED: u64 = NAMED - 1;

/// Words by numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    text: String,
    words: Vec<Word>,
    /// The words' numbers where their hashes say, or after; at least half are of no word.
    slots: Vec<Symbol>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    /// Where it ends in the text; it begins where the one before it ends.
    end: u32,
    /// What stands for it, where something does.
    stands: Symbol,
    marks: u64,
}

impl Lexicon {
    /// The number of a word.
    pub(super) fn of(&self, word: &str) -> Symbol {
        self.slot(word).1
    }

    /// The number of a word, which it gets now where it has none.
    pub(super) fn add(&mut self, word: &str) -> Symbol {
        if self.words.len() * 2 >= self.slots.len() {
            self.spread();
        }
        let (slot, known) = self.slot(word);
        if known != UNKNOWN {
            return known;
        }
        let symbol = number(self.words.len());
        self.text.push_str(word);
        self.words.push(Word { end: number(self.text.len()), stands: UNKNOWN, marks: 0 });
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = symbol;
        }
        symbol
    }

    /// The word of a number.
    pub(super) fn text(&self, symbol: Symbol) -> &str {
        let end = |at: usize| self.words.get(at).map(|word| word.end as usize);
        let at = symbol as usize;
        let from = at.checked_sub(1).and_then(end).unwrap_or_default();
        end(at).and_then(|to| self.text.get(from..to)).unwrap_or_default()
    }

    pub(super) fn marks(&self, symbol: Symbol) -> u64 {
        self.words.get(symbol as usize).map_or(0, |word| word.marks)
    }

    /// Whether the word has one of the marks.
    pub(super) fn is(&self, word: &str, marks: u64) -> bool {
        self.marks(self.of(word)) & marks != 0
    }

    pub(super) fn mark(&mut self, symbol: Symbol, marks: u64) {
        if let Some(word) = self.words.get_mut(symbol as usize) {
            word.marks |= marks;
        }
    }

    /// The word that stands for this one: itself, where no other does.
    pub(super) fn stands_for(&self, symbol: Symbol) -> Symbol {
        let other = self.words.get(symbol as usize).map_or(UNKNOWN, |word| word.stands);
        if other == UNKNOWN { symbol } else { other }
    }

    /// Lets a word stand for another, unless one does already.
    pub(super) fn let_stand(&mut self, word: Symbol, other: Symbol) {
        if let Some(other) = self.words.get_mut(other as usize).filter(|other| other.stands == UNKNOWN) {
            other.stands = word;
        }
    }

    /// All numbers, with whether another word may stand for it, and its marks.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Symbol, bool, u64)> {
        (0..).zip(&self.words).map(|(symbol, word)| (symbol, word.stands != UNKNOWN, word.marks))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.words.shrink_to_fit();
    }

    /// Where a word is among the slots, or would be, and its number.
    fn slot(&self, word: &str) -> (usize, Symbol) {
        let last = self.slots.len().wrapping_sub(1);
        let mut at = hash(word) & last;
        loop {
            match self.slots.get(at) {
                Some(&known) if known != UNKNOWN && self.text(known) != word => at = (at + 1) & last,
                Some(&known) => return (at, known),
                None => return (at, UNKNOWN),
            }
        }
    }

    /// Doubles the slots.
    fn spread(&mut self) {
        self.slots = vec![UNKNOWN; (self.slots.len() * 2).max(64)];
        for symbol in (0..).take(self.words.len()) {
            let (slot, _) = self.slot(self.text(symbol));
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = symbol;
            }
        }
    }
}

/// A place as it is kept: no file of words has four thousand million of them.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(UNKNOWN)
}

/// The hash by Fowler, Noll and Vo, of 32 bits (FNV-1a, RFC 9923): the words are short.
fn hash(word: &str) -> usize {
    word.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
        as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number_however_many_come_after() {
        let mut lexicon = Lexicon::default();
        assert_eq!(lexicon.of("word"), UNKNOWN);
        let words: Vec<_> = (0..5000).map(|n| format!("word{n}")).collect();
        let symbols: Vec<_> = words.iter().map(|word| lexicon.add(word)).collect();
        for (word, symbol) in words.iter().zip(&symbols) {
            assert_eq!(
                (lexicon.of(word), lexicon.add(word), lexicon.text(*symbol)),
                (*symbol, *symbol, word.as_str())
            );
        }
        assert_eq!((lexicon.len(), lexicon.of("word5000"), lexicon.text(UNKNOWN)), (5000, UNKNOWN, ""));
    }

    #[test]
    fn what_stood_first_for_a_word_stands_for_it() {
        let mut lexicon = Lexicon::default();
        let [city, ville, street] = ["city", "ville", "street"].map(|word| lexicon.add(word));
        assert_eq!(lexicon.stands_for(ville), ville);
        lexicon.let_stand(street, ville);
        lexicon.let_stand(city, ville);
        assert_eq!((lexicon.stands_for(ville), lexicon.stands_for(UNKNOWN)), (street, UNKNOWN));
    }

    #[test]
    fn marks_are_added_and_a_word_that_is_not_known_has_none() {
        let mut lexicon = Lexicon::default();
        let city = lexicon.add("city");
        lexicon.mark(city, KNOWN);
        lexicon.mark(city, 1);
        assert!(lexicon.is("city", 1) && lexicon.is("city", KNOWN | 2) && !lexicon.is("city", 2));
        assert!(!lexicon.is("ville", u64::MAX));
    }
}
