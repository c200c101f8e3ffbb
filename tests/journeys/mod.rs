//! Whole refreshes, from command line to published database.

mod datasets;
