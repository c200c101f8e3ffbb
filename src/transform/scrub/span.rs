//! What was found in a text, and where.

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Email,
    Phone,
    Card,
    Iban,
    Ip,
    Url,
    Uuid,
    Mac,
    NationalId,
    Name,
}

impl Kind {
    pub(super) const ALL: [Self; 10] = [
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::Ip,
        Self::Url,
        Self::Uuid,
        Self::Mac,
        Self::NationalId,
        Self::Name,
    ];

    /// As written in a rule.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ip => "ip",
            Self::Url => "url",
            Self::Uuid => "uuid",
            Self::Mac => "mac",
            Self::NationalId => "national_id",
            Self::Name => "name",
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ALL: Self = Self((1 << Kind::ALL.len()) - 1);

    pub(super) fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u16)
    }

    pub(super) fn has(self, kind: Kind) -> bool {
        self.0 >> (kind as u16) & 1 == 1
    }
}

/// Which part of a person, or what else, a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All there is to it.
    Whole,
    /// The whole of a number that a country gave to a person.
    National(&'static str),
    /// A first name the row does not know.
    First,
    /// A last name the row does not know.
    Last,
    /// The words from `from` to `to` (not included) of a value the row knows.
    Known { place: usize, from: usize, to: usize },
    /// One letter that stands for a first name, of a known value where there is one.
    Initial(Option<usize>),
}

/// A range of bytes that is to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    pub(super) part: Part,
}

impl Span {
    /// A span of patterned data.
    pub(super) fn whole(start: usize, end: usize, kind: Kind) -> Self {
        Self { start, end, kind, part: Part::Whole }
    }

    /// A span of a number that a country gave to a person.
    pub(super) fn national(start: usize, end: usize, country: &'static str) -> Self {
        Self { start, end, kind: Kind::NationalId, part: Part::National(country) }
    }
}

/// Spans in order, none overlapping another. Does not allocate until there is one.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Span>);

impl Found {
    /// Adds a span, unless one that was found before overlaps it.
    pub(super) fn add(&mut self, span: Span) -> bool {
        let place = self.0.partition_point(|other| other.end <= span.start);
        let free = self.0.get(place).is_none_or(|other| other.start >= span.end);
        if free && span.start < span.end {
            self.0.insert(place, span);
        }
        free
    }

    /// Adds a span in place of those that lie within it, unless another sticks out.
    pub(super) fn cover(&mut self, span: Span) {
        let first = self.0.partition_point(|other| other.end <= span.start);
        let last = self.0.partition_point(|other| other.start < span.end);
        let within = self.0.get(first..last).unwrap_or_default();
        if first <= last && within.iter().all(|other| other.start >= span.start && other.end <= span.end) {
            self.0.splice(first..last, [span]);
        }
    }

    /// The span that covers the byte at `at`.
    pub(super) fn at(&self, at: usize) -> Option<&Span> {
        let place = self.0.partition_point(|other| other.end <= at);
        self.0.get(place).filter(|span| span.start <= at)
    }

    pub(super) fn spans(&self) -> &[Span] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_that_overlap_stays() {
        let mut found = Found::default();
        assert!(found.add(Span::whole(5, 9, Kind::Email)));
        assert!(!found.add(Span::whole(8, 12, Kind::Phone)));
        assert!(found.add(Span::whole(9, 12, Kind::Phone)) && found.add(Span::whole(0, 5, Kind::Card)));
        let starts: Vec<_> = found.spans().iter().map(|span| span.start).collect();
        assert_eq!(starts, [0, 5, 9]);
        assert!(found.at(8).is_some_and(|span| span.kind == Kind::Email) && found.at(12).is_none());
    }

    #[test]
    fn a_longer_span_takes_the_place_of_those_within_it() {
        let mut found = Found::default();
        found.add(Span::whole(5, 9, Kind::Phone));
        found.cover(Span::whole(5, 8, Kind::Name));
        assert_eq!(found.spans(), [Span::whole(5, 9, Kind::Phone)]);
        found.cover(Span::whole(3, 12, Kind::Name));
        found.cover(Span::whole(12, 13, Kind::Name));
        assert_eq!(found.spans(), [Span::whole(3, 12, Kind::Name), Span::whole(12, 13, Kind::Name)]);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = Kinds::NONE.with(Kind::Name).with(Kind::Email);
        assert!(set.has(Kind::Name) && set.has(Kind::Email) && !set.has(Kind::Url));
        assert!(Kind::ALL.iter().all(|kind| Kinds::ALL.has(*kind)));
    }
}
