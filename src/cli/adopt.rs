//! `masque adopt`

use super::connection::{Served, sign};
use super::{Failure, block_on, output};
use crate::error::{Error, Kind, Result};
use crate::publish::{Adoption, Sign, State, adopt};
use clap::Args;
use std::io::{BufRead, IsTerminal};

/// Mark a database as one that masque may replace; asks for its name
#[derive(Debug, Args)]
pub(super) struct Adopt {
    #[command(flatten)]
    served: Served,
    /// The database's name, for scripts: says yes without being asked
    #[arg(long, value_name = "NAME")]
    yes: Option<String>,
    /// Signs of production that the target may show: sessions, replicas, slots, archive, name, size
    #[arg(long, value_name = "SIGNS", value_delimiter = ',', value_parser = sign)]
    allow: Vec<Sign>,
    /// The target's server was restored from a copy of production's disks
    #[arg(long)]
    copied_disks: bool,
}

impl Adopt {
    pub(super) fn run(self) -> Result<(), Failure> {
        let target = self.served.url()?;
        let name = target.database().to_owned();
        let said = match &self.yes {
            Some(said) => said.clone(),
            None => ask(&name, &target.to_string())?,
        };
        if said != name {
            return Err(Error::new(
                Kind::Guard,
                format!("the name given is not `{name}`: nothing was marked"),
            )
            .into());
        }
        let marker = block_on(async {
            let admin = self.served.administer(&target, "masque adopt").await?;
            let said = Adoption { allow: self.allow.clone(), copied_disks: self.copied_disks };
            Ok(adopt(&admin, &target, &said).await?)
        })?;
        output::print(&match marker.state {
            State::Adopted => format!("`{name}` is masque's now: the next refresh replaces it"),
            _ => format!("`{name}` was masque's already, since {}", marker.at),
        });
        Ok(())
    }
}

fn ask(name: &str, shown: &str) -> Result<String> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Error::usage("nobody is there to be asked").help(format!("give `--yes {name}`")));
    }
    output::say(&format!(
        "`{shown}` will be replaced, with all it holds, by the next refresh.\nType the database's name to allow that:"
    ));
    let mut line = String::new();
    stdin.lock().read_line(&mut line).map_err(|e| Error::usage("can't read the answer").because(e))?;
    Ok(line.trim().to_owned())
}
