//! Figures 6, 7 and 8: overall trust, concurrent communication time and node concurrency by number of
//! nodes.

use super::{
	experiment::{Row, Setting, LARGE, SMALL},
	Artefact,
};
use crate::{
	chart::{self, Axis, Panel, Series},
	output::Table,
	stats::Estimate,
};
use voltree_wct::Strategy;

/// What is on the upright axis.
#[derive(Clone, Copy)]
struct Figure {
	file: &'static str,
	title: &'static str,
	axis: &'static str,
	value: fn(&Row) -> Estimate,
	/// Grows without end, so large sizes need a logarithmic axis.
	grows: bool,
}

const FIGURES: [Figure; 5] = [
	Figure {
		file: "figure6",
		title: "Figure 6: overall trust by equation (1)",
		axis: "overall trust",
		value: |row| row.overall_trust,
		grows: false,
	},
	Figure {
		file: "figure6-forwards",
		title: "Figure 6, measured: share of forwards that succeed",
		axis: "share of forwards",
		value: |row| row.forwards,
		grows: false,
	},
	Figure {
		file: "figure6-reached",
		title: "Not in the paper: share of nodes reached without repair",
		axis: "share of nodes",
		value: |row| row.reached,
		grows: false,
	},
	Figure {
		file: "figure7",
		title: "Figure 7: concurrent communication time",
		axis: "rounds",
		value: |row| row.rounds,
		grows: true,
	},
	Figure {
		file: "figure8",
		title: "Figure 8: node concurrency",
		axis: "forwards out of one depth",
		value: |row| row.concurrency,
		grows: true,
	},
];

/// The strategies that are drawn; the tables have all.
pub fn drawn() -> Vec<Strategy> {
	let first = [Strategy::Lft, Strategy::Tft, Strategy::Wct, Strategy::DEFAULT];
	let others = Strategy::ALL.into_iter().filter(|strategy| !first.contains(strategy));
	let mut drawn: Vec<Strategy> = first.into_iter().chain(others).collect();
	drawn.truncate(5);
	drawn
}

/// What a strategy is called in pictures.
pub fn caption(strategy: Strategy) -> String {
	match strategy {
		strategy if strategy == Strategy::DEFAULT => format!("{strategy} (ours)"),
		Strategy::Lft | Strategy::Tft | Strategy::Wct => strategy.to_string().to_uppercase(),
		strategy => strategy.to_string(),
	}
}

fn panel(rows: &[Row], figure: Figure, setting: Setting, sizes: &[usize], title: String) -> Panel {
	let large = sizes.iter().any(|n| *n > 100);
	let series = drawn().into_iter().map(|strategy| {
		let name = strategy.to_string();
		let of = |row: &&Row| {
			row.strategy == name
				&& row.threshold == setting.threshold
				&& row.weights == setting.weights
				&& sizes.contains(&row.nodes)
		};
		let point = |row: &Row| {
			let estimate = (figure.value)(row);
			(row.nodes as f64, estimate.mean, estimate.margin)
		};
		let points = rows.iter().filter(of).map(point).collect();
		Series { name: caption(strategy), points, joined: true }
	});
	Panel {
		title,
		x: Axis { label: "nodes".into(), logarithmic: large },
		y: Axis { label: figure.axis.into(), logarithmic: large && figure.grows },
		series: series.collect(),
	}
}

/// Each figure for the paper's sizes and for large ones, with all settings.
pub fn artefacts(rows: &[Row]) -> Vec<Artefact> {
	let mut artefacts = Vec::new();
	for figure in FIGURES {
		for (suffix, sizes) in [("", &SMALL[..]), ("-large", &LARGE[..])] {
			let panels: Vec<Panel> = Setting::all()
				.zip("abcd".chars())
				.map(|(setting, letter)| {
					panel(rows, figure, setting, sizes, format!("({letter}) {}", setting.name()))
				})
				.collect();
			let name = format!("{}{suffix}", figure.file);
			let picture = chart::draw(figure.title, &panels, 2);
			artefacts.push(Artefact::new(format!("{name}.svg"), picture));
			let table = table(rows, figure, sizes);
			artefacts.push(Artefact::new(format!("{name}.csv"), table.csv()));
			let text = format!("{}: mean and 95 % interval\n\n{}", figure.title, table.text());
			artefacts.push(Artefact::new(format!("{name}.txt"), text));
		}
	}
	artefacts.push(Artefact::new("measures.csv", everything(rows).csv()));
	artefacts.push(Artefact::new("overview.svg", overview(rows)));
	artefacts
}

/// The paper's three figures at a glance, (a) of each.
fn overview(rows: &[Row]) -> String {
	let setting = Setting { threshold: super::experiment::THRESHOLDS[0], weights: (1, 1) };
	let panels: Vec<Panel> = [FIGURES[0], FIGURES[3], FIGURES[4]]
		.into_iter()
		.map(|figure| panel(rows, figure, setting, &SMALL, figure.title.into()))
		.collect();
	chart::draw("Communication trees, weights 1:1, trust threshold 0.8", &panels, 3)
}

/// A row for each size and setting, a column for each strategy.
fn table(rows: &[Row], figure: Figure, sizes: &[usize]) -> Table {
	let mut heading = vec!["nodes".to_owned(), "threshold".into(), "weights".into()];
	heading.extend(Strategy::ALL.iter().flat_map(|name| [name.to_string(), "+-".into()]));
	let mut table = Table::new(heading);
	for setting in Setting::all() {
		for n in sizes {
			let mut cells = vec![
				n.to_string(),
				super::experiment::unit(setting.threshold).to_string(),
				format!("{}:{}", setting.weights.0, setting.weights.1),
			];
			for strategy in Strategy::ALL {
				let found = super::experiment::find(rows, *n, setting, strategy);
				let estimate = found.map(figure.value).unwrap_or_default();
				cells.push(format!("{:.4}", estimate.mean));
				cells.push(format!("{:.4}", estimate.margin));
			}
			table.row(cells);
		}
	}
	table
}

/// Every measure of every case.
fn everything(rows: &[Row]) -> Table {
	type Measure = (&'static str, fn(&Row) -> Estimate);
	let measures: [Measure; 6] = [
		("overall_trust", |row| row.overall_trust),
		("rounds", |row| row.rounds),
		("concurrency", |row| row.concurrency),
		("overloaded", |row| row.overloaded),
		("forwards", |row| row.forwards),
		("reached", |row| row.reached),
	];
	let mut heading: Vec<String> =
		["nodes", "threshold", "weight_trust", "weight_link", "strategy", "seeds"]
			.map(String::from)
			.into();
	heading.extend(measures.iter().flat_map(|(name, _)| [name.to_string(), format!("{name}_pm")]));
	let mut table = Table::new(heading);
	for row in rows {
		let mut cells = vec![
			row.nodes.to_string(),
			row.threshold.to_string(),
			row.weights.0.to_string(),
			row.weights.1.to_string(),
			row.strategy.clone(),
			row.seeds.to_string(),
		];
		for (_, value) in measures {
			let estimate = value(row);
			cells.push(format!("{:.6}", estimate.mean));
			cells.push(format!("{:.6}", estimate.margin));
		}
		table.row(cells);
	}
	table
}
