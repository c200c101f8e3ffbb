//! The demo that stays, and the commands it prints, as they are printed.

use crate::support::{run, run_with};
use std::ffi::OsString;
use std::process::Command;

/// Stops and removes what the demo left, whatever became of the test.
struct Left(Vec<String>);

impl Left {
    fn clear(&mut self) -> bool {
        let run = |line: String| Command::new("sh").arg("-c").arg(line).output().unwrap().status.success();
        let done: Vec<bool> = self.0.drain(..).map(run).collect();
        done.iter().all(|done| *done)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        self.clear();
    }
}

#[test]
fn the_servers_stay_and_every_printed_command_works() {
    let output = run(&["demo", "--keep", "--rows", "2000"]);
    let after = |sign: &str| output.stdout.split(sign).nth(1).unwrap_or_default().lines().map(str::trim);
    let mut left = Left(
        after("Stop and remove them with\n").filter(|line| !line.is_empty()).map(str::to_owned).collect(),
    );
    output.assert_code(0);
    assert_eq!(left.0.len(), 3, "{}", output.stdout);

    let proposed: Vec<_> =
        after("proposes for one table").take_while(|line| !line.starts_with("Done in")).collect();
    assert!(proposed.contains(&"[table.customers]") && proposed.len() > 15, "{proposed:?}");
    assert!(proposed.iter().any(|line| line.contains("email") && line.contains("% of")), "{proposed:?}");
    assert!(!proposed.iter().any(|line| line.contains('@')), "no value is shown: {proposed:?}");

    let lines: Vec<_> = after("In a shell:\n").take_while(|line| !line.starts_with("Stop")).collect();
    let exports = lines.iter().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let variables: Vec<(&str, OsString)> =
        exports.map(|(name, value)| (name, OsString::from(value))).collect();
    assert_eq!(variables.len(), 2);
    let commands: Vec<Vec<&str>> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("masque "))
        .map(|line| line.split('#').next().unwrap().split_whitespace().collect())
        .collect();
    assert_eq!(
        commands.iter().map(|command| command[0]).collect::<Vec<_>>(),
        ["check", "preview", "refresh"]
    );
    for command in &commands {
        run_with(command, &variables).assert_code(0);
    }
    let rules = commands[0][2].to_owned();
    assert!(std::path::Path::new(&rules).is_file());
    assert!(left.clear(), "the printed lines stop and remove everything");
    assert!(!std::path::Path::new(&rules).exists());
    assert_ne!(run_with(&commands[0], &variables).code, 0, "the servers are gone");
}
