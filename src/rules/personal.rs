//! Kept columns that look personal by their names, in the languages of
//! `rules/detect.toml`. Where a person says why (`reason = "…"`), nobody asks again.

use super::check::Decided;
use super::content::KeptText;
use super::decide::Verdicts;
use super::follow::{deciding, every_column, needs_decisions};
use super::reference::listed;
use super::rows::{RowVerdict, Rows};
use super::rule_file::Entry;
use super::spelling;
use crate::diagnostic::Diagnostic;
use crate::schema::{Column, DataType, Scalar, Schema};
use std::sync::LazyLock;
use toml_edit::{Document, Item, TableLike};

/// What suggests personal data.
const DETECT: &str = include_str!("../../rules/detect.toml");

/// A kind of personal data.
#[derive(Debug)]
struct Kind {
    name: String,
    mask: String,
    types: Vec<String>,
    quiet: bool,
    /// The words of each name, in every language.
    names: Vec<Vec<String>>,
}

#[derive(Debug, Default)]
struct Knowledge {
    kinds: Vec<Kind>,
    /// Last words of columns that are about a thing and do not hold it.
    about: Vec<String>,
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| read(DETECT).unwrap_or_default());

fn read(text: &str) -> Option<Knowledge> {
    let document = Document::parse(text).ok()?;
    let texts = |item: Option<&Item>| -> Vec<String> {
        let list = item.and_then(Item::as_array);
        list.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let kind = |table: &dyn TableLike| {
        let names = table.get("names").and_then(Item::as_table_like)?;
        let names = names.iter().flat_map(|(_, list)| texts(Some(list)));
        Some(Kind {
            name: table.get("name")?.as_str()?.to_owned(),
            mask: table.get("mask")?.as_str()?.to_owned(),
            types: texts(table.get("types")),
            quiet: table.get("keep").and_then(Item::as_str) == Some("quiet"),
            names: names.map(|name| words(&name)).collect(),
        })
    };
    let kinds = document.get("kind")?.as_array_of_tables()?.iter();
    let kinds: Option<Vec<_>> = kinds.map(|table| kind(table)).collect();
    Some(Knowledge { kinds: kinds?, about: texts(document.get("about")) })
}

/// The words of a name: parted by what is no letter or digit, and before capitals.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        let starts = c.is_uppercase() && small;
        if (starts || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.push_str(plain(c.to_lowercase().next().unwrap_or(c), &mut [0; 4]));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A letter without its accent.
fn plain(c: char, buffer: &mut [u8; 4]) -> &str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ą' => "a",
        'ä' => "ae",
        'ç' | 'ć' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ę' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ö' => "oe",
        'ś' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' => "u",
        'ü' => "ue",
        'ź' | 'ż' => "z",
        c => c.encode_utf8(buffer),
    }
}

/// The kind that a column's name and type suggest: that of the longest name.
fn kind_of(column: &Column) -> Option<&'static Kind> {
    let words = words(&column.name);
    let last = words.last()?;
    if words.len() > 1 && KNOWLEDGE.about.contains(last) {
        return None;
    }
    let wanted = family(&column.data_type)?;
    let fits = |name: &Vec<String>| words.windows(name.len().max(1)).any(|part| part == name.as_slice());
    // Of two that fit as well, the first of the file.
    let found = KNOWLEDGE.kinds.iter().rev().filter(|kind| kind.types.iter().any(|known| known == wanted));
    found
        .filter_map(|kind| Some((kind.names.iter().filter(|name| fits(name)).map(Vec::len).max()?, kind)))
        .max_by_key(|(length, kind)| (*length, !kind.quiet))
        .map(|(_, kind)| kind)
}

/// What `detect.toml` calls a type.
fn family(data_type: &DataType) -> Option<&'static str> {
    let inner = data_type.element().unwrap_or(data_type);
    Some(match inner.scalar()? {
        Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_) => "text",
        Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz => "date",
        Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(_) => "number",
        Scalar::Inet | Scalar::Cidr | Scalar::Macaddr | Scalar::Macaddr8 => "inet",
        _ => return None,
    })
}

