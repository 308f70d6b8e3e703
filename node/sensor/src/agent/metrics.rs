//! What the agent tells about itself: counters for Prometheus, health for whoever watches.

use std::sync::{
	atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
	Mutex,
};

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
	pub rows: AtomicU64,
	pub bad_rows: AtomicU64,
	pub doubtful_rows: AtomicU64,
	pub alarms: AtomicU64,
	reports_sent: AtomicU64,
	reports_on_chain: AtomicU64,
	reports_void: AtomicU64,
	registers_sent: AtomicU64,
	registers_on_chain: AtomicU64,
	registers_too_old: AtomicU64,
	series_sent: AtomicU64,
	series_on_chain: AtomicU64,
	series_lost: AtomicU64,
	refusals: AtomicU64,
	chain_time: AtomicU64,
	chain_block: AtomicU64,
	report_period: AtomicU64,
	/// Unix time of the newest reading, in milliseconds.
	pub newest_reading: AtomicU64,
	pub waiting: AtomicU64,
	node_up: AtomicBool,
	pub disk_trouble: AtomicBool,
	last_refusal: Mutex<String>,
}

impl Metrics {
	pub fn node_answers(&self, up: bool) {
		self.node_up.store(up, Relaxed);
	}

	pub fn chain(&self, now: u64, block: u32, report_period: u64) {
		self.chain_time.store(now, Relaxed);
		self.chain_block.store(block.into(), Relaxed);
		self.report_period.store(report_period, Relaxed);
	}

	/// The chain's report period in milliseconds; unknown before the first answer.
	pub fn report_period(&self) -> Option<u64> {
		Some(self.report_period.load(Relaxed)).filter(|period| *period > 0)
	}

	pub fn report_sent(&self) {
		self.reports_sent.fetch_add(1, Relaxed);
	}

	pub fn report_ended(&self, on_chain: bool) {
		let counter = if on_chain { &self.reports_on_chain } else { &self.reports_void };
		counter.fetch_add(1, Relaxed);
	}

	pub fn register_sent(&self) {
		self.registers_sent.fetch_add(1, Relaxed);
	}

	pub fn register_ended(&self, on_chain: bool) {
		let counter = if on_chain { &self.registers_on_chain } else { &self.registers_too_old };
		counter.fetch_add(1, Relaxed);
	}

	pub fn series_sent(&self) {
		self.series_sent.fetch_add(1, Relaxed);
	}

	pub fn series_ended(&self, on_chain: bool) {
		let counter = if on_chain { &self.series_on_chain } else { &self.series_lost };
		counter.fetch_add(1, Relaxed);
	}

	pub fn refused(&self, why: String) {
		self.refusals.fetch_add(1, Relaxed);
		*self.last_refusal.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = why;
	}

	/// In Prometheus' text format.
	pub fn text(&self) -> String {
		let mut text = String::new();
		let mut put = |name: &str, kind: &str, help: &str, value: u64| {
			let name = format!("voltree_sensor_{name}");
			text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"));
		};
		let mut count =
			|name, help, counter: &AtomicU64| put(name, "counter", help, counter.load(Relaxed));
		count("rows_total", "Lines read.", &self.rows);
		count("bad_rows_total", "Lines that could not be used.", &self.bad_rows);
		count(
			"doubtful_rows_total",
			"Lines of which some values were left out.",
			&self.doubtful_rows,
		);
		count("alarms_total", "Readings judged a hazard.", &self.alarms);
		count("reports_sent_total", "Reports that a node took.", &self.reports_sent);
		count("reports_on_chain_total", "Reports in finalized blocks.", &self.reports_on_chain);
		count("reports_void_total", "Reports overtaken or too old.", &self.reports_void);
		count("registers_sent_total", "Registers that a node took.", &self.registers_sent);
		count(
			"registers_on_chain_total",
			"Registers in finalized blocks.",
			&self.registers_on_chain,
		);
		count("registers_too_old_total", "Registers that came too late.", &self.registers_too_old);
		count("series_sent_total", "Roots of hours that a node took.", &self.series_sent);
		count(
			"series_on_chain_total",
			"Roots of hours in finalized blocks.",
			&self.series_on_chain,
		);
		count(
			"series_lost_total",
			"Roots of hours that the chain takes no longer.",
			&self.series_lost,
		);
		count("refusals_total", "What a node refused.", &self.refusals);
		let gauges = [
			("chain_time_milliseconds", "The chain's clock.", &self.chain_time),
			("chain_block", "The newest block.", &self.chain_block),
			("newest_reading_milliseconds", "When the newest reading came.", &self.newest_reading),
			("waiting", "Entries of the queue.", &self.waiting),
		];
		for (name, help, gauge) in gauges {
			put(name, "gauge", help, gauge.load(Relaxed));
		}
		put("node_up", "gauge", "Whether the node answers.", self.node_up.load(Relaxed).into());
		let trouble = self.disk_trouble.load(Relaxed).into();
		put("disk_trouble", "gauge", "Whether the queue is in memory only.", trouble);
		text
	}

	/// Whether all is well, and a JSON object that says what is not.
	pub fn health(&self, now: u64, patience: u64) -> (bool, String) {
		let newest = self.newest_reading.load(Relaxed);
		// A reading of tomorrow is none that just came: the clock was put back.
		let reading = newest > 0 && now.abs_diff(newest) <= patience;
		let node = self.node_up.load(Relaxed);
		let disk = !self.disk_trouble.load(Relaxed);
		let refusal = self.last_refusal.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
		let object = serde_json::json!({
			"readings": reading, "node": node, "disk": disk,
			"waiting": self.waiting.load(Relaxed), "last_refusal": *refusal,
		});
		(reading && node && disk, format!("{object}\n"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn health_says_what_is_wrong() {
		let metrics = Metrics::default();
		assert!(!metrics.health(1000, 100).0);
		metrics.node_answers(true);
		metrics.newest_reading.store(950, Relaxed);
		assert!(metrics.health(1000, 100).0);
		assert!(!metrics.health(1100, 100).0, "no readings any more");
		assert!(!metrics.health(800, 100).0, "the clock was put back");
		metrics.refused("Invalid Transaction (1010)".into());
		assert!(metrics.health(1000, 100).1.contains("1010"));
		assert!(metrics.text().contains("\nvoltree_sensor_refusals_total 1\n"));
	}
}
