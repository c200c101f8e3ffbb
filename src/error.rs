//! Why a run cannot go on.
//!
//! One boxed error with a kind, one sentence and, where there is one, a source.
//! The kind decides the exit code and tells the operator where to look. The
//! sentence is lowercase, ends without a full stop, puts names in backticks and
//! never holds a row value: PostgreSQL quotes rows in its messages, details,
//! hints and contexts, so nothing of those is kept. What is kept of a server's
//! error is its SQLSTATE and the names it carries ([`Error::from_server`]).

use std::fmt::{self, Write as _};
use std::io;

/// The result of anything that can end a run.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by whom can put it right. Each kind has its own exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bug in masque.
    Internal,
    /// The command line, a file's syntax, or what is installed.
    Usage,
    /// A rule is missing or cannot work, or a value its mask cannot read.
    Rules,
    /// The copy broke a promise: nothing was published.
    Verify,
    /// The source server, or the budget for it.
    Source,
    /// The target server.
    Target,
    /// The target is not one that masque may touch, or it is busy.
    Guard,
    /// SIGINT: run again.
    Interrupted,
    /// SIGTERM: run again.
    Terminated,
}

impl Kind {
    /// The exit code documented in the README.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Rules => 3,
            Self::Verify => 4,
            Self::Source => 6,
            Self::Target => 7,
            Self::Guard => 8,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

/// The run cannot go on.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    help: Option<String>,
    statements: Vec<String>,
    sqlstate: Option<String>,
    cut_off: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with one sentence.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Inner {
            kind,
            message,
            help: None,
            statements: Vec::new(),
            sqlstate: None,
            cut_off: false,
            source: None,
        }))
    }

    /// A bug in masque.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// A mistake on the command line or in what is installed.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Adds what the operator can do about it. Later calls win.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds the statements that put it right, ready to be run by a person who may.
    #[must_use]
    pub fn remedy(mut self, statements: Vec<String>) -> Self {
        self.0.statements = statements;
        self
    }

    /// Keeps `source` as the cause. It must not quote row values: use
    /// [`Error::from_server`] for what a server said.
    #[must_use]
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Puts a clause before the sentence: `context: message`.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {}", self.0.message);
        self
    }

    /// The same error under another kind.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Who can put it right.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The statements that put it right.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.0.statements
    }

    /// The five characters of the server's SQLSTATE, if a server said no.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// Says that the server could not be reached, or was lost, for a reason that may pass.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        self.0.cut_off = true;
        self
    }

    /// Whether the server could not be reached, or was lost, for a reason that may pass: nobody listens,
    /// the wire was cut, the server is starting or stopping, or has no connection left. A refused
    /// login, a missing database, a certificate or a full disk are no such reasons.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        self.0.cut_off
    }

    /// What a server or its connection said, by allow-list: SQLSTATE, our words
    /// for it, schema, table, column, constraint and data type, unless a function of
    /// the database's own chose those. The server's own
    /// message, detail, hint, context and position are dropped, because each of
    /// them can quote a row even at terse verbosity (PostgreSQL 15).
    #[must_use]
    pub fn from_server(kind: Kind, doing: &str, error: &tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            let this = Self::new(kind, format!("{doing}: {}", connection_words(error)));
            return if may_pass(error) { this.cut_off() } else { this };
        };
        let mut message = format!("{doing}: {} (SQLSTATE {})", words(db.code()), db.code().code());
        // Names that a function of the database made up can be of people.
        let made_up = db.routine().is_some_and(is_of_a_function);
        let names = [
            ("schema", db.schema()),
            ("table", db.table()),
            ("column", db.column()),
            ("constraint", db.constraint()),
            ("data type", db.datatype()),
        ];
        for (what, name) in names {
            if let Some(name) = name.filter(|_| !made_up) {
                let _ = write!(message, ", {what} `{name}`");
            }
        }
        let mut this = Self::new(kind, message);
        this.0.sqlstate = Some(db.code().code().to_owned());
        this.0.cut_off = is_of_connections(db.code().code());
        this
    }
}

/// Whether the server's routine is one that lets a function say an error's names:
/// `RAISE` of PL/pgSQL, `plpy.error` of PL/Python, and what either passes on.
pub(crate) fn is_of_a_function(routine: &str) -> bool {
    matches!(routine, "exec_stmt_raise" | "PLy_output" | "PLy_elog_impl")
}

