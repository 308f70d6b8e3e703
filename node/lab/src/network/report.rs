//! A run as files, tables and pictures.

use super::{
	cells::{self, Cell},
	cluster::Cluster,
	compare,
	drive::Seen,
	faults::Kind,
	options::{Mode, Options},
	paper,
	record::{AtNode, Block},
	reputation::{self, Opinion},
	switch::Counts,
	targets,
	trust::{self, Session},
	view,
};
use crate::{error::Error, output};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::Path};

/// What was asked for, and what was counted besides blocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Summary {
	pub nodes: usize,
	pub uplink_mbit: f64,
	pub latency_ms: f64,
	pub spread: f64,
	pub loss: f64,
	pub queue_bytes: u64,
	pub mtu: u32,
	pub slot_ms: u64,
	pub modes: Vec<Mode>,
	pub links: Vec<u32>,
	pub backend: String,
	pub max_parallel_downloads: Option<u32>,
	pub faults: Vec<String>,
	/// Of each place, whether it has no fault; a stock node has none.
	pub honest: Vec<bool>,
	pub processors: usize,
	/// The kernel's congestion control.
	pub congestion: String,
	/// Whether idle connections kept their windows.
	#[serde(default)]
	pub keep_windows: bool,
	/// Why it ended before everything was there.
	pub cut_short: Option<String>,
	/// Bytes sent by ordered pair, row by row.
	pub sent: Vec<u64>,
	pub packets_lost: u64,
	pub packets_overflown: u64,
	pub packets_cut: u64,
	pub packets_refused: u64,
	/// Notification streams that were closed while it was measured, over all nodes.
	pub streams_closed: u64,
	/// Heights at which two blocks were sealed.
	pub forks: usize,
	/// The height that was final at the end, at each node that runs.
	pub finalised: Vec<u32>,
	/// The best height at the end.
	pub best: u32,
	/// Lines of the nodes' logs that warn, or say that something failed, by what they say first.
	pub warnings: BTreeMap<String, usize>,
	/// What the chain thought of everybody, if somebody had a fault.
	pub trust: Vec<Session>,
	/// The worst that an honest node has thought of an honest node, if somebody had a fault.
	#[serde(default)]
	pub lowest_reputation: Option<Opinion>,
}

/// See the module.
pub struct Run {
	pub summary: Summary,
	pub blocks: Vec<Block>,
}

/// Notification streams that nodes have closed.
pub fn closed_streams(cluster: &Cluster) -> u64 {
	const NAME: &str = "substrate_sub_libp2p_notifications_streams_closed_total";
	// A node that was killed says nothing.
	cluster.nodes.iter().filter_map(|node| node.metric(NAME).ok()).sum::<f64>() as u64
}

/// Lines that warn, by target and first words.
fn warnings(logs: &[String]) -> BTreeMap<String, usize> {
	let mut found = BTreeMap::new();
	for line in logs.iter().flat_map(|log| log.lines()) {
		let mut words = line.split_whitespace().skip(2);
		if !matches!(words.next(), Some("WARN" | "ERROR")) {
			continue;
		}
		// Names of protocols and peers differ from run to run.
		let plain = |word: &&str| !word.contains(['/', '(', '…']) && !word.starts_with("12D3");
		let what: Vec<&str> = words.skip(1).filter(plain).take(8).collect();
		*found.entry(what.join(" ")).or_default() += 1;
	}
	found
}

impl Run {
	/// Of what has just been measured.
	pub fn new(
		options: &Options,
		blocks: Vec<Block>,
		seen: &Seen,
		cluster: &Cluster,
		streams_closed: u64,
		logs: &[String],
	) -> Self {
		let Counts { sent, lost, overflown, cut, refused } = cluster.switch.counts();
		let faulty = |place: &usize| {
			let faults = options.fault.iter().filter(|fault| fault.nodes.contains(place));
			faults.into_iter().any(|fault| fault.kind != Kind::Off)
		};
		let heights: Vec<u32> = blocks.iter().map(|block| block.number).collect();
		let distinct: std::collections::BTreeSet<u32> = heights.iter().copied().collect();
		let control = fs::read_to_string("/proc/sys/net/ipv4/tcp_congestion_control");
		let honest: Vec<bool> = (0..options.nodes).map(|place| !faulty(&place)).collect();
		let peers: Vec<&str> = cluster.nodes.iter().map(|node| node.keys.peer.as_str()).collect();
		let summary = Summary {
			nodes: options.nodes,
			uplink_mbit: options.uplink,
			latency_ms: options.latency,
			spread: options.spread,
			loss: options.loss,
			queue_bytes: options.queue,
			mtu: options.mtu,
			slot_ms: options.slot,
			modes: options.modes.clone(),
			links: options.links.clone(),
			backend: format!("{:?}", options.backend).to_lowercase(),
			max_parallel_downloads: options.max_parallel_downloads,
			faults: options
				.fault
				.iter()
				.map(|fault| format!("{:?} at {:?}", fault.kind, fault.nodes))
				.collect(),
			lowest_reputation: reputation::lowest(logs, &peers, &honest),
			honest,
			processors: std::thread::available_parallelism().map_or(1, usize::from),
			congestion: control.map_or(String::new(), |text| text.trim().into()),
			keep_windows: options.keep_windows,
			cut_short: seen.cut_short.clone(),
			sent,
			packets_lost: lost,
			packets_overflown: overflown,
			packets_cut: cut,
			packets_refused: refused,
			streams_closed,
			forks: heights.len() - distinct.len(),
			finalised: cluster.nodes.iter().filter_map(|node| node.finalised().ok()).collect(),
			best: cluster.nodes.iter().filter_map(|node| node.best().ok()).max().unwrap_or(0),
			warnings: warnings(logs),
			trust: seen.trust.clone(),
		};
		Self { summary, blocks }
	}

