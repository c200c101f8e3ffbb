//! SQL conditions as the server prints them: `pg_get_expr` sets parentheses around
//! every operator, so that no precedence has to be known here.
//!
//! What is not understood is no error: it is `None`, and whoever asks says that
//! the database will check it.

use regex::RegexBuilder;
use std::ops::Range;

/// Bounds what stands inside another, by parentheses or in a chain of operators or casts,
/// whatever somebody's condition looks like: dropping it recurses as reading it does.
const DEEPEST: usize = 60;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// A column, or `VALUE` in a domain's condition.
    Column(String),
    Text(String),
    Number(String),
    Null,
    /// A cast, with the type's name.
    Cast(Box<Expr>, String),
    Call(String, Vec<Expr>),
    List(Vec<Expr>),
    /// Two sides and the operator between them.
    Op(String, Box<Expr>, Box<Expr>),
    /// As [`Expr::Op`], with any item of a list on the right side.
    Any(String, Box<Expr>, Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    IsNull(Box<Expr>),
}

/// A value while a condition is tried on it.
enum Tried {
    Text(String),
    Number(f64),
}

impl Expr {
    /// Reads an expression; `None` where it is of a form that is not known here.
    pub(super) fn parse(sql: &str) -> Option<Self> {
        let tokens = tokens(sql)?;
        let mut hand = Hand { tokens: &tokens, at: 0, depth: 0 };
        let expr = hand.or()?;
        (hand.at == tokens.len()).then_some(expr)
    }

