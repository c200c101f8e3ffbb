//! A table in memory under one rule, and batches of its rows.

use super::Result;
use masque::diagnostic::Diagnostic;
use masque::format::{Output, Value, Wire, binary, text};
use masque::pipeline::{Batch, mask};
use masque::plan::{Plan, TablePlan};
use masque::rules::{RuleFile, check};
use masque::schema::{Column, DataType, Form, Name, Scalar, Schema, Table};
use masque::secret::Secret;
use masque::transform::Frequencies;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows of a batch: about as many as a lane sends on at once.
const ROWS: u64 = 1024;

/// The columns beside the masked one that an example may read, where it names them.
const SIBLINGS: [(&str, &str); 3] = [("first_name", "Ann"), ("last_name", "Smith"), ("country", "DE")];

/// One rule on one column, ready to mask batches.
pub(crate) struct Stage {
    rule: String,
    data_type: String,
    plan: Arc<TablePlan>,
    /// How many columns the rule stands on.
    width: u64,
    short: Batch,
    long: Batch,
}

impl Stage {
    /// Plans the rule, on so many columns alike, and writes the rows; the problem in a sentence where it can't stand on that column.
    pub(crate) fn new(
        rule: &str,
        type_name: &str,
        width: u64,
        input: impl Fn(u64) -> String,
    ) -> std::result::Result<Self, String> {
        let value = data_type(type_name);
        let siblings: Vec<_> = SIBLINGS.iter().filter(|(name, _)| rule.contains(name)).collect();
        let mut columns = vec![column("id", data_type("int8"))];
        columns.extend((0..width).map(|nth| column(&format!("value{nth}"), value.clone())));
        columns.extend(siblings.iter().map(|(name, _)| column(name, data_type("text"))));
        let mut rules = String::from("masque = 1\n[table.people]\nid = \"keep\"\n");
        for (name, _) in &siblings {
            let _ = writeln!(rules, "{name} = \"keep\"");
        }
        for nth in 0..width {
            let _ = writeln!(rules, "value{nth} = {rule}");
        }

        let wire = if in_binary(&value, &input(0)).is_some() { Wire::Binary } else { Wire::Text };
        let plan = plan(&rules, columns, wire).map_err(|problems| {
            problems.into_iter().next().map_or_else(String::new, |problem| problem.message)
        })?;
        let rows = |count: u64| {
            let mut batch = Batch::starting_at(0);
            let mut row = Vec::new();
            for at in 0..count {
                let mut cells = vec![at.to_string()];
                cells.extend((0..width).map(|_| input(at)));
                cells.extend(siblings.iter().map(|(_, cell)| (*cell).to_owned()));
                row.clear();
                write_row(&plan, &cells, &mut row).ok_or("an input is no value of its type")?;
                batch.push(&row);
            }
            Ok::<_, String>(batch)
        };
        let (short, long) = (rows(ROWS)?, rows(2 * ROWS)?);
        let this = Self { rule: rule.to_owned(), data_type: type_name.to_owned(), plan, width, short, long };
        mask(&this.plan, copy(&this.short)).map_err(|error| error.to_string())?;
        Ok(this)
    }

    pub(crate) fn rule(&self) -> &str {
        &self.rule
    }

    pub(crate) fn data_type(&self) -> &str {
        &self.data_type
    }

    pub(crate) fn wire(&self) -> &'static str {
        if self.plan.wire == Wire::Binary { "binary" } else { "text" }
    }

    /// Masks batches for about `slice`: nanoseconds per value.
    pub(crate) fn nanoseconds(&self, slice: Duration) -> Result<f64> {
        let (mut spent, mut values) = (Duration::ZERO, 0.0);
        while spent < slice {
            let batch = copy(&self.short);
            let begun = Instant::now();
            let masked = mask(&self.plan, batch)?;
            spent += begun.elapsed();
            values += float(masked.rows()) * float(self.width);
        }
        Ok(spent.as_secs_f64() * 1e9 / values)
    }

    /// Heap allocations per value: what a batch twice as long needs more.
    pub(crate) fn allocations(&self) -> Result<f64> {
        let count = |batch: &Batch| -> Result<u64> {
            let batch = copy(batch);
            let mut masked = None;
            let info = allocation_counter::measure(|| masked = Some(mask(&self.plan, batch)));
            masked.ok_or("nothing was masked")??;
            Ok(info.count_total)
        };
        let (short, long) = (count(&self.short)?, count(&self.long)?);
        Ok(float(long.saturating_sub(short)) / float(ROWS * self.width))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

fn copy(batch: &Batch) -> Batch {
    Batch { bytes: batch.bytes.clone(), ends: batch.ends.clone(), first_row: batch.first_row }
}

fn plan(
    rules: &str,
    columns: Vec<Column>,
    wire: Wire,
) -> std::result::Result<Arc<TablePlan>, Vec<Diagnostic>> {
    let table = Table {
        estimated_rows: 100_000,
        pages: 1000,
        bytes: 8_192_000,
        ..Table::of(Name::new("public", "people"), columns)
    };
    let mut schema = Schema { server_major: 18, tables: vec![table], ..Schema::default() };
    let checked = check(&RuleFile::parse("rules.toml", rules)?, &mut schema)?;
    let secret =
        Secret::parse(&"07".repeat(32)).map_err(|error| vec![Diagnostic::error(error.to_string())])?;
    let mut frequencies = Frequencies::default();
    for column in checked.sampled(&schema).into_keys() {
        frequencies.insert(column, (1..40).map(|n| (format!("City {n}"), 1000 / n + 20)).collect());
    }
    let plan = Plan::new(schema, &checked, &secret, &frequencies, Some(wire))?;
    plan.tables.into_iter().next().ok_or_else(|| vec![Diagnostic::error("the table is not streamed")])
}

fn write_row(plan: &TablePlan, cells: &[String], row: &mut Vec<u8>) -> Option<()> {
    if plan.wire == Wire::Binary {
        row.extend_from_slice(&i16::try_from(cells.len()).ok()?.to_be_bytes());
        for (cell, column) in cells.iter().zip(&plan.columns) {
            binary::write_field(row, Some(&in_binary(&column.data_type, cell)?));
        }
        return Some(());
    }
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            row.push(b'\t');
        }
        text::write_field(row, Some(cell.as_bytes()));
    }
    row.push(b'\n');
    Some(())
}

