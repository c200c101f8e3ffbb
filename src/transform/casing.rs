//! The case style of a value, and putting it back on another.
//!
//! A letter whose other case is more than one character (`ß`) stays as it is, so
//! that a change of case never changes a length.

use super::fit::Fit;
use super::{Param, ParamKind, Params};

/// How a value uses upper and lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Letters, none of them upper case.
    Lower,
    /// At least two letters, none of them lower case.
    Upper,
    /// Anything else: names are written as their table has them.
    Title,
}

/// The parameter of every transformer that puts the case style back.
pub(super) const PARAM: Param = Param::optional(
    "case",
    ParamKind::Word(&["keep", "upper", "title"]),
    "keep",
    "the letters' case: the input's, all upper, or as names are written",
);

impl Case {
    /// The style of `text`.
    pub(super) fn of(text: &str) -> Self {
        let (mut lower, mut upper) = (0_usize, 0_usize);
        for c in text.chars() {
            lower += usize::from(c.is_lowercase());
            upper += usize::from(c.is_uppercase());
            if lower > 0 && upper > 0 {
                return Self::Title;
            }
        }
        match (lower, upper) {
            (1.., 0) => Self::Lower,
            (0, 2..) => Self::Upper,
            _ => Self::Title,
        }
    }

    /// The style the parameter asks for; `None` for the input's own.
    pub(super) fn said(params: &Params) -> Option<Self> {
        match params.text("case") {
            Some("upper") => Some(Self::Upper),
            Some("title") => Some(Self::Title),
            _ => None,
        }
    }

    /// One character in this style.
    pub(super) fn of_char(self, c: char) -> char {
        match self {
            Self::Lower => lower(c),
            Self::Upper => upper(c),
            Self::Title => c,
        }
    }

    /// Appends `text` in this style.
    pub(super) fn write(self, text: &str, out: &mut Fit<'_>) {
        match self {
            Self::Title => _ = out.push_str(text),
            Self::Lower if text.is_ascii() => out.push_str(text).make_ascii_lowercase(),
            Self::Upper if text.is_ascii() => out.push_str(text).make_ascii_uppercase(),
            _ => text.chars().for_each(|c| out.push(self.of_char(c))),
        }
    }
}

/// The lower case of a character, where that is one character.
pub(super) fn lower(c: char) -> char {
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => single,
        _ => c,
    }
}

/// The upper case of a character, where that is one character.
pub(super) fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => single,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_seen_from_the_letters_alone() {
        assert_eq!(Case::of("o'neill 2"), Case::Lower);
        assert_eq!(Case::of("O'NEILL 2"), Case::Upper);
        assert_eq!(Case::of("O'Neill"), Case::Title);
        assert_eq!(Case::of("J"), Case::Title);
        assert_eq!(Case::of("王"), Case::Title);
    }

    #[test]
    fn sharp_s_has_no_single_upper_case() {
        assert_eq!(upper('ß'), 'ß');
        assert_eq!(upper('é'), 'É');
    }
}
