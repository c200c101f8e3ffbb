//! A text with its spans replaced: the pseudonyms, and what to do when they are too long.

use super::super::casing::{Case, upper};
use super::super::{Binding, Masker, ParamValue, Params, Relative, Rule, bind, find};
use super::span::{Kind, Part, Span};
use super::{known, word};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::{DataType, Scalar};

/// Which transformer gives the pseudonyms of a kind: the first of these there is.
const RULES: [(Kind, &[&str]); 8] = [
    (Kind::Email, &["email"]),
    (Kind::Phone, &["phone"]),
    (Kind::Card, &["card"]),
    (Kind::Iban, &["iban", "letters"]),
    (Kind::Ip, &["ip"]),
    (Kind::Url, &["url", "letters"]),
    (Kind::Uuid, &["uuid"]),
    (Kind::Mac, &["mac", "letters"]),
];

/// The countries whose numbers are found; each is masked as a column of that country is.
const COUNTRIES: [&str; 9] = ["BR", "DE", "ES", "FR", "GB", "IT", "NL", "PL", "US"];

/// The maskers of what is found, all by value: as the transformers run that a column
/// with nothing but such values would have.
pub(super) struct Pseudonyms {
    kinds: Vec<(Kind, Box<dyn Masker>)>,
    countries: Vec<(&'static str, Box<dyn Masker>)>,
    first: Box<dyn Masker>,
    last: Box<dyn Masker>,
    letters: Box<dyn Masker>,
    text: DataType,
}

impl Pseudonyms {
    pub(super) fn bind(at: &mut Binding<'_>, params: &Params) -> Result<Self, Diagnostic> {
        let countries: Vec<_> = COUNTRIES
            .iter()
            .map(|country| Ok((*country, by_value(at, params, &["national_id"], Some(country))?)))
            .collect::<Result<_, Diagnostic>>()?;
        let mut by_value = |names: &[&str]| by_value(at, params, names, None);
        let kinds = RULES.iter().map(|(kind, names)| Ok((*kind, by_value(names)?)));
        Ok(Self {
            kinds: kinds.collect::<Result<_, Diagnostic>>()?,
            countries,
            first: by_value(&["first_name"])?,
            last: by_value(&["last_name"])?,
            letters: by_value(&["letters"])?,
            text: DataType::scalar_of("text", Scalar::Text),
        })
    }

    /// Writes `text` with each span replaced, within the room of the column.
    pub(super) fn rewrite(
        &self,
        text: &str,
        spans: &[Span],
        also: &[Relative],
        row: &Row<'_>,
        out: &mut Output<'_>,
    ) -> Result<(), Unreadable> {
        let mut words = Vec::with_capacity(spans.len());
        for span in spans {
            words.push(self.pseudonym(text, *span, also, row)?);
        }
        if let Some(room) = out.data_type().max_chars() {
            self.shorten(text, spans, &mut words, room, row)?;
        }
        let out = out.text();
        let mut copied = 0;
        for (span, word) in spans.iter().zip(&words) {
            out.extend_from_slice(text.get(copied..span.start).unwrap_or_default().as_bytes());
            out.extend_from_slice(word.as_bytes());
            copied = span.end;
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default().as_bytes());
        Ok(())
    }

    fn pseudonym(
        &self,
        text: &str,
        span: Span,
        also: &[Relative],
        row: &Row<'_>,
    ) -> Result<String, Unreadable> {
        let own = text.get(span.start..span.end).unwrap_or_default();
        match span.part {
            Part::First => self.masked(self.first.as_ref(), own, row),
            Part::Last => self.masked(self.last.as_ref(), own, row),
            Part::Known { place, from, to } => {
                let Some(relative) = also.get(place) else {
                    return self.masked(self.first.as_ref(), own, row);
                };
                let Some(other) = other_value(relative, row)? else {
                    return self.masked(self.first.as_ref(), own, row);
                };
                let source =
                    row.value(relative.place).and_then(|value| value.text().ok()).unwrap_or_default();
                if !known::is_name(source) {
                    return Ok(other);
                }
                Ok(restyle(own, choose(source, &other, from, to)))
            }
            Part::Initial(place) => {
                let relative = place.and_then(|place| also.get(place));
                let other = relative.map(|relative| other_value(relative, row)).transpose()?.flatten();
                let other = other.map_or_else(|| self.masked(self.first.as_ref(), own, row), Ok)?;
                Ok(other.chars().take(1).map(upper).collect())
            }
            Part::Whole | Part::National(_) => {
                for relative in also {
                    let source = row.value(relative.place).and_then(|value| value.text().ok());
                    if source.is_some_and(|source| is_same(source, own))
                        && let Some(other) = other_value(relative, row)?
                    {
                        return Ok(other);
                    }
                }
                let masker = if let Part::National(of) = span.part {
                    self.countries.iter().find(|(country, _)| *country == of).map(|(_, masker)| masker)
                } else {
                    self.kinds.iter().find(|(kind, _)| *kind == span.kind).map(|(_, masker)| masker)
                };
                self.masked(masker.map_or(self.letters.as_ref(), AsRef::as_ref), own, row)
            }
        }
    }

    fn masked(&self, masker: &dyn Masker, own: &str, row: &Row<'_>) -> Result<String, Unreadable> {
        let mut buffer = Vec::new();
        let value = Value { raw: own.as_bytes(), data_type: &self.text, wire: Wire::Text };
        masker.mask(value, row, &mut Output::new(&mut buffer, &self.text, Wire::Text))?;
        String::from_utf8(buffer).map_err(|_| Unreadable("not valid UTF-8"))
    }

