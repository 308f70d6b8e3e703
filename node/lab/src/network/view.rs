//! All cells of a run as a table and a picture.

use super::{
	cells::{Cell, Times},
	report::Run,
};
use crate::{
	chart::{draw, Axis, Panel, Series},
	output::Table,
};

/// A row for each cell.
pub fn table(run: &Run, cells: &[Cell]) -> Table {
	let mut table = Table::new([
		"size",
		"mode",
		"blocks",
		"import p50",
		"95 %",
		"p95",
		"max",
		"receipt p50",
		"p95",
		"max",
		"x bound",
		"to stock",
		"95 %",
		"copies",
		"net",
		"author",
		"other",
		"CPU",
		"most",
		"PSI",
		"resent",
		"asked",
		"synced",
		"missed",
	]);
	let ms = |value: f64| format!("{value:.0}");
	let times = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.2}"));
	let percent = |value: f64| format!("{:.0} %", value * 100.0);
	for cell in cells {
		let Times { p50, p50_low, p50_high, p95, max } = cell.last_import;
		let receipt = &cell.last_receipt;
		table.row([
			cell.size.to_string(),
			cell.mode.name().into(),
			cell.blocks.to_string(),
			ms(p50),
			format!("{p50_low:.0}-{p50_high:.0}"),
			ms(p95),
			ms(max),
			ms(receipt.p50),
			ms(receipt.p95),
			ms(receipt.max),
			format!("{:.2}", receipt.p50 / run.bound(cell.size)),
			times(cell.to_stock.map(|(ratio, ..)| ratio)),
			cell.to_stock.map_or("-".into(), |(_, low, high)| format!("{low:.2}-{high:.2}")),
			times(cell.copies),
			times(cell.copies_net),
			times(cell.author_sent),
			times(cell.other_sent),
			percent(cell.busy),
			percent(cell.busy_most),
			percent(cell.waited),
			format!("{:.0}", cell.resent),
			format!("{:.2}", cell.asked),
			format!("{:.2}", cell.synced),
			cell.missed.to_string(),
		]);
	}
	table
}

/// Both times by size.
pub fn picture(run: &Run, cells: &[Cell]) -> String {
	let panel = |title: &str, pick: fn(&Cell) -> &Times| {
		let mut series: Vec<Series> = Vec::new();
		for cell in cells.iter().filter(|cell| cell.size > 0) {
			let Times { p50, p50_low, p50_high, .. } = *pick(cell);
			let point = (cell.size as f64 / 1000.0, p50, (p50_high - p50_low) / 2.0);
			let name = cell.mode.name();
			match series.iter_mut().find(|series| series.name == name) {
				Some(series) => series.points.push(point),
				None => {
					series.push(Series { name: name.into(), points: vec![point], joined: true })
				}
			}
		}
		let mut sizes: Vec<u64> =
			cells.iter().map(|cell| cell.size).filter(|size| *size > 0).collect();
		sizes.dedup();
		let bound = sizes.iter().map(|size| (*size as f64 / 1000.0, run.bound(*size), 0.0));
		series.push(Series { name: "bound d + B/U".into(), points: bound.collect(), joined: true });
		Panel {
			title: title.into(),
			x: Axis { label: "kB".into(), logarithmic: true },
			y: Axis { label: "ms, median and 95 %".into(), logarithmic: true },
			series,
		}
	};
	let panels = [
		panel("until the last node has imported", |cell| &cell.last_import),
		panel("until the last node has received", |cell| &cell.last_receipt),
	];
	draw(&run.title(), &panels, 2)
}
