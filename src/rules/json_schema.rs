//! The JSON Schema of a rule file, for editors.

use super::decision::RESERVED;
use super::reader::Registry;
use crate::transform::{self, Param, ParamKind, Transformer};
use serde_json::{Map, Value, json};

/// A JSON Schema (draft 2020-12) of a rule file with every transformer.
#[must_use]
pub fn json_schema() -> Value {
    of(transform::ALL)
}

/// The same for any list of transformers.
pub(super) fn of(registry: Registry) -> Value {
    let mut defs = Map::new();
    defs.insert("rule".to_owned(), rule(registry, true));
    defs.insert("inner_rule".to_owned(), rule(registry, false));
    defs.insert("condition".to_owned(), condition());
    defs.insert("texts".to_owned(), json!({ "anyOf": [text(""), list(&text(""))] }));
    defs.insert("scalar".to_owned(), json!({ "type": ["string", "number", "boolean"] }));
    defs.insert("by".to_owned(), by());
    for with in registry {
        defs.insert(format!("with_{}", with.name()), transformer(*with, true));
        defs.insert(format!("inner_{}", with.name()), transformer(*with, false));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "masque rule file",
        "type": "object",
        "required": ["masque"],
        "additionalProperties": false,
        "properties": {
            "masque": { "const": 1, "description": "The version of this format." },
            "locale": text("The locale of invented names and places, such as en_US."),
            "unlisted": {
                "enum": ["refuse", "null", "mask"],
                "default": "refuse",
                "description": "What happens to a column that no rule names."
            },
            "include": described(&reference("texts"), "Rule files beside this one, or presets as masque:NAME."),
            "table": {
                "type": "object",
                "description": "Rules by table; a name is written as SQL quotes it and may hold *.",
                "additionalProperties": { "type": "object", "additionalProperties": reference("rule") }
            },
            "columns": {
                "type": "object",
                "description": "Rules by column name for all tables; * stands for any characters.",
                "additionalProperties": reference("rule")
            },
            "rows": rows(),
            "large_objects": {
                "anyOf": [{ "const": "none" }, reference("inner_rule")],
                "default": "none",
                "description": "Whether large objects travel: none, keep, or a mask for values of type bytea."
            },
            "reference": {
                "type": "array",
                "description": "Foreign keys the database does not declare.",
                "items": {
                    "type": "object",
                    "required": ["from", "to"],
                    "additionalProperties": false,
                    "properties": { "from": reference("texts"), "to": reference("texts") }
                }
            },
            "schema": {
                "type": "object",
                "additionalProperties": false,
                "description": "What of the schema's own texts may travel.",
                "properties": {
                    "allow": described(
                        &reference("texts"),
                        "Objects whose texts may hold what looks personal, named in full: public.orders.status_check."
                    ),
                    "comments": {
                        "enum": ["keep", "none"],
                        "default": "none",
                        "description": "Whether comments on tables, columns and the rest travel."
                    }
                }
            },
            "roles": {
                "type": "object",
                "description": "The target's role for a role of the source; others keep their names.",
                "additionalProperties": text("A role of the target.")
            }
        },
        "$defs": defs
    })
}

fn rows() -> Value {
    json!({
        "type": "object",
        "description": "Which rows travel, by table; all, unless said.",
        "additionalProperties": {
            "anyOf": [
                { "enum": ["all", "none"] },
                {
                    "type": "object",
                    "required": ["where"],
                    "additionalProperties": false,
                    "properties": { "where": text("An SQL condition on the table's columns.") }
                }
            ]
        }
    })
}

/// What may stand after `column = `, or in a parameter of another rule.
fn rule(registry: Registry, column: bool) -> Value {
    let mut words = vec![
        json!({ "const": "keep", "description": "The value travels as it is." }),
        json!({ "const": "null", "description": "NULL in its place." }),
    ];
    if !column {
        words.push(json!({ "const": "refuse", "description": "What stands here stops the run." }));
    }
    let short = registry.iter().filter(|with| with.params().iter().all(|param| !param.required));
    words.extend(short.map(|with| json!({ "const": with.name(), "description": with.summary() })));
    let plain = if column { json!(["keep", "null"]) } else { json!(["keep", "null", "refuse"]) };
    let mut properties = Map::from_iter([("with".to_owned(), json!({ "enum": plain }))]);
    let mut forms = words;
    if column {
        asides(&mut properties);
        let mut remake = Map::from_iter([(
            "remake".to_owned(),
            text("An SQL expression that sets the column on the build, before indexes."),
        )]);
        asides(&mut remake);
        forms.push(object(&remake, &["remake"], ""));
    }
    forms.push(object(&properties, &["with"], ""));
    let prefix = if column { "with" } else { "inner" };
    forms.extend(registry.iter().map(|with| reference(&format!("{prefix}_{}", with.name()))));
    json!({ "anyOf": forms })
}