    /// Replaces the pseudonyms that lengthen the text most by a tag (`[email]`), or by
    /// letters where that is longer still, until the text has room.
    fn shorten(
        &self,
        text: &str,
        spans: &[Span],
        words: &mut [String],
        room: usize,
        row: &Row<'_>,
    ) -> Result<(), Unreadable> {
        let own = |span: &Span| text.get(span.start..span.end).unwrap_or_default();
        let length = |text: &str| text.chars().count();
        let mut total = length(text);
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (nth, (span, word)) in spans.iter().zip(words.iter()).enumerate() {
            let (before, after) = (length(own(span)), length(word));
            total = (total + after).saturating_sub(before);
            order.push((after.saturating_sub(before), nth));
        }
        order.sort_unstable_by(|a, b| b.cmp(a));
        for (_, nth) in order {
            let (Some(span), Some(word)) = (spans.get(nth), words.get_mut(nth)) else { continue };
            if total <= room {
                break;
            }
            let tag = format!("[{}]", span.kind.word());
            let before = length(own(span));
            let short =
                if tag.len() <= before { tag } else { self.masked(self.letters.as_ref(), own(span), row)? };
            total = (total + length(&short)).saturating_sub(length(word));
            *word = short;
        }
        Ok(())
    }
}

/// Binds the first transformer there is, without the outer rule's `by`.
fn by_value(
    at: &mut Binding<'_>,
    params: &Params,
    names: &[&str],
    country: Option<&str>,
) -> Result<Box<dyn Masker>, Diagnostic> {
    let Some(with) = names.iter().find_map(|name| find(name)) else {
        return Err(Diagnostic::error(format!("there is no transformer `{}`", names.join("` or `"))));
    };
    let mut own = Params::default();
    let located = with.params().iter().any(|param| param.name == "locale");
    if let Some(locale) = params.text("locale").filter(|_| located) {
        own.insert("locale", ParamValue::Text(locale.to_owned()), params.span("locale").cloned());
    }
    if let Some(country) = country {
        own.insert("country", ParamValue::Text(country.to_owned()), None);
    }
    let outer = at.rule;
    let rule = Rule {
        with,
        params: own,
        by: Vec::new(),
        domain: outer.domain.clone(),
        when: None,
        otherwise: None,
        span: outer.span.clone(),
    };
    let text = DataType::scalar_of("text", Scalar::Text);
    let mut inner = at.of_type(&text);
    inner.wire = Wire::Text;
    inner.rule = &rule;
    bind(&mut inner)?.into_cell(&rule)
}

/// The value as its own column's rule masks it; `None` for NULL and the empty text.
fn other_value(relative: &Relative, row: &Row<'_>) -> Result<Option<String>, Unreadable> {
    let mut bytes = Vec::new();
    let some = relative.write(row, &mut bytes)? && !bytes.is_empty();
    let text = String::from_utf8(bytes).map_err(|_| Unreadable("not valid UTF-8"))?;
    Ok(some.then_some(text))
}

/// Whether two texts have the same letters and digits.
fn is_same(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric() || *c == '@').flat_map(char::to_lowercase).collect()
    };
    !a.is_empty() && letters(a) == letters(b)
}

/// The words of a pseudonym that stand for words of the source.
fn choose<'a>(source: &str, other: &'a str, from: usize, to: usize) -> &'a str {
    let count = |text: &str| words(text).count();
    if from == 0 && to >= count(source) {
        return other;
    }
    let all = count(other);
    let (from, to) = if all == count(source) {
        (from, to)
    } else if from == 0 {
        (0, 1)
    } else {
        (all.saturating_sub(1), all)
    };
    let start = words(other).nth(from).map_or(0, |word| word.start);
    let end = words(other).nth(to.saturating_sub(1)).map_or(other.len(), |word| word.end);
    other.get(start..end).unwrap_or(other)
}

fn words(text: &str) -> impl Iterator<Item = word::Word> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let word = word::next(text, at)?;
        at = word.end;
        Some(word)
    })
}

/// A name in the case style in which the text has it.
fn restyle(own: &str, name: &str) -> String {
    let style = Case::of(own);
    if style == Case::Title && Case::of(name) != Case::Title {
        let mut first = true;
        return name
            .chars()
            .map(|c| {
                let styled = if first { upper(c) } else { Case::Lower.of_char(c) };
                first = !c.is_alphabetic();
                styled
            })
            .collect();
    }
    name.chars().map(|c| style.of_char(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_value_gets_part_of_its_pseudonym() {
        assert_eq!(choose("José María", "Eva Luz", 1, 2), "Luz");
        assert_eq!(choose("José María", "Eva", 0, 1), "Eva");
        assert_eq!(choose("Ann van Dam", "Bea Lutz", 2, 3), "Lutz");
        assert_eq!(choose("Ann", "Bea Lutz", 0, 1), "Bea Lutz");
    }

    #[test]
    fn names_take_the_style_of_the_text() {
        assert_eq!(restyle("SMITH", "Jones"), "JONES");
        assert_eq!(restyle("Smith", "JONES"), "Jones");
        assert_eq!(restyle("smith", "Jones"), "jones");
    }
}
