//! A throw-away server on loopback, for the demo, rehearsals and tests.
//!
//! It needs nothing but the programs of PostgreSQL and leaves nothing behind: a
//! watchdog outlives masque and cleans up after any death. A random password
//! keeps other users of the machine out. Durability is off: it never survives a
//! crash of the machine, and need not.

use super::account::{self, Account};
use super::binaries::Binaries;
use super::environment::hide_secrets;
use super::password::Password;
use super::url::Url;
use super::watchdog::Watchdog;
use crate::error::{Error, Result};
use data_encoding::HEXLOWER;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a cluster is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A short name, for the folder and for messages.
    pub name: String,
    /// Lines of `postgresql.conf`, over the defaults of a throw-away server.
    pub settings: Vec<(String, String)>,
    /// The superuser's name.
    pub superuser: String,
    /// The locale; `None` takes `C.UTF-8` where the machine has it, else `C`.
    pub locale: Option<String>,
    /// Files to put into the data folder (name, content), readable by the server alone.
    pub files: Vec<(String, String)>,
}

impl Settings {
    /// A server named `name` with nothing special.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            settings: Vec::new(),
            superuser: "postgres".to_owned(),
            locale: None,
            files: Vec::new(),
        }
    }

    /// Adds a line of `postgresql.conf`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<String>) -> Self {
        self.settings.push((key.to_owned(), value.into()));
        self
    }
}

const DEFAULTS: [(&str, &str); 11] = [
    ("listen_addresses", "127.0.0.1"),
    ("max_connections", "100"),
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "on"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("lc_messages", "C"),
    ("password_encryption", "scram-sha-256"),
    ("unix_socket_permissions", "0700"),
];

/// The longest folder whose socket (with its lock file) every system can open.
const LONGEST_FOLDER: usize = 80;

/// A running server that ends with this value.
#[derive(Debug)]
pub struct Cluster {
    settings: Settings,
    programs: PathBuf,
    folder: PathBuf,
    account: Option<Account>,
    password: Password,
    port: u16,
    watchdog: Watchdog,
    kept: bool,
}

impl Cluster {
    /// Sets up and starts a server; returns when it takes connections. Blocks for a second or two.
    ///
    /// # Errors
    /// Of kind `Usage`, with the first complaint of PostgreSQL's programs.
    pub fn start(binaries: &Binaries, settings: Settings) -> Result<Self> {
        let account = server_account()?;
        let folder = make_folder(&settings.name, account.as_ref())?;
        let watchdog = Watchdog::set(&binaries.server, &folder, |command| dress(command, account.as_ref()))
            .map_err(|error| {
            let _ = fs::remove_dir(&folder);
            Error::usage("`/bin/sh` cannot be started").because(error)
        })?;
        // From here on the watchdog cleans up.
        let mut cluster = Self {
            programs: binaries.server.clone(),
            folder,
            account,
            settings,
            password: random_password()?,
            port: 0,
            watchdog,
            kept: false,
        };
        cluster.check_reach()?;
        cluster.init()?;
        cluster.boot()?;
        Ok(cluster)
    }

    /// Where a database of this server is.
    #[must_use]
    pub fn url(&self, database: &str) -> Url {
        Url::of_loopback(self.port, &self.settings.superuser, self.password.clone(), database)
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's data folder.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The server's log. It can quote rows: never show it.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The process id of the server, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data_dir().join("postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }

    /// Stops the server and removes its folder, as dropping does, and says whether that worked.
    ///
    /// # Errors
    /// When something is left behind.
    pub fn stop(mut self) -> Result<()> {
        self.end();
        if self.folder.exists() {
            return Err(Error::usage(format!(
                "the {} server's folder `{}` could not be removed",
                self.settings.name,
                self.folder.display()
            )));
        }
        Ok(())
    }

    /// Crashes the server and starts it again on the same port.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart_immediate(&self) -> Result<()> {
        self.pg_ctl(&["restart", "-m", "immediate"]).map(drop)
    }

    /// Stops the server and keeps its folder, for [`Cluster::resume`].
    ///
    /// # Errors
    /// When it does not stop.
    pub fn halt(&self) -> Result<()> {
        self.pg_ctl(&["stop", "-m", "fast"])
    }

    /// Starts a server that was halted, on its port.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn resume(&self) -> Result<()> {
        self.pg_ctl(&["start"])
    }

