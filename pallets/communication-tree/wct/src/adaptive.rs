//! *adaptive*: linking numbers from the block's size and the nodes' uplinks.
//!
//! The paper gives each node a linking number and leaves open where it comes from. Whoever sends to
//! few makes the tree deep, and each depth costs the latency `d` and the verification `v`; whoever
//! sends to many serves the last of them late, as each copy takes `tau = bytes / uplink`. In a large
//! tree with `f` children each, the last node receives after `(f tau + d + v) / ln f` times a
//! constant, which is least where `f (ln f - 1) = (d + v) / tau`. Trees are not large, though: their
//! depth is a whole number, and their last level is hardly ever full. So nothing is solved here:
//! [`links`] follows the block through the trees of all fan-outs in question, and takes the best.
//! That includes the star: a small block goes to everybody at once.

use crate::{attach, Error};
use alloc::{vec, vec::Vec};
use core::cmp::Reverse;

/// What a block meets on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network<'a> {
	/// One-way latency between two nodes, in microseconds.
	pub latency: u64,
	/// How long a node needs before it forwards a block it has received, in microseconds.
	pub verification: u64,
	/// Uplink of each node, in bytes per second; above 0.
	pub uplinks: &'a [u64],
}

/// Fan-outs are counted in parts of a child.
const PART: u64 = 64;

/// Faster uplinks count as this fast: 72 petabytes per second.
const FASTEST: u64 = 1 << 56;

/// The linking number of each node for a block of `bytes`: in proportion to its uplink, from 1 to
/// the number of other nodes; everybody's is that number where a direct push is fastest.
///
/// The fan-outs in question are a sixteenth apart. The root is taken to have a mean uplink, as the
/// accounting nodes take turns, and the others follow by uplink. O(n log n).
///
/// # Errors
///
/// [`Error::Empty`], [`Error::TooMany`], and [`Error::Uplink`] if one is 0.
pub fn links(network: &Network<'_>, bytes: u64) -> Result<Vec<u32>, Error> {
	let Network { uplinks, .. } = network;
	let n = u32::try_from(uplinks.len()).map_err(|_| Error::TooMany)?;
	let most = n.checked_sub(1).ok_or(Error::Empty)?;
	if let Some((node, _)) = (0..).zip(*uplinks).find(|(_, uplink)| **uplink == 0) {
		return Err(Error::Uplink { node });
	}
	let sum: u128 = uplinks.iter().map(|uplink| u128::from((*uplink).min(FASTEST))).sum();
	// How many times as fast as the mean, in parts: below 2^(56 + 32 + 20) before the division.
	let relative =
		|uplink: &u64| ((u128::from((*uplink).min(FASTEST)) * u128::from(n)) << 20) / sum;
	// To the nearest whole. A relative uplink is at most 2^(32 + 20), a fan-out below 2^38.
	let link = |fan_out: u64, relative: u128| {
		let link =
			(relative * u128::from(fan_out) + (u128::from(PART) << 19)) / (u128::from(PART) << 20);
		u32::try_from(link).unwrap_or(most).max(1).min(most)
	};
	// The mean is at least 1, and fits where each uplink does.
	let mean = u64::try_from(sum / u128::from(n)).unwrap_or(FASTEST);
	let mut order: Vec<u64> = uplinks.to_vec();
	order.sort_unstable_by_key(|uplink| Reverse(*uplink));
	// The mean takes the place of one of those who are closest to it.
	let middle = order.partition_point(|uplink| *uplink > mean).min(most as usize);
	order.remove(middle);
	order.insert(0, mean);
	let walk = Walk::new(network, bytes, &order);
	let speeds: Vec<u128> = order.iter().map(relative).collect();
	let mut best = (walk.time_to_last(|_| most), None);
	let mut fan_out = PART;
	while fan_out < u64::from(most) * PART {
		let at = walk.time_to_last(|place| link(fan_out, speeds[place as usize]));
		if at < best.0 {
			best = (at, Some(fan_out));
		}
		fan_out += fan_out / 16;
	}
	Ok(match best.1 {
		Some(fan_out) => uplinks.iter().map(|uplink| link(fan_out, relative(uplink))).collect(),
		None => vec![most; uplinks.len()],
	})
}

/// A block on its way along a sequence of nodes. Everybody sends to its children one after the
/// other.
struct Walk {
	/// How long each node takes for a copy, in microseconds.
	copies: Vec<u64>,
	latency: u64,
	verification: u64,
}

impl Walk {
	fn new(network: &Network<'_>, bytes: u64, uplinks: &[u64]) -> Self {
		let copy = |uplink: &u64| {
			let copy = u128::from(bytes) * 1_000_000 / u128::from((*uplink).max(1));
			u64::try_from(copy).unwrap_or(u64::MAX)
		};
		Self {
			copies: uplinks.iter().map(copy).collect(),
			latency: network.latency,
			verification: network.verification,
		}
	}

	/// When the last has received, in microseconds, if each has `link` children.
	fn time_to_last(&self, link: impl Fn(u32) -> u32) -> u64 {
		let places: Vec<u32> = (0u32..).zip(&self.copies).map(|(place, _)| place).collect();
		let up = attach::breadth_first(&places, link);
		// When each may send to its next child.
		let mut ready = vec![0u64; up.len()];
		let mut last = 0;
		for (place, &parent) in up.iter().enumerate().skip(1) {
			let parent = parent as usize;
			ready[parent] = ready[parent].saturating_add(self.copies[parent]);
			let received = ready[parent].saturating_add(self.latency);
			ready[place] = received.saturating_add(self.verification);
			last = last.max(received);
		}
		last
	}
}
