//! Phone numbers, international and national.
//!
//! With `+` and a calling code (ITU-T E.164, see `dialling`) a number is one. Else a
//! word before it says so, or its groups are those of a national plan: a trunk zero,
//! three-three-four of North America, the groups of Spain, Poland, Portugal and of
//! Italian mobiles. Dates, amounts, measures and numbers of orders are none.

use super::context::{self, Topic};
use super::edge::{after, before};
use super::number::{Group, Number, Run, each_number};
use super::span::{Found, Kind, Span};
use crate::transform::dialling::Layout;

/// Adds the phone numbers of a run of digits.
pub(super) fn find(text: &str, run: &Run, found: &mut Found) {
    each_number(text, run, |number| {
        let start = number.groups.first().map_or(0, |group| opening(text, group, number.end()));
        is_phone(text, number) && found.add(Span::whole(start, number.end(), Kind::Phone))
    });
}

/// Where a number with that first group begins: a bracket that closes later than the
/// number is the sentence's.
fn opening(text: &str, first: &Group, end: usize) -> usize {
    let closed = text.get(first.start..end).is_some_and(|inside| inside.contains(')'));
    first.sign + usize::from(first.bracket && !closed)
}

fn is_phone(text: &str, number: &Number<'_>) -> bool {
    let Some(first) = number.groups.first() else { return false };
    let count = number.digits().len();
    let odd_gap = number.groups.iter().skip(1).any(|group| group.lead == '\0' || group.plus);
    if !(6..=16).contains(&count) || odd_gap || !is_free(text, number) || has_date(number) {
        return false;
    }
    if first.plus {
        let layout = Layout::of(text.get(first.sign..number.end()).unwrap_or_default());
        let zone_one = number.part(0, 1) == 1;
        return number.part(0, 1) > 0
            && if zone_one { count == 11 } else { (layout.national + 5..=15).contains(&count) };
    }
    // The nearer word decides: `order 12, tel. 34`.
    let phone = context::distance(text, first.sign, 4, Topic::Phone);
    let order = context::distance(text, first.sign, 2, Topic::Order);
    match (phone, order) {
        (Some(phone), order) if order.is_none_or(|order| phone < order) => {
            // One digit alone is a calling or area code, or another number's.
            let single = number.groups.iter().skip(2).filter(|group| group.len() == 1 && !group.bracket);
            let said = number.groups.len() <= 6 && count <= 15 && single.count() == 0;
            (said || is_national(number)) && !is_measured(text, number)
        }
        (_, Some(_)) => false,
        (_, None) => is_national(number) && !is_measured(text, number) && !follows_word(text, first),
    }
}

/// Whether the groups are those of a national plan.
fn is_national(number: &Number<'_>) -> bool {
    let count = number.digits().len();
    let digit = |place: usize| number.digits().get(place).copied().unwrap_or(b'0');
    let plain = matches!(number.separator(), Some(' ' | '-' | '.'));
    if digit(0) == b'0' && digit(1) == b'0' {
        return digit(2) != b'0' && (10..=16).contains(&count) && number.groups.len() > 1
            || (11..=14).contains(&count) && digit(2) != b'0';
    }
    if digit(0) == b'0' {
        let grouped = number.groups.iter().skip(1).all(|group| group.len() > 1) && number.groups.len() <= 5;
        let lead = number.groups.first().map_or(0, Group::len);
        return grouped && (9..=12).contains(&count) && lead >= 2;
    }
    let american = |area: usize| digit(area) >= b'2' && digit(area + 3) >= b'2';
    let bracket = number.groups.first().is_some_and(|group| group.bracket);
    let italian = digit(0) == b'3'
        && (number.grouped(&[3, 7]) || number.grouped(&[3, 3, 4]) || number.grouped(&[3, 6]));
    let nine = (plain && number.grouped(&[3, 3, 3]) && digit(0) >= b'5' && digit(3) != b'0')
        || (plain && number.grouped(&[3, 3, 3]) && digit(0) == b'4' && matches!(digit(1), b'5'))
        || (number.grouped(&[2, 3, 2, 2]) && digit(0) != b'0')
        || (number.grouped(&[3, 2, 2, 2]) && digit(0) >= b'6');
    (plain || bracket)
        && ((number.grouped(&[3, 3, 4]) && american(0))
            || (number.grouped(&[1, 3, 3, 4]) && digit(0) == b'1' && american(1)))
        || (bracket && (9..=11).contains(&count) && number.groups.len() > 1)
        || italian
        || nine
}

