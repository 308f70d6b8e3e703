//! The calls, dispatched as the extrinsics of somebody.

use super::*;
use sp_runtime::Permill;

/// Dispatch a call as an extrinsic would be: what fails leaves nothing behind.
pub fn dispatch(origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> DispatchResult {
	call.into().dispatch(origin).map(drop).map_err(|failed| failed.error)
}

fn by(who: Keyring, call: Call<Test>) -> DispatchResult {
	dispatch(signed(who), call)
}

pub fn request(who: Keyring, demand: Demand<AccountId>, funding: Balance) -> DispatchResult {
	by(who, Call::request { demand, key: id(KEY), funding })
}

pub fn offer(who: Keyring, supply: Supply<AccountId>) -> DispatchResult {
	by(who, Call::offer { supply })
}

/// The token that the runtime API gives the service to sign.
pub fn to_sign(request: RequestId) -> Token<AccountId> {
	let asked = Requests::<Test>::get(request).expect("the request is there");
	let (pay_by, valid_until) = Market::terms_of(&asked);
	SharedWallets::token_to_sign(request, asked.volume, pay_by, valid_until)
		.expect("the wallet is open")
}

pub fn sign(by: Keyring, token: Token<AccountId>) -> SignedToken<AccountId, MultiSignature> {
	let signature = by.sign(&token.encode()).into();
	SignedToken { token, signature }
}

/// Respond with a given token.
pub fn respond_with(request: RequestId, token: Token<AccountId>) -> DispatchResult {
	by(SERVICE, Call::respond { request, token: sign(SERVICE, token) })
}

pub fn respond(request: RequestId) -> DispatchResult {
	respond_with(request, to_sign(request))
}

pub fn pay(who: Keyring, request: RequestId, offer: OfferId, volume: WattHours) -> DispatchResult {
	by(who, Call::pay { request, offer, volume })
}

pub fn start(who: Keyring, trade: TradeId) -> DispatchResult {
	by(who, Call::start { trade })
}

pub fn bill(who: Keyring, trade: TradeId, delivered: WattHours, payee: Keyring) -> DispatchResult {
	by(who, Call::bill { trade, delivered, payee: id(payee) })
}

pub fn confirm(who: Keyring, trade: TradeId) -> DispatchResult {
	by(who, Call::confirm { trade })
}

pub fn cancel(who: Keyring, request: RequestId) -> DispatchResult {
	by(who, Call::cancel_request { request })
}

pub fn withdraw_offer(who: Keyring, offer: OfferId) -> DispatchResult {
	by(who, Call::withdraw_offer { offer })
}

pub fn withdraw_trade(who: Keyring, trade: TradeId) -> DispatchResult {
	by(who, Call::withdraw_trade { trade })
}

pub fn contest(who: Keyring, trade: TradeId, received: WattHours) -> DispatchResult {
	by(who, Call::contest { trade, received })
}

/// The authority's ruling: `percent` of what is payable, and whose fault it was.
pub fn rule(trade: TradeId, percent: u32, fault: Fault) -> DispatchResult {
	let ruling = ruling(percent, fault);
	dispatch(RuntimeOrigin::root(), Call::<Test>::rule { trade, ruling })
}

pub fn ruling(percent: u32, fault: Fault) -> Ruling {
	Ruling { share: Permill::from_percent(percent), fault }
}

/// The grid's key says what power costs on [`LINE`] in the slots from `first` on.
pub fn set_grid_prices(first: Moment, prices: &[Price]) -> DispatchResult {
	let prices = prices.to_vec().try_into().expect("few enough");
	by(GRID, Call::set_grid_prices { line: LINE, first, prices })
}

pub fn set_parameters(parameters: Parameters) -> DispatchResult {
	dispatch(RuntimeOrigin::root(), Call::<Test>::set_parameters { parameters })
}
