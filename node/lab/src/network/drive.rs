//! Slot by slot: gives each author what its block is to carry, and watches.

use super::{
	cluster::Cluster,
	extrinsic::{self, Terms},
	faults::Kind,
	options::{Mode, Options},
	record::{Planned, Traces},
	sample::{self, Sample},
	schedule::Schedule,
	trust::{self, Session},
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

/// Slots in a row that may fail before it ends: a machine that is too busy may answer late.
const MOST_FAILURES: usize = 3;

/// What was done and seen.
pub struct Seen {
	pub planned: Vec<Planned>,
	pub traces: Traces,
	pub samples: Vec<Sample>,
	/// When each height was seen to be final.
	pub finalised: Vec<(u32, u64)>,
	/// Why it ended before everything was there.
	pub cut_short: Option<String>,
	/// What the chain thought of everybody, if somebody has a fault.
	pub trust: Vec<Session>,
	/// The nodes that were killed.
	pub crashed: BTreeSet<usize>,
}

/// What is wanted of a slot, until it is known whether it came to that.
struct Pending {
	plan: Planned,
	author: usize,
	number: u32,
	/// The account's next number, if the block carries what it is to carry, which is not nothing.
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
			cut_short: None,
			trust: Vec::new(),
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
	let ended = driver.measure();
	// What there is, is worth a report, whatever it was that ended it.
	let asked = driver.ask_for_records();
	if let Err(error) = ended.and(asked) {
		if driver.seen.planned.is_empty() {
			return Err(error);
		}
		driver.seen.cut_short = Some(error.to_string());
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
		let mut failures = 0;
		loop {
			let (have, wanted) = self.schedule.progress();
			bar.set_position(have as u64);
			if have >= wanted {
				break;
			}
			if Instant::now() > self.until {
				self.seen.cut_short = Some("its time was over".into());
				break;
			}
			match self.slot(next, next * slot - lead, (have, wanted)) {
				Ok(()) => failures = 0,
				Err(Error::Stopped) => return Err(Error::Stopped),
				Err(error) => {
					failures += 1;
					if failures == MOST_FAILURES {
						return Err(error);
					}
					bar.suspend(|| eprintln!("voltree-lab: a slot is left out: {error}"));
				}
			}
			next = (sample::now() / 1000 / slot + 1).max(next + 1);
		}
		bar.finish_and_clear();
		// The last block travels, and records of it are written.
		self.watch_until((next + REMEMBERED) * slot)
	}

	/// All that belongs to a slot and the one before.
	fn slot(&mut self, slot: u64, from: u64, progress: (usize, usize)) -> Result<(), Error> {
		self.watch_until(from)?;
		self.judge()?;
		self.cut_and_mend(progress);
		self.prepare(slot)
	}

	/// Takes samples until a moment, in milliseconds of the Unix epoch.
	fn watch_until(&mut self, moment: u64) -> Result<(), Error> {
		let mut looks = 0u32;
		while sample::now() / 1000 < moment {
			self.cluster.check(&self.seen.crashed)?;
			self.seen.samples.push(Sample::take(self.cluster));
			if looks.is_multiple_of(4) {
				// It may be busy; there is a next time.
				let number = self.cluster.nodes[self.watched].finalised().unwrap_or(0);
				if number > 0 && self.seen.finalised.last().is_none_or(|(last, _)| number > *last) {
					self.seen.finalised.push((number, sample::now()));
				}
			}
			looks += 1;
			let left = moment.saturating_sub(sample::now() / 1000);
			thread::sleep(sample::EVERY.min(Duration::from_millis(left)));
		}
		Ok(())
	}

	/// What became of the slot before.
	fn judge(&mut self) -> Result<(), Error> {
		let Some(Pending { plan, author, number, nonce }) = self.pending.take() else {
			return Ok(());
		};
		let written = self.cluster.nodes[self.watched].best()? >= number;
		let carried = plan.size == 0 || self.cluster.nodes[author].next_nonce()? >= nonce;
		if !carried {
			self.stuck.insert(author);
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
	fn cut_and_mend(&mut self, (have, wanted): (usize, usize)) {
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
		let stuck = self.stuck.remove(&author);
		let size = if stuck { 0 } else { self.schedule.next(number, quiet) };
		let mut nonce = 0;
		if size > 0 {
			let node = &self.cluster.nodes[author];
			let next = node.next_nonce()?;
			let remark = extrinsic::remark(&node.keys.account, next, size as usize, &self.terms);
			node.ask("author_submitExtrinsic", json!([remark]))?;
			nonce = next + 1;
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
		match self.options.fault.is_empty() {
			true => Ok(()),
			false => self.ask_for_trust(),
		}
	}

	/// What the chain thinks of everybody, as the newest block that travels down trees shows it.
	fn ask_for_trust(&mut self) -> Result<(), Error> {
		let node = &self.cluster.nodes[self.watched];
		let best = node.best()?;
		let mut newest = (1..=best).rev().take(self.options.modes.len());
		let Some(number) = newest.find(|number| self.schedule.mode(*number) != Mode::Off) else {
			return Ok(());
		};
		let hash = node.ask("chain_getBlockHash", json!([number]))?;
		let answer = node.ask("fanOut_tree", json!([hash]))?;
		let peers: Vec<&str> =
			self.cluster.nodes.iter().map(|node| node.keys.peer.as_str()).collect();
		if let Some(session) = trust::read(&answer, &peers) {
			trust::learn(&mut self.seen.trust, session);
		}
		Ok(())
	}
}
