//! What only a real server can show.

mod fixtures;
mod keys;
mod numbers;
