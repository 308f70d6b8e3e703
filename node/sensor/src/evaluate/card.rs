//! Model cards: what a model is, what it was trained on, what it can and cannot do.

use super::{scores::Interval, Contender, Evaluation};
use crate::{
	learn::expected,
	model::{ModelFile, Task},
	output::table,
};

/// What the numbers do not say.
fn limits(task: Task) -> &'static str {
	match task {
		Task::Thunderstorm | Task::ThunderstormSoon => {
			"Trained on one composite year of one station (Miami, TMY2: each month from another year, chosen \
			 to be typical), so rare years, cold climates and mountains were never seen; the truth is what an \
			 observer noted at the full hour, so storms between two observations are counted as none, and \
			 lightning strikes within a minute cannot be told at all. Hourly readings limit the lead time: a \
			 warning comes at the earliest with the reading before the storm. The irradiance is that of the \
			 hour before and for the most part modelled from observed cloud. Probabilities hold where storms \
			 are as frequent as there; elsewhere set the threshold by local experience."
		}
		Task::TropicalStorm => {
			"Semi-synthetic: tracks, winds, pressures and radii are real (HURDAT2, 2004 on), what a station \
			 would have seen is computed (Holland profile, roughness, gusts and noise drawn by chance) on the \
			 background of a year of real station readings. No real station's record of a storm was used. \
			 Split by storm: no storm is on both sides."
		}
		Task::LineFault | Task::Overload => {
			"Simulated: load, weather, heat balance of the conductor and faults are drawn by chance within \
			 published orders of magnitude; no utility's fault record was used. The scores say that the \
			 detector finds what was simulated among what was simulated to confuse it, not how often real \
			 lines fail so."
		}
		Task::Frozen | Task::Interpolated => {
			"One inverter's quarter-hours of a month; the faults were marked by experts. A run can be told \
			 only once it has begun, so its first value is always missed."
		}
		Task::Clipped | Task::Outlier => {
			"One inverter's 500 quarter-hours; very few positive rows, so the intervals are wide and the \
			 numbers may not carry over. An outlier is judged without what follows it."
		}
	}
}

fn number(value: f64) -> String {
	if value.is_nan() {
		"-".into()
	} else {
		format!("{value:.3}")
	}
}

fn with_interval(value: f64, interval: Option<&Interval>) -> String {
	match interval {
		Some(interval) if !interval.low.is_nan() => {
			format!("{} ({}-{})", number(value), number(interval.low), number(interval.high))
		}
		_ => number(value),
	}
}

fn row(contender: &Contender) -> Vec<String> {
	let values = contender.scores.values();
	let interval = |at: usize| with_interval(values[at], contender.intervals.get(at));
	vec![
		contender.name.to_owned(),
		interval(0),
		interval(1),
		interval(2),
		number(values[3]),
		number(values[4]),
		interval(6),
		interval(7),
		format!("{:.1}", values[8]),
	]
}

/// The card of a model with its evaluation.
pub fn write(model: &ModelFile, result: &Evaluation) -> String {
	let task = model.task.name();
	let sheet = &result.data;
	let share = 100.0 * sheet.hazards as f64 / sheet.rows.max(1) as f64;
	let how = match result.as_is {
		true => "The model file itself was asked; it had not seen these rows.".to_owned(),
		false => format!(
			"Five-fold: trained on four fifths, asked about the rest; groups (days or storms) are never on \
			 both sides. Left out altogether: {}.",
			if sheet.excluded.is_empty() { "nothing".to_owned() } else { sheet.excluded.join(", ") }
		),
	};
	let scores = table(
		&[
			"",
			"AUC",
			"average precision",
			"recall at precision 0.3",
			"Brier",
			"skill",
			"precision",
			"recall",
			"cost",
		],
		&result.contenders.iter().map(row).collect::<Vec<_>>(),
	);
	let reliability: Vec<Vec<String>> = result
		.reliability
		.iter()
		.map(|bin| {
			let interval = format!("{:.3} ({:.3}-{:.3})", bin.share, bin.low, bin.high);
			vec![format!("{:.3}", bin.probability), interval, bin.rows.to_string()]
		})
		.collect();
	let reliability = table(&["probability named", "share of hazards", "rows"], &reliability);
	let events = &result.events;
	let costs = model.decision.costs;
	format!(
		"# Model card: {task}\n\n\
		 Reports `{class}`. File hash (BLAKE2b-256) `{hash}`, seed {seed}, {features} features, {trees} \
		 trees, format `{format}`.\n\n\
		 ## Data\n\n\
		 `{file}` (BLAKE2b-256 `{data}`): {rows} rows, {hazards} of them hazards ({share:.2} %), {groups} \
		 groups, {hazard_groups} with a hazard.\n\n\
		 ## Scores\n\n\
		 {how} In brackets 95 % intervals, by drawing whole groups.\n\n\
		 {scores}\n\
		 Precision, recall and cost (in false alarms, a thousand rows) at the threshold {threshold:.4}, where \
		 a missed row costs {miss} false alarms{chosen}. Never an alarm would cost {never:.1}. Persistence knows \
		 from an observer what a device does not.\n\n\
		 Events: {count}; found {found}, warned at the row before {warned}, median lead {lead:.0} minutes; \
		 {false_runs:.2} false runs of alarms a day.\n\n\
		 ## Reliability\n\n\
		 {reliability}\n\
		 ## Limits\n\n\
		 {limits}\n",
		class = model.class.name(),
		hash = result.model_hash,
		seed = result.seed,
		features = model.features.len(),
		trees = model.model.trees.len(),
		format = model.format,
		file = sheet.file,
		data = sheet.hash,
		rows = sheet.rows,
		hazards = sheet.hazards,
		groups = sheet.groups,
		hazard_groups = sheet.hazard_groups,
		threshold = result.threshold,
		miss = costs.miss,
		chosen = match (result.threshold - expected(costs)).abs() < 1e-9 {
			true => "",
			false => " (chosen as the cheapest on rows that the trees had not seen)",
		},
		never = 1e3 * costs.miss * sheet.hazards as f64 / sheet.rows.max(1) as f64,
		count = events.count,
		found = events.found,
		warned = events.warned,
		lead = events.median_lead_minutes,
		false_runs = events.false_runs_a_day,
		limits = limits(model.task),
	)
}
