//! SQL that a person writes into a rule: one expression, and nothing that reaches
//! out of the parentheses it is put into.
//!
//! It is not parsed, the server does that. But `a) OR (b` is valid once it stands
//! between parentheses, and then it means something else than it says: so strings,
//! quoted names, comments and dollar quotes must end, parentheses must pair up
//! within it, and no statement may end.

use super::reader::Reader;
use crate::diagnostic::{Diagnostic, Span};
use toml_edit::Item;

impl Reader {
    /// Reads a string that is one SQL expression.
    pub(super) fn expression(&mut self, what: &str, item: &Item, span: &Span, help: &str) -> Option<String> {
        let text = self.text(what, item, span, help)?;
        if let Some(why) = problem(&text) {
            let message = format!("{what} is not one SQL expression: {why}");
            self.problem(Diagnostic::error(message).at(span, "").help(help));
            return None;
        }
        Some(text)
    }
}

/// Why a text is not one expression on its own; `None` where nothing speaks against it.
fn problem(sql: &str) -> Option<&'static str> {
    let mut rest = sql;
    let mut depth = 0_u32;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '\'' => match end_of_string(after, is_escaped(sql, rest)) {
                Some(after) => after,
                None => return Some("a string does not end"),
            },
            '"' => match after.split_once('"') {
                // A doubled quote opens the next piece of the same name at once.
                Some((_, after)) => after,
                None => return Some("a quoted name does not end"),
            },
            '-' if after.starts_with('-') => after.split_once('\n').map_or("", |(_, after)| after),
            '/' if after.starts_with('*') => match end_of_comment(after) {
                Some(after) => after,
                None => return Some("a comment does not end"),
            },
            '$' if !continues_a_name(sql, rest) => match dollar_tag(rest) {
                Some(tag) => match rest.get(tag.len()..).and_then(|body| body.split_once(tag)) {
                    Some((_, after)) => after,
                    None => return Some("a dollar-quoted string does not end"),
                },
                None => after,
            },
            ';' => return Some("a statement ends in it"),
            '(' | '[' => {
                depth += 1;
                after
            }
            ')' | ']' => {
                if depth == 0 {
                    return Some("a parenthesis closes that it did not open");
                }
                depth -= 1;
                after
            }
            _ => after,
        };
    }
    (depth > 0).then_some("a parenthesis stays open")
}

/// Whether the string that begins at `rest` is an `E'…'` string.
fn is_escaped(sql: &str, rest: &str) -> bool {
    let before = sql.get(..sql.len() - rest.len()).unwrap_or_default();
    let mut chars = before.chars().rev();
    matches!(chars.next(), Some('e' | 'E')) && !chars.next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn end_of_string(mut rest: &str, escaped: bool) -> Option<&str> {
    loop {
        let at = rest.find(['\'', '\\'])?;
        let after = rest.get(at + 1..)?;
        if rest.get(at..).is_some_and(|rest| rest.starts_with('\\')) {
            let skipped = if escaped { after.chars().next()?.len_utf8() } else { 0 };
            rest = after.get(skipped..)?;
        } else {
            return Some(after);
        }
    }
}

/// Comments nest in PostgreSQL.
fn end_of_comment(mut rest: &str) -> Option<&str> {
    rest = rest.get(1..)?;
    let mut depth = 1;
    while depth > 0 {
        let close = rest.find("*/")?;
        if let Some(open) = rest.find("/*").filter(|open| *open < close) {
            depth += 1;
            rest = rest.get(open + 2..)?;
        } else {
            depth -= 1;
            rest = rest.get(close + 2..)?;
        }
    }
    Some(rest)
}

fn continues_a_name(sql: &str, rest: &str) -> bool {
    let before = sql.get(..sql.len() - rest.len()).unwrap_or_default();
    before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

/// `$$` or `$tag$` at the beginning of `rest`.
fn dollar_tag(rest: &str) -> Option<&str> {
    let end = rest.get(1..)?.find('$')? + 2;
    let tag = rest.get(..end)?;
    let name = tag.trim_matches('$');
    let is_name = !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn ordinary_conditions_pass() {
        for sql in [
            "id < 10",
            "created_at > now() - interval '90 days'",
            "name = 'O''Hara' AND (a OR b) -- done",
            "note ~ E'a\\'b)' OR note = ')'",
            "tag = ANY (ARRAY['(', $$)$$, $x$ ' $x$]) /* ( /* nested */ */",
            "\"odd \"\"(name\" IS NULL",
            "path = 'C:\\'",
            "a$b = 1",
        ] {
            assert_eq!(problem(sql), None, "{sql}");
        }
    }

    #[test]
    fn whatever_leaves_its_parentheses_is_refused() {
        for sql in [
            "id < 10) OR (true",
            "false) UNION ALL SELECT 1, email FROM x WHERE (true",
            "id < 10; DROP TABLE t",
            "id < 10 /* open",
            "id < (10",
            "name = 'open",
            "name = E'open\\'",
            "name = \"open",
            "name = $$open",
            "a[1)) OR ((b",
            "1 -- )\n) OR (true",
        ] {
            assert!(problem(sql).is_some(), "{sql}");
        }
    }
}
