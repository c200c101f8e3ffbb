//! The hunt `binary_row`, under libFuzzer.

#![no_main]

#[path = "../hunt/mod.rs"]
mod hunt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hunt::look("binary_row", data));
