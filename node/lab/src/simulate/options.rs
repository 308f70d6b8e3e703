//! What `voltree-lab simulate` can be told.

use super::{
	network::{Faults, Shape},
	protocols::Kind,
	queue::{Time, MILLISECOND, SECOND},
	uplink::Sharing,
	world::Terms,
};
use crate::error::Error;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;

/// Fewest and most nodes that can be simulated.
const NODES: std::ops::RangeInclusive<usize> = 2..=200_000;

/// Most nodes of all networks together, which are kept in memory.
const MOST_NODES: u64 = 10_000_000;

/// Most blocks of a protocol.
const MOST_BLOCKS: u64 = 1_000_000;

/// Largest block, in bytes.
const LARGEST_BLOCK: u64 = 1 << 30;

/// Simulate how a block travels to all nodes, event by event.
///
/// Time to last node: from the moment the author has the block until the last honest node has imported
/// it. The bound: no scheme brings a block of B bytes to all honest nodes before d + B/U, with d the
/// latency to the farthest of them and U the author's uplink (nor before all uplinks together can send
/// so many copies).
#[derive(Args, Clone, Debug)]
#[command(after_long_help = ASSUMPTIONS)]
pub struct Options {
	/// Protocols to simulate, separated by commas.
	#[arg(long, value_enum, value_delimiter = ',', default_value = "ours")]
	pub protocol: Vec<Kind>,
	/// Simulate all protocols on the same networks and blocks.
	#[arg(long, conflicts_with = "protocol")]
	pub compare: bool,
	/// Nodes, from 2 to 200,000.
	#[arg(short, long, default_value_t = 50)]
	pub nodes: usize,
	/// Size of a block: bytes, or with kB, MB, KiB or MiB.
	#[arg(short, long, default_value = "1MB", value_parser = size)]
	pub block: u64,
	/// Uplink of a node in Mbit/s. Downlinks are no limit.
	#[arg(short, long, default_value_t = 100.0)]
	pub uplink: f64,
	/// All nodes have this uplink, or each has its linking number times as much.
	#[arg(long, value_enum, default_value_t = Uplinks::Equal)]
	pub uplinks: Uplinks,
	/// Mean one-way latency between two nodes in ms.
	#[arg(short, long, default_value_t = 50.0)]
	pub latency: f64,
	/// Part of the latency that is due to distance: nodes are drawn in a square. With 0 all pairs have
	/// the same latency.
	#[arg(long, default_value_t = 0.5)]
	pub spread: f64,
	/// What a node checks before it forwards a block (seal, slot, extrinsics root), in ms.
	#[arg(long, default_value_t = 5.0)]
	pub verification: f64,
	/// Executing and storing a block, in ms.
	#[arg(long, default_value_t = 20.0)]
	pub import: f64,
	/// Probability that a packet is lost.
	#[arg(long, default_value_t = 0.0)]
	pub loss: f64,
	/// Share of the nodes that are down; their neighbours know.
	#[arg(long, default_value_t = 0.0)]
	pub crashed: f64,
	/// Share of the nodes that receive and ask, but hand nothing on.
	#[arg(long, default_value_t = 0.0)]
	pub silent: f64,
	/// Share of the nodes that hand everything on late.
	#[arg(long, default_value_t = 0.0)]
	pub delaying: f64,
	/// Share of the nodes that hand on false blocks.
	#[arg(long, default_value_t = 0.0)]
	pub lying: f64,
	/// How late a delaying node is, in ms.
	#[arg(long, default_value_t = 2000.0)]
	pub delay: f64,
	/// Who is faulty: anybody, whatever his trust, or those with the least trust.
	#[arg(long, value_enum, default_value_t = Faulty::Anybody)]
	pub faulty: Faulty,
	/// Leave nodes that get nothing without it: no second holder, no announcements under the trees.
	#[arg(long)]
	pub no_repair: bool,
	/// Code added to the chunks of a striped block, as a part of its size: 0.5 restores the block from
	/// any two thirds of the chunks.
	#[arg(long, default_value_t = 0.0)]
	pub parity: f64,
	/// How uplinks are shared: as each protocol does, or the same for all.
	#[arg(long, value_enum, default_value_t = SharingChoice::Protocol)]
	pub sharing: SharingChoice,
	/// On a shared uplink a transfer gets up to this part more or less than a fair share.
	#[arg(long, default_value_t = 0.8)]
	pub unfairness: f64,
	/// Most downloads of a block at a time by a stock node that makes duplicates; without it as many as
	/// there are announcers, as measured.
	#[arg(long)]
	pub parallel: Option<u32>,
	/// Round trips before a request has a stream of its own (stock: 1, as measured).
	#[arg(long, default_value_t = 1)]
	pub handshakes: u64,
	/// Blocks for each seed; each has another honest author.
	#[arg(long, default_value_t = 10)]
	pub blocks: u64,
	/// Networks, drawn with seeds running from --seed.
	#[arg(long, default_value_t = 5)]
	pub seeds: u64,
	/// The first seed. The same seed gives the same result, on any number of processors.
	#[arg(long, default_value_t = 1)]
	pub seed: u64,
	/// Print JSON instead of a table.
	#[arg(long)]
	pub json: bool,
	/// Also write simulate.json, simulate.csv, simulate.txt and simulate.svg into this folder.
	#[arg(short, long, value_name = "DIR")]
	pub output: Option<PathBuf>,
	/// Instead of all this: compare the simulator with formulas and with what was measured on running
	/// nodes, and print how near it is.
	#[arg(long)]
	pub validate: bool,
}

