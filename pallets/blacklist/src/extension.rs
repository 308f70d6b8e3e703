//! The door: refuses at the pool what the pallets would refuse at dispatch, so that who may not
//! open business neither pays for learning so nor takes a place in a block; and lets the free
//! reports of devices pass before what is paid for.
//!
//! [`CheckStanding`] has no bytes and no implicit data: no client needs to know it. It only reads. What
//! is authorized without a sender must be authorized before it.

use crate::{
	pallet::{Config, Pallet},
	WeightInfo,
};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
	dispatch::{CheckIfFeeless, RawOrigin},
	traits::{ConstU32, Get, OriginTrait},
	weights::Weight,
	BoundedVec, DefaultNoBound,
};
use frame_system::pallet_prelude::OriginFor;
use scale_info::TypeInfo;
use sp_runtime::{
	impl_tx_ext_default,
	traits::{DispatchInfoOf, Implication, TransactionExtension, ValidateResult},
	transaction_validity::{
		InvalidTransaction, TransactionPriority, TransactionSource, TransactionTag,
		TransactionValidityError, ValidTransaction,
	},
};
use voltree_primitives::Role;

/// Most openings of one transaction that the door looks at.
pub const MAX_OPENINGS: u32 = 8;

/// Which calls the door looks at. Answered by the runtime, which knows all calls.
///
/// Every answer must take bounded time: look through one level of calls that wrap others, and there
/// through so many at most. What is not shown is no loss: the pallets check at dispatch.
pub trait Openings<Call, AccountId> {
	/// How many openings [`Self::opened_by`] names at most for `call`, whoever signs it; at most
	/// [`MAX_OPENINGS`]. The weight of the door is declared by it, and no more are looked at. 0 for
	/// every call that opens no business.
	fn count(call: &Call) -> u32;
	/// In whose name, and in which role, `call` opens business when `signer` signs it: the
	/// effective account of each opening, as the pallets check it.
	///
	/// Name only what is sure to be refused where its standing is bad: in a batch, nothing that
	/// comes after a call which may mend a standing, such as the payment of a fine.
	fn opened_by(
		call: &Call,
		signer: &AccountId,
	) -> BoundedVec<(AccountId, Role), ConstU32<MAX_OPENINGS>>;
	/// Of a device's report, what makes it the only one of its kind in the pool, such as the sensor,
	/// or the meter and the boundary it reads; `None` for all other calls. Whether the report is
	/// free is not asked here: the door sees to that.
	fn report_tag(call: &Call) -> Option<TransactionTag>;
	/// By how much `signer` comes before others in the pool, beside what he pays for it: for those
	/// without whom nobody's business goes on. 0 for everybody else.
	fn priority(_signer: &AccountId) -> TransactionPriority {
		0
	}
}

/// Why the door refuses a transaction. Clients see `InvalidTransaction::Custom` with the number of
/// [`Refusal::code`]; the metadata has the numbers among the pallet's constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
	/// Number 101. The account in whose name the transaction would open business holds no
	/// certificate for it that is valid now. Have the management centre certify it.
	Uncertified,
	/// Number 102. The person behind the account is on the blacklist. Nothing new can be opened
	/// until the authority lets the person back.
	Blacklisted,
	/// Number 103. The person behind the account owes a fine. Pay it first.
	FinesDue,
}

impl Refusal {
	/// The number that clients see; it never changes.
	pub const fn code(self) -> u8 {
		match self {
			Self::Uncertified => 101,
			Self::Blacklisted => 102,
			Self::FinesDue => 103,
		}
	}
}

impl From<Refusal> for TransactionValidityError {
	fn from(refusal: Refusal) -> Self {
		InvalidTransaction::Custom(refusal.code()).into()
	}
}

/// The door. It goes right before the extension that takes the fee.
///
/// Signed transactions, and of those that were authorized without a sender the free reports: inherents,
/// and whatever has another origin, pass unseen.
///
/// A free report of a device gets [`Config::ReportPriority`], [`Config::ReportLongevity`] and a tag
/// that only one such report in the pool can have: a device that sends hundreds, all of which would
/// be accepted by themselves, takes one place, however they come. The nonce's own tag is provided
/// beside it. A report that is not free, because it would be refused, is worth what it pays, like
/// anything else.
#[derive(Encode, Decode, DecodeWithMemTracking, DefaultNoBound, Clone, Eq, PartialEq, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct CheckStanding<T>(PhantomData<T>);

impl<T> CheckStanding<T> {
	/// The door.
	pub fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T> core::fmt::Debug for CheckStanding<T> {
	fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
		f.write_str("CheckStanding")
	}
}

impl<T: Config> CheckStanding<T> {
	/// How many openings of `call` are looked at.
	fn looked_at(call: &T::RuntimeCall) -> u32 {
		T::Openings::count(call).min(MAX_OPENINGS)
	}

	/// Fails with the first refusal.
	fn check(call: &T::RuntimeCall, signer: &T::AccountId) -> Result<(), Refusal> {
		let most = usize::try_from(Self::looked_at(call)).unwrap_or(usize::MAX);
		if most == 0 {
			return Ok(());
		}
		for (who, role) in T::Openings::opened_by(call, signer).iter().take(most) {
			Pallet::<T>::admit(who, *role).map_err(|(refusal, _)| refusal)?;
		}
		Ok(())
	}
}

impl<T: Config + Send + Sync> CheckStanding<T>
where
	T::RuntimeCall: CheckIfFeeless<Origin = OriginFor<T>>,
{
	/// What the pool is told of `call`.
	fn validity(origin: &OriginFor<T>, call: &T::RuntimeCall) -> ValidTransaction {
		match T::Openings::report_tag(call).filter(|_| call.is_feeless(origin)) {
			None => ValidTransaction {
				priority: origin.as_signer().map_or(0, T::Openings::priority),
				..ValidTransaction::default()
			},
			Some(tag) => ValidTransaction::with_tag_prefix("DeviceReport")
				.priority(T::ReportPriority::get())
				.longevity(T::ReportLongevity::get())
				.and_provides(tag)
				.into(),
		}
	}
}

impl<T: Config + Send + Sync> TransactionExtension<T::RuntimeCall> for CheckStanding<T>
where
	T::RuntimeCall: CheckIfFeeless<Origin = OriginFor<T>>,
{
	const IDENTIFIER: &'static str = "CheckStanding";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		T::WeightInfo::check_standing(Self::looked_at(call))
	}

	fn validate(
		&self,
		origin: OriginFor<T>,
		call: &T::RuntimeCall,
		_info: &DispatchInfoOf<T::RuntimeCall>,
		_len: usize,
		_self_implicit: Self::Implicit,
		_inherited_implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		match origin.as_system_ref() {
			Some(RawOrigin::Signed(signer)) => Self::check(call, signer)?,
			Some(RawOrigin::Authorized) => {}
			_ => return Ok((ValidTransaction::default(), (), origin)),
		}
		// In a block nobody asks for priorities, so a report's signature is not checked for them.
		let validity = match source {
			TransactionSource::InBlock => ValidTransaction::default(),
			_ => Self::validity(&origin, call),
		};
		Ok((validity, (), origin))
	}

	impl_tx_ext_default!(T::RuntimeCall; prepare);
}
