//! `voltree-lab tree`: one tree, from JSON.

mod draw;
mod input;

use crate::{
	error::Error,
	output::{self, Table},
};
use clap::Args;
use input::Input;
use serde::Serialize;
use std::{
	fs::File,
	io::{self, BufReader},
	path::PathBuf,
};
use voltree_wct::{Overheads, Settings, Tree, Weights, TRUST_UNIT};

/// Build one communication tree from JSON.
#[derive(Args, Debug)]
#[command(after_long_help = FORMAT)]
pub struct Options {
	/// Read this file instead of standard input.
	#[arg(short, long, value_name = "FILE")]
	input: Option<PathBuf>,
	/// Print a table instead of JSON.
	#[arg(long)]
	table: bool,
	/// Also draw the tree, of at most 2,000 nodes, into this file.
	#[arg(long, value_name = "FILE")]
	svg: Option<PathBuf>,
}

const FORMAT: &str = r#"Input, one JSON object; unknown fields are refused:
  nodes               list of {"trust": 0 to 1000000000 (parts per billion), "link": 0 to 4294967295},
                      1 to 1,000,000 of them
  overhead            null, or a row for each node with a whole number for each node (from row to column);
                      then at most 4,000 nodes. May be left out
  trust_threshold     0 to 1000000000; who has at least this is trusted
  overhead_threshold  an edge with more is not used; may be left out without overhead
  weights             [of trust, of the linking number], whole numbers, not both 0
  strategy            "lft", "tft", "wct", "scaled", "balanced" or "edge-aware"
  root                index of the accounting node, from 0; null or left out: whom the strategy likes best
The whole is at most 512 MiB.

Output, one JSON object:
  sequence       node indices in the order of attachment
  parent         by node index; null for the root
  overall_trust  equation (1), in parts per billion, rounded down
  rounds         depth of the last node
  concurrency    most forwards out of one depth
  overloaded     children beyond linking numbers

Example:
  echo '{"nodes":[{"trust":900000000,"link":1},{"trust":950000000,"link":2},{"trust":1,"link":3}],
    "trust_threshold":800000000,"weights":[1,1],"strategy":"wct"}' | voltree-lab tree
  {"sequence":[1,0,2],"parent":[1,null,1],"overall_trust":950000000,"rounds":1,...}"#;

#[derive(Serialize)]
struct Output<'a> {
	sequence: &'a [u32],
	parent: &'a [Option<u32>],
	overall_trust: u32,
	rounds: u32,
	concurrency: u32,
	overloaded: u32,
}

/// The command.
pub fn run(options: &Options) -> Result<(), Error> {
	let input = match &options.input {
		Some(path) => {
			let what = path.display().to_string();
			let file =
				File::open(path).map_err(|cause| Error::Read { what: what.clone(), cause })?;
			Input::read(BufReader::new(file), &what)?
		}
		None => Input::read(io::stdin().lock(), "standard input")?,
	};
	let tree = build(&input)?;
	if let Some(path) = &options.svg {
		output::write(path, &draw::draw(&tree, &input.nodes, input.trust_threshold)?)?;
	}
	if options.table {
		return output::print(&table(&tree, &input));
	}
	let measures = tree.measures();
	let output = Output {
		sequence: tree.sequence(),
		parent: tree.parents(),
		overall_trust: measures.overall_trust,
		rounds: measures.rounds,
		concurrency: measures.concurrency,
		overloaded: measures.overloaded,
	};
	output::print(&(serde_json::to_string(&output)? + "\n"))
}

fn build(input: &Input) -> Result<Tree, Error> {
	let cells: Option<Vec<u32>> = input.overhead.as_ref().map(|rows| rows.concat());
	let overheads =
		cells.as_ref().map(|cells| Overheads::new(input.nodes.len(), cells)).transpose()?;
	let settings = Settings {
		trust_threshold: input.trust_threshold,
		overhead_threshold: input.overhead_threshold.unwrap_or(u32::MAX),
		weights: Weights { trust: input.weights.0, link: input.weights.1 },
	};
	Ok(voltree_wct::tree(&input.nodes, overheads, settings, input.strategy, input.root)?)
}

fn table(tree: &Tree, input: &Input) -> String {
	let mut table =
		Table::new(["place", "node", "parent", "depth", "trust", "link", "children", "trusted"]);
	let mut depths = vec![0usize; input.nodes.len()];
	for (place, &index) in tree.sequence().iter().enumerate() {
		let (Some(node), parent) = (input.nodes.get(index as usize), tree.parent(index)) else {
			continue;
		};
		let depth = parent.map_or(0, |parent| depths[parent as usize] + 1);
		depths[index as usize] = depth;
		table.row([
			place.to_string(),
			index.to_string(),
			parent.map_or("-".into(), |parent| parent.to_string()),
			depth.to_string(),
			format!("{:.9}", f64::from(node.trust) / f64::from(TRUST_UNIT)),
			node.link.to_string(),
			tree.children(index).count().to_string(),
			if node.trust >= input.trust_threshold { "yes" } else { "no" }.into(),
		]);
	}
	let measures = tree.measures();
	format!(
		"{}\nstrategy {}: overall trust {:.9}, {} rounds, concurrency {}, {} children too many\n",
		table.text(),
		input.strategy,
		f64::from(measures.overall_trust) / f64::from(TRUST_UNIT),
		measures.rounds,
		measures.concurrency,
		measures.overloaded
	)
}
