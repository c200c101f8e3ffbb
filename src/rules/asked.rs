//! A name that is asked about: its words in numbers, and the ways to read it.

use super::lexicon::{Lexicon, Symbol, UNKNOWN};
use super::naming::unlinked;
use super::word::singulars;

/// A word of a name that is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'n> {
    pub(super) text: &'n str,
    pub(super) symbol: Symbol,
    /// The word and what it may be the plural of, each with what stands for it.
    meant: [[Symbol; 2]; 3],
}

impl<'n> Asked<'n> {
    pub(super) fn of(lexicon: &Lexicon, text: &'n str) -> Self {
        let meant = singulars(text).map(|word| {
            let symbol = word.map_or(UNKNOWN, |word| lexicon.of(word));
            [symbol, lexicon.stands_for(symbol)]
        });
        Self { text, symbol: meant.as_flattened().first().copied().unwrap_or(UNKNOWN), meant }
    }

    /// Whether it is the word, in the singular or plural, or stands for the same.
    pub(super) fn means(&self, word: Symbol) -> bool {
        self.meant.as_flattened().contains(&word)
    }

    /// What stands for it, or for what it may be the plural of.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = Symbol> {
        self.meant.into_iter().map(|[_, other]| other).filter(|symbol| *symbol != UNKNOWN)
    }

    /// What it may mean.
    pub(super) fn meanings(&self) -> impl Iterator<Item = Symbol> {
        self.meant.into_iter().flatten().filter(|symbol| *symbol != UNKNOWN)
    }
}

/// The ways to read a name: as it is, without numbers behind its words, without what links them, and
/// without what stands in front for the type.
pub(super) fn readings<'n>(
    lexicon: &Lexicon,
    name: &'n [String],
    links: u64,
    prefixes: u64,
) -> Vec<Vec<Asked<'n>>> {
    let whole: Vec<_> = name.iter().map(|word| Asked::of(lexicon, word)).collect();
    let bare = whole.iter().filter_map(|word| {
        let text = word.text.trim_end_matches(|c: char| c.is_ascii_digit());
        let same = text.len() == word.text.len();
        (!text.is_empty()).then(|| if same { *word } else { Asked::of(lexicon, text) })
    });
    let bare: Vec<_> = bare.collect();
    let links = |word: &Asked<'_>| lexicon.marks(word.symbol) & links != 0;
    let (linked, bare_linked) = (unlinked(&whole, links), unlinked(&bare, links));
    let mut told: Vec<Vec<Asked<'n>>> = Vec::with_capacity(2);
    let tell = |told: &mut Vec<Vec<Asked<'n>>>, name: Vec<Asked<'n>>| {
        let is =
            |other: &Vec<Asked<'_>>| other.iter().map(|word| word.text).eq(name.iter().map(|word| word.text));
        if !name.is_empty() && !told.iter().any(is) {
            told.push(name);
        }
    };
    for name in [whole, bare, linked, bare_linked] {
        tell(&mut told, name);
    }
    for at in 0..told.len() {
        let untyped = told.get(at).and_then(|name| name.split_first());
        let untyped = untyped.filter(|(first, _)| lexicon.marks(first.symbol) & prefixes != 0);
        if let Some(rest) = untyped.map(|(_, rest)| rest.to_vec()) {
            tell(&mut told, rest);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_all_its_ways_and_each_once() {
        let mut lexicon = Lexicon::default();
        for (word, mark) in [("of", 1), ("tp", 2)] {
            let symbol = lexicon.add(word);
            lexicon.mark(symbol, mark);
        }
        let read = |name: &str| {
            let name: Vec<_> = name.split(' ').map(str::to_owned).collect();
            let readings = readings(&lexicon, &name, 1, 2);
            let text =
                |name: &Vec<Asked<'_>>| name.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
            readings.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(read("date"), ["date"]);
        assert_eq!(read("of 12"), ["of 12", "of"]);
        assert_eq!(read("tp"), ["tp"]);
        assert_eq!(
            read("tp day of birth2"),
            [
                "tp day of birth2",
                "tp day of birth",
                "tp day birth2",
                "tp day birth",
                "day of birth2",
                "day of birth",
                "day birth2",
                "day birth",
            ]
        );
    }

    #[test]
    fn a_word_means_itself_its_singular_and_what_stands_for_them() {
        let mut lexicon = Lexicon::default();
        let [city, villes, ville, street] =
            ["city", "villes", "ville", "street"].map(|word| lexicon.add(word));
        lexicon.let_stand(city, ville);
        let word = Asked::of(&lexicon, "villes");
        assert!([city, villes, ville].iter().all(|other| word.means(*other)) && !word.means(street));
        assert_eq!(word.stand_ins().collect::<Vec<_>>(), [villes, city]);
        assert_eq!(Asked::of(&lexicon, "strasse").meanings().count(), 0);
    }
}
