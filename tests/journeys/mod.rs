//! Whole refreshes, from command line to published database.

mod access;
mod configuration;
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
mod inheritance;
mod killed;
mod large_objects;
mod partitions;
mod presets;
mod production;
mod regression;
mod remade;
mod sequences;
mod shop;
mod structures;
mod ten_million;
mod values;
