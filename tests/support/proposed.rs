//! What a proposal of `discover` says of one column.

/// The rule of a column, with the reason behind it.
pub(crate) fn proposed(text: &str, table: &str, column: &str) -> String {
    let section = text.split(&format!("[table.{table}]\n")).nth(1);
    let section = section.and_then(|rest| rest.split("[table.").next());
    let line = section.and_then(|section| {
        section.lines().find(|line| line.split([' ', '=']).next() == Some(column))?.split_once('=')
    });
    let (_, rule) = line.unwrap_or_else(|| panic!("no line for {table}.{column}\n{text}"));
    rule.trim().to_owned()
}
