//! The hunt `detect`, under libFuzzer.

#![no_main]

#[path = "../hunt/mod.rs"]
mod hunt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hunt::look("detect", data));
