//! *adaptive*: linking numbers from the block's size and the nodes' uplinks.

use crate::random::Random;
use proptest::prelude::*;
use voltree_wct::{
	adaptive::{links, Network},
	Error,
};

/// 50 ms, 5 ms and 100 Mbit/s: the example of PROPAGATION.md, A.2.
fn network(uplinks: &[u64]) -> Network<'_> {
	Network { latency: 50_000, verification: 5_000, uplinks }
}

const UPLINK: u64 = 12_500_000;

/// The solution of `f (ln f - 1) = (d + v) / tau`, for `tau` in microseconds.
fn in_a_large_tree(bytes: u64) -> f64 {
	let wanted = 55_000.0 / (bytes as f64 * 1e6 / UPLINK as f64);
	let mut fan_out = 1.0f64;
	while fan_out * (fan_out.ln() - 1.0) < wanted {
		fan_out += 0.001;
	}
	fan_out
}

/// When the last of `n` has received, if each sends to `link` others. Its own little simulation:
/// a heap of who can send next is not needed, as all are served in the order of the sequence.
fn time_to_last(n: usize, uplinks: &[u64], link: impl Fn(usize) -> u32, bytes: u64) -> u64 {
	let mut received = vec![0; n];
	let mut next = 1;
	for i in 0..n {
		let start = received[i] + if i > 0 { 5_000 } else { 0 };
		for turn in 1..=u64::from(link(i)) {
			if next < n {
				received[next] = start + turn * (bytes * 1_000_000 / uplinks[i]) + 50_000;
				next += 1;
			}
		}
	}
	received.into_iter().max().unwrap_or(0)
}

#[test]
fn large_trees_agree_with_the_formula() {
	let uplinks = vec![UPLINK; 20_000];
	for (bytes, formula) in [(200_000, 5.2), (1_000_000, 3.3), (10_000_000, 2.8)] {
		assert!((in_a_large_tree(bytes) - formula).abs() < 0.1);
		let links = links(&network(&uplinks), bytes).expect("fine");
		assert!((f64::from(links[0]) - formula).abs() < 1.5, "{bytes}: {}", links[0]);
	}
}

#[test]
fn small_blocks_are_pushed_directly() {
	let uplinks = [UPLINK; 50];
	assert_eq!(links(&network(&uplinks), 1_000), Ok(vec![49; 50]));
	assert_eq!(links(&network(&uplinks), 0), Ok(vec![49; 50]));
	// Nearly so at 20 kB: the formula, which knows nothing of 50 nodes, says 18.
	let link = links(&network(&uplinks), 20_000).expect("fine")[0];
	assert!((40..=49).contains(&link), "{link}");
}

#[test]
fn larger_blocks_never_want_more_links() {
	let uplinks = [UPLINK; 200];
	let sizes = [1_000, 10_000, 50_000, 200_000, 1_000_000, 5_000_000];
	let sums = sizes.map(|bytes| {
		links(&network(&uplinks), bytes).expect("fine").iter().copied().map(u64::from).sum::<u64>()
	});
	assert!(sums.windows(2).all(|pair| pair[0] >= pair[1]), "{sums:?}");
	assert!(sums[0] > 20 * sums[5]);
}

/// Alike nodes: no number of children from 1 to all others is faster.
#[test]
fn no_other_fan_out_is_faster() {
	for n in [2, 5, 16, 50, 300] {
		for bytes in [1_000, 20_000, 200_000, 1_000_000, 20_000_000] {
			let uplinks = vec![UPLINK; n];
			let link = links(&network(&uplinks), bytes).expect("fine")[0];
			let time = |link| time_to_last(n, &uplinks, |_| link, bytes);
			let best = (1..n as u32).map(time).min().expect("there are others");
			// Fan-outs are looked at in steps of a sixteenth.
			assert!(time(link) * 100 <= best * 104, "{n} nodes, {bytes} bytes: {link}");
		}
	}
}

#[test]
fn in_proportion_to_uplinks() {
	let uplinks: Vec<u64> = (0..40).map(|i| if i < 10 { 4 * UPLINK } else { UPLINK }).collect();
	let links = links(&network(&uplinks), 1_000_000).expect("fine");
	assert!(links[..10].iter().all(|link| *link == links[0]));
	assert!(links[10..].iter().all(|link| *link == links[10]));
	let ratio = f64::from(links[0]) / f64::from(links[10]);
	assert!((3.0..=6.0).contains(&ratio), "{ratio}");
	// Nearly as fast as the best number for all, though the root, from which this is seen, is
	// faster than the mean which it is taken for.
	let sequence: Vec<usize> = [5].into_iter().chain((0..40).filter(|i| *i != 5)).collect();
	let own: Vec<u64> = sequence.iter().map(|i| uplinks[*i]).collect();
	let ours = time_to_last(40, &own, |i| links[sequence[i]], 1_000_000);
	let best = (1..40).map(|link| time_to_last(40, &own, |_| link, 1_000_000)).min();
	assert!(Some(ours) <= best.map(|best| best + best / 10), "{ours} {best:?}");
}

#[test]
fn errors() {
	assert_eq!(links(&network(&[]), 1), Err(Error::Empty));
	assert_eq!(links(&network(&[5, 0]), 1), Err(Error::Uplink { node: 1 }));
	let text = Error::Uplink { node: 1 }.to_string();
	assert_eq!(text, "node 1 has an uplink of 0: give its bytes per second");
	assert_eq!(links(&network(&[5]), 1), Ok(vec![0]));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(300))]

	/// Enough for a tree, from 1 to all others, whatever the network is.
	#[test]
	fn in_range(
		uplinks in prop::collection::vec(prop_oneof![1u64..100_000_000, 1..=u64::MAX], 1..60),
		latency in any::<u64>(),
		verification in prop_oneof![0u64..1_000_000, any::<u64>()],
		bytes in prop_oneof![0u64..10_000_000, any::<u64>()],
	) {
		let network = Network { latency, verification, uplinks: &uplinks };
		let links = links(&network, bytes).expect("fine");
		prop_assert_eq!(links.len(), uplinks.len());
		let most = uplinks.len() as u32 - 1;
		prop_assert!(links.iter().all(|link| (1.min(most)..=most).contains(link)));
		for (a, b) in uplinks.iter().zip(&links) {
			for (c, d) in uplinks.iter().zip(&links) {
				prop_assert!(a < c || b >= d, "who is faster has no fewer links");
			}
		}
	}

	/// The same nodes in another order have the same links.
	#[test]
	fn any_order(mut uplinks in prop::collection::vec(1u64..1_000_000, 1..40), seed in any::<u64>()) {
		let before = links(&network(&uplinks), 300_000).expect("fine");
		let mut places: Vec<usize> = (0..uplinks.len()).collect();
		Random(seed).shuffle(&mut places);
		uplinks = places.iter().map(|place| uplinks[*place]).collect();
		let after = links(&network(&uplinks), 300_000).expect("fine");
		prop_assert_eq!(after, places.iter().map(|place| before[*place]).collect::<Vec<_>>());
	}
}
