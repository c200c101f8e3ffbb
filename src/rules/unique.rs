//! Unique keys over masked columns: whether distinct rows stay distinct.
//!
//! Two rows that differ in a key collide only if every part in which they differ
//! collides, so a key is as safe as the least safe of its parts; its odds are at
//! most the sum of theirs. What a part is made of decides how it compares: a
//! column exactly, `lower(column)` and `citext` without case, and of any other
//! expression over masked columns only the database can say.

use super::check::Decided;
use super::decide::{Verdict, Verdicts};
use super::distinct::{self, Comparison};
use super::fitting;
use super::follow::{deciding, needs_decisions, partition_of};
use super::key::{self, KeyVerdict, Uniqueness};
use super::printed::{self, Expr};
use super::reader::Registry;
use super::rows::{RowVerdict, Rows};
use super::shown::shown_or_mark;
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, KeyKind, KeyPart, Schema, Table, UniqueKey};
use crate::transform::{Decision, Rule};

/// The odds of a collision that a key may have.
pub(super) const TOLERATED: f64 = 1e-6;

/// Statistics of a young table may still say that it is empty.
const LEAST_ROWS: u64 = 100;

/// Says what becomes of each key over masked columns, and reports those that
/// masking could break.
pub(super) fn check_keys(
    registry: Registry,
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) -> Vec<KeyVerdict> {
    let mut keys = Vec::new();
    for (index, table) in schema.tables.iter().enumerate().filter(|(_, table)| needs_decisions(table)) {
        if rows.get(index).is_some_and(|rows| rows.rows == Rows::None) {
            continue;
        }
        let names = table.columns.iter().map(|column| column.name.as_str()).collect();
        let desk = Desk { registry, schema, verdicts, index, table, names };
        for key in table.keys.iter().filter(|key| !desk.stands_at_root(key)) {
            match desk.check(key) {
                None => {}
                Some(Err(problem)) => problems.push(problem),
                Some(Ok(outcome)) => {
                    if let Uniqueness::Unproved { why } = &outcome {
                        problems.push(desk.caution(key, why));
                    }
                    let (table, parts) = (table.name.to_string(), key::parts(key, &desk.names));
                    keys.push(KeyVerdict { table, key: key.name.clone(), parts, outcome });
                }
            }
        }
    }
    keys
}

struct Desk<'a> {
    registry: Registry,
    schema: &'a Schema,
    verdicts: &'a Verdicts<'a>,
    index: usize,
    table: &'a Table,
    names: Vec<&'a str>,
}

/// What a part of a key is made of.
enum Piece {
    /// Of columns that stay as they are.
    Kept,
    /// Of one masked column.
    Column(usize, Comparison),
    /// Of masked columns, in a way that only the database can judge.
    Opaque(Vec<usize>, String),
}

