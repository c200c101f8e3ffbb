//! `username`: a handle that stays distinct.
//!
//! `first_last_token`, the words the row's invented person's, the token from the
//! value's digest: 80 bits where the column has room for 16 characters, else as
//! many characters as the column takes, and words only where they fit beside a
//! whole token. The empty text stays empty.

use super::fit::Fit;
use super::handle::{Handle, Style, TOKEN};
use super::person::{self, People};
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, Params, Promises, Seed, Transformer};
use super::{column_bits, locale};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::DomainKey;

/// See the module.
pub(super) struct Username;

impl Transformer for Username {
    fn name(&self) -> &'static str {
        "username"
    }

    fn summary(&self) -> &'static str {
        "Invent a handle that stays distinct"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[locale::PARAM, person::GENDER];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, data_type: &DataType, _: &Params) -> Capacity {
        Capacity::Random { bits: column_bits(data_type, TOKEN, 5.0) }
    }

    fn follows_by(&self) -> bool {
        false
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"username\", by = \"id\" }", data_type: "text", input: "ann85" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let people = People::bind(at, params)?;
        let seed = at.seed("username", Folding::Lower)?;
        let case = seed.key().purpose("case");
        Ok(Bound::cell(Nick { people, seed, case }))
    }
}

struct Nick {
    people: People,
    seed: Seed,
    case: DomainKey,
}

impl Masker for Nick {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let (token, whose) = self.seed.both(value, row)?;
        let words = self.people.plain(&whose, row);
        let fit = Fit::new(out);
        let room = fit.room();
        let mut handle = Handle::new(fit, Style::of(text, &self.case));
        handle.push_name(words, b'_', room.saturating_sub(TOKEN), &token, room);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use crate::transform::{Capacity, Params, find};

    #[test]
    fn a_handle_is_two_words_and_a_token() {
        let masked = Trial::of(r#""username""#).text("bob99");
        let parts: Vec<_> = masked.split('_').collect();
        assert_eq!((parts.len(), parts[2].len()), (3, 16), "{masked}");
    }

    #[test]
    fn a_short_column_is_all_token_and_says_what_that_is_worth() {
        let trial = Trial::of(r#""username""#).on("varchar(6)");
        assert_eq!(trial.text("bob").len(), 6);
        let column = crate::transform::fixture::data_type("varchar(6)");
        let capacity = find("username").unwrap().capacity(&column, &Params::default());
        assert_eq!(capacity, Capacity::Random { bits: 30.0 });
    }
}
