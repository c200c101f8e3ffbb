//! `geo`: a place moved within a radius, one offset per identity.
//!
//! The place moves on a sphere, uniformly in the disc of radius `within`, so the
//! result is a place too: over a pole and over the 180th meridian as well. With `by`
//! all places of one identity move alike. A `point` is longitude and latitude, in
//! that order unless `first` says otherwise.
//!
//! Two columns of numbers are one place each with its `axis`, and need `by` to share
//! their offset; where `by` is NULL each column moves by itself. A degree of longitude
//! is shorter the farther from the equator: `latitude` names the column that tells.
//! Without it the longitude moves as it would at the equator, too little elsewhere
//! but never out of the radius. What is no place is an error; NaN and infinity stay.
//! A `numeric` is rounded to its scale, at most half a unit beyond the radius.

use super::spread::fraction;
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises};
use super::{Seed, Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::decimal::Decimal;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use crate::secret::Digest;
use std::f64::consts::TAU;

/// See the module.
pub(super) struct Geo;

/// The mean radius of the Earth in metres (IUGG).
const EARTH: f64 = 6_371_008.8;

const NO_PLACE: Unreadable = Unreadable("not a latitude and longitude in degrees");

/// Units of length with their metres.
const UNITS: &[(&str, f64)] = &[
    ("m", 1.0),
    ("metres", 1.0),
    ("meters", 1.0),
    ("km", 1000.0),
    ("kilometres", 1000.0),
    ("kilometers", 1000.0),
    ("mi", 1609.344),
    ("miles", 1609.344),
];

impl Transformer for Geo {
    fn name(&self) -> &'static str {
        "geo"
    }

    fn summary(&self) -> &'static str {
        "Move a place within a radius"
    }

    fn params(&self) -> &'static [Param] {
        const AXES: ParamKind = ParamKind::Word(&["latitude", "longitude"]);
        const PARAMS: &[Param] = &[
            Param::required("within", ParamKind::Text, "the radius, such as \"2 km\" or \"500 m\""),
            Param::optional("axis", AXES, "", "what a column of numbers holds"),
            Param::optional(
                "latitude",
                ParamKind::Text,
                "the equator",
                "the column with the latitude of a longitude",
            ),
            Param::optional("first", AXES, "longitude", "which of the two a point names first"),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        matches!(
            data_type.scalar(),
            Some(Scalar::Point | Scalar::Float4 | Scalar::Float8 | Scalar::Numeric(_))
        )
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("the place to within `within`"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"geo\", within = \"2 km\", by = \"id\" }",
            data_type: "point",
            input: "(13.377704,52.516275)",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let angle = metres(params)? / EARTH;
        if at.data_type.scalar() == Some(Scalar::Point) {
            for name in ["axis", "latitude"] {
                if params.get(name).is_some() {
                    return Err(wrong(params, name, format!("a point has no `{name}`"))
                        .help("write `first = \"latitude\"` where the latitude comes first"));
                }
            }
            let first = params.text("first") == Some("latitude");
            return Ok(Bound::cell(Points { seed: at.seed("geo", Folding::Exact)?, angle, first }));
        }
        if params.get("first").is_some() {
            return Err(wrong(params, "first", "`first` is for points").help("write `axis = \"latitude\"`"));
        }
        let Some(axis) = params.text("axis") else {
            return Err(Diagnostic::error("`geo` needs `axis` for a column of numbers")
                .help("write `axis = \"latitude\"` or `axis = \"longitude\"`"));
        };
        if at.rule.by.is_empty() {
            return Err(Diagnostic::error("latitude and longitude move together, so `geo` needs `by`")
                .help("write `by = \"id\"`, the same for both columns"));
        }
        let longitude = axis == "longitude";
        if let Some(Scalar::Numeric(Some((precision, scale)))) = at.data_type.scalar() {
            let digits = if longitude { 3 } else { 2 };
            if i32::from(precision) - i32::from(scale) < digits {
                let problem = format!("`{}` has no room for every {axis}", at.data_type.name);
                return Err(Diagnostic::error(problem)
                    .help(format!("a {axis} needs {digits} digits before the point")));
            }
        }
        if !longitude && params.get("latitude").is_some() {
            return Err(wrong(params, "latitude", "this column is the latitude; its longitude names it"));
        }
        let latitude = params.text("latitude").map(|name| at.sibling(name)).transpose();
        let latitude = latitude.map_err(|problem| match params.span("latitude") {
            Some(span) => problem.at(span, ""),
            None => problem,
        })?;
        let of_latitude = latitude.and_then(|place| at.type_of(place));
        if of_latitude.is_some_and(|of| !self.accepts(of) || of.scalar() == Some(Scalar::Point)) {
            return Err(wrong(params, "latitude", "the column of `latitude` holds no numbers"));
        }
        Ok(Bound::cell(Numbers { seed: at.seed("geo", Folding::Exact)?, angle, longitude, latitude }))
    }
}

