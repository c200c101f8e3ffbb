//! Tying a rule to a column.

use super::condition::{self, Conditional};
use super::seed::Folding;
use super::{Bound, Condition, Decision, Frequencies, Masker, Relation, Rule, Seed, canonical};
use crate::diagnostic::{Diagnostic, nearest};
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::{ColumnId, DataType, Form, Scalar, Schema};
use crate::secret::{Digest, DomainKey, Secret};
use std::collections::BTreeSet;

/// How many rules may read each other's masked values: more are a ring.
const DEEPEST: u8 = 6;

/// Whom a row is about: a root key and the columns of this row that lead to it.
///
/// `customer 7` and `employee 7` are two people, `orders.customer_id = 7` is the
/// first of them: the root columns name the kind, the values the one.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The root key's columns.
    pub roots: Vec<ColumnId>,
    /// The columns of the row, by place.
    pub columns: Vec<usize>,
    /// The scope, where the rule says one.
    pub domain: Option<String>,
    /// The key that turns canonical values into the digest.
    pub key: DomainKey,
}

impl Identity {
    fn digest(&self, row: &Row<'_>, canonical: &mut Vec<u8>) -> Result<Option<Digest>, Unreadable> {
        for column in &self.columns {
            let Some(value) = row.value(*column) else { return Ok(None) };
            let start = canonical.len();
            value.canonical(canonical)?;
            // The length keeps ("ab", "c") apart from ("a", "bc").
            let length = (canonical.len() - start) as u64;
            canonical.extend_from_slice(&length.to_be_bytes());
        }
        Ok(Some(self.key.digest(canonical)))
    }
}

/// What the rules of one table read beside the columns they stand on.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// How many columns the table has: the place of the first relative.
    pub width: usize,
    /// The identities, each once. A row's digests stand in the same order
    /// ([`Row::identity`]).
    pub list: Vec<Identity>,
    /// The columns whose source values are read, by place.
    pub siblings: BTreeSet<usize>,
    /// Columns of other tables' rows that foreign keys lead to. They stand after the
    /// table's own columns in a [`Row`], in this order.
    pub relatives: Vec<Relation>,
}

/// The decision for any column of the schema.
pub type Decisions<'a> = dyn Fn(ColumnId) -> Option<Decision> + 'a;

impl Identities {
    /// Adds the digest of each identity for `row`, whose own `identities` are
    /// not read. An identity with a NULL among its columns has none.
    ///
    /// # Errors
    /// Where one of the columns cannot be read.
    pub fn digest(&self, row: &Row<'_>, digests: &mut Vec<Option<Digest>>) -> Result<(), Unreadable> {
        for identity in &self.list {
            digests.push(canonical::with(|buffer| identity.digest(row, buffer))?);
        }
        Ok(())
    }
}

/// Everything a transformer may know of the place it is bound to.
pub struct Binding<'a> {
    /// The whole schema.
    pub schema: &'a Schema,
    /// The table whose rows are masked.
    pub home: usize,
    /// The foreign keys that lead from such a row to the one the rule is about;
    /// none where it is about the row itself.
    pub path: Vec<usize>,
    /// The column the rule stands on.
    pub column: ColumnId,
    /// What the masker sees: the column's type, or that of an element, path or bound.
    pub data_type: &'a DataType,
    /// The form the table travels in.
    pub wire: Wire,
    /// The run's secret.
    pub secret: &'a Secret,
    /// The rule file's locale, such as `en_US`.
    pub locale: &'a str,
    /// The decisions for all columns.
    pub decisions: &'a Decisions<'a>,
    /// The common values of columns whose rules draw from them.
    pub frequencies: &'a Frequencies,
    /// The table's identities; [`Binding::seed`] adds to them.
    pub identities: &'a mut Identities,
    /// The rule being bound.
    pub rule: &'a Rule,
    /// How many rules read each other on the way here.
    pub depth: u8,
}

