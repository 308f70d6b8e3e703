//! What is to be done now, given what the chain says: in which order, when at the earliest, what
//! together. Pure: no node, no clock, no key.
//!
//! A [`Case`] is one thing that waits on the chain. It is there as long as the chain shows it: a
//! round over the chain's pages confirms it, and a case that a whole round has not confirmed is
//! over, whoever did it. So nothing here has to be kept over a restart.

use std::collections::{BTreeMap, BTreeSet};
use voltree_primitives::{Moment, RequestId};
use voltree_runtime::{AccountId, BlockNumber};

/// Most cases that are sent together.
pub const MOST_TOGETHER: usize = 32;

/// Most cases that are remembered. What is beyond waits on the chain until there is room.
const MOST_CASES: usize = 8_192;

/// Blocks that a working service needs: one that shows the case, one that has the extrinsic.
const SERVICE_NEEDS: BlockNumber = 2;

/// Blocks that an outdated token waits for others to be renewed with it. A record may change with
/// every settled trade; paying does not depend on it.
const RENEWALS_COLLECT: BlockNumber = 5;

/// Longest wait between two tries of a case, in blocks.
const LONGEST_PAUSE: BlockNumber = 64;

/// Something that the service can do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Job {
	/// Answer a request.
	Respond(RequestId),
	/// Certify an account, or renew its certificate.
	Certify(AccountId),
	/// Renew the token of a shared wallet.
	Renew(RequestId),
}

/// The kinds of jobs; each has its own rounds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
	/// [`Job::Respond`].
	Respond,
	/// [`Job::Certify`].
	Certify,
	/// [`Job::Renew`].
	Renew,
}

impl Job {
	/// Its kind.
	pub fn kind(&self) -> Kind {
		match self {
			Job::Respond(_) => Kind::Respond,
			Job::Certify(_) => Kind::Certify,
			Job::Renew(_) => Kind::Renew,
		}
	}
}

impl std::fmt::Display for Job {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Job::Respond(id) => write!(f, "the response to request {id}"),
			Job::Certify(account) => write!(f, "the certificate of {account}"),
			Job::Renew(id) => write!(f, "the renewal of shared wallet {id}'s token"),
		}
	}
}

/// How long a node lets things wait before it acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Duty {
	/// At once.
	Primary,
	/// A node whose key is being retired: the one with the new key goes first, if there is one.
	Retiring,
	/// A standby: so many blocks more than a working service needs.
	Standby(BlockNumber),
}

impl Duty {
	/// Blocks that something has to wait.
	fn patience(self) -> BlockNumber {
		match self {
			Duty::Primary => 0,
			Duty::Retiring => SERVICE_NEEDS,
			Duty::Standby(blocks) => SERVICE_NEEDS.saturating_add(blocks),
		}
	}
}

/// Something that waits on the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
	/// The block at which it was first seen here.
	pub seen: BlockNumber,
	/// Chain time since when it can be done, as far as is known.
	pub since: Moment,
	/// How often it was sent from here.
	pub sent: u32,
	/// The round that has confirmed it last.
	round: u64,
	/// Tries that led to nothing.
	failed: u32,
	/// The block before which it is not tried again.
	not_before: BlockNumber,
	/// Why it failed last.
	reason: Option<String>,
}

/// Everything that waits.
#[derive(Default)]
pub struct Desk {
	cases: BTreeMap<Job, Case>,
	rounds: BTreeMap<Kind, u64>,
}

impl Desk {
	/// Forget everything: this node is no longer the service.
	pub fn clear(&mut self) {
		self.cases.clear();
	}

	/// How many cases of `kind` wait.
	pub fn waiting(&self, kind: Kind) -> usize {
		self.cases.keys().filter(|job| job.kind() == kind).count()
	}

	/// The chain shows `job` at block `block`; it can be done since `since`.
	pub fn see(&mut self, job: Job, block: BlockNumber, since: Moment) {
		let round = self.round(job.kind());
		if let Some(case) = self.cases.get_mut(&job) {
			case.round = round;
		} else if self.cases.len() < MOST_CASES {
			let case =
				Case { seen: block, since, sent: 0, round, failed: 0, not_before: 0, reason: None };
			self.cases.insert(job, case);
		}
	}

	fn round(&self, kind: Kind) -> u64 {
		self.rounds.get(&kind).copied().unwrap_or_default()
	}

	/// All pages of `kind` have been read. Returns what no page has shown any more.
	pub fn end_round(&mut self, kind: Kind) -> Vec<(Job, Case)> {
		let round = self.round(kind);
		self.rounds.insert(kind, round.wrapping_add(1));
		let over = self.cases.extract_if(.., |job, case| job.kind() == kind && case.round != round);
		over.collect()
	}

