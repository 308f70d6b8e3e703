//! The door: which calls open business, and in whose name (DESIGN.md, section 3, *Who may do what*).

use crate::{configs::trade::ServicePriority, AccountId, Registry, Runtime, RuntimeCall};
use codec::Encode;
use frame_support::{traits::ConstU32, BoundedVec};
use pallet_blacklist::extension::{Openings, MAX_OPENINGS};
use sp_runtime::{
	traits::StaticLookup,
	transaction_validity::{TransactionPriority, TransactionTag},
};
use voltree_primitives::{Directory, RequestId, Role};

type MarketCall = pallet_market::Call<Runtime>;
type OracleCall = pallet_sensor_oracle::Call<Runtime>;
type TreeCall = pallet_communication_tree::Call<Runtime>;
type ProxyCall = pallet_proxy::Call<Runtime>;
type UtilityCall = pallet_utility::Call<Runtime>;

/// Looks at a call, or at what a proxy's call or a batch wraps, one level deep. What it does not see
/// the pallets refuse at dispatch.
pub struct Door;

/// Something that would be opened.
enum Opening {
	/// A request, in the caller's name.
	Request,
	/// An offer, in the caller's name.
	Offer,
	/// A payment, in the name of the shared wallet's owner.
	Pay(RequestId),
}

impl Opening {
	fn of(call: &RuntimeCall) -> Option<Self> {
		match call {
			RuntimeCall::Market(MarketCall::request { .. }) => Some(Self::Request),
			RuntimeCall::Market(MarketCall::offer { .. }) => Some(Self::Offer),
			RuntimeCall::Market(MarketCall::pay { request, .. }) => Some(Self::Pay(*request)),
			_ => None,
		}
	}

	/// Whose standing counts. A wallet that is not there is refused by the pallet.
	fn by(self, caller: &AccountId) -> Option<(AccountId, Role)> {
		match self {
			Self::Request => Some((caller.clone(), Role::Buyer)),
			Self::Offer => Some((caller.clone(), Role::Seller)),
			Self::Pay(id) => pallet_shared_wallet::Wallets::<Runtime>::get(id)
				.map(|wallet| (wallet.owner, Role::Buyer)),
		}
	}
}

impl Door {
	/// The account that `call`, signed by `signer`, acts for, and what it would open: a call of its
	/// own; what a proxy wraps; of `batch` the first call, whose failure ends it; of `batch_all` the
	/// calls before the first that opens nothing, because that could mend a standing.
	fn openings(call: &RuntimeCall) -> (Option<AccountId>, impl Iterator<Item = Opening> + '_) {
		let most = usize::try_from(MAX_OPENINGS).unwrap_or(usize::MAX);
		let (real, calls, looked_at) = match call {
			RuntimeCall::Proxy(ProxyCall::proxy { real, call, .. }) => {
				let real = <Runtime as frame_system::Config>::Lookup::lookup(real.clone()).ok();
				(real, core::slice::from_ref(&**call), 1)
			}
			RuntimeCall::Utility(UtilityCall::batch { calls }) => (None, calls.as_slice(), 1),
			RuntimeCall::Utility(UtilityCall::batch_all { calls }) => {
				(None, calls.as_slice(), most)
			}
			other => (None, core::slice::from_ref(other), 1),
		};
		(real, calls.iter().take(looked_at).map_while(Opening::of))
	}
}

impl Openings<RuntimeCall, AccountId> for Door {
	fn count(call: &RuntimeCall) -> u32 {
		u32::try_from(Self::openings(call).1.count()).unwrap_or(MAX_OPENINGS)
	}

	fn opened_by(
		call: &RuntimeCall,
		signer: &AccountId,
	) -> BoundedVec<(AccountId, Role), ConstU32<MAX_OPENINGS>> {
		let (real, openings) = Self::openings(call);
		let caller = real.as_ref().unwrap_or(signer);
		BoundedVec::truncate_from(openings.filter_map(|opening| opening.by(caller)).collect())
	}

	fn report_tag(call: &RuntimeCall) -> Option<TransactionTag> {
		match call {
			RuntimeCall::SensorOracle(OracleCall::report { report, .. }) => {
				Some(report.sensor.encode())
			}
			RuntimeCall::SensorOracle(OracleCall::report_register { reading, .. }) => {
				Some((&reading.meter, reading.boundary).encode())
			}
			RuntimeCall::SensorOracle(OracleCall::report_registers { readings, .. }) => {
				Some(readings.meter.encode())
			}
			RuntimeCall::SensorOracle(OracleCall::record_series { series, .. }) => {
				Some((&series.device, series.hour).encode())
			}
			RuntimeCall::CommunicationTree(TreeCall::report { report }) => {
				Some((report.session, report.reporter).encode())
			}
			_ => None,
		}
	}

	/// The management centre's service answers requests while blocks are full of what others pay for:
	/// without it, no request could be paid in time. Only the centre has these keys.
	fn priority(signer: &AccountId) -> TransactionPriority {
		if Registry::service_keys().contains(signer) {
			ServicePriority::get()
		} else {
			0
		}
	}
}