    /// Leaves the server running, out of reach of this terminal's signals, and
    /// returns the shell command that stops and removes it.
    #[must_use]
    pub fn keep(mut self) -> String {
        self.kept = true;
        self.watchdog.call_off();
        let (ctl, data) = (shell(&self.programs.join("pg_ctl")), shell(&self.data_dir()));
        let stop = format!("{ctl} -D {data} -m fast stop");
        let stop = match &self.account {
            Some(account) => format!("su -s /bin/sh {} -c {}", account.name, shell(Path::new(&stop))),
            None => stop,
        };
        format!("{stop} && rm -rf {}", shell(&self.folder))
    }

    /// The URL of a database with its password, for a person who is to log in.
    #[must_use]
    pub fn url_with_password(&self, database: &str) -> String {
        self.url(database).reveal()
    }

    fn end(&mut self) {
        if !self.kept {
            self.kept = true;
            self.watchdog.release();
            // Where the server's user may not remove its own folder from its parent, masque can.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        dress(&mut command, self.account.as_ref());
        if let Some(group) = self.watchdog.group() {
            command.process_group(group);
        }
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    /// A user who is not root may be unable to run programs that root can.
    fn check_reach(&self) -> Result<()> {
        let Some(account) = &self.account else { return Ok(()) };
        let reached =
            self.command("postgres").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if reached.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        let (name, programs) = (&account.name, self.programs.display());
        Err(Error::usage(format!("user `{name}` cannot run the server in `{programs}`"))
            .help("a server does not run as root: put the programs where that user can reach them, or run masque as an ordinary user"))
    }

    fn init(&self) -> Result<()> {
        let settings = &self.settings;
        let secret = self.folder.join("secret");
        self.write(&secret, self.password.reveal())?;
        let locale = settings.locale.clone().unwrap_or_else(usual_locale);
        let mut command = self.command("initdb");
        command
            .args(["-N", "-E", "UTF8", "-A", "scram-sha-256", "-U", &settings.superuser])
            .arg(format!("--locale={locale}"))
            .arg("--pwfile")
            .arg(&secret)
            .arg("-D")
            .arg(self.data_dir());
        run(&mut command, "initdb")?;
        let _ = fs::remove_file(&secret);
        for (name, content) in &settings.files {
            self.write(&self.data_dir().join(name), content)?;
        }
        Ok(())
    }

    /// Writes a file that only the server's user can read.
    fn write(&self, path: &Path, content: &str) -> Result<()> {
        let written = fs::write(path, "")
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o600)))
            .and_then(|()| fs::write(path, content))
            .and_then(|()| match &self.account {
                Some(account) => chown(path, Some(account.uid), Some(account.gid)),
                None => Ok(()),
            });
        written.map_err(|error| Error::usage(format!("cannot write `{}`", path.display())).because(error))
    }

    /// Starts the server on a port that is free. Another program can take it in between: then on the next.
    fn boot(&mut self) -> Result<()> {
        let base = fs::read_to_string(self.data_dir().join("postgresql.conf")).unwrap_or_default();
        let mut last = None;
        for _ in 0..5 {
            self.port = free_port()?;
            let mut text = base.clone();
            let own = [
                ("port".to_owned(), self.port.to_string()),
                ("unix_socket_directories".to_owned(), self.folder.display().to_string()),
            ];
            let defaults = DEFAULTS.map(|(key, value)| (key.to_owned(), value.to_owned()));
            for (key, value) in defaults.iter().chain(&own).chain(&self.settings.settings) {
                let _ = writeln!(text, "{key} = '{}'", value.replace('\\', "\\\\").replace('\'', "''"));
            }
            self.write(&self.data_dir().join("postgresql.conf"), &text)?;
            match self.pg_ctl(&["start"]) {
                Ok(()) => {
                    // Tells the watchdog that no half-started server can be missed.
                    return self.write(&self.folder.join("ready"), "");
                }
                Err(error) => last = Some(error),
            }
            let log = fs::read_to_string(self.log_path()).unwrap_or_default();
            if !log.contains("could not bind") {
                let complaint = log.lines().find(|line| line.contains("FATAL:")).unwrap_or_default();
                return Err(Error::usage(format!("the {} server does not start", self.settings.name)).help(
                    if complaint.is_empty() {
                        "its settings may not fit this version of PostgreSQL".to_owned()
                    } else {
                        format!("PostgreSQL says: {}", complaint.trim())
                    },
                ));
            }
            let _ = fs::remove_file(self.log_path());
        }
        Err(last.unwrap_or_else(|| Error::usage("no port is free on 127.0.0.1")))
    }

    fn pg_ctl(&self, action: &[&str]) -> Result<()> {
        let mut command = self.command("pg_ctl");
        command.args(["-D"]).arg(self.data_dir()).arg("-l").arg(self.log_path());
        command.args(["-w", "-t", "60", "-s"]).args(action);
        // The server inherits these: a pipe would never see its end.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if status.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        Err(Error::usage(format!(
            "`pg_ctl {}` failed for the {} server",
            action.join(" "),
            self.settings.name
        )))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end();
    }
}

