//! Where staging is not production.
//!
//! [`compare`] is a plain function over what both sides told of themselves. Every
//! difference says what it does: it stops a refresh, it changes how the copy
//! behaves, or it is only good to know; and what to do about it.

mod extension;
mod locale;
mod preflight;
mod server;
mod setting;

pub use preflight::{check_versions, preflight, preflight_in_place};

use crate::postgres::facts::Facts;
use serde::Serialize;

/// What a difference does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// A refresh between these two cannot be done.
    Blocks,
    /// The copy plans, sorts, prints or refuses otherwise than production.
    Changes,
    /// Good to know.
    Hint,
}

impl Effect {
    /// One word, for tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Changes => "changes",
            Self::Hint => "hint",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it does.
    pub effect: Effect,
    /// `server`, `locale`, `extension`, `setting`, `override`, `role` or `tablespace`.
    pub topic: &'static str,
    /// The name of what differs.
    pub name: String,
    /// What the source has.
    pub source: String,
    /// What the target has.
    pub target: String,
    /// What follows from it.
    pub why: String,
    /// What to do.
    pub advice: String,
}

/// What stands in for a side that has nothing.
const MISSING: &str = "missing";

/// Every difference, the worst first.
#[must_use]
pub fn compare(source: &Facts, target: &Facts) -> Vec<Difference> {
    let mut found = server::differences(source, target);
    found.extend(locale::differences(source, target));
    found.extend(extension::differences(source, target));
    found.extend(setting::differences(source, target));
    found.extend(setting::overrides(source, target));
    found.extend(server::roles(source, target));
    found.extend(server::tablespaces(source, target));
    found.sort_by_key(|difference| difference.effect);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::facts::{Available, Extension, Locale, Override, Server};

    /// A plain server with a plain database.
    pub(super) fn facts() -> Facts {
        Facts {
            server: Server {
                number: 150_018,
                version: String::from("15.18"),
                block_size: String::from("8192"),
                checksums: String::from("off"),
                has_icu: true,
                in_recovery: false,
                is_superuser: true,
                may_create_roles: true,
            },
            locale: Locale {
                encoding: String::from("UTF8"),
                provider: String::from("c"),
                collate: String::from("en_US.UTF-8"),
                ctype: String::from("en_US.UTF-8"),
                actual: Some(String::from("2.36")),
                known: vec![String::from("en_US.utf8")],
                ..Locale::default()
            },
            ..Facts::default()
        }
    }

    fn only(found: &[Difference]) -> (Effect, &'static str, &str) {
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].effect, found[0].topic, found[0].name.as_str())
    }

    #[test]
    fn equal_sides_differ_in_nothing() {
        let mut both = facts();
        both.settings.insert(String::from("work_mem"), String::from("4MB"));
        both.extensions.push(Extension { name: String::from("hstore"), ..Extension::default() });
        both.available.insert(String::from("hstore"), Available::default());
        assert_eq!(compare(&both, &both), []);
    }

    #[test]
    fn an_older_target_blocks_a_newer_one_changes_and_a_minor_is_a_hint() {
        let (source, mut target) = (facts(), facts());
        target.server.number = 140_023;
        assert_eq!(only(&compare(&source, &target)), (Effect::Blocks, "server", "version"));
        target.server.number = 180_006;
        assert_eq!(only(&compare(&source, &target)), (Effect::Changes, "server", "version"));
        target.server.number = 150_017;
        target.server.version = String::from("15.17");
        assert_eq!(only(&compare(&source, &target)), (Effect::Hint, "server", "version"));
    }

    #[test]
    fn a_setting_that_differs_says_why_and_what_to_write() {
        let (mut source, mut target) = (facts(), facts());
        source.settings.insert(String::from("random_page_cost"), String::from("1.1"));
        target.settings.insert(String::from("random_page_cost"), String::from("4"));
        let found = compare(&source, &target);
        assert_eq!(only(&found), (Effect::Changes, "setting", "random_page_cost"));
        assert!(found[0].why.contains("index") && found[0].advice.contains("SET random_page_cost = '1.1'"));
        // A parameter that no plan and no result depends on is not worth a line.
        source.settings = [(String::from("log_statement"), String::from("all"))].into();
        target.settings = [(String::from("log_statement"), String::from("none"))].into();
        assert_eq!(compare(&source, &target), []);
    }

    #[test]
    fn an_override_of_a_custom_parameter_never_shows_a_value() {
        let (mut source, target) = (facts(), facts());
        source.overrides = vec![
            Override { role: None, in_database: true, name: String::from("app.token"), value: None },
            Override {
                role: Some(String::from("app")),
                in_database: false,
                name: String::from("search_path"),
                value: Some(String::from("app, public")),
            },
        ];
        let found = compare(&source, &target);
        let names: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.source.as_str())).collect();
        assert_eq!(names, [("role app: search_path", "app, public"), ("database: app.token", "set")]);
    }

    #[test]
    fn a_missing_role_blocks_only_a_loading_role_that_may_not_make_it() {
        let (mut source, mut target) = (facts(), facts());
        source.named_roles = vec![String::from("auditor"), String::from("owner")];
        target.roles = vec![String::from("owner")];
        assert_eq!(only(&compare(&source, &target)), (Effect::Hint, "role", "auditor"));
        target.server.may_create_roles = false;
        assert_eq!(only(&compare(&source, &target)), (Effect::Blocks, "role", "auditor"));
    }
}
