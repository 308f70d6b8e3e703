//! What `voltree-lab network` can be told.

use super::{faults::Fault, switch};
use crate::{error::Error, simulate::size};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::{path::PathBuf, time::Duration};

/// Run a network of real nodes on this machine, and measure how blocks travel.
///
/// Each node has a network namespace of its own; a switch in this program carries the packets between
/// them, with a delay for each pair and a rate for each uplink. Blocks of each size travel by each mode,
/// in turn by the chain's own schedule, in one run. Needs root, iproute2 and /dev/net/tun, and nothing
/// of the kernel's netem. Everything is removed at the end, also after Ctrl-C.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = NOTES)]
pub struct Options {
	/// Data aggregators, from 2 to 200.
	#[arg(short, long, default_value_t = 12)]
	pub nodes: usize,
	/// Uplink of each node in Mbit/s. Downlinks are no limit.
	#[arg(short, long, default_value_t = 20.0)]
	pub uplink: f64,
	/// One-way delay between two nodes in ms.
	#[arg(short, long, default_value_t = 40.0)]
	pub latency: f64,
	/// Delays of pairs are drawn within this part of --latency, up and down.
	#[arg(long, default_value_t = 0.0)]
	pub spread: f64,
	/// Probability that a packet is lost.
	#[arg(long, default_value_t = 0.0)]
	pub loss: f64,
	/// Bytes that may wait for an uplink, the rest is dropped; 0: any number.
	#[arg(long, default_value_t = 0)]
	pub queue: u64,
	/// Longest packet in bytes.
	#[arg(long, default_value_t = 9000)]
	pub mtu: u32,
	/// Idle connections keep the window that they had (net.ipv4.tcp_slow_start_after_idle=0).
	#[arg(long)]
	pub keep_windows: bool,
	/// Length of a block slot in ms.
	#[arg(short, long, default_value_t = 12_000)]
	pub slot: u64,
	/// Sizes of bodies, separated by commas; 0 is a block without transactions.
	#[arg(long, value_delimiter = ',', value_parser = size_or_none, default_value = "0,20KiB,200KiB,1MiB")]
	pub sizes: Vec<u64>,
	/// Blocks of each size by each mode.
	#[arg(short, long, default_value_t = 20)]
	pub blocks: usize,
	/// Modes that take turns, separated by commas.
	#[arg(long, value_enum, value_delimiter = ',', default_value = "off,lft,tft,wct,ours")]
	pub modes: Vec<Mode>,
	/// Linking numbers, separated by commas; given to the nodes in turn.
	#[arg(long, value_delimiter = ',', default_value = "3")]
	pub links: Vec<u32>,
	/// Blocks without transactions after each of at least 500 kB, beside those that are needed until
	/// the network is quiet.
	#[arg(long, default_value_t = 0)]
	pub idle: usize,
	/// A fault and who has it, such as silent@3,7; may be given several times.
	#[arg(long, value_name = "FAULT@NODES", value_parser = Fault::parse)]
	pub fault: Vec<Fault>,
	/// The nodes' network backend.
	#[arg(long, value_enum, default_value_t = Backend::Litep2p)]
	pub backend: Backend,
	/// Give this to the nodes as their --max-parallel-downloads (stock: 5).
	#[arg(long)]
	pub max_parallel_downloads: Option<u32>,
	/// End after so many minutes, with what there is.
	#[arg(long, default_value_t = 60.0)]
	pub minutes: f64,
	/// The node's program; without it VOLTREE_NODE, or what scripts/test has built.
	#[arg(long, value_name = "FILE", default_value_os_t = built_node())]
	pub node: PathBuf,
	/// The seed of delays, losses and intervals.
	#[arg(long, default_value_t = 1)]
	pub seed: u64,
	/// Write records, tables and pictures into this folder.
	#[arg(short, long, value_name = "DIR", default_value = "network")]
	pub output: PathBuf,
	/// Keep the nodes' logs in the folder, too.
	#[arg(long)]
	pub keep_logs: bool,
	/// The folder of a run without faults: what the faults cost is said beside it.
	#[arg(long, value_name = "DIR")]
	pub sound: Option<PathBuf>,
	/// Run nothing: make tables and pictures again from the records in the folder.
	#[arg(long)]
	pub report: bool,
}

const NOTES: &str = "\
Nodes are counted from 0. Faults:
  crash          the node is killed as the measurement begins
  silent         hands on no block of others, down trees or otherwise pushed
  sparing        hands on one piece of each, and says that it was about to hand on the rest
  late=MS        hands on blocks of others that much later
  false          hands on blocks of others with a wrong byte
  slander        reports to the chain that its parents were always late
  collude        like slander, but for the others in the list, whom it praises
  overheads=US   reports this overhead, in microseconds, to everybody
  off            is a stock node: --fan-out off
  cut            is cut off from everybody from a third to two thirds of the blocks

A mode is how the chain lets a block travel: off is the stock way, lft, tft and wct are the whole block
down the tree of that strategy, ours is what DESIGN.md describes. The mode of a block follows from its
height. Transactions are given to each block's author alone and offered to nobody, so bodies travel in
blocks alone. A transaction is submitted a second before its slot, unless the network still sends what
went before: then the slot stays without.

Times begin with the author's seal, by the clock that all nodes share. Records: nodes.jsonl (a line for
each node and block), blocks.jsonl (a line for each block), run.json (the options and what was counted).";

/// How blocks travel.
#[derive(
	Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ValueEnum, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
	/// The stock way.
	Off,
	Lft,
	Tft,
	Wct,
	Ours,
}

