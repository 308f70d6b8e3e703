//! Sessions of 100 blocks with guilty ones of all kinds among the data aggregators, their reports made
//! from the very trees that the pallet says: within five sessions the guilty are leaves, and nobody
//! else has moved by more than 0.05.
//!
//! Nodes report as the network protocol does: a child counts a block against its parent only if that
//! parent had it in time itself, and an untrusted one is rated for whom it served as a second parent.

use crate::{mock::*, runtime_api::Frozen, PerMember, Place, Rating, Report, Rules};
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

/// So large a block goes down trees.
const BYTES: u32 = 100_000;

/// Note what happens to the block of `slot` at `number`. One piece in 40 is late on an edge by chance.
fn send(frozen: &Frozen<AccountId>, kinds: &[Kind], slot: u64, number: u32, ledger: &mut Ledger) {
	let root = frozen.snapshot.author(slot).unwrap();
	let plan = frozen.plan(root, number, BYTES).unwrap();
	let kind = |node: u32| kinds[node as usize];
	// The pieces that came in time, from whom.
	let mut came: BTreeMap<(u32, u32), u64> = BTreeMap::new();
	let mut in_time = vec![0u64; kinds.len()];
	in_time[usize::from(root)] = u64::MAX;
	let lucky = |parent: u32, child: u32| {
		let mixed = u64::from(number) * 31 + u64::from(child) * 17 + u64::from(parent) * 7;
		!mixed.is_multiple_of(40)
	};
	for piece in 0..plan.pieces() {
		let way = plan.way_of(piece).unwrap();
		let edges = way.sequence()[1..].iter().map(|child| (way.parent(*child).unwrap(), *child));
		for (parent, child) in edges {
			let has = in_time[parent as usize] & 1 << piece != 0;
			if has && kind(parent).forwards() && lucky(parent, child) {
				in_time[child as usize] |= 1 << piece;
				*came.entry((parent, child)).or_default() |= 1 << piece;
			}
		}
	}
	for second in 0..kinds.len() as u32 {
		for (child, piece) in plan.second_children(second) {
			if in_time[second as usize] & 1 << piece != 0 && kind(second).forwards() {
				*came.entry((second, child)).or_default() |= 1 << piece;
			}
		}
	}
	for child in 0..kinds.len() as u32 {
		for (parent, pieces) in plan.parents(child) {
			// Who had it late does not count as late for those below.
			if in_time[parent as usize] & pieces == pieces {
				let on_time =
					came.get(&(parent, child)).is_some_and(|came| came & pieces == pieces);
				let entry = ledger.entry((child as Place, parent as Place)).or_default();
				entry.0 += 1;
				entry.1 += u16::from(kind(child).says(kind(parent), on_time));
			}
		}
	}
}

/// A session of `blocks` blocks, written by those who are there.
fn session(kinds: &[Kind], blocks: u32) -> Ledger {
	let frozen = Tree::newest_frozen().unwrap();
	let mut ledger = Ledger::new();
	let mut written = 0;
	let mut next = slot();
	while written < blocks {
		next += 1;
		let author = frozen.snapshot.author(next).unwrap();
		if kinds[usize::from(author)] != Crashed {
			Ends::set(written + 1 == blocks);
			block_in(next);
			send(&frozen, kinds, next, System::block_number(), &mut ledger);
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

/// Who was silent and now forwards comes back, as a second parent first: among a few soon, among many
/// as well.
#[test]
fn who_mends_his_ways_comes_back() {
	for (count, most) in [(4, 12), (13, 12), (31, 20)] {
		let mut kinds = vec![Honest; count];
		kinds[1] = Silent;
		ExtBuilder::default().founded(&vec![3; count]).run(|| {
			let trusts = || Tree::newest().unwrap().trusts(1);
			let mut ledger = session(&kinds, 200);
			while trusts() {
				report(&kinds, &ledger);
				ledger = session(&kinds, 200);
			}
			kinds[1] = Honest;
			let mut sessions = 0;
			while !trusts() {
				report(&kinds, &ledger);
				ledger = session(&kinds, 200);
				sessions += 1;
				assert!(sessions <= most, "{count}: {}", Da(2).known().trust());
			}
			println!("{count}: {sessions} sessions");
			assert!(sessions > Rules::default().probation, "it was on probation");
		});
	}
}
