//! Names of things in a schema, and how SQL quotes them.

use std::fmt;

/// A schema-qualified name, unquoted inside, quoted when shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Name {
    /// The schema's name.
    pub schema: String,
    /// The object's name.
    pub name: String,
}

impl Name {
    /// A name of its two parts.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }

    /// The form that is always valid in SQL: both parts in double quotes.
    #[must_use]
    pub fn sql(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.name))
    }

    /// As it is shown, but every character as it is: what a rule file's key means.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}.{}", written(&self.schema), written(&self.name))
    }

    /// Reads a name as SQL writes it: `users`, `sales.users`, `sales."Odd.Name"`.
    /// Unquoted letters are *not* folded: what a person writes in a rule file is
    /// what `\d` shows. Returns the parts, or `None` where quotes don't close.
    #[must_use]
    pub fn split(written: &str) -> Option<Vec<String>> {
        let mut parts = vec![String::new()];
        let mut chars = written.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            let part = parts.last_mut()?;
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    part.push('"');
                }
                '"' => quoted = !quoted,
                '.' if !quoted => parts.push(String::new()),
                c => part.push(c),
            }
        }
        (!quoted && parts.iter().all(|part| !part.is_empty())).then_some(parts)
    }
}

/// Quotes an identifier where a reader needs it; for messages, not for SQL,
/// because it does not know the reserved words, and escapes what would not show.
#[must_use]
pub fn quote(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { visible(&identifier(name)) }
}

/// As [`quote`], but every character as it is: what a rule file's key means.
#[must_use]
pub fn written(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { identifier(name) }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a character does not show, or moves those around it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    let moves =
        matches!(u32::from(c), 0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff);
    c.is_control() || (moves && c != '\u{200d}')
}

/// A name in one line, with escapes for characters that do not show.
#[must_use]
pub fn visible(name: &str) -> String {
    if !name.contains(is_hidden) {
        return name.to_owned();
    }
    let shown = |c: char| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() };
    name.chars().map(shown).collect()
}

/// Quotes an identifier so that it is valid in SQL whatever it is.
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", quote(&self.schema), quote(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_part_may_hold_dots_and_quotes() {
        let parts = Name::split(r#"sales."Weird.""Name""#).unwrap();
        assert_eq!(parts, ["sales", r#"Weird."Name"#]);
    }

    #[test]
    fn an_open_quote_or_an_empty_part_is_no_name() {
        assert_eq!(Name::split(r#"sales."x"#), None);
        assert_eq!(Name::split("sales..x"), None);
    }

    #[test]
    fn what_does_not_show_is_shown_as_an_escape_and_written_as_it_is() {
        let name = Name::new("public", "a\n\u{1b}\u{202e}b");
        assert_eq!(name.to_string(), r#"public."a\n\u{1b}\u{202e}b""#);
        assert_eq!(name.written(), "public.\"a\n\u{1b}\u{202e}b\"");
        // A family is one character with joiners between its members.
        assert_eq!(visible("👩‍👧 é"), "👩‍👧 é");
    }

    #[test]
    fn names_are_quoted_only_where_needed() {
        assert_eq!(Name::new("public", "Odd Name").to_string(), "public.\"Odd Name\"");
        assert_eq!(Name::new("public", "users").to_string(), "public.users");
    }
}
