//! `each`: a rule per element, bound, member or value.
//!
//! Arrays of any dimension keep their bounds and NULLs; ranges and multiranges
//! are masked bound by bound. `members` has a rule for each attribute of a
//! composite, or for keys of an hstore; `*` in a name stands for any characters,
//! a whole name wins over a pattern, and the longer pattern over the shorter. What
//! none of them names is `default`'s, and refused where that is not said. On an
//! array of composites `members` means those of each element. A rule of the
//! element's own type does the same for arrays and ranges without being asked
//! ([`bind_elements`]).

use super::members::{Members, Shape, meets};
use super::{
    Binding, Bound, Capacity, Decision, Example, Length, Masker, Param, ParamKind, Params, Promises,
};
use super::{Transformer, array, binding, range, wrong};
use crate::diagnostic::{Diagnostic, nearest};
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Form, Scalar};
use std::cmp::Reverse;

/// See the module.
pub(super) struct Each;

impl Transformer for Each {
    fn name(&self) -> &'static str {
        "each"
    }

    fn summary(&self) -> &'static str {
        "Mask the elements of an array or range, or the members of a composite"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("element", ParamKind::Rule, "", "the rule of an element or bound"),
            Param::optional("members", ParamKind::RuleMap, "", "a rule for each member, by name or pattern"),
            Param::optional("default", ParamKind::Rule, "refuse", "what holds for members no rule names"),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.element().is_some() || has_members(data_type)
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Fits,
            reveals: Some("the number of elements, the keys of an hstore, and what the inner rules reveal"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"each\", element = \"email\" }",
            data_type: "text[]",
            input: "{ann@corp.example,NULL}",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let (data_type, wire) = (at.data_type, at.wire);
        if has_members(data_type) {
            return bind_members(at, params);
        }
        let element = data_type.element().ok_or_else(|| Diagnostic::error("not an array or a range"))?;
        let has_inner = has_members(element) || matches!(element.base().form, Form::Array(_));
        if let Some(said) = ["members", "default"].into_iter().find(|name| params.get(name).is_some()) {
            // The members of each element.
            if has_inner && params.get("element").is_none() {
                return bind_elements(at).map(Bound::Cell);
            }
            let problem =
                format!("`{said}` is for composites and hstore; `{}` has `element`", data_type.name);
            return Err(wrong(params, said, problem));
        }
        let decision = params.rule("element").ok_or_else(|| {
            Diagnostic::error("`each` needs `element`")
                .help("write `element = \"…\"`, a rule of the element's type")
        })?;
        if matches!(decision, Decision::Null) && !matches!(data_type.base().form, Form::Array(_)) {
            return Err(wrong(params, "element", "a bound of a range can't be NULL")
                .help("write \"null\" for the whole column, or a rule of the bound's type"));
        }
        let masker = at.inner(decision, element, wire)?;
        elements(data_type, element, masker).map(Bound::Cell)
    }
}

fn has_members(data_type: &DataType) -> bool {
    matches!(data_type.base().form, Form::Composite(_) | Form::Scalar(Scalar::Hstore))
}

/// Binds a rule of the element type to a container.
pub(super) fn bind_elements(at: &mut Binding<'_>) -> Result<Box<dyn Masker>, Diagnostic> {
    let data_type = at.data_type;
    let element = data_type.element().ok_or_else(|| Diagnostic::error("not an array or a range"))?;
    let rule = at.rule;
    let masker = binding::bind_plain(&mut at.of_type(element))?.into_cell(rule)?;
    elements(data_type, element, masker)
}

fn elements(
    data_type: &DataType,
    element: &DataType,
    masker: Box<dyn Masker>,
) -> Result<Box<dyn Masker>, Diagnostic> {
    let kind = match data_type.base().form {
        Form::Range(_) => Kind::Range,
        Form::Multirange(_) => Kind::Multirange,
        _ => Kind::Array,
    };
    if kind != Kind::Array && !range::orders(element) {
        let problem = format!("the bounds of `{}` can't be put in order again", data_type.name);
        return Err(Diagnostic::error(problem).help("use `constant`, \"null\" or \"keep\""));
    }
    Ok(Box::new(Elements { kind, element: element.clone(), masker }))
}

