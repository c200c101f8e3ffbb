//! Rust without its comments and literals, so that a rule is not misled by prose.

/// The text with comments and the insides of literals blanked out; lines stay where they are.
pub(crate) fn only_code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that begins here ends; `at` when none does.
fn literal_end(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => line_end(chars, at),
        '/' if next == Some('*') => comment_end(chars, at),
        '"' => string_end(chars, at),
        'r' if !follows_name(chars, at) => raw_end(chars, at),
        '\'' => char_end(chars, at),
        _ => at,
    }
}

/// Whether the letter belongs to a longer name: the `r` of `br"…"` begins a literal, that of `for` does not.
fn follows_name(chars: &[char], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|index| chars[index]);
    let in_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if matches!(before(1), Some('b' | 'c')) { in_name(before(2)) } else { in_name(before(1)) }
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |length| at + length)
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut here) = (0_usize, at);
    while here + 1 < chars.len() {
        match (chars[here], chars[here + 1]) {
            ('/', '*') => (depth, here) = (depth + 1, here + 2),
            ('*', '/') => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            return here;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut here = at + 1;
    while here < chars.len() {
        match chars[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    chars.len()
}

fn raw_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let mut here = at + 2 + hashes;
    while here < chars.len() {
        let closing = chars[here + 1..].iter().take(hashes).filter(|c| **c == '#').count();
        if chars[here] == '"' && closing == hashes {
            return here + 1 + hashes;
        }
        here += 1;
    }
    chars.len()
}

/// A lifetime has no second quote where a letter's literal has one.
fn char_end(chars: &[char], at: usize) -> usize {
    match chars.get(at + 1) {
        Some('\\') => {
            let closing = chars.iter().skip(at + 3).position(|c| *c == '\'');
            closing.map_or(at, |length| at + 4 + length)
        }
        Some(_) if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

#[test]
fn prose_and_literals_are_blanked_and_code_stays() {
    let text = "a(\"b // c\", 'd', '\\'', b'\\\\') // e\n/* f /* g */ h */ i::<'j>(r#\"k\"l\"#, br\"m\") for r#n \"o\\\"p\" q";
    let code = only_code(text);
    let left: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    assert_eq!(left, "abijbforrnq", "{code}");
    assert_eq!(code.matches('\n').count(), 1);
}
