//! The rule that makes a line safe, a hazard or stale: pure, integers only, no storage.
//!
//! A sensor's reports are kept as spans: unbroken runs of reports of one kind. A hazard run
//! speaks from its first report on, a clear run only once it has lasted a report period. Each owner
//! has one vote, however many sensors it runs: hazard if any of them says so, clear if at least one
//! does and none says hazard. With `n` owners, at least three, and `f = (n - 1) / 2`:
//!
//! * hazard at `f + 1` votes of hazard,
//! * safe at `n - f` votes of clear,
//! * stale otherwise.
//!
//! `f + 1 + n - f > n`, so a line is never both. `f` owners who lie or fall silent cannot make a
//! line safe that the others call hazardous, nor hazardous one that the others call clear.
//!
//! A sensor that is **set aside** has no seat: nobody listens to it, and an owner without a sensor
//! that has one does not count in `n`. But `n` never falls below three by that: from there on who is
//! set aside counts as silent. Otherwise one of three owners could stop a line for good by having
//! himself set aside. Each liar who leaves takes one off `n` and one off the liars, so that the
//! bound above holds for those who stay.
//!
//! What a sensor saw counts from when it saw it, not from when its report arrived. The order in
//! which reports of different sensors arrive makes no difference.

use crate::{
	history::{seats, voices, Absence, Span, Stretch},
	types::{Class, Severity},
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use core::cmp::Reverse;
use voltree_primitives::{IdentityTag, Moment, SafetyOver, Verdict, FEWEST_OWNERS};

/// A sensor as the rule sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
	/// Who runs it.
	pub owner: IdentityTag,
	/// Its reports, oldest span first.
	pub spans: Vec<Span>,
	/// When it was set aside, oldest absence first.
	pub absences: Vec<Absence>,
}

impl Witness {
	fn is_heard_at(&self, t: Moment) -> bool {
		self.spans.iter().any(|span| span.from <= t && t <= span.until)
	}

	fn has_seat_at(&self, t: Moment) -> bool {
		let is_absent =
			|absence: &Absence| absence.from <= t && absence.until.is_none_or(|until| t < until);
		!self.absences.iter().any(is_absent)
	}
}

/// What witnesses say together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opinion {
	/// Whether power may flow.
	pub verdict: Verdict,
	/// Of a hazard, the worst kind that more owners than may be faulty report, or a worse one;
	/// otherwise clear.
	pub class: Class,
	/// Whether enough owners have been heard of late to call the line safe, if they all said so.
	pub heard: bool,
}

/// How many sensors of one owner have a seat, and what they say.
#[derive(Clone, Copy, Default)]
struct Ballot {
	seated: u32,
	hazard: u32,
	clear: u32,
}

/// What begins or ends.
#[derive(Clone, Copy)]
enum Part {
	Seat,
	Hazard,
	Clear,
}

impl From<Class> for Part {
	fn from(class: Class) -> Self {
		if class.is_hazard() {
			Part::Hazard
		} else {
			Part::Clear
		}
	}
}

impl Ballot {
	/// Count a sensor that begins or ends to have a seat, or to say something.
	fn change(&mut self, part: Part, begins: bool) {
		let count = match part {
			Part::Seat => &mut self.seated,
			Part::Hazard => &mut self.hazard,
			Part::Clear => &mut self.clear,
		};
		*count = if begins { count.saturating_add(1) } else { count.saturating_sub(1) };
	}

	fn is_hazard(&self) -> bool {
		self.hazard > 0
	}

	fn is_clear(&self) -> bool {
		self.hazard == 0 && self.clear > 0
	}
}

/// The votes of a line's owners.
type Ballots = BTreeMap<IdentityTag, Ballot>;

/// An empty ballot for each owner who may vote.
fn jury(witnesses: &[Witness], without: &[IdentityTag]) -> Ballots {
	witnesses
		.iter()
		.filter(|witness| !without.contains(&witness.owner))
		.map(|witness| (witness.owner, Ballot::default()))
		.collect()
}

