//! One coherent place of a digest: street, city, region, postcode, country.
//!
//! Fixed bytes of the digest decide each part (0 to 7 the city, with its region
//! and postcode area, 8 to 15 the street, 16 to 25 house and postcode digits), so
//! every column of one identity is about one place. The country is the locale's.
//! `keep` reads the row: the country, region or postcode column of the same table
//! (known by its name: `ship_city` goes by `ship_country` before `country`), or the
//! masked column itself, says where the place must be. A country we know no places
//! of gives way to the locale's, in a column with `country` and `keep`, too.
//! American `zip3` areas of 20,000 people or fewer become 000 (45 CFR 164.514(b)(2)(i)(B)).

use super::casing::{self, Case};
use super::fit::Fit;
use super::person::pick;
use super::place_table::{COUNTRIES, City, Country};
use super::{Binding, Bound, Folding, Masker, Param, ParamKind, Params, Seed, locale, words, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::ColumnId;
use crate::secret::{Digest, scale};

/// What of a place a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Street,
    City,
    Region,
    Postcode,
    Country,
    Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Keep {
    Nothing,
    Country,
    Region,
    Zip3,
}

pub(super) const PARAMS: &[Param] = &[
    locale::PARAM,
    Param::optional(
        "keep",
        ParamKind::Word(&["country", "region", "zip3"]),
        "",
        "keep the row's country, its region too, or the first three characters of its postcode",
    ),
    casing::PARAM,
];

/// The first three digits of the ZIP codes of 20,000 people or fewer: HHS, guidance
/// on 45 CFR 164.514(b), by the census of 2000. `zip3` turns them to 000.
const SMALL: [&str; 17] = [
    "036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884",
    "890", "893",
];

/// How many characters of a postcode stay, and whether so few people live there
/// that they become 0. A ZIP code of four digits has lost its leading 0.
fn kept_of(zip: &str, country: &Country) -> (usize, bool) {
    let digits = zip.bytes().take_while(u8::is_ascii_digit).count();
    let american = country.code == "US" && digits >= 3;
    match zip.get(..3) {
        Some(first) if american && digits == 4 => {
            (2, SMALL.iter().any(|small| small.strip_prefix('0').is_some_and(|s| first.starts_with(s))))
        }
        Some(first) => (3, american && SMALL.contains(&first)),
        None => (3, false),
    }
}

pub(super) const REVEALS: &str =
    "what `keep` says: country, region or the first three characters of the postcode";

pub(super) fn bind(part: Part, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
    let locale = locale::of(at, params)?;
    let home = countries().find(|country| country.locale == locale.code);
    // Locales without places of their own borrow the American ones.
    let home = home.or_else(|| countries().find(|country| country.locale == "en_US"));
    let Some(home) = home else { return Err(Diagnostic::error("there are no places to choose from")) };
    let keep = match params.text("keep") {
        Some("country") => Keep::Country,
        Some("region") => Keep::Region,
        Some("zip3") => Keep::Zip3,
        _ => Keep::Nothing,
    };
    let mut columns = [None; 3];
    let known: [(Part, &[&str]); 3] = [
        (Part::Country, &["country", "country_code", "country_name", "countrycode"]),
        (Part::Region, &["region", "state", "province", "state_code", "state_province"]),
        (Part::Postcode, &["postcode", "postal_code", "zip", "zip_code", "zipcode", "postalcode"]),
    ];
    for (slot, (own, names)) in columns.iter_mut().zip(known) {
        let column = if own == part { Some(at.column.column) } else { find(at, names) };
        *slot = column.filter(|_| !matches!(keep, Keep::Nothing)).map(|column| at.read(column));
    }
    let needed = match keep {
        Keep::Nothing => None,
        Keep::Country => Some((columns[0], "country")),
        Keep::Region => Some((columns[1], "region")),
        Keep::Zip3 => Some((columns[2], "postcode")),
    };
    if let Some((None, what)) = needed {
        let problem = format!("the table has no column named `{what}` to keep it from");
        return Err(wrong(params, "keep", problem).help("leave `keep` out"));
    }
    let seed = at.seed("place", Folding::Lower)?;
    Ok(Bound::cell(Located { part, home, keep, columns, seed, case: Case::said(params) }))
}

/// Every country there are places for.
pub(super) fn countries() -> impl Iterator<Item = &'static Country> {
    COUNTRIES.iter().chain(words::countries())
}

