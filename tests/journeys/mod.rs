//! Whole refreshes, from command line to published database.

mod budget;
mod cut;
mod datasets;
mod derived;
mod errors;
mod fail_closed;
mod guard;
mod hard_tables;
mod identifiers;
mod invariants;
mod killed;
mod many_tables;
mod presets;
mod production;
mod regression;
mod shop;
mod source_log;
mod structures;
mod ten_million;
