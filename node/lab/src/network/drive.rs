//! Slot by slot: gives each author what its block is to carry, and watches.

use super::{
	cluster::Cluster,
	extrinsic::{self, Terms},
	faults::Kind,
	options::Options,
	record::{Planned, Traces},
	sample::{self, Sample},
	schedule::Schedule,
};
use crate::{error::Error, progress};
use serde_json::json;
use std::{
	collections::BTreeSet,
	thread,
	time::{Duration, Instant},
};

/// Milliseconds before a slot in which its author gets what to write, at the most.
const LEAD: u64 = 1_000;

/// What waits for an uplink by then must take no longer than this to be sent.
const QUIET: Duration = Duration::from_millis(5);

/// Blocks between two times in which the nodes are asked for their records; they keep 256.
const ASK_EVERY: u32 = 32;

/// Slots for which a node remembers a block before it writes a record of it, and one more.
const REMEMBERED: u64 = 6;

/// What was done and seen.
pub struct Seen {
	pub planned: Vec<Planned>,
	pub traces: Traces,
	pub samples: Vec<Sample>,
	/// When each height was seen to be final.
	pub finalised: Vec<(u32, u64)>,
	/// Whether it ended before everything was there: by time, or because somebody wanted it.
	pub cut_short: bool,
	/// The nodes that were killed.
	pub crashed: BTreeSet<usize>,
}

/// What is wanted of a slot, until it is known whether it came to that.
struct Pending {
	plan: Planned,
	author: usize,
	number: u32,
	/// The account's next number, if the block carries what it is to carry.
	nonce: u32,
}

struct Driver<'a> {
	options: &'a Options,
	cluster: &'a mut Cluster,
	schedule: Schedule,
	terms: Terms,
	seen: Seen,
	until: Instant,
	/// A node that is asked what all of them know.
	watched: usize,
	pending: Option<Pending>,
	/// Authors whose extrinsic waits for their next slot.
	stuck: BTreeSet<usize>,
	asked_at: u32,
	cut: Option<BTreeSet<usize>>,
}

/// Runs the plan on a settled cluster.
pub fn run(options: &Options, cluster: &mut Cluster) -> Result<Seen, Error> {
	let faulty = |node: &usize| options.fault.iter().any(|fault| fault.nodes.contains(node));
	let watched = (0..options.nodes).find(|node| !faulty(node)).unwrap_or(0);
	let node = &cluster.nodes[watched];
	let genesis = node.ask("chain_getBlockHash", json!([0]))?;
	let version = node.ask("state_getRuntimeVersion", json!([]))?;
	let terms = Terms::read(&genesis, &version)
		.ok_or_else(|| Error::Run("a node does not say which chain it has".into()))?;
	let mut driver = Driver {
		options,
		cluster,
		schedule: Schedule::new(&options.modes, &options.sizes, options.blocks, options.idle),
		terms,
		seen: Seen {
			planned: Vec::new(),
			traces: Traces::default(),
			samples: Vec::new(),
			finalised: Vec::new(),
			cut_short: false,
			crashed: BTreeSet::new(),
		},
		until: Instant::now() + Duration::from_secs_f64(options.minutes * 60.0),
		watched,
		pending: None,
		stuck: BTreeSet::new(),
		asked_at: 0,
		cut: None,
	};
	driver.crash();
	match driver.measure() {
		// What there is, is worth a report.
		Err(Error::Stopped) => driver.seen.cut_short = true,
		other => other?,
	}
	Ok(driver.seen)
}

