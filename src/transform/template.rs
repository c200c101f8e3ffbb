//! `template`: a text made of the row's masked columns.
//!
//! `{first_name}` stands for the masked value of that column, or for the source
//! value where its rule keeps it; `{{` and `}}` are braces. `lower(…)`, `upper(…)`,
//! `ascii(…)` and `initial(…)` around a name change how it is written. A column
//! that is NULL is the empty text. What is too long for the column is cut at its end.

use super::{Binding, Bound, Capacity, Example, Masker, Param, ParamKind, Params, Promises, Relative};
use super::{Transformer, canonical, fit::Fit, fold, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Template;

impl Transformer for Template {
    fn name(&self) -> &'static str {
        "template"
    }

    fn summary(&self) -> &'static str {
        "Put a text together from masked columns of the row"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::required(
            "text",
            ParamKind::Text,
            "the text, with `{column}` for the masked value of a column",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("the columns it names where their rules keep them"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"template\", text = \"user-{id}@example.test\" }",
            data_type: "text",
            input: "ann.lee@corp.example",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let text = params.text("text").unwrap_or_default();
        let mut parts = Vec::new();
        for part in parse(text).map_err(|problem| wrong(params, "text", problem).help(SHAPE))? {
            let (name, style) = match part {
                Written::Literal(text) => {
                    parts.push(Part::Literal(text));
                    continue;
                }
                Written::Column(name, style) => (name, style),
            };
            let found = at.relatives(&name).map_err(|problem| match params.span("text") {
                Some(span) => problem.or_at(span),
                None => problem,
            })?;
            if found.len() > 1 {
                return Err(wrong(params, "text", format!("several foreign keys lead to `{name}`"))
                    .help("name a column of the row itself"));
            }
            parts.extend(found.into_iter().map(|column| Part::Column(column, style)));
        }
        Ok(Bound::cell(Filled(parts)))
    }
}

const SHAPE: &str = "write `{column}`, or `{lower(column)}` with lower, upper, ascii or initial";

/// How a column's text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Lower,
    Upper,
    Ascii,
    Initial,
}

#[derive(Debug, PartialEq, Eq)]
enum Written {
    Literal(String),
    Column(String, Style),
}

fn parse(text: &str) -> Result<Vec<Written>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        let doubled = rest.starts_with(c);
        match c {
            '{' | '}' if doubled => {
                literal.push(c);
                rest = rest.get(1..).unwrap_or_default();
            }
            '}' => return Err("a `}` without its `{`".to_owned()),
            '{' => {
                let (inside, after) = rest.split_once('}').ok_or("a `{` without its `}`")?;
                rest = after;
                if !literal.is_empty() {
                    parts.push(Written::Literal(std::mem::take(&mut literal)));
                }
                parts.push(column(inside.trim())?);
            }
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        parts.push(Written::Literal(literal));
    }
    if parts.iter().any(|part| matches!(part, Written::Column(..))) {
        Ok(parts)
    } else {
        Err("the text names no column; `constant` writes the same text everywhere".to_owned())
    }
}

fn column(inside: &str) -> Result<Written, String> {
    let Some((call, name)) = inside.strip_suffix(')').and_then(|call| call.split_once('(')) else {
        return match inside {
            "" => Err("`{}` names no column".to_owned()),
            name => Ok(Written::Column(name.to_owned(), Style::Plain)),
        };
    };
    let style = match call.trim() {
        "lower" => Style::Lower,
        "upper" => Style::Upper,
        "ascii" => Style::Ascii,
        "initial" => Style::Initial,
        other => return Err(format!("there is no `{other}(…)`")),
    };
    Ok(Written::Column(name.trim().to_owned(), style))
}

enum Part {
    Literal(String),
    Column(Relative, Style),
}

struct Filled(Vec<Part>);

impl Masker for Filled {
    fn mask(&self, _: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let mut fit = Fit::new(out);
        self.0.iter().try_for_each(|part| match part {
            Part::Literal(text) => {
                fit.push_str(text);
                Ok(())
            }
            Part::Column(column, style) => canonical::with(|bytes| {
                if column.write(row, bytes)? {
                    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable("not valid UTF-8"))?;
                    style.write(text, &mut fit);
                }
                Ok(())
            }),
        })
    }
}