impl Desk<'_> {
    /// A partition's key is mostly its root's, and reported there.
    fn stands_at_root(&self, key: &UniqueKey) -> bool {
        let Some(root) = partition_of(self.schema, self.index).and_then(|root| self.schema.table(root))
        else {
            return false;
        };
        let names: Vec<_> = root.columns.iter().map(|column| column.name.as_str()).collect();
        root.keys.iter().any(|other| key::same_parts((other, &names), (key, &self.names)))
    }

    fn check(&self, key: &UniqueKey) -> Option<Result<Uniqueness, Diagnostic>> {
        if !key.columns.iter().any(|column| self.is_masked(*column)) {
            return None;
        }
        let pieces: Vec<_> =
            (0..).zip(&key.parts).map(|(place, part)| self.piece(key, place, part)).collect();
        let mut odds: Vec<(usize, f64)> = Vec::new();
        let mut doubts: Vec<String> = self.doubt_of_predicate(key).into_iter().collect();
        for piece in &pieces {
            match piece {
                Piece::Kept => {}
                Piece::Column(column, how) => odds.push((*column, self.odds(key, *column, *how))),
                Piece::Opaque(columns, why) => {
                    // One column alone has to tell all rows apart, whatever is made of it.
                    if let ([column], [_]) = (columns.as_slice(), pieces.as_slice()) {
                        odds.push((*column, self.odds(key, *column, Comparison::Exact)));
                    }
                    doubts.push(why.clone());
                }
            }
            if let Piece::Column(column, _) = piece
                && matches!(self.decided(*column), Some(Decided::Remake(_)))
            {
                doubts.push("it depends on what is remade".to_owned());
            }
        }
        // Rows that another key keeps apart need not be kept apart by this one.
        if self.another_holds(key) && key.kind != KeyKind::Exclusion {
            return Some(Ok(settled(
                &odds.iter().filter(|(_, odds)| *odds < TOLERATED).copied().collect::<Vec<_>>(),
            )));
        }
        let worst = odds.iter().copied().max_by(|(_, one), (_, two)| one.total_cmp(two));
        let by_value = key.kind != KeyKind::Exclusion || doubts.is_empty();
        if let Some((column, worst)) = worst.filter(|(_, odds)| by_value && *odds >= TOLERATED) {
            return Some(Err(self.refusal(key, column, worst)));
        }
        Some(Ok(if doubts.is_empty() {
            settled(&odds)
        } else {
            Uniqueness::Unproved { why: doubts.join(", and ") }
        }))
    }

    fn piece(&self, key: &UniqueKey, place: usize, part: &KeyPart) -> Piece {
        // A generated column is as unique as what it is made of.
        let made = match part {
            KeyPart::Column(column) => self.schema.generated(self.id(*column)),
            KeyPart::Expression(_) => None,
        };
        let (columns, shape, sql) = match (part, made.map(|made| &made.expression)) {
            (KeyPart::Column(column), None) => (vec![*column], Some((*column, Comparison::Exact)), None),
            (KeyPart::Expression(sql), _) | (_, Some(sql)) => {
                let mut columns: Vec<_> =
                    printed::names(sql).iter().filter_map(|n| self.table.find(n)).collect();
                columns.sort_unstable();
                columns.dedup();
                (columns, Expr::parse(sql).and_then(|expr| self.shape(&expr)), Some(sql))
            }
        };
        let masked: Vec<_> = columns.into_iter().filter(|column| self.is_masked(*column)).collect();
        if masked.is_empty() {
            return Piece::Kept;
        }
        let operator = key.operators.get(place).map_or("&&", String::as_str);
        if key.kind == KeyKind::Exclusion && operator != "=" {
            return Piece::Opaque(masked, format!("it compares masked columns by `{operator}`"));
        }
        match (shape, sql) {
            (Some((column, how)), sql) => {
                let citext = sql.is_none()
                    && self.table.columns.get(column).is_some_and(|column| {
                        column.data_type.base().name.rsplit('.').next() == Some("citext")
                    });
                Piece::Column(column, if citext { Comparison::Folded } else { how })
            }
            (None, sql) => {
                let sql = sql.map(|sql| shown_or_mark(sql)).unwrap_or_default();
                Piece::Opaque(masked, format!("`{sql}` may give one value for two masked ones"))
            }
        }
    }

    /// The one column an expression tells apart, if it does.
    fn shape(&self, expr: &Expr) -> Option<(usize, Comparison)> {
        if let Some(name) = expr.column() {
            let column = self.table.find(name)?;
            // Of what is made of others only the database can say.
            return self.schema.generated(self.id(column)).is_none().then_some((column, Comparison::Exact));
        }
        match expr {
            Expr::Cast(inner, to) if matches!(to.as_str(), "text" | "bytea") => self.shape(inner),
            Expr::Call(name, list) => {
                let [inner] = list.as_slice() else { return None };
                match name.as_str() {
                    "lower" | "upper" => Some((self.shape(inner)?.0, Comparison::Folded)),
                    "md5" | "reverse" | "sha224" | "sha256" | "sha384" | "sha512" => self.shape(inner),
                    _ => None,
                }
            }
            Expr::Op(op, left, right) if op == "||" => {
                let constant = |expr: &Expr| match expr {
                    Expr::Text(_) => true,
                    Expr::Cast(inner, _) => matches!(**inner, Expr::Text(_)),
                    _ => false,
                };
                match (constant(left), constant(right)) {
                    (true, false) => self.shape(right),
                    (false, true) => self.shape(left),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Masked columns in a partial key's condition may let other rows in.
    fn doubt_of_predicate(&self, key: &UniqueKey) -> Option<String> {
        let predicate = key.predicate.as_deref()?;
        let named = printed::names(predicate);
        let parsed = Expr::parse(predicate);
        let doubted = named.iter().find(|name| {
            let Some(column) = self.table.find(name).filter(|column| self.is_masked(*column)) else {
                return false;
            };
            let stays_null = match self.decided(column) {
                Some(Decided::Mask(rule)) => !empties(rule),
                _ => false,
            };
            !(stays_null && parsed.as_ref().is_some_and(|expr| expr.asks_only_for_null(name)))
        })?;
        Some(format!("its condition asks for `{doubted}`, which is masked: other rows may fall under it"))
    }

    fn refusal(&self, key: &UniqueKey, column: usize, odds: f64) -> Diagnostic {
        let why = match self.decided(column) {
            Some(Decided::Null) => "every NULL counts as the same value".to_owned(),
            Some(Decided::Mask(rule)) if odds >= 1.0 && empties(rule) && key.nulls_not_distinct => {
                "every NULL counts as the same value".to_owned()
            }
            Some(Decided::Mask(rule)) if self.parts_company(rule, key, column) => {
                "`shuffle` moves values away from what else the key says of their rows".to_owned()
            }
            Some(Decided::Mask(rule)) if odds >= 1.0 && self.is_shared(rule) => {
                format!("`by` gives all values of one `{}` the same mask", rule.by.join("`, `"))
            }
            _ if odds >= 1.0 => "there are too few outputs".to_owned(),
            _ => format!("the odds that two rows collide are about {}", shown(odds)),
        };
        let what = self.decided(column).map(Decided::spelling).unwrap_or_default();
        let message = format!(
            "{} would not stay unique: {why}",
            key::title(key, &self.table.name.to_string(), &self.names)
        );
        let mut problem = Diagnostic::error(message);
        if let Some(verdict) = self.verdict(column) {
            problem = verdict.place(problem);
        }
        problem.label = format!("not for a unique key: {what}");
        let how = match key
            .parts
            .iter()
            .enumerate()
            .map(|(place, part)| self.piece(key, place, part))
            .find(|piece| matches!(piece, Piece::Column(c, _) if *c == column))
        {
            Some(Piece::Column(_, how)) => how,
            _ => Comparison::Exact,
        };
        let now = match self.decided(column) {
            Some(Decided::Mask(rule)) => Some(rule),
            _ => None,
        };
        problem.help(fitting::help(
            self.registry,
            self.schema,
            self.id(column),
            now,
            self.inputs(key, column),
            how,
        ))
    }

    fn caution(&self, key: &UniqueKey, why: &str) -> Diagnostic {
        let title = key::title(key, &self.table.name.to_string(), &self.names);
        let problem = Diagnostic::warning(format!("{title} is checked on the build: {why}"));
        let masked = key.columns.iter().find(|column| self.is_masked(**column));
        let masked = masked.map(|column| match self.schema.generated(self.id(*column)) {
            Some(made) => made.reads.iter().find(|read| self.is_masked(**read)).unwrap_or(column),
            None => column,
        });
        let problem = match masked.and_then(|column| self.verdict(*column)) {
            Some(verdict) => verdict.place(problem),
            None => problem,
        };
        problem.help("write `\"keep\"` for its columns, or see to it that no two rows can become equal")
    }

    /// Whether a smaller unique key, all of it safe, keeps the rows of this one apart.
    fn another_holds(&self, key: &UniqueKey) -> bool {
        let plain = |part: &KeyPart| match part {
            KeyPart::Column(column) => Some(*column),
            KeyPart::Expression(_) => None,
        };
        let own: Vec<_> = key.parts.iter().filter_map(plain).collect();
        self.table.keys.iter().any(|other| {
            other.name != key.name
                && other.kind != KeyKind::Exclusion
                && other.predicate.is_none()
                && other.parts.iter().all(|part| {
                    plain(part).is_some_and(|column| {
                        let not_null = self.table.columns.get(column).is_some_and(|c| c.not_null);
                        let safe = !self.is_masked(column)
                            || self.odds(other, column, Comparison::Folded) < TOLERATED;
                        own.contains(&column) && not_null && safe
                    })
                })
        })
    }

    fn odds(&self, key: &UniqueKey, column: usize, how: Comparison) -> f64 {
        match self.decided(column) {
            Some(Decided::Null) if key.nulls_not_distinct => 1.0,
            // A child's masked values are its key's, made for the key's type.
            Some(Decided::Mask(rule)) => {
                if key.nulls_not_distinct && empties(rule) || self.parts_company(rule, key, column) {
                    return 1.0;
                }
                if self.moves_with_the_rest(rule, key, column) {
                    return 0.0;
                }
                let root = deciding(self.schema, self.id(column));
                let data_type = self.schema.column(root).map(|column| &column.data_type);
                let apart = !self.is_shared(rule);
                let capacity = data_type.and_then(|data_type| distinct::of_rule(rule, data_type, how, apart));
                capacity.map_or(1.0, |capacity| capacity.collision_odds(self.inputs(key, column)))
            }
            _ => 0.0,
        }
    }

    /// Whether the mask moves values away from the rows that keep them apart: it keeps
    /// all values of the column, but not beside what the rest of the key says.
    fn parts_company(&self, rule: &Rule, key: &UniqueKey, column: usize) -> bool {
        let within = rule.params.texts("within");
        let beside = |part: &KeyPart| match part {
            KeyPart::Column(other) => {
                *other == column
                    || self
                        .names
                        .get(*other)
                        .is_some_and(|name| within.contains(name) && !self.is_masked(*other))
            }
            KeyPart::Expression(_) => key.parts.len() == 1,
        };
        rule.with.name() == "shuffle" && !(key.predicate.is_none() && key.parts.iter().all(beside))
    }

    /// Whether two rows that differ in nothing else of the key are moved alike: what
    /// decides how far is part of the key itself.
    fn moves_with_the_rest(&self, rule: &Rule, key: &UniqueKey, column: usize) -> bool {
        let within = |name: &String| {
            self.table.find(name).is_some_and(|by| {
                by != column
                    && self.table.columns.get(by).is_some_and(|by| by.not_null)
                    && key.parts.iter().any(|part| matches!(part, KeyPart::Column(c) if *c == by))
            })
        };
        let whole = rule.when.is_none() && rule.otherwise.is_none();
        rule.with.moves_together() && whole && !rule.by.is_empty() && rule.by.iter().all(within)
    }

    /// Whether the rule's `by` may be the same in two rows.
    fn is_shared(&self, rule: &Rule) -> bool {
        let by: Vec<_> = rule.by.iter().filter_map(|name| self.table.find(name)).collect();
        !by.is_empty()
            && !self.table.keys.iter().any(|key| {
                key.kind != KeyKind::Exclusion
                    && key.predicate.is_none()
                    && key.parts.iter().all(|part| matches!(part, KeyPart::Column(c) if by.contains(c)))
            })
    }

    /// How many distinct values a column of the key holds, at most.
    fn inputs(&self, key: &UniqueKey, column: usize) -> u64 {
        let rows = self.rows();
        let distinct = self.table.columns.get(column).and_then(|c| c.estimated_distinct);
        let inputs = match distinct {
            Some(distinct) if key.parts.len() > 1 => distinct.min(rows),
            _ => rows,
        };
        inputs.max(LEAST_ROWS)
    }

    fn rows(&self) -> u64 {
        self.schema.rows_of(self.index)
    }

    fn id(&self, column: usize) -> ColumnId {
        ColumnId { table: self.index, column }
    }

    fn verdict(&self, column: usize) -> Option<&Verdict<'_>> {
        self.verdicts.get(self.id(column))
    }

    fn decided(&self, column: usize) -> Option<&Decided> {
        self.verdict(column).and_then(|verdict| verdict.decided.as_ref())
    }

    fn is_masked(&self, column: usize) -> bool {
        if let Some(made) = self.schema.generated(self.id(column)) {
            return made.reads.iter().any(|read| self.is_masked(*read));
        }
        self.decided(column).is_some_and(|decided| !matches!(decided, Decided::Keep | Decided::Omit))
    }
}

/// Whether a rule can leave NULL where a value was.
pub(super) fn empties(rule: &Rule) -> bool {
    let otherwise = match rule.otherwise.as_deref() {
        Some(Decision::Null) => true,
        Some(Decision::Mask(other)) => empties(other),
        _ => false,
    };
    otherwise || rule.params.text("on_invalid") == Some("null")
}

fn settled(odds: &[(usize, f64)]) -> Uniqueness {
    let odds: f64 = odds.iter().map(|(_, odds)| odds).sum();
    if odds > 0.0 { Uniqueness::Safe { odds } } else { Uniqueness::Preserved }
}

fn shown(odds: f64) -> String {
    if odds >= 0.01 { format!("{:.0} %", odds * 100.0) } else { format!("one in {:.0}", 1.0 / odds) }
}
