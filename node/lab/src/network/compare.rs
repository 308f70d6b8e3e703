//! The simulator beside what was measured.

use super::{
	cells::Cell,
	options::Mode,
	record::Block,
	report::{Run, Summary},
};
use crate::{
	error::Error,
	output::Table,
	simulate::{as_measured, Conditions, Kind},
	stats::quantile,
};
use voltree_wct::{Node, TRUST_UNIT};

/// Blocks that are simulated for each cell.
const BLOCKS: u64 = 60;

/// What a node checks before it forwards, in ms; nobody has measured it apart.
const VERIFICATION: f64 = 5.0;

/// What an import takes where no block came by the fan-out, in ms.
const IMPORT: f64 = 20.0;

/// From having received until having imported, in ms: the median over blocks of this size that came by
/// the fan-out, and their nodes.
fn import(blocks: &[Block], size: u64) -> f64 {
	let of_size = blocks.iter().filter(|block| block.size == size);
	let mut times: Vec<f64> = of_size
		.flat_map(|block| &block.nodes)
		.filter(|at| matches!(at.source.as_deref(), Some("push" | "want")))
		.filter_map(|at| Some(at.imported?.saturating_sub(at.received?) as f64 / 1000.0))
		.collect();
	times.sort_by(f64::total_cmp);
	quantile(&times, 0.5).unwrap_or(IMPORT)
}

fn conditions(summary: &Summary, import: f64, seed: u64) -> Conditions {
	let links = summary.links.iter().cycle().take(summary.nodes);
	Conditions {
		// Nobody has done anything wrong yet: all have the same trust.
		nodes: links.map(|link| Node { trust: TRUST_UNIT, link: *link }).collect(),
		uplink: (summary.uplink_mbit * 125_000.0) as u64,
		latency: summary.latency_ms,
		verification: VERIFICATION,
		import,
		blocks: BLOCKS,
		seed,
	}
}

/// A table: every cell of a run in which nothing went wrong, measured and simulated.
pub fn table(run: &Run, cells: &[Cell], seed: u64) -> Result<Table, Error> {
	let mut table = Table::new([
		"size",
		"mode",
		"import ms",
		"p50",
		"simulated",
		"off by",
		"p95",
		"simulated",
		"off by",
		"copies",
		"simulated",
	]);
	for cell in cells.iter().filter(|cell| cell.size > 0) {
		let kind = match cell.mode {
			Mode::Off => Kind::StockMesh,
			Mode::Lft => Kind::Lft,
			Mode::Tft => Kind::Tft,
			Mode::Wct => Kind::Wct,
			Mode::Ours => Kind::Ours,
		};
		let import = import(&run.blocks, cell.size);
		let simulated = as_measured(&conditions(&run.summary, import, seed), kind, cell.size)?;
		let pair = |measured: f64, simulated: Option<f64>| {
			let off = simulated.map(|simulated| (simulated / measured - 1.0) * 100.0);
			[
				format!("{measured:.0}"),
				simulated.map_or("never".into(), |time| format!("{time:.0}")),
				off.map_or("-".into(), |off| format!("{off:+.0} %")),
			]
		};
		let mut row = vec![cell.size.to_string(), cell.mode.name().into(), format!("{import:.0}")];
		row.extend(pair(cell.last_import.p50, simulated.last_p50_ms));
		row.extend(pair(cell.last_import.p95, simulated.last_p95_ms));
		row.push(
			cell.copies_net.or(cell.copies).map_or("-".into(), |copies| format!("{copies:.2}")),
		);
		row.push(format!("{:.2}", simulated.copies));
		table.row(row);
	}
	Ok(table)
}