/// The `n` of the rule: owners with a seat, out of `all`; see the module's header.
fn counted(all: usize, seated: usize) -> usize {
	let fewest = usize::try_from(FEWEST_OWNERS).unwrap_or(usize::MAX);
	seated.max(all.min(fewest))
}

/// The `f` of the rule.
fn faulty(owners: usize) -> usize {
	owners.saturating_sub(1) / 2
}

/// The rule.
pub(crate) fn judge(owners: usize, hazard: usize, clear: usize) -> Verdict {
	let faulty = faulty(owners);
	let enough = u32::try_from(owners).map_or(true, |owners| owners >= FEWEST_OWNERS);
	if !enough {
		Verdict::Stale
	} else if hazard > faulty {
		Verdict::Hazard
	} else if clear >= owners.saturating_sub(faulty) {
		Verdict::Safe
	} else {
		Verdict::Stale
	}
}

/// How many distinct owners sensors have, `without` left out.
pub fn owners(of_sensors: impl Iterator<Item = IdentityTag>, without: &[IdentityTag]) -> u32 {
	let distinct = of_sensors.filter(|owner| !without.contains(owner)).collect::<BTreeSet<_>>();
	u32::try_from(distinct.len()).unwrap_or(u32::MAX)
}

/// What the witnesses say of their line at `t`, those owned by `without` left out.
pub fn opinion_at(witnesses: &[Witness], without: &[IdentityTag], t: Moment) -> Opinion {
	let mut ballots = jury(witnesses, without);
	let mut warnings = Vec::new();
	let mut heard = BTreeSet::new();
	for witness in witnesses.iter().filter(|witness| witness.has_seat_at(t)) {
		let Some(ballot) = ballots.get_mut(&witness.owner) else { continue };
		ballot.change(Part::Seat, true);
		if witness.is_heard_at(t) {
			heard.insert(witness.owner);
		}
		for voice in voices(&witness.spans).filter(|voice| (voice.start..voice.end).contains(&t)) {
			ballot.change(voice.class.into(), true);
			if voice.class.is_hazard() {
				warnings.push((witness.owner, voice.class));
			}
		}
	}
	let seated = ballots.values().filter(|ballot| ballot.seated > 0).count();
	let hazard = ballots.values().filter(|ballot| ballot.is_hazard()).count();
	let clear = ballots.values().filter(|ballot| ballot.is_clear()).count();
	let owners = counted(ballots.len(), seated);
	let verdict = judge(owners, hazard, clear);
	let class = match verdict {
		Verdict::Hazard => agreed(warnings, faulty(owners)),
		Verdict::Safe | Verdict::Stale => Class::Clear,
	};
	let heard = heard.len() >= owners.saturating_sub(faulty(owners));
	Opinion { verdict, class, heard }
}

/// The worst kind of hazard that more than `faulty` owners report, or a worse one.
fn agreed(warnings: Vec<(IdentityTag, Class)>, faulty: usize) -> Class {
	let mut worst = BTreeMap::<IdentityTag, Class>::new();
	for (owner, class) in warnings {
		let known = worst.entry(owner).or_insert(class);
		if Severity::of(class) > Severity::of(*known) {
			*known = class;
		}
	}
	let mut classes: Vec<Class> = worst.into_values().collect();
	classes.sort_by_key(|class| Reverse(Severity::of(*class)));
	classes.get(faulty).copied().unwrap_or(Class::Clear)
}

/// The verdict of [`opinion_at`].
pub fn verdict_at(witnesses: &[Witness], without: &[IdentityTag], t: Moment) -> Verdict {
	opinion_at(witnesses, without, t).verdict
}

