//! What was hoped for, beside what was measured. Nothing fails here: a target that is missed is said.

use super::{
	cells::Cell,
	compare::{Pair, Row},
	options::Mode,
	report::Run,
	reputation::Opinion,
};
use crate::{
	output::Table,
	simulate::{measured_stock, outside},
};

/// A block's size in bytes, what it is called, and ours over stock, at the most.
const TO_STOCK: [(u64, &str, f64); 4] =
	[(0, "empty", 0.6), (20_000, "20 kB", 0.6), (200_000, "200 kB", 0.35), (LARGE, "1 MB", 0.25)];

const LARGE: u64 = 1_000_000;

/// At 1 MB, ours over the paper's tree, and the receipt over the bound.
const TO_WCT: f64 = 0.7;
const TO_BOUND: f64 = 2.2;

/// Bytes sent, over the block's times the nodes but one.
const COPIES: f64 = 1.1;

/// The simulator and the earlier measurement, either way.
const NEAR: f64 = 0.15;

/// The 95th percentile with faults over that without.
const WITH_FAULTS: f64 = 2.0;

/// Whether a size is what people call by that number: in decimal or binary units.
fn is_about(size: u64, round: u64) -> bool {
	(round..=round + round / 20).contains(&size)
}

/// Targets, as far as the run has measured them.
struct Targets(Table);

impl Targets {
	fn most(&mut self, what: String, measured: f64, most: f64) {
		self.row(what, format!("{measured:.2}"), format!("<= {most}"), measured <= most);
	}

	fn none(&mut self, what: &str, measured: usize) {
		self.row(what.into(), measured.to_string(), "0".into(), measured == 0);
	}

	fn row(&mut self, what: String, measured: String, wanted: String, met: bool) {
		let verdict = if met { "met" } else { "MISSED" };
		self.0.row([what, measured, wanted, verdict.into()]);
	}
}

/// All of them; `rows` are the simulator's, `sound` are the cells of a run without faults.
pub fn table(run: &Run, cells: &[Cell], rows: &[Row], sound: Option<&[Cell]>) -> Table {
	let mut targets = Targets(Table::new(["target", "measured", "wanted", ""]));
	let find = |mode: Mode, round: u64| {
		let mut filled = cells.iter().filter(|cell| cell.blocks > 0);
		filled.find(|cell| cell.mode == mode && is_about(cell.size, round))
	};
	for (round, name, most) in TO_STOCK {
		let ratio = find(Mode::Ours, round).and_then(|cell| cell.to_stock);
		if let Some((ratio, ..)) = ratio {
			targets.most(format!("{name}: ours to stock, last import"), ratio, most);
		}
	}
	if let Some(ours) = find(Mode::Ours, LARGE) {
		if let Some(wct) = find(Mode::Wct, LARGE) {
			let ratio = ours.last_import.p50 / wct.last_import.p50;
			targets.most("1 MB: ours to wct, last import".into(), ratio, TO_WCT);
		}
		let bound = ours.last_receipt.p50 / run.bound(ours.size);
		targets.most("1 MB: last receipt to the bound".into(), bound, TO_BOUND);
	}
	if run.summary.faults.is_empty() {
		for cell in cells.iter().filter(|cell| cell.mode == Mode::Ours) {
			if let Some(copies) = cell.copies_net {
				targets.most(format!("{} bytes: copies, net, by ours", cell.size), copies, COPIES);
			}
		}
		without_faults(run, &mut targets, cells, rows);
	} else {
		with_faults(run, &mut targets, cells, sound);
	}
	targets.0
}

/// The lab against what was measured before it, and the simulator against the lab.
fn without_faults(run: &Run, targets: &mut Targets, cells: &[Cell], rows: &[Row]) {
	let summary = &run.summary;
	let alike = summary.uplink_mbit == 20.0
		&& summary.latency_ms == 40.0
		&& summary.spread == 0.0
		&& summary.loss == 0.0
		&& summary.max_parallel_downloads.is_none();
	let stock = cells.iter().filter(|cell| cell.mode == Mode::Off && alike && cell.blocks > 0);
	for cell in stock {
		let Some(range) = measured_stock(summary.nodes, cell.size) else { continue };
		let seconds = cell.last_import.p50 / 1000.0;
		targets.row(
			format!("{} bytes: stock as measured before", cell.size),
			format!("{seconds:.2} s"),
			format!("{}-{} s, 15 %", range.0, range.1),
			outside(range, seconds).abs() <= NEAR,
		);
	}
	let mut modes: Vec<Mode> = rows.iter().map(|row| row.mode).collect();
	modes.sort_unstable();
	modes.dedup();
	let p50: fn(&Row) -> Pair = |row| row.p50;
	let p95: fn(&Row) -> Pair = |row| row.p95;
	for mode in modes {
		for (name, pick) in [("p50", p50), ("p95", p95)] {
			let mine = rows.iter().filter(|row| row.mode == mode);
			let off = mine.map(|row| (pick(row).off().unwrap_or(f64::INFINITY), row.size));
			let worst = off.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
			if let Some((off, size)) = worst {
				targets.row(
					format!("simulator, {}, {name}, at its worst ({size} bytes)", mode.name()),
					format!("{:+.0} %", off * 100.0),
					"15 %".into(),
					off.abs() <= NEAR,
				);
			}
		}
	}
	targets.none("notification streams closed", summary.streams_closed as usize);
	targets.none("honest nodes without a block", cells.iter().map(|cell| cell.missed).sum());
}

