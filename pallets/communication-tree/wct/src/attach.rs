//! Attachment breadth-first along a sequence.

use alloc::vec::Vec;

/// For each place of `sequence` the place of its parent; the first place has none and says 0.
///
/// The attached nodes take their linking numbers' worth of the next ones, in the order of the
/// sequence. When all links of attached nodes are used and nodes remain, the next one goes to the
/// earliest attached node among those with the fewest extra children, and the walk goes on.
///
/// The `k`th extra child goes to the `k`th place: when `k - 1` extra children have been attached,
/// at least `k` nodes have, so one without an extra child is among the first `k`; and the first
/// `k - 1` have one each. So nobody gets more than one, and no queue is needed: O(n).
/// `link` says how many children a node takes.
pub(crate) fn breadth_first(sequence: &[u32], link: impl Fn(u32) -> u32) -> Vec<u32> {
	let n = sequence.len();
	let mut up = Vec::with_capacity(n);
	up.push(0);
	let mut extra = 0;
	for (place, &node) in (0u32..).zip(sequence) {
		if up.len() == n {
			break;
		}
		if place as usize == up.len() {
			up.push(extra);
			extra += 1;
		}
		let end = up.len().saturating_add(link(node) as usize).min(n);
		up.resize(end, place);
	}
	// The last node attached was an extra child of somebody, or there was nothing to attach.
	debug_assert_eq!(up.len(), n.max(1));
	up
}
