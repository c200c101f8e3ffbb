//! Numbers of rows, drawn or counted: keys, and columns that point at them. They say
//! nothing of a person. What is explicit (a national id, a session, a device) is none.

use super::evidence::Evidence;
use crate::rules::{Detector, Kind};

/// What kinds mask that are numbers of somebody, whatever their values look like.
const EXPLICIT: [&str; 8] = ["uuid", "token", "national_id", "iban", "card", "mac", "digits", "ip"];

/// Whether a column of this name, with these values, is the number of a row. `refers`
/// says that it is a key or points at one.
pub(super) fn is_surrogate(
    detector: &Detector,
    name: &[String],
    refers: bool,
    family: &str,
    kind: Option<&Kind>,
    evidence: &Evidence,
) -> bool {
    // `id_tax_rules` is the number of a row; `id_number` is one of a document.
    if family == "number" && is_led(detector, name) && !kind.is_some_and(|kind| detector.calls(kind, name)) {
        return true;
    }
    if kind.is_some_and(|kind| EXPLICIT.contains(&kind.mask.as_str()) || !kind.quiet) {
        return false;
    }
    // A person by what they are, in random letters: a number of theirs.
    let called = refers
        || is_called(detector, name)
        || kind.is_some_and(|kind| matches!(kind.name.as_str(), "person by role" | "name of who did it"));
    match family {
        "uuid" => called,
        "number" => kind.is_none() && is_called(detector, name),
        "text" => (called || is_glued(name)) && is_drawn(evidence, kind.is_none()),
        _ => false,
    }
}

/// Whether its last word is one for the key of a row.
pub(super) fn is_called(detector: &Detector, name: &[String]) -> bool {
    let spelled = detector.spelled(name);
    let says = |name: &[String]| name.last().is_some_and(|last| detector.has("keys", last));
    // `channelid` is a word of its own, and no part of one.
    let glued = |word: &String| {
        let front = ["id", "ids", "uuid"].iter().find_map(|end| word.strip_suffix(end));
        front.is_some_and(|front| front.len() >= 4 && detector.knows(front))
    };
    if name.last().is_some_and(glued) {
        return true;
    }
    // `uid` is what somebody signs in by.
    name.last().is_some_and(|last| last != "uid") && (says(name) || says(&spelled))
}

/// Whether the word for a key stands in front of what it is the key of.
fn is_led(detector: &Detector, name: &[String]) -> bool {
    name.len() > 1 && name.first().is_some_and(|first| detector.has("keys", first))
}

/// Whether a word that ends so may be a key: `rootid`.
fn is_glued(name: &[String]) -> bool {
    name.last().is_some_and(|last| last.len() >= 5 && last.ends_with("id"))
}

/// Whether most values are drawn at random, or are numbers that count.
fn is_drawn(evidence: &Evidence, unnamed: bool) -> bool {
    let writing = &evidence.writing;
    let told = evidence
        .likeness
        .as_ref()
        .is_some_and(|seen| seen.mask != "token" || seen.what == "hashes of passwords");
    let counted = unnamed && writing.lettered < 10 && writing.digit >= 90 && writing.digits < 20;
    evidence.values > 0 && !told && (writing.random >= 50 || counted)
}

/// Whether a long number of this name is a moment or an amount.
pub(super) fn is_measured(detector: &Detector, name: &[String]) -> bool {
    name.iter().any(|word| detector.has("moments", word) || detector.has("amounts", word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::words;

    fn surrogate(name: &str, values: &[&str]) -> bool {
        let detector = Detector::own();
        let name = words(name);
        let kind = detector.named(&name, "text");
        is_surrogate(detector, &name, false, "text", kind, &Evidence::of(values.iter().copied()))
    }

    #[test]
    fn what_is_drawn_and_called_a_key_is_one() {
        let uuids = ["1b4e28ba-2fa1-41d2-883f-0016d3cca427", "6fa459ea-ee8a-4ca4-894e-db77e160355e"];
        let prices = ["price_1Kq8mZ4tXv7Bw2Lr9Nc5Yd3H", "price_1Jx6nV2sQe8Rt4Uy7Zb3Pa9G"];
        assert!(surrogate("organizationId", &uuids) && surrogate("stripePriceId", &prices));
        assert!(surrogate("object_id", &["1", "2", "17"]));
        // A person's, whatever they look like.
        assert!(!surrogate("session_id", &uuids) && !surrogate("device_uuid", &uuids));
        assert!(!surrogate("user_id", &["ann@corp.com", "bob@corp.com", "c@corp.com"]));
        assert!(!surrogate("nickname", &uuids));
    }

    #[test]
    fn moments_and_amounts_are_told_by_their_names() {
        assert!(
            is_measured(Detector::own(), &words("createdAt"))
                && is_measured(Detector::own(), &words("stan_km"))
                && !is_measured(Detector::own(), &words("folio"))
        );
    }
}
