//! What is generated is current.

use super::read;
use crate::support::run;

#[test]
fn the_json_schema_of_rule_files_is_current() {
    let output = run(&["schema"]);
    output.assert_code(0);
    let current: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&read("rules/schema.json")).unwrap();
    assert!(current == kept, "rules/schema.json is old: `masque schema > rules/schema.json`");
    assert_eq!(output.stdout, read("rules/schema.json"), "`masque schema > rules/schema.json`");
}
