//! The build database, its marker, the one rename, and what to clear up after a crash.
//!
//! Staging is never half-new: the old database is served, complete, until one
//! transaction renames it away and the build into its place; or, where no database may be made, one
//! transaction replaces what is in it ([`Replaced`]). What state a server
//! is in is read from its catalog alone: a database's marker is its own comment.

mod build;
mod carry;
mod clean;
mod guard;
mod in_place;
mod kinship;
mod lock;
mod marker;
mod rename;
mod rollback;
mod sign;
mod status;

pub use build::{Build, run_of};
pub use clean::{Chore, Cleaned, clean};
pub use guard::{Adoption, Guard, adopt, check_name, check_owner, check_rights};
pub use in_place::Replaced;
pub use lock::{Holder, RunLock};
pub use marker::{Database, Marker, State, Took, expiry, find};
pub use rename::{Published, publish, unendable};
pub use rollback::{RolledBack, rollback};
pub use sign::Sign;
pub use status::{Generation, Standing, Status, Unfinished};

use crate::error::{Error, Kind, Result};

/// Makes the id of a run.
///
/// # Errors
/// Internal, where the operating system gives no random bytes.
pub fn new_run() -> Result<String> {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).map_err(|_| Error::internal("the operating system gave no random bytes"))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

fn refuse(message: impl Into<String>) -> Error {
    Error::new(Kind::Guard, message)
}

/// Quotes a string for SQL, backslashes included.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A database name beside `target`'s: `<target>__<word>_<run>`, cut to the 63
/// bytes PostgreSQL allows at the target's end, on a character boundary.
fn beside(target: &str, word: &str, run: &str) -> String {
    let suffix = format!("__{word}_{run}");
    let mut stem = target;
    while stem.len() + suffix.len() > 63 {
        let mut chars = stem.chars();
        if chars.next_back().is_none() {
            break;
        }
        stem = chars.as_str();
    }
    format!("{stem}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_name_beside_a_long_target_fits_in_63_bytes_and_stays_utf8() {
        assert_eq!(beside("staging", "masque", "ab12"), "staging__masque_ab12");
        let long = beside(&"ü".repeat(31), "masque", "0123456789ab");
        assert!(long.len() <= 63 && long.ends_with("__masque_0123456789ab") && long.starts_with('ü'));
    }
}