/// A value in the binary form, for the types whose text we can read.
fn in_binary(data_type: &DataType, written: &str) -> Option<Vec<u8>> {
    let value = Value { raw: written.as_bytes(), data_type, wire: Wire::Text };
    let mut bytes = Vec::new();
    let mut out = Output::new(&mut bytes, data_type, Wire::Binary);
    match data_type.scalar()? {
        Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_) | Scalar::Json | Scalar::Jsonb | Scalar::Xml => {
            out.text().extend_from_slice(written.as_bytes());
        }
        Scalar::Int2 | Scalar::Int4 | Scalar::Int8 => out.integer(value.integer().ok()?).ok()?,
        Scalar::Numeric(_) => out.decimal(value.decimal().ok()?).ok()?,
        Scalar::Float4 | Scalar::Float8 => out.float(value.float().ok()?),
        Scalar::Bool => out.boolean(value.boolean().ok()?),
        Scalar::Date => out.date(value.date().ok()?),
        Scalar::Timestamp | Scalar::TimestampTz => out.timestamp(value.timestamp().ok()?),
        Scalar::Uuid => out.uuid(value.uuid().ok()?),
        Scalar::Inet | Scalar::Cidr => out.inet(value.inet().ok()?),
        _ => return None,
    }
    Some(bytes)
}

fn column(name: &str, data_type: DataType) -> Column {
    Column::of(name, data_type)
}

/// The type of that name, as far as examples go.
fn data_type(name: &str) -> DataType {
    let of = |form| DataType { name: name.to_owned(), form, binary: true };
    if let Some(element) = name.strip_suffix("[]") {
        return of(Form::Array(Box::new(data_type(element))));
    }
    let (plain, modifier) = name.split_once('(').unwrap_or((name, ""));
    let mut numbers = modifier.trim_end_matches(')').split(',').map(|n| n.trim().parse::<u16>().ok());
    let first = numbers.next().flatten();
    let scalar = match plain {
        "text" | "citext" | "name" => Scalar::Text,
        "varchar" => Scalar::Varchar(first.map(u32::from)),
        "char" => Scalar::Char(first.map_or(1, u32::from)),
        "bool" | "boolean" => Scalar::Bool,
        "int2" | "smallint" => Scalar::Int2,
        "int4" | "integer" => Scalar::Int4,
        "int8" | "bigint" => Scalar::Int8,
        "float4" | "real" => Scalar::Float4,
        "float8" | "double precision" => Scalar::Float8,
        "numeric" => {
            let scale = numbers.next().flatten().and_then(|scale| i16::try_from(scale).ok());
            Scalar::Numeric(first.map(|precision| (precision, scale.unwrap_or(0))))
        }
        "bytea" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::TimestampTz,
        "interval" => Scalar::Interval,
        "uuid" => Scalar::Uuid,
        "inet" => Scalar::Inet,
        "cidr" => Scalar::Cidr,
        "macaddr" => Scalar::Macaddr,
        "macaddr8" => Scalar::Macaddr8,
        "json" => Scalar::Json,
        "jsonb" => Scalar::Jsonb,
        "xml" => Scalar::Xml,
        "int4range" => return of(Form::Range(Box::new(data_type("int4")))),
        "daterange" => return of(Form::Range(Box::new(data_type("date")))),
        _ => Scalar::Other,
    };
    DataType::scalar_of(name, scalar)
}
