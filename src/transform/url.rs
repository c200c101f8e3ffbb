//! `url`: an address of the same shape that leads nowhere.
//!
//! Kept: the scheme where it is a common one, the port, the depth of the path, a
//! common file extension, the names of query parameters. Invented: the host (the name
//! `domain_name` gives it, or the rule's `host`), path, values of the query, fragment.
//! Never written: user and password. The last part of the path is 80 bits of the
//! digest of the whole, so that addresses stay distinct; a bare `https://host` in
//! lower case has them in its host. Words are left out where the column is short,
//! never token. What is no address gets one all the same; the empty text stays empty.

use super::canonical;
use super::dice::Dice;
use super::email::is_host;
use super::fit::Fit;
use super::handle::{Handle, Style, TOKEN};
use super::url_parts::{Parts, extension, is_name, scheme};
use super::web::{self, HOSTS, SUFFIX};
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises, Seed};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::{Digest, DomainKey, scale};

/// The host where the column is too short for an invented one (RFC 2606).
const HOST: &str = "example.test";

/// What every address needs beside scheme and host: a slash and the token.
const TAIL: usize = TOKEN + 1;

/// See the module.
pub(super) struct Url;

impl Transformer for Url {
    fn name(&self) -> &'static str {
        "url"
    }

    fn summary(&self) -> &'static str {
        "Invent a web address of the same shape that stays distinct"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "host",
            ParamKind::TextList,
            "an invented one under .test",
            "the host, a list to choose from, or \"keep\" for the address's own",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        let reveals = "scheme, port, depth, file extension and names of query parameters; the host, with host = \"keep\"";
        Promises { reveals: Some(reveals), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Random { bits: 80.0 }
    }

    fn example(&self) -> Example {
        Example {
            rule: "\"url\"",
            data_type: "text",
            input: "https://ann:pw@shop.initech.com:8443/users/ann-smith/cv.pdf?lang=en&id=4711#top",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let written = params.texts("host");
        let hosts = match written.as_slice() {
            [] => Hosts::Invented,
            ["keep"] => Hosts::Keep,
            list => {
                if let Some(bad) = list.iter().find(|host| !is_host(host)) {
                    return Err(wrong(params, "host", format!("`{bad}` is no host name")));
                }
                Hosts::List(list.iter().map(|host| host.to_lowercase()).collect())
            }
        };
        let longest = match &hosts {
            Hosts::List(list) => list.iter().map(|host| host.chars().count()).max().unwrap_or(0),
            _ => HOST.len(),
        };
        let needed = "https://".len() + longest + TAIL;
        if at.data_type.max_chars().is_some_and(|room| room < needed) {
            let name = &at.data_type.name;
            let problem = format!("a distinct address needs `varchar({needed})`, the column is `{name}`");
            return Err(Diagnostic::error(problem).help("use `letters`, which keeps the length"));
        }
        let (seed, own) = (at.seed("url", Folding::Exact)?, at.key(HOSTS));
        let parts = seed.key().purpose("parts");
        Ok(Bound::cell(Address { seed, own, parts, hosts, longest }))
    }
}

enum Hosts {
    Invented,
    Keep,
    List(Vec<String>),
}

struct Address {
    seed: Seed,
    /// The key of hosts, shared with `domain_name`.
    own: DomainKey,
    /// The key of path segments, values and fragments.
    parts: DomainKey,
    hosts: Hosts,
    /// The characters of the longest host that may have to fit.
    longest: usize,
}

impl Masker for Address {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let token = self.seed.value_digest(value)?;
        let parts = Parts::of(text);
        let mut handle = Handle::new(Fit::new(out), Style::Lower);
        let bare = self.front(&parts, text, &mut handle);
        if bare {
            handle.push_str(parts.path);
            return Ok(());
        }
        self.path(parts.path, &token, &mut handle);
        if let Some(query) = parts.query {
            self.query(query, &mut handle);
        }
        if parts.fragment.is_some_and(|fragment| !fragment.is_empty()) {
            push_if(&mut handle, "#", web::word(&token, 0));
        }
        Ok(())
    }
}

