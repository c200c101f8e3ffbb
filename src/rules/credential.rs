//! What in a text gives access to something: passwords, tokens, keys and their hashes.
//!
//! Known by what they begin with, by the name they are given to, by their place in an
//! address, or by looking drawn at random: characters of several classes that change
//! from one to the next as often as chance makes them, which words and the capitals
//! inside names do not.

use regex::Regex;
use std::sync::LazyLock;

/// The names of what is secret, as the last word of a name.
const NAMES: &str = "passw(?:or)?d|passphrase|pwd|secret|token|credentials?|(?:api|access|private|secret|encryption|account|auth)[_-]?key";

/// Whether something of this name is secret: `password`, `smtp_password`, `apiKey`.
pub(super) fn is_secret_name(name: &str) -> bool {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("(?i)(?:{NAMES})$")).ok());
    NAME.as_ref().is_none_or(|regex| regex.is_match(name))
}

/// Whether a text is the name of a setting that is secret: `smtp.password`, `STRIPE_API_KEY`.
#[must_use]
pub fn is_setting(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    (4..=80).contains(&text.len()) && text.chars().all(is_part) && is_secret_name(text)
}

/// Whether a value that is given to a secret's name may be one: words in small letters
/// (`none`, `md5`) and gaps for a value (`%s`, `${PASSWORD}`, `<password>`) are none.
pub(super) fn is_secret_value(value: &str) -> bool {
    let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    let sign = |c: char| {
        c.is_ascii_digit() || c.is_uppercase() || c.is_ascii_punctuation() && !matches!(c, '_' | '-')
    };
    value.chars().count() >= 6
        && value.contains(sign)
        && !value.contains(char::is_whitespace)
        && !is_gap(value)
}

fn is_gap(value: &str) -> bool {
    value.starts_with(['%', '$', '{', '<', ':', '*', '@', '(', '?']) && !value.starts_with("$2")
        || value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '•'))
}

/// The kind of access a text has in it.
#[must_use]
pub fn find(text: &str) -> Option<&'static str> {
    if text.len() < 8 {
        return None;
    }
    if has_private_key(text) {
        return Some("a private key");
    }
    if in_address(text) || assigned(text) {
        return Some("a password or token");
    }
    tokens(text).find_map(of_token)
}

/// Whether a text leaves no doubt that it gives access: a password in an address, a private key, a token
/// that begins as those of a known service do.
#[must_use]
pub fn gives_access(text: &str) -> bool {
    in_address(text) || has_private_key(text) || tokens(text).any(|token| begins(PREFIXES, token))
}

fn has_private_key(text: &str) -> bool {
    text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")
}

/// The parts of a text that may be tokens.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let parts =
        text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '=' | '.' | '$')));
    parts.filter(|token| token.len() >= 16)
}

/// Whether a token begins as one of those does, and is as long.
fn begins(known: &[(&str, usize)], token: &str) -> bool {
    known.iter().any(|(front, least)| token.starts_with(front) && token.len() >= *least)
}

/// The password of `scheme://user:password@host`.
fn in_address(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let authority = rest
            .split(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#'))
            .next()
            .unwrap_or_default();
        let user = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        user.is_some_and(|(_, password)| !password.is_empty() && !is_gap(password))
    })
}

/// What stands behind `password=` or `"token": `.
fn assigned(text: &str) -> bool {
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(&format!(r#"(?i)(?:{NAMES})["']?(=|\s*(?::=|=>|[:=])\s*["']?)([^\s"'&;,]+)"#)).ok()
    });
    let bytes = text.as_bytes();
    if memchr::memchr2(b'=', b':', bytes).is_none() {
        return false;
    }
    let Some(regex) = PLAIN.as_ref() else { return true };
    regex.captures_iter(text).any(|found| {
        let (sign, value) =
            (found.get(1).map_or("", |m| m.as_str()), found.get(2).map_or("", |m| m.as_str()));
        // Connection strings leave no doubt, prose and programs do.
        if sign == "=" {
            return value.chars().count() >= 4 && !is_gap(value) && !is_word_of_code(value);
        }
        is_secret_value(value) && value.contains(|c: char| c.is_ascii_digit()) && !is_word_of_code(value)
    })
}

/// Whether a program computes the value: `token=NEW.id`, `secret=md5(x)`.
fn is_word_of_code(value: &str) -> bool {
    value.contains(['(', ')', '|', '['])
        || value.contains('.') && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
        || matches!(
            value.to_ascii_lowercase().as_str(),
            "null" | "none" | "true" | "false" | "required" | "disabled" | "prompt"
        )
}

/// What services put before their tokens, and how long one is at least.
const PREFIXES: &[(&str, usize)] = &[
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 35),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("ghu_", 36),
    ("github_pat_", 40),
    ("glpat-", 20),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("sk_test_", 20),
    ("sk-", 30),
    ("whsec_", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xapp-", 20),
    ("SG.", 40),
    ("npm_", 36),
    ("pypi-", 40),
    ("dop_v1_", 40),
    ("hvs.", 24),
    ("EAAC", 60),
];

/// What hashes of passwords begin with.
const HASHES: &[(&str, usize)] = &[
    ("$2a$", 60),
    ("$2b$", 60),
    ("$2y$", 60),
    ("$argon2", 40),
    ("$1$", 26),
    ("$5$", 40),
    ("$6$", 60),
    ("$scrypt", 40),
    ("$pbkdf2", 40),
    ("pbkdf2_sha", 40),
    ("SCRAM-SHA-256$", 60),
];

