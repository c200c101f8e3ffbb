//! Unique keys over masked columns: whether distinct rows stay distinct.
//!
//! Two rows that differ in a key's columns collide only if every column in which
//! they differ collides, so a key is as safe as the least safe of its columns.

use super::check::Decided;
use super::decide::{Verdict, Verdicts};
use super::follow::{deciding, needs_decisions, partition_of};
use super::reader::Registry;
use super::rows::{RowVerdict, Rows};
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, DataType, KeyKind, Schema, Table, TableKind, UniqueKey, quote};
use crate::transform::{Capacity, Decision, Params, Rule, Transformer};

/// The odds of a collision that a key may have.
const TOLERATED: f64 = 1e-6;

/// Statistics of a young table may still say that it is empty.
const LEAST_ROWS: u64 = 100;

/// Reports keys that masking could break.
pub(super) fn check_keys(
    registry: Registry,
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    for (index, table) in schema.tables.iter().enumerate().filter(|(_, table)| needs_decisions(table)) {
        if rows.get(index).is_some_and(|rows| rows.rows == Rows::None) {
            continue;
        }
        for key in &table.keys {
            let desk = Desk { registry, schema, verdicts, index, table };
            if !desk.stands_at_root(key) {
                problems.extend(desk.check(key));
            }
        }
    }
}

struct Desk<'a> {
    registry: Registry,
    schema: &'a Schema,
    verdicts: &'a Verdicts<'a>,
    index: usize,
    table: &'a Table,
}

