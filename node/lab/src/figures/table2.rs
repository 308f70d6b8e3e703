//! The experiment's 50 nodes as a table, and Table 2 with values in it.

use super::{
	experiment::{find, Row, Setting},
	Artefact,
};
use crate::output::Table;
use voltree_wct::Strategy;

/// Nodes of the paper's experiment.
pub const NODES: usize = 50;

/// A measure, and whether more of it is better.
struct Measure {
	name: &'static str,
	value: fn(&Row) -> f64,
	more_is_better: bool,
}

const MEASURES: [Measure; 3] = [
	Measure {
		name: "reliability (overall trust)",
		value: |row| row.overall_trust.mean,
		more_is_better: true,
	},
	Measure { name: "time (rounds)", value: |row| row.rounds.mean, more_is_better: false },
	Measure { name: "concurrent ability", value: |row| row.concurrency.mean, more_is_better: true },
];

/// Where a value lies between the worst and the best of LFT, TFT and WCT: 0 to 1, and beyond for better
/// or worse than all of them.
fn rank(rows: &[Row], setting: Setting, measure: &Measure, value: f64) -> f64 {
	let papers = [Strategy::Lft, Strategy::Tft, Strategy::Wct];
	let values = papers
		.iter()
		.filter_map(|strategy| find(rows, NODES, setting, *strategy))
		.map(|row| (measure.value)(row));
	let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
	if high <= low {
		return 1.0;
	}
	let part = (value - low) / (high - low);
	if measure.more_is_better {
		part
	} else {
		1.0 - part
	}
}

/// The paper's words: the best tenth is excellent, the better half good.
fn word(rank: f64) -> &'static str {
	match rank {
		rank if rank >= 0.9 => "excellent",
		rank if rank >= 0.5 => "good",
		_ => "poor",
	}
}

/// The word for a strategy's measure (0: reliability, 1: time, 2: concurrent ability).
pub fn verdict(rows: &[Row], setting: Setting, strategy: Strategy, measure: usize) -> &'static str {
	let (Some(row), Some(measure)) = (find(rows, NODES, setting, strategy), MEASURES.get(measure))
	else {
		return "unknown";
	};
	word(rank(rows, setting, measure, (measure.value)(row)))
}

/// Both tables.
pub fn artefacts(rows: &[Row]) -> Vec<Artefact> {
	let mut fifty = Table::new([
		"threshold",
		"weights",
		"strategy",
		"overall trust",
		"+-",
		"rounds",
		"+-",
		"concurrency",
		"+-",
		"overloaded",
		"forwards",
		"reached",
	]);
	for setting in Setting::all() {
		for strategy in Strategy::ALL {
			let Some(row) = find(rows, NODES, setting, strategy) else { continue };
			fifty.row([
				super::experiment::unit(setting.threshold).to_string(),
				format!("{}:{}", setting.weights.0, setting.weights.1),
				strategy.to_string(),
				format!("{:.4}", row.overall_trust.mean),
				format!("{:.4}", row.overall_trust.margin),
				format!("{:.2}", row.rounds.mean),
				format!("{:.2}", row.rounds.margin),
				format!("{:.2}", row.concurrency.mean),
				format!("{:.2}", row.concurrency.margin),
				format!("{:.2}", row.overloaded.mean),
				format!("{:.3}", row.forwards.mean),
				format!("{:.3}", row.reached.mean),
			]);
		}
	}
	let mut second = Table::new(
		["weights, threshold".to_owned(), "measure".into()]
			.into_iter()
			.chain(Strategy::ALL.map(|strategy| strategy.to_string())),
	);
	for setting in Setting::all() {
		for measure in &MEASURES {
			let cells = Strategy::ALL.map(|strategy| {
				find(rows, NODES, setting, strategy).map_or("-".into(), |row| {
					let value = (measure.value)(row);
					format!("{value:.3} {}", word(rank(rows, setting, measure, value)))
				})
			});
			second.row([setting.name(), measure.name.into()].into_iter().chain(cells));
		}
	}
	let title =
		"The 50 nodes of the experiment: means over seeds, 95 % intervals; reached: without repair";
	let note =
		"Table 2 with values, 50 nodes. Excellent: in the best tenth between the worst and the \
	            best of LFT, TFT\nand WCT; good: in the better half; poor: below. The paper's row \
	            \"optimization goal\" has LFT's and TFT's\nexchanged: LFT shortens communication \
	            delay, TFT enhances communication reliability.";
	vec![
		Artefact::new("table-50.csv", fifty.csv()),
		Artefact::new("table-50.txt", format!("{title}\n\n{}", fifty.text())),
		Artefact::new("table2.csv", second.csv()),
		Artefact::new("table2.txt", format!("{note}\n\n{}", second.text())),
		Artefact::new("table2.svg", picture(rows)),
	]
}

/// Table 2 as a picture: how far each strategy is from the worst (0) to the best (1) of the paper's three.
fn picture(rows: &[Row]) -> String {
	use crate::chart::{draw, Axis, Panel, Series};
	let panels: Vec<Panel> = Setting::all()
		.map(|setting| Panel {
			title: setting.name(),
			x: Axis {
				label: "1 reliability, 2 time, 3 concurrent ability".into(),
				logarithmic: false,
			},
			y: Axis {
				label: "from the worst (0) to the best (1) of the three".into(),
				logarithmic: false,
			},
			series: super::curves::drawn()
				.into_iter()
				.map(|strategy| Series {
					name: super::curves::caption(strategy),
					points: (1u8..)
						.zip(&MEASURES)
						.filter_map(|(place, measure)| {
							let row = find(rows, NODES, setting, strategy)?;
							let rank = rank(rows, setting, measure, (measure.value)(row));
							Some((place.into(), rank, 0.0))
						})
						.collect(),
					joined: true,
				})
				.collect(),
		})
		.collect();
	draw("Table 2: performance of the trees, 50 nodes", &panels, 2)
}
