//! A masked refresh beside the ways to copy without masking: what each costs the client and the servers.
//!
//! Databases of several shapes are copied from one throw-away server to another, in rounds that alternate
//! between the ways, so that a machine that is busy for a while is busy for all of them. `--help` says more.

#![expect(clippy::print_stdout, reason = "its results are what it prints")]

mod arguments;
mod cost;
mod goals;
mod grid;
mod growth;
mod masque;
mod measured;
mod meter;
mod original;
mod peers;
mod pipe;
mod plot;
mod process;
mod record;
mod server;
mod shape;
mod way;

use arguments::Arguments;
use grid::Grid;
use measured::Measured;
use original::Original;
use server::Servers;
use shape::Shape;
use std::process::ExitCode;
use way::{Equipment, Way};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Prints a line for whoever waits.
fn say(line: &str) {
    println!("{line}");
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::read()?;
    if arguments.help {
        say(arguments::USAGE);
        return Ok(ExitCode::SUCCESS);
    }
    if !cfg!(target_os = "linux") {
        say("this bench reads /proc, so it runs on Linux only");
        return Ok(ExitCode::SUCCESS);
    }
    let equipment = Equipment { lanes: arguments.lanes, masque: arguments.masque.clone() };
    let servers = Servers::start()?;
    let peer = peers::pgcopydb_version().unwrap_or("no pgcopydb".to_owned());
    let (version, lanes, rounds) = (servers.version(), arguments.lanes, arguments.rounds);
    say(&format!("PostgreSQL {version}, {peer}, {lanes} lanes, {rounds} rounds"));
    if arguments.growth {
        let growth = growth::measure(&servers, &arguments, &equipment);
        let record =
            serde_json::json!({ "growth": growth.iter().map(growth::Growth::record).collect::<Vec<_>>() });
        publish(&arguments, &growth.iter().map(growth::Growth::grid).collect::<Vec<_>>(), &record)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut all = Vec::new();
    let mut grids = Vec::new();
    for shape in &arguments.shapes {
        let measured = compare(&servers, *shape, &arguments, &equipment)?;
        for grid in measured.grids() {
            say(&grid.text());
            grids.push(grid);
        }
        all.push(measured);
        // A long run that is cut off leaves what it had.
        if let Some(path) = &arguments.json {
            let record = record::record(&all, servers.version(), &arguments);
            std::fs::write(path, serde_json::to_string_pretty(&record)? + "\n")?;
        }
    }
    let goals = goals::grid(&all);
    say(&goals.text());
    grids.push(goals);
    if let Some(path) = &arguments.svg {
        std::fs::write(path, plot::plot(&all, servers.version()))?;
    }
    publish_markdown(&arguments, &grids)?;
    let failed = all.iter().any(|measured| measured.missing.iter().any(|(_, why)| why.starts_with(FAILED)));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How the reason of a way that failed begins.
const FAILED: &str = "failed: ";

/// Copies one shape in every way, round by round.
fn compare(
    servers: &Servers,
    shape: Shape,
    arguments: &Arguments,
    equipment: &Equipment,
) -> Result<Measured> {
    say(&format!("\n{}: filling the source with {} rows …", shape.word(), grid::grouped(arguments.rows)));
    let tables = arguments.tables.filter(|_| !matches!(shape, Shape::Giant | Shape::Shop));
    let original = Original::make(servers, shape, arguments.rows, tables.unwrap_or(shape.tables()))?;
    let mut ways = Way::all(&arguments.levels);
    ways.retain(|way| arguments.ways.contains(way.letter()));
    let mut measured = Measured::of(&original, Vec::new());
    say(&measured.title());
    say(&measured.masks());
    for way in ways {
        match way.missing(shape) {
            Some(why) => leave_out(&mut measured, way, why.to_owned()),
            None => measured.ways.push(way),
        }
    }
    for round in 0..arguments.rounds {
        let ways = measured.ways.clone();
        for at in 0..ways.len() {
            let way = ways[(round + at) % ways.len()];
            if measured.missing.iter().any(|(failed, _)| *failed == way) {
                continue;
            }
            match way.run(&original, equipment) {
                Ok(cost) => {
                    let part = way.data_phase().and_then(|name| cost.phase(name)).unwrap_or(cost.whole);
                    say(&format!(
                        "  round {}  {} {:<26} wall {:>7.2} s   client {:>6.2}  source {:>6.2}  target {:>6.2} CPU s   of {}",
                        round + 1,
                        way.letter(),
                        way.name(),
                        part.wall,
                        part.client,
                        part.source,
                        part.target,
                        if way.data_phase().is_some() { "the rows alone" } else { "everything" },
                    ));
                    measured.runs.push((way, cost));
                }
                Err(error) => leave_out(&mut measured, way, format!("{FAILED}{error}")),
            }
        }
    }
    say("");
    original.remove()?;
    Ok(measured)
}

fn leave_out(measured: &mut Measured, way: Way, why: String) {
    say(&format!("  {} {}: {why}", way.letter(), way.name()));
    measured.missing.push((way, why));
}

fn publish(arguments: &Arguments, grids: &[Grid], record: &serde_json::Value) -> Result<()> {
    for grid in grids {
        say(&grid.text());
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(record)? + "\n")?;
    }
    publish_markdown(arguments, grids)
}

fn publish_markdown(arguments: &Arguments, grids: &[Grid]) -> Result<()> {
    let Some(path) = &arguments.markdown else { return Ok(()) };
    let text = grids.iter().map(Grid::markdown).collect::<Vec<_>>().join("\n");
    if path.as_os_str() == "-" {
        say(&text);
        return Ok(());
    }
    Ok(std::fs::write(path, text)?)
}
