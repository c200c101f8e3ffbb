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
mod large_objects;
mod literals;
mod never_copied;
mod odd_tables;
mod partitions;
mod presets;
mod production;
mod regression;
mod remade;
mod shop;
mod structures;
mod ten_million;
mod values;
