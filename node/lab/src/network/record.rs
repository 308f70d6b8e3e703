//! What was seen of each block: by each node, and on the whole.

use super::{
	logs::{self, Line},
	options::Mode,
	sample::{self, Sample},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A block at a node. Moments are microseconds of the Unix epoch.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AtNode {
	pub number: u32,
	pub block: String,
	pub node: usize,
	/// When it was in the node's database.
	pub imported: Option<u64>,
	/// When all of it was there and checked, if it came by the fan-out.
	pub received: Option<u64>,
	/// By which way: `push`, `want`, `sync` or `own`, as the node itself says.
	pub source: Option<String>,
	/// Pieces it came in.
	pub pieces: Option<u64>,
	/// How many others were asked for it.
	pub asked: Option<u64>,
	/// What of it came without need.
	pub duplicates: Option<u64>,
}

/// A block on the whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Block {
	pub number: u32,
	pub block: String,
	pub slot: u64,
	pub author: usize,
	pub mode: Mode,
	/// The size that it was to have, 0 for none.
	pub size: u64,
	/// Length of its body, if a node says so.
	pub bytes: Option<u64>,
	/// Whether nothing was left on the uplinks when it was sealed.
	pub quiet: bool,
	/// When its author had sealed it.
	pub sealed: u64,
	/// When it was final at the node that is watched.
	pub finalised: Option<u64>,
	/// Bytes that each node sent from the seal to the next one.
	pub sent: Vec<u64>,
	/// Share of the processors' time used from the seal to the last import.
	pub busy: f64,
	/// Share of the time, from the seal to the next one, in which something waited for a processor.
	pub waited: f64,
	/// TCP segments that all nodes sent again from the seal to the next one.
	#[serde(default)]
	pub resent: u64,
	/// At each node.
	#[serde(skip)]
	pub nodes: Vec<AtNode>,
}

/// What was submitted for a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Planned {
	pub slot: u64,
	pub size: u64,
	pub quiet: bool,
}

/// What nodes said of blocks over RPC (`fanOut_status`), by node and hash.
#[derive(Default)]
pub struct Traces(BTreeMap<(usize, String), Value>);

impl Traces {
	/// Remembers an answer's blocks.
	pub fn learn(&mut self, node: usize, status: &Value) {
		for trace in status["blocks"].as_array().into_iter().flatten() {
			if let Some(hash) = trace["block"].as_str() {
				self.0.insert((node, hash.to_owned()), trace.clone());
			}
		}
	}
}

/// Everything that a run has left.
pub struct Evidence<'a> {
	/// The logs of all nodes, by place.
	pub logs: &'a [String],
	pub traces: &'a Traces,
	pub planned: &'a [Planned],
	pub samples: &'a [Sample],
	/// When each height was seen to be final.
	pub finalised: &'a [(u32, u64)],
	/// Milliseconds of a slot.
	pub slot: u64,
	/// Which mode a height has.
	pub mode: &'a dyn Fn(u32) -> Mode,
}

