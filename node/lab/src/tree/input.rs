//! The JSON from which a tree is built, and what is wrong with it.

use crate::error::Error;
use serde::{
	de::{Deserializer, Error as _},
	Deserialize,
};
use std::io::{ErrorKind, Read};
use voltree_wct::{Node, Strategy, TRUST_UNIT};

/// Largest input, in bytes.
const LARGEST: u64 = 512 << 20;

/// Most nodes.
pub const MOST_NODES: usize = 1_000_000;

/// Most nodes when there are overheads, of which there are as many as the square.
pub const MOST_WITH_OVERHEADS: usize = 4_000;

/// What a tree is built from. The fields are those of section 3.2 of the paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
	#[serde(deserialize_with = "nodes")]
	pub nodes: Vec<Node>,
	#[serde(default)]
	pub overhead: Option<Vec<Vec<u32>>>,
	#[serde(deserialize_with = "trust")]
	pub trust_threshold: u32,
	#[serde(default)]
	pub overhead_threshold: Option<u32>,
	pub weights: (u64, u64),
	#[serde(deserialize_with = "strategy")]
	pub strategy: Strategy,
	#[serde(default)]
	pub root: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputNode {
	#[serde(deserialize_with = "trust")]
	trust: u32,
	link: u32,
}

fn nodes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Node>, D::Error> {
	let nodes = Vec::<InputNode>::deserialize(deserializer)?;
	Ok(nodes.into_iter().map(|InputNode { trust, link }| Node { trust, link }).collect())
}

fn trust<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
	let trust = u32::deserialize(deserializer)?;
	if trust > TRUST_UNIT {
		return Err(D::Error::custom(format_args!("{trust} is above {TRUST_UNIT}")));
	}
	Ok(trust)
}

