//! The rules that the authority sets: of trust, of the order, of how blocks travel.

use crate::types::Ppb;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use voltree_wct::{
	plan::{Mode, Paths},
	Settings, Weights, TRUST_UNIT,
};

/// Most entries of the schedule of modes.
pub const LONGEST_SCHEDULE: u32 = 16;

/// How a block travels: the modes of `voltree-wct`'s plans.
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum TreeMode {
	/// Not down a tree: by the stock announcements and downloads.
	#[codec(index = 0)]
	Off,
	/// Whole, linking number first.
	#[codec(index = 1)]
	Lft,
	/// Whole, trust first.
	#[codec(index = 2)]
	Tft,
	/// Whole, by the paper's Algorithm 1.
	#[codec(index = 3)]
	Wct,
	/// Whole or in pieces, down the trees that are predicted to be quickest, with rotated pairings
	/// and second parents.
	#[codec(index = 4)]
	Ours,
}

impl From<TreeMode> for Mode {
	fn from(mode: TreeMode) -> Self {
		match mode {
			TreeMode::Off => Self::Off,
			TreeMode::Lft => Self::Lft,
			TreeMode::Tft => Self::Tft,
			TreeMode::Wct => Self::Wct,
			TreeMode::Ours => Self::Ours,
		}
	}
}

/// Block `b` travels by entry `b mod length`.
pub type Schedule = BoundedVec<TreeMode, ConstU32<LONGEST_SCHEDULE>>;

/// What is taken for granted about the way between two nodes, to predict what is quickest.
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathFigures {
	/// One-way latency, in microseconds.
	pub latency: u32,
	/// How long a node checks a block before it forwards it, in microseconds.
	pub verification: u32,
	/// Mean uplink of a node, in bytes per second: at least 1.
	pub uplink: u32,
}

/// The rules of trust, of the order N\* and of the trees. Those in force when a session starts count
/// until it ends.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	PartialEq,
	Eq,
	Debug,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rules {
	/// Who has at least this trust is trusted (the paper's `t_thre`): 1 to 10^9.
	pub threshold: Ppb,
	/// Forwarding success that a newcomer is taken to have: at least the threshold, at most 10^9.
	pub prior: Ppb,
	/// How many tasks what was known before counts for, beside the tasks of a session: 1 to 1,000.
	pub prior_tasks: u32,
	/// Share of the blocks on an edge that may be late without harm, by chance: less than 10^9.
	pub allowance: Ppb,
	/// Most that a part of trust changes in a session: 1 to 10^9.
	pub most_change: Ppb,
	/// How much legality comes back in a session to somebody who has no turns and reports: at most
	/// `most_change`.
	pub recovery: Ppb,
	/// Session ends at or above the threshold before one who fell below it, or a newcomer, counts
	/// as trusted: at most 1,000.
	pub probation: u32,
	/// What trust counts in the score (the paper's `w_t`).
	pub trust_weight: u32,
	/// What the linking number counts in the score (the paper's `w_l`); not both weights are 0.
	pub link_weight: u32,
	/// An edge with a larger overhead is too far to forward over (the paper's `w_thre`), in tenths
	/// of a millisecond: at least 1.
	pub overhead_threshold: u16,
	/// How blocks travel: 1 to 16 modes that take turns block by block.
	pub modes: Schedule,
	/// For the predictions of [`TreeMode::Ours`].
	pub paths: PathFigures,
}

impl Default for Rules {
	/// Trusted from 0.8 on, as in the paper; 20 Mbit/s and 40 ms between data aggregators.
	fn default() -> Self {
		Self {
			threshold: 800_000_000,
			prior: TRUST_UNIT,
			prior_tasks: 8,
			allowance: 100_000_000,
			most_change: 150_000_000,
			recovery: 50_000_000,
			probation: 2,
			trust_weight: 1,
			link_weight: 1,
			overhead_threshold: 2_000,
			modes: Schedule::truncate_from(alloc::vec![TreeMode::Ours]),
			paths: PathFigures { latency: 40_000, verification: 5_000, uplink: 2_500_000 },
		}
	}
}

impl Rules {
	/// Whether each value is within its range.
	pub fn are_valid(&self) -> bool {
		(1..=TRUST_UNIT).contains(&self.threshold)
			&& (self.threshold..=TRUST_UNIT).contains(&self.prior)
			&& (1..=1_000).contains(&self.prior_tasks)
			&& self.allowance < TRUST_UNIT
			&& (1..=TRUST_UNIT).contains(&self.most_change)
			&& self.recovery <= self.most_change
			&& self.probation <= 1_000
			&& (self.trust_weight > 0 || self.link_weight > 0)
			&& self.overhead_threshold > 0
			&& !self.modes.is_empty()
			&& self.paths.uplink > 0
	}

	/// What predictions rest on.
	pub fn paths(&self) -> Paths {
		let PathFigures { latency, verification, uplink } = self.paths;
		Paths { latency: latency.into(), verification: verification.into(), uplink: uplink.into() }
	}

	/// What the algorithms take; overheads are in microseconds there.
	pub fn settings(&self) -> Settings {
		Settings {
			trust_threshold: self.threshold,
			overhead_threshold: micros(self.overhead_threshold),
			weights: Weights { trust: self.trust_weight.into(), link: self.link_weight.into() },
		}
	}
}

/// Tenths of a millisecond in microseconds.
pub(crate) fn micros(tenths: u16) -> u32 {
	u32::from(tenths).saturating_mul(100)
}
