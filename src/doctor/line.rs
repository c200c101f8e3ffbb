//! One line for each thing that was looked at.

use crate::error::{Error, Kind, Result};
use crate::postgres::connections;
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use serde::Serialize;

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing to do.
    Pass,
    /// A refresh goes on, and somebody should know.
    Warn,
    /// A refresh would be refused, or end.
    Fail,
}

impl Verdict {
    /// Its word, as it is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// Where something was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Place {
    Here,
    Source,
    Target,
    Both,
}

impl Place {
    pub(super) fn of(side: Side) -> Self {
        match side {
            Side::Source => Self::Source,
            Side::Target => Self::Target,
        }
    }
}

/// What was looked at, what was found, and what to do.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// How it ends.
    pub verdict: Verdict,
    place: Place,
    /// What was looked at, in a word or two; programs may rely on it.
    pub topic: &'static str,
    /// What was found.
    pub found: String,
    /// What to do, where something is to be done.
    pub advice: Option<String>,
    /// The statements to run, each as it is.
    pub statements: Vec<String>,
    #[serde(skip)]
    kind: Kind,
}

impl Line {
    /// Where it was looked at: `here`, `source`, `target` or `both`.
    #[must_use]
    pub fn place(&self) -> &'static str {
        match self.place {
            Place::Here => "here",
            Place::Source => "source",
            Place::Target => "target",
            Place::Both => "both",
        }
    }
}

/// What a look found, before it is a line.
pub(super) struct Found {
    verdict: Verdict,
    text: String,
    advice: Option<String>,
    statements: Vec<String>,
}

impl Found {
    pub(super) fn pass(text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Pass, text: text.into(), advice: None, statements: Vec::new() }
    }

    pub(super) fn warn(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, advice: Some(advice.into()), ..Self::pass(text) }
    }

    pub(super) fn fail(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, ..Self::warn(text, advice) }
    }

    pub(super) fn with(self, statements: Vec<String>) -> Self {
        Self { statements, ..self }
    }
}

/// All lines, in the order in which a refresh would come to them.
#[derive(Debug, Default)]
pub struct Visit {
    /// The lines.
    pub lines: Vec<Line>,
}

impl Visit {
    /// Adds a line. An error is a line that fails, with the kind it has.
    pub(super) fn add(&mut self, place: Place, topic: &'static str, kind: Kind, found: Result<Found>) {
        let (kind, found) = match found {
            Ok(found) => (kind, found),
            Err(error) => (error.kind(), refused(&error)),
        };
        let Found { verdict, text, advice, statements } = found;
        self.lines.push(Line { verdict, place, topic, found: text, advice, statements, kind });
    }

    /// Adds whether the file of rules is one; how many problems it has where it is none.
    pub fn add_rules(&mut self, read: Result<(), usize>) {
        let found = match read {
            Ok(()) => Found::pass("the file of rules can be read"),
            Err(count) => Found::fail(
                format!("the file of rules has {count} problem{}", if count == 1 { "" } else { "s" }),
                "`masque check` shows each with its line",
            ),
        };
        self.add(Place::Here, "rule file", Kind::Rules, Ok(found));
    }

    /// Adds whether a secret was given, or is made anew for each run.
    pub fn add_secret(&mut self, is_fresh: Result<bool>) {
        let found = is_fresh.map(|is_fresh| {
            if is_fresh {
                Found::warn(
                    "none: each run makes one of its own, so that pseudonyms differ from run to run",
                    "give `--secret-file`, `--secret-command` or MASQUE_SECRET",
                )
            } else {
                Found::pass("given")
            }
        });
        self.add(Place::Here, "secret", Kind::Usage, found);
    }

    /// How many lines end so.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }

    /// The worst of all lines.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.count(Verdict::Fail), self.count(Verdict::Warn)) {
            (0, 0) => Verdict::Pass,
            (0, _) => Verdict::Warn,
            _ => Verdict::Fail,
        }
    }

    /// What a refresh would be refused for first.
    #[must_use]
    pub fn failure(&self) -> Option<Kind> {
        self.lines.iter().find(|line| line.verdict == Verdict::Fail).map(|line| line.kind)
    }
}

