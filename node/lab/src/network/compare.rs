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

/// From having received until having imported, in ms: the median over the nodes and blocks of this size
/// and mode. By pieces all have a block at about the same moment, and import it together on the
/// processors of one machine; by whole blocks one after the other. Of stock nothing is known of receipts: as by
/// the other modes.
fn import(blocks: &[Block], size: u64, mode: Mode) -> f64 {
	let median = |is_meant: &dyn Fn(&&Block) -> bool| {
		let of_size = blocks.iter().filter(|block| block.size == size).filter(is_meant);
		let mut times: Vec<f64> = of_size
			.flat_map(|block| &block.nodes)
			.filter(|at| matches!(at.source.as_deref(), Some("push" | "want")))
			.filter_map(|at| Some(at.imported?.saturating_sub(at.received?) as f64 / 1000.0))
			.collect();
		times.sort_by(f64::total_cmp);
		quantile(&times, 0.5)
	};
	median(&|block| block.mode == mode).or_else(|| median(&|_| true)).unwrap_or(IMPORT)
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

/// A cell, measured and simulated.
pub struct Row {
	pub mode: Mode,
	pub size: u64,
	/// What was taken as the time of an import, in ms.
	import: f64,
	/// Last imports in ms.
	pub p50: Pair,
	pub p95: Pair,
	copies: Option<f64>,
	simulated_copies: f64,
}

/// A time as measured and as simulated; `None` if the simulated block never reaches everybody.
#[derive(Clone, Copy)]
pub struct Pair {
	measured: f64,
	simulated: Option<f64>,
}

impl Pair {
	/// By how much of the measured one the simulated time is longer.
	pub fn off(&self) -> Option<f64> {
		self.simulated.map(|simulated| simulated / self.measured - 1.0)
	}

	fn cells(&self) -> [String; 3] {
		[
			format!("{:.0}", self.measured),
			self.simulated.map_or("never".into(), |time| format!("{time:.0}")),
			self.off().map_or("-".into(), |off| format!("{:+.0} %", off * 100.0)),
		]
	}
}

/// Every cell of a run in which nothing goes wrong.
pub fn simulate(run: &Run, cells: &[Cell], seed: u64) -> Result<Vec<Row>, Error> {
	let filled = cells.iter().filter(|cell| cell.size > 0 && cell.blocks > 0);
	let row = |cell: &Cell| -> Result<Row, Error> {
		let kind = match cell.mode {
			Mode::Off => Kind::StockMesh,
			Mode::Lft => Kind::Lft,
			Mode::Tft => Kind::Tft,
			Mode::Wct => Kind::Wct,
			Mode::Ours => Kind::Ours,
		};
		let import = import(&run.blocks, cell.size, cell.mode);
		let simulated = as_measured(&conditions(&run.summary, import, seed), kind, cell.size)?;
		let pair = |measured, simulated| Pair { measured, simulated };
		Ok(Row {
			mode: cell.mode,
			size: cell.size,
			import,
			p50: pair(cell.last_import.p50, simulated.last_p50_ms),
			p95: pair(cell.last_import.p95, simulated.last_p95_ms),
			copies: cell.copies_net.or(cell.copies),
			simulated_copies: simulated.copies,
		})
	};
	filled.map(row).collect()
}

/// All of it.
pub fn table(rows: &[Row]) -> Table {
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
	for row in rows {
		let mut cells =
			vec![row.size.to_string(), row.mode.name().into(), format!("{:.0}", row.import)];
		cells.extend(row.p50.cells());
		cells.extend(row.p95.cells());
		cells.push(row.copies.map_or("-".into(), |copies| format!("{copies:.2}")));
		cells.push(format!("{:.2}", row.simulated_copies));
		table.row(cells);
	}
	table
}
