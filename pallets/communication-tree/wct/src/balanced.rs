//! *balanced*: the most trusted tree that is as fast and as wide as Algorithm 1's.

mod choice;
mod levels;
mod proof;
mod search;
mod settle;

use crate::{attach, pool::Pool, sequence::Order, tree::Shape, Node, Tree};
use alloc::{vec, vec::Vec};
use choice::{Choice, Layout, Plan};
use core::cmp::Reverse;
use search::Search;
pub(crate) use settle::expected;

/// How good a tree is, the most important first: trust times forwards, then rounds, then
/// concurrency.
type Value = (u128, Reverse<u32>, u32);

/// The tree over `nodes` rooted at `root`: O(n log n) at most, without sorting all again.
pub(crate) fn tree(nodes: &[Node], order: &Order, pool: &Pool, root: u32) -> Tree {
	let mut sequence = order.rooted(root, None);
	let mut up = attach::breadth_first(&sequence, |i| nodes[i as usize].link);
	let mut shape = Shape::new(nodes, &sequence, &up);
	if let Some(better) = better(nodes, order, pool, &sequence, &shape) {
		(sequence, up) = better;
		shape = Shape::new(nodes, &sequence, &up);
	}
	if let Some(settled) = settle::settle(nodes, &sequence, &up, &shape) {
		(sequence, up) = settled;
		shape = Shape::new(nodes, &sequence, &up);
	}
	Tree::new(nodes, sequence, &up, shape)
}

/// Sequence and parents of a tree that is better than Algorithm 1's in something and worse in
/// nothing, if there is one.
fn better(
	nodes: &[Node],
	order: &Order,
	pool: &Pool,
	wct: &[u32],
	shape: &Shape,
) -> Option<(Vec<u32>, Vec<u32>)> {
	let rival = (shape.trust, Reverse(shape.rounds()), shape.concurrency());
	let choice = Choice::new(nodes, pool, *wct.first()?)?;
	let start = choice.inside(wct.iter().zip(&shape.counts));
	if choice.nothing_beats(&start, rival) {
		return None;
	}
	let (plan, layout) = Search::new(&choice, rival).best(start)?;
	let (sequence, few) = sequence(&choice, &plan, layout, order);
	let up = attach::breadth_first(&sequence, |i| {
		let few = few.iter().find(|(node, _)| *node == i);
		few.map_or(nodes[i as usize].link, |(_, link)| *link)
	});
	Some((sequence, up))
}

/// The nodes in the order of the plan: who forwards, by linking number, then who does not, as in
/// `order`; and how many children those have whose links are not all used.
fn sequence(
	choice: &Choice<'_>,
	plan: &Plan,
	layout: Layout,
	order: &Order,
) -> (Vec<u32>, [(u32, u32); 2]) {
	let mut sequence = Vec::with_capacity(order.nodes.len());
	let mut inside = vec![false; order.nodes.len()];
	let root = (choice.root(), choice.root_link(plan));
	let few = [root, layout.last.map_or(root, |last| (last.node, last.link))];
	choice.runs(plan, layout, |run| {
		let start = sequence.len();
		match run {
			Run::One(node, _) => sequence.push(node),
			Run::Many(group, from, to) => sequence.extend(choice.nodes(group, from, to)),
		}
		sequence[start..].iter().for_each(|node| inside[*node as usize] = true);
	});
	sequence.extend(order.nodes.iter().copied().filter(|i| !inside[*i as usize]));
	(sequence, few)
}

/// Nodes that come one after the other in the sequence.
#[derive(Clone, Copy)]
enum Run {
	/// A node, and how many children it has.
	One(u32, u32),
	/// Those of a group from a rank, which is among them, to a rank, which is not.
	Many(usize, u32, u32),
}
