//! How far a rule keeps distinct values distinct.

use crate::schema::{DataType, Form};
use crate::transform::{Capacity, Decision, Params, Rule, Transformer};

/// How a key compares texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Every character counts.
    Exact,
    /// Upper and lower case are the same.
    Folded,
}

/// The capacity for a type, or for the elements of one; `None` where it does not take it.
pub(super) fn of_transformer(
    with: &dyn Transformer,
    data_type: &DataType,
    params: &Params,
    how: Comparison,
) -> Option<Capacity> {
    let ask = |data_type: &DataType| match how {
        Comparison::Exact => with.capacity(data_type, params),
        Comparison::Folded => with.folded_capacity(data_type, params),
    };
    if with.accepts(data_type) {
        return Some(ask(data_type));
    }
    if with.accepts(data_type.base()) {
        return Some(ask(data_type.base()));
    }
    let element = of_transformer(with, data_type.element()?, params, how)?;
    // Bounds that come out in the wrong order change places: two ranges may become one.
    Some(if matches!(data_type.base().form, Form::Array(_)) { element } else { Capacity::Few })
}

/// The capacity of a rule with both its halves: what one gives, the other may give
/// too. `apart` says whether the rule's `by` tells all rows apart.
pub(super) fn of_rule(rule: &Rule, data_type: &DataType, how: Comparison, apart: bool) -> Option<Capacity> {
    let mut then = of_transformer(rule.with, data_type, &rule.params, how)?;
    if matches!(then, Capacity::Random { .. }) && !rule.by.is_empty() && rule.with.follows_by() && !apart {
        then = Capacity::Few;
    }
    let otherwise = match rule.otherwise.as_deref() {
        None | Some(Decision::Null | Decision::Refuse) => return Some(then),
        Some(Decision::Keep | Decision::Remake(_)) => Capacity::Injective,
        Some(Decision::Mask(other)) => of_rule(other, data_type, how, apart)?,
    };
    Some(match (then, otherwise) {
        (Capacity::Random { bits }, Capacity::Random { bits: other }) => {
            Capacity::Random { bits: bits.min(other) }
        }
        (Capacity::Random { bits }, Capacity::Injective)
        | (Capacity::Injective, Capacity::Random { bits }) => Capacity::Random { bits },
        // Two permutations of one range, or one and the values themselves, meet.
        _ => Capacity::Few,
    })
}
