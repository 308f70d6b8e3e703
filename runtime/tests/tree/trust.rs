//! Trust: turns and reports on the whole runtime.

use super::*;
use common::sign;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use std::collections::BTreeSet;

/// A node reports with its author key, which has no money: the report is free, takes one place in the
/// pool, and counts once.
#[test]
fn a_report_costs_nothing() {
	common::on("local", |chain| {
		chain.checked_every = 20;
		let eve = Da("//Eve");
		eve.set_keys(chain);
		chain.decide(eve.admission());
		for _ in 0..3 {
			next_session(chain);
		}
		let node = eve.author();
		assert_eq!(common::scene::total(&node), 0);
		let call = TreeCall::report { report: report(4, &[]) };
		chain.ok(&node, call.clone());
		assert_eq!(chain.fees_of(&node), 0);
		// Refused now, so not free, and there is nothing to pay with.
		let refused = chain.apply(sign(&node, call, 0));
		let payment = TransactionValidityError::Invalid(InvalidTransaction::Payment);
		assert_eq!(refused, Err(payment));
		// Two reports of one reporter provide the same tag, whoever sends them.
		next_session(chain);
		let by_key = TreeCall::report { report: report(4, &[]) };
		let by_account = TreeCall::report { report: report(4, &[0]) };
		let answers = chain.pool(vec![sign(&node, by_key, 0), sign(&pair(eve.0), by_account, 0)]);
		let tags = answers.into_iter().map(|answer| answer.expect("both are good").provides);
		let [one, other] = tags.collect::<Vec<_>>().try_into().expect("two answers");
		assert!(one.iter().any(|tag| other.contains(tag)));
	});
}

/// A dead one loses its turns within a few sessions, and nothing else; the others write on. When it is
/// back it earns its turns again.
#[test]
fn a_dead_one_loses_its_turns_not_its_vote() {
	common::on("local", |chain| {
		chain.checked_every = 50;
		let dave = Da("//Dave");
		for _ in 0..3 {
			next_session_without(chain, &[dave]);
		}
		assert!(!authors().contains(&dave.id()));
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 3);
		assert!(votes(dave));
		assert_eq!(Grandpa::current_set_id(), 0, "trust takes no votes");
		let distrusted = tree_events(chain).into_iter().any(
			|event| matches!(event, TreeEvent::Distrusted { account, .. } if account == dave.id()),
		);
		assert!(distrusted);

		let mut sessions = 0;
		while !authors().contains(&dave.id()) {
			chain.ok(&pair(dave.0), TreeCall::report { report: report(3, &[]) });
			next_session(chain);
			sessions += 1;
			assert!(sessions < 12, "it never comes back");
		}
		assert!(sessions > 2, "it was on probation");
	});
}

/// One that forwards nothing becomes a leaf by the reports of the others.
#[test]
fn a_silent_relay_becomes_a_leaf() {
	common::on("local", |chain| {
		chain.checked_every = 50;
		for da in FOUR.map(Da) {
			let (node, signature) = (da.node_key(), da.proof());
			chain.ok(&pair(da.0), TreeCall::set_node { node, signature });
		}
		let own = Da("//Alice").id();
		assert_eq!(CommunicationTree::tree_of(&own, 1, 300), None, "no node was known");
		next_session(chain);
		for _ in 0..3 {
			for (reporter, seed) in (0..).zip(FOUR) {
				let bad: &[Place] = if reporter == 2 { &[] } else { &[2] };
				let call = TreeCall::report { report: report(reporter, bad) };
				chain.ok(&pair(seed), call);
			}
			next_session(chain);
		}
		let snapshot = newest();
		assert!(!snapshot.trusts(2) && [0, 1, 3].iter().all(|place| snapshot.trusts(*place)));
		let silent = Da("//Charlie").id();
		let mut second = 0;
		for number in 0..100 {
			let author = CommunicationTree::author_of(number.into()).expect("an author");
			assert_ne!(author, silent);
			// So long a block is not sent to everybody by its author.
			let plan = CommunicationTree::tree_of(&author, number, 500_000).expect("a tree");
			assert_eq!(plan.snapshot, pallet_communication_tree::SnapshotHash::<Runtime>::get());
			assert!(
				plan.pieces.len() > 1 && plan.pieces.iter().max() < Some(&(plan.trees.len() as u8))
			);
			for tree in &plan.trees {
				assert_eq!(tree[0].account, author);
				let accounts: BTreeSet<_> =
					tree.iter().map(|relay| relay.account.clone()).collect();
				assert_eq!(accounts.len(), 4);
				let leaf = tree.iter().find(|relay| relay.account == silent).expect("in the tree");
				assert!(leaf.children.is_empty());
			}
			second += plan.second.iter().filter(|second| second.parent == silent).count();
		}
		assert!(second > 0, "and earns its way back");
	});
}

/// The market's outage is the tree's: a chain that stood still makes nobody guilty.
#[test]
fn an_outage_blames_nobody() {
	common::on("local", |chain| {
		chain.skip(100_000);
		for seed in FOUR {
			assert_eq!(Da(seed).known().expect("it is there").legality, 1_000_000_000);
		}
		let missed =
			pallet_communication_tree::Turns::<Runtime>::iter_values().map(|turn| turn.missed);
		assert_eq!(missed.sum::<u32>(), 0);
		chain.skip(2);
		let missed =
			pallet_communication_tree::Turns::<Runtime>::iter_values().map(|turn| turn.missed);
		assert_eq!(missed.sum::<u32>(), 2);
	});
}
