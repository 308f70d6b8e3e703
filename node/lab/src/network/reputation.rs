//! What nodes think of each other, by the SDK's count: who comes below its threshold is banned. Read
//! from their logs, so only in runs whose nodes write that down.

use serde::{Deserialize, Serialize};

/// What nodes have to log: by the backend libp2p, and by litep2p.
pub const LOG: &str = "peerset=trace,sub-libp2p::peerstore=trace";
const TARGETS: [&str; 2] = [" peerset: ", " sub-libp2p::peerstore: "];

/// One node's opinion of another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Opinion {
	/// 0 is neutral.
	pub value: i64,
	pub by: usize,
	pub of: usize,
	/// What made it so low, in the SDK's words or ours.
	pub reason: String,
}

/// The worst that an honest node has thought of an honest node.
pub fn lowest(logs: &[String], peers: &[&str], honest: &[bool]) -> Option<Opinion> {
	let is_honest = |place: usize| honest.get(place).copied().unwrap_or(false);
	let opinions =
		logs.iter().enumerate().filter(|(by, _)| is_honest(*by)).flat_map(|(by, log)| {
			log.lines().filter_map(move |line| read(line)).filter_map(
				move |(peer, value, reason)| {
					let of = peers.iter().position(|one| *one == peer)?;
					is_honest(of).then(|| Opinion { value, by, of, reason: reason.into() })
				},
			)
		});
	opinions.min()
}

/// Whom a line is about, what is thought of it from now on, and why.
fn read(line: &str) -> Option<(&str, i64, &str)> {
	let rest = TARGETS.iter().find_map(|target| Some(line.split_once(target)?.1))?;
	let (peer, rest) = rest.split_once("Report ")?.1.split_once(": ")?;
	let (value, reason) = rest.split_once(" to ")?.1.split_once(". Reason: ")?;
	Some((peer, value.parse().ok()?, reason.trim_end().trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn line(peer: &str, to: &str) -> String {
		format!(
			"2026-11-23 07:45:27.176 TRACE tokio-rt-worker peerset: Report {peer}: {to}. Reason: Grandpa: Catch-up reply.    \n"
		)
	}

	#[test]
	fn the_lowest_among_the_honest_is_found() {
		let logs = [
			line("a", "+100 to 100") + &line("b", "-200 to -150") + &line("c", "-200 to -900"),
			line("a", "-10 to -10").replace("peerset", "sub-libp2p::peerstore")
				+ "2026-11-23 07:45:27.176 TRACE x peerset: Peer a is known",
			line("a", "-999 to -999"),
		];
		let peers = ["a", "b", "c"];
		let found = lowest(&logs, &peers, &[true, true, false]);
		let reason = "Grandpa: Catch-up reply".to_owned();
		assert_eq!(found, Some(Opinion { value: -150, by: 0, of: 1, reason }));
		assert_eq!(lowest(&logs, &peers, &[false; 3]), None);
	}
}