/// When the first of those who speak at `t` falls silent unless it reports again: until then the
/// witnesses say the same if none of them says anything else. `None` if nobody speaks.
pub fn first_silence(witnesses: &[Witness], t: Moment) -> Option<Moment> {
	witnesses
		.iter()
		.filter(|witness| witness.has_seat_at(t))
		.flat_map(|witness| voices(&witness.spans))
		.filter(|voice| (voice.start..voice.end).contains(&t))
		.map(|voice| voice.end)
		.min()
}

/// The times between `from` and `to` in which the witnesses call their line safe, in order, none
/// touching the next.
fn safe_times(
	witnesses: &[Witness],
	without: &[IdentityTag],
	from: Moment,
	to: Moment,
) -> Vec<Stretch> {
	let mut ballots = jury(witnesses, without);
	// When which owner's ballot changes, cut to the window: at `to` nobody has a seat or speaks any
	// more, which closes the last stretch.
	let mut changes = Vec::new();
	for witness in witnesses.iter().filter(|witness| ballots.contains_key(&witness.owner)) {
		for (seated, left) in seats(&witness.absences) {
			let (seated, left) = (seated.max(from), left.min(to));
			let parts = voices(&witness.spans)
				.map(|voice| (Part::from(voice.class), voice.start, voice.end))
				.chain([(Part::Seat, seated, left)]);
			for (part, start, end) in parts {
				let (start, end) = (start.max(seated), end.min(left));
				if start < end {
					changes.push((start, witness.owner, part, true));
					changes.push((end, witness.owner, part, false));
				}
			}
		}
	}
	changes.sort_unstable_by_key(|(at, ..)| *at);

	let (mut seated, mut hazard, mut clear) = (0usize, 0usize, 0usize);
	let mut safe_since = None;
	let mut safe = Vec::new();
	let all = ballots.len();
	for together in changes.chunk_by(|one, next| one.0 == next.0) {
		let Some(&(now, ..)) = together.first() else { continue };
		for (_, owner, part, begins) in together {
			let Some(ballot) = ballots.get_mut(owner) else { continue };
			seated = seated.saturating_sub(usize::from(ballot.seated > 0));
			hazard = hazard.saturating_sub(usize::from(ballot.is_hazard()));
			clear = clear.saturating_sub(usize::from(ballot.is_clear()));
			ballot.change(*part, *begins);
			seated = seated.saturating_add(usize::from(ballot.seated > 0));
			hazard = hazard.saturating_add(usize::from(ballot.is_hazard()));
			clear = clear.saturating_add(usize::from(ballot.is_clear()));
		}
		let is_safe = judge(counted(all, seated), hazard, clear) == Verdict::Safe;
		match safe_since {
			None if is_safe => safe_since = Some(now),
			Some(since) if !is_safe => {
				safe.push((since, now));
				safe_since = None;
			}
			_ => (),
		}
	}
	safe
}

/// The lengths of the times that lie in both lists.
fn overlaps(one: &[Stretch], other: &[Stretch]) -> Vec<Moment> {
	let mut lengths = Vec::new();
	let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
	while let (Some(&&(from, to)), Some(&&(other_from, other_to))) = (one.peek(), other.peek()) {
		let length = to.min(other_to).saturating_sub(from.max(other_from));
		if length > 0 {
			lengths.push(length);
		}
		// The one that ends first meets nothing more.
		if to <= other_to {
			one.next();
		} else {
			other.next();
		}
	}
	lengths
}

/// How safe two lines together were for `from <= t < to`, sensors owned by `without` left out.
///
/// Work grows with the number of spans, not with time. Where `from >= to` there is no time, and
/// they were never safe.
pub fn safety_over(
	lines: [&[Witness]; 2],
	without: &[IdentityTag],
	from: Moment,
	to: Moment,
) -> SafetyOver {
	let [one, other] = lines.map(|witnesses| safe_times(witnesses, without, from, to));
	let longest_safe = overlaps(&one, &other).into_iter().max().unwrap_or(0);
	SafetyOver {
		longest_safe,
		always: longest_safe > 0 && longest_safe == to.saturating_sub(from),
		never: longest_safe == 0,
	}
}