impl Mode {
	/// For tables.
	pub fn name(self) -> &'static str {
		match self {
			Self::Off => "stock",
			Self::Lft => "lft",
			Self::Tft => "tft",
			Self::Wct => "wct",
			Self::Ours => "ours",
		}
	}
}

/// A network backend of the SDK.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Backend {
	Litep2p,
	Libp2p,
}

/// Longest body: with what goes with it, the block is within the chain's limit.
const LONGEST: u64 = 1_300_000;

fn size_or_none(text: &str) -> Result<u64, String> {
	match text {
		"0" => Ok(0),
		_ => match size(text)? {
			bytes @ 1_000..=LONGEST => Ok(bytes),
			_ => Err(format!("give 0, or 1000 to {LONGEST} bytes")),
		},
	}
}

/// Where the scripts find a node.
fn built_node() -> PathBuf {
	if let Some(node) = std::env::var_os("VOLTREE_NODE") {
		return node.into();
	}
	let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
	let target = target.unwrap_or_else(|| home().join(".cache/voltree/target"));
	target.join("release/voltree-node")
}

impl Options {
	/// Checks every option and says which is out of range.
	pub fn check(&self) -> Result<(), Error> {
		let between = |name: &str, value: f64, low: f64, high: f64| match value {
			value if (low..=high).contains(&value) => Ok(()),
			_ => Err(Error::Option(format!("--{name} is {value}: give {low} to {high}"))),
		};
		between("nodes", self.nodes as f64, 2.0, 200.0)?;
		between("uplink", self.uplink, 0.1, 10_000.0)?;
		between("latency", self.latency, 0.0, 2_000.0)?;
		between("spread", self.spread, 0.0, 1.0)?;
		between("loss", self.loss, 0.0, 0.5)?;
		between("mtu", self.mtu.into(), 1280.0, 65_000.0)?;
		between("slot", self.slot as f64, 200.0, 60_000.0)?;
		between("blocks", self.blocks as f64, 1.0, 10_000.0)?;
		between("minutes", self.minutes, 0.1, 24.0 * 60.0)?;
		between("idle", self.idle as f64, 0.0, 100.0)?;
		if self.modes.is_empty() || self.modes.len() > 16 {
			return Err(Error::Option("--modes: give 1 to 16".into()));
		}
		if self.links.iter().any(|link| !(1..=256).contains(link)) {
			return Err(Error::Option("--links: a linking number is 1 to 256".into()));
		}
		for fault in &self.fault {
			if let Some(node) = fault.nodes.iter().find(|node| **node >= self.nodes) {
				let most = self.nodes - 1;
				return Err(Error::Option(format!(
					"--fault: there is no node {node}: 0 to {most}"
				)));
			}
		}
		if !self.report && !self.node.is_file() {
			return Err(Error::Option(format!(
				"there is no node at {}: build it with scripts/test --rust, or name one with --node",
				self.node.display()
			)));
		}
		Ok(())
	}

	/// What the switch is to do.
	pub fn terms(&self) -> switch::Terms {
		switch::Terms {
			uplink: self.uplink_bytes(),
			delay: (self.latency * 1e6) as u64,
			spread: self.spread,
			loss: self.loss,
			queue: self.queue,
			seed: self.seed,
		}
	}

	/// Bytes a second.
	pub fn uplink_bytes(&self) -> u64 {
		(self.uplink * 125_000.0) as u64
	}

	/// The chain's rules that are not as usual.
	pub fn rules(&self) -> Value {
		json!({
			"modes": self.modes,
			"paths": {
				"latency": (self.latency * 1000.0) as u64,
				"verification": 5_000,
				"uplink": self.uplink_bytes(),
			},
		})
	}

	/// How long the nodes may run at the most, whatever becomes of us.
	pub fn limit(&self) -> Duration {
		const START_AND_END: f64 = 15.0;
		Duration::from_secs_f64((self.minutes + START_AND_END) * 60.0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		options: Options,
	}

	fn options(line: &str) -> Options {
		let node = std::env::current_exe().unwrap();
		// Any file will do, unless the line names one.
		let node =
			["--node", node.to_str().unwrap()].into_iter().filter(|_| !line.contains("--node "));
		let words = ["network"].into_iter().chain(node);
		Line::parse_from(words.chain(line.split_whitespace())).options
	}

	#[test]
	fn what_is_out_of_range_is_refused() {
		assert!(options("").check().is_ok());
		assert!(options("--fault silent@3,11 --fault crash@0").check().is_ok());
		for bad in [
			"--nodes 1",
			"--uplink 0",
			"--mtu 100",
			"--links 0",
			"--fault silent@12",
			"--node nothing-there",
			"--slot 1",
			"--loss 0.9",
		] {
			let error = options(bad).check().unwrap_err();
			assert_eq!(error.exit_code(), 2, "{bad}");
		}
	}

	#[test]
	fn rules_are_in_the_chains_words() {
		let rules = options("--modes off,ours --uplink 8 --latency 1.5").rules();
		assert_eq!(rules["modes"], json!(["off", "ours"]));
		assert_eq!(rules["paths"]["uplink"], 1_000_000);
		assert_eq!(rules["paths"]["latency"], 1_500);
	}

	#[test]
	fn sizes_fit_into_blocks() {
		assert_eq!(size_or_none("0"), Ok(0));
		assert_eq!(size_or_none("1MiB"), Ok(1 << 20));
		assert!(size_or_none("2MB").is_err() && size_or_none("10").is_err());
	}
}
