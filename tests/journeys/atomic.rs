//! Whoever reads while a refresh publishes sees all of the old data or all of the new.