/// PostgreSQL refuses to run as root.
fn server_account() -> Result<Option<Account>> {
    if account::effective_uid() != Some(0) {
        return Ok(None);
    }
    account::named("postgres").or_else(|| account::named("nobody")).map(Some).ok_or_else(|| {
        Error::usage("a server does not run as root, and there is no user `postgres` or `nobody`")
            .help("run masque as an ordinary user")
    })
}

/// Makes a command run as the server's user, with nothing in its environment that steers PostgreSQL.
fn dress(command: &mut Command, account: Option<&Account>) {
    hide_secrets(command);
    for (name, _) in std::env::vars_os() {
        let steers = |name: &str| {
            name.starts_with("PG") || name.starts_with("LC_") || name == "LANG" || name == "LANGUAGE"
        };
        if name.to_str().is_some_and(steers) {
            command.env_remove(name);
        }
    }
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid).env("HOME", &account.home).env("USER", &account.name);
    }
}

/// A folder of the server's user alone, with room for a socket's name, where that user can reach it.
fn make_folder(name: &str, account: Option<&Account>) -> Result<PathBuf> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    for parent in [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()] {
        let made = tempfile::Builder::new()
            .prefix(&format!("masque-{plain}-"))
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(&parent);
        let Ok(folder) = made else { continue };
        let Ok(path) = folder.path().canonicalize() else { continue };
        if path.as_os_str().len() > LONGEST_FOLDER {
            continue;
        }
        if let Some(account) = account {
            if chown(&path, Some(account.uid), Some(account.gid)).is_err() {
                continue;
            }
            let mut command = Command::new("/bin/sh");
            command
                .args(["-c", "cd -- \"$1\" && test -w .", "sh"])
                .arg(&path)
                .current_dir("/")
                .stderr(Stdio::null());
            dress(&mut command, Some(account));
            if !command.status().is_ok_and(|status| status.success()) {
                continue;
            }
        }
        let _ = folder.keep();
        return Ok(path);
    }
    Err(Error::usage("no temporary folder can hold a server's data")
        .help("set TMPDIR to a folder with a short name"))
}

fn random_password() -> Result<Password> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 24]);
    getrandom::fill(bytes.as_mut()).map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(Password::new(HEXLOWER.encode(bytes.as_ref())))
}

fn usual_locale() -> String {
    let mut command = Command::new("locale");
    let listed = hide_secrets(&mut command).arg("-a").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text =
        listed.map(|output| String::from_utf8_lossy(&output.stdout).to_lowercase()).unwrap_or_default();
    let known = text.lines().any(|line| line == "c.utf-8" || line == "c.utf8");
    if known { "C.UTF-8".to_owned() } else { "C".to_owned() }
}

fn free_port() -> Result<u16> {
    let taken = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    taken.map(|addr| addr.port()).map_err(|error| Error::usage("no port is free on 127.0.0.1").because(error))
}