	/// As files in a folder.
	pub fn write(&self, folder: &Path) -> Result<(), Error> {
		let lines = |lines: Vec<String>| lines.join("\n") + "\n";
		let text = |result: Result<String, serde_json::Error>| result.map_err(Error::from);
		let blocks: Result<Vec<String>, Error> =
			self.blocks.iter().map(|block| text(serde_json::to_string(block))).collect();
		let nodes: Result<Vec<String>, Error> = self
			.blocks
			.iter()
			.flat_map(|block| &block.nodes)
			.map(|node| text(serde_json::to_string(node)))
			.collect();
		output::write(&folder.join("blocks.jsonl"), &lines(blocks?))?;
		output::write(&folder.join("nodes.jsonl"), &lines(nodes?))?;
		output::write(
			&folder.join("run.json"),
			&(serde_json::to_string_pretty(&self.summary)? + "\n"),
		)
	}

	/// From the files in a folder.
	pub fn read(folder: &Path) -> Result<Self, Error> {
		let file = |name: &str| {
			let path = folder.join(name);
			fs::read_to_string(&path)
				.map_err(|cause| Error::Read { what: path.display().to_string(), cause })
		};
		let summary = serde_json::from_str(&file("run.json")?)?;
		let (blocks, nodes) = (file("blocks.jsonl")?, file("nodes.jsonl")?);
		let filled = |line: &&str| !line.trim().is_empty();
		let mut blocks: Vec<Block> =
			blocks.lines().filter(filled).map(serde_json::from_str).collect::<Result<_, _>>()?;
		let mut at: BTreeMap<String, Vec<AtNode>> = BTreeMap::new();
		for line in nodes.lines().filter(filled) {
			let node: AtNode = serde_json::from_str(line)?;
			at.entry(node.block.clone()).or_default().push(node);
		}
		for block in &mut blocks {
			block.nodes = at.remove(&block.block).unwrap_or_default();
		}
		Ok(Self { summary, blocks })
	}

	/// What it says about each mode and size.
	pub fn cells(&self, seed: u64) -> Vec<Cell> {
		cells::cells(&self.blocks, &self.summary.honest, seed)
	}

	/// The physical bound d + B/U in ms: no scheme is quicker.
	pub fn bound(&self, size: u64) -> f64 {
		self.summary.latency_ms + size as f64 * 8.0 / self.summary.uplink_mbit / 1000.0
	}

	/// The network in a line.
	pub fn title(&self) -> String {
		let summary = &self.summary;
		let faults = if summary.faults.is_empty() {
			String::new()
		} else {
			format!(", {}", summary.faults.join(", "))
		};
		format!(
			"{} nodes, {} Mbit/s, {} ms, slots of {} s{faults}",
			summary.nodes,
			summary.uplink_mbit,
			summary.latency_ms,
			summary.slot_ms as f64 / 1000.0,
		)
	}