fn bind_members(at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
    let (data_type, wire) = (at.data_type, at.wire);
    if params.get("element").is_some() {
        return Err(wrong(params, "element", "`element` is for arrays and ranges; this type has `members`"));
    }
    // Whole names first, then the patterns that say the most.
    let mut rules: Vec<_> = params.rules("members").iter().collect();
    rules.sort_by_key(|(name, ..)| (name.contains('*'), Reverse(name.len())));
    let default = params.rule("default");
    let Form::Composite(attributes) = &data_type.base().form else {
        let text = DataType::scalar_of("text", Scalar::Text);
        let mut keys = Vec::with_capacity(rules.len());
        for (name, span, decision) in rules {
            let masker = at.inner(decision, &text, wire).map_err(|problem| problem.or_at(span))?;
            keys.push((name.clone(), masker));
        }
        if keys.is_empty() && default.is_none() {
            return Err(undecided("`each` without `members` or `default` decides on nothing", "key"));
        }
        let rest = at.inner(default.unwrap_or(&Decision::Refuse), &text, wire)?;
        return Ok(Bound::cell(Members(Shape::Hstore(keys, rest, text))));
    };
    let idle = rules.iter().find(|(written, ..)| !attributes.iter().any(|(name, _)| meets(written, name)));
    if let Some((name, span, _)) = idle {
        let problem = Diagnostic::error(format!("`{}` has no member `{name}`", data_type.name)).at(span, "");
        let names = attributes.iter().map(|(name, _)| name.as_str());
        return Err(match nearest(name, names) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    }
    let mut maskers = Vec::with_capacity(attributes.len());
    for (name, member) in attributes.iter() {
        let found = rules.iter().find(|(written, ..)| meets(written, name));
        let decision = found.map(|(_, _, decision)| decision).or(default).ok_or_else(|| {
            undecided(&format!("nobody decided on the member `{name}`"), &crate::schema::quote(name))
        })?;
        let masker = at.inner(decision, member, wire).map_err(|problem| match found {
            Some((_, span, _)) => problem.or_at(span),
            None => problem,
        })?;
        maskers.push((member.clone(), masker));
    }
    Ok(Bound::cell(Members(Shape::Composite(maskers))))
}

fn undecided(problem: &str, name: &str) -> Diagnostic {
    let help = format!("add `members = {{ {name} = \"…\" }}`, or `default` for what no rule names");
    Diagnostic::error(problem).help(help)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Array,
    Range,
    Multirange,
}

struct Elements {
    kind: Kind,
    element: DataType,
    masker: Box<dyn Masker>,
}

impl Masker for Elements {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let (wire, element) = (value.wire, &self.element);
        let mut one = |raw: &[u8], to: &mut Vec<u8>| {
            let mut inner = Output::new(to, element, wire);
            self.masker.mask(Value { raw, data_type: element, wire }, row, &mut inner)?;
            Ok(inner.is_null())
        };
        let mut bound = |raw: &[u8], to: &mut Vec<u8>| {
            let null = one(raw, to)?;
            if null { Err(Unreadable("a bound of a range can't be NULL")) } else { Ok(()) }
        };
        match self.kind {
            Kind::Range => range::map(value.raw, element, wire, out.raw(), &mut bound),
            Kind::Multirange => range::map_many(value.raw, element, wire, out.raw(), &mut bound),
            Kind::Array => array::map(value.raw, wire, out.raw(), &mut one),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::{DataType, Form};
    use crate::transform::fixture::{Trial, data_type};

    #[test]
    fn elements_are_masked_with_and_without_each_alike() {
        let input = "{{ann@x.com,NULL},{bob@x.com,\"\"}}";
        let plain = Trial::of(r#""email""#).on("text[]").text(input);
        assert_eq!(Trial::of(r#"{ with = "each", element = "email" }"#).on("text[]").text(input), plain);
        assert!(plain.contains(&Trial::of(r#""email""#).text("bob@x.com")) && plain.contains("NULL"));
    }

    #[test]
    fn each_without_a_rule_or_with_the_wrong_one_is_refused() {
        assert!(Trial::of(r#""each""#).on("text[]").bind().is_err());
        assert!(Trial::of(r#"{ with = "each", element = "uuid" }"#).on("int4[]").bind().is_err());
        assert!(Trial::of(r#"{ with = "each", members = { a = "keep" } }"#).on("int4[]").bind().is_err());
    }

    fn person() -> DataType {
        let members = [("name".to_owned(), data_type("text")), ("age".to_owned(), data_type("int4"))];
        DataType { name: "person".into(), form: Form::Composite(members.into()), binary: true }
    }

    #[test]
    fn every_member_needs_a_decision() {
        let rule = r#"{ with = "each", members = { name = "last_name", age = "keep" } }"#;
        let masked = Trial::of(rule).on_type(person()).text("(\"O'Neill, Ann\",41)");
        assert!(masked.ends_with(",41)") && !masked.contains("Neill"), "{masked}");
        assert_eq!(Trial::of(rule).on_type(person()).text("(,)"), "(,)");
        let missing = Trial::of(r#"{ with = "each", members = { name = "keep" } }"#).on_type(person()).bind();
        assert_eq!(missing.err().unwrap().message, "nobody decided on the member `age`");
    }

    #[test]
    fn the_default_and_patterns_decide_on_what_no_name_does() {
        let rule = r#"{ with = "each", default = "keep", members = { "n*" = "null" } }"#;
        assert_eq!(Trial::of(rule).on_type(person()).text("(Ann,41)"), "(,41)");
        let idle = Trial::of(r#"{ with = "each", default = "keep", members = { nmae = "null" } }"#);
        let refused = idle.on_type(person()).bind().err().unwrap();
        assert_eq!(refused.message, "`person` has no member `nmae`");
        assert_eq!(refused.help.as_deref(), Some("did you mean `name`?"));
    }

    fn array_of(element: DataType) -> DataType {
        DataType { name: "people".into(), form: Form::Array(Box::new(element)), binary: true }
    }

    #[test]
    fn containers_nest_in_any_order() {
        let people =
            DataType { name: "staff".into(), form: Form::Domain(Box::new(array_of(person()))), binary: true };
        let rule = r#"{ with = "each", members = { name = "null", age = "keep" } }"#;
        let input = r#"{"(Ann,41)",NULL,"(\"B, c\",)"}"#;
        assert_eq!(Trial::of(rule).on_type(people.clone()).text(input), r#"{"(,41)",NULL,"(,)"}"#);
        let team = [("lead".to_owned(), data_type("text")), ("rest".to_owned(), people)];
        let team = DataType { name: "team".into(), form: Form::Composite(team.into()), binary: true };
        let rule = r#"{ with = "each", members = { lead = "keep", rest = { with = "each", members = { name = "null", age = "keep" } } } }"#;
        assert_eq!(
            Trial::of(rule).on_type(team).text(r#"(x,"{""(Ann,41)"",""(\\""B, c\\"",)""}")"#),
            r#"(x,"{""(,41)"",""(,)""}")"#
        );
    }

    #[test]
    fn a_bound_cannot_be_null() {
        let refused = Trial::of(r#"{ with = "each", element = "null" }"#).on("int4range").bind();
        assert_eq!(refused.err().unwrap().message, "a bound of a range can't be NULL");
    }

    #[test]
    fn an_hstore_is_masked_key_by_key() {
        let rule = r#"{ with = "each", members = { "*mail" = "email", "*" = "keep", x = "keep" } }"#;
        let masked = Trial::of(rule).on("hstore").text(r#""mail"=>"a@b", "x"=>NULL, "y \"z"=>"1""#);
        assert!(
            masked.contains("@example.test") && masked.ends_with(r#""x"=>NULL, "y \"z"=>"1""#),
            "{masked}"
        );
        let refused =
            Trial::of(r#"{ with = "each", members = { mail = "email" } }"#).on("hstore").bind().unwrap();
        assert!(refused.raw(br#""other"=>"1""#).is_err());
    }
}