/// The country a row says, if there are places of it in the row's script: where it
/// says `Japan`, the streets are not written 西町.
fn said_country(said: &str) -> Option<&'static Country> {
    let country = countries().find(|country| country.is(said))?;
    let other_script = !country.name.eq_ignore_ascii_case(said)
        && country.english.eq_ignore_ascii_case(said)
        && country.cities.iter().all(|city| !city.name.contains(|c: char| c.is_ascii_alphabetic()));
    (!other_script).then_some(country)
}

/// The column of that name: with the same beginning as the masked column's
/// (`ship_city`, `ship_country`), else plain.
fn find(at: &Binding<'_>, names: &[&str]) -> Option<usize> {
    let table = at.schema.table(at.column.table)?;
    let own = &table.columns.get(at.column.column)?.name;
    let beginnings = own.rmatch_indices('_').filter_map(|(place, _)| own.get(..=place)).chain([""]);
    let is = |name: &str, beginning: &str| {
        let rest = name.get(beginning.len()..).filter(|_| name.starts_with(beginning));
        rest.is_some_and(|rest| names.iter().any(|known| known.eq_ignore_ascii_case(rest)))
    };
    let column =
        beginnings.into_iter().find_map(|start| table.columns.iter().position(|c| is(&c.name, start)))?;
    let id = ColumnId { table: at.column.table, column };
    at.schema.column(id).filter(|column| column.data_type.is_text()).map(|_| column)
}

struct Located {
    part: Part,
    home: &'static Country,
    keep: Keep,
    columns: [Option<usize>; 3],
    seed: Seed,
    case: Option<Case>,
}

/// A place, chosen.
struct Place {
    country: &'static Country,
    city: &'static City,
    digest: Digest,
}

impl Masker for Located {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let kept_whole = match self.part {
            // Where there are no places of a country, the row moves to the locale's, and says so.
            Part::Country => self.keep >= Keep::Country && said_country(text).is_some(),
            Part::Region => self.keep >= Keep::Region,
            _ => false,
        };
        if text.is_empty() || kept_whole {
            out.keep(value);
            return Ok(());
        }
        let place = self.place(self.seed.digest(value, row)?, row);
        let case = self.case.unwrap_or_else(|| Case::of(text));
        let mut fit = Fit::new(out);
        match self.part {
            Part::Street => place.street(case, &mut fit),
            Part::City => case.write(place.city.name, &mut fit),
            Part::Region => {
                let coded = is_code(text) && !place.city.region_code.is_empty();
                fit.push_str_cased(
                    if coded { place.city.region_code } else { place.city.region },
                    coded,
                    case,
                );
            }
            // A column without room for a name is one of codes, whatever stands in it.
            Part::Country => match (text.len(), is_code(text), fit.room()) {
                (2, true, _) | (_, _, 2) => fit.push_str_cased(place.country.code, true, case),
                (3, true, _) | (_, _, 3) => fit.push_str_cased(place.country.code3, true, case),
                _ => case.write(place.country.name, &mut fit),
            },
            Part::Postcode => {
                let zip = (self.keep == Keep::Zip3).then_some(text);
                place.postcode(zip, &mut fit);
            }
            Part::Address => {
                let zip = (self.keep == Keep::Zip3).then(|| self.text(2, row)).flatten();
                let between = if text.contains('\n') { "\n" } else { ", " };
                place.address(zip, between, case, &mut fit);
            }
        }
        Ok(())
    }
}

