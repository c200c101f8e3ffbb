//! Tables that are nobody's, whatever their columns are called: lists of kinds and places,
//! what tools keep for themselves, and programs that are clients of a server.

use super::person::is_number;
use crate::rules::{Detector, family, words};
use crate::schema::{Column, Schema, Table};
use std::collections::HashMap;

/// Columns that clients of a server have and customers have not.
const OF_PROGRAMS: [&str; 9] =
    ["redirect", "grant", "protocol", "secret", "scopes", "callback", "base url", "root url", "confidential"];

/// Whether the table is a list or a tool's own.
pub(super) fn is_listing(detector: &Detector, table: &Table, names: &[Vec<String>]) -> bool {
    let name = words(&table.name.name);
    let is = |word: Option<&String>| word.is_some_and(|word| detector.lists("listings", word));
    let listed = is(name.last()) || name.len() > 1 && is(name.first());
    // `person_type_id` of `person_type` is its own.
    let whom = || names.iter().any(|column| is_number(detector, column) && !column.starts_with(&name));
    is_of_tool(detector, &name) || listed && !whom() || is_of_programs(detector, table, &name)
}

/// Fewer tables of one front are no shelf.
const SHELF: usize = 3;

/// A list has fewer columns.
const WIDE: usize = 12;

/// Which tables stand on a shelf of lists, by place: those of one front among others, as `r_commune`,
/// `c_country`, `d_items`.
pub(super) fn shelved(detector: &Detector, schema: &Schema) -> Vec<bool> {
    let names: Vec<Vec<String>> = schema.tables.iter().map(|table| words(&table.name.name)).collect();
    let fronts = |at: usize| {
        let mut fronts: HashMap<&str, usize> = HashMap::new();
        for name in &names {
            *fronts.entry(name.get(at).map(String::as_str).unwrap_or_default()).or_default() += 1;
        }
        fronts
    };
    // What nearly all begin with says nothing.
    let shared = names.len() > 1 && fronts(0).values().any(|count| count * 5 >= names.len() * 4);
    let at = usize::from(shared);
    let fronts = fronts(at);
    let front = |name: &[String]| name.get(at).cloned().unwrap_or_default();
    let is_list = |table: &Table| {
        let of_person = |column: &Column| {
            let kind = detector.named(&words(&column.name), family(&column.data_type)?);
            kind.filter(|kind| kind.person && !kind.quiet && kind.mask != "national_id")
        };
        table.columns.len() < WIDE && !table.columns.iter().any(|column| of_person(column).is_some())
    };
    let on = |place: usize, name: &Vec<String>| {
        let own = front(name);
        let count = fronts.get(own.as_str()).copied().unwrap_or(0);
        name.len() > at + 1
            && detector.has("shelves", &own)
            && count >= SHELF
            && count * 2 < names.len()
            && schema
                .foreign_keys
                .from_table(place)
                .all(|(_, key)| names.get(key.to).is_some_and(|to| front(to) == own))
            && schema.tables.get(place).is_some_and(is_list)
    };
    names.iter().enumerate().map(|(place, name)| on(place, name)).collect()
}

fn is_of_tool(detector: &Detector, name: &[String]) -> bool {
    let migrations = name.last().is_some_and(|last| last.starts_with("migration"));
    let of_schema = name.iter().rev().skip(1).all(|word| detector.has("migrated", word));
    name.iter().any(|word| detector.lists("tools", word))
        || migrations && of_schema
        || detector.has("tools", &name.join(" "))
}

/// Whether its clients are programs: they have a secret and addresses to return to.
fn is_of_programs(detector: &Detector, table: &Table, name: &[String]) -> bool {
    let client = |word: &String| {
        ["client", "clients", "application", "applications", "app", "apps", "consumer", "consumers"]
            .contains(&word.as_str())
    };
    let signs = OF_PROGRAMS
        .iter()
        .filter(|sign| {
            table.columns.iter().any(|column| {
                let name = words(&column.name);
                name.join(" ").ends_with(*sign) || name.first().is_some_and(|first| first == *sign)
            })
        })
        .count();
    let named = |kind: &str| {
        table.columns.iter().any(|column| {
            detector.named(&words(&column.name), "text").is_some_and(|found| found.name == kind)
        })
    };
    name.last().is_some_and(client) && signs >= 2 && !named("first name") && !named("last name")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, DataType, Name, Scalar};

    fn listed(name: &str, columns: &[&str]) -> bool {
        let of = |name: &&str| Column::of(*name, DataType::scalar_of("text", Scalar::Text));
        let table = Table::of(Name::new("public", name), columns.iter().map(of).collect());
        let names: Vec<_> = columns.iter().map(|column| words(column)).collect();
        is_listing(Detector::own(), &table, &names)
    }

    #[test]
    fn lists_of_kinds_and_places_are_nobody_s() {
        for name in ["person_type", "ref_commune", "tipo_cliente", "lookup_values", "municipios", "countries"]
        {
            assert!(listed(name, &["id", "name", "description"]), "{name}");
        }
        assert!(listed("person_type", &["person_type_id", "name"]));
        for name in ["persons", "reference_letters", "kinder"] {
            assert!(!listed(name, &["id", "name"]), "{name}");
        }
        assert!(!listed("ref_letters", &["customer_id", "text"]));
    }

    #[test]
    fn migrations_are_a_tool_s_where_they_are_those_of_a_schema() {
        for name in [
            "schema_migrations",
            "django_migrations",
            "_prisma_migrations",
            "migrations",
            "flyway_schema_history",
        ] {
            assert!(listed(name, &["id", "name"]), "{name}");
        }
        assert!(!listed("account_migrations", &["id", "acct"]));
    }

    #[test]
    fn clients_with_secrets_and_addresses_to_return_to_are_programs() {
        assert!(listed("client", &["id", "name", "secret", "base_url", "protocol"]));
        assert!(!listed("client", &["id", "name", "secret"]));
        assert!(!listed("clients", &["first_name", "secret", "redirect_uri"]));
    }
}