/// The uplinks of the nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uplinks {
	Equal,
	ByLink,
}

/// Who is faulty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Faulty {
	Anybody,
	Untrusted,
}

/// How uplinks are shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharingChoice {
	/// Stock: all transfers of a node at once. Others: one after another.
	Protocol,
	/// One after another.
	Queue,
	/// All at once.
	Share,
}

const ASSUMPTIONS: &str = "\
What the model takes for granted:
  Nodes: linking numbers and trust as in the paper's experiment. Authors are honest; each block is alone
  on the network. Time is counted in nanoseconds from the moment the author has sealed; what has not
  happened after 120 s never happens.
  Uplinks limit, downlinks do not. Trees, gossip and shreds send one body after another, and messages of
  up to 1 kB in between. Stock nodes serve all requests at once; each transfer has a weight drawn once,
  because TCP does not share fairly (0.8 gives about as many duplicates as were measured).
  Latency: an equal part for all pairs and a part by distance in a square. TCP's slow start is not
  modelled. Lost packets hold a message up for a round trip, a short one for at least 200 ms; shreds are
  lost.
  Stock: announce after import, handshake, request, body, import; duplicates run on. Import includes
  verification. Peers: 8 random ones (each node has 8), or everybody.
  Trees: verify, forward, import. A chunk takes its part of the verification, the block the whole.
  Repair: a late node asks a second holder, then those who announced. In networks of up to 150 nodes
  everybody announces to everybody after import, in larger ones to 8 peers; these bytes count.
  Faults: crashed nodes are known to be down; silent, delaying and lying ones are not known.
  Ours chooses between direct push, tree with adaptive linking numbers and stripes by predicted time.";

/// Bytes, from text such as `200kB`.
pub fn size(text: &str) -> Result<u64, String> {
	let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
	let unit = match &text[digits.len()..] {
		"" | "B" => 1,
		"kB" => 1_000,
		"MB" => 1_000_000,
		"KiB" => 1 << 10,
		"MiB" => 1 << 20,
		_ => return Err("give bytes, or a number with kB, MB, KiB or MiB".into()),
	};
	let number: u64 =
		digits.parse().map_err(|_| "give a whole number, such as 200kB".to_owned())?;
	match number.checked_mul(unit) {
		Some(bytes) if (1..=LARGEST_BLOCK).contains(&bytes) => Ok(bytes),
		_ => Err(format!("give 1 to {LARGEST_BLOCK} bytes")),
	}
}