impl Located {
    fn text<'a>(&self, which: usize, row: &Row<'a>) -> Option<&'a str> {
        row.value((*self.columns.get(which)?)?)?.text().ok()
    }

    fn place(&self, digest: Digest, row: &Row<'_>) -> Place {
        let mut country = self.home;
        if self.keep >= Keep::Country
            && let Some(said) = self.text(0, row)
        {
            country = said_country(said).unwrap_or(country);
        }
        let area = match self.keep {
            Keep::Region => self.text(1, row),
            Keep::Zip3 => {
                let zip = self.text(2, row).filter(|zip| kept_of(zip, country) == (3, false));
                zip.and_then(|zip| zip.get(..3))
            }
            _ => None,
        };
        let inside = |city: &City| match (self.keep, area) {
            (Keep::Region, Some(area)) => {
                area.eq_ignore_ascii_case(city.region) || area.eq_ignore_ascii_case(city.region_code)
            }
            (Keep::Zip3, Some(zip)) => {
                city.postcode.bytes().zip(zip.bytes()).all(|(p, z)| p == z || p == b'#')
            }
            _ => true,
        };
        let nth = |count: usize| usize::try_from(scale(&digest, count as u64)).unwrap_or(0);
        // Where our table has no city there, one of the country has to do.
        let count = area.map_or(0, |_| country.cities.iter().filter(|city| inside(city)).count());
        let city = match count {
            0 => country.cities.get(nth(country.cities.len())),
            count => country.cities.iter().filter(|city| inside(city)).nth(nth(count)),
        };
        Place { country, city: city.unwrap_or(&City::NOWHERE), digest }
    }
}

impl Place {
    fn street(&self, case: Case, fit: &mut Fit<'_>) {
        let name = pick(&self.digest, 8, self.country.streets);
        let number = 1 + scale(self.digest.get(16..).unwrap_or_default(), 180);
        let mut digits = itoa::Buffer::new();
        let number = digits.format(number);
        let (before, between, after) =
            if self.country.number_first { (number, " ", name) } else { (name, " ", number) };
        // A name too long for the column must not cut the number off at random.
        for part in [before, between, after] {
            case.write(part, fit);
        }
    }

    /// The postcode area of the city with digits of the digest, after the first
    /// three characters of `zip` where those are kept.
    fn postcode(&self, zip: Option<&str>, fit: &mut Fit<'_>) {
        let mut bits = self.digest.iter().skip(18).take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
        let mut take = |radix: u64| {
            let digit = bits % radix;
            bits /= radix;
            u8::try_from(digit).unwrap_or(0)
        };
        if let Some(zip) = zip {
            let (kept, small) = kept_of(zip, self.country);
            // The rest of the source's own code, digit by digit and letter by letter.
            for (place, c) in zip.chars().enumerate() {
                fit.push(match c {
                    _ if place < kept && small => '0',
                    _ if place < kept => c,
                    '0'..='9' => char::from(b'0' + take(10)),
                    c if c.is_lowercase() => char::from(b'a' + take(26)),
                    c if c.is_alphabetic() => char::from(b'A' + take(26)),
                    c if c.is_alphanumeric() => '0',
                    c => c,
                });
            }
            return;
        }
        for c in self.city.postcode.chars() {
            fit.push(match c {
                '#' => char::from(b'0' + take(10)),
                // Letters that no postcode leaves out for being like a digit.
                '?' => {
                    char::from(b"ABDEFGHJLNPQRSTUWXYZ".get(usize::from(take(20))).copied().unwrap_or(b'A'))
                }
                c => c,
            });
        }
    }

    fn address(&self, zip: Option<&str>, between: &str, case: Case, fit: &mut Fit<'_>) {
        self.street(case, fit);
        fit.push_str(between);
        for part in self.country.line.chars() {
            match part {
                'c' => case.write(self.city.name, fit),
                'r' => case.write(self.city.region_code, fit),
                'p' => self.postcode(zip, fit),
                other => fit.push(other),
            }
        }
    }
}

