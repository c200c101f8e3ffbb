//! For tests: a schema of one table, and a rule tried on it.

use super::{
    Answers, Binding, Bound, Condition, Decision, Frequencies, Identities, Masker, ParamKind, ParamValue,
    Params, Rule, Spoiled, Test, bind, find,
};
use crate::diagnostic::{Diagnostic, SourceFile, Span};
use crate::format::{Output, Place, Row, Unreadable, Wire};
use crate::schema::{Column, ColumnId, DataType, ForeignKey, Form, Name, Scalar, Schema, Sequence, Table};
use crate::secret::Secret;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml_edit::Value as Toml;

/// A rule on the first column of a table, not bound yet.
pub(super) struct Trial {
    pub(super) rule: Rule,
    pub(super) schema: Schema,
    pub(super) wire: Wire,
    pub(super) secret: u8,
    pub(super) locale: String,
    siblings: Vec<Option<Vec<u8>>>,
    decisions: BTreeMap<ColumnId, Decision>,
    frequencies: Frequencies,
}

/// A rule bound, with what a row needs.
pub(super) struct Ready {
    masker: Box<dyn Masker>,
    identities: Identities,
    columns: Vec<Column>,
    wire: Wire,
    siblings: Vec<Option<Vec<u8>>>,
}

pub(super) fn data_type(name: &str) -> DataType {
    if let Some(element) = name.strip_suffix("[]") {
        return DataType { name: name.into(), form: Form::Array(Box::new(data_type(element))), binary: true };
    }
    let (plain, modifier) = name.split_once('(').unwrap_or((name, ""));
    let mut numbers = modifier.trim_end_matches(')').split(',').filter_map(|n| n.parse::<u32>().ok());
    let (first, second) = (numbers.next(), numbers.next());
    let range = |subtype: &str, multi: bool| {
        let subtype = Box::new(data_type(subtype));
        let form = if multi { Form::Multirange(subtype) } else { Form::Range(subtype) };
        DataType { name: name.into(), form, binary: true }
    };
    let scalar = match plain {
        "text" | "citext" => Scalar::Text,
        "varchar" => Scalar::Varchar(first),
        "char" => Scalar::Char(first.unwrap_or(1)),
        "bool" => Scalar::Bool,
        "int2" => Scalar::Int2,
        "int4" => Scalar::Int4,
        "int8" => Scalar::Int8,
        "float4" => Scalar::Float4,
        "float8" => Scalar::Float8,
        "numeric" => numeric(first, second),
        "bytea" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timetz" => Scalar::TimeTz,
        "interval" => Scalar::Interval,
        "point" => Scalar::Point,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::TimestampTz,
        "uuid" => Scalar::Uuid,
        "inet" => Scalar::Inet,
        "cidr" => Scalar::Cidr,
        "macaddr" => Scalar::Macaddr,
        "macaddr8" => Scalar::Macaddr8,
        "json" => Scalar::Json,
        "jsonb" => Scalar::Jsonb,
        "xml" => Scalar::Xml,
        "hstore" => Scalar::Hstore,
        "daterange" => return range("date", false),
        "int4range" => return range("int4", false),
        "numrange" => return range("numeric", false),
        "datemultirange" => return range("date", true),
        "enum" => {
            let labels: Arc<[String]> = ["red", "green", "blue"].map(String::from).into();
            return DataType { name: name.into(), form: Form::Enum(labels), binary: true };
        }
        _ => Scalar::Other,
    };
    DataType::scalar_of(name, scalar)
}

impl Trial {
    /// A rule as it stands after `column = `, on a text column.
    pub(super) fn of(written: &str) -> Self {
        let Decision::Mask(rule) = decision(&parse(written)) else { panic!("not a mask: {written}") };
        let table = Table::of(Name::new("public", "people"), vec![column("value", data_type("text"))]);
        Self {
            rule: *rule,
            schema: Schema { server_major: 17, tables: vec![table], ..Schema::default() },
            wire: Wire::Text,
            secret: 7,
            locale: "en_US".into(),
            siblings: Vec::new(),
            decisions: BTreeMap::new(),
            frequencies: Frequencies::default(),
        }
    }

