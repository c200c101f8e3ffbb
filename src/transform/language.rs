//! The strings a pattern has, counted and in order: rank to string and back.
//!
//! The pattern becomes an automaton in which every string has one path, so that
//! however it is written (alternatives that overlap, optional parts) each string
//! has one rank. Strings are in the order of their bytes, each before those that
//! continue it. Only patterns with an end to their length have ranks.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::collections::HashMap;

/// Every string of a pattern.
pub(super) struct Language {
    states: Vec<State>,
}

#[derive(Default)]
struct State {
    /// Whether a string may end here.
    ends: bool,
    /// From byte, to byte, state: in order.
    edges: Vec<(u8, u8, usize)>,
    /// How many strings go on from here.
    count: u128,
    /// The most characters that may follow.
    longest: usize,
}

impl Language {
    /// Reads a mask: `A` a capital letter, `a` a small one, `#` a digit, `*` a letter
    /// or digit, `\` before a character for itself, everything else itself.
    pub(super) fn of_mask(mask: &str) -> Result<Self, String> {
        let mut written = String::new();
        let mut chars = mask.chars();
        while let Some(c) = chars.next() {
            match c {
                'A' => written.push_str("[A-Z]"),
                'a' => written.push_str("[a-z]"),
                '#' => written.push_str("[0-9]"),
                '*' => written.push_str("[0-9A-Za-z]"),
                '\\' => {
                    let literal = chars.next().ok_or("`\\` stands before the character it is for")?;
                    written.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
                }
                c => written.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        Self::of_regex(&written)
    }

    /// Reads a regular expression that matches whole strings. Classes are ASCII's.
    pub(super) fn of_regex(regex: &str) -> Result<Self, String> {
        const MEMORY: usize = 4 << 20;
        // By itself first, so that the brackets around it do not make sense of half of it.
        let ascii = syntax::Config::new().unicode(false);
        syntax::parse_with(regex, &ascii)
            .map_err(|_| String::from("it is no regular expression over ASCII characters"))?;
        let limits = dense::Config::new()
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(MEMORY))
            .determinize_size_limit(Some(MEMORY));
        let dfa = dense::Builder::new()
            .configure(limits)
            .syntax(ascii)
            .build(&format!("(?:{regex})\\z"))
            .map_err(|_| String::from("it is too large, or looks around for words"))?;
        let start = dfa
            .start_state_forward(&Input::new("").anchored(Anchored::Yes))
            .map_err(|_| String::from("it has no beginning"))?;
        let mut language = Self { states: explore(&dfa, start) };
        language.count()?;
        Ok(language)
    }

    /// How many strings there are.
    pub(super) fn size(&self) -> u128 {
        self.states.first().map_or(0, |start| start.count)
    }

    /// The characters of the longest.
    pub(super) fn longest(&self) -> usize {
        self.states.first().map_or(0, |start| start.longest)
    }

    /// The place of a text among the strings, if it is one.
    pub(super) fn rank(&self, text: &str) -> Option<u128> {
        let mut rank = 0;
        let mut state = self.states.first()?;
        for byte in text.bytes() {
            rank += u128::from(state.ends);
            let mut next = None;
            for (from, to, target) in &state.edges {
                let target = self.states.get(*target)?;
                if byte > *to {
                    rank += (u128::from(to - from) + 1) * target.count;
                } else if byte >= *from {
                    rank += u128::from(byte - from) * target.count;
                    next = Some(target);
                    break;
                }
            }
            state = next?;
        }
        state.ends.then_some(rank)
    }

    /// Appends the string at a place below the size.
    pub(super) fn write(&self, mut rank: u128, out: &mut Vec<u8>) {
        let mut at = self.states.first();
        while let Some(state) = at {
            if state.ends {
                if rank == 0 {
                    return;
                }
                rank -= 1;
            }
            at = None;
            for (from, to, target) in &state.edges {
                let Some(target) = self.states.get(*target) else { return };
                let all = (u128::from(to - from) + 1) * target.count;
                if rank < all {
                    out.push(from + u8::try_from(rank / target.count).unwrap_or(0));
                    rank %= target.count;
                    at = Some(target);
                    break;
                }
                rank -= all;
            }
        }
    }

    /// Counts from the ends back to the start; a state met on its own path means that
    /// strings have no end.
    fn count(&mut self) -> Result<(), String> {
        let mut open = vec![false; self.states.len()];
        let mut done = vec![false; self.states.len()];
        let mut path = vec![(0, 0)];
        while let Some((at, edge)) = path.pop() {
            let Some(state) = self.states.get(at) else { continue };
            if let Some((_, _, target)) = state.edges.get(edge) {
                path.push((at, edge + 1));
                let seen = |list: &[bool]| list.get(*target).copied().unwrap_or(false);
                if let Some(open) = open.get_mut(at) {
                    *open = true;
                }
                if seen(&open) {
                    return Err(
                        "its strings have no greatest length; write `{1,20}` in place of `*` or `+`".into()
                    );
                }
                if !seen(&done) {
                    path.push((*target, 0));
                }
                continue;
            }
            let (mut count, mut longest) = (u128::from(state.ends), 0);
            for (from, to, target) in &state.edges {
                let Some(target) = self.states.get(*target) else { continue };
                let all = target.count.checked_mul(u128::from(to - from) + 1);
                count = all
                    .and_then(|all| count.checked_add(all))
                    .filter(|count| *count <= 1 << 126)
                    .ok_or("it has more than 2^126 strings; `token` makes such")?;
                // Bytes after the first of a character do not count.
                let own = usize::from(!(0x80..0xc0).contains(from));
                longest = longest.max(target.longest + own);
            }
            if let (Some(state), Some(open), Some(done)) =
                (self.states.get_mut(at), open.get_mut(at), done.get_mut(at))
            {
                (state.count, state.longest, *open, *done) = (count, longest, false, true);
            }
        }
        // Ways that lead nowhere have no strings.
        let dead: Vec<bool> = self.states.iter().map(|state| state.count == 0).collect();
        for state in &mut self.states {
            state.edges.retain(|(_, _, target)| dead.get(*target) == Some(&false));
        }
        if self.size() == 0 {
            return Err("nothing matches it".into());
        }
        let control = self.states.iter().flat_map(|state| &state.edges).any(|(from, _, _)| *from == 0);
        if control { Err("it has a character that PostgreSQL has no text for".into()) } else { Ok(()) }
    }
}

fn explore(dfa: &dense::DFA<Vec<u32>>, start: StateID) -> Vec<State> {
    let mut places = HashMap::from([(start, 0)]);
    let mut order = vec![start];
    let mut states = Vec::new();
    while let Some(id) = order.get(states.len()).copied() {
        let mut state = State { ends: dfa.is_match_state(dfa.next_eoi_state(id)), ..State::default() };
        for byte in 0..=u8::MAX {
            let next = dfa.next_state(id, byte);
            if dfa.is_dead_state(next) || dfa.is_quit_state(next) {
                continue;
            }
            let target = *places.entry(next).or_insert_with(|| {
                order.push(next);
                order.len() - 1
            });
            match state.edges.last_mut() {
                Some((_, to, of)) if *of == target && byte.checked_sub(1) == Some(*to) => *to = byte,
                _ => state.edges.push((byte, byte, target)),
            }
        }
        states.push(state);
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_string_has_one_rank() {
        for (regex, size) in [
            ("[A-C]{2}-[0-9]", 90),
            ("a?a?a?", 4),
            ("(a|ab)(c|bc)", 3),
            ("(x|xy|é)z{0,2}|end", 10),
            ("[A-Z]{2}[0-9]{1,2}", 676 * 110),
            ("", 1),
        ] {
            let language = Language::of_regex(regex).unwrap();
            assert_eq!(language.size(), size, "{regex}");
            let plain = regex::Regex::new(&format!("^(?:{regex})$")).unwrap();
            let mut seen = HashSet::new();
            for rank in 0..size {
                let mut out = Vec::new();
                language.write(rank, &mut out);
                let text = String::from_utf8(out).unwrap();
                assert_eq!(language.rank(&text), Some(rank), "{regex}: {text}");
                assert!(plain.is_match(&text) && text.chars().count() <= language.longest());
                assert!(seen.insert(text));
            }
        }
    }

    #[test]
    fn texts_outside_have_no_rank() {
        let language = Language::of_mask("AA-##\\#").unwrap();
        assert!(language.rank("XY-12#").is_some());
        for text in ["XY-12", "xy-12#", "XY-12#4", "", "é"] {
            assert_eq!(language.rank(text), None, "{text}");
        }
        assert_eq!((language.size(), language.longest()), (67_600, 6));
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        for (regex, word) in [
            ("a*", "length"),
            ("[a-z]+x", "length"),
            ("[0-9a-z]{40}", "2^126"),
            ("(", "regular expression"),
            ("a)|(b", "regular expression"),
            ("[a&&b]", "nothing"),
            ("\\x00", "text"),
        ] {
            let refused = Language::of_regex(regex).err().unwrap_or_default();
            assert!(refused.contains(word), "{regex}: {refused}");
        }
        assert!(Language::of_mask("A\\").is_err());
    }
}
