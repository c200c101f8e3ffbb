//! The only module that speaks to a server.

mod account;
pub mod connect;
pub mod environment;
mod keys;
mod passfile;
mod password;
mod refusal;
mod tls;
pub mod url;
mod written;
