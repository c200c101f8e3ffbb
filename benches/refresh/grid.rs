//! A table of words and numbers, for a terminal and for a README.

use std::fmt::Write as _;

/// Rows of cells under a head. The first column is words, the others are numbers.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(crate) fn new(title: impl Into<String>, head: &[&str]) -> Self {
        Self {
            title: title.into(),
            head: head.iter().map(|&word| word.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = String>) {
        self.rows.push([name.into()].into_iter().chain(cells).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// In columns.
    pub(crate) fn text(&self) -> String {
        let all = || [&self.head].into_iter().chain(&self.rows);
        let wide = |at: usize| {
            all().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let mut text = format!("{}\n", self.title);
        for row in all() {
            let mut line = String::new();
            for (at, cell) in row.iter().enumerate() {
                let width = wide(at);
                let _ =
                    if at == 0 { write!(line, "  {cell:<width$}") } else { write!(line, "  {cell:>width$}") };
            }
            text = text + line.trim_end() + "\n";
        }
        text
    }

    /// As Markdown.
    pub(crate) fn markdown(&self) -> String {
        // A bar in a cell, as in `psql | psql`, would end it.
        let line = |cells: &[String]| {
            format!(
                "| {} |\n",
                cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | ")
            )
        };
        let rule = format!("|---|{}\n", "---:|".repeat(self.head.len().saturating_sub(1)));
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}\n\n{}{rule}{rows}", self.title, line(&self.head))
    }
}

/// A number with so many digits after the point; nothing where there is none.
pub(crate) fn digits(number: Option<f64>, digits: usize) -> String {
    number.filter(|number| number.is_finite()).map_or("–".to_owned(), |number| format!("{number:.digits$}"))
}

/// 1234567 as 1 234 567.
pub(crate) fn grouped(number: u64) -> String {
    let plain = number.to_string();
    let mut text = String::new();
    for (at, digit) in plain.chars().enumerate() {
        if at > 0 && (plain.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
