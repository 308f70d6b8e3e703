//! What a pallet may ask of its neighbours. The runtime decides who answers.

use crate::{
	Balance, Credit, IdentityTag, LineId, Moment, Record, RequestId, Role, Terms, WattHours, Watts,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

/// The chain's own time. Answered by `communication-tree`.
pub trait Clock {
	/// Now: the current block slot times its duration. The same in hooks and calls of a block.
	fn now() -> Moment;
	/// Length of a block slot, fixed at genesis.
	fn slot_duration() -> Moment;
	/// One round: a block slot for each active author. Windows are at least three of them, so that
	/// a few censoring authors make nobody late.
	fn round() -> Moment;
}

/// A registered meter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meter {
	/// Whose power it measures.
	pub owner: IdentityTag,
	/// The line it is connected to.
	pub line: LineId,
	/// The most power that can flow through it.
	pub rated_power: Watts,
}

/// A registered sensor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sensor {
	/// Who runs it.
	pub owner: IdentityTag,
	/// The line it watches.
	pub line: LineId,
}

/// Who is who. Answered by `registry`.
pub trait Directory<AccountId> {
	/// The tag behind a certified account or a linked wallet, whether or not the certificate is
	/// still valid.
	fn tag_of(who: &AccountId) -> Option<IdentityTag>;
	/// The account behind `who`: a linked wallet's owner, otherwise `who` itself.
	fn owner_of(who: &AccountId) -> AccountId;
	/// Fails unless the account behind `who` holds a certificate for `role` that is valid now.
	/// Returns the tag.
	fn ensure_certified(who: &AccountId, role: Role) -> Result<IdentityTag, DispatchError>;
	/// Fails unless `holder` itself, which is no wallet, holds a certificate for `role` that is valid
	/// at the moment `at`. Returns the tag.
	fn ensure_holder_certified(
		holder: &AccountId,
		role: Role,
		at: Moment,
	) -> Result<IdentityTag, DispatchError>;
	/// Whether `wallet` is an account or a linked wallet of `tag`.
	fn is_wallet_of(wallet: &AccountId, tag: &IdentityTag) -> bool;
	/// Whether the account behind `who` or one of its linked wallets has money to spend (the paper's
	/// wealth over `W_k`): how many of the wallets had to be looked at to find some, `None` where
	/// there is none.
	fn money_behind(who: &AccountId) -> Option<u32>;
	/// The management centre's service keys: the current one, then one that is being retired.
	fn service_keys() -> Vec<AccountId>;
}

/// The accounts behind a tag. Answered by `registry`.
pub trait AccountsOf<AccountId> {
	/// All accounts ever certified for `tag`, oldest first, then its linked wallets; bounded by
	/// the registry. Empty for an unknown tag.
	fn accounts_of(tag: &IdentityTag) -> Vec<AccountId>;
}

/// Devices and lines. Answered by `registry`.
pub trait Devices<AccountId> {
	/// Whether the line is known.
	fn line_exists(line: LineId) -> bool {
		Self::capacity(line).is_some()
	}
	/// The most power that the line can carry; 0 for one that is out of use, `None` for one that is
	/// not known.
	fn capacity(line: LineId) -> Option<Watts>;
	/// The meter registered under this account.
	fn meter(device: &AccountId) -> Option<Meter>;
	/// The sensor registered under this account.
	fn sensor(device: &AccountId) -> Option<Sensor>;
	/// Whether a meter or a sensor is registered under this account.
	fn is_device(account: &AccountId) -> bool {
		Self::meter(account).is_some() || Self::sensor(account).is_some()
	}
	/// Whether the tag has a meter on the line.
	fn has_meter(tag: &IdentityTag, line: LineId) -> bool;
	/// The sensors of a line with their owners; bounded by the registry.
	fn sensors_on(line: LineId) -> Vec<(AccountId, IdentityTag)>;
}

/// Told by `registry` when a device leaves, so that what it reported is forgotten.
pub trait OnDeviceRemoved<AccountId> {
	/// `device`, which was registered until now, no longer is.
	fn device_removed(device: &AccountId);
}

impl<AccountId> OnDeviceRemoved<AccountId> for () {
	fn device_removed(_: &AccountId) {}
}

/// Told by `registry` when a tag is certified for the first time.
pub trait OnEnrolled {
	/// `tag` is new to the chain.
	fn enrolled(tag: &IdentityTag);
}

impl OnEnrolled for () {
	fn enrolled(_: &IdentityTag) {}
}

/// Why a tag's credit or record changed.
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
pub enum Cause {
	/// Paid within the payment period.
	#[codec(index = 0)]
	PaidInTime,
	/// Paid in the grace after the payment period.
	#[codec(index = 1)]
	PaidLate,
	/// Did not pay although an eligible offer stood.
	#[codec(index = 2)]
	NotPaid,
	/// Did not start or did not deliver although both lines were safe.
	#[codec(index = 3)]
	NotDelivered,
	/// Delivered less than was traded.
	#[codec(index = 4)]
	DeliveredShort,
	/// Sent no bill in time.
	#[codec(index = 5)]
	NotBilled,
	/// Delivered, and the buyer confirmed in time or the meters attested it.
	#[codec(index = 6)]
	Delivered,
	/// Did not confirm what the meters attest, or what was billed without meters.
	#[codec(index = 7)]
	NotConfirmed,
	/// Withdrew what was paid for already.
	#[codec(index = 8)]
	Withdrawn,
	/// Contested more than the ruling bore out.
	#[codec(index = 9)]
	ContestedWrongly,
}

