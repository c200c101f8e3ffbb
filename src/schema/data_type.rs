//! Column types, as far as masking and the two wire formats care.

use std::sync::Arc;

/// A column's type with its modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataType {
    /// As `format_type` prints it, for messages: `character varying(12)`.
    pub name: String,
    /// What it is made of.
    pub form: Form,
    /// Whether its binary form is complete on the wire. False for types without
    /// send and receive functions and for `reg*`, whose binary form is an object
    /// number of the one server; a table with such a column travels as text.
    pub binary: bool,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A built-in type that maskers can read and write, or [`Scalar::Other`].
    Scalar(Scalar),
    /// An enum with its labels in order.
    Enum(Arc<[String]>),
    /// A domain over another type.
    Domain(Box<DataType>),
    /// An array, of any dimension, of an element type.
    Array(Box<DataType>),
    /// A range of a subtype.
    Range(Box<DataType>),
    /// A multirange of a subtype.
    Multirange(Box<DataType>),
    /// A composite: its attributes' names and types in order.
    Composite(Arc<[(String, DataType)]>),
}

/// The built-in types maskers can read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `boolean`
    Bool,
    /// `smallint`
    Int2,
    /// `integer`
    Int4,
    /// `bigint`
    Int8,
    /// `real`
    Float4,
    /// `double precision`
    Float8,
    /// `numeric`, with precision and scale where declared
    Numeric(Option<(u16, i16)>),
    /// `text`, `citext`, `name`: no length but the type's own
    Text,
    /// `varchar`, with its length in characters where declared
    Varchar(Option<u32>),
    /// `char(n)`: padded with spaces
    Char(u32),
    /// `bytea`
    Bytea,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `timetz`
    TimeTz,
    /// `timestamp`
    Timestamp,
    /// `timestamptz`
    TimestampTz,
    /// `interval`
    Interval,
    /// `point`
    Point,
    /// `uuid`
    Uuid,
    /// `inet`
    Inet,
    /// `cidr`
    Cidr,
    /// `macaddr`
    Macaddr,
    /// `macaddr8`
    Macaddr8,
    /// `json`
    Json,
    /// `jsonb`
    Jsonb,
    /// `xml`
    Xml,
    /// `hstore`, of the extension of that name
    Hstore,
    /// Anything else: it can be kept, nulled or replaced by a constant.
    Other,
}

impl DataType {
    /// A scalar type that has a binary form.
    pub fn scalar_of(name: impl Into<String>, scalar: Scalar) -> Self {
        Self { name: name.into(), form: Form::Scalar(scalar), binary: true }
    }

    /// The type under any domains.
    #[must_use]
    pub fn base(&self) -> &Self {
        match &self.form {
            Form::Domain(base) => base.base(),
            _ => self,
        }
    }

    /// The scalar under any domains, if it is one.
    #[must_use]
    pub fn scalar(&self) -> Option<Scalar> {
        match self.base().form {
            Form::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether it is `text`, `varchar`, `char`, `citext` or `name`.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.scalar(), Some(Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_)))
    }

    /// Whether a value reads the same in both wire forms: a scalar that maskers know,
    /// or an enum. Of all others only the text form has characters.
    #[must_use]
    pub fn reads_alike(&self) -> bool {
        match self.base().form {
            Form::Scalar(scalar) => !matches!(scalar, Scalar::Other | Scalar::Hstore | Scalar::Interval),
            Form::Enum(_) => true,
            _ => false,
        }
    }

    /// Whether it is a whole number: `int2/4/8` or `numeric(p,0)`.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        matches!(
            self.scalar(),
            Some(Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(Some((_, 0))))
        )
    }

    /// The most characters a text column takes; `None` where there is no limit.
    #[must_use]
    pub fn max_chars(&self) -> Option<usize> {
        match self.scalar()? {
            Scalar::Varchar(limit) => limit.map(|n| n as usize),
            Scalar::Char(n) => Some(n as usize),
            _ => None,
        }
    }

    /// The element of an array, the subtype of a range; domains are looked through.
    #[must_use]
    pub fn element(&self) -> Option<&Self> {
        match &self.base().form {
            Form::Array(inner) | Form::Range(inner) | Form::Multirange(inner) => Some(inner),
            _ => None,
        }
    }
}
