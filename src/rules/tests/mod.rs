//! Whole rule files against a small shop: what is accepted, and what is said about mistakes.

mod accepted;
mod advice;
mod borrowed;
mod checks;
mod keys;
mod mistakes;
mod shop;
mod unique;
mod writing;

pub(super) use shop::REGISTRY;
