//! Which tables of the build are analysed, and which counts must agree.

use crate::pipeline::Progress;
use crate::plan::Plan;
use crate::schema::{Name, TableKind};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

/// One table of the build.
pub(super) struct Entry<'a> {
    pub(super) name: &'a Name,
    /// Whether its statistics are gathered by name, not with its root's.
    pub(super) analyze: bool,
    /// Whether its partitions' rows are counted with it.
    pub(super) tree: bool,
    /// Which of its rows count, where an extension made others.
    pub(super) marked: Option<&'a str>,
    /// The rows written, where they are counted here.
    pub(super) rows: Option<u64>,
}

/// Every table that is to be analysed or counted. Analysing a partitioned table
/// analyses its partitions too, so only roots are asked to; but not a table that
/// reaches another server, which would be asked for rows then. Rows that the target
/// placed are counted by tree.
pub(super) fn take<'a>(plan: &'a Plan, progress: &Progress) -> VecDeque<Entry<'a>> {
    let schema = &plan.schema;
    let reaching = schema.reaching_other_servers();
    let mut trees: BTreeMap<usize, u64> = BTreeMap::new();
    let mut streamed = Vec::new();
    for (table, counters) in plan.tables.iter().zip(&progress.tables) {
        let rows = counters.rows.load(Ordering::Relaxed);
        let root = schema.partition_root(table.table);
        let analyze = if root == table.table { !reaching.contains(&root) } else { reaching.contains(&root) };
        let rows = match &table.route {
            Some(route) => {
                *trees.entry(route.table).or_default() += rows;
                None
            }
            None => Some(rows),
        };
        streamed.push(Entry {
            name: &table.name,
            analyze,
            tree: false,
            marked: table.users.as_deref(),
            rows,
        });
    }
    let roots = schema.tables.iter().enumerate().filter(|(_, table)| {
        table.kind == TableKind::Partitioned && table.parent.is_none() && table.extension.is_none()
    });
    let roots = roots.map(|(place, table)| Entry {
        name: &table.name,
        analyze: !reaching.contains(&place),
        tree: true,
        marked: None,
        rows: trees.get(&place).copied(),
    });
    roots.chain(streamed).collect()
}