/// The radius in metres.
fn metres(params: &Params) -> Result<f64, Diagnostic> {
    let written = params.text("within").unwrap_or_default().trim();
    let unit_at = written.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(written.len());
    let (number, unit) = written.split_at_checked(unit_at).unwrap_or((written, ""));
    let of_unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, metres)| *metres);
    let metres = number.trim().parse::<f64>().ok().zip(of_unit).map(|(number, metres)| number * metres);
    metres.filter(|metres| *metres > 0.0 && *metres <= 1_000_000.0).ok_or_else(|| {
        wrong(params, "within", "`within` is no length from above nothing to 1000 km")
            .help("write `within = \"2 km\"`, `\"500 m\"` or `\"1 mi\"`")
    })
}

/// How far along the sphere, as an angle, and in which direction.
struct Course {
    distance: f64,
    bearing: f64,
}

impl Course {
    /// Uniform in the disc: the area within a distance is as the square of the sine of
    /// half of it.
    fn of(digest: &Digest, angle: f64) -> Self {
        let (first, second) = digest.split_at(8);
        let distance = 2.0 * (fraction(first).sqrt() * (angle / 2.0).sin()).asin();
        Self { distance, bearing: fraction(second) * TAU }
    }

    /// The latitude it leads to, in degrees.
    fn latitude(&self, from: f64) -> f64 {
        let from = from.to_radians();
        let north = from.cos() * self.distance.sin() * self.bearing.cos();
        (from.sin() * self.distance.cos() + north).clamp(-1.0, 1.0).asin().to_degrees().clamp(-90.0, 90.0)
    }

    /// The longitude it leads to from a place, in degrees.
    fn longitude(&self, from: f64, latitude: f64) -> f64 {
        let to = self.latitude(latitude).to_radians();
        let latitude = latitude.to_radians();
        let east = self.bearing.sin() * self.distance.sin() * latitude.cos();
        let moved = from + east.atan2(self.distance.cos() - latitude.sin() * to.sin()).to_degrees();
        let turned = (moved + 180.0).rem_euclid(360.0) - 180.0;
        turned.clamp(-180.0, 180.0)
    }
}

fn is_latitude(degrees: f64) -> bool {
    (-90.0..=90.0).contains(&degrees)
}

/// Some count longitudes from 0 to 360; the result is from -180 to 180.
fn is_longitude(degrees: f64) -> bool {
    (-360.0..=360.0).contains(&degrees)
}

struct Points {
    seed: Seed,
    angle: f64,
    /// Whether the latitude comes first.
    first: bool,
}

impl Masker for Points {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let (x, y) = value.point()?;
        if !x.is_finite() || !y.is_finite() {
            out.keep(value);
            return Ok(());
        }
        let (longitude, latitude) = if self.first { (y, x) } else { (x, y) };
        if !is_latitude(latitude) || !is_longitude(longitude) {
            return Err(NO_PLACE);
        }
        let course = Course::of(&self.seed.own_digest(value, row)?, self.angle);
        let (to_longitude, to_latitude) = (course.longitude(longitude, latitude), course.latitude(latitude));
        let (x, y) = if self.first { (to_latitude, to_longitude) } else { (to_longitude, to_latitude) };
        out.point(x, y);
        Ok(())
    }
}

struct Numbers {
    seed: Seed,
    angle: f64,
    longitude: bool,
    /// The place of the column with the latitude.
    latitude: Option<usize>,
}

impl Masker for Numbers {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let degrees = degrees(value)?;
        if !degrees.is_finite() {
            out.keep(value);
            return Ok(());
        }
        let course = Course::of(&self.seed.own_digest(value, row)?, self.angle);
        let moved = if self.longitude {
            let at = self.latitude.and_then(|place| row.value(place)).map_or(Ok(0.0), self::degrees)?;
            let at = if at.is_finite() { at } else { 0.0 };
            if !is_longitude(degrees) || !is_latitude(at) {
                return Err(NO_PLACE);
            }
            course.longitude(degrees, at)
        } else {
            if !is_latitude(degrees) {
                return Err(NO_PLACE);
            }
            course.latitude(degrees)
        };
        match value.data_type.scalar() {
            Some(Scalar::Numeric(declared)) => {
                // Without a declared scale, a whole number of degrees would hardly move.
                let scale = match declared {
                    Some((_, scale)) => u16::try_from(scale).unwrap_or(0),
                    None => value.decimal()?.scale.max(6),
                };
                out.decimal(rounded(moved, scale))?;
            }
            _ => out.float(moved),
        }
        Ok(())
    }
}

fn degrees(value: Value<'_>) -> Result<f64, Unreadable> {
    if !matches!(value.data_type.scalar(), Some(Scalar::Numeric(_))) {
        return value.float();
    }
    if value.special().is_some() {
        return Ok(f64::NAN);
    }
    let number = value.decimal()?;
    #[expect(clippy::cast_precision_loss, reason = "degrees have fewer digits than would show")]
    let unscaled = number.unscaled as f64;
    Ok(unscaled / 10_f64.powi(number.scale.into()))
}