    /// A rule for the sibling that was added last; without one it is kept.
    pub(super) fn masked(mut self, written: &str) -> Self {
        self.decide(0, self.siblings.len(), decision(&parse(written)));
        self
    }

    /// The rule as the column's own decision, for rules that read their own column.
    pub(super) fn own(mut self, rule: Rule) -> Self {
        self.decide(0, 0, Decision::Mask(Box::new(rule)));
        self
    }

    fn decide(&mut self, table: usize, column: usize, decision: Decision) {
        self.decisions.insert(ColumnId { table, column }, decision);
    }

    /// A table `parents` that the sibling added last points at: names, types and rules of its columns.
    pub(super) fn pointing_at(mut self, columns: &[(&str, &str, &str)]) -> Self {
        let (from, to) = (0, self.schema.tables.len());
        let list = columns.iter().map(|(name, of, _)| column(name, data_type(of))).collect();
        self.schema.tables.push(Table::of(Name::new("public", "parents"), list));
        for (place, (.., written)) in columns.iter().enumerate() {
            self.decide(to, place, decision(&parse(written)));
        }
        self.schema.foreign_keys.push(ForeignKey {
            name: "fk".into(),
            from,
            columns: vec![self.siblings.len()],
            to,
            to_columns: vec![0],
            validated: true,
            declared: true,
        });
        self
    }

    /// Common values of the column.
    pub(super) fn common(mut self, values: &[(&str, u64)]) -> Self {
        let values = values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
        self.frequencies.insert(ColumnId { table: 0, column: 0 }, values);
        self
    }

    /// On a column of that type.
    pub(super) fn on(self, name: &str) -> Self {
        self.on_type(data_type(name))
    }

    pub(super) fn on_type(mut self, data_type: DataType) -> Self {
        self.schema.tables[0].columns[0].data_type = data_type;
        self
    }

    pub(super) fn wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }

    pub(super) fn secret(mut self, byte: u8) -> Self {
        self.secret = byte;
        self
    }

    pub(super) fn locale(mut self, locale: &str) -> Self {
        self.locale = locale.into();
        self
    }

    /// Another column of the row, in the rule's wire form.
    pub(super) fn sibling(mut self, name: &str, data_type_name: &str, raw: Option<&[u8]>) -> Self {
        self.schema.tables[0].columns.push(column(name, data_type(data_type_name)));
        self.siblings.push(raw.map(<[u8]>::to_vec));
        self
    }

    /// A sequence behind the column.
    pub(super) fn sequence(mut self, last_value: i64) -> Self {
        self.schema.sequences.push(Sequence {
            name: Name::new("public", "value_seq"),
            column: Some((0, 0)),
            shared: Vec::new(),
            last_value,
            is_called: true,
            increment: 1,
            max_value: i64::MAX,
            min_value: 1,
        });
        self.schema.tables[0].columns[0].sequence = Some(0);
        self
    }

    pub(super) fn bind(&self) -> Result<Ready, Diagnostic> {
        let (bound, identities) = self.bind_with_identities()?;
        let mut columns = self.schema.tables[0].columns.clone();
        for relation in &identities.relatives {
            columns.push(self.schema.column(relation.column).unwrap().clone());
        }
        Ok(Ready {
            masker: bound.into_cell(&self.rule)?,
            identities,
            columns,
            wire: self.wire,
            siblings: self.siblings.clone(),
        })
    }

    /// The rule bound, whatever kind of masker it gives.
    pub(super) fn bound(&self) -> Result<Bound, Diagnostic> {
        self.bind_with_identities().map(|(bound, _)| bound)
    }

    fn bind_with_identities(&self) -> Result<(Bound, Identities), Diagnostic> {
        let mut identities =
            Identities { width: self.schema.tables[0].columns.len(), ..Identities::default() };
        let secret = Secret::parse(&format!("{:02x}", self.secret).repeat(32)).unwrap();
        let mut at = Binding {
            schema: &self.schema,
            home: 0,
            path: Vec::new(),
            column: ColumnId { table: 0, column: 0 },
            data_type: &self.schema.tables[0].columns[0].data_type,
            wire: self.wire,
            secret: &secret,
            locale: &self.locale,
            decisions: &|column| Some(self.decisions.get(&column).cloned().unwrap_or(Decision::Keep)),
            frequencies: &self.frequencies,
            identities: &mut identities,
            rule: &self.rule,
            depth: 0,
        };
        let bound = bind(&mut at)?;
        Ok((bound, identities))
    }

    /// Binds and masks a value in text form.
    pub(super) fn text(&self, input: &str) -> String {
        self.bind().unwrap().text(input)
    }
}

