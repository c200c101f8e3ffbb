//! `user_agent`: what a browser, or a program, calls itself.
//!
//! Made of the parts such names have (RFC 9110, section 10.1.5: products with versions,
//! and comments), of the same kind as the input: a phone, a computer or a program.
//! Consistent, not injective; cut where the column is short. The empty text stays empty.

use super::dice::Cup;
use super::fit::Fit;
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// In a template `#` stands for the version of a browser, `*` for a small number.
const PHONES: [&str; 4] = [
    "Mozilla/5.0 (Linux; Android 1*; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_* like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.* Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Android 1*; Mobile; rv:#.0) Gecko/#.0 Firefox/#.0",
    "Mozilla/5.0 (Linux; Android 1*; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2*.0 Chrome/#.0.0.0 Mobile Safari/537.36",
];
const COMPUTERS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:#.0) Gecko/20100101 Firefox/#.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.* Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:#.0) Gecko/20100101 Firefox/#.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36 Edg/#.0.0.0",
];
const PROGRAMS: [&str; 5] = [
    "curl/8.*.0",
    "Wget/1.2*",
    "ExampleBot/2.* (+https://bot.example)",
    "python-requests/2.3*.0",
    "okhttp/4.*.0",
];

/// See the module.
pub(super) struct UserAgent;

impl Transformer for UserAgent {
    fn name(&self) -> &'static str {
        "user_agent"
    }

    fn summary(&self) -> &'static str {
        "Invent a browser's user agent of the same kind"
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("whether it is a phone, a computer or a program"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "\"user_agent\"",
            data_type: "text",
            input: "Mozilla/5.0 (Windows NT 6.1) Gecko/20100101 Firefox/45.0 AnnsLaptop/1.0",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, _: &Params) -> Result<Bound, Diagnostic> {
        Ok(Bound::cell(Agent { cup: Cup::new(at.seed("user_agent", Folding::Exact)?) }))
    }
}

struct Agent {
    cup: Cup,
}

impl Masker for Agent {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let mut dice = self.cup.throw(value, row)?;
        let template = dice.pick(kind(text)).unwrap_or_default();
        let (browser, small) = (118 + dice.below(24), dice.below(7));
        let mut digits = itoa::Buffer::new();
        let mut fit = Fit::new(out);
        for c in template.chars() {
            match c {
                '#' => {
                    fit.push_str(digits.format(browser));
                }
                '*' => {
                    fit.push_str(digits.format(small));
                }
                c => fit.push(c),
            }
        }
        Ok(())
    }
}

fn kind(text: &str) -> &'static [&'static str] {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["Mobile", "Android", "iPhone", "iPad"]) {
        &PHONES
    } else if text.starts_with("Mozilla/") && !has(&["bot", "Bot", "spider", "crawl"]) {
        &COMPUTERS
    } else {
        &PROGRAMS
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn an_agent_stays_of_its_kind() {
        let masked = |input: &str| Trial::of(r#""user_agent""#).text(input);
        for n in 0..20 {
            assert!(masked(&format!("Mozilla/5.0 (iPhone; {n})")).contains("Mobile"));
            assert!(masked(&format!("Mozilla/5.0 (Windows NT {n})")).starts_with("Mozilla/5.0 ("));
            assert!(!masked(&format!("curl/{n}")).starts_with("Mozilla"));
            assert!(!masked(&format!("curl/{n}")).contains(['#', '*']));
        }
    }
}
