//! What tests stand on: servers, databases of their own, the real program, and a way to ask.

mod balancer;
mod database;
mod dump;
mod fixture;
mod held;
mod play;
mod program;
mod proposed;
mod proxy;
mod query;
mod secure;
mod server;
mod standby;
mod started;
mod turn;

pub(crate) use balancer::Balancer;
pub(crate) use database::{Database, dataset};
pub(crate) use dump::schema_entries;
pub(crate) use fixture::{Fixture, load_script};
pub(crate) use held::Held;
pub(crate) use play::Play;
pub(crate) use program::{Output, run, run_with};
pub(crate) use proposed::proposed;
pub(crate) use proxy::{Fault, Proxy, Way};
pub(crate) use query::{copied, count, digests, execute, query, tables, value};
pub(crate) use secure::{Authority, Secure};
pub(crate) use server::{Side, major, programs, start};
pub(crate) use standby::Pair;
pub(crate) use started::{Started, wait_until};
