//! What all choices of a database share: what is known of words, what its tables are about, and
//! how many of them have a column of one name.

use super::called::Names;
use super::person::{About, identity, is_of, primary};
use crate::rules::{Detector, Kind, words};
use crate::schema::{ColumnId, DataType, Schema};
use std::collections::{BTreeMap, HashMap};

/// More tables than have a column of a person's by the same name.
const EVERYWHERE: usize = 3;

/// What all choices of a database share.
pub(super) struct Desk<'a> {
    pub(super) detector: &'a Detector,
    pub(super) schema: &'a Schema,
    /// What each column is called.
    pub(super) names: &'a Names,
    /// The kinds that those names suggest.
    pub(super) kinds: &'a [Vec<Option<&'a Kind>>],
    pub(super) about: &'a [About],
    /// What presets decide.
    pub(super) preset: &'a BTreeMap<ColumnId, String>,
    pub(super) strict: bool,
    /// Whether a table is of what people make whose names are public: films, books.
    pub(super) has_works: bool,
    /// The words that say what each table is of: of its schema, its own, and of whom a row is about.
    homes: Vec<Vec<String>>,
    /// How many tables have a column of that name.
    tables_with: HashMap<&'a str, usize>,
    /// Of what types columns of that name are, in tables that are far from people.
    far: HashMap<&'a str, Vec<&'a DataType>>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        detector: &'a Detector,
        schema: &'a Schema,
        (names, kinds): (&'a Names, &'a [Vec<Option<&'a Kind>>]),
        about: &'a [About],
        preset: &'a BTreeMap<ColumnId, String>,
        strict: bool,
    ) -> Self {
        let mut desk = Self {
            detector,
            schema,
            names,
            kinds,
            about,
            preset,
            strict,
            has_works: (0..schema.tables.len()).any(|table| is_of(detector, schema, table, "works")),
            homes: Vec::new(),
            tables_with: HashMap::new(),
            far: HashMap::new(),
        };
        for (place, table) in schema.tables.iter().enumerate() {
            let far = about.get(place).is_none_or(|about| !about.is_near(3) || about.thing);
            for column in &table.columns {
                *desk.tables_with.entry(&column.name).or_default() += 1;
                let types = desk.far.entry(&column.name).or_default();
                if far && !types.contains(&&column.data_type) {
                    types.push(&column.data_type);
                }
            }
        }
        desk.homes = (0..schema.tables.len()).map(|table| desk.home_of(table)).collect();
        desk
    }

    /// Whether it is the key of its table, alone.
    pub(super) fn is_key(&self, id: ColumnId) -> bool {
        primary(self.schema, id.table) == Some(id.column)
    }

    /// The words that say what a table is of.
    pub(super) fn home(&self, table: usize) -> &[String] {
        self.homes.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// `exam.result` is of exams, and a thesis that points at a student of students.
    fn home_of(&self, table: usize) -> Vec<String> {
        let Some(own) = self.schema.table(table) else { return Vec::new() };
        let whose = self.identity(table).map(|column| self.schema.root(ColumnId { table, column }).table);
        let whose = whose.filter(|whose| *whose != table).and_then(|whose| self.schema.table(whose));
        let mut home = [words(&own.name.schema), words(&own.name.name)].concat();
        home.extend(whose.into_iter().flat_map(|whose| words(&whose.name.name)));
        self.detector.spelled(&home)
    }

    /// The kinds of a table's columns, by their names alone.
    pub(super) fn kinds_of(&self, table: usize) -> &[Option<&Kind>] {
        self.kinds.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// The column that tells which person a row is about.
    pub(super) fn identity(&self, table: usize) -> Option<usize> {
        identity(self.detector, self.schema, self.names, self.about, table)
    }

    /// Whether many tables have a column of this name: what an application puts into each.
    pub(super) fn is_everywhere(&self, id: ColumnId) -> bool {
        let count = self.schema.column(id).and_then(|own| self.tables_with.get(own.name.as_str()));
        count.is_some_and(|count| *count > EVERYWHERE)
    }

    /// Whether tables that are far from people have a column of this name, too.
    pub(super) fn is_technical(&self, id: ColumnId) -> bool {
        self.schema.column(id).is_some_and(|own| {
            self.far.get(own.name.as_str()).is_some_and(|types| types.contains(&&own.data_type))
        })
    }
}
