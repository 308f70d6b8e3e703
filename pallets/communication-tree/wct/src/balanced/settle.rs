//! Who hangs below whom, once levels and forwarders are chosen.

use crate::{tree::Shape, Node, TRUST_UNIT};
use alloc::{vec, vec::Vec};

/// Sequence and parents of the same tree with the nodes of each level exchanged among themselves,
/// so that more nodes can expect the block. `None` if that brings nothing.
///
/// Suppose that a node forwards with the probability of its trust. Then it hands the block on with
/// a chance that is the product of all trusts from the root down to itself. Level by level, those
/// with the best chances get those children who have the most below them: the first of the
/// sequence. Who is on which level and who has how many children stays as it is, so overall trust,
/// rounds and concurrency do too.
pub(super) fn settle(
	nodes: &[Node],
	sequence: &[u32],
	up: &[u32],
	shape: &Shape,
) -> Option<(Vec<u32>, Vec<u32>)> {
	if shape.is_overloaded() {
		// The children of a level do not follow each other in the sequence.
		return None;
	}
	let n = sequence.len();
	let mut links = vec![0u32; n];
	for (node, count) in sequence.iter().zip(&shape.counts) {
		links[*node as usize] = *count;
	}
	let root = *sequence.first()?;
	let mut settled = Vec::with_capacity(n);
	let mut parents = Vec::with_capacity(n);
	let mut chances = Vec::with_capacity(n);
	settled.push(root);
	parents.push(0);
	chances.push(nodes[root as usize].trust);
	let mut after = 0;
	let mut level = 0u32..1;
	// Whose child the next ones of the sequence are, and how good their chances are.
	let mut above: Vec<u32> = Vec::new();
	let mut keys: Vec<u64> = Vec::new();
	while settled.len() < n {
		let next = &sequence[settled.len()..];
		above.clear();
		keys.clear();
		for place in level {
			let link = links[settled[place as usize] as usize];
			let chance = chances[place as usize];
			after += u64::from(chance) * u64::from(link);
			for _ in 0..link {
				// Best first: the better of two chances has the smaller complement.
				let own = hand_on(chance, nodes, next[above.len()]);
				keys.push(u64::from(!own) << 32 | above.len() as u64);
				above.push(place);
			}
		}
		// Fewer than nodes.
		level = settled.len() as u32..(settled.len() + keys.len()) as u32;
		keys.sort_unstable();
		for key in &keys {
			// The halves of the key.
			let (chance, i) = (!((key >> 32) as u32), *key as u32 as usize);
			settled.push(next[i]);
			parents.push(above[i]);
			chances.push(chance);
		}
	}
	(after > expected(nodes, sequence, up)).then_some((settled, parents))
}

/// The chance to hand on what somebody with `chance` has handed to `child`, in parts per billion,
/// rounded down.
fn hand_on(chance: u32, nodes: &[Node], child: u32) -> u32 {
	let product = u64::from(chance) * u64::from(nodes[child as usize].trust);
	// At most as large as each of the factors.
	(product / u64::from(TRUST_UNIT)) as u32
}

/// The sum of all nodes' chances to get the block, the root's left out.
pub(crate) fn expected(nodes: &[Node], sequence: &[u32], up: &[u32]) -> u64 {
	let mut chances: Vec<u32> = Vec::with_capacity(sequence.len());
	let mut sum = 0;
	for (place, (&node, &above)) in sequence.iter().zip(up).enumerate() {
		if place == 0 {
			chances.push(nodes[node as usize].trust);
		} else {
			let chance = chances[above as usize];
			sum += u64::from(chance);
			chances.push(hand_on(chance, nodes, node));
		}
	}
	sum
}