/// Two or three letters: a code, not a name.
fn is_code(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use crate::transform::place_table::COUNTRIES;

    fn of(with: &str, input: &str) -> String {
        Trial::of(&format!(r#"{{ with = "{with}", by = "id" }}"#))
            .sibling("id", "int4", Some(b"3"))
            .text(input)
    }

    #[test]
    fn the_columns_of_one_identity_are_about_one_place() {
        let (city, region) = (of("city", "Springfield"), of("region", "XX"));
        let usa = COUNTRIES.iter().find(|country| country.code == "US").unwrap();
        assert!(usa.cities.iter().any(|c| c.name == city && c.region_code == region), "{city} {region}");
        let whole = format!("{}, {city}, {region} {}", of("street", "1 Main St"), of("postcode", "12345"));
        assert_eq!(of("address", "1 Main St, Springfield"), whole);
        assert_eq!(of("country", "Narnia"), "United States");
        assert_eq!(of("country", "XX"), "US");
    }

    #[test]
    fn a_kept_country_or_region_decides_where_the_place_is() {
        let city = Trial::of(r#"{ with = "city", keep = "country" }"#)
            .sibling("country", "text", Some("Deutschland".as_bytes()))
            .text("Kleinkleckersdorf");
        let germany = COUNTRIES.iter().find(|country| country.code == "DE").unwrap();
        assert!(germany.cities.iter().any(|c| c.name == city), "{city}");
        let city = Trial::of(r#"{ with = "city", keep = "region" }"#)
            .sibling("state", "text", Some(b"TX"))
            .text("Anywhere");
        assert!(["Houston", "Dallas", "Austin", "San Antonio"].contains(&city.as_str()), "{city}");
    }

    #[test]
    fn the_country_beside_the_column_decides_before_another_of_the_row() {
        let mut trial = Trial::of(r#"{ with = "city", keep = "country" }"#)
            .sibling("country", "text", Some(b"USA"))
            .sibling("ship_country", "text", Some(b"UK"));
        trial.schema.tables[0].columns[0].name = "ship_to_city".into();
        let city = trial.text("Little Whinging");
        let britain = COUNTRIES.iter().find(|country| country.code == "GB").unwrap();
        assert!(britain.cities.iter().any(|c| c.name == city), "{city}");
    }

    #[test]
    fn a_column_that_holds_codes_gets_codes() {
        let country = |data_type, input| Trial::of(r#""country""#).on(data_type).text(input);
        assert_eq!([country("varchar(2)", "Z"), country("varchar(3)", "42")], ["US", "USA"]);
        assert_eq!([country("text", "de"), country("text", "DEU")], ["us", "USA"]);
    }

    #[test]
    fn a_country_without_places_gives_way_to_the_locale_s_in_every_column() {
        let country = |input: &str| Trial::of(r#"{ with = "country", keep = "country" }"#).text(input);
        assert_eq!(country("Narnia"), "United States");
        assert_eq!((country("Germany"), country("UK")), ("Germany".into(), "UK".into()));
        // Places of Japan are known in Japanese only.
        assert_eq!((country("Japan"), country("日本")), ("United States".into(), "日本".into()));
        let city = Trial::of(r#"{ with = "city", keep = "country" }"#)
            .sibling("country", "text", Some(b"Narnia"))
            .text("Cair Paravel");
        let usa = COUNTRIES.iter().find(|country| country.code == "US").unwrap();
        assert!(usa.cities.iter().any(|c| c.name == city), "{city}");
    }

    #[test]
    fn the_first_three_characters_of_a_postcode_stay_on_request() {
        let masked = Trial::of(r#"{ with = "postcode", keep = "zip3" }"#).text("90210-1234");
        assert!(masked.starts_with("902") && masked.len() == 10 && masked.get(5..6) == Some("-"), "{masked}");
        assert!(Trial::of(r#"{ with = "city", keep = "zip3" }"#).bind().is_err());
    }

    #[test]
    fn places_of_few_people_begin_with_000() {
        let zip3 = |input: &str| Trial::of(r#"{ with = "postcode", keep = "zip3" }"#).text(input);
        for (input, expected) in [
            ("03601", "000"),
            ("893010042", "000"),
            ("3601", "00"),
            ("03701", "037"),
            ("3701", "37"),
            ("036", "000"),
        ] {
            assert!(zip3(input).starts_with(expected), "{input} became {}", zip3(input));
        }
        let german = Trial::of(r#"{ with = "postcode", keep = "zip3", locale = "de_DE" }"#).text("03601");
        assert!(german.starts_with("036"), "{german}");
    }

    #[test]
    fn an_address_on_lines_stays_on_lines_and_fits() {
        assert_eq!(of("address", "1 Main St\nSpringfield").lines().count(), 2);
        let short = Trial::of(r#""address""#).on("varchar(10)").text("1 Main Street, Springfield");
        assert!(short.chars().count() <= 10);
    }
}
