//! What must hold of every byte string that somebody else wrote, one hunt for each reader of such.
//!
//! A hunt takes any bytes and panics where a promise is broken: no reader panics, reads outside,
//! asks for memory without bound or quotes what it read. The tests feed them mutations of
//! [`Hunt::seeds`]; `cargo fuzz` feeds them what it finds.

pub(crate) mod kind;
pub(crate) mod row;
mod text;

/// What no error may show. Seeds hold it where a value stands.
pub(crate) const CANARY: &str = "Xqvander93841";

/// A reader of foreign bytes, and how it is hunted.
pub(crate) struct Hunt {
    /// The name of the fuzz target and of its corpus.
    pub(crate) name: &'static str,
    /// Panics where a promise is broken.
    pub(crate) look: fn(&[u8]),
    /// What the reader can read, to begin with.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// What means something to the reader.
    pub(crate) tokens: &'static [&'static str],
}

/// All of them.
pub(crate) const HUNTS: &[Hunt] = &[
    Hunt { name: "binary_row", look: row::binary_row, seeds: row::binary_rows, tokens: row::BINARY_TOKENS },
    Hunt { name: "text_row", look: row::text_row, seeds: row::text_rows, tokens: &["\t", "\\N", "\\", "\n"] },
    Hunt {
        name: "binary_value",
        look: row::binary_value,
        seeds: row::binary_values,
        tokens: row::BINARY_TOKENS,
    },
    Hunt { name: "text_value", look: row::text_value, seeds: row::text_values, tokens: row::TEXT_TOKENS },
    Hunt { name: "rule_file", look: text::rule_file, seeds: text::rule_files, tokens: text::RULE_TOKENS },
    Hunt { name: "connection", look: text::connection, seeds: text::connections, tokens: text::URL_TOKENS },
    Hunt { name: "json_path", look: text::json_path, seeds: text::json_paths, tokens: text::PATH_TOKENS },
    Hunt { name: "xml_path", look: text::xml_path, seeds: text::xml_paths, tokens: text::PATH_TOKENS },
    Hunt { name: "scrub", look: text::scrub, seeds: text::proses, tokens: text::PROSE_TOKENS },
    Hunt { name: "sql_text", look: text::sql_text, seeds: text::sqls, tokens: text::SQL_TOKENS },
    Hunt {
        name: "detect",
        look: text::detect,
        seeds: text::names,
        tokens: &["_", "Email", "ä", ".", "\u{0}"],
    },
];

/// Runs the hunt of that name.
pub(crate) fn look(name: &str, data: &[u8]) {
    for hunt in HUNTS.iter().filter(|hunt| hunt.name == name) {
        (hunt.look)(data);
    }
}

/// Fails where a message quotes what was read.
pub(crate) fn assert_silent(said: &str, help: Option<&str>) {
    assert!(!said.contains(CANARY), "an error quotes a value");
    assert!(!help.unwrap_or_default().contains(CANARY), "a help quotes a value");
}
