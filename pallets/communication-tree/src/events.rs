//! What the pallet says happened.

use frame_support::pallet_macros::pallet_section;

/// The events; a section of [`crate::pallet`].
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The authority admitted a data aggregator. It votes after two session changes at the most.
		Admitted {
			/// Its account.
			account: T::AccountId,
			/// Its node's key.
			node: NodeKey,
			/// Its linking number.
			link: u32,
		},
		/// A data aggregator leaves, or the authority removed it: its links end now, its turns with
		/// the session, its vote after two session changes at the most.
		Leaving {
			/// Its account.
			account: T::AccountId,
			/// Whether it was removed.
			removed: bool,
		},
		/// A data aggregator that was leaving is no longer an active voter.
		Left {
			/// Its account.
			account: T::AccountId,
		},
		/// A data aggregator proved another node key. It counts from the next session on.
		NodeChanged {
			/// Its account.
			account: T::AccountId,
			/// Its node's key now.
			node: NodeKey,
		},
		/// A data aggregator declared another linking number. It counts from the next session on.
		LinkChanged {
			/// Its account.
			account: T::AccountId,
			/// The linking number now.
			link: u32,
		},
		/// A session started, and its data aggregators were frozen.
		Frozen {
			/// The session.
			session: SessionIndex,
			/// The hash of the snapshot and its overheads: equal hashes, equal trees.
			hash: H256,
			/// How many data aggregators are active.
			members: u32,
			/// How many of them take turns.
			authors: u32,
		},
		/// A data aggregator reported about a session.
		Reported {
			/// Its account.
			account: T::AccountId,
			/// The session.
			session: SessionIndex,
			/// How many others it rated.
			ratings: u32,
		},
		/// A data aggregator's trust has fallen below the threshold: from now on it is a leaf.
		Distrusted {
			/// Its account.
			account: T::AccountId,
			/// Its trust, in parts per billion.
			trust: Ppb,
		},
		/// A data aggregator has passed its probation: it counts as trusted.
		Trusted {
			/// Its account.
			account: T::AccountId,
			/// Its trust, in parts per billion.
			trust: Ppb,
		},
		/// An equivocation was proved. The data aggregator is trusted no more, and loses its vote as
		/// soon as four others have one.
		Equivocated {
			/// Its account.
			account: T::AccountId,
			/// The session in which it did.
			session: SessionIndex,
		},
		/// Other rules were announced. A session goes by those in force when it starts.
		RulesSet {
			/// How often they have been replaced, this time included.
			version: u32,
			/// All of them.
			rules: Rules,
			/// First moment at which they are in force.
			from: Moment,
		},
	}
}
