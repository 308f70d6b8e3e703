//! Who the data aggregators are, what is frozen of them for a session, and what they say about each
//! other.

use crate::rules::Rules;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_consensus_aura::sr25519::AuthorityId as AuthorKey;
use sp_consensus_grandpa::AuthorityId as VoterKey;
use sp_core::ed25519;
use sp_staking::SessionIndex;
use voltree_primitives::Moment;
use voltree_wct::TRUST_UNIT;

/// Trust and its parts, in parts per billion.
pub type Ppb = u32;

/// Number of a block slot.
pub type Slot = u64;

/// Place of a member in a snapshot.
pub type Place = u16;

/// A node's network identity: the ed25519 public key that its `PeerId` is made of.
pub type NodeKey = ed25519::Public;

/// Most data aggregators at a time, those on their way out included.
pub const MAX_AGGREGATORS: u32 = 256;

/// Cells of the largest matrix of overheads.
pub const MAX_CELLS: u32 = 65_536;

/// Fewest voters: with fewer, not even one may fail. A development network has fewer from the start.
pub const FEWEST_VOTERS: u32 = 4;

/// How many sessions back an equivocation can be proved.
pub const HISTORY: SessionIndex = 24;

/// Largest linking number that can be declared.
pub const LARGEST_LINK: u32 = MAX_AGGREGATORS;

/// Linking number of those who did not declare one: at genesis, and before this pallet kept any.
pub const DEFAULT_LINK: u32 = 3;

/// Something for each member of a snapshot.
pub type PerMember<T> = BoundedVec<T, ConstU32<MAX_AGGREGATORS>>;

/// Overheads between the members of a snapshot, in tenths of a millisecond, row after row; 0 where
/// nobody has measured.
pub type Matrix = BoundedVec<u16, ConstU32<MAX_CELLS>>;

/// How many of `count` data aggregators can be faulty without harm: fewer than a third.
pub fn tolerated(count: u32) -> u32 {
	count.saturating_sub(1).checked_div(3).unwrap_or(0)
}

/// The bytes of the `PeerId` of a node's key: an identity multihash of the key in libp2p's protobuf.
pub fn peer_id(node: &NodeKey) -> [u8; 38] {
	const HEAD: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
	let mut bytes = [0; 38];
	let (head, key) = bytes.split_at_mut(HEAD.len());
	head.copy_from_slice(&HEAD);
	key.copy_from_slice(&node.0);
	bytes
}

/// The session keys of a data aggregator.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Keys {
	/// Seals its blocks, and signs its reports.
	pub author: AuthorKey,
	/// Signs its votes.
	pub voter: VoterKey,
}

/// An admitted data aggregator.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Aggregator {
	/// Its node's identity in the network; `None` as long as it has not been proved.
	pub node: Option<NodeKey>,
	/// Linking number: to how many others it says it can forward (the paper's `l`).
	pub link: u32,
	/// How well it keeps to the rules of writing blocks; 0 after a proved equivocation.
	pub legality: Ppb,
	/// How well it forwards, and how well the others' forwarding to it works.
	pub forwarding: Ppb,
	/// At how many session ends its trust must still reach the threshold before it counts.
	pub probation: u32,
	/// The session in which it equivocated, as was proved. There is no way back but to be removed
	/// and admitted again.
	pub equivocated: Option<SessionIndex>,
	/// It has left or was removed, and is still an active voter.
	pub leaving: bool,
}

impl Aggregator {
	/// One that has just been admitted.
	pub fn new(node: Option<NodeKey>, link: u32, rules: &Rules, probation: u32) -> Self {
		Self {
			node,
			link,
			legality: TRUST_UNIT,
			forwarding: rules.prior,
			probation,
			equivocated: None,
			leaving: false,
		}
	}

	/// Trust: legality times forwarding success (the paper's `t`).
	pub fn trust(&self) -> Ppb {
		share(self.legality, self.forwarding)
	}

	/// The trust that counts for its place: below the threshold as long as it is on probation.
	pub fn counted_trust(&self, rules: &Rules) -> Ppb {
		if self.leaving || self.equivocated.is_some() {
			return 0;
		}
		let most = if self.probation > 0 { rules.threshold.saturating_sub(1) } else { TRUST_UNIT };
		self.trust().min(most)
	}
}

/// `part` of `whole`, both in parts per billion.
fn share(part: Ppb, whole: Ppb) -> Ppb {
	let product = u64::from(part).saturating_mul(u64::from(whole));
	let share = product.checked_div(u64::from(TRUST_UNIT)).unwrap_or(0);
	u32::try_from(share).unwrap_or(TRUST_UNIT)
}

/// A data aggregator as it is for a whole session.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Member<AccountId> {
	/// Its account.
	pub account: AccountId,
	/// Its node's identity in the network.
	pub node: Option<NodeKey>,
	/// Its session keys.
	pub keys: Keys,
	/// The trust that counts.
	pub trust: Ppb,
	/// Linking number.
	pub link: u32,
}

/// The active data aggregators of a session, frozen when it started: what places, turns and trees of
/// its blocks follow from. The last block of a session is sealed by the old set, its children by the
/// new one.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Snapshot<AccountId> {
	/// The session.
	pub session: SessionIndex,
	/// The slot of the block in which it was frozen: it counts for later slots.
	pub after: Slot,
	/// The rules that the session goes by.
	pub rules: Rules,
	/// The active data aggregators, all of them voters, in the order in which they were admitted.
	pub members: PerMember<Member<AccountId>>,
	/// The members in the order N\*: the trusted ones by score, then the others by trust.
	pub sequence: PerMember<Place>,
	/// How many of the sequence, from the first, take turns to write blocks.
	pub authors: u32,
}

/// An author's turns in the running session.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Turn<AccountId> {
	/// Whose turns.
	pub author: AccountId,
	/// Blocks written.
	pub written: u32,
	/// Slots that passed without a block.
	pub missed: u32,
}

/// How well another one forwarded in a session: what the child says of the edge.
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
pub struct Rating {
	/// Who was to forward: its place in the session's snapshot.
	pub parent: Place,
	/// Blocks that it was to forward and had itself in time, as far as the child knows.
	pub assigned: u16,
	/// How many of them came from it in time.
	pub on_time: u16,
}

/// What a data aggregator reports about the session before the running one, once.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Report {
	/// The session it speaks of.
	pub session: SessionIndex,
	/// Who reports: its place in that session's snapshot.
	pub reporter: Place,
	/// The parents it was assigned to, by rising place.
	pub ratings: PerMember<Rating>,
	/// One-way overhead to each member, in tenths of a millisecond, 0 where it has not measured;
	/// or empty, if it has measured none.
	pub overheads: PerMember<u16>,
}

/// A data aggregator of the first block.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Founder<AccountId> {
	/// Its account, which has session keys among the session pallet's.
	pub account: AccountId,
	/// Its node's key; it can be proved later.
	pub node: Option<NodeKey>,
	/// Linking number.
	pub link: u32,
}

/// Length of a block slot where the chain specification names none.
pub const DEFAULT_SLOT: Moment = 3_000;
