//! The calls, dispatched as the extrinsics of somebody.

use super::*;

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