    /// The column that it is, whatever kind of text it is cast to.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Cast(inner, to) if is_text(to) => inner.column(),
            _ => None,
        }
    }

    /// Whether all it asks of a column is whether it is NULL, or the empty text.
    pub(super) fn asks_only_for_null(&self, column: &str) -> bool {
        let empty = |expr: &Self| match expr {
            Self::Text(text) => text.is_empty(),
            Self::Cast(inner, _) => matches!(&**inner, Self::Text(text) if text.is_empty()),
            _ => false,
        };
        let is = |expr: &Self| expr.column() == Some(column);
        match self {
            Self::IsNull(inner) if is(inner) => true,
            Self::Op(op, left, right) if matches!(op.as_str(), "=" | "<>") && is(left) && empty(right) => {
                true
            }
            Self::Column(name) => name != column,
            Self::Text(_) | Self::Number(_) | Self::Null => true,
            Self::Cast(inner, _) | Self::Not(inner) | Self::IsNull(inner) => inner.asks_only_for_null(column),
            Self::Call(_, list) | Self::List(list) | Self::And(list) | Self::Or(list) => {
                list.iter().all(|expr| expr.asks_only_for_null(column))
            }
            Self::Op(_, left, right) | Self::Any(_, left, right) => {
                left.asks_only_for_null(column) && right.asks_only_for_null(column)
            }
        }
    }

    /// Whether the condition holds where `column` is NULL: a CHECK that is neither
    /// true nor false holds.
    pub(super) fn allows_null(&self, column: &str) -> Option<bool> {
        match self {
            Self::And(list) => all(list, |expr| expr.allows_null(column)),
            Self::Or(list) => any(list, |expr| expr.allows_null(column)),
            Self::IsNull(inner) => (inner.column() == Some(column)).then_some(true),
            Self::Not(inner) => match &**inner {
                Self::IsNull(inner) => (inner.column() == Some(column)).then_some(false),
                inner => inner.allows_null(column).filter(|_| inner.is_strict()),
            },
            Self::Op(_, left, right) | Self::Any(_, left, right) => {
                (self.is_strict() && (left.reads(column) || right.reads(column))).then_some(true)
            }
            _ => None,
        }
    }

    /// Whether it is NULL where a column of it is.
    fn is_strict(&self) -> bool {
        match self {
            Self::Column(_) | Self::Text(_) | Self::Number(_) | Self::Null => true,
            Self::Cast(inner, _) => inner.is_strict(),
            Self::Call(name, list) => {
                !matches!(
                    name.as_str(),
                    "coalesce" | "num_nonnulls" | "num_nulls" | "concat" | "concat_ws" | "row"
                ) && list.iter().all(Self::is_strict)
            }
            Self::List(list) => {
                list.iter().all(|item| matches!(item, Self::Text(_) | Self::Number(_) | Self::Cast(..)))
            }
            Self::Op(_, left, right) | Self::Any(_, left, right) => left.is_strict() && right.is_strict(),
            Self::And(_) | Self::Or(_) | Self::Not(_) | Self::IsNull(_) => false,
        }
    }

    fn reads(&self, column: &str) -> bool {
        match self {
            Self::Column(name) => name == column,
            Self::Text(_) | Self::Number(_) | Self::Null => false,
            Self::Cast(inner, _) | Self::Not(inner) | Self::IsNull(inner) => inner.reads(column),
            Self::Call(_, list) | Self::List(list) | Self::And(list) | Self::Or(list) => {
                list.iter().any(|expr| expr.reads(column))
            }
            Self::Op(_, left, right) | Self::Any(_, left, right) => left.reads(column) || right.reads(column),
        }
    }

    /// Whether the condition holds where `column` has this value, in text form;
    /// `None` where that can't be told.
    pub(super) fn holds(&self, column: &str, value: &str) -> Option<bool> {
        match self {
            Self::And(list) => all(list, |expr| expr.holds(column, value)),
            Self::Or(list) => any(list, |expr| expr.holds(column, value)),
            Self::Not(inner) => inner.holds(column, value).map(|held| !held),
            Self::IsNull(inner) => (inner.column() == Some(column)).then_some(false),
            Self::Op(op, left, right) => compare(op, left.tried(column, value)?, right.tried(column, value)?),
            Self::Any(op, left, right) => {
                let mut list = &**right;
                while let Self::Cast(inner, _) = list {
                    list = inner;
                }
                let Self::List(list) = list else { return None };
                any(list, |item| compare(op, left.tried(column, value)?, item.tried(column, value)?))
            }
            Self::Cast(inner, to) if to == "boolean" => inner.holds(column, value),
            _ => None,
        }
    }

    fn tried(&self, column: &str, value: &str) -> Option<Tried> {
        match self {
            Self::Column(name) => (name == column).then(|| Tried::Text(value.to_owned())),
            Self::Text(text) => Some(Tried::Text(text.clone())),
            Self::Number(number) => number.parse().ok().map(Tried::Number),
            Self::Cast(inner, to) => {
                let tried = inner.tried(column, value)?;
                match tried {
                    Tried::Text(text) if is_number(to) => text.trim().parse().ok().map(Tried::Number),
                    tried if is_number(to) || is_text(to) || inner.column() != Some(column) => Some(tried),
                    _ => None,
                }
            }
            Self::Call(name, list) => {
                let [inner] = list.as_slice() else { return None };
                let Tried::Text(text) = inner.tried(column, value)? else { return None };
                #[expect(clippy::cast_precision_loss, reason = "a length")]
                let length = text.chars().count() as f64;
                match name.as_str() {
                    "length" | "char_length" | "character_length" => Some(Tried::Number(length)),
                    "octet_length" if text.is_ascii() => Some(Tried::Number(length)),
                    "lower" => Some(Tried::Text(text.to_lowercase())),
                    "upper" => Some(Tried::Text(text.to_uppercase())),
                    "btrim" => Some(Tried::Text(text.trim_matches(' ').to_owned())),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// Three-valued: false wins, then what is not known.
fn all(list: &[Expr], one: impl Fn(&Expr) -> Option<bool>) -> Option<bool> {
    let told: Vec<_> = list.iter().map(one).collect();
    if told.contains(&Some(false)) { Some(false) } else { told.iter().all(Option::is_some).then_some(true) }
}

fn any(list: &[Expr], one: impl Fn(&Expr) -> Option<bool>) -> Option<bool> {
    let told: Vec<_> = list.iter().map(one).collect();
    if told.contains(&Some(true)) { Some(true) } else { told.iter().all(Option::is_some).then_some(false) }
}

fn compare(op: &str, left: Tried, right: Tried) -> Option<bool> {
    let number = |tried: &Tried| match tried {
        Tried::Number(number) => Some(*number),
        Tried::Text(text) => text.trim().parse::<f64>().ok(),
    };
    let (left, right) = match (left, right) {
        (Tried::Text(left), Tried::Text(right)) => (left, right),
        (left, right) => {
            let order = number(&left)?.partial_cmp(&number(&right)?)?;
            return ordered(op, order);
        }
    };
    let regex = |pattern: &str, fold: bool| {
        // PostgreSQL's `^` and `$` stand for the whole text, as Rust's do.
        RegexBuilder::new(pattern).case_insensitive(fold).build().ok().map(|regex| regex.is_match(&left))
    };
    match op {
        "=" => Some(left == right),
        "<>" => Some(left != right),
        "~" => regex(&right, false),
        "~*" => regex(&right, true),
        "!~" => regex(&right, false).map(|matches| !matches),
        "!~*" => regex(&right, true).map(|matches| !matches),
        "~~" => regex(&like(&right), false),
        "~~*" => regex(&like(&right), true),
        "!~~" => regex(&like(&right), false).map(|matches| !matches),
        // How two texts are ordered is the collation's business, but for dates.
        _ if is_date(&left) && is_date(&right) => ordered(op, left.cmp(&right)),
        _ => None,
    }
}

fn ordered(op: &str, order: std::cmp::Ordering) -> Option<bool> {
    Some(match op {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => return None,
    })
}

/// A `LIKE` pattern as a regular expression.
fn like(pattern: &str) -> String {
    let mut regex = String::from("(?s)^");
    let mut escaped = false;
    for c in pattern.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '%' if !escaped => regex.push_str(".*"),
            '_' if !escaped => regex.push('.'),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
        escaped = false;
    }
    regex + "$"
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10 && bytes.iter().take(4).all(u8::is_ascii_digit) && bytes.get(4) == Some(&b'-')
}

fn is_text(type_name: &str) -> bool {
    matches!(type_name, "text" | "character varying" | "bpchar" | "citext" | "text[]" | "character varying[]")
        || type_name.ends_with(".citext")
}

fn is_number(type_name: &str) -> bool {
    matches!(type_name, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision")
}

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Quoted(String),
    Text(String),
    Number(String),
    Op(String),
    /// `( ) [ ] , .` and `::`, as they are.
    Mark(&'static str),
}

/// The names that stand in an expression, of columns and of whatever else has one.
pub(super) fn names(sql: &str) -> Vec<String> {
    let named = |token| match token {
        Token::Name(name) | Token::Quoted(name) => Some(name),
        _ => None,
    };
    tokens(sql).unwrap_or_default().into_iter().filter_map(named).collect()
}

fn tokens(sql: &str) -> Option<Vec<Token>> {
    Some(spanned(sql)?.into_iter().map(|(token, _)| token).collect())
}

/// The pieces of an expression, each with its place in the text.
pub(super) fn spanned(sql: &str) -> Option<Vec<(Token, Range<usize>)>> {
    let mut spanned = Vec::new();
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(c) = rest.chars().next() {
        let start = sql.len() - rest.len();
        let after = rest.get(c.len_utf8()..)?;
        rest = match c {
            '\'' => text(after, false, &mut tokens)?,
            'E' if after.starts_with('\'') => text(after.get(1..)?, true, &mut tokens)?,
            '"' => quoted(after, &mut tokens)?,
            c if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
                let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
                tokens.push(Token::Name(name.to_owned()));
                after
            }
            c if c.is_ascii_digit() => {
                let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
                let (number, after) = rest.split_at(end);
                tokens.push(Token::Number(number.to_owned()));
                after
            }
            _ => {
                const MARKS: [&str; 7] = ["::", "(", ")", "[", "]", ",", "."];
                if let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(*mark)) {
                    tokens.push(Token::Mark(mark));
                    rest.get(mark.len()..)?
                } else {
                    let end = rest.find(|c: char| !"+-*/<>=~!@#%^&|`?".contains(c)).unwrap_or(rest.len());
                    let (op, after) = rest.split_at_checked(end).filter(|(op, _)| !op.is_empty())?;
                    tokens.push(Token::Op(op.to_owned()));
                    after
                }
            }
        };
        spanned.push((tokens.pop()?, start..sql.len() - rest.len()));
        rest = rest.trim_start();
    }
    Some(spanned)
}

fn text<'s>(mut rest: &'s str, escaped: bool, tokens: &mut Vec<Token>) -> Option<&'s str> {
    let mut text = String::new();
    loop {
        let mut chars = rest.chars();
        match chars.next()? {
            '\'' if rest.starts_with("''") => {
                text.push('\'');
                chars.next();
            }
            '\'' => break,
            '\\' if escaped => text.push(chars.next()?),
            c => text.push(c),
        }
        rest = chars.as_str();
    }
    tokens.push(Token::Text(text));
    rest.get(1..)
}