/// What a refusal of a refresh says, as a line.
pub(super) fn refused(error: &Error) -> Found {
    let advice = error.help_text().map(ToOwned::to_owned);
    let statements = error.statements().to_vec();
    Found { verdict: Verdict::Fail, text: error.to_string(), advice, statements }
}

/// The majors that every release of masque is tested with.
const SUPPORTED: std::ops::RangeInclusive<i32> = 14..=18;

pub(super) async fn version(session: &Session, side: Side) -> Result<Found> {
    let sql = "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000";
    let row = session.one("reading the version", sql, &[]).await?;
    let (shown, major): (String, i32) = (row.get(0), row.get(1));
    let shown = format!("PostgreSQL {}", shown.split(' ').next().unwrap_or_default());
    let (least, most) = SUPPORTED.into_inner();
    Ok(if SUPPORTED.contains(&major) {
        Found::pass(shown)
    } else if major < *SUPPORTED.start() {
        Found::fail(shown, format!("masque reads and fills PostgreSQL {least} to {most}: upgrade it"))
    } else {
        let what = if side == Side::Source { "read" } else { "filled" };
        Found::warn(
            shown,
            format!("masque was tested up to PostgreSQL {most}: look closely at what was {what}"),
        )
    })
}

pub(super) async fn tls(session: &Session, url: &Url) -> Result<Found> {
    let sql = "SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), \
                      (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid())";
    let row = session.one("asking whether the session is encrypted", sql, &[]).await?;
    let version: Option<String> = row.get(1);
    Ok(encryption(row.get::<_, bool>(0).then(|| version.unwrap_or_else(|| "TLS".to_owned())), url))
}

fn encryption(version: Option<String>, url: &Url) -> Found {
    match version {
        Some(version) if url.is_verified() => Found::pass(format!("{version}, and the server is verified")),
        Some(version) if url.is_local() => Found::pass(version),
        Some(version) => Found::warn(
            format!("{version}, but nobody verifies who the server is"),
            "use sslmode=verify-full, with sslrootcert=FILE for a CA of your own",
        ),
        None if url.is_local() => Found::pass("not encrypted, on this machine"),
        None => Found::warn(
            "not encrypted: rows cross the network as they are",
            "switch `ssl` on at the server and use sslmode=verify-full",
        ),
    }
}

pub(super) async fn connections(session: &Session, needed: usize) -> Result<Found> {
    let left = connections::left(session, needed).await?;
    let (has, by, limit) = (left.sessions, left.by, left.limit);
    let text = format!("{has} left by {by} ({limit}), a run takes up to {needed}");
    Ok(if has >= needed {
        Found::pass(text)
    } else {
        Found::fail(text, "use fewer `--jobs`, end idle sessions, or raise the limit")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_a_network_must_be_encrypted_and_who_answers_verified() {
        let url = |text: &str| Url::parse(text).unwrap();
        let of = |version: Option<&str>, text: &str| {
            encryption(version.map(str::to_owned), &url(&format!("user=u {text}"))).verdict
        };
        assert_eq!(of(None, "host=db.example"), Verdict::Warn);
        assert_eq!(of(Some("TLSv1.3"), "host=db.example sslmode=require"), Verdict::Warn);
        assert_eq!(of(Some("TLSv1.3"), "host=db.example sslmode=verify-full"), Verdict::Pass);
        assert_eq!(of(None, "host=127.0.0.1"), Verdict::Pass);
    }

    #[test]
    fn the_first_line_that_fails_decides() {
        let mut visit = Visit::default();
        visit.add(Place::Here, "one", Kind::Usage, Ok(Found::warn("a", "b")));
        assert_eq!((visit.verdict(), visit.failure()), (Verdict::Warn, None));
        visit.add(Place::Target, "two", Kind::Target, Err(Error::new(Kind::Guard, "c").help("d")));
        visit.add(Place::Source, "three", Kind::Source, Ok(Found::fail("e", "f")));
        assert_eq!((visit.verdict(), visit.failure()), (Verdict::Fail, Some(Kind::Guard)));
        assert_eq!(visit.lines[1].advice.as_deref(), Some("d"));
    }
}
