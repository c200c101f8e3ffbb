//! Types: what each is made of, and whether its binary form is complete.

use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{DataType, Form, Scalar};
use std::collections::HashMap;
use std::sync::Arc;

/// Every type of the database by object number.
pub(super) struct Types {
    raw: HashMap<u32, RawType>,
    labels: HashMap<u32, Vec<String>>,
    attributes: HashMap<u32, Vec<(String, u32, i32)>>,
    subtypes: HashMap<u32, u32>,
}

struct RawType {
    name: String,
    schema: String,
    /// The extension it belongs to.
    extension: Option<String>,
    kind: i8,
    base: u32,
    base_modifier: i32,
    element: u32,
    relation: u32,
    has_wire: bool,
    is_array: bool,
    not_null: bool,
}

pub(super) async fn read(session: &Session) -> Result<Types> {
    let doing = "reading the types";
    let rows = session
        .query(
            doing,
            "SELECT t.oid, t.typname::text, n.nspname::text, t.typtype, t.typbasetype, t.typtypmod, t.typelem, \
                    t.typrelid, t.typsend <> 0 AND t.typreceive <> 0, \
                    e.oid IS NOT NULL, t.typnotnull, x.extname::text \
             FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid \
             LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e' \
                                  AND d.refclassid = 'pg_extension'::regclass \
             LEFT JOIN pg_extension x ON x.oid = d.refobjid",
            &[],
        )
        .await?;
    let raw = rows
        .iter()
        .map(|row| {
            let raw = RawType {
                name: row.get(1),
                schema: row.get(2),
                kind: row.get(3),
                base: row.get(4),
                base_modifier: row.get(5),
                element: row.get(6),
                relation: row.get(7),
                has_wire: row.get(8),
                is_array: row.get(9),
                not_null: row.get(10),
                extension: row.get(11),
            };
            (row.get(0), raw)
        })
        .collect();
    let mut labels: HashMap<u32, Vec<String>> = HashMap::new();
    let rows = session
        .query(doing, "SELECT enumtypid, enumlabel::text FROM pg_enum ORDER BY enumtypid, enumsortorder", &[])
        .await?;
    for row in rows {
        labels.entry(row.get(0)).or_default().push(row.get(1));
    }
    // Row types of tables serve as column types too, so relations of every kind count: those that a column
    // leads to through any arrays, domains and ranges. Attributes of composites are columns here.
    let rows = session
        .query(
            doing,
            "WITH RECURSIVE used (oid) AS ( \
               SELECT atttypid FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped \
               UNION \
               SELECT inner_type.oid FROM used u JOIN pg_type t ON t.oid = u.oid \
               LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid) \
               CROSS JOIN LATERAL (VALUES (t.typelem), (t.typbasetype), (r.rngsubtype)) AS inner_type (oid) \
               WHERE inner_type.oid <> 0) \
             SELECT a.attrelid, a.attname::text, a.atttypid, a.atttypmod FROM pg_attribute a \
             JOIN pg_type t ON t.typrelid = a.attrelid \
             WHERE a.attnum > 0 AND NOT a.attisdropped AND t.oid IN (SELECT oid FROM used) \
             ORDER BY a.attrelid, a.attnum",
            &[],
        )
        .await?;
    let mut attributes: HashMap<u32, Vec<(String, u32, i32)>> = HashMap::new();
    for row in rows {
        attributes.entry(row.get(0)).or_default().push((row.get(1), row.get(2), row.get(3)));
    }
    let rows = session
        .query(
            doing,
            "SELECT rngtypid, rngsubtype FROM pg_range UNION ALL \
             SELECT rngmultitypid, rngsubtype FROM pg_range WHERE rngmultitypid <> 0",
            &[],
        )
        .await?;
    let subtypes = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    Ok(Types { raw, labels, attributes, subtypes })
}

/// How deep types may nest; PostgreSQL forbids recursion, so this only bounds work.
const DEPTH: u8 = 12;

impl Types {
    /// The type of a column, by object number and modifier. `shown` is what
    /// `format_type` prints.
    pub(super) fn column(&self, oid: u32, modifier: i32, shown: String) -> DataType {
        DataType { name: shown, ..self.build(oid, modifier, DEPTH) }
    }

    /// Whether a domain in the chain refuses NULL.
    pub(super) fn refuses_null(&self, oid: u32) -> bool {
        match self.raw.get(&oid) {
            Some(raw) if raw.kind == b'd'.cast_signed() => raw.not_null || self.refuses_null(raw.base),
            _ => false,
        }
    }

