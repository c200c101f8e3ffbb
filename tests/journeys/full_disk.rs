//! A target whose disk is full: while rows come in, while indexes are built, and where its log lies.
//!
//! The small disk is a `tmpfs`; where nobody may mount one, the tests say so and end.

use crate::support::{Database, Fixture, Output, Play, count, execute, programs, query, start, value};
use masque::postgres::cluster::Cluster;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of a server's data on a disk of its own, until this value is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Puts it there while the server is down.
    fn under(server: &Cluster, folder: &str, megabytes: u32) -> Option<Self> {
        let data = server.data_dir();
        let owner = fs::metadata(&data).unwrap();
        let place = data.join(folder);
        stop(&data, owner.uid());
        let aside = data.join(format!("{folder}.aside"));
        let size = format!("size={megabytes}m,mode=0700,uid={},gid={}", owner.uid(), owner.gid());
        fs::rename(&place, &aside).unwrap();
        fs::create_dir(&place).unwrap();
        chown(&place, Some(owner.uid()), Some(owner.gid())).unwrap();
        let mounted = run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", place.to_str().unwrap()]);
        let contents = format!("{}/.", aside.display());
        assert!(run("cp", &["-a", &contents, place.to_str().unwrap()]), "the data can't be copied");
        fs::remove_dir_all(&aside).unwrap();
        if !mounted {
            eprintln!("skipped: nobody may mount a small disk here");
            return None;
        }
        let disk = Self(place);
        server.restart_immediate().unwrap();
        Some(disk)
    }

    /// What an administrator does then.
    fn grow(&self) {
        assert!(run("mount", &["-o", "remount,size=1g", self.0.to_str().unwrap()]));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

fn run(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn stop(data: &Path, user: u32) {
    let mut command = Command::new(programs().join("pg_ctl"));
    std::os::unix::process::CommandExt::uid(&mut command, user);
    command.current_dir("/").args(["-D", data.to_str().unwrap(), "-m", "fast", "-w", "stop"]);
    assert!(command.stdout(Stdio::null()).status().is_ok_and(|status| status.success()));
}

const RULES: &str =
    "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n";

/// A table of about so many megabytes.
fn fill(source: &str, megabytes: u32) {
    execute(
        source,
        &[
            "truncate people",
            &format!(
                "insert into people select n, (select string_agg(md5(n || '-' || k), '') from generate_series(1, 30) k), \
                 'canary.' || n || '@example.com' \
                 from generate_series(1, {megabytes} * 1000) n"
            ),
        ],
    );
}

/// Publishes little, fills the source, and runs again on a server with a small disk.
fn refresh_on_full(name: &str, folder: &str, disk: u32, rows: u32, index: &[&str], check: impl Fn(&Output)) {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &["create table people (id integer primary key, note text, email text not null)"]);
    fill(&source.url(), 1);
    let play = Play::new(source, RULES);
    let server = start(name, &[("restart_after_crash", "on")]);
    let (target, maintenance) = (server.url_with_password("served"), server.url_with_password("postgres"));
    let refresh = || {
        play.refresh_between(&play.source.url(), &target, &["--retries", "0", "--jobs", "2", "--keep", "0"])
    };
    refresh().assert_code(0);
    let Some(disk) = SmallDisk::under(&server, folder, disk) else { return };
    let shown = || value(&target, "select md5(string_agg(p::text, ',' order by id)) from people p");
    let before = shown();
    fill(&play.source.url(), rows);
    execute(&play.source.url(), index);
    let output = refresh();
    // Where the log has no room the server stops before it can say so.
    let words = if folder == "pg_wal" { "memory or disk" } else { "disk is full" };
    output.assert_code(7).assert_says(&[words]).assert_silent_about("canary");
    check(&output);
    if folder == "pg_wal" {
        // Without room for its log a server stops. It comes back when it has room.
        disk.grow();
        server.restart_immediate().unwrap();
    }
    assert_eq!(shown(), before, "the old data is not served");
    fill(&play.source.url(), 1);
    refresh().assert_code(0);
    assert_eq!(count(&target, "people"), 1000);
    let builds =
        query(&maintenance, "select datname from pg_database where datname like '%\\_\\_masque\\_%'");
    assert!(builds.is_empty(), "{builds:?}");
    drop(disk);
}

#[test]
fn a_disk_that_is_full_of_rows_ends_the_run_and_nothing_else() {
    refresh_on_full("fullrows", "base", 64, 60, &[], |output| {
        output.assert_says(&["writing `public.people`"]);
    });
}

#[test]
fn a_disk_that_is_full_of_indexes_ends_the_run_and_nothing_else() {
    let indexes = [1, 2, 3].map(|n| format!("create index people_note_{n}_idx on people (note, id, ({n}))"));
    refresh_on_full("fullindex", "base", 64, 14, &indexes.each_ref().map(String::as_str), |output| {
        output.assert_says(&["people_note_"]);
    });
}

#[test]
fn a_disk_without_room_for_the_log_ends_the_run_and_nothing_else() {
    refresh_on_full("fulllog", "pg_wal", 64, 90, &[], |_| {});
}
