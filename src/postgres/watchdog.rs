//! Stops a throw-away server when masque is gone, however it went.
//!
//! A shell in a process group of its own waits on a pipe that only masque holds
//! open. The kernel closes the pipe on any death, SIGKILL included; then the shell
//! stops the server and removes its folder. A word on the pipe calls it off.

use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// `$1` is the folder of the programs, `$2` the folder to remove.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
if read -r word; then exit 0; fi
# Whatever was still setting the server up is in this group.
kill -TERM 0
[ -e "$2/ready" ] || sleep 1
tries=0
while [ -d "$2" ] && [ "$tries" -lt 20 ]; do
  if [ -f "$2/data/postmaster.pid" ]; then "$1/pg_ctl" -D "$2/data" stop -m immediate -w -t 10; fi
  rm -rf -- "$2" && break
  tries=$((tries + 1))
  sleep 1
done
"#;

/// The waiting shell.
#[derive(Debug)]
pub(crate) struct Watchdog {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Sets a watchdog on `folder`. `dress` makes the command run as the server's user.
    pub(crate) fn set(
        programs: &Path,
        folder: &Path,
        dress: impl FnOnce(&mut Command),
    ) -> std::io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "masque-watchdog"]).arg(programs).arg(folder);
        dress(&mut command);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let pipe = child.stdin.take();
        Ok(Self { child, pipe })
    }

    /// The process group that is ended together with the server.
    pub(crate) fn group(&self) -> Option<i32> {
        self.child.id().try_into().ok()
    }

    /// Calls it off: the server stays.
    pub(crate) fn call_off(&mut self) {
        if let Some(mut pipe) = self.pipe.take() {
            let _ = pipe.write_all(b"keep\n");
        }
        let _ = self.child.wait();
    }

    /// Lets it do its work now, and waits for a bounded time. Says whether it finished.
    pub(crate) fn release(&mut self) -> bool {
        self.pipe = None;
        let until = Instant::now() + Duration::from_secs(15);
        while Instant::now() < until {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Ok(Some(_)) => return true,
                Err(_) => return false,
            }
        }
        false
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.release();
    }
}