impl Desk<'_> {
    /// A partition's key is mostly its root's, and reported there.
    fn stands_at_root(&self, key: &UniqueKey) -> bool {
        let Some(root) = partition_of(self.schema, self.index).and_then(|root| self.schema.table(root))
        else {
            return false;
        };
        root.keys.iter().any(|other| names(root, other) == names(self.table, key))
    }

    fn check(&self, key: &UniqueKey) -> Option<Diagnostic> {
        let masked: Vec<_> = key.columns.iter().filter(|column| self.is_masked(**column)).collect();
        if masked.is_empty() {
            return None;
        }
        if key.kind == KeyKind::Exclusion {
            let message = format!("{} covers masked columns: it is checked on the build", self.title(key));
            return Some(
                self.place(&masked, Diagnostic::warning(message)).help("write `\"keep\"` for its columns"),
            );
        }
        let worst = masked
            .iter()
            .map(|column| (**column, self.odds(key, **column)))
            .max_by(|(_, one), (_, two)| one.total_cmp(two));
        let (column, odds) = worst?;
        if odds < TOLERATED {
            return self.caution(key, &masked);
        }
        if self.another_holds(key) {
            return None;
        }
        let name = self.schema.describe(self.id(column));
        let why = if odds >= 1.0 {
            "there are too few outputs".to_owned()
        } else {
            format!("the odds that two rows collide are about {}", shown(odds))
        };
        let what =
            self.verdict(column).and_then(|v| v.decided.as_ref()).map(Decided::spelling).unwrap_or_default();
        let message = format!("{} would not stay unique: {why}", self.title(key));
        let mut problem = Diagnostic::error(message);
        if let Some(verdict) = self.verdict(column) {
            problem = verdict.place(problem);
        }
        problem.label = format!("not for a unique key: {what}");
        Some(problem.help(self.help(key, column, &name)))
    }

    fn help(&self, key: &UniqueKey, column: usize, name: &str) -> String {
        let Some(found) = self.table.columns.get(column) else { return "write `\"keep\"`".to_owned() };
        let rows = self.inputs(key, column);
        let fits = |with: &&dyn Transformer| {
            let quiet = with.params().iter().all(|param| !param.required);
            let capacity = capacity_of(*with, &found.data_type, &Params::default());
            quiet && capacity.is_some_and(|capacity| odds(capacity, rows) < TOLERATED)
        };
        let names: Vec<_> = self.registry.iter().copied().filter(fits).map(Transformer::name).collect();
        if names.is_empty() {
            format!(
                "no transformer has enough outputs for `{}`: write `\"keep\"` for `{name}`",
                found.data_type.name
            )
        } else {
            format!("for `{name}` these have enough outputs: {}", super::reference::listed(&names))
        }
    }

    /// What can't be computed is checked when the key is built.
    fn caution(&self, key: &UniqueKey, masked: &[&usize]) -> Option<Diagnostic> {
        let remade = masked
            .iter()
            .any(|c| matches!(self.verdict(**c).and_then(|v| v.decided.as_ref()), Some(Decided::Remake(_))));
        let emptied = masked
            .iter()
            .any(|c| matches!(self.verdict(**c).and_then(|v| v.decided.as_ref()), Some(Decided::Null)));
        let opaque = key.expression.as_deref().is_some_and(|definition| !folds_case_only(definition));
        let why = if opaque {
            "is made of more of its columns than their case"
        } else if remade || (emptied && key.expression.is_some()) {
            "depends on what is remade or emptied"
        } else {
            return None;
        };
        let message = format!("{} {why}: it is checked on the build", self.title(key));
        Some(self.place(masked, Diagnostic::warning(message)).help("write `\"keep\"` for its columns"))
    }

    /// Whether a smaller unique key, all of it safe, keeps the rows of this one apart.
    fn another_holds(&self, key: &UniqueKey) -> bool {
        self.table.keys.iter().any(|other| {
            other.name != key.name
                && other.kind != KeyKind::Exclusion
                && other.expression.is_none()
                && key.expression.is_none()
                && other.columns.iter().all(|column| key.columns.contains(column))
                && other.columns.iter().all(|column| {
                    let not_null = self.table.columns.get(*column).is_some_and(|c| c.not_null);
                    let safe = !self.is_masked(*column) || self.odds(other, *column) < TOLERATED;
                    not_null && safe
                })
        })
    }

    fn odds(&self, key: &UniqueKey, column: usize) -> f64 {
        let Some(decided) = self.verdict(column).and_then(|verdict| verdict.decided.as_ref()) else {
            return 0.0;
        };
        match decided {
            Decided::Null if key.nulls_not_distinct => 1.0,
            Decided::Keep | Decided::Null | Decided::Omit | Decided::Remake(_) => 0.0,
            // A child's masked values are its key's, made for the key's type.
            Decided::Mask(rule) => {
                let root = deciding(self.schema, self.id(column));
                let data_type = self.schema.column(root).map(|column| &column.data_type);
                let capacity = data_type.and_then(|data_type| capacity(rule, data_type));
                capacity.map_or(1.0, |capacity| odds(capacity, self.inputs(key, column)))
            }
        }
    }

    /// How many distinct values a column of the key holds, at most.
    fn inputs(&self, key: &UniqueKey, column: usize) -> u64 {
        let rows = self.rows();
        let distinct = self.table.columns.get(column).and_then(|c| c.estimated_distinct);
        let inputs = match distinct {
            Some(distinct) if key.columns.len() > 1 => distinct.min(rows),
            _ => rows,
        };
        inputs.max(LEAST_ROWS)
    }

    /// A partitioned table's rows are its partitions'.
    fn rows(&self) -> u64 {
        if self.table.kind != TableKind::Partitioned {
            return self.table.estimated_rows;
        }
        let tables = self.schema.tables.iter().enumerate();
        let own = tables.filter(|(index, table)| {
            table.kind == TableKind::Ordinary && self.schema.partition_root(*index) == self.index
        });
        own.map(|(_, table)| table.estimated_rows).sum::<u64>().max(self.table.estimated_rows)
    }

    fn id(&self, column: usize) -> ColumnId {
        ColumnId { table: self.index, column }
    }

    fn verdict(&self, column: usize) -> Option<&Verdict<'_>> {
        self.verdicts.get(self.id(column))
    }

    fn is_masked(&self, column: usize) -> bool {
        let decided = self.verdict(column).and_then(|verdict| verdict.decided.as_ref());
        decided.is_some_and(|decided| !matches!(decided, Decided::Keep | Decided::Omit))
    }

    fn place(&self, masked: &[&usize], problem: Diagnostic) -> Diagnostic {
        match masked.first().and_then(|column| self.verdict(**column)) {
            Some(verdict) => verdict.place(problem),
            None => problem,
        }
    }

    fn title(&self, key: &UniqueKey) -> String {
        let kind = match key.kind {
            KeyKind::Primary => "the primary key",
            KeyKind::Unique => "the unique key",
            KeyKind::Exclusion => "the exclusion constraint",
        };
        let columns: Vec<_> = names(self.table, key).into_iter().map(quote).collect();
        format!("{kind} `{}` of `{}` ({})", key.name, self.table.name, columns.join(", "))
    }
}

