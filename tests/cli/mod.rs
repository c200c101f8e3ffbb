//! The program as a person meets it.

mod bad_input;
mod commands;
mod content;
mod secret;
mod typed;