impl Binding<'_> {
    /// The column that decides for this one through foreign keys and partition
    /// roots: itself, where it follows none. An injective mask of a key takes its
    /// range from here, so that children agree with it.
    #[must_use]
    pub fn root(&self) -> ColumnId {
        self.schema.root(self.column)
    }

    /// The key of the rule's domain, or of the transformer's own.
    #[must_use]
    pub fn key(&self, own: &str) -> DomainKey {
        self.secret.domain(&format!("value:{}", self.rule.domain.as_deref().unwrap_or(own)))
    }

    /// The place in the row of a sibling column a parameter names.
    ///
    /// # Errors
    /// A diagnostic naming the nearest column.
    pub fn sibling(&mut self, name: &str) -> Result<usize, Diagnostic> {
        let column = find_column(self.schema, self.column, name)?;
        if let Some(found) = self.schema.column(ColumnId { table: self.column.table, column }) {
            self.needs_text_of(&found.data_type)?;
        }
        Ok(self.read(column))
    }

    /// The type of the column that stands at a place of the row, its own or another row's.
    pub(super) fn type_of(&self, place: usize) -> Option<&DataType> {
        let column = match place.checked_sub(self.identities.width) {
            Some(nth) => self.schema.column(self.identities.relatives.get(nth)?.column),
            None => self.schema.table(self.home)?.columns.get(place),
        };
        column.map(|column| &column.data_type)
    }

    /// Asks that the text of values of this type can be read, which of some types
    /// only the text form has: then the table travels as text.
    ///
    /// # Errors
    /// A diagnostic in the binary form, where the type has no text there.
    pub(super) fn needs_text_of(&self, data_type: &DataType) -> Result<(), Diagnostic> {
        if self.wire == Wire::Text || data_type.reads_alike() {
            return Ok(());
        }
        Err(Diagnostic::error(format!("a value of `{}` has no text in the binary form", data_type.name)))
    }

    /// Says that the mask will read this column of the rule's table, and gives its
    /// place in the row; one that it does not say may not be asked of the source.
    pub fn read(&mut self, column: usize) -> usize {
        self.place_of(self.path.clone(), ColumnId { table: self.column.table, column })
    }

    /// The place in the row of a column that `path` leads to.
    pub(super) fn place_of(&mut self, path: Vec<usize>, column: ColumnId) -> usize {
        if let Some(own) = self.own(&path, column) {
            self.identities.siblings.insert(own);
            return own;
        }
        let relation = Relation { path, column };
        let relatives = &mut self.identities.relatives;
        let known = relatives.iter().position(|other| *other == relation);
        let place = known.unwrap_or_else(|| {
            relatives.push(relation);
            relatives.len() - 1
        });
        self.identities.width + place
    }

    /// The row's own column with the same value: itself, or the one that the single
    /// foreign key which leads there is made of.
    fn own(&self, path: &[usize], column: ColumnId) -> Option<usize> {
        match path {
            [] => Some(column.column),
            [key] => {
                let to = &self.schema.foreign_keys.get(*key)?.to_columns;
                let part = to.iter().position(|c| *c == column.column)?;
                let mut keys = self.schema.keys_from(self.home).into_iter();
                keys.find(|(place, _)| place == key)?.1.get(part).copied()
            }
            _ => None,
        }
    }

    /// Where the masker's bytes come from: the identity that `by` names, else the
    /// value within `domain` (the transformer's own unless the rule says another).
    ///
    /// # Errors
    /// A diagnostic where `by` names a column that does not exist.
    pub fn seed(&mut self, domain: &str, folding: Folding) -> Result<Seed, Diagnostic> {
        let whole = self.data_type.element().is_some()
            || matches!(self.data_type.base().form, Form::Composite(_) | Form::Scalar(Scalar::Hstore));
        if whole && self.wire == Wire::Binary {
            // Equal values must give equal masks in both forms, and only the text of
            // a container is the same in every database: the table travels as text.
            return Err(Diagnostic::error(format!(
                "a value of `{}` has no digest in the binary form",
                self.data_type.name
            )));
        }
        let key = self.key(domain);
        if self.rule.by.is_empty() {
            return Ok(Seed::new(None, key, folding));
        }
        let rule = self.rule;
        let (mut columns, mut roots) = (Vec::new(), Vec::new());
        for name in &rule.by {
            let column = find_column(self.schema, self.column, name)?;
            roots.push(self.schema.root(ColumnId { table: self.column.table, column }));
            columns.push(self.read(column));
        }
        let known = self
            .identities
            .list
            .iter()
            .position(|identity| identity.columns == columns && identity.domain == self.rule.domain);
        let slot = known.unwrap_or_else(|| {
            let names: Vec<_> = roots.iter().map(|root| self.schema.describe(*root)).collect();
            let scope = self.rule.domain.as_deref().unwrap_or("");
            let key = self.secret.domain(&format!("identity:{scope}:{}", names.join(",")));
            let domain = self.rule.domain.clone();
            self.identities.list.push(Identity { roots, columns, domain, key });
            self.identities.list.len() - 1
        });
        Ok(Seed::new(Some(slot), key, folding))
    }

    /// Binds an inner decision (a json path, an element) to a value of `data_type`
    /// in `wire` form. An inner rule without `by` takes the outer rule's.
    ///
    /// # Errors
    /// A diagnostic of the inner rule.
    pub fn inner(
        &mut self,
        decision: &Decision,
        data_type: &DataType,
        wire: Wire,
    ) -> Result<Box<dyn Masker>, Diagnostic> {
        match decision {
            Decision::Keep => Ok(Box::new(Keep)),
            Decision::Null => Ok(Box::new(Null)),
            Decision::Refuse => Ok(Box::new(Refuse)),
            Decision::Remake(_) => {
                Err(Diagnostic::error("`remake` sets a whole column and can't stand inside a rule"))
            }
            Decision::Mask(rule) => {
                let mut rule = (**rule).clone();
                if rule.by.is_empty() {
                    rule.by.clone_from(&self.rule.by);
                }
                let mut inner = Binding { data_type, wire, rule: &rule, ..self.again() };
                bind(&mut inner)?.into_cell(&rule)
            }
        }
    }

    /// The mask of another column as its own table's rules decide it, for the row
    /// that `path` leads to.
    ///
    /// # Errors
    /// A diagnostic of that column's rule, or where nothing decides on it.
    pub(super) fn mask_of(
        &mut self,
        path: Vec<usize>,
        column: ColumnId,
    ) -> Result<Box<dyn Masker>, Diagnostic> {
        let undecided =
            || Diagnostic::error(format!("nothing decides on `{}`", self.schema.describe(column)));
        let decision = (self.decisions)(column).ok_or_else(undecided)?;
        let data_type = &self.schema.column(column).ok_or_else(undecided)?.data_type;
        if self.depth > DEEPEST {
            let problem =
                format!("`{}` is made of itself by the rules that read it", self.schema.describe(column));
            return Err(Diagnostic::error(problem).help("let one of them read a column that reads no other"));
        }
        let depth = self.depth + 1;
        let mut there = Binding { path, column, data_type, depth, ..self.again() };
        match decision {
            Decision::Mask(rule) => {
                there.rule = &rule;
                bind(&mut there)?.into_cell(&rule)
            }
            plain => there.inner(&plain, data_type, there.wire),
        }
    }

    /// The same place again, for a binding that differs in a part.
    fn again(&mut self) -> Binding<'_> {
        Binding {
            schema: self.schema,
            home: self.home,
            path: self.path.clone(),
            column: self.column,
            data_type: self.data_type,
            wire: self.wire,
            secret: self.secret,
            locale: self.locale,
            decisions: self.decisions,
            frequencies: self.frequencies,
            identities: self.identities,
            rule: self.rule,
            depth: self.depth,
        }
    }

    /// The same rule for a value of another type: an element of this one.
    pub(super) fn of_type<'b>(&'b mut self, data_type: &'b DataType) -> Binding<'b> {
        Binding { data_type, ..self.again() }
    }

    /// Another rule for the same value: this one with something added.
    pub(super) fn with_rule<'b>(&'b mut self, rule: &'b Rule) -> Binding<'b> {
        Binding { rule, ..self.again() }
    }

    fn condition(&mut self, written: &Condition) -> Result<condition::Bound, Diagnostic> {
        let mut all = |list: &[Condition]| list.iter().map(|c| self.condition(c)).collect::<Result<_, _>>();
        Ok(match written {
            Condition::All(list) => condition::Bound::All(all(list)?),
            Condition::Any(list) => condition::Bound::Any(all(list)?),
            Condition::Not(inner) => condition::Bound::Not(Box::new(self.condition(inner)?)),
            Condition::Column(name, test) => {
                let column = name.as_deref().map(|name| self.sibling(name)).transpose()?;
                if column.is_none() {
                    self.needs_text_of(self.data_type)?;
                }
                let data_type = column.and_then(|place| self.type_of(place)).unwrap_or(self.data_type);
                condition::Bound::Column(column, test.clone().into_form_of(data_type, self.wire)?)
            }
        })
    }
}

