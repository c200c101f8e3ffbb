//! What tests stand on: two servers, databases of their own, the real program, and a way to ask.

mod database;
mod fixture;
mod program;
mod query;
mod server;

pub(crate) use database::{Database, dataset};
pub(crate) use fixture::Fixture;
pub(crate) use program::{Output, run, run_with};
pub(crate) use query::{count, execute, query, value};
pub(crate) use server::Side;