	/// What is to be done at block `block`: responses first, what has waited longest first of its
	/// kind, at most [`MOST_TOGETHER`]. `under_way` is what extrinsics in the pool will do.
	pub fn due(&self, block: BlockNumber, duty: Duty, under_way: &BTreeSet<Job>) -> Vec<Job> {
		let patience = duty.patience();
		let ready = |job: &Job, case: &Case| {
			block.saturating_sub(case.seen) >= patience
				&& block >= case.not_before
				&& !under_way.contains(job)
		};
		let collected = patience.saturating_add(RENEWALS_COLLECT);
		let renew = self.cases.iter().any(|(job, case)| {
			job.kind() == Kind::Renew
				&& ready(job, case)
				&& block.saturating_sub(case.seen) >= collected
		});
		let mut due = self
			.cases
			.iter()
			.filter(|(job, case)| ready(job, case) && (renew || job.kind() != Kind::Renew))
			.collect::<Vec<_>>();
		due.sort_by_key(|(job, case)| (job.kind(), case.since, case.seen));
		due.into_iter().take(MOST_TOGETHER).map(|(job, _)| job.clone()).collect()
	}

	/// `job` was sent at block `block`. Should it get lost, it is sent again, the sooner the fewer
	/// times that has happened.
	pub fn sent(&mut self, job: &Job, block: BlockNumber) {
		if let Some(case) = self.cases.get_mut(job) {
			case.not_before = block.saturating_add(pause(case.sent));
			case.sent = case.sent.saturating_add(1);
		}
	}

	/// Somebody else has sent `job` at block `block`: time for it to take effect.
	pub fn left(&mut self, job: &Job, block: BlockNumber) {
		if let Some(case) = self.cases.get_mut(job) {
			case.not_before = block.saturating_add(SERVICE_NEEDS);
		}
	}

	/// `job` would fail at block `block`, for `reason`. Returns whether that is news.
	pub fn failed(&mut self, job: &Job, block: BlockNumber, reason: String) -> bool {
		let Some(case) = self.cases.get_mut(job) else { return true };
		case.failed = case.failed.saturating_add(1);
		case.not_before = block.saturating_add(pause(case.failed));
		let news = case.reason.as_ref() != Some(&reason);
		case.reason = Some(reason);
		news
	}
}