/// Binds `at.rule` to the place: the condition around it, containers element by
/// element, then the transformer itself.
///
/// # Errors
/// A diagnostic with the rule's place, where nothing more exact is known.
pub fn bind(at: &mut Binding<'_>) -> Result<Bound, Diagnostic> {
    let rule = at.rule;
    let place = |diagnostic: Diagnostic| diagnostic.or_at(&rule.span);
    let then = bind_plain(at).map_err(place)?;
    let Some(when) = &rule.when else { return Ok(then) };
    let then = then.into_cell(rule)?;
    let when = at.condition(when).map_err(place)?;
    let (data_type, wire) = (at.data_type, at.wire);
    let Some(decision) = &rule.otherwise else {
        let problem = "`when` without `otherwise` leaves the other rows undecided";
        return Err(place(Diagnostic::error(problem))
            .help("add `otherwise = \"null\"`, `otherwise = \"keep\"` or a rule"));
    };
    let otherwise = at.inner(decision, data_type, wire).map_err(place)?;
    Ok(Bound::cell(Conditional { when, then, otherwise }))
}

/// Binds the transformer without its condition; containers element by element.
pub(super) fn bind_plain(at: &mut Binding<'_>) -> Result<Bound, Diagnostic> {
    let (rule, data_type) = (at.rule, at.data_type);
    if rule.with.accepts(data_type) || rule.with.accepts(data_type.base()) {
        return rule.with.bind(at, &rule.params);
    }
    if matches!(data_type.base().form, Form::Array(_) | Form::Range(_) | Form::Multirange(_)) {
        return super::each::bind_elements(at).map(Bound::Cell);
    }
    Err(Diagnostic::error(format!("`{}` can't mask a column of type `{}`", rule.with.name(), data_type.name))
        .help(format!("transformers for this type: {}", accepting(data_type))))
}

