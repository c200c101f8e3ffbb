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
mod identifiers;
mod killed;
mod majors;
mod parity;
mod presets;
mod production;
mod regression;
mod shop;
mod standby;
mod structures;
mod ten_million;
mod values;
