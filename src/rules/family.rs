//! The families of types that `rules/detect.toml` speaks of.

use crate::schema::{DataType, Form, Scalar};

/// What `detect.toml` calls a type.
#[must_use]
pub fn family(data_type: &DataType) -> Option<&'static str> {
    let inner = data_type.element().unwrap_or(data_type);
    if let Form::Enum(_) = inner.base().form {
        return Some("enum");
    }
    Some(match inner.scalar()? {
        Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_) => "text",
        Scalar::Date | Scalar::Timestamp | Scalar::TimestampTz => "date",
        Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(_) => "number",
        Scalar::Inet | Scalar::Cidr | Scalar::Macaddr | Scalar::Macaddr8 => "inet",
        Scalar::Float4 | Scalar::Float8 => "real",
        Scalar::Point => "point",
        Scalar::Bytea => "bytes",
        Scalar::Json | Scalar::Jsonb => "json",
        Scalar::Hstore => "hstore",
        Scalar::Uuid => "uuid",
        Scalar::Bool => "bool",
        _ => return None,
    })
}
