//! What took long and when, drawn in characters.

use super::Span;
use std::fmt::Write;

/// How many stretches are drawn, and how wide the whole run is.
const SHOWN: usize = 12;
const WIDTH: usize = 40;

/// The longest stretches of a run of so many seconds, in the order they began. Nothing where none took long.
pub(super) fn draw(spans: &[Span], seconds: f64) -> String {
    let mut out = String::new();
    let mut longest: Vec<&Span> = spans.iter().filter(|span| length(span) * 50.0 >= seconds).collect();
    longest.sort_by(|a, b| length(b).total_cmp(&length(a)));
    longest.truncate(SHOWN);
    longest.sort_by(|a, b| a.from.total_cmp(&b.from));
    if longest.is_empty() {
        return out;
    }
    let wide = longest.iter().map(|span| name(span).chars().count()).max().unwrap_or_default();
    let _ = writeln!(out, "\n  what took longest");
    for span in longest {
        let (from, to) = (column(span.from, seconds).min(WIDTH - 1), column(span.to, seconds));
        let bar = "━".repeat(to.saturating_sub(from).max(1));
        let line = format!("{:·<from$}{bar}", "");
        let _ = writeln!(
            out,
            "   {:<8} {:<wide$}  {line:·<WIDTH$} {:>7.1} s",
            span.phase,
            name(span),
            length(span)
        );
    }
    out
}

fn length(span: &Span) -> f64 {
    span.to - span.from
}

fn name(span: &Span) -> &str {
    if span.object.is_empty() { "all others" } else { &span.object }
}

/// Where a moment is drawn.
fn column(at: f64, seconds: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a column from 0 to 40"
    )]
    let column = (at / seconds.max(f64::EPSILON) * WIDTH as f64).clamp(0.0, WIDTH as f64) as usize;
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_drawn_where_it_was_and_a_short_one_is_not() {
        let span = |phase, object: &str, from, to| Span { phase, object: object.into(), from, to };
        let spans = [
            span("stream", "public.t", 0.0, 5.0),
            span("index", "", 5.0, 10.0),
            span("count", "x", 9.9, 10.0),
        ];
        let drawn = draw(&spans, 10.0);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 4, "{drawn}");
        assert_eq!(
            lines[2],
            format!("   stream   public.t    {}{}     5.0 s", "━".repeat(20), "·".repeat(20))
        );
        assert_eq!(
            lines[3],
            format!("   index    all others  {}{}     5.0 s", "·".repeat(20), "━".repeat(20))
        );
        assert_eq!(draw(&spans[2..], 10.0), "");
    }
}
