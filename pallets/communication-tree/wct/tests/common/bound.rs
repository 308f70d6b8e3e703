//! What no tree can do better.

use voltree_wct::Node;

/// The largest sum of trust times forwards in any tree in which at most `forwarders` forward, only
/// those of `allowed`, nobody to more than its linking number. `None` if there is no such tree.
///
/// It does not matter how the tree hangs together: this only chooses who forwards, and how often.
/// For linking numbers 1, 2 and 3. Of each linking number the most trusted forward, so it is enough
/// to try how many of them; and only one of all need have links left over, as a forward can be
/// shifted from the less trusted of two such to the other.
pub fn most_trust(
	nodes: &[Node],
	allowed: impl Fn(&Node) -> bool,
	forwarders: usize,
) -> Option<u64> {
	let slots = nodes.len() - 1;
	let trusts = |link: u32| {
		let of_link = nodes.iter().filter(|node| allowed(node) && node.link == link);
		let mut trusts: Vec<u64> = of_link.map(|node| u64::from(node.trust)).collect();
		trusts.sort_unstable_by(|a, b| b.cmp(a));
		trusts
	};
	let sums = |trusts: &[u64]| {
		let mut sums = vec![0];
		trusts.iter().for_each(|trust| sums.push(sums[sums.len() - 1] + trust));
		sums
	};
	let [ones, twos, threes] = [1, 2, 3].map(trusts);
	let [one, two, three] = [&ones, &twos, &threes].map(|trusts| sums(trusts));
	let mut best = None;
	for (a, three) in three.iter().enumerate() {
		for (b, two) in two.iter().enumerate() {
			for over in 0..=2 {
				let Some(c) = (slots + over).checked_sub(3 * a + 2 * b) else { continue };
				if c >= one.len() || a + b + c > forwarders {
					continue;
				}
				let last = |trusts: &[u64], count: usize| count.checked_sub(1).map(|i| trusts[i]);
				let unused = match over {
					0 => Some(0),
					1 => last(&threes, a).into_iter().chain(last(&twos, b)).min(),
					_ => last(&threes, a).map(|trust| 2 * trust),
				};
				let sum = unused.map(|unused| 3 * three + 2 * two + one[c] - unused);
				best = best.max(sum);
			}
		}
	}
	best
}