/// All blocks that were sealed while samples were taken, by the moment of their seal.
pub fn blocks(evidence: &Evidence<'_>) -> Vec<Block> {
	let Some((first, last)) = evidence.samples.first().zip(evidence.samples.last()) else {
		return Vec::new();
	};
	let mut sealed: Vec<(u64, u32, String, usize)> = Vec::new();
	let mut imported: BTreeMap<(usize, u32, String), u64> = BTreeMap::new();
	for (node, log) in evidence.logs.iter().enumerate() {
		for line in log.lines().filter_map(logs::read) {
			match line {
				Line::Sealed { at, number, hash } => sealed.push((at, number, hash, node)),
				Line::Imported { at, number, short } => {
					imported.entry((node, number, short)).or_insert(at);
				}
			}
		}
	}
	sealed.sort();
	let next = sealed.iter().skip(1).map(|(at, ..)| *at).chain([last.at]).collect::<Vec<_>>();
	let inside =
		sealed.into_iter().zip(next).filter(|((at, ..), _)| (first.at..last.at).contains(at));
	let blocks = inside.map(|((at, number, hash, author), next)| {
		let short = logs::shortened(&hash);
		let nodes: Vec<AtNode> = (0..evidence.logs.len())
			.map(|node| {
				let trace = evidence.traces.0.get(&(node, hash.clone()));
				let field = |name: &str| trace.and_then(|trace| trace[name].as_u64());
				let source = trace.and_then(|trace| trace["source"].as_str());
				AtNode {
					number,
					block: hash.clone(),
					node,
					imported: imported.get(&(node, number, short.clone())).copied(),
					received: field("complete").filter(|_| source != Some("sync")),
					source: source.map(str::to_owned),
					pieces: field("pieces"),
					asked: field("asked"),
					duplicates: field("duplicates"),
				}
			})
			.collect();
		let slot = at / 1000 / evidence.slot.max(1);
		let planned = evidence.planned.iter().find(|planned| planned.slot == slot);
		let arrived = nodes.iter().filter_map(|node| node.imported).max().unwrap_or(at);
		let whole = sample::between(evidence.samples, at, next).unwrap_or_default();
		let busy = sample::between(evidence.samples, at, arrived.max(at + 50_000));
		let bytes =
			evidence.traces.0.get(&(author, hash.clone())).and_then(|one| one["bytes"].as_u64());
		let final_at = evidence.finalised.iter().find(|(height, _)| *height >= number);
		Block {
			number,
			block: hash,
			slot,
			author,
			mode: (evidence.mode)(number),
			size: planned.map_or(0, |planned| planned.size),
			bytes,
			quiet: planned.is_some_and(|planned| planned.quiet),
			sealed: at,
			finalised: final_at.map(|(_, at)| *at),
			sent: whole.sent,
			busy: busy.map_or(0.0, |span| span.busy),
			waited: whole.waited,
			resent: whole.resent,
			nodes,
		}
	});
	blocks.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	const HASH: &str = "0xa74ba8c61cc25f4b9ed0f780c32b8737ed74787c6cd43f856ea5eba65f427bad";

	fn line(millis: u32, text: &str) -> String {
		format!("2026-11-23 04:41:36.{millis:03}  INFO tokio-rt-worker x: {text}\n")
	}

	#[test]
	fn a_block_is_put_together() {
		let seal =
			format!("🔖 Pre-sealed block for proposal at 7. Hash now {HASH}, previously 0x1.");
		let import = "🏆 Imported #7 (0x67e8…8b40 → 0xa74b…7bad)";
		let logs = [
			line(100, &seal) + &line(105, import),
			line(400, import) + &line(450, import),
			line(400, "🏆 Imported #7 (0x67e8…8b40 → 0xbbbb…bbbb)"),
		];
		let start = 1_795_408_896_000_000;
		let trace = |source: &str| {
			json!({ "blocks": [{ "block": HASH, "source": source, "complete": start + 300_000,
				"pieces": 4, "asked": 1, "duplicates": 0, "bytes": 20_111 }] })
		};
		let mut traces = Traces::default();
		traces.learn(0, &trace("own"));
		traces.learn(1, &trace("push"));
		let sample = |at: u64, sent: u64| Sample {
			at: start + at,
			sent: vec![sent, 0, 0],
			..Sample::default()
		};
		let samples = [sample(0, 10), sample(90_000, 20), sample(1_000_000, 320)];
		let slot = 1000;
		let number = start / 1_000_000;
		let planned = [Planned { slot: number, size: 20_000, quiet: true }];
		let evidence = Evidence {
			logs: &logs,
			traces: &traces,
			planned: &planned,
			samples: &samples,
			finalised: &[(6, start), (8, start + 900_000)],
			slot,
			mode: &|_| Mode::Ours,
		};
		let blocks = blocks(&evidence);
		let [block] = &blocks[..] else { panic!("{blocks:?}") };
		assert_eq!((block.number, block.author, block.size, block.quiet), (7, 0, 20_000, true));
		assert_eq!((block.sealed, block.bytes), (start + 100_000, Some(20_111)));
		assert_eq!((block.sent[0], block.finalised), (300, Some(start + 900_000)));
		let imported: Vec<_> = block.nodes.iter().map(|node| node.imported).collect();
		assert_eq!(imported, [Some(start + 105_000), Some(start + 400_000), None]);
		assert_eq!(block.nodes[1].received, Some(start + 300_000));
		assert_eq!(block.nodes[1].source.as_deref(), Some("push"));
		assert_eq!(block.nodes[2].received, None);
	}

	/// Blocks from before the measurement are no part of it.
	#[test]
	fn only_what_was_sampled_counts() {
		let seal =
			format!("🔖 Pre-sealed block for proposal at 7. Hash now {HASH}, previously 0x1.");
		let sample = Sample { at: 1_795_408_896_200_000, ..Sample::default() };
		let evidence = Evidence {
			logs: &[line(100, &seal)],
			traces: &Traces::default(),
			planned: &[],
			samples: &[sample],
			finalised: &[],
			slot: 1000,
			mode: &|_| Mode::Off,
		};
		assert!(blocks(&evidence).is_empty());
	}
}
