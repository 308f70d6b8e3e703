//! What a run showed, as JSON and as tables.

use super::{
	network::{milliseconds, Network},
	options::Options,
	queue::Time,
	world::{Outcome, Terms, NEVER},
};
use crate::{
	bars::{self, Bar},
	output::Table,
	stats::quantile,
};
use serde::Serialize;

/// What one block showed.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
	/// When the last honest node had imported; [`NEVER`] if one has not.
	last: Time,
	/// When half of the honest nodes had imported.
	half: Time,
	/// When the last honest node held the whole block, not yet imported.
	held: Time,
	bound: Time,
	honest: u32,
	reached: u32,
	sent: u64,
	most_sent: u64,
	repaired: u32,
	/// Events it took.
	pub events: u64,
}

impl Sample {
	/// Of honest nodes other than the author.
	pub fn of(outcome: &Outcome, network: &Network, terms: &Terms) -> Self {
		let others: Vec<u32> = (0..network.len())
			.filter(|node| *node != outcome.author && network.is_honest(*node))
			.collect();
		let sorted = |times: &[Time]| {
			let mut times: Vec<Time> = others.iter().map(|node| times[*node as usize]).collect();
			times.sort_unstable();
			times
		};
		let imported = sorted(&outcome.imported);
		Self {
			last: quantile(&imported, 1.0).unwrap_or(0),
			half: quantile(&imported, 0.5).unwrap_or(0),
			held: quantile(&sorted(&outcome.held), 1.0).unwrap_or(0),
			bound: network.bound(outcome.author, terms.block),
			honest: others.len() as u32,
			reached: imported.iter().filter(|time| **time != NEVER).count() as u32,
			sent: outcome.sent.iter().sum(),
			most_sent: outcome.sent.iter().copied().max().unwrap_or(0),
			repaired: outcome.repaired,
			events: outcome.events,
		}
	}
}

/// What all blocks of a protocol showed. Times are in milliseconds; null is never.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
	pub protocol: String,
	pub blocks: usize,
	/// Time until the last honest node has imported, over blocks.
	pub last_p50_ms: Option<f64>,
	pub last_p95_ms: Option<f64>,
	pub last_max_ms: Option<f64>,
	/// Time until the last honest node has the whole block, verified but where import verifies; over
	/// blocks, p50.
	pub held_p50_ms: Option<f64>,
	/// Time until half of the honest nodes have imported, p50 over blocks.
	pub half_p50_ms: Option<f64>,
	/// The bound d + B/U, p50 over blocks.
	pub bound_p50_ms: Option<f64>,
	/// Time to the last node over the bound, block by block.
	pub ratio_p50: Option<f64>,
	pub ratio_max: Option<f64>,
	/// Share of the honest nodes that were reached, over all blocks.
	pub coverage: f64,
	/// Bytes a node sends for a block: mean over nodes, and the most, both means over blocks.
	pub bytes_mean: f64,
	pub bytes_max: f64,
	/// All bytes sent over the block's size times the nodes but one.
	pub copies: f64,
	/// Share of the nodes that had to ask for what did not come by itself.
	pub repaired: f64,
}

impl Summary {
	pub fn of(protocol: String, samples: &[Sample], nodes: usize, block: u64) -> Self {
		let quantile_of = |value: fn(&Sample) -> Time, share| {
			let mut times: Vec<Time> = samples.iter().map(value).collect();
			times.sort_unstable();
			quantile(&times, share).filter(|time| *time != NEVER).map(milliseconds)
		};
		let ratio = |share| {
			let mut ratios: Vec<f64> = samples
				.iter()
				.map(|sample| match sample.last {
					NEVER => f64::INFINITY,
					last => last as f64 / sample.bound.max(1) as f64,
				})
				.collect();
			ratios.sort_unstable_by(f64::total_cmp);
			quantile(&ratios, share).filter(|ratio| ratio.is_finite())
		};
		let sum = |value: fn(&Sample) -> u64| samples.iter().map(value).sum::<u64>() as f64;
		let count = samples.len().max(1) as f64;
		let others = nodes.saturating_sub(1).max(1) as f64;
		Self {
			protocol,
			blocks: samples.len(),
			last_p50_ms: quantile_of(|sample| sample.last, 0.5),
			last_p95_ms: quantile_of(|sample| sample.last, 0.95),
			last_max_ms: quantile_of(|sample| sample.last, 1.0),
			held_p50_ms: quantile_of(|sample| sample.held, 0.5),
			half_p50_ms: quantile_of(|sample| sample.half, 0.5),
			bound_p50_ms: quantile_of(|sample| sample.bound, 0.5),
			ratio_p50: ratio(0.5),
			ratio_max: ratio(1.0),
			coverage: match sum(|sample| sample.honest.into()) {
				// Nobody was to be reached.
				0.0 => 1.0,
				honest => sum(|sample| sample.reached.into()) / honest,
			},
			bytes_mean: sum(|sample| sample.sent) / count / nodes.max(1) as f64,
			bytes_max: sum(|sample| sample.most_sent) / count,
			copies: sum(|sample| sample.sent) / count / (block.max(1) as f64 * others),
			repaired: sum(|sample| sample.repaired.into()) / count / others,
		}
	}
}

