//! Texts that the schema itself carries: what a dump of it would print.

use super::name::quote;
use std::fmt;

/// How a passage is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// SQL, with literals and remarks in it.
    Sql,
    /// One literal, as it is.
    Literal,
    /// `name=value`.
    Setting,
    /// A program that is not SQL.
    Program,
    /// Prose that describes an object: it travels only where comments do.
    Comment,
}

/// One text of one object.
///
/// It may hold what is personal, so it is never shown: `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Passage {
    /// What it is to the object, such as `default of the column`.
    pub what: String,
    /// The object's name, part by part: `public`, `orders`, `status_check`.
    pub name: Vec<String>,
    /// How it is written.
    pub script: Script,
    /// The text.
    pub text: String,
}

impl Passage {
    /// The object's name as SQL quotes it.
    #[must_use]
    pub fn object(&self) -> String {
        self.name.iter().map(|part| quote(part)).collect::<Vec<_>>().join(".")
    }
}

impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passage({} `{}`)", self.what, self.object())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_shown_by_its_object_alone() {
        let passage = Passage {
            what: "label of the enum".to_owned(),
            name: ["public", "Mood"].map(str::to_owned).to_vec(),
            script: Script::Literal,
            text: "ann@corp.com".to_owned(),
        };
        assert_eq!(format!("{passage:?}"), "Passage(label of the enum `public.\"Mood\"`)");
    }
}
