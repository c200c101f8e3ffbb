//! Inputs that are almost what a reader can read: seeds with some edits.

use proptest::prelude::*;
use proptest::sample::Index;

/// One change of an input.
#[derive(Clone, Debug)]
enum Edit {
    /// A byte becomes another.
    Set(Index, u8),
    /// Some bytes go.
    Cut(Index, u8),
    /// The rest goes.
    End(Index),
    /// Some bytes come twice.
    Repeat(Index, u8),
    /// Something that means something comes in.
    Put(Index, Index),
    /// Any bytes come in.
    PutBytes(Index, Vec<u8>),
    /// A part of another seed comes in.
    Splice(Index, Index, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (at(), 1..9_u8).prop_map(|(at, length)| Edit::Cut(at, length)),
        at().prop_map(Edit::End),
        (at(), any::<u8>()).prop_map(|(at, length)| Edit::Repeat(at, length)),
        (at(), at()).prop_map(|(at, token)| Edit::Put(at, token)),
        (at(), at()).prop_map(|(at, token)| Edit::Put(at, token)),
        (at(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Edit::PutBytes(at, bytes)),
        (at(), at(), any::<u8>()).prop_map(|(at, seed, length)| Edit::Splice(at, seed, length)),
    ]
}

/// Seeds with up to six edits; one in ten is bytes without a seed.
pub(super) fn mutated(
    seeds: Vec<Vec<u8>>,
    tokens: &'static [&'static str],
) -> impl Strategy<Value = Vec<u8>> {
    let any_bytes = prop::collection::vec(any::<u8>(), 0..200);
    let edited = (any::<Index>(), prop::collection::vec(edit(), 0..7)).prop_map(move |(seed, edits)| {
        let mut bytes = seeds[seed.index(seeds.len())].clone();
        for edit in edits {
            apply(&edit, &mut bytes, &seeds, tokens);
        }
        bytes
    });
    prop_oneof![9 => edited, 1 => any_bytes]
}

fn apply(edit: &Edit, bytes: &mut Vec<u8>, seeds: &[Vec<u8>], tokens: &[&str]) {
    let place = |at: &Index| at.index(bytes.len() + 1);
    let after = |from: usize, length: u8| (from + usize::from(length)).min(bytes.len());
    match edit {
        Edit::Set(at, byte) => {
            let at = place(at);
            if let Some(slot) = bytes.get_mut(at) {
                *slot = *byte;
            }
        }
        Edit::Cut(at, length) => {
            let from = place(at);
            let to = after(from, *length);
            bytes.drain(from..to);
        }
        Edit::End(at) => {
            let at = place(at);
            bytes.truncate(at);
        }
        Edit::Repeat(at, length) => {
            let from = place(at);
            let to = after(from, *length);
            let part = bytes[from..to].to_vec();
            bytes.splice(to..to, part);
        }
        Edit::Put(at, token) => {
            let at = place(at);
            bytes.splice(at..at, tokens[token.index(tokens.len())].bytes());
        }
        Edit::PutBytes(at, more) => {
            let at = place(at);
            bytes.splice(at..at, more.iter().copied());
        }
        Edit::Splice(at, seed, length) => {
            let (at, seed) = (place(at), &seeds[seed.index(seeds.len())]);
            let part: Vec<u8> = seed.iter().rev().take(usize::from(*length)).rev().copied().collect();
            bytes.splice(at..at, part);
        }
    }
}