impl Address {
    /// Writes scheme, host and port. True where nothing needs to follow but the path,
    /// which is empty or a slash, because the host is as distinct as the address.
    fn front(&self, parts: &Parts<'_>, text: &str, handle: &mut Handle<'_>) -> bool {
        let Some(host) = parts.host else { return false };
        let longest = self.longest;
        let known = parts.scheme.map(|written| scheme(written).unwrap_or("https"));
        if let Some(known) = known {
            let fits = known.len() + 3 + longest + TAIL <= handle.room();
            handle.push_str(if fits { known } else { "https" });
            handle.push_str("://");
            if known == "file" && host.is_empty() {
                return false;
            }
        } else if parts.slashes && 2 + longest + TAIL <= handle.room() {
            handle.push_str("//");
        }
        let room = handle.room().saturating_sub(TAIL);
        let digest = canonical::folded(&self.own, host);
        let mut whole = false;
        match &self.hosts {
            Hosts::Keep if is_host(host) && host.chars().count() <= room => handle.push_as_is(host),
            Hosts::Invented if web::least(SUFFIX) <= room => {
                web::push_host(handle, host, &digest, SUFFIX, room.min(253));
                whole = true;
            }
            Hosts::List(list) => {
                let place = usize::try_from(scale(&digest, list.len() as u64)).unwrap_or(0);
                handle.push_str(list.get(place).map_or(HOST, String::as_str));
            }
            Hosts::Keep | Hosts::Invented => handle.push_str(HOST),
        }
        if let Some(port) = parts.port
            && port.len() + 1 + TAIL <= handle.room()
        {
            handle.push_str(":");
            handle.push_str(port);
        }
        // Every other spelling of the address has its token in the path.
        let plain = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
        let known = parts.scheme.is_none_or(|written| scheme(written).is_some());
        whole && plain && known && !host.is_empty() && parts.is_bare()
    }

    /// Writes a path as deep: words, or digits for digits, and the token last.
    fn path(&self, path: &str, token: &Digest, handle: &mut Handle<'_>) {
        let trimmed = path.trim_end_matches('/');
        let last = trimmed.rsplit('/').next().unwrap_or_default();
        let segments = trimmed.split('/').filter(|segment| !segment.is_empty());
        let before = segments.clone().count().saturating_sub(1);
        for segment in segments.take(before) {
            let digest = self.parts.digest(segment.as_bytes());
            if handle.room() <= TAIL {
                break;
            }
            if is_number(segment) {
                if segment.len() + 1 + TAIL <= handle.room() {
                    handle.push_str("/");
                    self.like(segment, digest, handle);
                }
            } else {
                let word = web::word(&digest, 0);
                if word.len() + 1 + TAIL <= handle.room() {
                    handle.push_str("/");
                    handle.push_str(word);
                }
            }
        }
        handle.push_str("/");
        handle.push_token(token, TOKEN);
        if let Some(extension) = extension(last) {
            push_if(handle, ".", extension);
        }
        if path.len() > trimmed.len() && !trimmed.is_empty() {
            push_if(handle, "/", "");
        }
    }

    /// Writes the parameters under their names, with values of the same kind.
    fn query(&self, query: &str, handle: &mut Handle<'_>) {
        let mut between = "?";
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            // A name without a value may be a value without a name.
            let (name, value) = pair.split_once('=').unwrap_or(("", pair));
            let name = if is_name(name) { name } else { "p" };
            let length = value.len().min(LONGEST);
            if handle.room() < between.len() + name.len() + 1 + length {
                return;
            }
            handle.push_str(between);
            handle.push_as_is(name);
            handle.push_str("=");
            self.like(value, self.parts.digest(pair.as_bytes()), handle);
            between = "&";
        }
    }

    /// Digits for digits and letters for the rest, up to [`LONGEST`].
    fn like(&self, text: &str, digest: Digest, handle: &mut Handle<'_>) {
        const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
        const DIGITS: &str = "0123456789";
        let mut dice = Dice::new(&self.parts, digest);
        for c in text.bytes().take(LONGEST) {
            let from = if c.is_ascii_digit() { DIGITS } else { LETTERS };
            let at = dice.below(from.len());
            handle.push_str(from.get(at..=at).unwrap_or("x"));
        }
    }
}

/// The longest invented value of a query.
const LONGEST: usize = 24;

