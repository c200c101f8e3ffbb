//! masque makes staging a faithful, harmless double of production.
//!
//! # How rows flow
//!
//! ```text
//!  rules/*.toml ─▶ rules ─check─▶ CheckedRules ┐
//!                                              ├─▶ plan ─▶ Plan
//!  source ─▶ postgres::catalog ─▶ Schema ──────┘            │
//!                                                           ▼
//!  source ══ one snapshot ══▶ source ─Batch▶ mask ─Batch▶ sink ══▶ build ─verify─▶ publish ══▶ target
//! ```
//!
//! [`refresh`] tells the story of a run on one page. A [`schema::Schema`] is the
//! source's shape; a [`rules::RuleFile`] what a person wrote about it. Only
//! [`rules::check()`] makes [`rules::CheckedRules`], and a [`plan::Plan`] takes nothing
//! else: a column without a decision can't reach a lane. A [`pipeline::Lane`] reads
//! whole rows in wire form as a [`pipeline::Batch`], changes the fields that the plan
//! masks, copies the runs between them, and writes the batch on.
//!
//! # The house
//!
//! Imports point down, never up; rooms of one floor don't know each other, but on the ground.
//!
//! ```text
//!  9 cli   8 demo   7 refresh doctor   6 discover verify report publish parity   5 pipeline   4 source sink
//!  3 plan   2 rules postgres   1 transform   0 format schema secret diagnostic error point
//! ```
//!
//! # Where it stands
//!
//! The audits behind `verify` (a search for source values that survived), rehearsals
//! and archives are rooms still to be built.
//!
//! A mask that reads masked columns (`template`, `scrub`) runs their masks again for
//! that row, so columns need no order among themselves; rows of other tables come by
//! left joins in the reading statement, so nothing is held in memory for them. Masks
//! of whole columns see one batch at a time: `shuffle` asks for one of a megabyte.
//!
//! Where the loading role may make no database (`--publish in-place`), the build is the target itself:
//! one transaction on one session, with one lane, sets the old schemas aside, makes the new ones
//! from `pg_restore`'s text, and drops the old ones before it commits ([`publish::Replaced`]).
//!
//! Large indexes are made as soon as their table's rows are in, each by a `pg_restore` of its own with a
//! list of one entry; all else of the section by one, last. A lane masks its own batches where lanes keep
//! all cores busy ([`pipeline::Hands`]).
//!
//! Rows are masked sixteen at a time, column by column: the rounds of a permutation wait for each
//! other, those of eight rows' do not. Masks of whole columns have the whole batch as their stride.
//!
//! `refresh --dry-run` goes the way of a refresh, by the same functions, until the build would be made
//! ([`refresh::forecast`]). A published build's marker says how long it took; that corrects the next estimate.
//!
//! A build is known by its marker, a comment; until that is written, by the
//! connection limit it is created with, so that no crash leaves an orphan.

pub mod cli;
pub mod demo;
pub mod diagnostic;
pub mod discover;
pub mod doctor;
pub mod error;
pub mod format;
pub mod parity;
pub mod pipeline;
pub mod plan;
pub mod point;
pub mod postgres;
pub mod publish;
pub mod refresh;
pub mod report;
pub mod rules;
pub mod schema;
pub mod secret;
pub mod sink;
pub mod source;
pub mod transform;
pub mod verify;