impl Ready {
    /// The names of the columns that are read in other rows, in the order of their values.
    pub(super) fn relatives(&self, width: usize) -> Vec<&str> {
        self.columns.iter().skip(width).map(|column| column.name.as_str()).collect()
    }

    /// With values of the columns that are read in other rows.
    pub(super) fn with_relatives(mut self, raw: &[&[u8]]) -> Self {
        self.siblings.extend(raw.iter().map(|raw| Some(raw.to_vec())));
        self
    }

    /// Masks a value in wire form; `None` for NULL.
    pub(super) fn raw(&self, raw: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        self.with_rows(&[Some(raw)], |rows| {
            let value = rows[0].value(0).unwrap();
            let mut buffer = Vec::new();
            let mut out = Output::new(&mut buffer, value.data_type, self.wire);
            self.masker.mask(value, &rows[0], &mut out)?;
            let null = out.is_null();
            Ok((!null).then_some(buffer))
        })?
    }

    /// Masks the values of several rows at once, as a stride is masked.
    pub(super) fn rows(&self, values: &[Option<&[u8]>]) -> Result<Vec<Option<Vec<u8>>>, Spoiled> {
        let mask = |rows: &[Row<'_>]| {
            let mut answers = Answers::default();
            self.masker.mask_rows(rows, 0, &mut answers)?;
            assert_eq!(answers.rows(), values.len());
            Ok((0..values.len()).map(|row| answers.get(row).map(<[u8]>::to_vec)).collect())
        };
        self.with_rows(values, mask).map_err(|why| Spoiled { row: 0, why })?
    }