/// Our words for the classes of SQLSTATE a refresh meets.
fn words(code: &tokio_postgres::error::SqlState) -> &'static str {
    match code.code() {
        "28P01" | "28000" => "the server refused the login",
        "3D000" => "the database does not exist",
        "42501" => "permission denied",
        "53300" => "the server has no connection left",
        "53100" => "the server's disk is full",
        "53200" => "the server is out of memory or lock space",
        "55P03" => "a lock was not available in time",
        "40P01" => "deadlock",
        "40001" => "conflict with recovery or another transaction",
        "57P01" | "57P02" => "the server ended the session",
        "57P03" => "the server is not accepting connections now",
        "57014" => "the statement was cancelled",
        "55006" => "the object is in use by other sessions",
        "42P01" => "a table does not exist",
        "42703" => "a column does not exist",
        "42P04" => "the database already exists",
        "23505" => "a unique key is violated",
        "23503" => "a foreign key is violated",
        "23502" => "a NOT NULL column received NULL",
        "23514" => "a check constraint is violated",
        "23P01" => "an exclusion constraint is violated",
        "22001" => "a value is too long for its column",
        "22003" => "a number is out of range for its column",
        "22P05" => "a character has no counterpart in the other encoding",
        "22021" => "a text is not valid in its encoding",
        "54000" => "a limit of the server was exceeded",
        _ => match code.code().get(..2) {
            Some("08") => "the connection failed",
            Some("22") => "a value is not valid for its type",
            Some("23") => "a constraint is violated",
            Some("28") => "the server refused the login",
            Some("42") => "the server refused the statement",
            Some("53") => "the server is out of a resource",
            Some("57") => "the server ended the work",
            Some("58") => "the server met an error of its system",
            Some("XX") => "the server met an internal error",
            _ => "the server reported an error",
        },
    }
}

/// Whether a SQLSTATE is about the connection, not about what was asked through it.
fn is_of_connections(sqlstate: &str) -> bool {
    sqlstate.starts_with("08") || matches!(sqlstate, "57P01" | "57P02" | "57P03" | "53300")
}

/// Whether a connection that failed without a word of the server may go well in a moment.
fn may_pass(error: &tokio_postgres::Error) -> bool {
    if error.is_closed() {
        return true;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            // A name server that does not answer has no error kind of its own.
            return is_of_wire(io.kind()) || io.to_string().contains("Temporary failure in name resolution");
        }
        cause = inner.source();
    }
    false
}

fn is_of_wire(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, NetworkDown,
        NetworkUnreachable, NotConnected, NotFound, TimedOut, UnexpectedEof,
    };
    // A socket file that is not there yet is a server that is not there yet.
    matches!(
        kind,
        BrokenPipe
            | ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | NetworkDown
            | NetworkUnreachable
            | NotConnected
            | NotFound
            | TimedOut
            | UnexpectedEof
    )
}

/// What a connection error may say: the chain of I/O and TLS causes, which hold
/// addresses and never rows.
fn connection_words(error: &tokio_postgres::Error) -> String {
    if error.is_closed() {
        return "the connection was closed".to_owned();
    }
    let mut text = String::from("the connection failed");
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        // A conversion error could quote the value it met, so only I/O and TLS speak.
        if inner.is::<io::Error>() || inner.is::<rustls::Error>() {
            text = format!("{text}: {inner}");
            break;
        }
        cause = inner.source();
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.kind, self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_connections_may_pass() {
        for sqlstate in ["08006", "08P01", "57P01", "57P02", "57P03", "53300"] {
            assert!(is_of_connections(sqlstate), "{sqlstate}");
        }
        // Login, database, privilege, disk, memory, cancelled, dropped database, idle too long, a broken key.
        for sqlstate in [
            "28P01", "28000", "3D000", "42501", "53100", "53200", "57014", "57P04", "57P05", "23505", "22021",
        ] {
            assert!(!is_of_connections(sqlstate), "{sqlstate}");
        }
        assert!(is_of_wire(io::ErrorKind::ConnectionRefused) && is_of_wire(io::ErrorKind::UnexpectedEof));
        assert!(!is_of_wire(io::ErrorKind::InvalidData) && !is_of_wire(io::ErrorKind::PermissionDenied));
        let error = Error::new(Kind::Source, "reading").cut_off().context("a step").help("look");
        assert!(error.is_cut_off() && !Error::new(Kind::Source, "reading").is_cut_off());
    }
}