	/// For people. `sound` is a run of the same network without faults.
	pub fn text(&self, seed: u64, sound: Option<&Run>) -> Result<String, Error> {
		let cells = self.cells(seed);
		let summary = &self.summary;
		let mut text = format!(
			"{}; {} processors, {} backend, MTU {}, {}",
			self.title(),
			summary.processors,
			summary.backend,
			summary.mtu,
			summary.congestion
		);
		if summary.keep_windows {
			text.push_str(", windows kept while idle");
		}
		if let Some(most) = summary.max_parallel_downloads {
			text.push_str(&format!(", --max-parallel-downloads {most}"));
		}
		text.push_str("\n\n");
		text.push_str(&view::table(self, &cells).text());
		let total: u64 = summary.sent.iter().sum();
		text.push_str(&output::wrap(&format!(
			"\nTimes in ms from the author's seal, over blocks. import: until the last honest node has \
			 imported; receipt: until the last had all of it, checked (by stock that is the import); 95 %: \
			 interval of the median; x bound: receipt over d + B/U; to stock: medians of import; copies: \
			 bytes sent by everybody over size times the nodes but one, net of what an empty block costs; \
			 author, other: bytes sent by the author and by the busiest other node over the size; CPU: mean \
			 and most of the processors' time used while the block travelled; PSI: share of the slot in \
			 which something waited for a processor; resent: TCP segments that everybody sent again; asked, \
			 synced: honest nodes per block that asked for it or had it from the stock sync; missed: honest \
			 nodes that never had it.\n\
			 {} blocks in all, {} forks; final at the end {}, best {}; {:.1} MB sent, {} packets lost, {} \
			 overflown, {} cut, {} refused; {} notification streams closed.\n",
			self.blocks.len(),
			summary.forks,
			summary.finalised.iter().min().map_or("-".into(), u32::to_string),
			summary.best,
			total as f64 / 1e6,
			summary.packets_lost,
			summary.packets_overflown,
			summary.packets_cut,
			summary.packets_refused,
			summary.streams_closed,
		)));
		if let Some(why) = &summary.cut_short {
			text.push_str(&format!("It ended before every cell was full: {why}.\n"));
		}
		text.push_str("\nThe trees in the paper's measures\n\n");
		text.push_str(&paper::measures(summary, &cells)?.text());
		text.push_str("\nThe paper's Figure 5\n\n");
		text.push_str(&paper::figure(self).0.text());
		let simulated = match summary.faults.is_empty() {
			true => compare::simulate(self, &cells, seed)?,
			false => Vec::new(),
		};
		if summary.faults.is_empty() {
			text.push_str("\nThe simulator on the same matrix, times to the last import in ms\n\n");
			text.push_str(&compare::table(&simulated).text());
		}
		if !summary.trust.is_empty() {
			text.push_str("\nTrust by session; below the threshold of 0.8 nodes are leaves\n\n");
			text.push_str(&trust::table(summary).text());
		}
		let sound = sound.map(|run| run.cells(seed));
		text.push_str("\nWhat it is to show\n\n");
		text.push_str(&targets::table(self, &cells, &simulated, sound.as_deref()).text());
		text.push('\n');
		for (what, times) in &summary.warnings {
			text.push_str(&format!("warned {times} times: {what}\n"));
		}
		Ok(text)
	}

	/// Files for who reads on.
	pub fn artefacts(
		&self,
		seed: u64,
		sound: Option<&Run>,
	) -> Result<Vec<(&'static str, String)>, Error> {
		let cells = self.cells(seed);
		Ok(vec![
			("network.txt", self.text(seed, sound)?),
			("network.csv", view::table(self, &cells).csv()),
			("network.json", serde_json::to_string_pretty(&cells)? + "\n"),
			("network.svg", view::picture(self, &cells)),
			("figure5.svg", paper::figure(self).1),
		])
	}
}

/// A summary for tests.
#[cfg(test)]
pub fn example() -> serde_json::Value {
	serde_json::json!({
		"nodes": 12, "uplink_mbit": 20.0, "latency_ms": 40.0, "spread": 0.0, "loss": 0.0,
		"queue_bytes": 0, "mtu": 9000, "slot_ms": 12_000, "modes": ["off", "ours"], "links": [3],
		"backend": "litep2p", "max_parallel_downloads": null, "faults": [], "honest": vec![true; 12],
		"processors": 2, "congestion": "bbr", "cut_short": null, "sent": [], "packets_lost": 0,
		"packets_overflown": 0, "packets_cut": 0, "packets_refused": 0, "streams_closed": 0, "forks": 0,
		"finalised": [7], "best": 9, "warnings": {}, "trust": [],
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	/// What was written is what is read.
	#[test]
	fn records_come_back() {
		let folder =
			std::env::temp_dir().join(format!("voltree-lab-report-{}", std::process::id()));
		let at = |node| AtNode {
			number: 5,
			block: "0xab".into(),
			node,
			imported: Some(2_400_000 + node as u64),
			received: (node == 1).then_some(2_300_000),
			source: Some("push".into()),
			pieces: Some(4),
			asked: Some(0),
			duplicates: None,
		};
		let block = Block {
			number: 5,
			block: "0xab".into(),
			slot: 3,
			author: 0,
			mode: Mode::Ours,
			size: 20_480,
			bytes: Some(20_500),
			quiet: true,
			sealed: 2_000_000,
			finalised: None,
			sent: vec![1, 2],
			busy: 0.5,
			waited: 0.25,
			resent: 1,
			nodes: vec![at(0), at(1)],
		};
		let summary = serde_json::from_value(example()).unwrap();
		let run = Run { summary, blocks: vec![block] };
		run.write(&folder).unwrap();
		let read = Run::read(&folder).unwrap();
		super::super::keys::forget(&folder);
		assert_eq!(read.blocks, run.blocks);
		assert_eq!(read.text(1, None).unwrap(), run.text(1, None).unwrap());
		assert!((run.bound(20_480) - 48.192).abs() < 1e-9);
		let text = run.text(1, None).unwrap();
		assert!(
			text.contains("20480") && text.contains("ours") && text.contains("simulator"),
			"{text}"
		);
	}

	#[test]
	fn warnings_are_counted_by_what_they_say() {
		let logs =
			["2026-11-23 04:41:36.005  WARN tokio-rt-worker sync: Oh dear, it is late today, 7\n\
			2026-11-23 04:41:36.005  INFO tokio-rt-worker sync: fine\n"
				.to_owned()];
		let found = warnings(&logs);
		assert_eq!(
			found.into_iter().collect::<Vec<_>>(),
			[("sync: Oh dear, it is late today, 7".into(), 1)]
		);
	}
}
