//! Checks of whole rule files.
