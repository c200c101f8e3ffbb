//! All tests in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and says what it skips"
)]

mod cli;
mod fuzz;
mod house;
mod journeys;
mod laws;
mod postgres;
mod support;
