//! The only module that speaks to a server.

mod account;
pub mod archive;
pub mod binaries;
pub mod catalog;
pub mod cluster;
pub mod connect;
pub mod environment;
pub mod facts;
mod fetch;
pub mod foreign;
pub mod frequency;
pub mod inventory;
mod keys;
mod passfile;
mod password;
pub mod place;
mod refusal;
pub mod session;
mod settle;
pub mod snapshot;
pub mod standby;
pub mod statistics;
mod tls;
pub mod url;
pub mod watch;
mod watchdog;
mod written;
