//! `voltree-node doctor`: finds what keeps a chain from finalising, or a node from doing its part. It
//! asks a running node by RPC and changes nothing.
//!
//! | Module | What is in it |
//! |---|---|
//! | [`ask`] | questions to the node |
//! | [`checks`] | what follows from the answers: one finding each |
//! | [`finding`] | how findings are said |

mod ask;
mod checks;
mod finding;

use ask::Node;
use clap::Args;
use finding::Weight;
use std::path::PathBuf;

/// Find what keeps a chain from finalising, or this node from doing its part: asks a running node.
/// Ends with 1 where something is wrong
#[derive(Args, Clone, Debug)]
pub struct Doctor {
	/// The running node's RPC; for its keys to be looked at it has to take unsafe calls from here
	#[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9944")]
	pub rpc: String,

	/// The chain that the node should run: dev, local, staging, demo, or the path of a specification
	#[arg(long, value_name = "CHAIN")]
	pub chain: Option<String>,

	/// Where the node keeps its data, to look at the disk's room
	#[arg(long, value_name = "PATH")]
	pub base_path: Option<PathBuf>,
}

impl Doctor {
	/// Looks at everything and says what is found; an error if something is wrong.
	pub fn run(&self) -> sc_cli::Result<()> {
		let node = Node::new(&self.rpc);
		let findings = checks::all(&node, self);
		for finding in &findings {
			println!("{finding}");
		}
		let wrong = findings.iter().filter(|finding| finding.weight == Weight::Wrong).count();
		match wrong {
			0 => Ok(()),
			1 => Err("one thing is wrong, see above".into()),
			more => Err(format!("{more} things are wrong, see above").into()),
		}
	}
}