    fn build(&self, oid: u32, modifier: i32, depth: u8) -> DataType {
        let opaque = |name: &str, binary| DataType {
            name: name.to_owned(),
            form: Form::Scalar(Scalar::Other),
            binary,
        };
        let Some(raw) = self.raw.get(&oid).filter(|_| depth > 0) else { return opaque("unknown", false) };
        let inner = |oid, modifier| Box::new(self.build(oid, modifier, depth - 1));
        let (form, complete) = match u8::try_from(raw.kind).unwrap_or(0) {
            b'e' => {
                let labels = self.labels.get(&oid).cloned().unwrap_or_default();
                (Form::Enum(Arc::from(labels)), true)
            }
            b'd' => {
                let base = inner(raw.base, raw.base_modifier);
                let complete = base.binary;
                (Form::Domain(base), complete)
            }
            b'c' => {
                let attributes: Vec<_> = self
                    .attributes
                    .get(&raw.relation)
                    .into_iter()
                    .flatten()
                    .map(|(name, oid, modifier)| (name.clone(), self.build(*oid, *modifier, depth - 1)))
                    .collect();
                let complete = attributes.iter().all(|(_, data_type)| data_type.binary);
                (Form::Composite(Arc::from(attributes)), complete)
            }
            kind @ (b'r' | b'm') => {
                let subtype = inner(self.subtypes.get(&oid).copied().unwrap_or(0), -1);
                let complete = subtype.binary;
                let form = if kind == b'r' { Form::Range(subtype) } else { Form::Multirange(subtype) };
                (form, complete)
            }
            _ if raw.is_array => {
                let element = inner(raw.element, modifier);
                let complete = element.binary;
                (Form::Array(element), complete)
            }
            _ => (Form::Scalar(scalar(raw, modifier)), !loses_in_binary(raw)),
        };
        DataType { name: raw.name.clone(), form, binary: raw.has_wire && complete }
    }
}

/// The binary form of `reg*` types is a number that only means something on its own server;
/// a server refuses its own binary form of an empty `tsquery`, `int2vector` or `oidvector`,
/// and every form of what it makes for itself alone.
fn loses_in_binary(raw: &RawType) -> bool {
    const REFUSED: &[&str] = &[
        "tsquery",
        "int2vector",
        "oidvector",
        "pg_node_tree",
        "pg_ndistinct",
        "pg_dependencies",
        "pg_mcv_list",
        "pg_brin_bloom_summary",
        "pg_brin_minmax_multi_summary",
    ];
    raw.schema == "pg_catalog" && (raw.name.starts_with("reg") || REFUSED.contains(&raw.name.as_str()))
}

fn scalar(raw: &RawType, modifier: i32) -> Scalar {
    // `varchar(n)` and `char(n)` store n + 4, `numeric(p,s)` p and s in 16 bits each, plus 4.
    let declared = u32::try_from(modifier - 4).ok().filter(|_| modifier >= 4);
    if raw.schema != "pg_catalog" {
        return match (raw.extension.as_deref(), raw.name.as_str()) {
            (_, "citext") => Scalar::Text,
            (Some("hstore"), "hstore") => Scalar::Hstore,
            _ => Scalar::Other,
        };
    }
    match raw.name.as_str() {
        "bool" => Scalar::Bool,
        "int2" => Scalar::Int2,
        "int4" => Scalar::Int4,
        "int8" => Scalar::Int8,
        "float4" => Scalar::Float4,
        "float8" => Scalar::Float8,
        "numeric" => Scalar::Numeric(declared.map(|word| {
            // The scale has 11 bits and a sign since PostgreSQL 15.
            let scale = i16::try_from(word & 0x7ff).unwrap_or(0);
            let scale = if scale >= 1024 { scale - 2048 } else { scale };
            (u16::try_from(word >> 16).unwrap_or(0), scale)
        })),
        "text" => Scalar::Text,
        "name" => Scalar::Varchar(Some(63)),
        "varchar" => Scalar::Varchar(declared),
        "bpchar" => declared.map_or(Scalar::Text, Scalar::Char),
        "bytea" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timetz" => Scalar::TimeTz,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::TimestampTz,
        "interval" => Scalar::Interval,
        "point" => Scalar::Point,
        "uuid" => Scalar::Uuid,
        "inet" => Scalar::Inet,
        "cidr" => Scalar::Cidr,
        "macaddr" => Scalar::Macaddr,
        "macaddr8" => Scalar::Macaddr8,
        "json" => Scalar::Json,
        "jsonb" => Scalar::Jsonb,
        "xml" => Scalar::Xml,
        _ => Scalar::Other,
    }
}
