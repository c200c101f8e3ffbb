//! What a person wrote: a connection string as pairs of key and value.
//!
//! Both forms of libpq are read: `postgres://user:password@host:port/db?key=value`
//! and `host=… user=…`. Nothing is filled in or judged here except spelling. An
//! error never repeats text that may be a piece of a password: a password that
//! should have been quoted or percent-encoded spills into its neighbours.

use crate::error::{Error, Result};
use percent_encoding::percent_decode_str;

const ENCODE: &str = "in a URL, percent-encode `@` (%40), `:` (%3A), `/` (%2F), `?` (%3F) and `%` (%25) inside user and password";
const QUOTE: &str = "quote a value with spaces: password='…', with \\' and \\\\ inside";

/// Keys and values in the order written; a later pair overrides an earlier one.
pub(crate) type Pairs = Vec<(String, String)>;

/// Reads either form.
pub(crate) fn read(text: &str) -> Result<Pairs> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")) {
        return read_url(rest);
    }
    if text.contains("://") && !text.contains('=') {
        return Err(Error::usage("the URL does not begin with `postgres://` or `postgresql://`"));
    }
    read_pairs(text)
}

fn read_url(rest: &str) -> Result<Pairs> {
    let mut pairs = Pairs::new();
    let until = rest.find('/').unwrap_or(rest.len());
    let (authority, _) = rest.split_at(until);
    let mut rest = rest;
    if let Some((login, _)) = authority.split_once('@') {
        let (user, password) = login.split_once(':').map_or((login, None), |(u, p)| (u, Some(p)));
        if !user.is_empty() {
            pairs.push(("user".to_owned(), decode(user)?));
        }
        if let Some(password) = password {
            pairs.push(("password".to_owned(), decode(password)?));
        }
        rest = rest.split_once('@').map_or("", |(_, after)| after);
    }
    let (place, params) = rest.split_once('?').map_or((rest, None), |(place, params)| (place, Some(params)));
    // A bare `@` here means that a password was cut off at its `/`, `?` or `@`.
    if place.contains('@') || params.is_some_and(|params| params.contains('@')) {
        return Err(Error::usage("the URL has an `@` where none can stand").help(ENCODE));
    }
    let (hosts, database) = place.split_once('/').map_or((place, None), |(hosts, db)| (hosts, Some(db)));
    read_hosts(hosts, &mut pairs)?;
    if let Some(database) = database.filter(|database| !database.is_empty()) {
        pairs.push(("dbname".to_owned(), decode(database)?));
    }
    for param in params.unwrap_or_default().split('&').filter(|param| !param.is_empty()) {
        let Some((key, value)) = param.split_once('=') else {
            return Err(Error::usage("a parameter of the URL has no `=`").help(ENCODE));
        };
        let (key, value) = (decode(key)?, decode(value)?);
        // What JDBC writes, and libpq reads.
        if key == "ssl" && value == "true" {
            pairs.push(("sslmode".to_owned(), "require".to_owned()));
        } else {
            pairs.push((key, value));
        }
    }
    Ok(pairs)
}

/// `h1:p1,h2,[::1]:p3` as one list of hosts and one of ports.
fn read_hosts(text: &str, pairs: &mut Pairs) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for place in text.split(',') {
        let (host, port) = if let Some(bracketed) = place.strip_prefix('[') {
            let (host, after) = bracketed
                .split_once(']')
                .ok_or_else(|| Error::usage("an IPv6 address in the URL has no closing `]`"))?;
            let port = after.strip_prefix(':').unwrap_or_default();
            if !after.is_empty() && !after.starts_with(':') {
                return Err(Error::usage(
                    "an IPv6 address in the URL is followed by something else than a port",
                ));
            }
            (host, port)
        } else {
            place.split_once(':').unwrap_or((place, ""))
        };
        hosts.push(decode(host)?);
        if !port.is_empty() && port.parse::<u16>().is_err() {
            return Err(Error::usage("a port in the URL is not a number between 1 and 65535").help(ENCODE));
        }
        ports.push(port);
    }
    if hosts.iter().any(|host| !host.is_empty()) {
        pairs.push(("host".to_owned(), hosts.join(",")));
    }
    if ports.iter().any(|port| !port.is_empty()) {
        pairs.push(("port".to_owned(), ports.join(",")));
    }
    Ok(())
}