fn is_number(segment: &str) -> bool {
    segment.len() <= LONGEST && segment.bytes().all(|b| b.is_ascii_digit())
}

/// Appends both, if both fit.
fn push_if(handle: &mut Handle<'_>, before: &str, text: &str) {
    if before.len() + text.len() <= handle.room() {
        handle.push_str(before);
        handle.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    fn masked(input: &str) -> String {
        Trial::of(r#""url""#).text(input)
    }

    #[test]
    fn the_shape_stays_and_nobody_s_words_do() {
        let masked =
            masked("https://ann:pw@shop.initech.com:8443/users/4711/ann-smith.pdf?lang=en&id=77#ann");
        assert!(masked.starts_with("https://") && masked.contains(".test:8443/"), "{masked}");
        for word in ["ann", "smith", "initech", "pw@", "4711"] {
            assert!(!masked.contains(word), "{masked}");
        }
        let path = masked.split_once(".test:8443").unwrap().1;
        let (path, rest) = path.split_once('?').unwrap();
        let segments: Vec<_> = path.split('/').collect();
        assert_eq!(segments.len(), 4, "{masked}");
        assert!(segments[2].len() == 4 && segments[2].bytes().all(|b| b.is_ascii_digit()), "{masked}");
        assert!(segments[3].get(16..) == Some(".pdf"), "{masked}");
        assert!(rest.starts_with("lang=") && rest.contains("&id=") && rest.contains('#'), "{masked}");
    }

    #[test]
    fn a_host_is_the_one_domain_name_gives() {
        let host = Trial::of(r#""domain_name""#).text("shop.initech.com");
        assert_eq!(masked("https://shop.initech.com"), format!("https://{host}"));
        assert!(masked("HTTPS://Shop.Initech.com/a").starts_with(&format!("https://{host}/")));
        assert!(masked("shop.initech.com/a/b").starts_with(&format!("{host}/")));
    }

    #[test]
    fn every_spelling_has_its_own_address() {
        let all = [
            "https://a.com",
            "https://a.com/",
            "http://a.com",
            "HTTPS://a.com",
            "https://A.com",
            "a.com",
            "a.com/",
            "//a.com",
            "anna://a.com",
            "https://u@a.com",
            "https://a.com?",
            "https://a.com#",
            "https://a.com:443",
            "https://a.com/x",
            "https://a.com/X",
            "https://a.com/x/",
            "/x",
            "x",
            "mailto:ann@a.com",
            "file:///etc/x",
        ];
        let out: HashSet<_> = all.iter().map(|input| masked(input)).collect();
        assert_eq!(out.len(), all.len(), "{out:?}");
    }

    #[test]
    fn what_a_query_hides_does_not_show() {
        let masked = masked("https://a.com/?ann@corp.com&4111111111111111=x&q=Ann%20Smith&empty=");
        assert!(!masked.contains("ann") && !masked.contains("4111") && !masked.contains("Smith"), "{masked}");
        assert!(masked.contains("&q=") && masked.ends_with("&empty="), "{masked}");
    }

    #[test]
    fn a_short_column_loses_words_and_never_token() {
        let input = "https://shop.initech.com:8443/users/4711/cv.pdf?lang=en#top";
        for room in 37..90 {
            let on = |rule: &str| Trial::of(rule).on(&format!("varchar({room})")).text(input);
            let (one, other) = (on(r#""url""#), on(r#"{ with = "url", domain = "other" }"#));
            assert!(one.len() <= room && one != other && one.starts_with("https://"), "{one}");
        }
        let refused = Trial::of(r#""url""#).on("varchar(36)").bind().err().unwrap();
        assert!(refused.message.contains("varchar(37)"), "{}", refused.message);
    }

    #[test]
    fn a_host_can_be_kept_or_said() {
        let keep = Trial::of(r#"{ with = "url", host = "keep" }"#);
        assert!(keep.text("https://initech.com/a").starts_with("https://initech.com/"));
        let said = Trial::of(r#"{ with = "url", host = "x.example" }"#);
        assert!(said.text("https://initech.com").starts_with("https://x.example/"));
        assert!(Trial::of(r#"{ with = "url", host = "no host" }"#).bind().is_err());
    }
}
