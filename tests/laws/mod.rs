//! What holds of every transformer on every type it takes, shown by a real refresh.
//!
//! The cases are made of what transformers say of themselves ([`pair`]), on values
//! that are awkward for their types ([`kind`]), so that a new transformer is
//! covered without a line here. Each has a table that travels in binary form and
//! one that travels as text, with each case twice in both.

mod hold;
mod kind;
mod pair;