/// Blocks until the next try after `tries` earlier ones: 1, 2, 4 and so on.
fn pause(tries: u32) -> BlockNumber {
	BlockNumber::checked_shl(1, tries).unwrap_or(LONGEST_PAUSE).clamp(1, LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
	use super::*;
	use Job::{Certify, Renew, Respond};

	fn nothing() -> BTreeSet<Job> {
		BTreeSet::new()
	}

	fn account(n: u8) -> AccountId {
		AccountId::from([n; 32])
	}

	/// A desk that has seen these jobs at block 10, each since its place in the list.
	fn desk(jobs: &[Job]) -> Desk {
		let mut desk = Desk::default();
		for (since, job) in (0..).zip(jobs) {
			desk.see(job.clone(), 10, since);
		}
		desk
	}

	#[test]
	fn a_primary_acts_at_once_and_answers_the_longest_waiting_first() {
		let desk = desk(&[Certify(account(1)), Respond(8), Respond(2)]);
		let due = desk.due(10, Duty::Primary, &nothing());
		assert_eq!(due, [Respond(8), Respond(2), Certify(account(1))]);
	}

	#[test]
	fn what_is_in_the_pool_is_not_sent_again() {
		let desk = desk(&[Respond(1), Respond(2)]);
		let under_way = BTreeSet::from([Respond(1)]);
		assert_eq!(desk.due(10, Duty::Primary, &under_way), [Respond(2)]);
	}

	#[test]
	fn a_standby_waits_longer_than_a_working_service_needs() {
		let desk = desk(&[Respond(1)]);
		for (duty, acts_at) in [(Duty::Primary, 10), (Duty::Retiring, 12), (Duty::Standby(4), 16)] {
			assert_eq!(
				desk.due(acts_at - 1, duty, &nothing()).is_empty(),
				acts_at > 10,
				"{duty:?}"
			);
			assert_eq!(desk.due(acts_at, duty, &nothing()), [Respond(1)], "{duty:?}");
		}
	}

	/// The counting begins anew with the next case: a standby does not act on what the primary
	/// answers in time, however many that are.
	#[test]
	fn a_standby_leaves_a_working_primary_alone() {
		let mut desk = Desk::default();
		for block in 0..100 {
			desk.see(Respond(block.into()), block, 0);
			assert!(desk.due(block, Duty::Standby(0), &nothing()).is_empty());
			let over = desk.end_round(Kind::Respond);
			assert_eq!(over.len(), usize::from(block > 0), "the one before is answered");
		}
	}

	#[test]
	fn renewals_wait_for_each_other() {
		let mut desk = desk(&[Renew(1)]);
		desk.see(Renew(2), 14, 0);
		assert!(desk.due(14, Duty::Primary, &nothing()).is_empty());
		// The first has waited five blocks: the other one goes with it.
		assert_eq!(desk.due(15, Duty::Primary, &nothing()), [Renew(1), Renew(2)]);
		assert!(desk.due(16, Duty::Standby(0), &nothing()).is_empty());
		assert_eq!(desk.due(17, Duty::Standby(0), &nothing()), [Renew(1), Renew(2)]);
	}

	#[test]
	fn no_more_than_a_batch_at_once_and_responses_before_all() {
		let mut desk = Desk::default();
		for n in 0..40 {
			desk.see(Renew(n), 0, 0);
			desk.see(Respond(n), 0, n);
		}
		let due = desk.due(9, Duty::Primary, &nothing());
		assert_eq!(due, (0..32).map(Respond).collect::<Vec<_>>());
		let under_way = due.into_iter().collect();
		let due = desk.due(9, Duty::Primary, &under_way);
		let rest = (32..40).map(Respond).chain((0..24).map(Renew));
		assert_eq!(due, rest.collect::<Vec<_>>());
	}

	#[test]
	fn what_fails_is_told_once_and_tried_ever_more_rarely() {
		let mut desk = desk(&[Respond(1), Respond(2)]);
		assert!(desk.failed(&Respond(1), 10, "poor".into()));
		assert_eq!(desk.due(10, Duty::Primary, &nothing()), [Respond(2)], "the other one goes on");
		let mut tried = Vec::new();
		for block in 11..400 {
			if desk.due(block, Duty::Primary, &nothing()).contains(&Respond(1)) {
				tried.push(block);
				assert!(!desk.failed(&Respond(1), block, "poor".into()), "told already");
			}
		}
		assert_eq!(tried, [12, 16, 24, 40, 72, 136, 200, 264, 328, 392]);
		assert!(desk.failed(&Respond(1), 400, "expired".into()), "another reason is news");
	}

	#[test]
	fn what_got_lost_is_sent_again() {
		let mut desk = desk(&[Respond(1)]);
		let mut sent = Vec::new();
		for block in 10..50 {
			for job in desk.due(block, Duty::Primary, &nothing()) {
				desk.sent(&job, block);
				sent.push(block);
			}
		}
		assert_eq!(sent, [10, 11, 13, 17, 25, 41]);
	}

	#[test]
	fn what_another_node_sent_is_left_to_it_for_a_while() {
		let mut desk = desk(&[Respond(1)]);
		desk.left(&Respond(1), 10);
		assert!(desk.due(11, Duty::Primary, &nothing()).is_empty());
		assert_eq!(desk.due(12, Duty::Primary, &nothing()), [Respond(1)]);
		desk.end_round(Kind::Respond);
		let over = desk.end_round(Kind::Respond);
		assert_eq!(over[0].1.sent, 0, "not ours");
	}

	#[test]
	fn a_round_ends_what_it_has_not_shown() {
		let mut desk = desk(&[Respond(1), Respond(2), Renew(1)]);
		assert_eq!(desk.end_round(Kind::Respond), []);
		desk.see(Respond(2), 11, 0);
		let over = desk.end_round(Kind::Respond);
		assert_eq!(over.len(), 1);
		assert_eq!(over[0].0, Respond(1));
		assert_eq!((over[0].1.seen, over[0].1.sent), (10, 0));
		assert_eq!(desk.waiting(Kind::Respond), 1);
		assert_eq!(desk.waiting(Kind::Renew), 1, "another kind has its own rounds");
	}

	/// A round may take several blocks: until it ends, nothing is taken for done.
	#[test]
	fn a_case_survives_until_its_round_ends() {
		let mut desk = desk(&[Respond(1), Respond(2)]);
		desk.end_round(Kind::Respond);
		desk.see(Respond(1), 11, 0);
		assert_eq!(desk.due(11, Duty::Primary, &nothing()).len(), 2);
		desk.see(Respond(2), 12, 0);
		assert_eq!(desk.end_round(Kind::Respond), []);
	}

	#[test]
	fn memory_is_bounded() {
		let mut desk = Desk::default();
		for n in 0..10_000 {
			desk.see(Respond(n), 0, 0);
		}
		assert_eq!(desk.waiting(Kind::Respond), MOST_CASES);
		desk.clear();
		assert_eq!(desk.waiting(Kind::Respond), 0);
	}

	#[test]
	fn pauses_double_up_to_a_limit() {
		let pauses = [0, 1, 2, 5, 6, 7, 31, 32, u32::MAX].map(pause);
		assert_eq!(pauses, [1, 2, 4, 32, 64, 64, 64, 64, 64]);
	}
}
