//! What the end of a session does to trust.
//!
//! Legality follows from the turns of the session that ends, forwarding from what was reported during
//! it about the session before: nobody can know about a session before it is over.

use crate::{
	trust::{moved, Edges, Evidence},
	Aggregators, Config, Event, Matrix, Overheads, Pallet, Place, Report, Reports, Rules, Snapshot,
	Snapshots, Turns,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use sp_staking::SessionIndex;
use voltree_wct::TRUST_UNIT;

/// What a session showed of somebody.
struct Shown {
	/// The turns he had.
	turns: Option<Evidence>,
	/// His forwarding success now.
	forwarding: Option<u32>,
	/// Whether he reported.
	reported: bool,
}

impl<T: Config> Pallet<T> {
	/// Session `ended` is over.
	pub(crate) fn score(ended: SessionIndex) {
		let Some(snapshot) = Snapshots::<T>::get(ended) else { return };
		let rules = &snapshot.rules;
		let turns = Self::take_turns(snapshot.authors);
		let rated = ended.checked_sub(1).and_then(Snapshots::<T>::get);
		let reports = rated.as_ref().map(Self::take_reports).unwrap_or_default();
		let forwarding = rated
			.as_ref()
			.map(|rated| Self::forwarding(rated, &reports, rules))
			.unwrap_or_default();
		if let Some(rated) = &rated {
			Self::measure(rated, &snapshot, &reports);
		}
		let members = snapshot.members.iter().map(|member| &member.account);
		let everybody: BTreeSet<_> = members.chain(forwarding.keys()).cloned().collect();
		let reporters: BTreeSet<_> = reports.keys().collect();
		for account in everybody {
			let shown = Shown {
				turns: turns.get(&account).copied(),
				forwarding: forwarding.get(&account).copied(),
				reported: rated
					.as_ref()
					.and_then(|rated| rated.place_of(&account))
					.is_some_and(|place| reporters.contains(&place)),
			};
			Self::show(&account, &shown, rules);
		}
	}

	fn take_turns(authors: u32) -> BTreeMap<T::AccountId, Evidence> {
		(0..authors)
			.filter_map(Turns::<T>::take)
			.map(|turn| {
				let tasks = turn.written.saturating_add(turn.missed);
				(turn.author, Evidence { tasks, good: turn.written })
			})
			.collect()
	}

	fn take_reports(rated: &Snapshot<T::AccountId>) -> BTreeMap<Place, Report> {
		let members = (0..).zip(&rated.members);
		members
			.filter_map(|(place, one)| Some((place, Reports::<T>::take(&one.account)?)))
			.collect()
	}

	/// Forwarding success after the session of `rated`.
	fn forwarding(
		rated: &Snapshot<T::AccountId>,
		reports: &BTreeMap<Place, Report>,
		rules: &Rules,
	) -> BTreeMap<T::AccountId, u32> {
		let mut edges = Edges::new(rated.members.len());
		for (reporter, report) in reports {
			for rating in &report.ratings {
				let evidence =
					Evidence { tasks: rating.assigned.into(), good: rating.on_time.into() };
				edges.say(rating.parent.into(), (*reporter).into(), evidence);
			}
		}
		let olds: Vec<_> = rated
			.members
			.iter()
			.map(|one| {
				Aggregators::<T>::get(&one.account).map_or(rules.prior, |one| one.forwarding)
			})
			.collect();
		let accounts = rated.members.iter().map(|one| one.account.clone());
		accounts.zip(edges.forwarding(&olds, rules)).collect()
	}

	/// Note what was measured: of an edge the larger overhead that its ends report, so that a liar can
	/// only push itself away. What nobody measured stays as it was.
	fn measure(
		rated: &Snapshot<T::AccountId>,
		snapshot: &Snapshot<T::AccountId>,
		reports: &BTreeMap<Place, Report>,
	) {
		let places: BTreeMap<_, Place> =
			(0..).zip(&rated.members).map(|(place, one)| (&one.account, place)).collect();
		let places: Vec<Option<Place>> =
			snapshot.members.iter().map(|one| places.get(&one.account).copied()).collect();
		let said = |from: Place, to: Place| {
			let overheads = reports.get(&from).map(|report| &report.overheads);
			overheads.and_then(|all| all.get(usize::from(to))).copied().unwrap_or(0)
		};
		let old = Overheads::<T>::get();
		let pairs = places.iter().flat_map(|from| places.iter().map(move |to| (*from, *to)));
		let cells = pairs.enumerate().map(|(cell, pair)| {
			let new = match pair {
				(Some(from), Some(to)) if from != to => said(from, to).max(said(to, from)),
				_ => 0,
			};
			if new > 0 {
				new
			} else {
				old.get(cell).copied().unwrap_or(0)
			}
		});
		Overheads::<T>::put(Matrix::truncate_from(cells.collect()));
	}

	/// Change somebody's trust by what the session showed.
	fn show(account: &T::AccountId, shown: &Shown, rules: &Rules) {
		Aggregators::<T>::mutate_extant(account, |one| {
			let before = one.counted_trust(rules) >= rules.threshold;
			one.legality = match shown.turns {
				_ if one.equivocated.is_some() => 0,
				Some(turns) => moved(one.legality, turns.estimate(one.legality, rules), rules),
				// Who has no turns cannot earn anything back by them; who reports is there.
				None if shown.reported => {
					one.legality.saturating_add(rules.recovery).min(TRUST_UNIT)
				}
				None => one.legality,
			};
			one.forwarding = shown.forwarding.unwrap_or(one.forwarding);
			one.probation = if one.trust() < rules.threshold {
				rules.probation
			} else {
				one.probation.saturating_sub(1)
			};
			let (account, trust) = (account.clone(), one.trust());
			let after = one.counted_trust(rules) >= rules.threshold;
			if before && !after {
				Self::deposit_event(Event::Distrusted { account, trust });
			} else if after && !before {
				Self::deposit_event(Event::Trusted { account, trust });
			}
		});
	}
}
