//! Brings what waits in the journal to the chain: the newest report first, then registers from the
//! oldest on.
//!
//! Nothing is sent twice. Before an entry is submitted the journal says so, with the last block that
//! can include it; it is submitted again only once the finalized chain has passed that block without
//! it, or if the node refused it at once. What the chain has is asked of the chain, so a restart at any
//! moment changes nothing.

use super::{
	chain::{Chain, Head, Periods, Register, Report},
	journal::{Item, Journal, Sent},
	key::{unhex, Key},
	metrics::Metrics,
	rpc::{Failure, Node},
};
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

/// Registers on their way at once.
const MOST_AT_ONCE: usize = 8;
/// Numbers of an account that are tried: so many of its extrinsics may wait in the pool.
const MOST_IN_POOL: u32 = 32;
/// The chain does not take registers that lie farther back, in delivery slots.
const SLOTS_BACK: u64 = 96;
/// An entry that was refused rests for so many blocks, doubled each time up to the second number.
const REST: (u32, u32) = (1, 64);

/// The pool has an extrinsic of this number already, and it is no worse.
const TOO_LOW_PRIORITY: i64 = 1014;
/// The pool has this very extrinsic.
const ALREADY_THERE: i64 = 1013;

/// Sends for a sensor, a meter, or both.
pub struct Sender {
	node: Node,
	chain: Option<Chain>,
	sensor: Key,
	meter: Option<Key>,
	slot: u64,
	journal: Arc<Mutex<Journal>>,
	metrics: Arc<Metrics>,
	/// Refused entries: how often, and before which block they are not tried again.
	resting: BTreeMap<u64, (u32, u32)>,
	checked_runtime_at: u32,
	/// Whether this machine's clock is so late that the chain takes none of its reports.
	is_late: bool,
}

impl Sender {
	pub fn new(
		node: Node,
		sensor: Key,
		meter: Option<Key>,
		slot: u64,
		journal: Arc<Mutex<Journal>>,
		metrics: Arc<Metrics>,
	) -> Self {
		Self {
			node,
			chain: None,
			sensor,
			meter,
			slot,
			journal,
			metrics,
			resting: BTreeMap::new(),
			checked_runtime_at: 0,
			is_late: false,
		}
	}

