//! What the blacklist keeps and tells.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use voltree_primitives::{Balance, Credit, IdentityTag, Moment, Record};

/// A tag that may not open business.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Entry {
	/// When the tag came on the list.
	pub since: Moment,
	/// The credit, in points, that brought it there.
	pub credit: Credit,
}

impl Entry {
	/// First moment at which the authority may let the tag back, if tags have to wait for `waiting`
	/// milliseconds.
	pub fn may_leave_from(&self, waiting: Moment) -> Moment {
		self.since.saturating_add(waiting)
	}
}

/// Everything that decides whether an account may open business.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct AccountStanding {
	/// The person behind the account or linked wallet.
	pub tag: Option<IdentityTag>,
	/// Holds a certificate to buy that is valid now.
	pub certified_buyer: bool,
	/// Holds a certificate to sell that is valid now.
	pub certified_seller: bool,
	/// Is on the blacklist.
	pub blacklisted: bool,
	/// Since when it is on the blacklist, if it is.
	pub listed_since: Option<Moment>,
	/// From when on the authority may let it back, if it is on the blacklist and owes no fine then.
	pub readmission_from: Option<Moment>,
	/// What the person owes in fines, in the smallest unit; anything above 0 bars business.
	pub fines_due: Balance,
	/// The person's credit in points.
	pub credit: Credit,
	/// The person's compliance record.
	pub record: Record,
}

/// What the authority can tune. All values are checked by [`Parameters::is_valid`].
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
pub struct Parameters {
	/// A tag whose credit falls below this comes on the list; at least 1 point, and meant to be
	/// well below the credit that new tags start with. By default 200.
	pub limit: Credit,
	/// Chain time, in milliseconds, from a tag's entry until the authority may let it back: 0 to
	/// 366 days. By default 7 days.
	pub waiting: Moment,
	/// Credit, in points, to which a tag is lifted that is let back; above [`Self::limit`], so that
	/// the first slip does not list it again. By default 400.
	pub reentry: Credit,
}

impl Default for Parameters {
	fn default() -> Self {
		Self { limit: 200, waiting: 7 * DAY, reentry: 400 }
	}
}

/// A day of chain time.
const DAY: Moment = 86_400_000;

impl Parameters {
	/// Whether all values are in range.
	pub fn is_valid(&self) -> bool {
		const LONGEST_WAITING: Moment = 366 * DAY;
		self.limit > 0 && self.waiting <= LONGEST_WAITING && self.reentry > self.limit
	}
}
