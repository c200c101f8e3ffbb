//! The hunt `connection`, under libFuzzer.

#![no_main]

#[path = "../hunt/mod.rs"]
mod hunt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hunt::look("connection", data));