/// Runs a program that sets up; no row is there yet that its complaint could quote.
fn run(command: &mut Command, name: &str) -> Result<()> {
    let output = command
        .output()
        .map_err(|error| Error::usage(format!("`{name}` cannot be started")).because(error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let complaint = said.lines().find(|line| line.contains("error")).or_else(|| said.lines().last());
    let error = Error::usage(format!("`{name}` failed"));
    Err(match complaint {
        Some(line) => error.help(format!("it says: {}", line.trim())),
        None => error,
    })
}

/// A path as one word of a shell command.
fn shell(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text.into_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use std::time::{Duration, Instant};

    fn start(name: &str) -> Cluster {
        let binaries = Binaries::find(None, &mut |_| ()).unwrap();
        Cluster::start(&binaries, Settings::new(name).set("work_mem", "5MB")).unwrap()
    }

    fn alive(pid: u32) -> bool {
        // A process that has ended but was not waited for has no command line.
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|text| !text.is_empty())
    }

    fn gone(folder: &Path, pid: u32) -> bool {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if !folder.exists() && !alive(pid) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    fn answer(url: &Url, query: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = url.connect(Kind::Target).await.unwrap();
            let text = connection.client.query_one(query, &[]).await.unwrap().get(0);
            connection.close().await;
            text
        })
    }

    #[test]
    fn a_cluster_answers_comes_back_from_a_crash_and_leaves_nothing() {
        let cluster = start("answers");
        let url = cluster.url("postgres");
        assert_eq!(answer(&url, "select current_setting('work_mem')"), "5MB");
        assert_eq!(answer(&url, "select getdatabaseencoding()::text"), "UTF8");
        let (folder, pid) = (cluster.folder.clone(), cluster.pid().unwrap());
        assert!(alive(pid));
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
        cluster.restart_immediate().unwrap();
        assert_eq!(answer(&url, "select current_user::text"), "postgres");
        let again = cluster.pid().unwrap();
        assert!(gone(Path::new("/nonexistent"), pid));
        drop(cluster);
        assert!(!folder.exists() && gone(&folder, again));
    }

    #[test]
    fn nobody_logs_in_without_the_password() {
        let cluster = start("locked");
        let mut url =
            Url::parse(&format!("host=127.0.0.1 port={} user=postgres password=x", cluster.port())).unwrap();
        url.password = None;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(url.connect(Kind::Target)).unwrap_err();
        assert!(error.to_string().contains("asks for a password"), "{error}");
        cluster.stop().unwrap();
    }

    #[test]
    fn settings_that_do_not_fit_are_an_error_and_leave_nothing() {
        let binaries = Binaries::find(None, &mut |_| ()).unwrap();
        let error = Cluster::start(&binaries, Settings::new("misfit").set("no_such", "x")).unwrap_err();
        assert!(error.help_text().unwrap().contains("PostgreSQL says"), "{:?}", error.help_text());
        let left = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
        assert!(!left.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("masque-misfit-")));
    }

    #[test]
    fn a_kept_cluster_goes_on_until_the_command_it_gave() {
        let cluster = start("kept");
        let (folder, pid, url) = (cluster.folder.clone(), cluster.pid().unwrap(), cluster.url("postgres"));
        let stop = cluster.keep();
        assert!(alive(pid));
        assert_eq!(answer(&url, "select 'here'"), "here");
        let status = Command::new("sh").args(["-c", &stop]).stdout(Stdio::null()).status().unwrap();
        assert!(status.success() && gone(&folder, pid), "{stop}");
    }

    const REPORT: &str = "MASQUE_TEST_CLUSTER_REPORT";

    /// The process that the next test kills. Alone it does nothing.
    #[test]
    fn a_process_that_waits_with_a_cluster() {
        let Some(path) = std::env::var_os(REPORT).map(PathBuf::from) else { return };
        let cluster = start("killed");
        let text = format!("{}\n{}\n", cluster.pid().unwrap(), cluster.folder.display());
        fs::write(path.with_extension("new"), text).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
        std::thread::sleep(Duration::from_mins(1));
    }

    #[test]
    fn a_killed_process_leaves_neither_server_nor_folder() {
        let work = tempfile::tempdir().unwrap();
        let report = work.path().join("report");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "postgres::cluster::tests::a_process_that_waits_with_a_cluster"])
            .env(REPORT, &report)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(40);
        while !report.exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let text = fs::read_to_string(&report).unwrap();
        let (pid, folder) = text.trim().split_once('\n').unwrap();
        assert!(gone(Path::new(folder), pid.parse().unwrap()), "{text}");
    }
}