	/// The journal; a thread that panicked with it has left it in order.
	fn journal(&self) -> std::sync::MutexGuard<'_, Journal> {
		self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
	}

	/// One round. An error means that the node is asked again later.
	pub fn step(&mut self) -> Result<(), Failure> {
		self.journal().retry();
		let result = self.round();
		self.metrics.node_answers(result.is_ok());
		if result.is_err() {
			// Perhaps another node answers next, or the same one after an upgrade.
			self.chain = None;
		}
		result
	}

	fn round(&mut self) -> Result<(), Failure> {
		let mut chain = match self.chain.take() {
			Some(chain) => chain,
			None => Chain::connect(self.node.clone())?,
		};
		let head = chain.head()?;
		if head.number.saturating_sub(self.checked_runtime_at) >= 10 {
			chain.keep_up()?;
			self.checked_runtime_at = head.number;
		}
		let periods = chain.periods(head.best)?;
		self.metrics.chain(head.now, head.number, periods.report);
		self.compare_clocks(&head, &periods);
		self.settle_reports(&chain, &head, &periods)?;
		self.send_report(&chain, &head, &periods)?;
		if self.meter.is_some() {
			self.settle_registers(&chain, &head)?;
			self.send_registers(&chain, &head)?;
		}
		if chain.takes_series() && self.journal().series().next().is_some() {
			self.settle_series(&chain, &head)?;
			self.send_series(&chain, &head)?;
		}
		self.chain = Some(chain);
		Ok(())
	}

	/// Says, once, that this machine's clock is too late for the chain to take what it measures.
	fn compare_clocks(&mut self, head: &Head, periods: &Periods) {
		let late = head.now.saturating_sub(super::now());
		if late > periods.freshness && !self.is_late {
			eprintln!(
				"voltree-sensor: this machine's clock is {} s behind the chain's, which takes its reports \
				 for old ones; set the clock",
				late / 1000
			);
		}
		self.is_late = late > periods.freshness;
	}

	/// Forgets reports that the chain has, that a later one made void, or that are too old.
	fn settle_reports(
		&mut self,
		chain: &Chain,
		head: &Head,
		periods: &Periods,
	) -> Result<(), Failure> {
		let account = self.sensor.account();
		let last = chain.last_observed(account, head.finalized)?.unwrap_or(0);
		let mut journal = self.journal();
		let mut ended = Vec::new();
		let mut back = Vec::new();
		let newest = journal.reports().next_back().map(|(id, _)| id);
		for (id, entry) in journal.reports() {
			let Item::Report { observed, .. } = entry.item else { continue };
			match entry.sent {
				Some(sent) if sent.observed <= last => {
					ended.push(id);
					// A later one may have overtaken it; then its time is not the chain's.
					self.metrics.report_ended(sent.observed == last);
				}
				Some(sent) if head.finalized_number > sent.until => back.push(id),
				Some(_) => {}
				None if observed.saturating_add(periods.freshness) < head.now => {
					ended.push(id);
					self.metrics.report_ended(false);
				}
				// Only the newest says how things are.
				None if Some(id) != newest => {
					ended.push(id);
					self.metrics.report_ended(false);
				}
				None => {}
			}
		}
		ended.into_iter().for_each(|id| journal.done(id));
		back.into_iter().for_each(|id| journal.back(id));
		Ok(())
	}

	fn send_report(
		&mut self,
		chain: &Chain,
		head: &Head,
		periods: &Periods,
	) -> Result<(), Failure> {
		let (id, item, under_way) = {
			let journal = self.journal();
			let under_way = journal
				.reports()
				.filter_map(|(_, entry)| entry.sent)
				.map(|sent| sent.observed)
				.max();
			let newest = journal.reports().next_back().filter(|(_, entry)| entry.sent.is_none());
			let Some((id, entry)) = newest else { return Ok(()) };
			(id, entry.item.clone(), under_way)
		};
		let Item::Report { class, confidence, model, observed, digest } = item else {
			return Ok(());
		};
		if self.is_resting(id, head) {
			return Ok(());
		}
		let account = self.sensor.account();
		let last = chain.last_observed(account, head.best)?.max(under_way);
		let Some(observed) = stamp(observed, last, head.now, periods) else { return Ok(()) };
		let hash = |text: &str| {
			let bytes = unhex(text).and_then(|bytes| bytes.try_into().ok());
			bytes.ok_or_else(|| Failure::Strange("a hash in the journal is none".into()))
		};
		let report =
			Report { class, confidence, model: hash(&model)?, observed, digest: hash(&digest)? };
		let call = chain.report_call(account, &report)?;
		let key = self.sensor.clone();
		self.submit(chain, head, id, &key, &call, observed).map(|sent| {
			if sent {
				self.metrics.report_sent();
			}
		})
	}

	/// Forgets registers that the chain has, and those that it will never take.
	fn settle_registers(&mut self, chain: &Chain, head: &Head) -> Result<(), Failure> {
		let Some(meter) = &self.meter else { return Ok(()) };
		if self.journal().registers().next().is_none() {
			return Ok(());
		}
		let known = chain.boundaries(meter.account(), head.finalized)?;
		let mut journal = self.journal();
		let (mut ended, mut back) = (Vec::new(), Vec::new());
		for (id, entry) in journal.registers() {
			let Item::Register { boundary, .. } = entry.item else { continue };
			if known.contains(&boundary) {
				ended.push(id);
				self.metrics.register_ended(true);
			} else if boundary + SLOTS_BACK * self.slot < head.now {
				ended.push(id);
				self.metrics.register_ended(false);
				eprintln!("voltree-sensor: the register of {boundary} is too old for the chain");
			} else if entry.sent.is_some_and(|sent| head.finalized_number > sent.until) {
				back.push(id);
			}
		}
		ended.into_iter().for_each(|id| journal.done(id));
		back.into_iter().for_each(|id| journal.back(id));
		Ok(())
	}

	fn send_registers(&mut self, chain: &Chain, head: &Head) -> Result<(), Failure> {
		let Some(meter) = self.meter.clone() else { return Ok(()) };
		let waiting: Vec<(u64, Register)> = {
			let journal = self.journal();
			let under_way = journal.registers().filter(|(_, entry)| entry.sent.is_some()).count();
			let open = journal.registers().filter(|(_, entry)| entry.sent.is_none());
			open.filter_map(|(id, entry)| match entry.item {
				Item::Register { boundary, import, export } if boundary <= head.now => {
					Some((id, Register { boundary, import, export }))
				}
				_ => None,
			})
			.filter(|(id, _)| !self.is_resting(*id, head))
			.take(MOST_AT_ONCE.saturating_sub(under_way))
			.collect()
		};
		for (id, register) in waiting {
			let call = chain.register_call(meter.account(), &register);
			if self.submit(chain, head, id, &meter, &call, 0)? {
				self.metrics.register_sent();
			}
		}
		Ok(())
	}

	fn is_resting(&self, id: u64, head: &Head) -> bool {
		self.resting.get(&id).is_some_and(|(_, block)| head.number < *block)
	}

	/// Submits an entry. Returns whether the pool took it; a refusal is noted, and it rests.
	fn submit(
		&mut self,
		chain: &Chain,
		head: &Head,
		id: u64,
		key: &Key,
		call: &[u8],
		observed: u64,
	) -> Result<bool, Failure> {
		let mut nonce = chain.nonce(key.account(), head.best)?;
		let until = chain.valid_until(head);
		self.journal().sent(id, Sent { until, observed });
		for _ in 0..MOST_IN_POOL {
			match chain.submit(key, call, nonce, head) {
				Ok(()) | Err(Failure::Refused { code: ALREADY_THERE, .. }) => {
					self.resting.remove(&id);
					return Ok(true);
				}
				// Another of ours waits there.
				Err(Failure::Refused { code: TOO_LOW_PRIORITY, .. }) => nonce += 1,
				Err(Failure::Refused { code, message }) => {
					// A block that came in between may have used the number up.
					let newer = chain.nonce(key.account(), chain.best()?)?;
					if newer > nonce {
						nonce = newer;
						continue;
					}
					self.journal().back(id);
					let (count, _) = self.resting.get(&id).copied().unwrap_or((0, 0));
					let rest = REST.0.checked_shl(count).unwrap_or(REST.1).min(REST.1);
					self.resting.insert(id, (count + 1, head.number + rest));
					self.metrics.refused(format!("{message} ({code})"));
					// The same words a thousand times help nobody.
					if count == 0 {
						eprintln!(
							"voltree-sensor: the node refuses what was sent: {message} ({code})"
						);
					}
					return Ok(false);
				}
				// It may have arrived: so it counts as sent.
				Err(other) => return Err(other),
			}
		}
		self.journal().back(id);
		Ok(false)
	}
}

/// The time that a report names: when it was measured, but not later than the chain's clock, and
/// not too soon after the one before. None while it has to wait.
fn stamp(observed: u64, last: Option<u64>, now: u64, periods: &Periods) -> Option<u64> {
	let earliest = last.map_or(0, |last| last.saturating_add(periods.interval));
	// Between two blocks the chain's clock stands; the newest reading is then as of the newest block.
	let stamped = observed.max(earliest).min(now);
	let fresh = stamped.saturating_add(periods.freshness) >= now;
	(stamped >= earliest && fresh).then_some(stamped)
}

pub use series::HOURS_BACK;
mod series;
#[cfg(test)]
mod tests;
