//! The only module that speaks to a server.

mod account;
pub mod binaries;
pub mod cluster;
pub mod connect;
pub mod environment;
mod fetch;
mod keys;
mod passfile;
mod password;
mod refusal;
mod settle;
mod tls;
pub mod url;
mod watchdog;
mod written;