fn quoted<'s>(mut rest: &'s str, tokens: &mut Vec<Token>) -> Option<&'s str> {
    let mut name = String::new();
    loop {
        let (piece, after) = rest.split_once('"')?;
        name.push_str(piece);
        rest = after;
        match rest.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => break,
        }
    }
    tokens.push(Token::Quoted(name));
    Some(rest)
}

/// Reads tokens from left to right.
struct Hand<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Hand<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn mark(&mut self, wanted: &str) -> Option<()> {
        let found = matches!(self.peek(), Some(Token::Mark(mark)) if *mark == wanted);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn word(&mut self, wanted: &str) -> Option<()> {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name == wanted);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn or(&mut self) -> Option<Expr> {
        let mut list = vec![self.and()?];
        while self.word("OR").is_some() {
            list.push(self.and()?);
        }
        if list.len() == 1 { list.pop() } else { Some(Expr::Or(list)) }
    }

    fn and(&mut self) -> Option<Expr> {
        let mut list = vec![self.not()?];
        while self.word("AND").is_some() {
            list.push(self.not()?);
        }
        if list.len() == 1 { list.pop() } else { Some(Expr::And(list)) }
    }

    fn not(&mut self) -> Option<Expr> {
        if self.word("NOT").is_some() {
            self.depth += 1;
            let inner = (self.depth < DEEPEST).then(|| self.not()).flatten()?;
            self.depth -= 1;
            return Some(Expr::Not(Box::new(inner)));
        }
        let mut left = self.operand()?;
        for _ in self.depth..DEEPEST {
            if self.word("IS").is_some() {
                let not = self.word("NOT").is_some();
                self.word("NULL")?;
                let is = Expr::IsNull(Box::new(left));
                left = if not { Expr::Not(Box::new(is)) } else { is };
                continue;
            }
            let Some(Token::Op(op)) = self.peek().cloned() else { return Some(left) };
            self.at += 1;
            let (left_side, many) = (Box::new(left), self.word("ANY").is_some());
            let right = Box::new(self.operand()?);
            left = if many { Expr::Any(op, left_side, right) } else { Expr::Op(op, left_side, right) };
        }
        None
    }