/// Everything about a run that a reader needs to repeat it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
	pub nodes: usize,
	pub block_bytes: u64,
	pub uplink_mbit: f64,
	pub uplinks: super::options::Uplinks,
	pub latency_ms: f64,
	pub spread: f64,
	pub verification_ms: f64,
	pub import_ms: f64,
	pub loss: f64,
	pub crashed: f64,
	pub silent: f64,
	pub delaying: f64,
	pub lying: f64,
	pub delay_ms: f64,
	pub faulty: super::options::Faulty,
	pub repair: bool,
	pub parity: f64,
	pub sharing: super::options::SharingChoice,
	pub unfairness: f64,
	pub parallel: Option<u32>,
	pub handshakes: u64,
	pub seed: u64,
	pub seeds: u64,
	pub protocols: Vec<Summary>,
	/// Protocols left out, and why.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub left_out: Vec<String>,
}

impl Report {
	pub fn new(options: &Options, protocols: Vec<Summary>, left_out: Vec<String>) -> Self {
		Self {
			nodes: options.nodes,
			block_bytes: options.block,
			uplink_mbit: options.uplink,
			uplinks: options.uplinks,
			latency_ms: options.latency,
			spread: options.spread,
			verification_ms: options.verification,
			import_ms: options.import,
			loss: options.loss,
			crashed: options.crashed,
			silent: options.silent,
			delaying: options.delaying,
			lying: options.lying,
			delay_ms: options.delay,
			faulty: options.faulty,
			repair: !options.no_repair,
			parity: options.parity,
			sharing: options.sharing,
			unfairness: options.unfairness,
			parallel: options.parallel,
			handshakes: options.handshakes,
			seed: options.seed,
			seeds: options.seeds,
			protocols,
			left_out,
		}
	}

	/// A row for each protocol.
	pub fn table(&self) -> Table {
		let mut table = Table::new([
			"protocol", "last p50", "p95", "max", "half", "x bound", "reached", "MB/node",
			"max MB", "copies", "asked",
		]);
		let time = |time: Option<f64>| time.map_or("never".into(), |time| format!("{time:.0}"));
		for summary in &self.protocols {
			table.row([
				summary.protocol.clone(),
				time(summary.last_p50_ms),
				time(summary.last_p95_ms),
				time(summary.last_max_ms),
				time(summary.half_p50_ms),
				summary.ratio_p50.map_or("-".into(), |ratio| format!("{ratio:.2}")),
				share(summary.coverage),
				format!("{:.2}", summary.bytes_mean / 1e6),
				format!("{:.2}", summary.bytes_max / 1e6),
				format!("{:.2}", summary.copies),
				share(summary.repaired),
			]);
		}
		table
	}

	/// What was simulated.
	fn title(&self) -> String {
		let faults = [
			("crashed", self.crashed),
			("silent", self.silent),
			("delaying", self.delaying),
			("lying", self.lying),
			("of packets lost", self.loss),
		];
		let faults: String = faults
			.iter()
			.filter(|(_, part)| *part > 0.0)
			.map(|(name, part)| format!(", {} {name}", share(*part)))
			.collect();
		format!(
			"{} nodes, {} bytes, {} Mbit/s, {} ms{faults}",
			self.nodes, self.block_bytes, self.uplink_mbit, self.latency_ms,
		)
	}

	/// The largest of the protocols' bounds, which differ only in rounding.
	fn bound(&self) -> f64 {
		self.protocols.iter().filter_map(|summary| summary.bound_p50_ms).fold(0.0, f64::max)
	}

	/// The table, with what was simulated above it and what the columns are below.
	pub fn text(&self) -> String {
		let mut text = format!(
			"{}; seeds {} to {}; bound {:.0} ms\n\n",
			self.title(),
			self.seed,
			self.seed.saturating_add(self.seeds.saturating_sub(1)),
			self.bound()
		);
		text.push_str(&self.table().text());
		for line in &self.left_out {
			text.push_str(&format!("{line}\n"));
		}
		text.push_str(
			"\nlast: ms until the last honest node has imported, over blocks; half: until half have \
			 (p50);\nx bound: last over the bound (p50); reached: honest nodes; MB/node, max MB: sent \
			 by a node\nfor a block, mean and most; copies: all bytes over the block's times the \
			 nodes but one;\nasked: nodes that had to ask for what did not come.\n",
		);
		text
	}
}

impl Report {
	/// The table as bars: median, and 95th percentile as a line.
	pub fn picture(&self) -> String {
		let bars: Vec<Bar> = self
			.protocols
			.iter()
			.map(|summary| Bar {
				name: summary.protocol.clone(),
				value: summary.last_p50_ms,
				high: summary.last_p95_ms,
				note: format!("{:.2} copies", summary.copies),
			})
			.collect();
		let title = format!("Time to the last node in ms: {}", self.title());
		bars::draw(&title, &bars, self.bound(), "bound d + B/U")
	}
}

/// A share in percent, all or nothing only if it is.
pub fn share(share: f64) -> String {
	match share {
		share if share >= 1.0 => "100 %".into(),
		share => format!("{:.1} %", (share * 1000.0).floor() / 10.0),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_share_is_whole_only_if_nothing_is_missing() {
		assert_eq!(share(1.0), "100 %");
		assert_eq!(share(0.99999), "99.9 %");
		assert_eq!(share(0.0), "0.0 %");
	}

	/// A block that does not reach everybody has no time to the last node.
	#[test]
	fn never_is_not_a_number() {
		let sample = Sample {
			last: NEVER,
			half: 7_000_000,
			held: 3,
			bound: 1,
			honest: 10,
			reached: 9,
			sent: 20,
			most_sent: 5,
			repaired: 1,
			events: 1,
		};
		let summary =
			Summary::of("x".into(), &[Sample { last: 4, reached: 10, ..sample }, sample], 11, 1);
		assert_eq!(summary.last_p50_ms, Some(4e-6));
		assert_eq!((summary.last_p95_ms, summary.ratio_max), (None, None));
		assert_eq!((summary.coverage, summary.copies), (0.95, 2.0));
	}
}
