//! What is looked at many times a second while blocks travel: bytes sent, the processors' load.

use super::cluster::Cluster;
use std::{
	fs,
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Between two looks.
pub const EVERY: Duration = Duration::from_millis(50);

/// A look.
#[derive(Clone, Debug, Default)]
pub struct Sample {
	/// Microseconds of the Unix epoch.
	pub at: u64,
	/// Bytes that each node has sent so far.
	pub sent: Vec<u64>,
	/// Hundredths of a second in which processors were busy, so far, and all of them.
	pub busy: (u64, u64),
	/// Microseconds in which something waited for a processor, so far (PSI); counted by the kernel
	/// every two seconds.
	pub waited: u64,
	/// TCP segments that all nodes have sent again, so far.
	pub resent: u64,
}

/// This moment.
pub fn now() -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

impl Sample {
	/// Of this moment.
	pub fn take(cluster: &Cluster) -> Self {
		let counts = cluster.switch.counts();
		let nodes = cluster.nodes.len();
		// Of the network namespace of the process; of one that crashed nothing can be read.
		let snmp = |pid: u32| fs::read_to_string(format!("/proc/{pid}/net/snmp"));
		Self {
			at: now(),
			sent: (0..nodes).map(|node| counts.sent_by(node, nodes)).collect(),
			busy: fs::read_to_string("/proc/stat").map_or((0, 0), |text| busy(&text)),
			waited: fs::read_to_string("/proc/pressure/cpu").map_or(0, |text| waited(&text)),
			resent: cluster
				.nodes
				.iter()
				.map(|n| snmp(n.pid()).map_or(0, |text| resent(&text)))
				.sum(),
		}
	}
}

/// Busy and all, from the first line of `/proc/stat`.
fn busy(text: &str) -> (u64, u64) {
	let line = text.lines().next().unwrap_or_default();
	let ticks: Vec<u64> = line.split_whitespace().skip(1).filter_map(|n| n.parse().ok()).collect();
	// user, nice, system, idle, iowait, irq, softirq, steal; guests are in the first two.
	let all: u64 = ticks.iter().take(8).sum();
	let idle: u64 = ticks.iter().skip(3).take(2).sum();
	(all - idle.min(all), all)
}

/// The total of the line "some" of `/proc/pressure/cpu`.
fn waited(text: &str) -> u64 {
	let line = text.lines().find(|line| line.starts_with("some")).unwrap_or_default();
	let total = line.split("total=").nth(1);
	total.and_then(|total| total.trim().parse().ok()).unwrap_or(0)
}

/// The number of `RetransSegs` in the two lines "Tcp:" of `/proc/<pid>/net/snmp`.
fn resent(text: &str) -> u64 {
	let mut lines = text.lines().filter(|line| line.starts_with("Tcp:"));
	let (names, values) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
	let mut both = names.split_whitespace().zip(values.split_whitespace());
	both.find(|(name, _)| *name == "RetransSegs").and_then(|(_, n)| n.parse().ok()).unwrap_or(0)
}

/// What happened between two moments.
#[derive(Clone, Debug, Default)]
pub struct Span {
	/// Bytes by node.
	pub sent: Vec<u64>,
	/// Share of the processors' time that was used.
	pub busy: f64,
	/// Share of the time in which something waited for a processor.
	pub waited: f64,
	/// TCP segments that were sent again.
	pub resent: u64,
}

/// The sample at or just before a moment.
fn before(samples: &[Sample], at: u64) -> Option<&Sample> {
	let after = samples.partition_point(|sample| sample.at <= at);
	samples.get(after.saturating_sub(1))
}

/// Between two moments; `None` if there is no sample.
pub fn between(samples: &[Sample], from: u64, to: u64) -> Option<Span> {
	let (first, last) = (before(samples, from)?, before(samples, to)?);
	let sent = first.sent.iter().zip(&last.sent).map(|(a, b)| b.saturating_sub(*a)).collect();
	let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
	Some(Span {
		sent,
		busy: share(
			last.busy.0.saturating_sub(first.busy.0),
			last.busy.1.saturating_sub(first.busy.1),
		),
		waited: share(last.waited.saturating_sub(first.waited), last.at.saturating_sub(first.at)),
		resent: last.resent.saturating_sub(first.resent),
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_kernel_is_read() {
		let stat = "cpu  100 20 30 700 50 0 5 5 40 0\ncpu0 1 2 3\n";
		assert_eq!(busy(stat), (160, 910));
		let psi = "some avg10=1.00 avg60=2.00 avg300=3.00 total=12345\nfull avg10=0 total=7\n";
		assert_eq!(waited(psi), 12_345);
		assert_eq!((busy(""), waited("")), ((0, 0), 0));
		let snmp =
			"Ip: Forwarding DefaultTTL\nIp: 2 64\nTcp: OutSegs RetransSegs InErrs\nTcp: 99 7 0\n";
		assert_eq!((resent(snmp), resent("")), (7, 0));
	}

	#[test]
	fn spans_are_differences() {
		let sample = |at, sent: [u64; 2], busy, waited| Sample {
			at,
			sent: sent.to_vec(),
			busy: (busy, 2 * at),
			waited,
			resent: at / 10,
		};
		let samples =
			[sample(10, [0, 0], 0, 0), sample(20, [5, 1], 10, 5), sample(30, [9, 1], 10, 5)];
		let span = between(&samples, 12, 25).unwrap();
		assert_eq!((span.sent, span.busy, span.waited), (vec![5, 1], 0.5, 0.5));
		assert_eq!(span.resent, 1);
		let all = between(&samples, 0, 99).unwrap();
		assert_eq!((all.sent, all.busy), (vec![9, 1], 0.25));
		assert!(between(&[], 0, 1).is_none());
	}
}
