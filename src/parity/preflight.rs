//! What a refresh asks before anything of the source is read: can the target's
//! server make such a database at all?

use super::{Difference, Effect, extension, locale};
use crate::error::{Error, Kind, Result};
use crate::postgres::facts::{self, Facts, Locale};
use crate::postgres::session::Session;
use crate::schema::identifier;

/// Refuses a target that can't hold what the source made.
///
/// # Errors
/// Target.
pub fn check_versions(source: u32, target: u32) -> Result<()> {
    if target >= source {
        return Ok(());
    }
    let message = format!("the target's PostgreSQL {target} is older than the source's {source}");
    Err(Error::new(Kind::Target, message)
        .help("staging must run the same major version as production, or a newer one"))
}

/// Compares what both servers can make. `template` is a session in the database that
/// the build will be made from; without one it begins with nothing. Gives what
/// deserves to be said and stops nothing.
///
/// # Errors
/// Target, naming everything that the server lacks; source or target where a server fails.
pub async fn preflight(
    source: &Session,
    target: &Session,
    template: Option<&Session>,
) -> Result<Vec<String>> {
    let source = Facts::read_for_refresh(source).await?;
    let mut target = Facts::read_for_refresh(target).await?;
    if let Some(template) = template {
        target.extensions = facts::extensions(template).await?;
        fits(&source, &Facts::read_for_refresh(template).await?)?;
    } else {
        // What the maintenance database has, the build has not.
        target.extensions.clear();
    }
    refuse(&source, &target)?;
    let told = extension::differences(&source, &target).into_iter().chain(locale::version(&source, &target));
    Ok(told.filter(|one| one.effect == Effect::Changes).map(|one| sentence(&one)).collect())
}

/// Compares the source with a target whose own database is filled: it is as it is, so what a build
/// would be made with must be there already. Gives what deserves to be said and stops nothing.
///
/// # Errors
/// Guard, where the database has another encoding or locale, or an extension elsewhere; target, naming
/// everything that the server lacks; source or target where a server fails.
pub async fn preflight_in_place(source: &Session, target: &Session) -> Result<Vec<String>> {
    let (source, target) = (Facts::read_for_refresh(source).await?, Facts::read_for_refresh(target).await?);
    is_alike(&source, &target)?;
    refuse(&source, &target)?;
    let told = extension::differences(&source, &target).into_iter().chain(locale::version(&source, &target));
    Ok(told.filter(|one| one.effect == Effect::Changes).map(|one| sentence(&one)).collect())
}

