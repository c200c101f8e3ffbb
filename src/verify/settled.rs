//! Definitions of constraints and indexes in the form that reading them back settles on.
//!
//! PostgreSQL prints some expressions otherwise once it has read its own print (seen on 15). `state IN
//! ('a', 'b')` of a `varchar` is an array with one cast behind it at first, and an array of casts after
//! a dump and its restore; `a BETWEEN 1 AND 2 AND b` loses the parentheses around its first part. So a
//! source that was made by its DDL and a copy that came out of a dump differ in print and in nothing
//! else. Here casts go into arrays, and parentheses go.

/// A definition in that form. It is for comparing, and no SQL any more.
pub(super) fn settled(definition: &str) -> String {
    let mut out = String::with_capacity(definition.len());
    write(&tokens(definition), "", &mut out);
    out
}

/// Words, quoted texts and single signs, without what separates them.
fn tokens(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let end = match first {
            '\'' | '"' => quoted(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        found.push(token);
        rest = after.trim_start();
    }
    found
}

/// Where a quoted text ends; a doubled quote inside does not end it.
fn quoted(sql: &str, quote: char) -> usize {
    let mut signs = sql.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == quote && signs.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    sql.len()
}

/// Writes tokens without parentheses; `cast` goes behind each item of a list.
fn write(tokens: &[&str], cast: &str, out: &mut String) {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(token) = tokens.get(at) {
        if let Some((items, of, length)) = tokens.get(at..).and_then(cast_array) {
            out.push_str("ARRAY [ ");
            write(items, &of, out);
            out.push_str("] ");
            at += length;
            continue;
        }
        match *token {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "," if depth == 0 => out.push_str(cast),
            _ => {}
        }
        if !matches!(*token, "(" | ")") {
            out.push_str(token);
            out.push(' ');
        }
        at += 1;
    }
    out.push_str(cast);
}

/// `(ARRAY[…])::of[]`: the items, the cast of each, and how many tokens it is.
fn cast_array<'t, 's>(tokens: &'t [&'s str]) -> Option<(&'t [&'s str], String, usize)> {
    let inside = tokens.strip_prefix(&["(", "ARRAY", "["])?;
    let mut depth = 0_usize;
    let end = inside.iter().position(|token| match *token {
        "(" | "[" => {
            depth += 1;
            false
        }
        ")" | "]" if depth > 0 => {
            depth -= 1;
            false
        }
        "]" => true,
        _ => false,
    })?;
    let of = inside.get(end..)?.strip_prefix(&["]", ")", ":", ":"])?;
    let length = of.iter().position(|token| *token == "[")?;
    of.get(length + 1).filter(|token| **token == "]")?;
    let name = of.get(..length)?;
    // `numeric(8,2)`, `character varying`, `"char"`; an operator or a comma is behind another type.
    let is_name = |token: &&str| {
        token.starts_with('"') || token.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    let mut words = name.iter().take_while(|token| **token != "(");
    if name.is_empty() || !words.all(is_name) || inside.get(..end)?.is_empty() {
        return None;
    }
    let plain: Vec<&str> = name.iter().copied().filter(|token| !matches!(*token, "(" | ")")).collect();
    Some((inside.get(..end)?, format!(": : {} ", plain.join(" ")), 3 + end + 4 + length + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_of_an_array_is_one_of_its_items() {
        for (first, second) in [
            (
                "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b, ('::character varying])::text[])))",
                "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b, ('::character varying)::text])))",
            ),
            (
                "CHECK ((n = ANY ((ARRAY[1, (2 + 3)])::bigint[])))",
                "CHECK ((n = ANY (ARRAY[(1)::bigint, (2 + 3)::bigint])))",
            ),
            (
                "CHECK (f((ARRAY[g(a, b), c])::numeric(8,2)[]))",
                "CHECK (f(ARRAY[(g(a, b))::numeric(8,2), (c)::numeric(8,2)]))",
            ),
            ("CHECK (((a >= 1) AND (a <= 2)) AND b)", "CHECK ((a >= 1) AND (a <= 2) AND b)"),
        ] {
            assert_eq!(settled(first), settled(second), "{first}");
        }
    }

    #[test]
    fn what_means_something_else_stays_different() {
        for (first, second) in [
            ("CHECK ((s = ANY ((ARRAY['a'])::text[])))", "CHECK ((s = ANY ((ARRAY['b'])::text[])))"),
            ("CHECK ((s = ANY ((ARRAY['a'])::text[])))", "CHECK ((s = ANY ((ARRAY['a'])::\"char\"[])))"),
            ("CHECK ((s = '(a)'::text))", "CHECK ((s = 'a'::text))"),
            ("CHECK ((a <= 2))", "CHECK ((a < 2))"),
            ("CHECK ((\"a b\" = 1))", "CHECK ((a b = 1))"),
        ] {
            assert_ne!(settled(first), settled(second), "{first}");
        }
    }

    #[test]
    fn whatever_is_not_sql_comes_to_an_end() {
        for text in
            ["", "(ARRAY[", "(ARRAY[])::text[]", "'open", "(ARRAY[a])::", "((((]]]]", "(ARRAY[a])::text"]
        {
            let _ = settled(text);
        }
    }
}