impl Options {
	/// Checks every option and says which is out of range.
	pub fn check(&self) -> Result<(), Error> {
		let between = |name: &str, value: f64, low: f64, high: f64| match value {
			value if (low..=high).contains(&value) => Ok(()),
			_ => Err(Error::Option(format!("--{name} is {value}: give {low} to {high}"))),
		};
		if !NODES.contains(&self.nodes) {
			let (low, high) = (NODES.start(), NODES.end());
			let given = self.nodes;
			return Err(Error::Option(format!("--nodes is {given}: give {low} to {high}")));
		}
		between("uplink", self.uplink, 0.001, 1_000_000.0)?;
		for (name, value) in [
			("latency", self.latency),
			("verification", self.verification),
			("import", self.import),
			("delay", self.delay),
		] {
			between(name, value, 0.0, 60_000.0)?;
		}
		for (name, value) in [
			("spread", self.spread),
			("crashed", self.crashed),
			("silent", self.silent),
			("delaying", self.delaying),
			("lying", self.lying),
			("unfairness", self.unfairness),
		] {
			between(name, value, 0.0, 1.0)?;
		}
		between("loss", self.loss, 0.0, 0.9)?;
		between("parity", self.parity, 0.0, 3.0)?;
		between("parallel", self.parallel.unwrap_or(1).into(), 1.0, u32::MAX.into())?;
		between("handshakes", self.handshakes as f64, 0.0, 10.0)?;
		between("blocks", self.blocks as f64, 1.0, 10_000.0)?;
		between("seeds", self.seeds as f64, 1.0, 10_000.0)?;
		let networks = self.seeds.saturating_mul(self.nodes as u64);
		if networks > MOST_NODES {
			return Err(Error::Option(format!(
				"--seeds times --nodes is {networks}: give at most {MOST_NODES}"
			)));
		}
		let blocks = self.seeds.saturating_mul(self.blocks);
		if blocks > MOST_BLOCKS {
			return Err(Error::Option(format!(
				"--seeds times --blocks is {blocks}: give at most {MOST_BLOCKS}"
			)));
		}
		if self.seed.checked_add(self.seeds).is_none() {
			return Err(Error::Option(format!(
				"--seed is too large: give less than {}",
				u64::MAX / 2
			)));
		}
		let faulty = self.crashed + self.silent + self.delaying + self.lying;
		if faulty > 1.0 {
			let text = "--crashed, --silent, --delaying and --lying are together more than 1";
			return Err(Error::Option(format!("{text}: give shares of the same nodes")));
		}
		Ok(())
	}

	/// What the networks have in common.
	pub fn shape(&self) -> Shape {
		Shape {
			nodes: self.nodes,
			uplink: (self.uplink * 125_000.0) as u64,
			by_link: self.uplinks == Uplinks::ByLink,
			latency: time(self.latency),
			spread: self.spread,
			faults: Faults {
				crashed: self.crashed,
				silent: self.silent,
				delaying: self.delaying,
				lying: self.lying,
				untrusted: self.faulty == Faulty::Untrusted,
			},
		}
	}

	/// What the blocks have in common.
	pub fn terms(&self) -> Terms {
		Terms {
			block: self.block,
			verification: time(self.verification),
			import: time(self.import),
			delay: time(self.delay),
			loss: self.loss,
			sharing: match self.sharing {
				SharingChoice::Protocol => None,
				SharingChoice::Queue => Some(Sharing::Queue),
				SharingChoice::Share => Some(Sharing::Share),
			},
			unfairness: self.unfairness,
			parallel: self.parallel.unwrap_or(u32::MAX),
			handshakes: self.handshakes,
			repair: !self.no_repair,
			parity: self.parity,
		}
	}

	/// What to simulate.
	pub fn kinds(&self) -> Vec<Kind> {
		if self.compare {
			Kind::ALL.to_vec()
		} else {
			self.protocol.clone()
		}
	}
}

/// Milliseconds, checked to be in range, as nanoseconds.
fn time(milliseconds: f64) -> Time {
	((milliseconds * MILLISECOND as f64) as Time).min(60 * SECOND)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sizes_have_units() {
		assert_eq!(size("17"), Ok(17));
		assert_eq!(size("20kB"), Ok(20_000));
		assert_eq!(size("1MiB"), Ok(1 << 20));
		for bad in ["", "MB", "1.5MB", "-1", "0", "1GB", "99999999999MB", "2000MB", "1é"] {
			assert!(size(bad).is_err(), "{bad}");
		}
	}
}