fn transformer(with: &dyn Transformer, column: bool) -> Value {
    let mut properties = Map::new();
    properties.insert("with".to_owned(), json!({ "const": with.name(), "description": with.summary() }));
    for param in with.params() {
        properties.insert(param.name.to_owned(), parameter(param));
    }
    for name in RESERVED {
        let value = match *name {
            "by" => reference("by"),
            "domain" => text("The scope in which equal inputs give equal outputs."),
            "when" => reference("condition"),
            "otherwise" => described(&reference("inner_rule"), "What holds for the other rows."),
            _ => continue,
        };
        properties.insert((*name).to_owned(), value);
    }
    if column {
        asides(&mut properties);
    } else {
        properties.insert("reason".to_owned(), text("Why."));
    }
    let required: Vec<_> =
        ["with"].into_iter().chain(with.params().iter().filter(|p| p.required).map(|p| p.name)).collect();
    let mut object = object(&properties, &required, with.summary());
    if let Value::Object(object) = &mut object {
        let both = json!({ "when": ["otherwise"], "otherwise": ["when"] });
        object.insert("dependentRequired".to_owned(), both);
    }
    object
}

fn parameter(param: &Param) -> Value {
    let mut value = match param.kind {
        ParamKind::Text => text(""),
        ParamKind::Word(words) => json!({ "enum": words }),
        ParamKind::Integer => json!({ "type": "integer" }),
        ParamKind::Number => json!({ "type": "number" }),
        ParamKind::Flag => json!({ "type": "boolean" }),
        ParamKind::Duration => json!({ "type": "string", "examples": ["30 days", "12 hours"] }),
        ParamKind::Scalar => reference("scalar"),
        ParamKind::TextList => reference("texts"),
        ParamKind::ScalarList => list(&reference("scalar")),
        ParamKind::NumberList => list(&json!({ "type": "number" })),
        ParamKind::Rule => reference("inner_rule"),
        ParamKind::RuleMap => json!({ "type": "object", "additionalProperties": reference("inner_rule") }),
    };
    if let Value::Object(value) = &mut value {
        let default =
            if param.default.is_empty() { String::new() } else { format!(" Default: {}.", param.default) };
        value.insert("description".to_owned(), json!(format!("{}.{default}", param.help)));
    }
    value
}

fn condition() -> Value {
    let conditions = json!({ "type": "array", "minItems": 1, "items": reference("condition") });
    let properties = Map::from_iter([
        ("column".to_owned(), text("A column of the same row; the value itself where it is not said.")),
        ("is".to_owned(), reference("scalar")),
        ("in".to_owned(), list(&reference("scalar"))),
        ("matches".to_owned(), text("A regular expression.")),
        ("is_null".to_owned(), json!({ "type": "boolean" })),
        ("not".to_owned(), reference("condition")),
        ("all".to_owned(), conditions.clone()),
        ("any".to_owned(), conditions),
    ]);
    object(&properties, &[], "Which rows the rule holds for, by their source values.")
}

fn by() -> Value {
    described(&reference("texts"), "The columns of the same row that say whom the value is about.")
}

fn asides(properties: &mut Map<String, Value>) {
    properties.insert("reason".to_owned(), text("Why."));
    let help = "Whether the rule may match nothing.";
    properties.insert("optional".to_owned(), json!({ "type": "boolean", "description": help }));
}

fn object(properties: &Map<String, Value>, required: &[&str], description: &str) -> Value {
    let object = json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties
    });
    described(&object, description)
}

fn text(description: &str) -> Value {
    described(&json!({ "type": "string" }), description)
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn described(value: &Value, description: &str) -> Value {
    let mut value = value.clone();
    if let (Value::Object(value), false) = (&mut value, description.is_empty()) {
        value.insert("description".to_owned(), json!(description));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::REGISTRY;

    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = of(REGISTRY);
        let mut found = Vec::new();
        references(&schema, &mut found);
        assert!(found.len() > 20);
        for reference in found {
            assert!(schema.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }

    #[test]
    fn a_transformer_that_needs_a_parameter_has_no_short_form() {
        let schema = of(REGISTRY);
        let words: Vec<_> = schema["$defs"]["rule"]["anyOf"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|f| f["const"].as_str())
            .collect();
        assert!(words.contains(&"email") && !words.contains(&"constant"));
        assert_eq!(schema["$defs"]["with_constant"]["required"], json!(["with", "value"]));
    }

    #[test]
    fn the_schema_knows_every_key_that_the_reader_takes() {
        let schema = of(REGISTRY);
        let known = schema["properties"].as_object().unwrap();
        assert!(crate::rules::document::TOP.iter().all(|key| known.contains_key(*key)));
        assert_eq!(known.len(), crate::rules::document::TOP.len());
        let email = schema["$defs"]["with_email"]["properties"].as_object().unwrap();
        assert!(RESERVED.iter().chain(&["host"]).all(|key| email.contains_key(*key)));
    }
}
