//! What a tool is told: by arguments, which anybody on the machine may read, what is no secret; by
//! private files what may be one. `options` can set a secret as well as a timeout, so they come as a service.

use super::{MOST_ADDED, SchemaArchive};
use crate::error::{Error, Result};
use crate::postgres::binaries::Tools;
use crate::postgres::environment::hide_secrets;
use crate::postgres::tls::system_roots;
use crate::postgres::url::{Url, hidden_from_tools};
use std::path::Path;
use std::process::{Output, Stdio};
use tempfile::NamedTempFile;
use tokio::process::Command;

/// A tool's command line, and the files it reads, which are removed with it: a password, options, certificates.
pub(super) struct Tool {
    pub(super) command: Command,
    pub(super) files: Vec<NamedTempFile>,
}

/// The name of the service that has the options.
const SERVICE: &str = "masque";

/// The longest line of a file of services that libpq reads, without its end.
fn longest_line(tools: &Tools) -> usize {
    if tools.version < 14 { 253 } else { 1021 }
}

/// Makes sure that the tools can be told how to log in, with whatever the run adds by then.
pub(super) fn check(tools: &Tools, url: &Url) -> Result<()> {
    url.passfile_line()?;
    url.service(SERVICE, longest_line(tools).saturating_sub(MOST_ADDED)).map(drop)
}

impl SchemaArchive {
    /// The command line of a tool that connects. It asks nobody for a password.
    pub(super) fn command(&self, tool: &Path, url: &Url) -> Result<Tool> {
        if url.is_direct() && self.tools.version < 17 {
            return Err(Error::usage(format!(
                "the client tools of PostgreSQL {} don't know sslnegotiation=direct",
                self.tools.version
            ))
            .help("install those of PostgreSQL 17 or newer, or use sslnegotiation=postgres"));
        }
        let mut files = Vec::new();
        let mut trusting = None;
        if url.trusts_system() {
            let file = self.directory.private("roots", &system_roots()?)?;
            trusting = Some(url.with_root_certificates(file.path()));
            files.push(file);
        }
        let url = trusting.as_ref().unwrap_or(url);
        let mut told = url.conninfo_without_password();
        let mut command = program(tool);
        if let Some(text) = url.service(SERVICE, longest_line(&self.tools))? {
            let file = self.directory.private("service", &text)?;
            command.env("PGSERVICEFILE", file.path());
            told = format!("service={SERVICE} {told}");
            files.push(file);
        }
        if let Some(lines) = url.passfile_line()? {
            let file = self.directory.private("pass", &lines)?;
            command.env("PGPASSFILE", file.path());
            files.push(file);
        }
        command.arg("--no-password").arg("--dbname").arg(told);
        Ok(Tool { command, files })
    }
}

/// A tool that inherits no secret and nothing that speaks to libpq, speaks English, and dies with us.
pub(super) fn program(tool: &Path) -> Command {
    let mut command = Command::new(tool);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true).env("LC_ALL", "C");
    hide_secrets(command.as_std_mut());
    for variable in hidden_from_tools() {
        command.env_remove(variable);
    }
    command
}

pub(super) async fn run(mut command: Command) -> Result<Output> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.output().await.map_err(|e| {
        Error::usage(format!("can't run `{name}`"))
            .because(e)
            .help("install the PostgreSQL client tools, such as the package `postgresql-client`")
    })
}

#[cfg(test)]
mod tests {
    use super::super::{self as archive, PLAIN};
    use super::*;
    use crate::error::Kind;
    use crate::postgres::binaries::Binaries;
    use crate::postgres::cluster::{Cluster, Settings};
    use crate::postgres::session;
    use std::time::Duration;

    /// As the check saw them they were as long as they may be; a run adds its own to them.
    #[test]
    fn options_that_pass_the_check_are_never_too_long_later() {
        for version in [13, 17] {
            let mut tools = Tools::find().unwrap();
            tools.version = version;
            let url = |length: usize| {
                Url::parse("postgres://u@h/d").unwrap().with_options(&"x".repeat(length.max(1)))
            };
            let longest = longest_line(&tools);
            let most = |passes: &dyn Fn(Url) -> Result<()>| {
                (1..longest).rev().find(|length| passes(url(*length)).is_ok()).unwrap()
            };
            let source = most(&|url| archive::check(&tools, &url, None));
            let dumped = url(source).with_options(PLAIN).with_options(&session::probing());
            assert!(dumped.service(SERVICE, longest).is_ok(), "{version}: {source}");
            let target = most(&|target| archive::check(&tools, &url(1), Some(&target)));
            let granted = url(target).with_options(&"y".repeat(MOST_ADDED - 1));
            assert!(granted.service(SERVICE, longest).is_ok(), "{version}: {target}");
        }
    }

    #[test]
    fn options_reach_the_tools_as_they_are() {
        let cluster =
            Cluster::start(&Binaries::find(None, &mut |_| ()).unwrap(), Settings::new("told")).unwrap();
        let (tools, url) = (Tools::find().unwrap(), cluster.url("postgres"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let holder = url.connect(Kind::Source).await.unwrap();
            holder.client.batch_execute("begin isolation level repeatable read").await.unwrap();
            let snapshot: String =
                holder.client.query_one("select pg_export_snapshot()", &[]).await.unwrap().get(0);
            let dump = async |options: &str| {
                let wait = Duration::from_secs(5);
                SchemaArchive::dump(&tools, &url.with_options(options), tools.version, &snapshot, wait, false)
                    .await
            };
            // One word to the server: the space is part of the value.
            dump(r"-c vacuum_cost_delay=0\ ms -c my.own='\\'").await.unwrap();
            assert!(dump("-c no_such_parameter=1").await.is_err());
        });
    }
}
