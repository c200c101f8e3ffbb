//! Where values speak against what a name says: `email_layout` without an `@`, a `state`
//! that is `draft` or `posted`. What is sure of its name is contradicted by what its
//! values can't be; a name that fits many things by what they are.

use super::evidence::Evidence;
use crate::rules::Kind;

/// Fewer values say nothing against a name.
const ENOUGH: u64 = 8;

/// Of e-mail addresses fewer do: each has an `@`.
const ADDRESSES: u64 = 3;

/// Whether the values can't be of the kind.
pub(super) fn contradicts(kind: &Kind, evidence: &Evidence) -> bool {
    let writing = &evidence.writing;
    let least = if kind.mask == "email" { ADDRESSES } else { ENOUGH };
    // What is encrypted or hashed looks like nothing, and may be anything.
    if evidence.values < least || evidence.traced >= 20 || writing.random >= 50 {
        return false;
    }
    let words = evidence.is_status() && writing.lower >= 90;
    let status = words && evidence.distinct >= 2;
    // The number of a document is not that of many: `license` is a choice among few.
    if kind.name == "number of a document"
        && evidence.is_list()
        && evidence.distinct >= 2
        && evidence.distinct * 10 <= evidence.values
    {
        return true;
    }
    match kind.mask.as_str() {
        "email" => writing.at == 0,
        // Accounts that books are kept by have few digits.
        "iban" if writing.lettered < 20 && writing.digits < 20 => true,
        "username" if writing.lettered < 10 && writing.short >= 80 => true,
        // On and off.
        "username" if status && evidence.distinct == 2 => true,
        // Groups within groups: `Root > North > Sales`.
        "full_name" | "username" | "letters" if kind.person && writing.nested >= 30 => true,
        "phone" | "digits" | "iban" | "card" | "national_id" | "ip" | "date_shift" | "postcode" => {
            writing.digit <= 5
        }
        "token" => status && evidence.distinct <= 5,
        // Of `state` one word is enough: it is the name of many things.
        "region" => words,
        "street" if kind.quiet => status || evidence.is_list() && evidence.words < 2 && writing.digit < 30,
        "city" | "street" | "country" => status,
        // Codes of countries and the like; few names are as short, and not all of them.
        "full_name" | "last_name" if writing.short >= 90 && writing.codes >= 90 && writing.named < 5 => true,
        "full_name" | "first_name" | "last_name" if kind.quiet => {
            status || writing.named < 5 && (writing.numbered >= 80 || writing.technical >= 80)
        }
        _ => false,
    }
}

/// Whether numbers of so many digits at most are too short to be of the kind.
pub(super) fn is_too_short(kind: &Kind, digits: u32) -> bool {
    match kind.mask.as_str() {
        "iban" => (1..=5).contains(&digits),
        "phone" | "card" | "national_id" => (1..=3).contains(&digits),
        "postcode" => (1..=2).contains(&digits),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Detector;

    fn speaks(kind: &str, values: &[&str]) -> bool {
        let kind = Detector::own().kind(kind).unwrap();
        contradicts(kind, &Evidence::of(values.iter().copied().cycle().take(40)))
    }

    #[test]
    fn values_speak_against_names_that_they_cannot_be_of() {
        assert!(speaks("e-mail address", &["mail.layout_a", "mail.layout_b"]));
        assert!(speaks("telephone number", &["home", "work"]) && !speaks("telephone number", &["030 1234"]));
        let sealed = ["gAAAAABmQ1x7Zk9pL2tB", "gAAAAABmR8w3Yv0aN5cD", "gAAAAABmT4u6Xs1bM7eF"];
        assert!(!speaks("e-mail address", &sealed));
        assert!(speaks("region", &["draft", "posted"]) && !speaks("region", &["Texas", "Ohio"]));
        assert!(speaks("last name", &["IT", "RO", "ALB"]));
        assert!(speaks("name", &["INV/2025/00001", "INV/2025/00002", "INV/2025/00003"]));
        assert!(speaks("complete name", &["Root > North", "Root > North > Sales", "Root"]));
        assert!(speaks("bank account", &["411000", "4457"].map(|code| &code[..4])));
        assert!(
            !speaks("bank account", &["12-34-56", "00-11-22"]) && speaks("name of who did it", &["25", "59"])
        );
        assert!(!speaks("name", &["Peter", "HUSSAIN, KEITH"]) && !speaks("last name", &["zyx", "wvu"]));
    }
}
