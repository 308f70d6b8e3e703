//! All nodes and the switch between them.

use super::{
	faults::Kind,
	keys::{self, Keys},
	namespace::{self, Namespace},
	node::{self, Common, Node},
	options::Options,
	specification,
	switch::Switch,
	sys,
};
use crate::{error::Error, progress};
use std::{
	collections::BTreeSet,
	path::{Path, PathBuf},
	thread,
	time::{Duration, Instant},
};

/// Nodes may take so long until they are linked and finalise: many share few processors.
const PATIENCE: Duration = Duration::from_secs(600);

/// A folder that is gone when this is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
	fn drop(&mut self) {
		keys::forget(&self.0);
	}
}

/// See the module. Fields are dropped in their order: nodes, switch, files.
pub struct Cluster {
	pub nodes: Vec<Node>,
	pub switch: Switch,
	_folder: Folder,
}

impl Cluster {
	/// Makes keys and chain, and starts everything.
	pub fn start(options: &Options) -> Result<Self, Error> {
		namespace::sweep();
		let folder = std::env::temp_dir().join(format!("voltree-lab-{}", std::process::id()));
		let guard = Folder(folder.clone());
		let all: Vec<Keys> = (0..options.nodes)
			.map(|place| {
				Keys::make(&options.node, &node::folder(&folder, place), specification::ID)
			})
			.collect::<Result<_, _>>()?;
		let path = specification::write(options, &folder, &all)?;
		let mut namespaces = Vec::new();
		let mut devices = Vec::new();
		for place in 0..options.nodes {
			let (namespace, device) = Namespace::new(place, options.mtu, options.keep_windows)?;
			namespaces.push(namespace);
			devices.push(device);
		}
		let switch = Switch::start(devices, options.terms())?;
		let peers: Vec<String> = all.iter().map(|keys| keys.peer.clone()).collect();
		let common = Common { options, specification: &path, folder: &folder, peers: &peers };
		let mut cluster = Self { nodes: Vec::new(), switch, _folder: guard };
		for (place, (namespace, keys)) in namespaces.into_iter().zip(all).enumerate() {
			cluster.nodes.push(Node::start(&common, place, namespace, keys)?);
		}
		cluster.settle(options)?;
		Ok(cluster)
	}

	/// Waits until all are linked to all, and blocks become final.
	fn settle(&mut self, options: &Options) -> Result<(), Error> {
		let bar = progress::bar("nodes", options.nodes as u64);
		let until = Instant::now() + PATIENCE;
		let others = options.nodes as u64 - 1;
		// Stock nodes have no links for the fan-out.
		let stock = options.fault.iter().filter(|fault| fault.kind == Kind::Off);
		let stock: BTreeSet<usize> = stock.flat_map(|fault| fault.nodes.clone()).collect();
		let links = others.saturating_sub(stock.len() as u64);
		loop {
			self.check(&BTreeSet::new())?;
			let states: Vec<Result<bool, Error>> =
				self.nodes.iter().map(|node| is_ready(node, others, links)).collect();
			let ready = states.iter().filter(|state| matches!(state, Ok(true))).count();
			bar.set_position(ready as u64);
			if ready == self.nodes.len() {
				bar.finish_and_clear();
				return Ok(());
			}
			if Instant::now() > until {
				let late =
					self.nodes.iter().zip(states).find(|(_, state)| !matches!(state, Ok(true)));
				let words = late.map_or(String::new(), |(node, state)| match state {
					Err(error) => format!("{error}\n{}", node.last_words()),
					Ok(_) => node.last_words(),
				});
				return Err(Error::Run(format!(
					"only {ready} nodes of {} are linked and finalise after {} s; one of the others \
					 says:\n{words}",
					self.nodes.len(),
					PATIENCE.as_secs(),
				)));
			}
			thread::sleep(Duration::from_millis(500));
		}
	}

	/// Fails if we are to stop, or something that should run does not. The `crashed` should not.
	pub fn check(&mut self, crashed: &BTreeSet<usize>) -> Result<(), Error> {
		if sys::asked_to_stop() {
			return Err(Error::Stopped);
		}
		if !self.switch.is_running() {
			return Err(Error::Run("the switch has ended: see above".into()));
		}
		for node in self.nodes.iter_mut().filter(|node| !crashed.contains(&node.place)) {
			if !node.runs() {
				let words = node.last_words();
				return Err(Error::Run(format!("node {} has ended:\n{words}", node.place)));
			}
		}
		Ok(())
	}

	/// Copies the nodes' logs.
	pub fn keep_logs(&self, to: &Path) -> Result<(), Error> {
		for node in &self.nodes {
			let target = to.join(format!("node-{}.log", node.place));
			std::fs::copy(&node.log, &target)
				.map_err(|cause| Error::Write { path: target.clone(), cause })?;
		}
		Ok(())
	}
}

impl Drop for Cluster {
	/// All are told before one is waited for.
	fn drop(&mut self) {
		self.nodes.iter().for_each(Node::end);
	}
}

/// Linked to all others, for the fan-out to as many as take part in it, and a block is final.
fn is_ready(node: &Node, others: u64, links: u64) -> Result<bool, Error> {
	let health = node.ask("system_health", serde_json::json!([]))?;
	let fan_out = node.ask("fanOut_status", serde_json::json!([0]))?;
	let linked = fan_out["running"] == false || fan_out["links"].as_u64() == Some(links);
	Ok(health["peers"].as_u64() == Some(others) && linked && node.finalised()? > 0)
}
