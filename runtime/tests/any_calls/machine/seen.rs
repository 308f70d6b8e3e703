//! What a run has reached: a test that never gets anywhere proves nothing.

use pallet_market::{Ending, Outcome};
use sp_runtime::DispatchError;
use std::{collections::BTreeMap, fmt};
use voltree_primitives::Cause;

/// Every way a trade can end.
const OUTCOMES: [Outcome; 11] = [
	Outcome::Confirmed,
	Outcome::NotStarted,
	Outcome::Stopped,
	Outcome::UnsafeThroughout,
	Outcome::SettledUnbilled,
	Outcome::NotBilled,
	Outcome::SettledUnconfirmed,
	Outcome::Unruled,
	Outcome::Withdrawn,
	Outcome::Ruled,
	Outcome::ContestUnruled,
];

/// Every way a request can end.
const ENDINGS: [Ending; 7] = [
	Ending::Settled,
	Ending::NoResponse,
	Ending::NotPaid,
	Ending::NothingToPay,
	Ending::Cancelled,
	Ending::Outage,
	Ending::Blacklisted,
];

/// Everything that is counted for or against somebody.
const CAUSES: [Cause; 10] = [
	Cause::PaidInTime,
	Cause::PaidLate,
	Cause::NotPaid,
	Cause::NotDelivered,
	Cause::DeliveredShort,
	Cause::NotBilled,
	Cause::Delivered,
	Cause::NotConfirmed,
	Cause::Withdrawn,
	Cause::ContestedWrongly,
];

/// How often each thing was reached.
#[derive(Default, Clone)]
pub struct Seen {
	/// Steps taken.
	pub steps: u64,
	/// Blocks made.
	pub blocks: u64,
	/// Cases after which everything had ended by itself.
	pub nights: u64,
	/// Calls that went through.
	pub done: u64,
	/// Calls that were refused.
	pub refused: u64,
	/// Everything else, by kind and name.
	counts: BTreeMap<(&'static str, String), u64>,
}

impl Seen {
	fn count(&mut self, kind: &'static str, name: String) {
		*self.counts.entry((kind, name)).or_default() += 1;
	}

	/// A trade ended.
	pub fn outcome(&mut self, outcome: Outcome) {
		// A new outcome has to be added to the list above.
		assert!(OUTCOMES.contains(&outcome));
		self.count("outcome", format!("{outcome:?}"));
	}

	/// A request ended.
	pub fn ending(&mut self, ending: Ending) {
		assert!(ENDINGS.contains(&ending));
		self.count("ending", format!("{ending:?}"));
	}

	/// Behaviour was counted.
	pub fn cause(&mut self, cause: Cause) {
		assert!(CAUSES.contains(&cause));
		self.count("cause", format!("{cause:?}"));
	}

	/// An event, by the first words of its debug form.
	pub fn event(&mut self, event: &impl fmt::Debug) {
		let mut name = Name::default();
		// It stops as soon as it knows enough.
		let _stopped = fmt::write(&mut name, format_args!("{event:?}"));
		self.count("event", name.text);
	}

	/// A call was refused.
	pub fn error(&mut self, error: &DispatchError) {
		self.refused += 1;
		let name = match error {
			DispatchError::Module(module) => {
				format!("{}:{}", module.index, module.message.unwrap_or("?"))
			}
			other => format!("{other:?}"),
		};
		self.count("error", name);
	}

	/// Add what another run has seen.
	pub fn add(&mut self, other: &Seen) {
		self.steps += other.steps;
		self.blocks += other.blocks;
		self.nights += other.nights;
		self.done += other.done;
		self.refused += other.refused;
		for (name, count) in &other.counts {
			*self.counts.entry(name.clone()).or_default() += count;
		}
	}

	/// Outcomes, endings and causes that were never reached.
	pub fn missing(&self) -> Vec<String> {
		let outcomes = OUTCOMES.iter().map(|it| ("outcome", format!("{it:?}")));
		let endings = ENDINGS.iter().map(|it| ("ending", format!("{it:?}")));
		let causes = CAUSES.iter().map(|it| ("cause", format!("{it:?}")));
		outcomes
			.chain(endings)
			.chain(causes)
			.filter(|name| !self.counts.contains_key(name))
			.map(|(kind, name)| format!("{kind} {name}"))
			.collect()
	}
}

impl fmt::Display for Seen {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let Self { steps, blocks, nights, done, refused, counts } = self;
		writeln!(f, "{steps} steps in {blocks} blocks; {done} calls done, {refused} refused")?;
		writeln!(f, "{nights} cases came to rest")?;
		for kind in ["outcome", "ending", "cause", "event", "error"] {
			let of_kind = counts.iter().filter(|((other, _), _)| *other == kind);
			let list = of_kind.map(|((_, name), count)| format!("{name} {count}"));
			writeln!(f, "{kind}s: {}", list.collect::<Vec<_>>().join(", "))?;
		}
		Ok(())
	}
}

/// The beginning of a debug form, up to where the fields begin: `Market(Event::Paid {`.
#[derive(Default)]
struct Name {
	text: String,
}

impl fmt::Write for Name {
	fn write_str(&mut self, text: &str) -> fmt::Result {
		const LONGEST: usize = 60;
		for letter in text.chars() {
			match letter {
				'{' | ',' | ')' | ' ' => return Err(fmt::Error),
				_ if self.text.len() >= LONGEST => return Err(fmt::Error),
				'(' => self.text.push(' '),
				_ => self.text.push(letter),
			}
		}
		Ok(())
	}
}
