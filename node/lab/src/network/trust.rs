//! What the chain thinks of everybody, session by session: for runs in which somebody has a fault.

use super::report::Summary;
use crate::output::Table;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Trust as the chain counts it: parts per billion.
const WHOLE: f64 = 1e9;

/// A session, as the first block of it that we looked at shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Session {
	pub session: u64,
	/// The height of that block.
	pub number: u64,
	/// By place; `None` of who takes no part.
	pub trust: Vec<Option<f64>>,
}

/// From the answer of `fanOut_tree` about a block that travels down trees; `peers` are all nodes.
pub fn read(answer: &Value, peers: &[&str]) -> Option<Session> {
	// Everybody stands in every tree.
	let relays = answer["way"]["trees"][0].as_array()?;
	let trust = peers.iter().map(|peer| {
		let relay = relays.iter().find(|relay| relay["peer"] == *peer)?;
		Some(relay["trust"].as_f64()? / WHOLE)
	});
	Some(Session {
		session: answer["session"].as_u64()?,
		number: answer["number"].as_u64()?,
		trust: trust.collect(),
	})
}

/// Remembers a session that was not known.
pub fn learn(known: &mut Vec<Session>, session: Session) {
	if known.iter().all(|one| one.session != session.session) {
		known.push(session);
	}
}

/// A row for each session: every node with a fault by its place, and of the honest ones, the least,
/// the most, and how far one was moved at the most since the first session.
pub fn table(summary: &Summary) -> Table {
	let honest = |place: &usize| summary.honest.get(*place) == Some(&true);
	let guilty: Vec<usize> = (0..summary.nodes).filter(|place| !honest(place)).collect();
	let mut heading = vec!["session".to_owned(), "from block".into()];
	heading.extend(guilty.iter().map(|place| format!("node {place}, faulty")));
	heading.extend(["honest, least", "most", "moved"].map(String::from));
	let mut table = Table::new(heading);
	let shown = |trust: Option<f64>| trust.map_or("-".into(), |trust| format!("{trust:.3}"));
	let first = summary.trust.first();
	for session in &summary.trust {
		let of = |place: usize| session.trust.get(place).copied().flatten();
		let before = |place: usize| first?.trust.get(place).copied().flatten();
		let places = || (0..summary.nodes).filter(honest);
		let all = || places().filter_map(of);
		let moved = places().filter_map(|place| Some((of(place)? - before(place)?).abs()));
		let mut row = vec![session.session.to_string(), session.number.to_string()];
		row.extend(guilty.iter().map(|place| shown(of(*place))));
		row.extend([
			shown(all().reduce(f64::min)),
			shown(all().reduce(f64::max)),
			shown(moved.reduce(f64::max)),
		]);
		table.row(row);
	}
	table
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn a_session_is_read_and_shown() {
		let answer = |session: u64, trust: [u32; 3]| {
			let relay = |peer: &str, trust: u32| json!({ "peer": peer, "trust": trust, "link": 3 });
			let relays = [relay("b", trust[1]), relay("a", trust[0]), relay("c", trust[2])];
			json!({ "session": session, "number": 10 * session, "way": { "trees": [relays] } })
		};
		let peers = ["a", "b", "c", "gone"];
		let first = read(&answer(1, [900_000_000; 3]), &peers).unwrap();
		assert_eq!(first.trust, [Some(0.9), Some(0.9), Some(0.9), None]);
		let mut known = Vec::new();
		learn(&mut known, first.clone());
		learn(&mut known, first);
		learn(
			&mut known,
			read(&answer(2, [910_000_000, 400_000_000, 880_000_000]), &peers).unwrap(),
		);
		assert_eq!(known.len(), 2);
		// A block that travels the stock way shows nobody.
		assert_eq!(read(&json!({ "session": 1, "number": 2, "way": null }), &peers), None);

		let mut summary: Summary = serde_json::from_value(super::super::report::example()).unwrap();
		(summary.nodes, summary.honest, summary.trust) = (4, vec![true, false, true, true], known);
		let lines: Vec<String> = table(&summary).csv().lines().map(String::from).collect();
		assert_eq!(lines[0], "session,from block,\"node 1, faulty\",\"honest, least\",most,moved");
		assert_eq!(lines[2], "2,20,0.400,0.880,0.910,0.020");
	}
}
