//! A refresh ready to run: a source, a target that is not there yet, and a file of rules.

use super::turn::Turn;
use super::{Database, Output, Started, run_with, wait_until};
use super::{Fixture, Side, execute, value};
use std::ffi::OsString;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

/// The secret of every play, so that two refreshes of one source are the same.
const SECRET: &str = "1f2e3d4c5b6a79880f1e2d3c4b5a69781f2e3d4c5b6a79880f1e2d3c4b5a6978";

/// The rules of [`Play::small`], and a beginning for others.
const SMALL: &str =
    "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n";

/// Source, target and rules of one test.
pub(crate) struct Play {
    /// Where it reads.
    pub(crate) source: Database,
    /// Where it publishes.
    pub(crate) target: Database,
    folder: TempDir,
    // Let go when the target is dropped: fields are, in this order.
    _turn: Option<Turn>,
}

impl Play {
    /// A source and the rules for it.
    pub(crate) fn new(source: Database, rules: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let play = Self { source, target: Database::absent(Side::Staging, "target"), folder, _turn: None };
        play.write_rules(rules);
        play
    }

    /// Moves the target, which is not there yet, to [`Side::Apart`], as soon as no other test has its own there.
    pub(crate) fn apart(self) -> Self {
        Self { _turn: Some(Turn::take()), target: Database::absent(Side::Apart, "target"), ..self }
    }

    /// One small table, `people`, with an `id`, a kept `note` and a masked `email` that no mask invents.
    pub(crate) fn small(stem: &str) -> Self {
        let source = Database::from(Fixture::Empty);
        execute(
            &source.url(),
            &[
                "create table people (id integer primary key, note text, email text not null)",
                &format!(
                    "insert into people select n, 'note ' || n, '{stem}.' || n || '@example.com' from generate_series(1, 300) n"
                ),
            ],
        );
        Self::new(source, SMALL)
    }

    /// Writes the rules anew.
    pub(crate) fn write_rules(&self, rules: &str) {
        fs::write(self.folder.path().join("rules.toml"), rules).unwrap();
    }

    /// Makes the source give its 300 small rows in about 15 seconds instead of at once.
    pub(crate) fn read_slowly(&self) {
        self.write_rules(&format!(
            "{SMALL}[rows]\npeople = {{ where = \"pg_sleep(0.05)::text is not null\" }}\n"
        ));
    }

    /// The rules of a small play as they were.
    pub(crate) fn read_fast(&self) {
        self.write_rules(SMALL);
    }

    /// The path of the rules.
    pub(crate) fn rules(&self) -> String {
        self.folder.path().join("rules.toml").to_str().unwrap().to_owned()
    }

    /// What the last [`Play::refresh`] reported.
    pub(crate) fn report(&self) -> serde_json::Value {
        serde_json::from_str(&self.report_text()).unwrap()
    }

    /// The file of that report; empty after a run that did not publish.
    pub(crate) fn report_text(&self) -> String {
        fs::read_to_string(self.folder.path().join("report/report.json")).unwrap_or_default()
    }

    /// Runs a refresh between two URLs by these rules.
    pub(crate) fn refresh_between(&self, source: &str, target: &str, more: &[&str]) -> Output {
        let rules = self.rules();
        let mut args = vec!["refresh", "--source", source, "--target", target, "--rules", &rules];
        args.extend(more);
        run_with(&args, &[("MASQUE_SECRET", OsString::from(SECRET))])
    }

    /// Runs a refresh with more arguments.
    pub(crate) fn refresh_with(&self, more: &[&str]) -> Output {
        self.refresh_between(&self.source.url(), &self.target.url(), more)
    }

    /// Runs a refresh, with its report kept for [`Play::report`].
    pub(crate) fn refresh(&self) -> Output {
        let report = self.folder.path().join("report");
        self.refresh_with(&["--report", report.to_str().unwrap()])
    }

    /// Runs `masque check`.
    pub(crate) fn check(&self) -> Output {
        run_with(&["check", "--source", &self.source.url(), "--rules", &self.rules()], &[])
    }

    /// Starts a refresh and lets it go on.
    pub(crate) fn start(&self, more: &[&str]) -> Started {
        self.start_between(&self.source.url(), &self.target.url(), more)
    }

    /// Starts a refresh between two URLs by these rules.
    pub(crate) fn start_between(&self, source: &str, target: &str, more: &[&str]) -> Started {
        let rules = self.rules();
        let mut args = vec!["refresh", "--source", source, "--target", target, "--rules", &rules];
        args.extend(more);
        Started::new(&args)
    }

    /// Waits until a session of a run executes a statement that begins like `start`.
    #[track_caller]
    pub(crate) fn wait_for(&self, side: Side, start: &str, run: &Started) {
        let name = if side == self.target.side() { self.target.name() } else { self.source.name() };
        let sql = format!(
            "select count(*) from pg_stat_activity where starts_with(datname, '{name}') and state = 'active' \
             and pid <> pg_backend_pid() and starts_with(query, '{start}')"
        );
        wait_until(&format!("a run is at `{start}`: {}", run.said()), Duration::from_secs(30), || {
            value(&side.url("postgres"), &sql) != "0"
        });
    }

    /// Waits until somebody holds the small table for himself.
    #[track_caller]
    pub(crate) fn wait_for_lock(&self) {
        let sql = "select count(*) from pg_locks where relation = 'people'::regclass and mode = 'AccessExclusiveLock'";
        wait_until("the table is locked", Duration::from_secs(10), || value(&self.source.url(), sql) != "0");
    }

    /// A digest of the target's small table.
    pub(crate) fn served(&self) -> String {
        value(&self.target.url(), "select md5(string_agg(p::text, ',' order by id)) from people p")
    }

    /// The builds, published and unpublished, that lie beside the target.
    pub(crate) fn builds(&self) -> Vec<String> {
        self.target.generations().into_iter().filter(|name| name.contains("__masque_")).collect()
    }

    /// How many sessions the source's database has.
    pub(crate) fn sessions(&self) -> u64 {
        let sql = format!("select count(*) from pg_stat_activity where datname = '{}'", self.source.name());
        value(&Side::Production.url("postgres"), &sql).parse().unwrap()
    }
}
