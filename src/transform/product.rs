//! `product`: the name of something that is sold.
//!
//! A thing from our own list of the locale and a made-up model after it; the thing
//! alone where the column is short.
//! Consistent, not injective. The empty text stays empty.

use super::casing::{self, Case};
use super::dice::Cup;
use super::fit::Fit;
use super::locale;
use super::words::Phrases;
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Product;

impl Transformer for Product {
    fn name(&self) -> &'static str {
        "product"
    }

    fn summary(&self) -> &'static str {
        "Invent a product's name"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[locale::PARAM, casing::PARAM];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "\"product\"", data_type: "text", input: "Initech Stapler X9" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let list = locale::of(at, params)?.product;
        let cup = Cup::new(at.seed("product", Folding::Lower)?);
        Ok(Bound::cell(Writer { list, cup, case: Case::said(params) }))
    }
}

struct Writer {
    list: Phrases,
    cup: Cup,
    case: Option<Case>,
}

/// Model names that are no language's words.
const MODELS: [&str; 32] = [
    "Alvo", "Arden", "Belar", "Corvi", "Dalen", "Elmar", "Fenno", "Galvo", "Halden", "Ilvar", "Jorra",
    "Kelmo", "Lindra", "Marvo", "Nordal", "Orlen", "Pelva", "Quenta", "Rilmo", "Solva", "Tarno", "Ulmar",
    "Velda", "Wendor", "Xelio", "Yarvi", "Zelmo", "Brando", "Cresta", "Drovia", "Estral", "Fjordan",
];

impl Masker for Writer {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let mut dice = self.cup.throw(value, row)?;
        let case = self.case.unwrap_or_else(|| Case::of(text));
        let mut fit = Fit::new(out);
        let fitting = self.list.between(0, fit.room());
        let thing = dice.pick(fitting).or_else(|| dice.pick(self.list.all()));
        case.write(thing.map_or("", |(_, thing)| thing), &mut fit);
        let model = dice.pick(&MODELS).unwrap_or_default();
        if model.len() < fit.room() {
            fit.push(' ');
            case.write(model, &mut fit);
        }
        let mut digits = itoa::Buffer::new();
        let number = digits.format(10 * (1 + dice.below(89)));
        if dice.below(2) == 0 && number.len() < fit.room() {
            fit.push(' ');
            fit.push_str(number);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn a_product_is_a_thing_and_a_model() {
        let masked = Trial::of(r#"{ with = "product", locale = "de_DE" }"#).text("Ding 7");
        assert!(masked.split(' ').count() >= 2, "{masked}");
        assert!(
            !Trial::of(r#"{ with = "product", locale = "de_DE" }"#)
                .on("varchar(8)")
                .text("Ding 7")
                .contains(' ')
        );
    }
}