/// What a transaction in the target's database can't change, and a build would be made with.
fn is_alike(source: &Facts, target: &Facts) -> Result<()> {
    let refuse = |message: String| {
        Error::new(Kind::Guard, format!("the target can't be refreshed in place: {message}"))
    };
    let (own, other) = (locale::shown(&source.locale), locale::shown(&target.locale));
    if !locale::is_same(&source.locale, &target.locale) {
        return Err(refuse(format!("its database is {other}, and the source is {own}")).help(
            "encoding and locale are given when a database is made: have it made anew with the source's, or use `--publish swap`",
        ));
    }
    for extension in &source.extensions {
        let name = identifier(&extension.name);
        let schema = identifier(&extension.schema);
        match target.extensions.iter().find(|one| one.name == extension.name) {
            Some(one) if one.schema != extension.schema => {
                return Err(refuse(format!(
                    "its extension `{}` lies in the schema `{}`, and on the source in `{}`",
                    one.name, one.schema, extension.schema
                ))
                .help(format!(
                    "said by its owner in the target: `ALTER EXTENSION {name} SET SCHEMA {schema}`"
                )));
            }
            None if !target.server.is_superuser
                && target
                    .available
                    .get(&extension.name)
                    .is_some_and(|available| available.needs_superuser) =>
            {
                return Err(refuse(format!(
                    "it lacks the extension `{}`, which the loading role may not make",
                    extension.name
                ))
                .help(format!(
                    "said by a superuser in the target: `CREATE SCHEMA IF NOT EXISTS {schema}; CREATE EXTENSION {name} SCHEMA {schema}`"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn sentence(one: &Difference) -> String {
    let Difference { topic, name, source, target, why, .. } = one;
    match *topic {
        "extension" => {
            format!("extension `{name}` is {source} on the source and {target} on the target: {why}")
        }
        _ => format!("the {name} is {source} on the source and {target} on the target: {why}"),
    }
}

/// Everything the target's server lacks, in one refusal.
fn refuse(source: &Facts, target: &Facts) -> Result<()> {
    let lacking = extension::differences(source, target);
    let lacking: Vec<&str> =
        lacking.iter().filter(|one| one.effect == Effect::Blocks).map(|one| one.name.as_str()).collect();
    if !lacking.is_empty() {
        let names: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
        let mut packages: Vec<String> =
            lacking.iter().map(|name| extension::package(name, target.server.major())).collect();
        packages.sort();
        packages.dedup();
        let word = if lacking.len() == 1 { "extension" } else { "extensions" };
        let known: Vec<String> = packages.iter().filter(|name| name.starts_with('`')).cloned().collect();
        let install = if known.is_empty() { String::from("their packages") } else { known.join(", ") };
        return Err(Error::new(
            Kind::Target,
            format!("the target's server lacks {word} of the source: {}", names.join(", ")),
        )
        .help(format!(
            "install {install} on the target's server, or make the {word} in a database there and give it as `--template`"
        )));
    }
    match locale::blockers(source, target).into_iter().next() {
        Some(one) => Err(Error::new(Kind::Target, one.why).help(one.advice)),
        None => Ok(()),
    }
}

/// A template other than `template0` decides encoding and locale: they must be the source's.
fn fits(source: &Facts, template: &Facts) -> Result<()> {
    let (own, other) = (&source.locale, &template.locale);
    let made_of = |of: &Locale| {
        let name = of.locale.clone().unwrap_or_default();
        [of.encoding.clone(), of.provider.clone(), of.collate.clone(), of.ctype.clone(), name]
    };
    if made_of(own) == made_of(other) {
        return Ok(());
    }
    let (own, other) = (locale::shown(own), locale::shown(other));
    Err(Error::new(Kind::Target, format!("the database of `--template` is {other}, and the source is {own}")).help(
        "make the template anew from `template0` with the source's encoding and locale, then its extensions",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::tests::facts;
    use super::*;
    use crate::postgres::facts::Extension;

    #[test]
    fn all_that_is_lacking_is_named_at_once_with_its_packages() {
        let (mut source, target) = (facts(), facts());
        for name in ["postgis", "vector", "homemade"] {
            source.extensions.push(Extension { name: name.to_owned(), ..Extension::default() });
        }
        let error = refuse(&source, &target).unwrap_err();
        assert_eq!(error.kind(), Kind::Target);
        assert!(error.to_string().ends_with("`postgis`, `vector`, `homemade`"), "{error}");
        let help = error.help_text().unwrap();
        assert!(help.contains("`postgresql-15-pgvector`") && help.contains("--template"), "{help}");
    }

    #[test]
    fn what_a_database_was_made_with_stands_in_the_way_of_filling_it_in_place() {
        let (mut source, mut target) = (facts(), facts());
        target.locale.collate = String::from("en_US.utf8");
        assert!(is_alike(&source, &target).is_ok(), "two spellings of one locale");
        target.locale.encoding = String::from("LATIN1");
        let error = is_alike(&source, &target).unwrap_err();
        assert_eq!(error.kind(), Kind::Guard);
        target.locale.encoding = String::from("UTF8");
        let of = |schema: &str| Extension {
            name: String::from("hstore"),
            schema: schema.to_owned(),
            ..Extension::default()
        };
        source.extensions.push(of("a"));
        assert!(is_alike(&source, &target).is_ok(), "it can be made");
        target.extensions.push(of("b"));
        let error = is_alike(&source, &target).unwrap_err();
        assert!(error.help_text().unwrap().contains("ALTER EXTENSION \"hstore\" SET SCHEMA \"a\""));
    }

    #[test]
    fn a_template_of_another_encoding_is_refused() {
        let (source, mut template) = (facts(), facts());
        assert!(fits(&source, &template).is_ok());
        template.locale.encoding = String::from("LATIN1");
        assert_eq!(fits(&source, &template).unwrap_err().kind(), Kind::Target);
    }
}
