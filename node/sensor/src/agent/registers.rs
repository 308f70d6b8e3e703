//! From a meter's readings to its registers at the boundaries of delivery slots.

use crate::reading::{Channel, Reading};

/// What the meter showed, and when by this machine's clock.
#[derive(Clone, Copy, Debug)]
struct Shown {
	time: u64,
	import: f64,
	export: f64,
}

/// A meter's registers, slot by slot.
pub struct Registers {
	slot: u64,
	last: Option<Shown>,
}

/// A boundary with the registers at it.
pub type AtBoundary = (u64, u64, u64);

impl Registers {
	/// `slot` in milliseconds.
	pub fn new(slot: u64) -> Self {
		Self { slot, last: None }
	}

	/// Takes a reading. Returns the newest boundary that lies between it and the one before, with the
	/// registers that a straight line between both gives, rounded down. A meter that runs backwards is
	/// an error, and its reading is left out; a clock that does is one, too, and what follows counts.
	pub fn push(&mut self, time: u64, reading: &Reading) -> Result<Option<AtBoundary>, String> {
		let known = |channel: Channel| Some(reading.get(channel)).filter(|value| !value.is_nan());
		let (import, export) = (known(Channel::Import), known(Channel::Export));
		if import.is_none() && export.is_none() {
			return Ok(None);
		}
		let held = |value: Option<f64>, before: fn(&Shown) -> f64| {
			value.unwrap_or_else(|| self.last.as_ref().map_or(0.0, before))
		};
		let now =
			Shown { time, import: held(import, |s| s.import), export: held(export, |s| s.export) };
		let Some(before) = self.last else {
			self.last = Some(now);
			return Ok(exact(&now, self.slot));
		};
		if now.import < before.import || now.export < before.export {
			return Err(
				"a register runs backwards: has the meter been changed? it needs another key"
					.into(),
			);
		}
		if now.time < before.time {
			let back = (before.time - now.time) / 1000;
			self.last = Some(now);
			return Err(format!("the clock was put back by {back} s: the slot begins anew"));
		}
		if now.time == before.time {
			return Ok(None);
		}
		self.last = Some(now);
		let boundary = time - time % self.slot;
		if boundary <= before.time {
			return Ok(None);
		}
		let share = (boundary - before.time) as f64 / (now.time - before.time) as f64;
		let at = |from: f64, to: f64| (from + (to - from) * share).floor().min(to).max(0.0) as u64;
		Ok(Some((boundary, at(before.import, now.import), at(before.export, now.export))))
	}
}

/// A first reading counts if it was taken at a boundary.
fn exact(shown: &Shown, slot: u64) -> Option<AtBoundary> {
	shown.time.is_multiple_of(slot).then_some((
		shown.time,
		shown.import as u64,
		shown.export as u64,
	))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn reading(import: f64, export: f64) -> Reading {
		let mut reading = Reading::at(0);
		reading.set(Channel::Import, import);
		reading.set(Channel::Export, export);
		reading
	}

	#[test]
	fn registers_stand_at_boundaries() {
		let mut registers = Registers::new(900);
		assert_eq!(registers.push(700, &reading(100.0, 50.0)), Ok(None));
		// Half of the way from 700 to 1100.
		assert_eq!(registers.push(1100, &reading(130.0, 50.0)), Ok(Some((900, 115, 50))));
		assert_eq!(registers.push(1200, &reading(131.0, 50.0)), Ok(None));
		assert_eq!(registers.push(1800, &reading(140.0, 60.9)), Ok(Some((1800, 140, 60))));
		assert_eq!(Registers::new(900).push(1800, &reading(1.0, 2.0)), Ok(Some((1800, 1, 2))));
	}

	#[test]
	fn a_meter_that_runs_backwards_is_not_believed() {
		let mut registers = Registers::new(900);
		registers.push(100, &reading(100.0, 50.0)).expect("good");
		assert!(registers.push(1000, &reading(90.0, 50.0)).is_err());
		assert_eq!(registers.push(950, &Reading::at(0)), Ok(None));
	}

	/// A clock that was years ahead is put right: the next boundary is reported, from what is known since.
	#[test]
	fn a_clock_that_is_put_back_costs_one_slot() {
		let mut registers = Registers::new(900);
		registers.push(100, &reading(100.0, 50.0)).expect("good");
		assert!(registers.push(900_000_000, &reading(101.0, 50.0)).is_ok_and(|at| at.is_some()));
		assert!(registers
			.push(1_000, &reading(102.0, 50.0))
			.is_err_and(|why| why.contains("899999 s")));
		assert_eq!(registers.push(2_000, &reading(112.0, 50.0)), Ok(Some((1_800, 110, 50))));
	}
}
