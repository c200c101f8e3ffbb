//! Rule files that are part of the program: `include = ["masque:NAME"]`.

/// Name and text of each preset.
pub const PRESETS: &[(&str, &str)] = &[
    ("gdpr-contact", include_str!("../../rules/gdpr-contact.toml")),
    ("hipaa-safe-harbor", include_str!("../../rules/hipaa-safe-harbor.toml")),
    ("pci", include_str!("../../rules/pci.toml")),
];

/// The text of a preset.
pub(super) fn find(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// What may be written instead of an unknown preset.
pub(super) fn known() -> String {
    let names: Vec<_> = PRESETS.iter().map(|(name, _)| format!("`masque:{name}`")).collect();
    format!("the presets are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleFile;

    #[test]
    fn every_preset_is_a_rule_file_of_optional_patterns() {
        for (name, text) in PRESETS {
            let file = RuleFile::parse(name, text).unwrap();
            let said: Vec<_> = file.problems().iter().map(|problem| problem.message.as_str()).collect();
            // A transformer that this build does not have yet is all that may be missing.
            assert!(said.iter().all(|said| said.starts_with("there is no transformer")), "{name}: {said:?}");
            assert!(file.columns.iter().all(|rule| rule.entry.optional), "{name}");
            assert!(file.columns.len() > 20 && file.sections.is_empty(), "{name}");
        }
    }
}
