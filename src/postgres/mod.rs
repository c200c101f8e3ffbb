//! The only module that speaks to a server.

pub mod access;
mod account;
pub mod archive;
pub mod binaries;
pub mod catalog;
pub mod cluster;
pub mod connect;
pub mod environment;
mod fetch;
pub mod frequency;
pub mod inventory;
mod keys;
pub mod left_out;
mod literals;
mod passfile;
mod password;
mod refusal;
pub mod session;
mod settle;
pub mod snapshot;
pub mod statistics;
mod tls;
pub mod uncarried;
pub mod url;
pub mod watch;
mod watchdog;
mod written;