impl Driver<'_> {
	fn crash(&mut self) {
		let crashes = self.options.fault.iter().filter(|fault| fault.kind == Kind::Crash);
		for place in crashes.flat_map(|fault| &fault.nodes) {
			self.cluster.nodes[*place].crash();
			self.seen.crashed.insert(*place);
		}
	}

	fn measure(&mut self) -> Result<(), Error> {
		let (_, wanted) = self.schedule.progress();
		let bar = progress::bar("blocks", wanted as u64);
		let slot = self.options.slot;
		let lead = LEAD.min(slot / 3);
		let mut next = sample::now() / 1000 / slot + 2;
		loop {
			let (have, wanted) = self.schedule.progress();
			bar.set_position(have as u64);
			if have >= wanted {
				break;
			}
			if Instant::now() > self.until {
				self.seen.cut_short = true;
				break;
			}
			self.watch_until(next * slot - lead)?;
			self.judge()?;
			self.cut_and_mend(have, wanted);
			self.prepare(next)?;
			next = (sample::now() / 1000 / slot + 1).max(next + 1);
		}
		bar.finish_and_clear();
		// The last block travels, and records of it are written.
		self.watch_until((next + REMEMBERED) * slot)?;
		self.ask_for_records()
	}

	/// Takes samples until a moment, in milliseconds of the Unix epoch.
	fn watch_until(&mut self, moment: u64) -> Result<(), Error> {
		let mut looks = 0u32;
		while sample::now() / 1000 < moment {
			self.check()?;
			self.seen.samples.push(Sample::take(&self.cluster.switch, self.options.nodes));
			if looks.is_multiple_of(4) {
				let number = self.cluster.nodes[self.watched].finalised()?;
				if self.seen.finalised.last().is_none_or(|(last, _)| number > *last) {
					self.seen.finalised.push((number, sample::now()));
				}
			}
			looks += 1;
			let left = moment.saturating_sub(sample::now() / 1000);
			thread::sleep(sample::EVERY.min(Duration::from_millis(left)));
		}
		Ok(())
	}

	fn check(&mut self) -> Result<(), Error> {
		if self.seen.crashed.is_empty() {
			return self.cluster.check();
		}
		if super::sys::asked_to_stop() {
			return Err(Error::Stopped);
		}
		Ok(())
	}

	/// What became of the slot before.
	fn judge(&mut self) -> Result<(), Error> {
		let Some(Pending { plan, author, number, nonce }) = self.pending.take() else {
			return Ok(());
		};
		let written = self.cluster.nodes[self.watched].best()? >= number;
		let node = &mut self.cluster.nodes[author];
		let carried = plan.size == 0 || node.next_nonce()? >= nonce;
		if plan.size > 0 {
			if carried {
				node.nonce = nonce;
				self.stuck.remove(&author);
			} else {
				self.stuck.insert(author);
			}
		}
		if written && carried {
			self.schedule.done(number, plan.size, plan.quiet);
			self.seen.planned.push(plan);
		}
		if number >= self.asked_at + ASK_EVERY {
			self.asked_at = number;
			self.ask_for_records()?;
		}
		Ok(())
	}

	/// Cuts nodes off in the second third.
	fn cut_and_mend(&mut self, have: usize, wanted: usize) {
		let cut = have * 3 >= wanted && have * 3 < wanted * 2;
		let faults = self.options.fault.iter().filter(|fault| fault.kind == Kind::Cut);
		let nodes: BTreeSet<usize> = faults.flat_map(|fault| fault.nodes.clone()).collect();
		if nodes.is_empty() || cut == self.cut.is_some() {
			return;
		}
		for node in &nodes {
			for other in (0..self.options.nodes).filter(|other| !nodes.contains(other)) {
				self.cluster.switch.cut(*node, other, cut);
			}
		}
		self.cut = cut.then_some(nodes);
	}

	/// Gives the author of a slot what its block is to carry.
	fn prepare(&mut self, slot: u64) -> Result<(), Error> {
		let watched = &self.cluster.nodes[self.watched];
		let (best, authors) = (watched.best()?, watched.authors()?);
		if authors.is_empty() {
			return Err(Error::Run("the chain says that nobody writes blocks".into()));
		}
		let key = authors[(slot % authors.len() as u64) as usize];
		let place = self.cluster.nodes.iter().position(|node| node.keys.author == key);
		let Some(author) = place.filter(|place| !self.seen.crashed.contains(place)) else {
			return Ok(());
		};
		let quiet = self.cluster.switch.backlog(self.options.nodes) < QUIET;
		let number = best + 1;
		// What waits at this author will be in its block; as it is of another size, that does not count.
		let size = if self.stuck.contains(&author) { 0 } else { self.schedule.next(number, quiet) };
		let stuck = self.stuck.remove(&author);
		let node = &self.cluster.nodes[author];
		let nonce = if size > 0 {
			let remark =
				extrinsic::remark(&node.keys.account, node.nonce, size as usize, &self.terms);
			node.ask("author_submitExtrinsic", json!([remark]))?;
			node.nonce + 1
		} else {
			node.nonce
		};
		if stuck {
			let next = self.cluster.nodes[author].nonce + 1;
			self.cluster.nodes[author].nonce = next;
		}
		let plan = Planned { slot, size, quiet: quiet && !stuck };
		self.pending = Some(Pending { plan, author, number, nonce });
		Ok(())
	}

	fn ask_for_records(&mut self) -> Result<(), Error> {
		let asked = json!([2 * ASK_EVERY]);
		for node in &self.cluster.nodes {
			if !self.seen.crashed.contains(&node.place) {
				let status = node.ask("fanOut_status", asked.clone())?;
				self.seen.traces.learn(node.place, &status);
			}
		}
		Ok(())
	}
}
