//! *striped*: a block in chunks over several trees whose interiors differ.
//!
//! Down a single tree the leaves, most of the nodes, send nothing, and everybody waits until whole
//! blocks have been received and sent on, depth after depth. Here each forwarder has its own
//! stripe, or shares it with as few others as possible: with `k` stripes it sends a `k`th of the
//! block, to `k` times as many children as its linking number says, so the trees are flat and the
//! uplinks of all forwarders are busy at the same time. A forwarder that drops what it gets costs
//! its own stripe only, which can be made good by a second holder, or by a few chunks more of an
//! erasure code.

use crate::{
	attach,
	ranking::{self, Ranking},
	tree::Shape,
	Error, Node, Overheads, Settings, Strategy, Tree,
};
use alloc::{vec, vec::Vec};
use core::cmp::Reverse;

/// One of several trees from the same root, and the part of a block that travels down it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stripe {
	/// Down which the chunks of this stripe travel.
	pub tree: Tree,
	/// How many of the block's chunks; above 0.
	pub share: u32,
}

/// At most `count` trees from `root` (without one: from the root of [`Strategy::Wct`]) for a block
/// of `chunks` chunks, and how many chunks each of them carries; together all.
///
/// No node but the root forwards in more than one of them. In the order of [`Strategy::Wct`], each
/// goes where the fewest links are. A stripe carries chunks in proportion to its forwarders'
/// scores, as far as their linking numbers allow that: whoever has `l` links sends no more than `l`
/// blocks, rounded up to whole children, and one child more where all of the stripe have as many
/// as that ([`Measures::overloaded`](crate::Measures) counts those). Untrusted nodes forward only
/// where the others' links cannot carry a tree, as few as possible, the most trusted first.
///
/// There are fewer stripes than `count` where there are fewer chunks or forwarders. O(count * n).
///
/// # Errors
///
/// Those of [`Ranking::new`] and [`Ranking::tree`], and [`Error::Stripes`] if `count` or `chunks`
/// is 0.
pub fn stripes(
	nodes: &[Node],
	overheads: Option<Overheads<'_>>,
	settings: Settings,
	root: Option<u32>,
	count: u32,
	chunks: u32,
) -> Result<Vec<Stripe>, Error> {
	if count == 0 || chunks == 0 {
		return Err(Error::Stripes);
	}
	let tree = Ranking::new(nodes, overheads, settings, Strategy::Wct)?.tree(root)?;
	let (first, others) = tree.sequence().split_first().ok_or(Error::Empty)?;
	let forwarders = forwarders(nodes, &settings, *first, others);
	let count = count.min(chunks).min(u32::try_from(forwarders.len()).unwrap_or(u32::MAX));
	if count < 2 {
		let tree = ranking::tree(nodes, None, settings, Strategy::Balanced, Some(*first))?;
		return Ok(vec![Stripe { tree, share: chunks }]);
	}
	let groups = Group::divide(nodes, &settings, &forwarders, count);
	let shares = shares(&groups, chunks, tree.sequence().len());
	let used = groups.iter().zip(shares).filter(|(_, share)| *share > 0);
	Ok(used.map(|(group, share)| stripe(nodes, tree.sequence(), group, share, chunks)).collect())
}

/// Who may forward besides the root: those of the trusted who can; where that is not enough for a
/// tree, as few others as possible, the most trusted first.
fn forwarders(nodes: &[Node], settings: &Settings, root: u32, others: &[u32]) -> Vec<u32> {
	let node = |i: &u32| nodes[*i as usize];
	let able = others.iter().copied().filter(|i| node(i).link > 0);
	let (mut forwarders, mut rest): (Vec<u32>, Vec<u32>) =
		able.partition(|i| settings.trusts(node(i)));
	let links = |i: &u32| u64::from(node(i).link.max(1));
	let mut carried: u64 = links(&root) + forwarders.iter().map(links).sum::<u64>();
	rest.sort_by_key(|i| Reverse(node(i).trust));
	for i in rest {
		if carried >= others.len() as u64 {
			break;
		}
		carried += links(&i);
		forwarders.push(i);
	}
	forwarders
}

/// The forwarders of a stripe.
#[derive(Clone, Default)]
struct Group {
	nodes: Vec<u32>,
	links: u64,
	/// Sum of their scores, all divided by the same power of 2.
	score: u128,
}

impl Group {
	/// Each of `forwarders` goes where the fewest links are.
	fn divide(nodes: &[Node], settings: &Settings, forwarders: &[u32], count: u32) -> Vec<Self> {
		let most = nodes.len() as u64;
		let score = |i: &u32| settings.weights.score(nodes[*i as usize]);
		// So that sums of scores times chunks are below 2^(62 + 32 + 32).
		let largest = forwarders.iter().map(score).max().unwrap_or(0);
		let shift = (u128::BITS - largest.leading_zeros()).saturating_sub(62);
		let mut groups = vec![Self::default(); count as usize];
		for i in forwarders {
			// A heap would do; stripes are few.
			if let Some(group) = groups.iter_mut().min_by_key(|group| group.links) {
				group.nodes.push(*i);
				group.links += u64::from(nodes[*i as usize].link).min(most);
				group.score += score(i) >> shift;
			}
		}
		groups
	}
}