    fn operand(&mut self) -> Option<Expr> {
        self.depth += 1;
        let mut expr = (self.depth < DEEPEST).then(|| self.primary()).flatten()?;
        self.depth -= 1;
        for _ in self.depth..DEEPEST {
            if self.mark("::").is_none() {
                return Some(expr);
            }
            expr = Expr::Cast(Box::new(expr), self.type_name()?);
        }
        None
    }

    fn primary(&mut self) -> Option<Expr> {
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Text(text) => Some(Expr::Text(text)),
            Token::Number(number) => Some(Expr::Number(number)),
            Token::Quoted(name) => Some(Expr::Column(name)),
            Token::Op(op) if op == "-" => match self.peek()?.clone() {
                Token::Number(number) => {
                    self.at += 1;
                    Some(Expr::Number(format!("-{number}")))
                }
                _ => None,
            },
            Token::Mark("(") => {
                let inner = self.or()?;
                self.mark(")")?;
                Some(inner)
            }
            Token::Name(name) => match name.as_str() {
                "NULL" => Some(Expr::Null),
                "CASE" | "IS" | "AND" | "OR" | "EXISTS" | "ROW" => None,
                "ARRAY" => {
                    self.mark("[")?;
                    self.list("]").map(Expr::List)
                }
                "true" | "false" => Some(Expr::Text(name)),
                _ if self.mark("(").is_some() => Some(Expr::Call(name.to_lowercase(), self.list(")")?)),
                _ if matches!(self.peek(), Some(Token::Mark("." | "["))) => None,
                _ => Some(Expr::Column(name)),
            },
            _ => None,
        }
    }

    fn list(&mut self, end: &str) -> Option<Vec<Expr>> {
        let mut list = Vec::new();
        while self.mark(end).is_none() {
            if !list.is_empty() {
                self.mark(",")?;
            }
            list.push(self.or()?);
        }
        Some(list)
    }

    fn type_name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let Some(Token::Name(word) | Token::Quoted(word)) = self.peek() else { return None };
            name.push_str(word);
            self.at += 1;
            if self.mark(".").is_none() {
                break;
            }
            name.push('.');
        }
        while let Some(Token::Name(word)) = self.peek()
            && matches!(word.as_str(), "varying" | "precision" | "with" | "without" | "time" | "zone")
        {
            name.push(' ');
            name.push_str(word);
            self.at += 1;
        }
        if self.mark("(").is_some() {
            self.list(")")?;
            name.push_str("(n)");
        }
        if self.mark("[").is_some() {
            self.mark("]")?;
            name.push_str("[]");
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str, value: &str) -> Option<bool> {
        Expr::parse(condition)?.holds("c", value)
    }

    #[test]
    fn lists_and_comparisons_are_tried() {
        let list = "((c)::text = ANY ((ARRAY['a'::character varying, 'b''s'::character varying])::text[]))";
        assert_eq!((holds(list, "b's"), holds(list, "c")), (Some(true), Some(false)));
        assert_eq!(holds("((c >= 0) AND (c < '-5'::integer))", "3"), Some(false));
        assert_eq!(holds("((c > 0) OR (other > 5))", "0"), None);
        assert_eq!(holds("(c > '2020-01-01'::date)", "2019-12-31"), Some(false));
        assert_eq!(holds("(c <> ALL (ARRAY['a'::text]))", "b"), None);
    }

    #[test]
    fn lengths_and_patterns_are_tried() {
        assert_eq!(holds("(char_length((c)::text) = 5)", "żółwi"), Some(true));
        assert_eq!(holds("(c ~ '^[A-Z]{2}\\d+$'::text)", "DE12"), Some(true));
        assert_eq!(holds("((VALUE)::text ~* 'x'::text)", "x"), None);
        assert_eq!(holds("(c ~~ '%@_%.com'::text)", "a@bXcom"), Some(false));
        assert_eq!(holds("(NOT (c ~~ 'a%'::text))", "ab"), Some(false));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for condition in
            ["CASE WHEN (c > 1) THEN true ELSE false END", "(c @> 'x'::jsonb)", "f(c)", "(((c", ""]
        {
            assert_eq!(holds(condition, "1"), None, "{condition}");
        }
    }

    #[test]
    fn null_passes_where_the_condition_becomes_null() {
        let null = |condition: &str| Expr::parse(condition).and_then(|expr| expr.allows_null("c"));
        assert_eq!(null("(c > 0)"), Some(true));
        assert_eq!(null("(c IS NOT NULL)"), Some(false));
        assert_eq!(null("((c IS NOT NULL) OR (d IS NOT NULL))"), None);
        assert_eq!(null("(COALESCE(c, ''::text) <> ''::text)"), None);
    }

    #[test]
    fn a_predicate_may_ask_for_no_more_than_null() {
        let only = |sql: &str| Expr::parse(sql).unwrap().asks_only_for_null("c");
        assert!(only("((c IS NULL) AND (d = 1) AND (c <> ''::text))"));
        assert!(!only("(c = 'x'::text)") && !only("(lower(c) IS NULL)"));
    }

    #[test]
    fn endless_chains_and_parentheses_end() {
        for piece in ["(", "a::", "a + ", "a = ANY ", "NOT "] {
            assert_eq!(Expr::parse(&format!("{}a", piece.repeat(200_000))), None, "{piece}");
        }
        for more in ["::text", " IS NULL"] {
            assert_eq!(Expr::parse(&format!("a{}", more.repeat(200_000))), None, "{more}");
        }
    }
}
