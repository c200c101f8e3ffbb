//! Parts of names and of addresses by where they stand: what is written as a name beside
//! a name; what lies between the line of a street and
//! its postcode, and the town beside, is of the address, too.

use super::Looked;
use super::desk::Desk;
use super::proposal::{Line, Proposal, Section};
use std::collections::BTreeMap;

/// A table has the parts of an address side by side.
const NEAR: usize = 5;

/// Gives the columns between a street and a postcode their part of the address.
pub(super) fn find(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    for section in &mut proposal.tables {
        let Some(looked) = section.lines.first().and_then(|line| sights.get(&line.id.table)) else {
            continue;
        };
        let about = desk
            .about
            .get(section.lines.first().map_or(usize::MAX, |line| line.id.table))
            .copied()
            .unwrap_or_default();
        if !about.is_near(2) || about.thing || about.public {
            continue;
        }
        name(desk, looked, section);
        let masked = |line: &Line, mask: &str| line.choice.rules.iter().any(|rule| rule == mask);
        let Some(street) =
            section.lines.iter().position(|line| masked(line, "\"street\"") && line.is_masked())
        else {
            continue;
        };
        house(desk, looked, section, street);
        for place in parts(section, looked, street) {
            let Some(line) = section.lines.get(place).filter(|line| !line.is_masked()) else { continue };
            let harmless = desk.is_harmless(line.id);
            let sight = looked.sights.get(&line.id.column);
            let Some(writing) = sight.map(|sight| &sight.evidence.writing).filter(|_| !harmless) else {
                continue;
            };
            let rule = if writing.posts >= 70 { "\"postcode\"" } else { "\"city\"" };
            let why = "beside the line of a street".to_owned();
            let choice = desk.copy(line.id, rule, false, why);
            if let Some(line) = section.lines.get_mut(place) {
                line.choice = choice;
            }
        }
    }
}

/// Gives what stands beside a first or a last name, and is written as names are, a name.
fn name(desk: &Desk<'_>, looked: &Looked, section: &mut Section) {
    let is_name = |line: &Line| {
        let rules = ["\"first_name\"", "\"last_name\""];
        line.is_masked() && line.choice.rules.iter().any(|rule| rules.contains(&rule.as_str()))
    };
    let beside = |place: usize| {
        let near = place.saturating_sub(2)..=place + 2;
        near.filter_map(|other| section.lines.get(other)).any(is_name)
    };
    let fits = |place: &usize| {
        let Some(line) = section.lines.get(*place).filter(|line| !line.is_masked()) else { return false };
        let Some(sight) = looked.sights.get(&line.id.column) else { return false };
        let harmless = desk.is_harmless(line.id);
        let evidence = &sight.evidence;
        !harmless && evidence.writing.capital >= 90 && evidence.distinct >= 5 && beside(*place)
    };
    let found: Vec<usize> = (0..section.lines.len()).filter(fits).collect();
    for place in found {
        if let Some(line) = section.lines.get_mut(place) {
            let why = "written as names are, beside a name".to_owned();
            line.choice = desk.copy(line.id, "\"last_name\"", true, why);
        }
    }
}

/// Gives a number right behind a street, that is called no more than one, the mask of house numbers.
fn house(desk: &Desk<'_>, looked: &Looked, section: &mut Section, street: usize) {
    let Some(line) = section.lines.get_mut(street + 1).filter(|line| !line.is_masked()) else { return };
    let called = desk.detector.spelled(desk.names.get(line.id));
    let plain = !called.is_empty() && called.iter().all(|word| desk.detector.has("numbers", word));
    let short = looked.sights.get(&line.id.column).is_some_and(|sight| {
        let writing = &sight.evidence.writing;
        (1..=5).contains(&sight.digits) || writing.digit >= 80 && writing.digits < 5 && writing.spaced < 30
    });
    if plain && short {
        line.choice = desk.copy(line.id, "\"letters\"", false, "a number behind a street".to_owned());
    }
}

/// The places of the columns that are of the street's address.
fn parts(section: &Section, looked: &Looked, street: usize) -> Vec<usize> {
    let writing = |place: usize| {
        let line = section.lines.get(place)?;
        Some(&looked.sights.get(&line.id.column)?.evidence.writing)
    };
    let is_post = |place: &usize| {
        let masked = section.lines.get(*place).is_some_and(|line| line.rule().contains("\"postcode\""));
        masked || writing(*place).is_some_and(|writing| writing.looked >= 3 && writing.posts >= 70)
    };
    let Some(post) = (street + 1..section.lines.len().min(street + 1 + NEAR)).find(is_post) else {
        return Vec::new();
    };
    // Words of places: with capitals, without digits.
    let is_town = |place: &usize| {
        writing(*place).is_some_and(|writing| {
            writing.looked >= 3 && writing.digit <= 40 && writing.lower <= 20 && writing.lettered >= 90
        })
    };
    let mut found: Vec<usize> = (street + 1..post).filter(is_town).collect();
    found.push(post);
    // The town stands behind where nothing stands between.
    if post == street + 1 {
        found.extend(
            Some(post + 1).filter(is_town).filter(|place| {
                writing(*place).is_some_and(|writing| writing.digit <= 5 && writing.codes < 50)
            }),
        );
    }
    found
}
