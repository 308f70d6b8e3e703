//! Trees of all strategies.

#[path = "../common/bound.rs"]
mod bound;
#[path = "../common/random.rs"]
mod random;
#[path = "../common/reference.rs"]
mod reference;

mod adaptive;
mod balanced;
mod edges;
mod exhaustive;
mod inputs;
mod paper;
mod plan;
mod scaled;
mod striped;

use proptest::{prelude::*, strategy::Strategy as Strategic};
use voltree_wct::{Node, Overheads, Settings, Strategy, Tree, Weights, TRUST_UNIT};

/// Parts per billion of percent.
pub const PERCENT: u32 = TRUST_UNIT / 100;

pub fn node(percent: u32, link: u32) -> Node {
	Node { trust: percent * PERCENT, link }
}

pub fn build(nodes: &[Node], settings: Settings, strategy: Strategy, root: Option<u32>) -> Tree {
	voltree_wct::tree(nodes, None, settings, strategy, root).expect("the input is fine")
}

/// Nodes of all kinds: few trusts and links, so that they tie, or any.
pub fn nodes(size: std::ops::Range<usize>) -> impl Strategic<Value = Vec<Node>> {
	let trust = prop_oneof![
		3 => 0..=TRUST_UNIT,
		2 => (0u32..=10).prop_map(|tenth| tenth * (TRUST_UNIT / 10)),
		1 => Just(TRUST_UNIT),
	];
	let link = prop_oneof![6 => 1u32..4, 2 => 0u32..2, 2 => 0u32..40, 1 => any::<u32>()];
	prop::collection::vec((trust, link).prop_map(|(trust, link)| Node { trust, link }), size)
}

/// Settings of all kinds, but never both weights 0.
pub fn settings() -> impl Strategic<Value = Settings> {
	let threshold = prop_oneof![
		Just(0),
		Just(TRUST_UNIT),
		0..=TRUST_UNIT,
		(0u32..=10).prop_map(|tenth| tenth * (TRUST_UNIT / 10)),
	];
	let weight = || prop_oneof![4 => 1u64..6, 1 => Just(0), 1 => any::<u64>()];
	let weights = (weight(), weight())
		.prop_filter("one weight is above 0", |(trust, link)| *trust > 0 || *link > 0)
		.prop_map(|(trust, link)| Weights { trust, link });
	(threshold, weights, 0u32..100).prop_map(|(trust_threshold, weights, overhead_threshold)| {
		Settings { trust_threshold, overhead_threshold, weights }
	})
}

/// Nodes and settings, perhaps a matrix of overheads, perhaps a root.
pub fn inputs() -> impl Strategic<Value = (Vec<Node>, Option<Vec<u32>>, Settings, Option<u32>)> {
	(nodes(1..40), settings()).prop_flat_map(|(nodes, settings)| {
		let cells = prop::collection::vec(0u32..150, nodes.len() * nodes.len());
		let root = prop::option::of(0..nodes.len() as u32);
		(Just(nodes), prop::option::of(cells), Just(settings), root)
	})
}

pub fn matrix(nodes: usize, cells: &Option<Vec<u32>>) -> Option<Overheads<'_>> {
	cells.as_ref().map(|cells| Overheads::new(nodes, cells).expect("it is square"))
}

/// Whether the tree says the same of itself in all its ways: every node is attached exactly once,
/// to one attached before it, and the measures are what they are by counting.
pub fn assert_sound(nodes: &[Node], tree: &Tree) {
	let n = nodes.len();
	let mut place = vec![None; n];
	for (i, node) in tree.sequence().iter().enumerate() {
		assert_eq!(place[*node as usize].replace(i), None, "attached once");
	}
	assert_eq!(tree.sequence().len(), n);
	assert_eq!(tree.parents().len(), n);
	let mut depths = vec![0u32; n];
	let mut forwards = vec![0u32; n + 1];
	let (mut trust, mut overloaded) = (0u128, 0u32);
	for &node in tree.sequence() {
		let children: Vec<u32> = tree.children(node).collect();
		for (turn, child) in children.iter().enumerate() {
			assert_eq!(tree.parent(*child), Some(node));
			assert!(place[*child as usize] > place[node as usize]);
			assert!(turn == 0 || place[*child as usize] > place[children[turn - 1] as usize]);
			depths[*child as usize] = depths[node as usize] + 1;
		}
		let count = children.len() as u32;
		forwards[depths[node as usize] as usize] += count;
		trust += u128::from(count) * u128::from(nodes[node as usize].trust);
		overloaded += count.saturating_sub(nodes[node as usize].link);
	}
	let roots = tree.parents().iter().filter(|parent| parent.is_none()).count();
	assert_eq!((roots, tree.parent(tree.sequence()[0])), (1, None));
	let measures = tree.measures();
	assert_eq!(measures.rounds, depths.into_iter().max().unwrap_or(0));
	assert_eq!(measures.concurrency, forwards.into_iter().max().unwrap_or(0));
	assert_eq!(u128::from(measures.overall_trust), trust / (n as u128 - 1).max(1));
	assert_eq!(measures.overloaded, overloaded);
}
