//! What a person writes: rule files, and their check against a schema.
//!
//! Only [`check`] makes [`CheckedRules`], and a plan takes nothing else: that is
//! how an undecided column can't reach a lane.
