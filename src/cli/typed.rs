//! What was typed and gives access to something: it is said to nobody.
//!
//! Messages name files, tables and programs as they were given. A connection string or
//! the secret may stand in such a place by mistake.

use crate::postgres::url::encode;
use crate::rules::find_credential;
use crate::secret::Secret;

/// What stands where something was hidden.
const HIDDEN: &str = "…";

/// A message without the arguments that give access to something.
pub(super) fn hide(message: &str, arguments: &[String]) -> String {
    let mut shown = message.to_owned();
    for argument in arguments {
        let value = argument.split_once('=').map_or("", |(_, value)| value);
        let words = argument.split_whitespace();
        for part in [argument.as_str(), value].into_iter().chain(words) {
            if gives_access(part) {
                shown = shown.replace(part, HIDDEN).replace(&encode(part), HIDDEN);
            }
        }
    }
    shown
}

/// Whether it holds a password or is a secret, or what is left of one.
fn gives_access(text: &str) -> bool {
    let letters = text.trim_end_matches('=').len();
    let cut = letters >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    cut || find_credential(text).is_some() || Secret::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_access_is_hidden_and_names_are_not() {
        let hidden = |argument: &str| {
            let message = format!("can't read `{argument}`");
            hide(&message, &["check".to_owned(), argument.to_owned()]) == "can't read `…`"
        };
        for secret in ["postgres://u:opensesame@h/d", "host=h password=opensesame", "password=opensesame"] {
            assert!(hidden(secret), "{secret}");
        }
        assert!(hidden(&"0f".repeat(32)) && hidden(&"9a".repeat(16)));
        assert!(hidden("dGhlIHNlY3JldCBvZiBhIHJ1biBpcyAzMiBieXRlcw8="));
        for name in
            ["rules.toml", "/run/secrets/masque_secret_of_production_2026", "public.customers", "check"]
        {
            assert!(!hidden(name), "{name}");
        }
        assert_eq!(hide("no file `0", &["--rules=0".into()]), "no file `0");
    }
}
