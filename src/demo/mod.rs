//! A throw-away production and staging, for the first five minutes.
//!
//! Production is a cluster with a shop that masque invents; staging is a second
//! one that holds last week's copy. The roles are the least privileged that work:
//! a reader with `pg_read_all_data`, and a loader with CREATEDB.

use crate::error::{Error, Kind, Result};
use crate::postgres::binaries::Binaries;
use crate::postgres::cluster::{Cluster, Settings};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::publish;
use std::path::Path;

/// The rule file of the shop.
pub const RULES: &str = include_str!("../../rules/shop.toml");

const SHOP: [&str; 3] = [include_str!("shop.sql"), include_str!("fill.sql"), include_str!("finish.sql")];

/// Who owns the shop.
const OWNER: &str = "shop_owner";

/// The two clusters of a demo. Dropping it stops and removes both.
pub struct Theatre {
    production: Cluster,
    staging: Cluster,
    password: String,
}

/// A customer as each side shows it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What is shown, such as `customers.email`.
    pub label: String,
    /// On production.
    pub before: String,
    /// On staging.
    pub after: String,
}

impl Theatre {
    /// Starts both clusters. `log` hears what is being done.
    ///
    /// # Errors
    /// Usage, where there is no PostgreSQL and no way to get it.
    pub fn open(binaries: Option<&Path>, log: &mut dyn FnMut(&str)) -> Result<Self> {
        let binaries = Binaries::find(binaries, log)?;
        let production = Cluster::start(&binaries, Settings::new("production"))?;
        let staging = Cluster::start(&binaries, Settings::new("staging"))?;
        let mut bytes = [0_u8; 12];
        getrandom::fill(&mut bytes)
            .map_err(|_| Error::internal("the operating system gave no random bytes"))?;
        Ok(Self { production, staging, password: data_encoding::HEXLOWER.encode(&bytes) })
    }

    /// Fills production with a shop of so many rows, and staging with last week's.
    ///
    /// # Errors
    /// Source or target, where a server fails.
    pub async fn set_the_stage(&self, rows: u64) -> Result<()> {
        // On both sides the shop is its own role's, for whom the loading role may act.
        let reader = format!(
            "CREATE ROLE {OWNER} NOLOGIN; CREATE ROLE masque_reader LOGIN PASSWORD '{}'; \
             GRANT pg_read_all_data TO masque_reader",
            self.password
        );
        let loader = format!(
            "CREATE ROLE {OWNER} NOLOGIN; CREATE ROLE masque_loader LOGIN CREATEDB PASSWORD '{}'; \
             GRANT {OWNER} TO masque_loader",
            self.password
        );
        tokio::try_join!(
            fill(&self.production, Kind::Source, "shop", &reader, OWNER, rows),
            // Last week's shop was smaller.
            fill(&self.staging, Kind::Target, "shop_staging", &loader, "masque_loader", rows / 10 * 7),
        )?;
        let admin = self.staging.url("postgres");
        let admin = Session::open(admin.connect(Kind::Target).await?, Side::Target).await?;
        publish::adopt(&admin, &self.staging.url("shop_staging"), &publish::Adoption::default()).await?;
        Ok(())
    }

    /// The reader's URL of production, with its password.
    #[must_use]
    pub fn source(&self) -> String {
        self.url(&self.production, "masque_reader", "shop")
    }

    /// The loader's URL of staging, with its password.
    #[must_use]
    pub fn target(&self) -> String {
        self.url(&self.staging, "masque_loader", "shop_staging")
    }

    fn url(&self, cluster: &Cluster, role: &str, database: &str) -> String {
        format!("postgres://{role}:{}@127.0.0.1:{}/{database}", self.password, cluster.port())
    }

    /// The same rows on both sides.
    ///
    /// # Errors
    /// Source or target, where a server fails.
    pub async fn compare(&self) -> Result<Vec<Sample>> {
        let before = show(&self.production.url("shop"), Kind::Source, Side::Source).await?;
        let after = show(&self.staging.url("shop_staging"), Kind::Target, Side::Target).await?;
        let pairs = before.into_iter().zip(after);
        Ok(pairs.map(|((label, before), (_, after))| Sample { label, before, after }).collect())
    }

    /// Leaves both clusters running and gives the commands that stop them.
    #[must_use]
    pub fn keep(self) -> [String; 2] {
        [self.production.keep(), self.staging.keep()]
    }
}

async fn fill(
    cluster: &Cluster,
    kind: Kind,
    database: &str,
    role: &str,
    owner: &str,
    rows: u64,
) -> Result<()> {
    let side = Side::Target;
    let admin = Session::open(cluster.url("postgres").connect(kind).await?, side).await?;
    admin.run("making the demo's roles", role).await?;
    admin.run("making the demo's database", &format!("CREATE DATABASE {database} OWNER {owner}")).await?;
    let shop = cluster.url(database).connect(kind).await?;
    let shop = Session::open(shop, side).await?;
    let before = format!(
        "GRANT CREATE ON DATABASE {database} TO {OWNER}; ALTER SCHEMA public OWNER TO {OWNER}; SET ROLE {OWNER}; \
         SET search_path = public; SET masque_demo.rows = '{rows}'"
    );
    shop.run("filling the demo", &before).await?;
    for part in SHOP {
        shop.run("filling the demo", part).await?;
    }
    Ok(())
}

/// What the demo shows of both sides: one customer wherever they stand, and a few more.
const SHOWN: &str = include_str!("shown.sql");

async fn show(url: &Url, kind: Kind, side: Side) -> Result<Vec<(String, String)>> {
    let session = Session::open(url.connect(kind).await?, side).await?;
    session.run("reading the demo", "SET search_path = public").await?;
    let rows = session.query("reading the demo", SHOWN, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| (row.get(0), row.get::<_, Option<String>>(1).unwrap_or_else(|| "NULL".to_owned())))
        .collect())
}