    /// Gives rows that hold these values to whoever masks them.
    fn with_rows<T>(
        &self,
        values: &[Option<&[u8]>],
        mask: impl FnOnce(&[Row<'_>]) -> T,
    ) -> Result<T, Unreadable> {
        let mut batch = Vec::new();
        let mut add = |bytes: Option<&[u8]>| {
            bytes.map_or(Place::Null, |bytes| {
                batch.extend_from_slice(bytes);
                Place::Batch(batch.len() - bytes.len(), batch.len())
            })
        };
        let siblings: Vec<_> = self.siblings.iter().map(|sibling| add(sibling.as_deref())).collect();
        let places: Vec<Vec<Place>> =
            values.iter().map(|value| [&[add(*value)], &*siblings].concat()).collect();
        let mut rows = Vec::new();
        let mut digests = Vec::new();
        for places in &places {
            rows.push(Row {
                batch: &batch,
                scratch: &[],
                places,
                columns: &self.columns,
                wire: self.wire,
                identities: &[],
            });
            let mut own = Vec::new();
            self.identities.digest(&rows[rows.len() - 1], &mut own)?;
            digests.push(own);
        }
        for (row, digests) in rows.iter_mut().zip(&digests) {
            row.identities = digests;
        }
        Ok(mask(&rows))
    }

    pub(super) fn text(&self, input: &str) -> String {
        String::from_utf8(self.raw(input.as_bytes()).unwrap().unwrap()).unwrap()
    }
}

fn column(name: &str, data_type: DataType) -> Column {
    Column::of(name, data_type)
}

fn parse(written: &str) -> Toml {
    written.parse().unwrap_or_else(|e| panic!("{written}: {e}"))
}

fn span() -> Span {
    let file = SourceFile { name: "rules.toml".into(), text: String::new() };
    Span { file: Arc::new(file), range: 0..0 }
}

fn decision(written: &Toml) -> Decision {
    let (name, table) = match written {
        Toml::String(name) => (name.value().as_str(), None),
        Toml::InlineTable(table) => (table.get("with").unwrap().as_str().unwrap(), Some(table)),
        _ => panic!("not a rule"),
    };
    match name {
        "keep" => return Decision::Keep,
        "null" => return Decision::Null,
        "refuse" => return Decision::Refuse,
        _ => {}
    }
    let with = find(name).unwrap_or_else(|| panic!("no transformer {name}"));
    let mut rule = Rule {
        with,
        params: Params::default(),
        by: Vec::new(),
        domain: None,
        when: None,
        otherwise: None,
        span: span(),
    };
    for (key, value) in table.into_iter().flat_map(toml_edit::InlineTable::iter) {
        match key {
            "with" => {}
            "by" => rule.by.push(value.as_str().unwrap().into()),
            "otherwise" => rule.otherwise = Some(Box::new(decision(value))),
            "when" => {
                let test = value.as_inline_table().unwrap();
                let said = |name: &str| test.get(name).and_then(Toml::as_str).map(str::to_owned);
                let is = Test::In(said("is").into_iter().collect());
                rule.when = Some(Condition::Column(said("column"), is));
            }
            "domain" => rule.domain = Some(value.as_str().unwrap().into()),
            _ => {
                let param = with.params().iter().find(|param| param.name == key);
                let param = param.unwrap_or_else(|| panic!("{name} has no {key}"));
                rule.params.insert(key, param_value(param.kind, value), Some(span()));
            }
        }
    }
    Decision::Mask(Box::new(rule))
}

fn param_value(kind: ParamKind, value: &Toml) -> ParamValue {
    match (kind, value) {
        (ParamKind::Rule, value) => ParamValue::Rule(Box::new(decision(value))),
        (ParamKind::RuleMap, Toml::InlineTable(table)) => {
            let rules = table.iter().map(|(key, value)| (key.to_owned(), span(), decision(value)));
            ParamValue::RuleMap(rules.collect())
        }
        (ParamKind::Duration, Toml::String(text)) => {
            let (count, unit) = text.value().split_once(' ').unwrap();
            let unit = match unit.trim_end_matches('s') {
                "day" => 86_400_000_000,
                "hour" => 3_600_000_000,
                other => panic!("unit {other}"),
            };
            ParamValue::Duration(count.parse::<i64>().unwrap() * unit)
        }
        (_, Toml::String(text)) => ParamValue::Text(text.value().clone()),
        (_, Toml::Integer(number)) => ParamValue::Integer(*number.value()),
        (_, Toml::Float(number)) => ParamValue::Number(*number.value()),
        (_, Toml::Boolean(truth)) => ParamValue::Flag(*truth.value()),
        (kind, Toml::Array(list)) => ParamValue::List(list.iter().map(|v| param_value(kind, v)).collect()),
        _ => panic!("no parameter value"),
    }
}

fn numeric(precision: Option<u32>, scale: Option<u32>) -> Scalar {
    let scale = i16::try_from(scale.unwrap_or(0)).unwrap();
    Scalar::Numeric(precision.map(|precision| (u16::try_from(precision).unwrap(), scale)))
}
