//! What holds over all pallets together, beside what each pallet's own `do_try_state` says.

#![cfg(any(feature = "std", feature = "try-runtime"))]

use crate::{
	AccountId, Balance, Blacklist, CommunicationTree, Credibility, Market, Registry, Runtime,
	RuntimeHoldReason, SensorOracle, SharedWallet,
};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use pallet_market::{Attested, Delivery, TradeState};
use pallet_shared_wallet::HoldReason;
use sp_runtime::TryRuntimeError;
use voltree_primitives::{Registers, WattHours};

/// Money by account.
type Purses = BTreeMap<AccountId, Balance>;

/// Fails with a sentence that names the broken invariant, of one pallet or of all together.
pub fn check() -> Result<(), TryRuntimeError> {
	CommunicationTree::do_try_state()?;
	Registry::do_try_state()?;
	Credibility::do_try_state()?;
	Blacklist::do_try_state()?;
	SharedWallet::do_try_state()?;
	Market::do_try_state()?;
	SensorOracle::do_try_state()?;
	check_money()?;
	check_escrow()?;
	check_holds()?;
	check_energy()
}

/// Money: issuance is the sum of all accounts.
pub fn check_money() -> Result<(), TryRuntimeError> {
	let sum = frame_system::Account::<Runtime>::iter_values()
		.map(|account| account.data.free.saturating_add(account.data.reserved))
		.fold(0, Balance::saturating_add);
	ensure!(
		sum == pallet_balances::TotalIssuance::<Runtime>::get(),
		"the issuance differs from the sum of all accounts"
	);
	Ok(())
}

/// Escrow: each shared wallet belongs to its request and that request's buyer, and what it has locked
/// is what the trades of the request have locked.
fn check_escrow() -> Result<(), TryRuntimeError> {
	let mut by_trades = Market::locked_by_trades();
	for (id, wallet) in pallet_shared_wallet::Wallets::<Runtime>::iter() {
		ensure!(
			by_trades.remove(&id).unwrap_or_default() == wallet.locked,
			"a shared wallet's locked money differs from its trades"
		);
		let request = pallet_market::Requests::<Runtime>::get(id)
			.ok_or("a shared wallet without its request")?;
		ensure!(request.buyer == wallet.owner, "a shared wallet is not its request's buyer's");
	}
	ensure!(by_trades.is_empty(), "a trade's money is locked in no shared wallet");
	ensure!(
		pallet_shared_wallet::Wallets::<Runtime>::iter_keys().count()
			== pallet_market::Requests::<Runtime>::iter_keys().count(),
		"a request without its shared wallet"
	);
	Ok(())
}

/// Holds: each account has on hold, reason by reason, what its open shared wallets, bonds,
/// redemption and application say, and nothing else.
fn check_holds() -> Result<(), TryRuntimeError> {
	let mut escrow = Purses::new();
	for wallet in pallet_shared_wallet::Wallets::<Runtime>::iter_values() {
		let sum = escrow.entry(wallet.owner).or_default();
		*sum = sum.saturating_add(wallet.free).saturating_add(wallet.locked);
	}
	escrow.retain(|_, amount| *amount > 0);
	let mut bonds = Market::bonds();
	let mut redemptions = pallet_shared_wallet::Redemptions::<Runtime>::iter()
		.map(|(who, redemption)| (who, redemption.amount))
		.collect::<Purses>();
	let mut applications = pallet_registry::Applications::<Runtime>::iter()
		.map(|(who, application)| (who, application.deposit))
		.collect::<Purses>();
	for (who, holds) in pallet_balances::Holds::<Runtime>::iter() {
		let mut sum: Balance = 0;
		for hold in holds {
			sum = sum.saturating_add(hold.amount);
			let (due, broken) = match hold.id {
				RuntimeHoldReason::SharedWallet(HoldReason::Escrow) => {
					(&mut escrow, "money on hold for escrow differs from the shared wallets")
				}
				RuntimeHoldReason::SharedWallet(HoldReason::Bond) => {
					(&mut bonds, "money on hold for bonds differs from the market's bonds")
				}
				RuntimeHoldReason::SharedWallet(HoldReason::Redemption) => {
					(&mut redemptions, "money on hold for redemption differs from the redemptions")
				}
				RuntimeHoldReason::Registry(pallet_registry::HoldReason::Application) => {
					(&mut applications, "money on hold for an application differs from it")
				}
				// Other pallets keep their own books.
				_ => continue,
			};
			ensure!(due.remove(&who) == Some(hold.amount), broken);
		}
		ensure!(
			frame_system::Account::<Runtime>::get(&who).data.reserved >= sum,
			"an account has less in reserve than on hold"
		);
	}
	ensure!(escrow.is_empty(), "a shared wallet whose money is not on hold");
	ensure!(bonds.is_empty(), "a bond that is not on hold");
	ensure!(redemptions.is_empty(), "a redemption that is not on hold");
	ensure!(applications.is_empty(), "an application whose deposit is not on hold");
	Ok(())
}

/// Energy: what the open trades of a meter and slot were allotted is not more than what the meter's
/// registers say, as long as the oracle has them.
fn check_energy() -> Result<(), TryRuntimeError> {
	let mut allotted = BTreeMap::<_, WattHours>::new();
	for trade in pallet_market::Trades::<Runtime>::iter_values() {
		let delivery = match trade.state {
			TradeState::Delivered { delivery }
			| TradeState::Billed { delivery, .. }
			| TradeState::Contested { delivery, .. } => delivery,
			TradeState::Paid | TradeState::Started { .. } => continue,
		};
		if let (Some(meter), Delivery { attested: Attested::Allotted(energy), .. }) =
			(trade.meter, delivery)
		{
			let sum = allotted.entry((meter, trade.slot.start, trade.slot.end)).or_default();
			*sum = sum.saturating_add(energy);
		}
	}
	for ((meter, start, end), energy) in allotted {
		let exported = SensorOracle::exported(&meter, start, end);
		ensure!(
			exported.is_none_or(|exported| energy <= exported),
			"more energy was allotted than a meter's registers say"
		);
	}
	Ok(())
}
