//! What holds over all pallets together, beside what each pallet's own `do_try_state` says.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{
	AccountId, Balance, Balances, Blacklist, Credibility, Market, Registry, Runtime,
	RuntimeHoldReason, SensorOracle, SharedWallet,
};
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;

/// Fails with a sentence that names the broken invariant, of one pallet or of all together.
pub fn check() -> Result<(), TryRuntimeError> {
	Registry::do_try_state()?;
	Credibility::do_try_state()?;
	Blacklist::do_try_state()?;
	SharedWallet::do_try_state()?;
	Market::do_try_state()?;
	SensorOracle::do_try_state()?;
	check_money()?;
	check_escrow()?;
	check_bonds()
}

/// Money: issuance is the sum of all accounts.
pub fn check_money() -> Result<(), TryRuntimeError> {
	let sum = accounts().fold(0, |sum: Balance, (_, total)| sum.saturating_add(total));
	ensure!(
		sum == pallet_balances::TotalIssuance::<Runtime>::get(),
		"the issuance differs from the sum of all accounts"
	);
	Ok(())
}

/// Escrow: what the shared wallets have locked is what the trades locked, wallet by wallet, and
/// nothing else is on hold for escrow.
fn check_escrow() -> Result<(), TryRuntimeError> {
	let mut by_trades = Market::locked_by_trades();
	let mut in_wallets: Balance = 0;
	for (id, wallet) in pallet_shared_wallet::Wallets::<Runtime>::iter() {
		ensure!(
			by_trades.remove(&id).unwrap_or_default() == wallet.locked,
			"a shared wallet's locked money differs from its trades"
		);
		ensure!(
			pallet_market::Requests::<Runtime>::contains_key(id),
			"a shared wallet without its request"
		);
		in_wallets = in_wallets.saturating_add(wallet.free).saturating_add(wallet.locked);
	}
	ensure!(by_trades.is_empty(), "a trade's money is locked in no shared wallet");
	let reason = RuntimeHoldReason::SharedWallet(pallet_shared_wallet::HoldReason::Escrow);
	let held = accounts().fold(0, |sum: Balance, (who, _)| {
		sum.saturating_add(Balances::balance_on_hold(&reason, &who))
	});
	ensure!(held == in_wallets, "money on hold for escrow differs from the shared wallets");
	Ok(())
}

/// Bonds: what each account has on hold for bonds is what its requests, trades and contests say.
fn check_bonds() -> Result<(), TryRuntimeError> {
	let bonds = Market::bonds();
	let reason = RuntimeHoldReason::SharedWallet(pallet_shared_wallet::HoldReason::Bond);
	for (who, _) in accounts() {
		let due = bonds.get(&who).copied().unwrap_or_default();
		ensure!(
			Balances::balance_on_hold(&reason, &who) == due,
			"money on hold for bonds differs from the market's bonds"
		);
	}
	Ok(())
}

fn accounts() -> impl Iterator<Item = (AccountId, Balance)> {
	frame_system::Account::<Runtime>::iter()
		.map(|(who, info)| (who, info.data.free.saturating_add(info.data.reserved)))
}
