//! Fines paid, money redeemed.

use crate::common::{
	on,
	people::{household, meter, pair, service, wallet_key, Id},
	refusals::{check, row},
	scene::total,
	BalancesCall, RegistryCall, WalletCall,
};
use sp_core::H256;
use sp_runtime::TokenError::{FundsUnavailable, NotExpendable};
use voltree_primitives::Credibility;
use voltree_runtime::{genesis::household_tag, Runtime, VOLT};

type WalletError = pallet_shared_wallet::Error<Runtime>;

fn pay(amount: u128) -> WalletCall {
	WalletCall::pay_fines { amount }
}

fn redeem(amount: u128) -> WalletCall {
	WalletCall::redeem { amount, reference: H256::repeat_byte(1) }
}

fn cancel() -> WalletCall {
	WalletCall::cancel_redemption {}
}

#[test]
fn fines_and_redemptions() {
	on("dev", |chain| {
		let [debtor, other, stranger] = [household(1), household(2), pair("//Stranger")];
		let wallet = pair("//Wallet");
		let key = wallet_key(&debtor);
		for somebody in [&stranger, &wallet, &key, &meter(14)] {
			chain.give(somebody, VOLT);
		}
		let message = voltree_runtime::Registry::link_message(&debtor.id(), &wallet.id());
		let signature = wallet.seal(&message);
		chain.ok(&debtor, RegistryCall::link_wallet { wallet: wallet.id(), signature });
		<voltree_runtime::Credibility as Credibility>::owe(&household_tag(1), 2 * VOLT);
		let had = total(&other);
		check(
			chain,
			vec![
				row("pays nothing", &debtor, pay(0), WalletError::ZeroAmount),
				row("owes nothing", &other, pay(1), WalletError::NothingDue),
				row("owes nothing, pays all", &other, pay(u128::MAX), WalletError::NothingDue),
				row("a stranger pays", &stranger, pay(1), WalletError::NotMember),
				row("a wallet's key pays", &key, pay(1), WalletError::NotMember),
				row("a device pays", &meter(14), pay(1), WalletError::NotMember),
				row("the service pays", &service(), pay(1), WalletError::NotMember),
				row("the wallet's last money", &wallet, pay(VOLT - 1_000), NotExpendable),
				row("more than the wallet has", &wallet, pay(2 * VOLT), FundsUnavailable),
				row("redeems in debt", &debtor, redeem(1), WalletError::FinesDue),
				row("the wallet redeems in debt", &wallet, redeem(1), WalletError::FinesDue),
				row("redeems nothing", &other, redeem(0), WalletError::ZeroAmount),
				row("redeems more than he has", &other, redeem(had + 1), FundsUnavailable),
				row("redeems all there is", &other, redeem(u128::MAX), FundsUnavailable),
				row("redeems his last money", &other, redeem(had - VOLT / 2_000), FundsUnavailable),
				row("redeems from no account", &pair("//Bob"), cancel(), WalletError::NotRedeeming),
				row("cancels nothing", &other, cancel(), WalletError::NotRedeeming),
				row("a stranger cancels", &stranger, cancel(), WalletError::NotRedeeming),
			],
		);
		chain.ok(&other, redeem(VOLT));
		check(
			chain,
			vec![
				row("redeems twice", &other, redeem(1), WalletError::AlreadyRedeeming),
				row("a neighbour cancels", &household(3), cancel(), WalletError::NotRedeeming),
				row(
					"spends what is on hold",
					&other,
					BalancesCall::transfer_keep_alive {
						dest: stranger.id().into(),
						value: total(&other) - VOLT,
					},
					FundsUnavailable,
				),
			],
		);
		chain.ok(&other, cancel());
		check(
			chain,
			vec![
				row("before its notice is over", &other, cancel(), WalletError::TooEarly),
				row("redeems meanwhile", &other, redeem(1), WalletError::AlreadyRedeeming),
			],
		);
	});
}
