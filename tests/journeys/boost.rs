//! Grows boosted trees for a yes or a no (Friedman, Greedy Function Approximation, 2001), leaf by leaf and with
//! second derivatives (Chen and Guestrin, `XGBoost`, 2016). For as many rows as labelled databases have columns.

use std::fmt::Write as _;

/// How many trees.
const TREES: usize = 250;

/// How much of each counts.
const RATE: f64 = 0.06;

/// Leaves of a tree.
const LEAVES: usize = 20;

/// Rows that a leaf must have.
const FEWEST: usize = 15;

/// Bounds that are tried for each number.
const BOUNDS: usize = 48;

/// What holds weights down.
const RIDGE: f64 = 1.0;

/// A question about a number, or a weight.
enum Node {
    Split { number: usize, bound: usize, below: usize, other: usize },
    Leaf(f64),
}

/// What a leaf would be parted by.
#[derive(Clone, Copy, Default)]
struct Best {
    gain: f64,
    number: usize,
    bound: usize,
}

/// A leaf that may be parted.
struct Open {
    node: usize,
    rows: Vec<u32>,
    best: Best,
}

/// Rows in bins, and the derivatives of what is still wrong about them.
struct Ground {
    /// For each number the bin of each row.
    bins: Vec<Vec<u8>>,
    slopes: Vec<(f64, f64)>,
}

/// The same numbers in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Trees that tell rows of one answer from those of the other, as `masque::discover::learned::Forest` reads them.
pub(super) fn forest(rows: &[Vec<f64>], answers: &[bool]) -> String {
    let width = rows[0].len();
    let bounds: Vec<Vec<f64>> = (0..width).map(|number| bounds(rows, number)).collect();
    let bin = |number: usize, row: &Vec<f64>| {
        u8::try_from(bounds[number].partition_point(|bound| *bound <= row[number])).unwrap()
    };
    let bins = (0..width).map(|number| rows.iter().map(|row| bin(number, row)).collect()).collect();
    let mut ground = Ground { bins, slopes: vec![(0.0, 0.0); rows.len()] };
    let yes = answers.iter().filter(|answer| **answer).count();
    let first = (count(yes) / count(answers.len() - yes)).ln();
    let mut sums = vec![first; rows.len()];
    let mut text = format!("{first:.5}\n");
    let mut draw = Draw(1);
    for _ in 0..TREES {
        for ((slope, sum), answer) in ground.slopes.iter_mut().zip(&sums).zip(answers) {
            let share = 1.0 / (1.0 + (-sum).exp());
            *slope = (share - f64::from(u8::from(*answer)), share * (1.0 - share));
        }
        let numbers: Vec<usize> = (0..width).filter(|_| draw.below(5) < 2).collect();
        let tree = ground.tree(&numbers, &mut sums);
        write(&tree, 0, &bounds, &mut text);
        text.pop();
        text.push('\n');
    }
    text
}

/// Bounds between different values of a number, as many rows between two of them wherever that can be.
fn bounds(rows: &[Vec<f64>], number: usize) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().map(|row| row[number]).collect();
    values.sort_by(f64::total_cmp);
    let mut bounds: Vec<f64> = (1..BOUNDS).map(|part| values[values.len() * part / BOUNDS]).collect();
    let last = *values.last().unwrap();
    values.dedup();
    if values.len() <= BOUNDS {
        bounds = values[1..].to_vec();
    }
    bounds.push(last);
    bounds.dedup();
    // What is written must be what was asked.
    bounds.iter().map(|bound| format!("{bound:.4}").parse().unwrap()).collect()
}

impl Ground {
    fn tree(&self, numbers: &[usize], sums: &mut [f64]) -> Vec<Node> {
        let rows: Vec<u32> = (0..u32::try_from(self.slopes.len()).unwrap()).collect();
        let mut nodes = vec![Node::Leaf(0.0)];
        let mut open = vec![Open { node: 0, best: self.best(&rows, numbers), rows }];
        while open.len() < LEAVES {
            let most =
                (0..open.len()).max_by(|a, b| open[*a].best.gain.total_cmp(&open[*b].best.gain)).unwrap();
            let Best { gain, number, bound } = open[most].best;
            if gain <= 0.0 {
                break;
            }
            let parted = open.swap_remove(most);
            let is_below = |row: &u32| usize::from(self.bins[number][*row as usize]) <= bound;
            let (below, other): (Vec<u32>, Vec<u32>) = parted.rows.into_iter().partition(is_below);
            nodes[parted.node] = Node::Split { number, bound, below: nodes.len(), other: nodes.len() + 1 };
            for rows in [below, other] {
                open.push(Open { node: nodes.len(), best: self.best(&rows, numbers), rows });
                nodes.push(Node::Leaf(0.0));
            }
        }
        for Open { node, rows, .. } in open {
            let (slope, bend) = self.sum(&rows);
            let weight = -slope / (bend + RIDGE) * RATE;
            nodes[node] = Node::Leaf(weight);
            for row in &rows {
                sums[*row as usize] += weight;
            }
        }
        nodes
    }

    fn sum(&self, rows: &[u32]) -> (f64, f64) {
        let slopes = rows.iter().map(|row| self.slopes[*row as usize]);
        slopes.fold((0.0, 0.0), |sum, slope| (sum.0 + slope.0, sum.1 + slope.1))
    }

    /// The question that parts these rows best.
    fn best(&self, rows: &[u32], numbers: &[usize]) -> Best {
        let all = self.sum(rows);
        let worth = |(slope, bend): (f64, f64)| slope * slope / (bend + RIDGE);
        let mut best = Best::default();
        for number in numbers {
            let mut bins = [(0.0, 0.0, 0_usize); BOUNDS + 1];
            for row in rows {
                let (slope, bend) = self.slopes[*row as usize];
                let bin = &mut bins[usize::from(self.bins[*number][*row as usize])];
                *bin = (bin.0 + slope, bin.1 + bend, bin.2 + 1);
            }
            let (mut below, mut met) = ((0.0, 0.0), 0);
            for (bound, bin) in bins.iter().enumerate() {
                below = (below.0 + bin.0, below.1 + bin.1);
                met += bin.2;
                if met < FEWEST || rows.len() - met < FEWEST {
                    continue;
                }
                let gain = worth(below) + worth((all.0 - below.0, all.1 - below.1)) - worth(all);
                if gain > best.gain + 1e-9 {
                    best = Best { gain, number: *number, bound };
                }
            }
        }
        best
    }
}

/// A node and what is below it, a blank behind each.
fn write(tree: &[Node], node: usize, bounds: &[Vec<f64>], text: &mut String) {
    match &tree[node] {
        Node::Leaf(weight) => write!(text, "{weight:.4} ").unwrap(),
        Node::Split { number, bound, below, other } => {
            write!(text, "{number}<{} ", bounds[*number][*bound]).unwrap();
            write(tree, *below, bounds, text);
            write(tree, *other, bounds, text);
        }
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

#[test]
fn trees_tell_rows_apart_as_the_reader_reads_them() {
    let row = |n: u32| vec![f64::from(n % 10), f64::from(n % 7), f64::from(n % 3)];
    let is = |row: &[f64]| row[0] >= 5.0 && row[1] < 3.0;
    let rows: Vec<Vec<f64>> = (0..2000).map(row).collect();
    let answers: Vec<bool> = rows.iter().map(|row| is(row)).collect();
    let forest = masque::discover::learned::Forest::parse(&forest(&rows, &answers));
    assert_eq!(forest.trees(), TREES);
    assert!(rows.iter().all(|row| (forest.share(row) > 0.5) == is(row)));
}
