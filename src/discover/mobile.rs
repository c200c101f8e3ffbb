//! Mobile telephone numbers written whole, without a sign in front: `447921843996`.
//!
//! Calling codes are those of ITU-T E.164; how many digits follow, and with which mobile numbers
//! begin, is in the numbering plan of each country, as the ITU publishes them.

/// Calling codes, how many digits there are in all at least and at most, and what a mobile number
/// begins with.
const PLANS: [(&str, usize, usize, &str); 18] = [
    ("27", 11, 11, "678"),
    ("31", 11, 11, "6"),
    ("32", 11, 11, "4"),
    ("33", 11, 11, "67"),
    ("34", 11, 11, "67"),
    ("39", 12, 12, "3"),
    ("41", 11, 11, "7"),
    ("43", 12, 13, "6"),
    ("44", 12, 12, "7"),
    ("46", 11, 11, "7"),
    ("48", 11, 11, "45678"),
    ("49", 12, 13, "1"),
    ("61", 11, 11, "4"),
    ("90", 12, 12, "5"),
    ("91", 12, 12, "6789"),
    ("351", 12, 12, "9"),
    ("353", 12, 12, "8"),
    ("420", 12, 12, "67"),
];

/// Whether a value is one.
pub(super) fn is_whole(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
        && PLANS.iter().any(|(code, least, most, begins)| {
            let rest = value.strip_prefix(code);
            (*least..=*most).contains(&value.len())
                && rest.is_some_and(|rest| rest.starts_with(|digit| begins.contains(digit)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_with_the_code_of_their_country() {
        for number in ["447921843996", "48501979590", "4915112345678", "33612345678"] {
            assert!(is_whole(number), "{number}");
        }
        for number in ["07921843996", "447921", "4006381333931", "441921843996", "+447921843996", ""] {
            assert!(!is_whole(number), "{number}");
        }
    }
}
