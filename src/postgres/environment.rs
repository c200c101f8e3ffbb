//! What surrounds a connection string: `PG*` variables, the user, the usual sockets.
//!
//! A plain value, so that tests bring their own world.

use super::account;
pub(super) use crate::secret::hide_secrets;
use std::fmt;
use std::path::PathBuf;

/// Answers what a variable holds.
pub type Lookup = Box<dyn Fn(&str) -> Option<String>>;

/// The world that fills in what a connection string leaves out.
pub struct Environment {
    /// Looks up an environment variable.
    pub variable: Lookup,
    /// The user's home, where `.pgpass` and `.postgresql/root.crt` are.
    pub home: Option<PathBuf>,
    /// The user's name in the operating system.
    pub user: Option<String>,
    /// Folders where a server may have its socket, the preferred one first.
    pub socket_folders: Vec<PathBuf>,
}

impl Environment {
    /// The world of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        Self {
            home: variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
            user: account::user_name().or_else(|| variable("USER")),
            socket_folders: DEFAULT_SOCKETS.iter().map(PathBuf::from).collect(),
            variable: Box::new(variable),
        }
    }

    /// A variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

/// Where packaged servers and servers built from source put their sockets. In a password file they are `localhost`.
pub(crate) const DEFAULT_SOCKETS: &[&str] = &["/var/run/postgresql", "/run/postgresql", "/tmp"];

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("home", &self.home)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
