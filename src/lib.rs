//! masque makes staging a faithful, harmless double of production.

pub mod cli;
pub mod demo;
pub mod diagnostic;
pub mod error;
pub mod format;
pub mod pipeline;
pub mod plan;
pub mod postgres;
pub mod publish;
pub mod refresh;
pub mod report;
pub mod rules;
pub mod schema;
pub mod secret;
pub mod sink;
pub mod source;
pub mod transform;
pub mod verify;
