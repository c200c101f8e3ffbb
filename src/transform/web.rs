//! What names on the web are invented of: `url` and `domain_name` give one host the
//! same name.
//!
//! `word-token.test`: the token is 80 bits of the host's digest, so that hosts stay
//! distinct; `.test` is never in the DNS (RFC 2606).

use super::handle::{Handle, TOKEN};
use crate::secret::{Digest, scale};

/// The ending of invented hosts.
pub(super) const SUFFIX: &str = "test";

/// The domain of hosts, whichever transformer writes them.
pub(super) const HOSTS: &str = "domain_name";

const WORDS: [&str; 64] = [
    "amber", "anchor", "apple", "aspen", "atlas", "bamboo", "basil", "birch", "bridge", "brook", "canyon",
    "cedar", "chestnut", "clover", "cobalt", "copper", "coral", "crane", "crystal", "delta", "ember",
    "falcon", "fern", "field", "forest", "garden", "garnet", "granite", "harbor", "hazel", "heron", "indigo",
    "island", "ivory", "jasper", "juniper", "kettle", "lagoon", "lantern", "laurel", "lemon", "linden",
    "maple", "marble", "meadow", "mint", "north", "oak", "olive", "onyx", "orchard", "pebble", "pine",
    "prairie", "quartz", "river", "saffron", "silver", "spruce", "summit", "thistle", "valley", "willow",
    "winter",
];

const BRANCHES: [&str; 8] = ["app", "api", "cdn", "shop", "blog", "docs", "portal", "static"];

/// The word that eight bytes of a digest, from `from`, choose.
pub(super) fn word(digest: &Digest, from: usize) -> &'static str {
    let place = scale(digest.get(from..).unwrap_or_default(), WORDS.len() as u64);
    usize::try_from(place).ok().and_then(|place| WORDS.get(place)).copied().unwrap_or("web")
}

/// The characters of the shortest host under `suffix`.
pub(super) fn least(suffix: &str) -> usize {
    TOKEN + 1 + suffix.chars().count()
}

/// Appends the host that stands for `host`, whose digest this is, in at most `room`
/// characters: with as many of branch, word and token as it takes, never less token.
pub(super) fn push_host(handle: &mut Handle<'_>, host: &str, digest: &Digest, suffix: &str, room: usize) {
    let mut room = room.saturating_sub(least(suffix));
    let branch = if host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        "www"
    } else if host.matches('.').count() >= 2 && host.contains(|c: char| c.is_ascii_alphabetic()) {
        let place = scale(digest.get(28..).unwrap_or_default(), BRANCHES.len() as u64);
        usize::try_from(place).ok().and_then(|place| BRANCHES.get(place)).copied().unwrap_or("app")
    } else {
        ""
    };
    for (word, after) in [(branch, "."), (word(digest, 0), "-")] {
        if !word.is_empty() && word.len() < room {
            handle.push_str(word);
            handle.push_str(after);
            room -= word.len() + 1;
        }
    }
    handle.push_token(digest, TOKEN);
    handle.push_str(".");
    handle.push_str(suffix);
}
