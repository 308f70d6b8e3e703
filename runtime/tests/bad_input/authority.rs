//! What the authority decides about money and people: refused to everybody else, and to it where it
//! makes no sense.

use crate::common::{
	on,
	people::{household, pair, Id},
	refusals::{by_everybody, check, check_decided},
	MarketCall, WalletCall,
};
use pallet_blacklist::{types::Parameters, Entry};
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError, DispatchError::BadOrigin, TokenError};
use voltree_primitives::{Balance, Credibility};
use voltree_runtime::{genesis::household_tag, AccountId, Blacklist, Runtime, RuntimeCall, VOLT};

type WalletError = pallet_shared_wallet::Error<Runtime>;
type BlacklistError = pallet_blacklist::Error<Runtime>;
type BlacklistCall = pallet_blacklist::Call<Runtime>;

fn reference(number: u8) -> H256 {
	H256::repeat_byte(number)
}

fn issue(to: AccountId, amount: Balance, number: u8) -> RuntimeCall {
	WalletCall::issue { to, amount, reference: reference(number) }.into()
}

fn burn(account: AccountId, amount: Balance, number: u8) -> RuntimeCall {
	WalletCall::burn { account, amount, reference: reference(number) }.into()
}

fn bad(
	name: &'static str,
	call: RuntimeCall,
	error: impl Into<DispatchError>,
) -> (&'static str, RuntimeCall, DispatchError) {
	(name, call, error.into())
}

#[test]
fn issue_and_burn() {
	on("dev", |chain| {
		let [friend, new] = [household(1), pair("//New")];
		let redeemed = WalletCall::redeem { amount: VOLT, reference: reference(9) };
		chain.ok(&friend, redeemed);
		for call in [issue(friend.id(), 1, 1), burn(friend.id(), VOLT, 1)] {
			let rows = by_everybody(chain, call, BadOrigin);
			check(chain, rows);
		}
		chain.decide(issue(friend.id(), 7, 1));
		let me = || friend.id();
		check_decided(
			chain,
			vec![
				bad("nothing", issue(me(), 0, 2), WalletError::ZeroAmount),
				bad("the same payment", issue(me(), 7, 1), WalletError::ReferenceUsed),
				bad("for somebody else", issue(new.id(), VOLT, 1), WalletError::ReferenceUsed),
				bad("too little to live", issue(new.id(), 999, 2), TokenError::BelowMinimum),
				bad("all the money", issue(me(), u128::MAX, 2), ArithmeticError::Overflow),
				bad("not redeeming", burn(household(2).id(), 1, 2), WalletError::NotRedeeming),
				bad("no account", burn(new.id(), 1, 2), WalletError::NotRedeeming),
				bad("less than all", burn(me(), VOLT - 1, 2), WalletError::OtherAmount),
				bad("more than all", burn(me(), VOLT + 1, 2), WalletError::OtherAmount),
				bad("nothing burned", burn(me(), 0, 2), WalletError::OtherAmount),
				bad("paid for issue", burn(me(), VOLT, 1), WalletError::ReferenceUsed),
			],
		);
		chain.decide(burn(me(), VOLT, 2));
		check_decided(
			chain,
			vec![
				bad("burned twice", burn(me(), VOLT, 3), WalletError::NotRedeeming),
				bad("issued for it", issue(me(), VOLT, 2), WalletError::ReferenceUsed),
			],
		);
	});
}

#[test]
fn readmission() {
	on("dev", |chain| {
		let readmit = |tag| RuntimeCall::from(BlacklistCall::readmit { tag });
		let [listed, debtor, free] = [1, 2, 3].map(household_tag);
		let since = chain.now() - Blacklist::parameters().waiting;
		let entries = [(listed, since + 3_000), (debtor, since), (free, since)];
		for (tag, since) in entries {
			pallet_blacklist::Entries::<Runtime>::insert(tag, Entry { since, credit: 0 });
		}
		<voltree_runtime::Credibility as Credibility>::owe(&debtor, 1);
		let rows = by_everybody(chain, readmit(free), BadOrigin);
		check(chain, rows);
		let limits = MarketCall::set_parameters { parameters: Default::default() };
		let rows = by_everybody(chain, limits, BadOrigin);
		check(chain, rows);
		check_decided(
			chain,
			vec![
				bad("not on the list", readmit(household_tag(4)), BlacklistError::NotListed),
				bad("nobody", readmit(H256::zero()), BlacklistError::NotListed),
				bad("too early", readmit(listed), BlacklistError::StillWaiting),
				bad("in debt", readmit(debtor), BlacklistError::FinesDue),
			],
		);
		chain.decide(readmit(free));
		check_decided(chain, vec![bad("twice", readmit(free), BlacklistError::NotListed)]);
		// Everybody began with a thousand points, and nobody is lifted above that.
		let parameters = Parameters { limit: 1_001, waiting: 0, reentry: 1_002 };
		chain.decide(BlacklistCall::set_parameters { parameters });
		chain.until(chain.now() + 120_000);
		check_decided(
			chain,
			vec![bad("below the limit", readmit(listed), BlacklistError::StartBelowLimit)],
		);
	});
}
