//! Why the pallet refuses a call, and what to do then.

use frame_support::pallet_macros::pallet_section;

/// The errors; a section of [`crate::pallet`].
#[pallet_section]
mod errors {
	#[pallet::error]
	#[derive(PartialEq)]
	pub enum Error<T> {
		/// No data aggregator is admitted under this account. Have the authority admit it.
		NotAdmitted,
		/// The account is admitted already. Nothing is left to do.
		AlreadyAdmitted,
		/// The account was a data aggregator and is still an active voter. Try again when it no
		/// longer is, after two session changes at the most.
		StillLeaving,
		/// The account has no session keys. Let it send `session.setKeys` first.
		NoKeys,
		/// Another data aggregator has this node key. Make a key for each node.
		NodeTaken,
		/// The signature was not made with the node key over the bytes that the runtime API's
		/// `node_message` returns for this account. Sign these with the node key.
		BadNodeSignature,
		/// The linking number is 0 or larger than 256.
		InvalidLink,
		/// There are as many data aggregators as there can be, those on their way out included. Let
		/// one leave first.
		TooManyAggregators,
		/// Fewer than four data aggregators with session keys would be left, and then not even one
		/// of them could fail. Admit another one first.
		TooFewLeft,
		/// An admitted data aggregator, or one that is still an active voter, needs its session
		/// keys. Leave first; new keys can be set at any time.
		KeysInUse,
		/// Reports are taken about the session before the running one only. Report once, soon after
		/// a session has ended.
		WrongSession,
		/// At the place that the report names as its author's, the session's snapshot has neither
		/// this account nor an author key that is this account. Sign with one of both.
		NotTheReporter,
		/// This data aggregator has reported about the session. Nothing is left to do.
		AlreadyReported,
		/// A rating names the reporter itself, nobody, or somebody twice or out of order, or more
		/// blocks in time than were assigned.
		InvalidRating,
		/// There is not exactly one overhead for each member of the session's snapshot. Leave out
		/// all, or put 0 where nothing was measured.
		InvalidOverheads,
		/// A header is longer than 32 KiB. No block of this chain has such a one.
		HeaderTooLong,
		/// The two headers do not prove an equivocation: they are the same block, or of different
		/// slots, or not both sealed by the author whose slot it was in a session of the last 24.
		NotAnEquivocation,
		/// An equivocation of this data aggregator has been proved already. Nothing is left to do.
		AlreadyProved,
		/// A rule is out of range: 1 <= threshold <= prior <= 10^9, 1 <= priorTasks <= 1,000,
		/// allowance < 10^9, 1 <= mostChange <= 10^9, recovery <= mostChange, probation <= 1,000, one
		/// weight above 0, overheadThreshold and paths.uplink above 0, at least one mode.
		InvalidRules,
	}
}