/// Asks about columns that are kept without a reason and look personal. Gives the
/// text columns whose names say nothing.
pub(super) fn check_kept(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) -> Vec<KeptText> {
    let mut silent = Vec::new();
    // One question for each line, however many columns it keeps.
    let mut asked: Vec<(&Entry, Vec<String>, &Column, &Kind)> = Vec::new();
    for id in every_column(schema) {
        let travels = schema.table(id.table).is_some_and(needs_decisions)
            && rows.get(id.table).is_some_and(|rows| rows.rows != Rows::None);
        let (Some(verdict), Some(column)) = (verdicts.get(id), schema.column(id)) else { continue };
        let Some(entry) = verdict.entry.filter(|entry| !entry.reason) else { continue };
        if !travels || deciding(schema, id) != id || !matches!(verdict.decided, Some(Decided::Keep)) {
            continue;
        }
        let Some(kind) = kind_of(column).filter(|kind| !kind.quiet) else {
            if column.data_type.is_text() || column.data_type.scalar() == Some(Scalar::Jsonb) {
                silent.push(KeptText { column: id, span: entry.span.clone() });
            }
            continue;
        };
        match asked.iter_mut().find(|(known, ..)| known.span == entry.span) {
            Some((_, names, ..)) => names.push(schema.describe(id)),
            None => asked.push((entry, vec![schema.describe(id)], column, kind)),
        }
    }
    for (entry, names, column, kind) in asked {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let message = match names.as_slice() {
            [name] => format!("`{name}` is kept, and by its name it holds a {}", kind.name),
            many => format!("columns are kept that look personal by their names: {}", listed(many)),
        };
        let key = spelling::key(if names.len() == 1 { &column.name } else { &entry.name });
        let help = format!(
            "mask it, as in `{} = \"{}\"`, or say why it stays: `{key} = {{ with = \"keep\", reason = \"…\" }}`",
            spelling::key(&column.name),
            kind.mask
        );
        problems.push(Diagnostic::warning(message).at(&entry.span, "kept").help(help));
    }
    silent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, scalar: Scalar) -> Option<&'static str> {
        let column = Column {
            name: name.to_owned(),
            data_type: DataType::scalar_of("x", scalar),
            not_null: false,
            generated: false,
            sequence: None,
            estimated_distinct: None,
        };
        kind_of(&column).filter(|kind| !kind.quiet).map(|kind| kind.name.as_str())
    }

    #[test]
    fn the_file_is_read_whole_and_each_kind_speaks_eight_languages() {
        let knowledge = read(DETECT).unwrap();
        assert!(knowledge.kinds.len() > 15 && !knowledge.about.is_empty());
        let document = Document::parse(DETECT).unwrap();
        for table in document.get("kind").unwrap().as_array_of_tables().unwrap() {
            for language in ["en", "de", "fr", "es", "it", "pt", "nl", "pl"] {
                assert!(table.get("names").unwrap().get(language).is_some(), "{language} of {table}");
            }
        }
    }

    #[test]
    fn names_are_known_in_any_style_and_language() {
        for (name, expected) in [
            ("customer_email", "e-mail address"),
            ("EmailAddress", "e-mail address"),
            ("homePhone", "telephone number"),
            ("Straße", "street address"),
            ("código_fiscal_prénom", "first name"),
            ("data_nascita", "date of birth"),
            ("numer_telefonu", "telephone number"),
            ("client_ip", "network address"),
        ] {
            let scalar = if expected == "date of birth" { Scalar::Date } else { Scalar::Text };
            assert_eq!(kind(name, scalar), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_is_about_a_thing_is_not_the_thing() {
        for name in [
            "email_verified",
            "phone_type",
            "address_id",
            "name",
            "city",
            "shipping_cost",
            "recipe",
            "emailed",
        ] {
            assert_eq!(kind(name, Scalar::Text), None, "{name}");
        }
        assert_eq!(kind("email", Scalar::Bool), None);
        assert_eq!(kind("ip", Scalar::Int4), None);
    }
}