/// The names of the transformers that accept a type, for help.
#[must_use]
pub fn accepting(data_type: &DataType) -> String {
    let names: Vec<_> = super::ALL
        .iter()
        .filter(|transformer| transformer.accepts(data_type))
        .map(|transformer| transformer.name())
        .collect();
    names.join(", ")
}

pub(super) fn find_column(schema: &Schema, at: ColumnId, name: &str) -> Result<usize, Diagnostic> {
    let table = schema.table(at.table);
    table.and_then(|table| table.find(name)).ok_or_else(|| {
        let table_name = table.map(|t| t.name.to_string()).unwrap_or_default();
        let names = table.into_iter().flat_map(|t| t.columns.iter().map(|c| c.name.as_str()));
        let problem = Diagnostic::error(format!("`{table_name}` has no column `{name}`"));
        match nearest(name, names) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        }
    })
}

/// The value as it is.
struct Keep;

impl Masker for Keep {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        out.keep(value);
        Ok(())
    }
}

/// NULL in its place.
struct Null;

impl Masker for Null {
    fn mask(&self, _: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        out.null();
        Ok(())
    }
}

/// Nothing may stand here.
struct Refuse;

impl Masker for Refuse {
    fn mask(&self, _: Value<'_>, _: &Row<'_>, _: &mut Output<'_>) -> Result<(), Unreadable> {
        Err(Unreadable("no rule decides on this part of the value"))
    }
}
