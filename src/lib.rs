//! masque makes staging a faithful, harmless double of production.

pub mod cli;
pub mod diagnostic;
pub mod error;
pub mod format;
pub mod postgres;
pub mod rules;
pub mod schema;
pub mod secret;
pub mod transform;