fn strategy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Strategy, D::Error> {
	String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

impl Input {
	/// Reads all of `source`, which errors call `what`.
	pub fn read(source: impl Read, what: &str) -> Result<Self, Error> {
		let mut text = String::new();
		let read = source.take(LARGEST + 1).read_to_string(&mut text);
		let size = read.map_err(|cause| match cause.kind() {
			ErrorKind::InvalidData => Error::Input(format!("{what}: this is no UTF-8 text")),
			_ => Error::Read { what: what.into(), cause },
		})?;
		if size as u64 > LARGEST {
			let most = LARGEST >> 20;
			return Err(Error::Input(format!(
				"{what}: longer than {most} MiB, which is the limit"
			)));
		}
		let input = Self::parse(&text).map_err(|why| Error::Input(format!("{what}: {why}")))?;
		input.check().map_err(|why| Error::Input(format!("{what}: {why}")))?;
		Ok(input)
	}

	fn parse(text: &str) -> Result<Self, String> {
		let mut json = serde_json::Deserializer::from_str(text);
		let input = serde_path_to_error::deserialize(&mut json).map_err(|error| {
			let path = error.path().to_string();
			let cause = error.into_inner();
			match cause.classify() {
				serde_json::error::Category::Data => match path.as_str() {
					"." => format!("{cause}.{}", hint("")),
					path => format!("{path}: {cause}.{}", hint(path)),
				},
				_ => format!("this is no JSON: {cause}"),
			}
		})?;
		json.end().map_err(|cause| format!("this is no JSON: {cause}"))?;
		Ok(input)
	}

	/// What the types do not say.
	fn check(&self) -> Result<(), String> {
		let n = self.nodes.len();
		if n == 0 {
			return Err("nodes: the list is empty: give at least one node".into());
		}
		if n > MOST_NODES {
			return Err(format!("nodes: there are {n}: give at most {MOST_NODES}"));
		}
		if self.weights == (0, 0) {
			return Err("weights: both are 0: give at least one above 0".into());
		}
		if let Some(root) = self.root.filter(|root| *root as usize >= n) {
			let last = n - 1;
			return Err(format!("root: there is no node {root}: give 0 to {last}, or null"));
		}
		let Some(rows) = &self.overhead else { return Ok(()) };
		if n > MOST_WITH_OVERHEADS {
			return Err(format!(
				"overhead: there are {n} nodes: with overheads give at most {MOST_WITH_OVERHEADS}"
			));
		}
		if rows.len() != n {
			let rows = rows.len();
			return Err(format!("overhead: there are {rows} rows: give one for each of {n} nodes"));
		}
		if let Some((row, cells)) = rows.iter().enumerate().find(|(_, cells)| cells.len() != n) {
			let cells = cells.len();
			return Err(format!(
				"overhead[{row}]: there are {cells} cells: give one for each of {n} nodes"
			));
		}
		if self.overhead_threshold.is_none() {
			return Err(
				"overhead_threshold: missing, though there are overheads: give the largest \
			            overhead of an edge that may be used"
					.into(),
			);
		}
		Ok(())
	}
}

/// What to write into the field at `path`.
fn hint(path: &str) -> String {
	let field = path.rsplit(['.', '[']).find(|part| !part.ends_with(']')).unwrap_or(path);
	let field = field.trim_start_matches('.');
	match field {
		"trust" | "trust_threshold" => {
			format!(" Give a whole number of parts per billion, 0 to {TRUST_UNIT}")
		}
		"link" => format!(" Give a whole number, 0 to {}", u32::MAX),
		"overhead" => format!(" Give null or rows of whole numbers, 0 to {}", u32::MAX),
		"overhead_threshold" => format!(" Give a whole number, 0 to {}", u32::MAX),
		"weights" => " Give two whole numbers, of trust and of the linking number".into(),
		"root" => " Give null or the index of a node, from 0".into(),
		"nodes" => " Give a list of nodes such as {\"trust\": 900000000, \"link\": 3}".into(),
		_ => String::new(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const GOOD: &str = r#"{"nodes":[{"trust":900000000,"link":3},{"trust":1,"link":1}],
		"overhead":[[0,12],[12,0]],"trust_threshold":800000000,"overhead_threshold":50,
		"weights":[1,1],"strategy":"wct","root":null}"#;

	fn error(text: &str) -> String {
		Input::read(text.as_bytes(), "input").unwrap_err().to_string()
	}

	#[test]
	fn reads_what_the_readme_shows() {
		let input = Input::read(GOOD.as_bytes(), "input").unwrap();
		assert_eq!(input.nodes[0], Node { trust: 900_000_000, link: 3 });
		assert_eq!((input.weights, input.strategy, input.root), ((1, 1), Strategy::Wct, None));
		let short = r#"{"nodes":[{"trust":1,"link":0}],"trust_threshold":0,"weights":[0,1],
			"strategy":"lft"}"#;
		assert!(Input::read(short.as_bytes(), "input").unwrap().overhead.is_none());
	}

	/// Each with what the message must say: where, what is wrong, what to do.
	#[test]
	fn says_what_is_wrong_and_where() {
		let cases: [(&str, &str, &[&str]); 18] = [
			(
				"900000000",
				"1000000001",
				&["nodes[0].trust", "1000000001 is above", "0 to 1000000000"],
			),
			("900000000", "0.9", &["nodes[0].trust", "0.9", "whole number of parts per billion"]),
			("900000000", "-1", &["nodes[0].trust", "-1", "line 1 column"]),
			("900000000", "99999999999", &["nodes[0].trust", "0 to 1000000000"]),
			("\"link\":3", "\"links\":3", &["nodes[0]", "unknown field `links`", "`link`"]),
			("\"link\":1", "\"link\":\"1\"", &["nodes[1].link", "whole number, 0 to 4294967295"]),
			(",\"link\":3", "", &["nodes[0]", "missing field `link`"]),
			("\"root\"", "\"rot\"", &["unknown field `rot`", "`root`", "line 3"]),
			("null", "2", &["root", "no node 2", "0 to 1"]),
			("[1,1]", "[0,0]", &["weights", "both are 0", "at least one"]),
			("[1,1]", "[1]", &["weights", "two whole numbers"]),
			("[1,1]", "[1,-1]", &["weights[1]", "two whole numbers"]),
			("\"wct\"", "\"best\"", &["strategy", "\"best\"", "lft"]),
			("[12,0]]", "[12]]", &["overhead[1]", "1 cells", "2 nodes"]),
			(",[12,0]]", "]", &["overhead", "1 rows", "2 nodes"]),
			("[12,0]]", "[12,\"\"]]", &["overhead[1][1]", "rows of whole numbers"]),
			("\"overhead_threshold\":50,", "", &["overhead_threshold", "missing"]),
			("\"weights\"", "weights", &["no JSON", "line 3 column"]),
		];
		for (part, instead, words) in cases {
			let text = GOOD.replacen(part, instead, 1);
			assert_ne!(text, GOOD, "{part}");
			let error = error(&text);
			for word in words {
				assert!(error.contains(word), "{error:?} does not say {word:?}");
			}
		}
		let bytes = Input::read(&[b'"', 0xff, b'"'][..], "input").unwrap_err();
		assert!(bytes.to_string().contains("UTF-8") && bytes.exit_code() == 2);
		assert!(error(&format!("{GOOD} x")).contains("no JSON"));
		assert!(error(&GOOD[..50]).contains("line 1 column 50"));
		assert!(error(r#"{"nodes":[],"trust_threshold":0,"weights":[1,1],"strategy":"tft"}"#)
			.contains("at least one node"));
	}
}
