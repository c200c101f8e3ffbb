//! What makes a database look like production to one who has never seen it.
//!
//! Asked of targets without a marker only: a published staging has sessions, and that is
//! fine. Each sign has a sentence of its own and is waived by its own word.

use super::refuse;
use crate::error::{Error, Result};
use crate::postgres::session::Session;
use crate::postgres::url::Url;
use std::time::Duration;

/// A sign of production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Somebody is connected.
    Sessions,
    /// The server has replicas.
    Replicas,
    /// The server has replication slots.
    Slots,
    /// The server archives its log.
    Archive,
    /// The database or the server is called so.
    Name,
    /// The database is very large.
    Size,
}

/// More than test data usually is.
const LARGE: i64 = 500_000_000_000;

/// How often sessions are looked for again: one whose client has just left is seen for a moment more.
const GOODBYES: u32 = 6;

impl Sign {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Sessions, Self::Replicas, Self::Slots, Self::Archive, Self::Name, Self::Size];

    /// Its word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Replicas => "replicas",
            Self::Slots => "slots",
            Self::Archive => "archive",
            Self::Name => "name",
            Self::Size => "size",
        }
    }
}

/// What was seen of a target.
struct Observed {
    names: Vec<String>,
    sessions: i64,
    replicas: i64,
    slots: i64,
    archives: bool,
    bytes: i64,
}

/// Refuses a target that shows signs which nobody waived.
///
/// # Errors
/// Guard, with a sentence for each sign; target where the server fails.
pub(super) async fn ask(admin: &Session, target: &Url, waived: &[Sign]) -> Result<()> {
    let mut observed = Observed::of(admin, target).await?;
    for _ in 0..GOODBYES {
        if observed.sessions == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        observed = Observed::of(admin, target).await?;
    }
    let found = observed.signs(target.database());
    let found: Vec<_> = found.into_iter().filter(|(sign, _)| !waived.contains(sign)).collect();
    refusal(target.database(), &found).map_or(Ok(()), Err)
}

fn refusal(target: &str, found: &[(Sign, String)]) -> Option<Error> {
    if found.is_empty() {
        return None;
    }
    let sentences: Vec<_> = found.iter().map(|(_, sentence)| sentence.as_str()).collect();
    let words: Vec<_> = found.iter().map(|(sign, _)| sign.word()).collect();
    let message = format!("the target `{target}` looks like production: {}", sentences.join("; "));
    Some(refuse(message).help(format!("if it is staging all the same: `--allow {}`", words.join(","))))
}

impl Observed {
    async fn of(admin: &Session, target: &Url) -> Result<Self> {
        // Our own sessions are called after us.
        let sql = "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() \
                             AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend' \
                             AND NOT starts_with(application_name, 'masque ')), \
                          (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_replication_slots), \
                          current_setting('archive_mode') <> 'off', \
                          coalesce((SELECT CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END \
                                    FROM pg_database WHERE datname = $1), 0)";
        let row = admin.one("looking for signs of production", sql, &[&target.database()]).await?;
        let mut names = target.host_names();
        names.push(target.database().to_owned());
        Ok(Self {
            names,
            sessions: row.get(0),
            replicas: row.get(1),
            slots: row.get(2),
            archives: row.get(3),
            bytes: row.get(4),
        })
    }

    fn signs(&self, target: &str) -> Vec<(Sign, String)> {
        let mut found = Vec::new();
        if self.sessions > 0 {
            found.push((Sign::Sessions, format!("{} sessions are connected to it", self.sessions)));
        }
        if self.replicas > 0 {
            found.push((Sign::Replicas, format!("{} replicas follow its server", self.replicas)));
        }
        if self.slots > 0 {
            found.push((Sign::Slots, format!("its server has {} replication slots", self.slots)));
        }
        if self.archives {
            found.push((Sign::Archive, String::from("its server archives its log")));
        }
        if let Some(name) = self.names.iter().find(|name| sounds_like_production(name)) {
            let what = if name == target { "it" } else { "its server" };
            found.push((Sign::Name, format!("{what} is called `{name}`")));
        }
        if self.bytes > LARGE {
            found.push((Sign::Size, format!("it holds {} GB", self.bytes / 1_000_000_000)));
        }
        found
    }
}

/// Whether a name says production; products are sold everywhere.
fn sounds_like_production(name: &str) -> bool {
    let name = name.to_lowercase();
    let words = name.replace("production", "prod").replace("product", "");
    words.contains("prod") || words.split(|c: char| !c.is_alphanumeric()).any(|w| w == "prd" || w == "live")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet() -> Observed {
        let names = vec![String::from("db1.example"), String::from("staging")];
        Observed { names, sessions: 0, replicas: 0, slots: 0, archives: false, bytes: 1 }
    }

    #[test]
    fn every_sign_has_its_own_sentence_and_its_own_word() {
        assert!(quiet().signs("staging").is_empty());
        let loud = Observed {
            names: vec![String::from("db.prod.example")],
            sessions: 3,
            replicas: 1,
            slots: 2,
            archives: true,
            bytes: LARGE + 1,
        };
        let found = loud.signs("staging");
        assert_eq!(found.iter().map(|(sign, _)| *sign).collect::<Vec<_>>(), Sign::ALL);
        let error = refusal("staging", &found).unwrap();
        assert!(error.help_text().unwrap().contains("--allow sessions,replicas,slots,archive,name,size"));
        for (_, sentence) in &found {
            assert!(error.to_string().contains(sentence.as_str()), "{error}");
        }
        assert!(refusal("staging", &[]).is_none());
    }

    #[test]
    fn a_name_sounds_like_production_by_itself_and_not_by_its_products() {
        for name in [
            "prod",
            "shop_production",
            "PROD1",
            "eu-prod.example",
            "db.live.example",
            "product_prod",
            "shop-prd",
        ] {
            assert!(sounds_like_production(name), "{name}");
        }
        for name in ["staging", "products", "product_staging", "olive", "reproof"] {
            assert!(!sounds_like_production(name), "{name}");
        }
    }
}