fn with_faults(run: &Run, targets: &mut Targets, cells: &[Cell], sound: Option<&[Cell]>) {
	targets.none("honest nodes without a block", cells.iter().map(|cell| cell.missed).sum());
	if let Some(lowest) = &run.summary.lowest_reputation {
		let Opinion { value, by, of, reason } = lowest;
		let measured = match *value < 0 {
			true => format!("{value} (node {by} of {of}: {reason})"),
			false => value.to_string(),
		};
		let what = "lowest reputation of an honest node with another";
		targets.row(what.into(), measured, ">= 0".into(), *value >= 0);
	}
	// Who is killed or cut off takes its streams along.
	let stays = |fault: &String| !["Crash", "Cut"].iter().any(|name| fault.starts_with(name));
	if run.summary.faults.iter().all(stays) {
		targets.none("notification streams closed", run.summary.streams_closed as usize);
	}
	for cell in cells.iter().filter(|cell| cell.mode == Mode::Ours && cell.blocks > 0) {
		let mut same = sound.into_iter().flatten();
		let before =
			same.find(|one| (one.mode, one.size) == (cell.mode, cell.size) && one.blocks > 0);
		if let Some(before) = before {
			let ratio = cell.last_import.p95 / before.last_import.p95;
			let what = format!("{} bytes: p95 to that without faults", cell.size);
			targets.most(what, ratio, WITH_FAULTS);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{
		super::{
			cells,
			record::{AtNode, Block},
			report,
		},
		*,
	};

	/// Blocks that reach the last of twelve nodes after so many ms.
	fn run(times: &[(Mode, u64, u64)]) -> Run {
		let block = |(number, (mode, size, ms)): (u32, &(Mode, u64, u64))| {
			let sealed = 1_000_000_000 * (u64::from(number) + 1);
			let at = |node| AtNode {
				number,
				block: String::new(),
				node,
				imported: Some(sealed + ms * 1000),
				received: None,
				source: None,
				pieces: None,
				asked: None,
				duplicates: None,
			};
			Block {
				number,
				block: String::new(),
				slot: 0,
				author: 0,
				mode: *mode,
				size: *size,
				bytes: None,
				quiet: true,
				sealed,
				finalised: None,
				sent: vec![1000 + size * 12, 0],
				busy: 0.5,
				waited: 0.5,
				resent: 0,
				nodes: (0..12).map(at).collect(),
			}
		};
		let blocks = (0..).zip(times).map(block).collect();
		Run { summary: serde_json::from_value(report::example()).unwrap(), blocks }
	}

	fn lines(run: &Run, sound: Option<&[Cell]>) -> Vec<String> {
		let cells = cells::cells(&run.blocks, &run.summary.honest, 1);
		table(run, &cells, &[], sound).csv().lines().map(String::from).collect()
	}

	#[test]
	fn targets_are_met_or_missed() {
		let times = [
			(Mode::Off, 0, 200),
			(Mode::Ours, 0, 50),
			(Mode::Off, 1 << 20, 5000),
			(Mode::Wct, 1 << 20, 2000),
			(Mode::Ours, 1 << 20, 1500),
		];
		let lines = lines(&run(&times), None);
		for line in [
			"\"empty: ours to stock, last import\",0.25,<= 0.6,met",
			"\"1 MB: ours to stock, last import\",0.30,<= 0.25,MISSED",
			"\"1 MB: ours to wct, last import\",0.75,<= 0.7,MISSED",
			// The bound is 40 ms and 8 Mbit at 20 Mbit/s.
			"1 MB: last receipt to the bound,3.26,<= 2.2,MISSED",
			// Twelve copies for eleven receivers; what an empty block costs is not counted.
			"\"1048576 bytes: copies, net, by ours\",1.09,<= 1.1,met",
			"1048576 bytes: stock as measured before,5.00 s,\"4.8-6 s, 15 %\",met",
			"honest nodes without a block,0,0,met",
		] {
			assert!(lines.iter().any(|other| other == line), "{line} in {lines:#?}");
		}
	}

	#[test]
	fn faults_are_compared_with_a_run_without() {
		let sound = run(&[(Mode::Ours, 1 << 20, 1000)]);
		let sound = cells::cells(&sound.blocks, &[true; 12], 1);
		let mut bad = run(&[(Mode::Ours, 1 << 20, 2500)]);
		bad.summary.faults = vec!["Told(\"silent\") at [3]".into()];
		bad.blocks[0].nodes[5].imported = None;
		let lines = lines(&bad, Some(&sound));
		for line in [
			"honest nodes without a block,1,0,MISSED",
			"notification streams closed,0,0,met",
			"1048576 bytes: p95 to that without faults,2.50,<= 2,MISSED",
		] {
			assert!(lines.iter().any(|other| other == line), "{line} in {lines:#?}");
		}
		// What only a network without faults can show is not asked for.
		assert!(lines.iter().all(|line| !line.contains("copies")), "{lines:#?}");
	}
}
