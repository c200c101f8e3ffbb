//! The hunt `json_path`, under libFuzzer.

#![no_main]

#[path = "../hunt/mod.rs"]
mod hunt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hunt::look("json_path", data));
