//! Bars of CPU seconds as SVG: for each shape its rows alone, and the whole database beside it.
//!
//! No background, and colours that stand out from a white one and from a black one.

use super::cost::Usage;
use super::grid::grouped;
use super::measured::{Measured, short};
use super::way::Way;
use std::fmt::Write as _;

const WIDTH: f64 = 1000.0;
/// Where a panel's bars begin, seen from its left edge, and how long the longest may be.
const LABELS: f64 = 168.0;
const LONGEST: f64 = 262.0;
const BAR: f64 = 15.0;
const STEP: f64 = 21.0;
const HEAD: f64 = 62.0;

/// Grey that can be read on white and on black.
const INK: &str = "#7a828c";
const SIDES: [(&str, &str); 3] =
    [("client", "#e69f00"), ("source server", "#56b4e9"), ("target server", "#009e73")];

/// One bar.
struct Bar {
    label: String,
    usage: Usage,
}

/// Draws everything that was measured.
pub(crate) fn plot(all: &[Measured], version: u32) -> String {
    let mut body = String::new();
    let mut y = HEAD;
    for measured in all {
        let rows = bars(measured, |way| measured.rows_only(way), short);
        let whole = |way: Way| match way {
            Way::Rows(_) => None,
            _ => measured.median(way).map(|cost| cost.whole),
        };
        let whole = bars(measured, whole, Way::name);
        let title = format!(
            "{}, {} rows in {} tables",
            measured.shape.word(),
            grouped(measured.rows),
            grouped(u64::try_from(measured.tables).unwrap_or_default())
        );
        body += &text(0.0, y, "start", 14, &format!("<tspan font-weight=\"600\">{title}</tspan>"));
        y += 22.0;
        let heights = [
            panel(&mut body, 0.0, y, "rows alone, CPU seconds", &rows),
            panel(
                &mut body,
                WIDTH / 2.0 + 10.0,
                y,
                "whole database with indexes and keys, CPU seconds",
                &whole,
            ),
        ];
        y += heights[0].max(heights[1]) + 26.0;
    }
    let mut legend = String::new();
    let mut x = 0.0;
    for (name, colour) in SIDES {
        let _ = writeln!(legend, "<rect x=\"{x}\" y=\"26\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
        legend += &text(x + 18.0, 36.0, "start", 12, name);
        x += 120.0;
    }
    let heading = format!("CPU of a copy, by who spends it (PostgreSQL {version}; medians)");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y:.0}\" viewBox=\"0 -4 {WIDTH} {y:.0}\" role=\"img\" aria-label=\"{heading}\" \
         font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\">\n{}{legend}{body}</svg>\n",
        text(0.0, 12.0, "start", 15, &heading)
    )
}

fn bars(
    measured: &Measured,
    usage: impl Fn(Way) -> Option<Usage>,
    label: impl Fn(Way) -> String,
) -> Vec<Bar> {
    let ways = measured.ways.iter();
    ways.filter_map(|way| Some(Bar { label: label(*way), usage: usage(*way)? })).collect()
}

/// Draws a panel and returns its height.
fn panel(body: &mut String, x: f64, y: f64, title: &str, bars: &[Bar]) -> f64 {
    let Some(most) = bars.iter().map(|bar| bar.usage.cpu()).reduce(f64::max).filter(|most| *most > 0.0)
    else {
        return 0.0;
    };
    let (scale, origin) = (LONGEST / most, x + LABELS);
    let count = f64::from(u32::try_from(bars.len()).unwrap_or_default());
    *body += &text(origin, y, "start", 12, title);
    let (top, bottom) = (y + 8.0, y + 8.0 + count * STEP);
    let step = tick(most);
    for number in 0..=8_u32 {
        let value = f64::from(number) * step;
        if value > most {
            break;
        }
        let at = origin + value * scale;
        let _ = writeln!(
            body,
            "<path d=\"M{at:.1} {top:.1}V{bottom:.1}\" stroke=\"{INK}\" stroke-opacity=\"0.35\" fill=\"none\"/>"
        );
        *body += &text(at, bottom + 14.0, "middle", 11, &plain(value));
    }
    for (bar, number) in bars.iter().zip(0_u32..) {
        let line = top + f64::from(number) * STEP + 3.0;
        *body += &text(origin - 8.0, line + 12.0, "end", 12, &escape(&bar.label));
        let mut at = origin;
        for ((_, colour), part) in SIDES.iter().zip([bar.usage.client, bar.usage.source, bar.usage.target]) {
            let wide = (part * scale).max(0.0);
            let _ = writeln!(
                body,
                "<rect x=\"{at:.1}\" y=\"{line:.1}\" width=\"{wide:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>"
            );
            at += wide;
        }
        *body += &text(at + 6.0, line + 12.0, "start", 12, &format!("{:.2}", bar.usage.cpu()));
    }
    bottom - y + 22.0
}

/// A round step that divides an axis into three to six parts.
fn tick(most: f64) -> f64 {
    let rough = most / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    steps.into_iter().find(|step| *step >= rough).unwrap_or(rough)
}

fn plain(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn text(x: f64, y: f64, anchor: &str, size: u32, words: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{INK}\">{words}</text>\n"
    )
}

fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;")
}
