//! Whole refreshes, from command line to published database.

mod access;
mod cut;
mod datasets;
mod derived;
mod double;
mod encodings;
mod errors;
mod fail_closed;
mod guard;
mod hard_tables;
mod huge_values;
mod identifiers;
mod killed;
mod odd_tables;
mod presets;
mod production;
mod regression;
mod shop;
mod structures;
mod ten_million;
mod values;
