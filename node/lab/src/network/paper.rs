//! A run in the paper's words: its three measures of the trees, and its Figure 5.

use super::{
	cells::Cell,
	options::Mode,
	report::{Run, Summary},
};
use crate::{
	bars::{self, Bar},
	error::Error,
	output::Table,
};
use voltree_wct::{Node, Settings, Strategy, Weights, TRUST_UNIT};

/// The paper's Figure 5: average time until a transaction is confirmed, in minutes.
const FIGURE_5: [(&str, f64); 4] = [
	("public blockchain", 60.0),
	("[8], consortium", 10.0),
	("[17], activity", 6.5),
	("the paper's", 6.0),
];

/// Overall trust, rounds (concurrent communication time) and concurrency of the trees down which
/// whole blocks travel, beside the time that the largest blocks took.
pub fn measures(summary: &Summary, cells: &[Cell]) -> Result<Table, Error> {
	let links = summary.links.iter().cycle().take(summary.nodes);
	let nodes: Vec<Node> = links.map(|link| Node { trust: TRUST_UNIT, link: *link }).collect();
	let settings = Settings {
		trust_threshold: TRUST_UNIT / 5 * 4,
		overhead_threshold: u32::MAX,
		weights: Weights { trust: 1, link: 1 },
	};
	let mut table = Table::new([
		"tree",
		"overall trust",
		"rounds",
		"concurrency",
		"largest block, receipt p50",
	]);
	for (mode, strategy) in
		[(Mode::Lft, Strategy::Lft), (Mode::Tft, Strategy::Tft), (Mode::Wct, Strategy::Wct)]
	{
		let measures = voltree_wct::tree(&nodes, None, settings, strategy, Some(0))?.measures();
		let largest = cells.iter().rfind(|cell| cell.mode == mode);
		table.row([
			mode.name().to_owned(),
			format!("{:.3}", f64::from(measures.overall_trust) / f64::from(TRUST_UNIT)),
			measures.rounds.to_string(),
			measures.concurrency.to_string(),
			largest.map_or("-".into(), |cell| format!("{:.0} ms", cell.last_receipt.p50)),
		]);
	}
	Ok(table)
}

/// Minutes until a transaction is confirmed, on average: it waits half a slot for the next block, and
/// that becomes final. By mode, over all blocks of the mode.
fn confirmation(run: &Run) -> Vec<(Mode, f64)> {
	let mut modes = run.summary.modes.clone();
	modes.sort_unstable();
	modes.dedup();
	let wait = run.summary.slot_ms as f64 / 2.0;
	let mean = |mode: Mode| {
		let times: Vec<f64> = run
			.blocks
			.iter()
			.filter(|block| block.mode == mode)
			.filter_map(|block| Some(block.finalised?.saturating_sub(block.sealed) as f64 / 1000.0))
			.collect();
		let sum: f64 = times.iter().sum();
		(!times.is_empty()).then(|| (mode, (wait + sum / times.len() as f64) / 60_000.0))
	};
	modes.into_iter().filter_map(mean).collect()
}

/// Figure 5, with what was measured beside: a table and a picture.
pub fn figure(run: &Run) -> (Table, String) {
	let mut table = Table::new(["", "minutes until confirmed", "transactions an hour, one by one"]);
	let here = confirmation(run)
		.into_iter()
		.map(|(mode, minutes)| (format!("{}, here", mode.name()), minutes));
	let all = FIGURE_5.into_iter().map(|(name, minutes)| (name.to_owned(), minutes)).chain(here);
	let mut list = Vec::new();
	for (name, minutes) in all {
		table.row([name.clone(), format!("{minutes:.2}"), format!("{:.0}", 60.0 / minutes)]);
		let note = format!("{:.0} an hour", 60.0 / minutes);
		list.push(Bar { name, value: Some(minutes), high: None, note });
	}
	let title = "Average time until a transaction is confirmed, in minutes";
	(table, bars::draw(title, &list, 6.0, "the paper's"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn trees_are_measured_as_the_paper_does() {
		let summary: Summary = serde_json::from_value(super::super::report::example()).unwrap();
		let table = measures(&summary, &[]).unwrap().csv();
		// Everybody is trusted fully; twelve nodes with three children each: two levels below the root.
		let lines: Vec<&str> = table.lines().collect();
		assert_eq!(lines.len(), 4);
		assert!(
			lines[1..].iter().all(|line| line.contains(",1.000,") && line.ends_with(",-")),
			"{table}"
		);
	}

	#[test]
	fn a_confirmation_waits_for_its_block_and_for_finality() {
		let summary: Summary = serde_json::from_value(super::super::report::example()).unwrap();
		let block = |mode, after: u64| super::super::record::Block {
			number: 1,
			block: String::new(),
			slot: 0,
			author: 0,
			mode,
			size: 0,
			bytes: None,
			quiet: true,
			sealed: 1_000_000,
			finalised: Some(1_000_000 + after),
			sent: Vec::new(),
			busy: 0.0,
			waited: 0.0,
			resent: 0,
			nodes: Vec::new(),
		};
		let blocks = vec![
			block(Mode::Off, 114_000_000),
			block(Mode::Ours, 53_000_000),
			block(Mode::Ours, 55_000_000),
		];
		let run = Run { summary, blocks };
		assert_eq!(confirmation(&run), [(Mode::Off, 2.0), (Mode::Ours, 1.0)]);
		let (table, picture) = figure(&run);
		assert!(table.text().contains("ours, here") && picture.contains("60 an hour"));
	}
}
