//! Diagnostics as a person sees them: the line, a caret, and what to write instead.

use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::error::Kind;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// Draws diagnostics in their order, and counts them in the last line.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[group(diagnostic)]));
        text.push_str("\n\n");
    }
    text.push_str(&count(diagnostics));
    text.push('\n');
    text
}

/// The same for machines, a problem an object.
#[must_use]
pub fn values(diagnostics: &[Diagnostic]) -> Vec<serde_json::Value> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.span.as_ref().map(|span| {
                let (line, column) = span.line_column();
                serde_json::json!({ "file": span.file.name, "line": line, "column": column })
            });
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            serde_json::json!({
                "severity": severity,
                "message": diagnostic.message,
                "place": place,
                "help": diagnostic.help,
            })
        })
        .collect()
}

/// The kind of error these diagnostics end a run with.
#[must_use]
pub fn exit_kind(diagnostics: &[Diagnostic]) -> Kind {
    if diagnostics.iter().any(|diagnostic| diagnostic.syntax) { Kind::Usage } else { Kind::Rules }
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
    if let Some(span) = &diagnostic.span {
        let label = Some(diagnostic.label.as_str()).filter(|label| !label.is_empty());
        let annotation = AnnotationKind::Primary.span(visible(span)).label(label);
        let snippet = Snippet::source(span.file.text.as_str()).path(span.file.name.as_str());
        group = group.element(snippet.annotation(annotation));
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// The bytes to point at: within the text, between characters, on one line. A
/// rule over many lines is pointed at where it begins.
fn visible(span: &Span) -> Range<usize> {
    let text = span.file.text.as_str();
    let mut start = span.range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.range.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let first = text.get(start..end).and_then(|written| written.lines().next());
    start..start + first.map_or(0, str::len)
}

fn count(diagnostics: &[Diagnostic]) -> String {
    let of = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let some = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let parts = [some(of(Severity::Error), "error"), some(of(Severity::Warning), "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceFile;
    use std::sync::Arc;

    fn span(text: &str, word: &str) -> Span {
        let file = Arc::new(SourceFile { name: "rules.toml".to_owned(), text: text.to_owned() });
        let start = text.find(word).unwrap();
        Span { file, range: start..start + word.len() }
    }

    #[test]
    fn a_diagnostic_shows_file_line_caret_and_help() {
        let span = span("masque = 1\n[table.users]\nemail = \"emial\"\n", "\"emial\"");
        let one = Diagnostic::error("there is no transformer `emial`").at(&span, "unknown");
        let two = Diagnostic::warning("nobody asked").help("take it out");
        insta::assert_snapshot!(render(&[one.help("did you mean `email`?"), two], false), @r#"
        error: there is no transformer `emial`
         --> rules.toml:3:9
          |
        3 | email = "emial"
          |         ^^^^^^^ unknown
          |
          = help: did you mean `email`?

        warning: nobody asked
         |
         = help: take it out

        1 error, 1 warning
        "#);
    }

    #[test]
    fn a_place_outside_the_text_or_inside_a_character_is_no_panic() {
        let mut span = span("a = \"é\"", "é");
        span.range = 6..400;
        assert!(render(&[Diagnostic::error("x").at(&span, "")], true).contains("rules.toml"));
        span.range = 900..901;
        assert!(render(&[Diagnostic::error("x").at(&span, "")], false).contains("rules.toml"));
    }

    #[test]
    fn one_syntax_error_makes_it_a_usage_error() {
        let rules = Diagnostic::error("a");
        assert_eq!(exit_kind(std::slice::from_ref(&rules)), Kind::Rules);
        assert_eq!(exit_kind(&[rules, Diagnostic::syntax("b")]), Kind::Usage);
    }
}
