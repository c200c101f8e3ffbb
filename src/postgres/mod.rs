//! The only module that speaks to a server.

mod account;
pub mod archive;
pub mod binaries;
pub mod catalog;
pub mod cluster;
pub mod connect;
pub mod environment;
mod fetch;
pub mod foreign;
pub mod frequency;
pub mod inventory;
mod keys;
pub mod lock_table;
mod passfile;
mod password;
pub mod privilege;
mod refusal;
pub mod session;
mod settle;
pub mod snapshot;
pub mod statistics;
mod tls;
pub mod url;
pub mod watch;
mod watchdog;
mod written;