/// How many chunks each group carries: in proportion to their scores, but none more than its links
/// allow, as long as others can take them.
fn shares(groups: &[Group], chunks: u32, nodes: usize) -> Vec<u32> {
	let receivers = (nodes as u128).saturating_sub(1).max(1);
	// Chunks a group could send to everybody.
	let limit = |group: &Group| {
		let limit = u128::from(group.links) * u128::from(chunks) / receivers;
		u32::try_from(limit).unwrap_or(u32::MAX).min(chunks)
	};
	let mut shares = vec![0u32; groups.len()];
	let mut open: Vec<usize> = (0..groups.len()).collect();
	let mut left = chunks;
	// Those who would get more than they can take get what they can take; the others divide the
	// rest. Each time somebody leaves, so this ends.
	loop {
		let score: u128 = open.iter().map(|i| groups[*i].score.max(1)).sum();
		let part = |i: usize| u128::from(left) * groups[i].score.max(1) / score.max(1);
		let (full, rest): (Vec<usize>, Vec<usize>) =
			open.iter().partition(|i| part(**i) >= u128::from(limit(&groups[**i])));
		if full.is_empty() || rest.is_empty() {
			for i in &open {
				shares[*i] = u32::try_from(part(*i)).unwrap_or(left).min(limit(&groups[*i]));
			}
			break;
		}
		for i in full {
			shares[i] = limit(&groups[i]).min(left);
			left -= shares[i];
		}
		open = rest;
	}
	// What nobody has room for is divided by links; what rounding leaves goes, one by one, to where
	// the fewest chunks for each link are then.
	let left = |shares: &[u32]| {
		let given: u64 = shares.iter().map(|share| u64::from(*share)).sum();
		u64::from(chunks).saturating_sub(given)
	};
	let (more, links) = (left(&shares), groups.iter().map(|group| u128::from(group.links)).sum());
	for (share, group) in shares.iter_mut().zip(groups) {
		let part = u128::from(more) * u128::from(group.links) / u128::max(links, 1);
		*share += u32::try_from(part).unwrap_or(0);
	}
	for _ in 0..left(&shares).min(groups.len() as u64) {
		let load = |(i, share): &(usize, &mut u32)| {
			Load(u128::from(**share) + 1, u128::from(groups[*i].links.max(1)))
		};
		if let Some((_, share)) = shares.iter_mut().enumerate().min_by_key(load) {
			*share += 1;
		}
	}
	shares
}

/// Chunks for each link: a fraction.
#[derive(Clone, Copy)]
struct Load(u128, u128);

impl Ord for Load {
	/// Cannot overflow: chunks are below 2^33, links below 2^64.
	fn cmp(&self, other: &Self) -> core::cmp::Ordering {
		(self.0 * other.1).cmp(&(other.0 * self.1))
	}
}

impl PartialOrd for Load {
	fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
		Some(self.cmp(other))
	}
}

impl PartialEq for Load {
	fn eq(&self, other: &Self) -> bool {
		self.cmp(other).is_eq()
	}
}

impl Eq for Load {}

/// The tree of a stripe: the root, its forwarders, and then the others, all in the same order.
fn stripe(nodes: &[Node], sequence: &[u32], group: &Group, share: u32, chunks: u32) -> Stripe {
	let most = u64::try_from(sequence.len()).unwrap_or(u64::MAX);
	let mut here: Vec<Node> = nodes.iter().map(|node| Node { link: 0, ..*node }).collect();
	let (root, others) = sequence.split_at(1.min(sequence.len()));
	for i in root {
		here[*i as usize].link = nodes[*i as usize].link.max(1);
	}
	for i in &group.nodes {
		let sends = u64::from(nodes[*i as usize].link) * u64::from(chunks);
		let link = sends.div_ceil(u64::from(share.max(1))).min(most);
		here[*i as usize].link = u32::try_from(link).unwrap_or(u32::MAX);
	}
	let mut order: Vec<u32> = root.to_vec();
	order.extend(&group.nodes);
	order.extend(others.iter().filter(|i| here[**i as usize].link == 0));
	// What rounding took away, the forwarders share: the root sends to nobody more.
	let links: u64 = order.iter().map(|i| u64::from(here[*i as usize].link)).sum();
	let short = (others.len() as u64).saturating_sub(links);
	let forwarders = (group.nodes.len() as u64).max(1);
	let mut widened: Vec<u32> = here.iter().map(|node| node.link).collect();
	for (place, i) in (0u64..).zip(&group.nodes) {
		let more = short / forwarders + u64::from(place < short % forwarders);
		widened[*i as usize] =
			widened[*i as usize].saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
	}
	let up = attach::breadth_first(&order, |i| widened[i as usize]);
	let shape = Shape::new(&here, &order, &up);
	Stripe { tree: Tree::new(&here, order, &up, shape), share }
}
