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
}

impl Default for Parameters {
	fn default() -> Self {
		Self { limit: 200 }
	}
}

impl Parameters {
	/// Whether all values are in range.
	pub fn is_valid(&self) -> bool {
		self.limit > 0
	}
}
