//! The limit: rows in binary form from one `psql` to another, and nothing else.
//!
//! A lane keeps both programs for all of its tables, so that two thousand small tables do not cost
//! four thousand logins. Between them stands a named pipe: the kernel carries the rows, this process
//! sees none. A table is not divided: one that holds everything travels through one lane.

use super::Result;
use super::meter::Meter;
use super::original::Original;
use super::server::run;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The phase in which rows move.
pub(crate) const ROWS: &str = "rows";

/// Lanes take tables from one list, the largest first; then `pg_restore` makes what belongs to them.
pub(crate) fn copy(from: &Original<'_>, target: &str, lanes: u16, meter: &mut Meter<'_>) -> Result<()> {
    let next = AtomicUsize::new(0);
    let carry = |number: u16| -> std::result::Result<(), String> {
        let work = || -> Result<()> {
            let mut lane = Lane::start(from, target, number)?;
            while let Some(table) = from.tables().get(next.fetch_add(1, Ordering::Relaxed)) {
                lane.carry(table)?;
            }
            lane.finish()
        };
        work().map_err(|error| error.to_string())
    };
    let ends: Vec<_> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|number| scope.spawn(move || carry(number))).collect();
        lanes.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    for end in ends {
        end.map_err(|_| "a lane of psql panicked")??;
    }
    meter.mark(ROWS);
    let jobs = format!("-j{lanes}");
    run(from.servers.program("pg_restore").args([&jobs, "-d", target]).arg(from.keys()))?;
    meter.mark("indexes and keys");
    Ok(())
}

/// One `psql`, told what to do line by line.
struct Psql {
    program: Child,
    /// `None` when there is nothing more to do.
    script: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Psql {
    fn start(from: &Original<'_>, url: &str) -> Result<Self> {
        let mut command = from.servers.psql(url);
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let script = program.stdin.take();
        let answers = BufReader::new(program.stdout.take().ok_or("psql has no output")?);
        let mut psql = Self { program, script, answers };
        psql.tell("")?;
        psql.done()?;
        Ok(psql)
    }

    fn tell(&mut self, line: &str) -> Result<()> {
        let script = self.script.as_mut().ok_or("psql takes no script")?;
        Ok(writeln!(script, "{line}\n\\echo done")?)
    }

    fn done(&mut self) -> Result<()> {
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        if answer.trim_end() == "done" { Ok(()) } else { Err("psql gave up".into()) }
    }
}

impl Drop for Psql {
    fn drop(&mut self) {
        // Where all went well it has ended already.
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

struct Lane {
    reader: Psql,
    writer: Psql,
    /// Two, in turns: the next table must not open the pipe that the last is still being read from.
    pipes: [PathBuf; 2],
}

impl Lane {
    fn start(from: &Original<'_>, target: &str, number: u16) -> Result<Self> {
        let pipes = [0, 1].map(|turn| from.servers.folder().join(format!("lane_{number}_{turn}")));
        for pipe in pipes.iter().filter(|pipe| !pipe.exists()) {
            run(Command::new("mkfifo").arg(pipe))?;
        }
        let (reader, writer) = (Psql::start(from, &from.source())?, Psql::start(from, target)?);
        Ok(Self { reader, writer, pipes })
    }

    fn carry(&mut self, table: &str) -> Result<()> {
        let pipe = self.pipes[0].display();
        self.reader.tell(&format!("\\copy {table} to '{pipe}' (format binary)"))?;
        self.writer.tell(&format!("\\copy {table} from '{pipe}' (format binary)"))?;
        self.writer.done()?;
        self.reader.done()?;
        self.pipes.reverse();
        Ok(())
    }

    fn finish(self) -> Result<()> {
        for mut psql in [self.reader, self.writer] {
            psql.script = None;
            if !psql.program.wait()?.success() {
                return Err("psql failed".into());
            }
        }
        Ok(())
    }
}
