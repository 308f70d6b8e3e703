//! Brings the roots of recorded hours to the chain, in order: it takes no hour after a later one.

use super::{Sender, MOST_AT_ONCE};
use crate::{
	agent::{
		chain::{Chain, Head, SeriesRoot},
		key::{unhex, Key},
		rpc::Failure,
	},
	reading::time::HOUR,
	series::Sealed,
};

/// The chain takes no root of an hour that lies farther back than this, in hours.
pub const HOURS_BACK: u64 = 48;

impl Sender {
	/// The device whose series it is: the meter, if there is one.
	fn recorder(&self) -> Key {
		self.meter.as_ref().unwrap_or(&self.sensor).clone()
	}

	/// Forgets roots that the chain has, and those that it will never take.
	pub(super) fn settle_series(&mut self, chain: &Chain, head: &Head) -> Result<(), Failure> {
		let known = chain.series(self.recorder().account(), head.finalized)?;
		let newest = known.last().map(|series| series.hour);
		let this_hour = head.now / HOUR as u64;
		let mut journal = self.journal();
		let (mut ended, mut back) = (Vec::new(), Vec::new());
		for (id, entry, sealed) in journal.series() {
			let hour = sealed.hour;
			let on_chain = known.iter().find(|series| series.hour == hour);
			let lost = match on_chain {
				Some(series) if root_of(sealed)? == series.root => None,
				Some(_) => Some("the chain has another root of it"),
				None if newest.is_some_and(|newest| newest > hour) => {
					Some("the chain has a later hour already")
				}
				None if u64::from(hour) + HOURS_BACK < this_hour => Some("it is too long ago"),
				None => {
					if entry.sent.is_some_and(|sent| head.finalized_number > sent.until) {
						back.push(id);
					}
					continue;
				}
			};
			ended.push(id);
			self.metrics.series_ended(lost.is_none());
			if let Some(why) = lost {
				eprintln!("voltree-sensor: the series of hour {hour} stays off the chain: {why}");
			}
		}
		ended.into_iter().for_each(|id| journal.done(id));
		back.into_iter().for_each(|id| journal.back(id));
		Ok(())
	}

	pub(super) fn send_series(&mut self, chain: &Chain, head: &Head) -> Result<(), Failure> {
		let waiting: Vec<(u64, Sealed)> = {
			let journal = self.journal();
			// What is under way may get lost; a later hour on the chain would shut it out.
			if journal.series().any(|(_, entry, _)| entry.sent.is_some()) {
				return Ok(());
			}
			let mut waiting: Vec<_> =
				journal.series().map(|(id, _, sealed)| (id, sealed.clone())).collect();
			waiting.sort_by_key(|(_, sealed)| sealed.hour);
			waiting
		};
		let device = self.recorder();
		for (id, sealed) in waiting.into_iter().take(MOST_AT_ONCE) {
			let is_over = (u64::from(sealed.hour) + 1) * HOUR as u64 <= head.now;
			if !is_over || self.is_resting(id, head) {
				return Ok(());
			}
			let root = root_of(&sealed)?;
			let series = SeriesRoot { hour: sealed.hour, entries: sealed.entries, root };
			let Some(call) = chain.series_call(device.account(), &series) else { return Ok(()) };
			if !self.submit(chain, head, id, &device, &call, 0)? {
				return Ok(());
			}
			self.metrics.series_sent();
		}
		Ok(())
	}
}

fn root_of(sealed: &Sealed) -> Result<[u8; 32], Failure> {
	let bytes = unhex(&sealed.root).and_then(|bytes| bytes.try_into().ok());
	bytes.ok_or_else(|| Failure::Strange("a root in the journal is none".into()))
}
