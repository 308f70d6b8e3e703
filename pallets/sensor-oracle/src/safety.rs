//! The rule that makes a line safe, a hazard or stale: pure, integers only, no storage.
//!
//! A sensor's reports are kept as [`Span`]s: unbroken runs of reports of one kind. A hazard run
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
//! What a sensor saw counts from when it saw it, not from when its report arrived. The order in
//! which reports of different sensors arrive makes no difference.

use crate::types::{History, OracleParameters};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use voltree_primitives::{IdentityTag, Moment, SafetyOver, Verdict, FEWEST_OWNERS};

/// An unbroken run of a sensor's reports of one kind.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
)]
pub struct Span {
	/// Whether the run says hazard; otherwise it says clear.
	pub hazard: bool,
	/// First observation.
	pub from: Moment,
	/// First observation that was at least a report period after `from`. From here on a clear run
	/// counts: one single report of clear never does, however long it stays fresh.
	pub steady: Option<Moment>,
	/// Newest observation.
	pub last: Moment,
	/// Last moment for which the run speaks, unless the next span begins before.
	pub until: Moment,
}

impl Span {
	/// A run that begins with an observation at `observed`.
	pub fn open(hazard: bool, observed: Moment, parameters: &OracleParameters) -> Self {
		let until = observed.saturating_add(parameters.freshness);
		Self { hazard, from: observed, steady: None, last: observed, until }
	}

	/// The run with one more observation, or `None` if that one does not belong to it: it is of the
	/// other kind, or it comes after the run has fallen silent.
	pub fn extended(
		&self,
		hazard: bool,
		observed: Moment,
		parameters: &OracleParameters,
	) -> Option<Self> {
		if hazard != self.hazard || observed > self.until {
			return None;
		}
		let lasted = observed.saturating_sub(self.from) >= parameters.report_period;
		Some(Self {
			steady: self.steady.or(lasted.then_some(observed)),
			last: observed,
			until: observed.saturating_add(parameters.freshness),
			..*self
		})
	}
}

/// Add an observation, later than all before it, to a sensor's history. Of a full one the oldest
/// span falls out.
pub fn remember(
	history: &mut History,
	hazard: bool,
	observed: Moment,
	parameters: &OracleParameters,
) {
	let longer = history.last().and_then(|run| run.extended(hazard, observed, parameters));
	match (history.last_mut(), longer) {
		(Some(run), Some(longer)) => *run = longer,
		_ => {
			let end = history.len();
			let opened = Span::open(hazard, observed, parameters);
			let added = history.force_insert_keep_right(end, opened);
			debug_assert!(added.is_ok(), "the oldest span makes room");
		}
	}
}

/// A sensor as the rule sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
	/// Who runs it.
	pub owner: IdentityTag,
	/// Its history, oldest span first.
	pub spans: Vec<Span>,
}

/// A time in which a sensor speaks: `start <= t < end`.
struct Voice {
	hazard: bool,
	start: Moment,
	end: Moment,
}

/// When a sensor says what. What its history has lost is silence.
fn voices(spans: &[Span]) -> impl Iterator<Item = Voice> + '_ {
	let nexts = spans.iter().skip(1).map(|next| next.from).chain([Moment::MAX]);
	spans.iter().zip(nexts).filter_map(|(span, next)| {
		let start = if span.hazard { span.from } else { span.steady? };
		let end = span.until.saturating_add(1).min(next);
		(start < end).then_some(Voice { hazard: span.hazard, start, end })
	})
}

/// How many sensors of one owner speak.
#[derive(Clone, Copy, Default)]
struct Ballot {
	hazard: u32,
	clear: u32,
}

impl Ballot {
	/// Count a sensor that begins or ends to speak.
	fn change(&mut self, hazard: bool, begins: bool) {
		let count = if hazard { &mut self.hazard } else { &mut self.clear };
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

/// The rule.
pub(crate) fn judge(owners: usize, hazard: usize, clear: usize) -> Verdict {
	let faulty = owners.saturating_sub(1) / 2;
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

fn count(ballots: &Ballots) -> Verdict {
	let hazard = ballots.values().filter(|ballot| ballot.is_hazard()).count();
	let clear = ballots.values().filter(|ballot| ballot.is_clear()).count();
	judge(ballots.len(), hazard, clear)
}

/// How many distinct owners sensors have, `without` left out.
pub fn owners(of_sensors: impl Iterator<Item = IdentityTag>, without: &[IdentityTag]) -> u32 {
	let distinct = of_sensors.filter(|owner| !without.contains(owner)).collect::<BTreeSet<_>>();
	u32::try_from(distinct.len()).unwrap_or(u32::MAX)
}

/// What the witnesses say of their line at `t`, those owned by `without` left out.
pub fn verdict_at(witnesses: &[Witness], without: &[IdentityTag], t: Moment) -> Verdict {
	let mut ballots = jury(witnesses, without);
	for witness in witnesses {
		let Some(ballot) = ballots.get_mut(&witness.owner) else { continue };
		voices(&witness.spans)
			.filter(|voice| (voice.start..voice.end).contains(&t))
			.for_each(|voice| ballot.change(voice.hazard, true));
	}
	count(&ballots)
}

/// A time `start <= t < end`.
type Stretch = (Moment, Moment);

/// The times between `from` and `to` in which the witnesses call their line safe, in order, none
/// touching the next.
fn safe_times(
	witnesses: &[Witness],
	without: &[IdentityTag],
	from: Moment,
	to: Moment,
) -> Vec<Stretch> {
	let mut ballots = jury(witnesses, without);
	// When which owner's ballot changes, cut to the window: at `to` everybody has fallen silent,
	// which closes the last stretch.
	let mut changes = Vec::new();
	for witness in witnesses.iter().filter(|witness| ballots.contains_key(&witness.owner)) {
		for voice in voices(&witness.spans) {
			let (start, end) = (voice.start.max(from), voice.end.min(to));
			if start < end {
				changes.push((start, witness.owner, voice.hazard, true));
				changes.push((end, witness.owner, voice.hazard, false));
			}
		}
	}
	changes.sort_unstable_by_key(|(at, ..)| *at);

	let mut hazard = 0usize;
	let mut clear = 0usize;
	let mut safe_since = None;
	let mut safe = Vec::new();
	for together in changes.chunk_by(|one, next| one.0 == next.0) {
		let Some(&(now, ..)) = together.first() else { continue };
		for (_, owner, says_hazard, begins) in together {
			let Some(ballot) = ballots.get_mut(owner) else { continue };
			hazard = hazard.saturating_sub(usize::from(ballot.is_hazard()));
			clear = clear.saturating_sub(usize::from(ballot.is_clear()));
			ballot.change(*says_hazard, *begins);
			hazard = hazard.saturating_add(usize::from(ballot.is_hazard()));
			clear = clear.saturating_add(usize::from(ballot.is_clear()));
		}
		let is_safe = judge(ballots.len(), hazard, clear) == Verdict::Safe;
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
