//! The hunt `scrub`, under libFuzzer.

#![no_main]

#[path = "../hunt/mod.rs"]
mod hunt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hunt::look("scrub", data));
