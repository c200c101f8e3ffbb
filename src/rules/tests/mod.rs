//! Whole rule files against a small shop: what is accepted, and what is said about mistakes.

mod accepted;
mod borrowed;
mod keys;
mod mistakes;
mod shop;
mod writing;

pub(super) use shop::REGISTRY;
