//! What is remembered of a line: the newest verdict, which people were told of, and how often the
//! line fell silent.
//!
//! Verdicts follow from histories and time. A report that changes one is noticed in its block; what
//! silence changes is noticed by the **watch**: each line that is not stale has an entry for the
//! moment at which the first of those who speak would fall silent. When that comes, the line is
//! looked at, and its entry moves on. So a line is looked at about once in a freshness, not in every
//! block, and its reports do not touch the watch.

use crate::{
	safety::{self, Opinion, Witness},
	types::{LineState, Offers, Severity},
	Config, Event, Lines, OracleParameters, Pallet, Watch, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::weights::Weight;
use voltree_primitives::{Clock, LineId, Moment, Verdict};

/// Most lines that are looked at in one block; the others are in the next.
pub const MAX_WATCHED: u32 = 64;

/// An entry of the watch: due time and line, big-endian, so that keys sort by time.
pub type WatchKey = ([u8; 8], [u8; 4]);

/// For how long lapses of a line are counted together, in milliseconds: a day.
pub const LAPSE_WINDOW: Moment = 86_400_000;

fn watch_key(due: Moment, line: LineId) -> WatchKey {
	(due.to_be_bytes(), line.to_be_bytes())
}

impl LineState {
	/// The line has become stale at `now` for want of reports.
	fn lapsed(&mut self, now: Moment, parameters: &OracleParameters) {
		let is_same_window = now.saturating_sub(self.lapses_since) < LAPSE_WINDOW;
		if self.lapses == 0 || !is_same_window {
			(self.lapses, self.lapses_since) = (0, now);
		}
		self.lapses = self.lapses.saturating_add(1);
		let is_waiting = matches!(self.offers, Offers::From(opening) if now < opening);
		if is_waiting || self.lapses > parameters.most_lapses {
			self.offers = Offers::Closed;
		}
	}

	/// The line is no longer stale at `now`. One that is closed opens once it has stayed so for a
	/// while.
	fn recovered(&mut self, now: Moment, parameters: &OracleParameters) {
		if self.offers == Offers::Closed {
			self.offers = Offers::From(now.saturating_add(parameters.settling));
			self.lapses = 0;
		}
	}

	/// Whether offers are taken at `now`.
	pub fn takes_offers(&self, now: Moment) -> bool {
		match self.offers {
			Offers::Taken => true,
			Offers::Closed => false,
			Offers::From(opening) => opening <= now,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Tell people if a line's witnesses, who say `opinion` now, said something else before. Returns
	/// whether they did.
	pub(crate) fn note_opinion(
		line: LineId,
		mut state: LineState,
		witnesses: &[Witness],
		opinion: Opinion,
		parameters: &OracleParameters,
	) -> bool {
		let Opinion { verdict, class, heard } = opinion;
		if (state.verdict, state.class) == (verdict, class) {
			return false;
		}
		let now = T::Clock::now();
		if verdict != state.verdict {
			match (state.verdict, verdict) {
				// After a storm a line is stale, too, until it has been clear for long enough.
				(_, Verdict::Stale) if !heard => state.lapsed(now, parameters),
				(Verdict::Stale, _) => state.recovered(now, parameters),
				_ => (),
			}
			state.since = now;
		}
		(state.verdict, state.class) = (verdict, class);
		let silence = match verdict {
			Verdict::Stale => None,
			Verdict::Safe | Verdict::Hazard => safety::first_silence(witnesses, now),
		};
		if let Some(due) = silence {
			Self::watch_from(line, &mut state, due);
		}
		Lines::<T>::insert(line, state);
		let severity = Severity::of_line(verdict, class);
		let until = silence.map(|silence| silence.saturating_sub(1));
		Self::deposit_event(Event::LineChanged {
			line,
			verdict,
			class,
			severity,
			from: now,
			until,
		});
		true
	}

	/// Look at a line at `due`, or before if it is to be looked at then anyway.
	fn watch_from(line: LineId, state: &mut LineState, due: Moment) {
		match state.watched {
			Some(before) if before <= due => return,
			Some(later) => Watch::<T>::remove(watch_key(later, line)),
			None => (),
		}
		Watch::<T>::insert(watch_key(due, line), ());
		state.watched = Some(due);
	}

	/// Look at the lines on which somebody may have fallen silent, the longest due first. Returns
	/// the weight of that.
	pub(crate) fn watch_lines() -> Weight {
		let now = T::Clock::now();
		let most = usize::try_from(MAX_WATCHED).unwrap_or(usize::MAX);
		let due: Vec<WatchKey> = Watch::<T>::iter_keys()
			.take(most)
			.take_while(|(due, _)| Moment::from_be_bytes(*due) <= now)
			.collect();
		let looked_at = u32::try_from(due.len()).unwrap_or(MAX_WATCHED);
		if looked_at > 0 {
			let parameters = Self::parameters();
			for key in due {
				Watch::<T>::remove(key);
				Self::look_at(LineId::from_be_bytes(key.1), &parameters);
			}
		}
		T::WeightInfo::watch(looked_at)
	}

	/// Look at a line, whenever its entry was due.
	pub(crate) fn look_at(line: LineId, parameters: &OracleParameters) {
		let mut state = Lines::<T>::get(line).unwrap_or_default();
		if let Some(due) = state.watched.take() {
			Watch::<T>::remove(watch_key(due, line));
		}
		let now = T::Clock::now();
		let witnesses = Self::witnesses(line);
		let opinion = safety::opinion_at(&witnesses, &[], now);
		if Self::note_opinion(line, state.clone(), &witnesses, opinion, parameters) {
			return;
		}
		if state.verdict != Verdict::Stale {
			if let Some(due) = safety::first_silence(&witnesses, now) {
				Self::watch_from(line, &mut state, due);
			}
		}
		Lines::<T>::insert(line, state);
	}
}