/// Credit, compliance and debts of identity tags. Answered by `credibility`.
pub trait Credibility {
	/// Credit of `tag` in points; 0 for one that was never certified.
	fn credit(tag: &IdentityTag) -> Credit;
	/// The tag's compliance record.
	fn record(tag: &IdentityTag) -> Record;
	/// What the tag owes in fines, in the smallest unit.
	fn fines_due(tag: &IdentityTag) -> Balance;
	/// Both at once.
	fn credit_and_fines(tag: &IdentityTag) -> (Credit, Balance) {
		(Self::credit(tag), Self::fines_due(tag))
	}
	/// The terms that requests and trades are made under now.
	fn terms() -> Terms;
	/// Count timely behaviour.
	fn timely(tag: &IdentityTag, cause: Cause);
	/// Count untimely behaviour and take `w * volume` off the credit (the paper's
	/// `Credit_{n+1} = Credit_n - w * volume`); a volume of 0 only counts.
	fn untimely(tag: &IdentityTag, volume: WattHours, cause: Cause, terms: &Terms);
	/// `tag` has done its part of a trade with `partner` in time: it gains what `terms` say, once
	/// per pair and day, never above what it began with. Returns whether it gained anything.
	fn gain(tag: &IdentityTag, partner: &IdentityTag, terms: &Terms) -> bool;
	/// Add a settled trade to the tag's record.
	fn settled(tag: &IdentityTag, trade: H256);
	/// A fine of `amount` could not be collected: from now on it is a debt.
	fn owe(tag: &IdentityTag, amount: Balance);
	/// `amount` of the tag's debt was paid; at most what is due counts.
	fn paid(tag: &IdentityTag, amount: Balance);
	/// Lift the tag's credit to `credit` on its way off the blacklist; never above what it began
	/// with.
	fn reinstate(tag: &IdentityTag, credit: Credit);
}

/// Told by `credibility` when credit changed. Answered by `blacklist`.
pub trait OnCredit {
	/// The tag's credit went from `before` to `after`.
	fn credit_changed(tag: &IdentityTag, before: Credit, after: Credit);
}

impl OnCredit for () {
	fn credit_changed(_: &IdentityTag, _: Credit, _: Credit) {}
}

/// Told by `blacklist` when a tag comes on the list. Answered by `market`, which ends what the tag
/// has open.
pub trait OnBlacklisted {
	/// `tag` may not open business any more.
	fn blacklisted(tag: &IdentityTag);
}

impl OnBlacklisted for () {
	fn blacklisted(_: &IdentityTag) {}
}

/// Somebody who may open business.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Person {
	/// The person's tag.
	pub tag: IdentityTag,
	/// Its credit in points.
	pub credit: Credit,
}

/// Who may open business. Answered by `blacklist`.
pub trait Standing<AccountId> {
	/// Fails unless the account behind `who` holds a valid certificate for `role`, is not on the
	/// blacklist and owes no fine. Returns who that is.
	fn ensure_may_open(who: &AccountId, role: Role) -> Result<Person, DispatchError>;
	/// The same for the account itself that a certificate was made out to, which has to be valid at
	/// the moment `at`.
	fn ensure_holder_may_open(
		holder: &AccountId,
		role: Role,
		at: Moment,
	) -> Result<Person, DispatchError>;
}

/// What the sensors of a line say.
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
pub enum Verdict {
	/// Enough fresh reports of clear, for long enough.
	#[codec(index = 0)]
	Safe,
	/// Enough owners report a hazard.
	#[codec(index = 1)]
	Hazard,
	/// Neither: not safe, because too little is known.
	#[codec(index = 2)]
	Stale,
}

/// How safe two lines together were over a span of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SafetyOver {
	/// Longest unbroken time in which both were safe, in milliseconds.
	pub longest_safe: Moment,
	/// Both were safe from beginning to end.
	pub always: bool,
	/// They were never both safe.
	pub never: bool,
}

/// Whether power may flow. Answered by `sensor-oracle`.
pub trait LineSafety {
	/// What the sensors of `line` say now, those owned by `without` left out.
	fn verdict(line: LineId, without: &[IdentityTag]) -> Verdict;
	/// How many distinct owners have sensors on `line`, `without` left out.
	fn owners(line: LineId, without: &[IdentityTag]) -> u32;
	/// How many sensors are on `line`, at most [`MAX_SENSORS`].
	fn sensors(line: LineId) -> u32;
	/// Whether `line` takes offers: not one that has fallen silent too often, until it has been
	/// heard for a while.
	fn takes_offers(_line: LineId) -> bool {
		true
	}
	/// How safe the two lines together were from `from` to `to` (both in the past or now), the
	/// sensors owned by `without` left out.
	fn safety_over(
		lines: [LineId; 2],
		without: &[IdentityTag],
		from: Moment,
		to: Moment,
	) -> SafetyOver;
}