fn of_token(token: &str) -> Option<&'static str> {
    let md5 = token
        .strip_prefix("md5")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()));
    if begins(HASHES, token) || md5 {
        return Some("the hash of a password");
    }
    let web = token.starts_with("eyJ") && token.len() > 40 && token.matches('.').count() == 2;
    // Between dots and `=` stand names and values of their own.
    let random = || token.split(['.', '=', '$']).any(|part| is_random(part.as_bytes()));
    (begins(PREFIXES, token) || web || random()).then_some("a password or token")
}

/// Whether characters look drawn at random, not written.
fn is_random(token: &[u8]) -> bool {
    const LEAST: usize = 20;
    let letters: Vec<u8> = token.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    // Dashes and slashes stand in base64, and more often between words.
    let joined = token.len() - letters.len();
    if letters.len() < LEAST || is_uuid(token) || joined * 12 > token.len() {
        return false;
    }
    let count = |of: fn(&u8) -> bool| letters.iter().filter(|byte| of(byte)).count();
    let (upper, lower, digits) =
        (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase), count(u8::is_ascii_digit));
    let class = |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let pairs = |of: &dyn Fn(u8, u8) -> bool| {
        letters.windows(2).filter(|two| matches!(two, [a, b] if of(*a, *b))).count()
    };
    let changes = pairs(&|a, b| class(a) != class(b));
    let steps = pairs(&|a, b| a.checked_add(1) == Some(b) || a == b);
    let distinct = {
        let mut seen = [false; 128];
        for byte in &letters {
            if let Some(seen) = seen.get_mut(usize::from(*byte)) {
                *seen = true;
            }
        }
        seen.iter().filter(|seen| **seen).count()
    };
    // Alphabets and counting are written.
    if distinct < 8 || steps * 3 > letters.len() {
        return false;
    }
    let often = |share: usize| changes * 100 >= letters.len() * share;
    if upper > 1 && lower > 1 && digits > 0 {
        return digits > 1 && often(40);
    }
    let hex = letters.iter().all(u8::is_ascii_hexdigit);
    let least = if hex { 32 } else { 24 };
    (upper == 0 || lower == 0)
        && letters.len() >= least
        && digits >= 5
        && digits < letters.len() - 4
        && often(30)
}

fn is_uuid(token: &[u8]) -> bool {
    token.len() == 36
        && token.iter().enumerate().all(|(at, byte)| (*byte == b'-') == matches!(at, 8 | 13 | 18 | 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_access_is_found() {
        // Put together, so that no scanner of sources takes them for real.
        let aws = ["AKIA", "QX7N4LWZ3V5HTB2M"].concat();
        let pem = ["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"].concat();
        for text in [
            aws.as_str(),
            pem.as_str(),
            "postgres://app:hunter2@db.corp.com/shop",
            "host=db user=app password=hunter2",
            "host=db password='hunter2 x'",
            r#"{"apiKey": "k3y-F00-bar9"}"#,
            "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
            "$2b$12$KIXQ4S1h9zGQkqf4h0Yb8uJt0rN9vYw2m3l4k5j6h7g8f9d0s1a2q",
            "md5a3556571e93b0d20722ba62be61e8c2d",
            "tok 9fQ2xL7vB4mN8kR1sT6w",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzq3KdW1vB8",
            "a8f5f167f44f4964e6c998dee827110c",
            "k7m2q9x4w1z8v5t3p6n0c4b7d",
        ] {
            assert!(find(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_people_write_is_none() {
        for text in [
            "getCustomerOrderHistoryByIdV2",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "0123456789abcdef0123456789abcdef",
            "/usr/share/postgresql/15/tsearch_data",
            "https://schema.org/PostalAddress2/Version10",
            "http://user@host.example/",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "2024-01-01T00:00:00.000000+00",
            "password=%s",
            "password = required",
            "the token: must be set",
            "connect with password=${PASSWORD}",
            "token=NEW.id",
            "public.very_long_table_name_2024_01_partition_of_events",
            "SQLSTATE 22P02 invalid_text_representation",
            "00000000000000000000000000000000",
            "ISO8601WithTimezoneAndFractionOfSeconds3",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_service_drew_or_stands_in_an_address_leaves_no_doubt() {
        let token = ["ghp_", "75a14aff519a93cfd2410aae01076fde7503"].concat();
        for text in [
            token.as_str(),
            &format!("https://oauth2:{token}@git.corp.com/a/b.git"),
            "amqp://app:hunter2@mq.corp.com",
        ] {
            assert!(gives_access(text), "{text}");
        }
        for text in ["https://git.corp.com/a/b.git", "a8f5f167f44f4964e6c998dee827110c", "http://user@host/"]
        {
            assert!(!gives_access(text), "{text}");
        }
    }

    #[test]
    fn a_secret_is_known_by_the_name_it_is_given_to() {
        assert!(is_secret_name("smtp_password") && is_secret_name("apiKey") && is_secret_name("PASSWORD"));
        assert!(!is_secret_name("password_hint") && !is_secret_name("key") && !is_secret_name("name"));
        assert!(is_secret_value("Welcome2024!") && is_secret_value("s3cret"));
        for value in ["", "none", "sha-any", "bearer", "<password>", "%s", "xxxxxx", "must be 6 letters"] {
            assert!(!is_secret_value(value), "{value}");
        }
    }
}