impl Style {
    fn write(self, text: &str, fit: &mut Fit<'_>) {
        match self {
            Self::Plain => _ = fit.push_str(text),
            Self::Lower => text.chars().flat_map(char::to_lowercase).for_each(|c| fit.push(c)),
            Self::Upper => text.chars().flat_map(char::to_uppercase).for_each(|c| fit.push(c)),
            Self::Ascii => text.chars().for_each(|c| _ = fit.push_str(fold::ascii(c))),
            Self::Initial => text.chars().take(1).for_each(|c| fit.push(c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Wire;
    use crate::transform::fixture::Trial;

    #[test]
    fn columns_stand_for_their_masked_values() {
        let trial = |text: &str| {
            Trial::of(&format!(r#"{{ with = "template", text = "{text}" }}"#))
                .sibling("id", "int4", Some(b"7"))
                .masked(r#""keep""#)
                .sibling("name", "text", Some(b"Ann"))
                .masked(r#"{ with = "constant", value = "Zo\u00eb" }"#)
                .sibling("gone", "text", Some(b"secret"))
                .masked(r#""null""#)
        };
        assert_eq!(trial("{name}-{id}{gone}").text("x"), "Zoë-7");
        assert_eq!(trial("{{{upper(name)}}}|{ascii(name)}|{initial(name)}").text("x"), "{ZOË}|zoe|Z");
        assert_eq!(trial("{name} {id}").on("varchar(4)").text("x"), "Zoë ");
    }

    #[test]
    fn the_pseudonym_of_a_column_is_the_one_the_column_gets() {
        let rule = r#"{ with = "first_name", by = "id" }"#;
        let own = Trial::of(rule).sibling("id", "int4", Some(b"7")).text("Ann");
        let made = Trial::of(r#"{ with = "template", text = "{first}" }"#)
            .sibling("id", "int4", Some(b"7"))
            .sibling("first", "text", Some(b"Ann"))
            .masked(rule)
            .text("x");
        assert_eq!(own, made);
    }

    #[test]
    fn what_names_no_column_or_itself_is_refused() {
        for text in ["plain", "{", "}", "{}", "{shout(name)}", "{nmae}", "{value}"] {
            let trial = Trial::of(&format!(r#"{{ with = "template", text = "{text}" }}"#))
                .sibling("name", "text", Some(b"Ann"))
                .masked(r#""keep""#);
            let rule = trial.rule.clone();
            assert!(trial.own(rule).bind().is_err(), "{text}");
        }
    }

    #[test]
    fn a_related_column_s_rule_reads_its_own_table() {
        let name = r#"{ with = "constant", value = "masked", when = { column = "vip", is = "yes" }, otherwise = "keep" }"#;
        let of = |wire: Wire, yes: &[u8], no: &[u8]| {
            let columns = [
                ("id", "int4", "\"keep\""),
                ("rank", "int4", "\"keep\""),
                ("name", "text", name),
                ("vip", "bool", "\"keep\""),
            ];
            for (vip, expected) in [(yes, "masked"), (no, "Ann")] {
                let trial = Trial::of(r#"{ with = "template", text = "{parents.name}" }"#);
                let trial = trial.wire(wire).sibling("parent_id", "int4", None).pointing_at(&columns);
                let ready = trial.bind().unwrap();
                assert_eq!(ready.relatives(2), ["vip", "name"]);
                assert_eq!(ready.with_relatives(&[vip, b"Ann"]).text("x"), expected, "{wire:?}");
            }
        };
        of(Wire::Text, b"t", b"f");
        of(Wire::Binary, &[1], &[0]);
    }

    #[test]
    fn a_related_longitude_finds_its_latitude() {
        let lat = r#"{ with = "geo", within = "2 km", axis = "latitude", by = "id" }"#;
        let lon = r#"{ with = "geo", within = "2 km", axis = "longitude", latitude = "lat", by = "id" }"#;
        let columns = [
            ("id", "int4", "\"keep\""),
            ("lon", "float8", lon),
            ("name", "text", "\"keep\""),
            ("lat", "float8", lat),
        ];
        let trial = Trial::of(r#"{ with = "template", text = "{parents.lon}" }"#);
        let trial = trial.sibling("parent_id", "int4", None).pointing_at(&columns);
        let ready = trial.bind().unwrap();
        assert_eq!(ready.relatives(2), ["lat", "lon"]);
        let masked = ready.with_relatives(&[b"48.85", b"2.35"]).text("x");
        assert!((masked.parse::<f64>().unwrap() - 2.35).abs() < 0.1, "{masked}");
    }
}
