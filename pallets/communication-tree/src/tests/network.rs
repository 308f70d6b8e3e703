//! Sessions of 100 blocks with guilty ones of all kinds among the data aggregators, their reports made
//! from the very trees that the pallet says: within five sessions the guilty are leaves, and nobody
//! else has moved by more than 0.05.
//!
//! Nodes report as the network protocol does: a child counts a block against its parent only if that
//! parent had it in time itself, and an untrusted one is rated for whom it served as a second parent.

use crate::{mock::*, Overheads, PerMember, Place, Rating, Report, Rules, Snapshot};
use std::collections::BTreeMap;

/// How a data aggregator behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
	Honest,
	/// Forwards nothing; praises the other guilty ones.
	Silent,
	/// Forwards too late; praises the other guilty ones and slanders the honest.
	Delayer,
	/// Forwards, and says that nobody forwards to it.
	Slanderer,
	/// Is not there: neither writes nor forwards nor reports.
	Crashed,
}

use Kind::*;

impl Kind {
	fn forwards(self) -> bool {
		matches!(self, Honest | Slanderer)
	}

	/// Whether it says that `parent` was in time, where `on_time` is true.
	fn says(self, parent: Kind, on_time: bool) -> bool {
		match self {
			Honest | Crashed => on_time,
			Silent => on_time || parent != Honest,
			Delayer => parent != Honest,
			Slanderer => false,
		}
	}
}

/// Tasks, and those done in time, by child and parent.
type Ledger = BTreeMap<(Place, Place), (u16, u16)>;

/// Note what happens to the block of `slot`. One block in 40 is late on an edge by chance.
fn send(snapshot: &Snapshot<AccountId>, kinds: &[Kind], slot: u64, ledger: &mut Ledger) {
	let root = snapshot.author(slot).unwrap();
	let tree = snapshot.tree(&Overheads::<Test>::get(), root, slot).unwrap();
	let mut in_time = vec![false; kinds.len()];
	let mut rate = |parent: Place, child: Place, on_time: bool| {
		let [own, its] = [child, parent].map(|place| kinds[usize::from(place)]);
		let entry = ledger.entry((child, parent)).or_default();
		entry.0 += 1;
		entry.1 += u16::from(own.says(its, on_time));
	};
	in_time[usize::from(root)] = true;
	for child in &tree.sequence[1..] {
		let parent = tree.parents[usize::from(*child)].unwrap();
		let mixed = slot * 31 + u64::from(*child) * 17 + u64::from(parent) * 7;
		let chance = !mixed.is_multiple_of(40);
		// Who had it late does not count as late for those below.
		if in_time[usize::from(parent)] {
			let on_time = kinds[usize::from(parent)].forwards() && chance;
			in_time[usize::from(*child)] = on_time;
			rate(parent, *child, on_time);
		}
	}
	for second in 0..kinds.len() as Place {
		if let Some(child) = snapshot.second_child(second, slot).filter(|child| *child != root) {
			rate(second, child, kinds[usize::from(second)].forwards());
		}
	}
}

/// A session of `blocks` blocks, written by those who are there.
fn session(kinds: &[Kind], blocks: u32) -> Ledger {
	let snapshot = Tree::newest().unwrap();
	let mut ledger = Ledger::new();
	let mut written = 0;
	let mut next = slot();
	while written < blocks {
		next += 1;
		let author = snapshot.author(next).unwrap();
		if kinds[usize::from(author)] != Crashed {
			Ends::set(written + 1 == blocks);
			block_in(next);
			send(&snapshot, kinds, next, &mut ledger);
			written += 1;
		}
	}
	ledger
}

/// Everybody who is there reports about the session before.
fn report(kinds: &[Kind], ledger: &Ledger) {
	for reporter in (0..kinds.len() as Place).filter(|place| kinds[usize::from(*place)] != Crashed)
	{
		let own = ledger.range((reporter, 0)..=(reporter, Place::MAX));
		let ratings = own.map(|((_, parent), (assigned, on_time))| Rating {
			parent: *parent,
			assigned: *assigned,
			on_time: *on_time,
		});
		let report = Report {
			session: Session::current_index() - 1,
			reporter,
			ratings: PerMember::truncate_from(ratings.collect()),
			overheads: PerMember::default(),
		};
		let origin = RuntimeOrigin::signed(Da(reporter as u8 + 1).account());
		Tree::report(origin, report).expect("a well-formed report");
	}
}

/// Trust of all after `sessions` sessions of `blocks` blocks each.
fn trust_after(kinds: &[Kind], links: &[u32], sessions: u32, blocks: u32) -> Vec<u32> {
	let mut trust = Vec::new();
	ExtBuilder::default().founded(links).run(|| {
		let mut ledger = session(kinds, blocks);
		for _ in 0..sessions {
			report(kinds, &ledger);
			ledger = session(kinds, blocks);
		}
		trust = (1..=kinds.len() as u8).map(|number| Da(number).known().trust()).collect();
	});
	trust
}

/// With these guilty ones among `count`: all of them are below the threshold after five sessions, and no
/// honest one has moved by more than 0.05 against a network without guilty ones.
fn check(count: usize, guilty: &[Kind]) {
	assert!(3 * guilty.len() < count, "fewer than a third");
	// Alike, so that all have to forward: who has nothing to do cannot fail.
	let links = vec![3; count];
	let mut kinds = vec![Honest; count];
	for (place, kind) in guilty.iter().enumerate() {
		kinds[(place * 3 + 1) % count] = *kind;
	}
	let expected = trust_after(&vec![Honest; count], &links, 5, 100);
	let trust = trust_after(&kinds, &links, 5, 100);
	let threshold = Rules::default().threshold;
	for (place, kind) in kinds.iter().enumerate() {
		let (before, now) = (expected[place], trust[place]);
		if *kind == Honest {
			assert!(before.abs_diff(now) <= 50_000_000, "{place} of {count}: {before} -> {now}");
			assert!(now >= threshold);
		} else {
			assert!(now < threshold, "{kind:?}, {place} of {count}, has {now}");
		}
	}
}

/// From four on.
#[test]
fn one_guilty_of_four_is_found() {
	for kind in [Silent, Delayer, Slanderer, Crashed] {
		check(4, &[kind]);
	}
}

#[test]
fn several_kinds_at_once_are_found() {
	check(7, &[Silent, Slanderer]);
	check(10, &[Slanderer, Silent, Delayer]);
	check(13, &[Silent, Delayer, Slanderer, Crashed]);
	check(16, &[Slanderer, Slanderer, Delayer, Silent, Crashed]);
}

#[test]
fn colluding_slanderers_sink_nobody() {
	check(12, &[Slanderer; 3]);
	check(12, &[Delayer; 3]);
}

/// Also where each has few tasks with each.
#[test]
fn a_large_network_finds_its_guilty() {
	check(31, &[Silent, Delayer, Slanderer, Crashed, Silent, Delayer, Slanderer, Crashed]);
}