/// Whether nothing touches the number that would make it a part of something else.
fn is_free(text: &str, number: &Number<'_>) -> bool {
    let start = number.groups.first().map_or(0, |group| group.sign);
    let touched =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | '@' | '$' | '€' | '£' | '=' | '&' | '%');
    let left = match before(text, start) {
        Some(c @ (',' | '.' | '-' | '/' | ':')) => {
            let further = before(text, start - 1);
            let composed = matches!(c, '-' | '/');
            !further.is_some_and(|c| c.is_ascii_digit() || composed && c.is_alphanumeric())
        }
        c => !c.is_some_and(touched),
    };
    let end = number.end();
    let right = match after(text, end) {
        Some(',' | ':' | '-' | '/') => !after(text, end + 1).is_some_and(char::is_alphanumeric),
        c => !c.is_some_and(touched),
    };
    left && right
}

/// Whether three of the groups are a date.
fn has_date(number: &Number<'_>) -> bool {
    let value = |group: &Group| -> u64 {
        let at =
            number.groups.iter().take_while(|other| other.start < group.start).map(Group::len).sum::<usize>();
        number.part(at, at + group.len())
    };
    number.groups.windows(3).any(|three| {
        let [a, b, c] = three else { return false };
        let same = b.lead == c.lead;
        let year = |group: &Group| group.len() == 4 && (1900..=2099).contains(&value(group));
        let small = |group: &Group, most: u64| group.len() <= 2 && (1..=most).contains(&value(group));
        let day_first = small(a, 31) && small(b, 31) && year(c);
        let year_first = year(a) && small(b, 12) && small(c, 31);
        let short = a.len() == 2
            && c.len() == 2
            && small(a, 31)
            && small(b, 12)
            && matches!(b.lead, '.' | '/')
            && number.groups.len() == 3;
        same && (day_first || year_first || short)
    })
}

/// What is counted and measured.
const UNITS: &str = " eur euro euros usd gbp pln zl chf kg g gramm grams gram mg t km m cm mm ms s sec seconds mb gb kb \
         kwh kw w v pcs pieces stuck szt pzas unidades pezzi pieces items points puntos punti punktow points visits \
         million mio mln users rows x ";

/// Whether a unit or a currency follows.
fn is_measured(text: &str, number: &Number<'_>) -> bool {
    let rest = text.get(number.end()..).unwrap_or_default().trim_start_matches([' ', '\u{a0}']);
    let sign = rest.starts_with(['€', '$', '£', '%', '°', '²', '³']);
    let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    sign || context::holds(UNITS, word)
}

/// Whether a word right before says what else it is: `Nr. 030 …`.
fn follows_word(text: &str, first: &Group) -> bool {
    context::said(text, first.sign, 1, Topic::Card)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::scrub::number::each_run;

    fn all(text: &str) -> Vec<&str> {
        let mut found = Found::default();
        each_run(text, |run| find(text, run, &mut found));
        found.spans().iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn numbers_of_many_countries_are_found_whole() {
        for number in [
            "+1 415 555 0134",
            "(415) 555-0187",
            "415-555-0134",
            "1-415-555-0162",
            "+44 (0)20 7946 0321",
            "07700 900982",
            "020 7946 0958",
            "+49 171 39200 55",
            "030/23125124",
            "(030) 23125-123",
            "0152 28817386",
            "06 39 98 12 34",
            "+33 6 39 98 55 10",
            "612 345 018",
            "91 555 01 43",
            "+34 612 345 127",
            "347 555 0182",
            "02 5550 1234",
            "501-555-177",
            "22 555 01 43",
            "+48 601 555 127",
            "0049 30 23125 900",
            "06-12345678",
            "(+44) 20 7946 0321",
            "912 345 678",
            "+14155550199",
        ] {
            assert_eq!(all(&format!("um {number}, ok")), [number]);
        }
        assert_eq!(all("Tel: 5550134"), ["5550134"]);
    }

    #[test]
    fn dates_prices_and_orders_are_none() {
        for text in [
            "2024-03-14 09:12",
            "01.02.2024 10:30",
            "14/03/2024",
            "1 250 000",
            "1.204,50",
            "order 415-555-0134",
            "100 200 300 mm",
            "12345678",
            "00340434161094015902",
            "call before 14.03.2024",
            "SKU 0815-22",
            "$612 345 018",
            "ISBN 030 23125124",
        ] {
            assert!(all(text).is_empty(), "{text} {:?}", all(text));
        }
    }
}