/// The nearest number of that scale; digits past the twelfth are zeros.
fn rounded(degrees: f64, scale: u16) -> Decimal {
    let shown = scale.min(12);
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 × 10^12")]
    let units = (degrees * 10_f64.powi(shown.into())).round() as i128;
    let zeros = 10_i128.checked_pow((scale - shown).into());
    match zeros.and_then(|zeros| units.checked_mul(zeros)) {
        Some(unscaled) => Decimal { unscaled, scale },
        None => Decimal { unscaled: units, scale: shown },
    }
}

#[cfg(test)]
mod tests {
    use super::EARTH;
    use crate::transform::fixture::Trial;

    fn of(rule: &str, data_type: &str, id: u32) -> Trial {
        Trial::of(rule).on(data_type).sibling("id", "int4", Some(id.to_string().as_bytes()))
    }

    fn point(text: &str) -> (f64, f64) {
        let (x, y) = text[1..text.len() - 1].split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    }

    /// Metres between two places, by the haversine.
    fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
        let (south, north) = (from.1.to_radians(), to.1.to_radians());
        let (up, along) = ((north - south) / 2.0, (to.0 - from.0).to_radians() / 2.0);
        let h = up.sin().powi(2) + south.cos() * north.cos() * along.sin().powi(2);
        2.0 * EARTH * h.sqrt().asin()
    }

    const RULE: &str = r#"{ with = "geo", within = "2 km", by = "id" }"#;

    #[test]
    fn a_point_stays_in_the_disc_and_fills_it() {
        for place in ["(13.377704,52.516275)", "(179.9999,-0.001)", "(24.9,89.999)", "(0,-90)", "(-180,0)"] {
            let all: Vec<f64> = (0..400)
                .map(|id| {
                    let to = point(&of(RULE, "point", id).text(place));
                    assert!(to.0.abs() <= 180.0 && to.1.abs() <= 90.0, "{to:?}");
                    distance(point(place), to)
                })
                .collect();
            assert!(all.iter().all(|metres| *metres <= 2000.001), "{place}");
            // Half of a disc's area lies within 1/√2 of its radius.
            let inner = all.iter().filter(|metres| **metres < 2000.0 / 2_f64.sqrt()).count();
            assert!((150..250).contains(&inner), "{place}: {inner}");
        }
    }

    #[test]
    fn two_columns_of_one_identity_move_as_the_point_does() {
        let axis = |more: &str| format!(r#"{{ with = "geo", within = "2 km", by = "id", {more} }}"#);
        for id in 0..50 {
            let (x, y) = point(&of(RULE, "point", id).text("(13.377704,52.516275)"));
            let latitude = of(&axis(r#"axis = "latitude""#), "float8", id).text("52.516275");
            let longitude = axis(r#"axis = "longitude", latitude = "lat""#);
            let longitude = of(&longitude, "float8", id).sibling("lat", "numeric", Some(b"52.516275"));
            assert_eq!((longitude.text("13.377704"), latitude), (x.to_string(), y.to_string()));
            let scaled = of(&axis(r#"axis = "latitude""#), "numeric(8,5)", id).text("52.51628");
            assert!((scaled.parse::<f64>().unwrap() - y).abs() < 2e-5, "{scaled} {y}");
            let blind = of(&axis(r#"axis = "longitude""#), "float8", id).text("13.377704");
            let blind = (blind.parse().unwrap(), y);
            assert!(distance((13.377_704, 52.516_275), blind) <= 2000.5);
        }
    }

    #[test]
    fn the_latitude_may_come_first() {
        let rule = r#"{ with = "geo", within = "2 km", first = "latitude", by = "id" }"#;
        let (x, y) = point(&of(RULE, "point", 1).text("(13.4,52.5)"));
        assert_eq!(point(&of(rule, "point", 1).text("(52.5,13.4)")), (y, x));
    }

    #[test]
    fn what_is_no_place_is_unreadable_and_nan_stays() {
        let ready = of(RULE, "point", 1).bind().unwrap();
        assert!(ready.raw(b"(0,90.1)").is_err() && ready.raw(b"(361,0)").is_err());
        assert_eq!(ready.text("(NaN,1)"), "(NaN,1)");
    }

    #[test]
    fn parameters_that_mean_nothing_are_refused() {
        for (rule, data_type) in [
            (r#"{ with = "geo", within = "2" }"#, "point"),
            (r#"{ with = "geo", within = "2 parsec" }"#, "point"),
            (r#"{ with = "geo", within = "0 km" }"#, "point"),
            (r#"{ with = "geo", within = "2 km", axis = "latitude" }"#, "point"),
            (r#"{ with = "geo", within = "2 km", by = "id" }"#, "float8"),
            (r#"{ with = "geo", within = "2 km", axis = "latitude" }"#, "float8"),
            (
                r#"{ with = "geo", within = "2 km", axis = "longitude", latitude = "nope", by = "id" }"#,
                "float8",
            ),
            (r#"{ with = "geo", within = "2 km", axis = "longitude", by = "id" }"#, "numeric(8,6)"),
        ] {
            assert!(of(rule, data_type, 1).bind().is_err(), "{rule}");
        }
    }
}
