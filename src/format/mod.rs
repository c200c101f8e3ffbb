//! Rows on the wire: the two forms of `COPY`, and what a masker sees of each type.
//!
//! [`binary`] walks rows of the binary form, [`text`] those of the text form.
//! Both give the same [`Row`] of [`Value`]s to a masker and take its answer from
//! the same [`Output`], so that no transformer knows which form a table travels in.

pub mod binary;
pub mod calendar;
pub mod decimal;
pub mod inet;
pub mod mac;
pub mod text;

mod output;
mod row;
mod value;

pub use output::Output;
pub use row::{Cell, Place, Row};
pub(crate) use value::parse_uuid;
pub use value::{Unreadable, Value, Wire};