fn decode(text: &str) -> Result<String> {
    let mut after = text.split('%');
    after.next();
    let spelled = |hex: &str| hex.len() >= 2 && hex.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    let broken = || Error::usage("a `%` in the URL is not followed by two hexadecimal digits").help(ENCODE);
    if !after.all(spelled) {
        return Err(broken());
    }
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| Error::usage("a percent-encoded part of the URL is not UTF-8"))?;
    if text.contains('\0') {
        return Err(Error::usage("the URL holds a zero byte"));
    }
    Ok(text.into_owned())
}

fn read_pairs(text: &str) -> Result<Pairs> {
    let mut pairs = Pairs::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(pairs);
        }
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next_if_eq(&'=').is_none() || key.is_empty() {
            let help = format!("write postgres://user@host/database or host=… dbname=… user=…; {QUOTE}");
            return Err(Error::usage("the connection string has a word without `=`").help(help));
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let quoted = chars.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        let mut closed = !quoted;
        while let Some(c) = chars.next_if(|c| quoted || !c.is_whitespace()) {
            match c {
                '\\' => value.extend(chars.next()),
                '\'' if quoted => {
                    closed = true;
                    break;
                }
                c => value.push(c),
            }
        }
        if !closed {
            return Err(
                Error::usage("a quoted value of the connection string has no closing `'`").help(QUOTE)
            );
        }
        // `password=two words=…` would name a piece of the password as a key.
        let spilled = pairs.last().is_some_and(|(key, _)| key == "password");
        if spilled && !super::keys::is_known(&key) {
            return Err(
                Error::usage("the word after the password is no key of a connection string").help(QUOTE)
            );
        }
        pairs.push((key, value));
    }
}

/// Writes one `key=value` so that libpq reads it back as it is.
pub(crate) fn quote(key: &str, value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/,:".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return format!("{key}={value}");
    }
    format!("{key}='{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<String> {
        read(text).unwrap().into_iter().map(|(k, v)| format!("{k}={v}")).collect()
    }

    #[test]
    fn a_url_is_taken_apart() {
        assert_eq!(
            pairs(
                "postgres://us%40er:p%3Aw%2F@h1:1,[::1]:2,h3/my%20db?sslmode=require&application_name=a%26b"
            ),
            [
                "user=us@er",
                "password=p:w/",
                "host=h1,::1,h3",
                "port=1,2,",
                "dbname=my db",
                "sslmode=require",
                "application_name=a&b"
            ]
        );
        assert_eq!(pairs("postgresql://"), Vec::<String>::new());
        assert_eq!(pairs("postgres:///db?host=/run/x"), ["dbname=db", "host=/run/x"]);
        assert_eq!(pairs("postgres://%2Frun%2Fpg:6543/db"), ["host=/run/pg", "port=6543", "dbname=db"]);
        assert_eq!(pairs("postgres://u@/db"), ["user=u", "dbname=db"]);
        assert_eq!(
            pairs("postgres://u:p?w@h/db?ssl=true"),
            ["user=u", "password=p?w", "host=h", "dbname=db", "sslmode=require"]
        );
    }

    #[test]
    fn key_value_pairs_know_quotes_and_escapes() {
        assert_eq!(
            pairs(r"host = h  password='it\'s \\ here' user=a\ b dbname='' "),
            ["host=h", r"password=it's \ here", "user=a b", "dbname="]
        );
    }

    #[test]
    fn what_is_quoted_is_read_back() {
        for value in ["", "plain", "it's", r"a\b", "two words", "=", "ü"] {
            assert_eq!(read(&quote("key", value)).unwrap(), [("key".to_owned(), value.to_owned())]);
        }
    }

    #[test]
    fn a_mistake_never_shows_a_piece_of_the_password() {
        for text in [
            "postgres://u:opensesame/x@h/db",
            "postgres://u:opensesame?x=y@h/db?",
            "postgres://u:x@opensesame@h/db",
            "postgres://u:1/opensesame@h/db",
            "postgres://u:1?opensesame=1@h/db/@",
            "postgres://u:x/opensesame%zz@h",
            "postgres://u:opensesame%zz@h/db",
            "postgres://h:opensesame",
            "password=a opensesame=b",
            "password=a opensesame",
            "password='opensesame",
            "mysql://u:opensesame@h",
        ] {
            let error = match read(text) {
                Err(error) => error,
                Ok(pairs) => {
                    assert!(text.contains("?x=y@"), "{text} was read as {pairs:?}");
                    continue;
                }
            };
            let shown = format!("{error} {error:?} {:?}", error.help_text());
            assert!(!shown.contains("opensesame"), "{shown}");
            assert_eq!(error.kind(), crate::error::Kind::Usage);
        }
    }
}