/// Most sensors on one line.
pub const MAX_SENSORS: u32 = 16;

/// Most wallets that can be linked under one tag at a time.
pub const MAX_WALLETS: u32 = 16;

/// Fewest distinct owners whose sensors can judge a line (`n >= 3`, so that one of them may lie).
pub const FEWEST_OWNERS: u32 = 3;

/// Meter registers. Answered by `sensor-oracle`.
pub trait Registers<AccountId> {
	/// Energy that `meter` exported between two slot boundaries; `None` while one of the two
	/// registers is missing.
	fn exported(meter: &AccountId, from: Moment, to: Moment) -> Option<WattHours>;
}

/// Which registers are waited for. Answered by `market`.
pub trait AwaitedRegisters<AccountId> {
	/// Whether a trade is still to be metered whose delivery slot starts or ends at `boundary`.
	fn is_awaited(meter: &AccountId, boundary: Moment) -> bool;
}

/// The grid of delivery slots. Answered by `market`.
pub trait DeliverySlots {
	/// Length of a delivery slot.
	fn length() -> Moment;
}

/// Money in shared wallets and bonds. Answered by `shared-wallet`; the market opens, locks, fines
/// and settles.
///
/// Whatever leaves a wallet or a bond towards a person pays that person's fines first: see
/// [`Credibility::fines_due`].
pub trait Escrow<AccountId> {
	/// A token with the management centre's signature.
	type SignedToken;
	/// Open the escrow of request `id`: `owner`'s money, payable by `owner` or `key`; with `funding`
	/// as its free part, which may be 0.
	fn open(id: RequestId, owner: &AccountId, key: &AccountId, funding: Balance) -> DispatchResult;
	/// Put `amount` of the owner's money on hold as the wallet's free part.
	fn fund(id: RequestId, amount: Balance) -> DispatchResult;
	/// Check and store the wallet's first token.
	fn certify(
		id: RequestId,
		token: Self::SignedToken,
		volume: WattHours,
	) -> Result<Certified, DispatchError>;
	/// Fails unless `who` is the wallet's owner or key and its token is valid. Returns the owner.
	fn ensure_payer(id: RequestId, who: &AccountId) -> Result<AccountId, DispatchError>;
	/// Lock `amount` of the free part for a trade.
	fn lock(id: RequestId, amount: Balance) -> DispatchResult;
	/// Settle what was locked for a trade: `payout` to `payee`, an account or wallet of `tag`, less the
	/// fines due from it; the rest back to the free part. `payout` is at most `locked`.
	fn settle(
		id: RequestId,
		locked: Balance,
		payout: Balance,
		payee: &AccountId,
		tag: &IdentityTag,
	) -> DispatchResult;
	/// Close the escrow, give the free part back to the owner, who has `tag`, less fines due. Nothing
	/// may be locked any more.
	fn close(id: RequestId, tag: &IdentityTag);

	/// Whether `who` could post a bond of `amount` now.
	fn can_bond(who: &AccountId, amount: Balance) -> bool;
	/// Put `amount` of `who`'s money on hold as a bond.
	fn bond(who: &AccountId, amount: Balance) -> DispatchResult;
	/// Give `amount` of a bond back to `who`, who has `tag`, less fines due.
	fn unbond(who: &AccountId, tag: &IdentityTag, amount: Balance);
	/// Give `amount` of `who`'s bond to `to`, less the fines due from the person behind it.
	fn forfeit(who: &AccountId, amount: Balance, to: &AccountId);
	/// Collect a fine. Returns what is left of the bond, still on hold.
	fn fine(fine: Fine<AccountId>) -> Balance;
}

/// In how many shared wallets money is looked for to pay one fine. A bound, so that a fine fits into
/// a step of the market's agenda. What is not found there is a debt, which the wallets that were left
/// out pay when they close.
pub const WALLETS_PER_FINE: usize = 16;

/// A fine, and where it can be collected: out of the bond, then out of the free parts of the
/// person's shared wallets; what is left becomes a debt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fine<AccountId> {
	/// Whose fault it was.
	pub tag: IdentityTag,
	/// On whose account the bond is.
	pub account: AccountId,
	/// What is on hold there for this.
	pub bond: Balance,
	/// The whole fine, at least `loss`.
	pub amount: Balance,
	/// The injured party's part of it, which comes first and which a bond always covers.
	pub loss: Balance,
	/// The injured party.
	pub injured: AccountId,
	/// Open shared wallets of the person, oldest first, at most [`WALLETS_PER_FINE`] of which are
	/// looked at.
	pub wallets: Vec<RequestId>,
	/// What happened.
	pub cause: Cause,
}

/// What the market takes from a first token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Certified {
	/// When it was signed.
	pub timestamp: Moment,
	/// Payment date.
	pub pay_by: Moment,
	/// End of its validity.
	pub valid_until: Moment,
}
