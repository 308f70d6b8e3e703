//! Hazards as events with a beginning: which were found, and how long before they began.

use crate::{
	learn::Dataset,
	model::Task,
	reading::{time::HOUR, Moment},
};
use serde::Serialize;

/// Longest warning that is counted.
const LONGEST: Moment = 6 * HOUR;
/// Rows farther apart do not belong to one event.
const GAP: Moment = 3 * HOUR;

/// What became of the events.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Events {
	pub count: usize,
	/// An alarm while it lasted or without a break before it.
	pub found: usize,
	/// An alarm at the row before it began.
	pub warned: usize,
	/// Of the warned: minutes from the first alarm without a break to the beginning.
	pub median_lead_minutes: f64,
	/// Runs of alarms that touch no event, by the day.
	pub false_runs_a_day: f64,
}

/// Finds the events of the data and what the alarms said of them.
pub fn find(data: &Dataset, task: Task, alarms: &[bool]) -> Events {
	let truth: Vec<bool> = match task.ahead() {
		None => data.labels.clone(),
		// What is known is whether it is so now.
		Some(_) => data.known.iter().map(|known| *known == Some(true)).collect(),
	};
	let joined = |before: usize, row: usize| {
		let gap = data.times[row] - data.times[before];
		data.streams[before] == data.streams[row] && (0..=GAP).contains(&gap)
	};
	let mut events = Events::default();
	let mut leads: Vec<Moment> = Vec::new();
	let mut row = 0;
	while row < data.len() {
		if !truth[row] {
			row += 1;
			continue;
		}
		let start = row;
		while row + 1 < data.len() && truth[row + 1] && joined(row, row + 1) {
			row += 1;
		}
		row += 1;
		events.count += 1;
		let mut first = start;
		while first > 0 && joined(first - 1, first) && alarms[first - 1] && !truth[first - 1] {
			first -= 1;
		}
		let lead = data.times[start] - data.times[first];
		let warned = first < start;
		if warned {
			events.warned += 1;
			leads.push(lead.min(LONGEST));
		}
		events.found += usize::from(warned || alarms[start..row].contains(&true));
	}
	leads.sort_unstable();
	events.median_lead_minutes =
		leads.get(leads.len() / 2).map_or(0.0, |lead| *lead as f64 / 60_000.0);
	events.false_runs_a_day = false_runs(data, &truth, alarms, joined);
	events
}

fn false_runs(
	data: &Dataset,
	truth: &[bool],
	alarms: &[bool],
	joined: impl Fn(usize, usize) -> bool,
) -> f64 {
	let (mut runs, mut time) = (0, 0);
	let mut row = 0;
	while row < data.len() {
		if row > 0 && joined(row - 1, row) {
			time += data.times[row] - data.times[row - 1];
		}
		if !alarms[row] {
			row += 1;
			continue;
		}
		let start = row;
		while row + 1 < data.len() && alarms[row + 1] && joined(row, row + 1) {
			row += 1;
			time += data.times[row] - data.times[row - 1];
		}
		row += 1;
		// An alarm that is on when the event begins, or that outlasts it, is none that was false.
		let after = row.min(data.len() - 1);
		runs += usize::from(!truth[start.saturating_sub(1)..=after].contains(&true));
	}
	runs as f64 / (time as f64 / (24.0 * HOUR as f64)).max(1e-9)
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Hours: alarm from 2 on, event from 4 to 5; event at 9 without an alarm; alarm at 14 for nothing.
	#[test]
	fn events_by_hand() {
		let mut data = Dataset { group_names: vec![String::new()], ..Default::default() };
		let truth = [4, 5, 9];
		let alarms: Vec<bool> = (0..25).map(|hour| [2, 3, 4, 14].contains(&hour)).collect();
		for hour in 0..25usize {
			data.push_row(&[], truth.contains(&hour), 0);
			data.times[hour] = hour as Moment * HOUR;
		}
		let expected = Events {
			count: 2,
			found: 1,
			warned: 1,
			median_lead_minutes: 120.0,
			false_runs_a_day: 1.0,
		};
		assert_eq!(find(&data, Task::Thunderstorm, &alarms), expected);
	}
}
