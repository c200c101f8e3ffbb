//! Rule files that are part of the program: `include = ["masque:NAME"]`.

/// Name and text of each preset.
pub const PRESETS: &[(&str, &str)] = &[];

/// The text of a preset.
pub(super) fn find(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// What may be written instead of an unknown preset.
pub(super) fn known() -> String {
    if PRESETS.is_empty() {
        return "this version has no presets; include a file by its path".to_owned();
    }
    let names: Vec<_> = PRESETS.iter().map(|(name, _)| format!("`masque:{name}`")).collect();
    format!("the presets are {}", names.join(", "))
}