fn names<'t>(table: &'t Table, key: &UniqueKey) -> Vec<&'t str> {
    key.columns.iter().filter_map(|column| table.columns.get(*column)).map(|c| c.name.as_str()).collect()
}

fn odds(capacity: Capacity, count: u64) -> f64 {
    capacity.collision_odds(count)
}

fn shown(odds: f64) -> String {
    if odds >= 0.01 { format!("{:.0} %", odds * 100.0) } else { format!("one in {:.0}", 1.0 / odds) }
}

/// The capacity for a type, or for the elements of one; `None` where it does not take it.
fn capacity_of(with: &dyn Transformer, data_type: &DataType, params: &Params) -> Option<Capacity> {
    if with.accepts(data_type) {
        return Some(with.capacity(data_type, params));
    }
    if with.accepts(data_type.base()) {
        return Some(with.capacity(data_type.base(), params));
    }
    capacity_of(with, data_type.element()?, params)
}

/// The capacity of a rule with both its halves: what one gives, the other may give too.
fn capacity(rule: &Rule, data_type: &DataType) -> Option<Capacity> {
    let then = capacity_of(rule.with, data_type, &rule.params)?;
    let otherwise = match rule.otherwise.as_deref() {
        None | Some(Decision::Null | Decision::Refuse) => return Some(then),
        Some(Decision::Keep | Decision::Remake(_)) => Capacity::Injective,
        Some(Decision::Mask(other)) => capacity(other, data_type)?,
    };
    Some(match (then, otherwise) {
        (Capacity::Random { bits }, Capacity::Random { bits: other }) => {
            Capacity::Random { bits: bits.min(other) }
        }
        (Capacity::Random { bits }, Capacity::Injective)
        | (Capacity::Injective, Capacity::Random { bits }) => Capacity::Random { bits },
        // Two permutations of one range, or one and the values themselves, meet.
        _ => Capacity::Few,
    })
}

/// Whether an index is made of plain columns and `lower` or `upper` of them: what
/// distinct masks keep distinct. `definition` is what `pg_get_indexdef` prints.
fn folds_case_only(definition: &str) -> bool {
    let parts =
        definition.split_once(" USING ").and_then(|(_, rest)| rest.split_once('(')).map(|(_, keys)| keys);
    let keys = parts.and_then(|keys| keys.split(") WHERE ").next()).unwrap_or_default();
    let keys = keys.replace("lower(", "(").replace("upper(", "(").replace("::text", "");
    let calls = keys.char_indices().any(|(at, c)| {
        let before = keys.get(..at).and_then(|before| before.chars().next_back());
        c == '(' && before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '"'))
    });
    !calls && !keys.contains(['\'', '|', '+', '*', '/', '#', '&', '@', '%', '<', '>', '=', '~'])
}

#[cfg(test)]
mod tests {
    use super::folds_case_only;

    #[test]
    fn only_the_case_of_plain_columns_is_transparent() {
        let on =
            |keys: &str| folds_case_only(&format!("CREATE UNIQUE INDEX i ON public.t USING btree {keys}"));
        for keys in [
            "(lower(email))",
            "(lower((email)::text), id)",
            "(code DESC) WHERE active",
            "(a, b) WHERE (n > 1)",
        ] {
            assert!(on(keys), "{keys}");
        }
        for keys in ["(\"left\"(s, 3))", "(md5(s))", "((a || b))", "(COALESCE(a, 'x'::text))"] {
            assert!(!on(keys), "{keys}");
        }
    }
}
