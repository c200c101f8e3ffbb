//! Boosted trees: each asks of numbers, one after the other, whether they are below a bound, and ends at a weight.
//!
//! A line of the text is a tree, in preorder: `7<0.5` is a question about the eighth number, whose first answer
//! is for those below, and a bare number is a weight. The first line is the weight that all begin with.

/// A question, or a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Node {
    /// About which number, its bound, and where the numbers go on that are not below it.
    Split(usize, f64, usize),
    Leaf(f64),
}

/// Trees, whose weights add up to the logarithm of the odds.
#[derive(Debug, Default)]
pub struct Forest {
    first: f64,
    trees: Vec<Vec<Node>>,
}

impl Forest {
    /// Reads the text that the head of this file describes; a line that is none of it adds nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let first = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0.0);
        let tree = |line: &str| {
            let mut words = line.split(' ');
            let mut nodes = Vec::new();
            grow(&mut words, &mut nodes)?;
            words.next().is_none().then_some(nodes)
        };
        Self { first, trees: lines.filter_map(tree).collect() }
    }

    /// Which part of one those are that the numbers speak of, from 0 to 1.
    #[must_use]
    pub fn share(&self, numbers: &[f64]) -> f64 {
        let sum: f64 = self.trees.iter().map(|tree| weight(tree, numbers)).sum();
        1.0 / (1.0 + (-self.first - sum).exp())
    }

    /// How many trees there are.
    #[must_use]
    pub fn trees(&self) -> usize {
        self.trees.len()
    }
}

/// Reads a node and what is below it.
fn grow<'t>(words: &mut impl Iterator<Item = &'t str>, nodes: &mut Vec<Node>) -> Option<()> {
    let word = words.next()?;
    let at = nodes.len();
    let Some((number, bound)) = word.split_once('<') else {
        nodes.push(Node::Leaf(word.parse().ok()?));
        return Some(());
    };
    let (number, bound) = (number.parse().ok()?, bound.parse().ok()?);
    nodes.push(Node::Split(number, bound, 0));
    grow(words, nodes)?;
    let other = nodes.len();
    *nodes.get_mut(at)? = Node::Split(number, bound, other);
    grow(words, nodes)
}

fn weight(tree: &[Node], numbers: &[f64]) -> f64 {
    let mut at = 0;
    loop {
        match tree.get(at) {
            Some(Node::Leaf(weight)) => return *weight,
            Some(Node::Split(number, bound, other)) => {
                let below = numbers.get(*number).is_some_and(|number| number < bound);
                at = if below { at + 1 } else { *other };
            }
            None => return 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_where_their_bounds_send_them() {
        let forest = Forest::parse("-1\n0<2 1<0.5 1 3 -2\n1<9 0.25 0\n");
        assert_eq!(forest.trees(), 2);
        let odds = |numbers: &[f64]| {
            let share = forest.share(numbers);
            format!("{:.2}", (share / (1.0 - share)).ln())
        };
        assert_eq!(odds(&[1.0, 0.0]), "0.25");
        assert_eq!(odds(&[1.0, 0.5]), "2.25");
        assert_eq!(odds(&[2.0, 9.0]), "-3.00");
    }

    #[test]
    fn what_is_no_tree_weighs_nothing() {
        assert_eq!(Forest::parse("0\n0<2 1\nword\n1 2\n").trees(), 0);
        assert_eq!(format!("{:.1}", Forest::parse("").share(&[])), "0.5");
    }
}
