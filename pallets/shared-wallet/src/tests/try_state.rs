//! The invariants notice what is broken.

use crate::{mock::*, pallet::*};
use frame_support::{assert_err, storage::with_storage_layer};
use sp_runtime::{DispatchError, MultiSignature};

/// Break something, see the sentence that says so, and take it back.
fn notices(sentence: &'static str, damage: impl FnOnce()) {
	run(|| {
		certified(500);
		let undone = with_storage_layer::<(), DispatchError, _>(|| {
			damage();
			assert_err!(SharedWallets::do_try_state(), sentence);
			Err(DispatchError::Other("undone"))
		});
		assert_err!(undone, "undone");
	});
}

fn change(what: impl FnOnce(&mut crate::SharedWallet<AccountId, MultiSignature>)) {
	Wallets::<Test>::mutate(WALLET, |wallet| what(wallet.as_mut().unwrap()));
}

#[test]
fn money_that_is_not_on_hold() {
	let sentence = "money in escrow differs from the owner's shared wallets";
	notices(sentence, || change(|wallet| wallet.free += 1));
	notices(sentence, || change(|wallet| wallet.locked += 1));
	notices(sentence, || change(|wallet| wallet.free -= 1));
}

#[test]
fn the_token_of_another_wallet() {
	let sentence = "a wallet has the token of another";
	notices(sentence, || change_token(|token| token.wallet += 1));
	notices(sentence, || change_token(|token| token.key = id(Bob)));
	notices(sentence, || change_token(|token| token.owner = id(Bob)));
}

#[test]
fn a_redemption_that_is_not_on_hold() {
	let sentence = "money on hold for redemption differs from what is redeemed";
	notices(sentence, || {
		redeem(Bob, 100).unwrap();
		Redemptions::<Test>::mutate_extant(id(Bob), |redemption| redemption.amount += 1);
	});
	notices(sentence, || {
		redeem(Bob, 100).unwrap();
		Redemptions::<Test>::remove(id(Bob));
	});
}

#[test]
fn a_redemption_of_nobody_or_nothing() {
	let redemption =
		|amount| crate::Redemption { amount, reference: reference(1), free_from: None };
	notices("a redemption without its account", || {
		Redemptions::<Test>::insert(id(Dave), redemption(1));
	});
	notices("a redemption of nothing", || {
		Redemptions::<Test>::insert(id(Bob), redemption(0));
	});
}

#[test]
fn escrow_without_a_wallet_or_an_account() {
	notices("money in escrow differs from the owner's shared wallets", || {
		Wallets::<Test>::remove(WALLET);
	});
	notices("money in the escrow of nobody", || {
		let wallet = Wallets::<Test>::get(WALLET).unwrap();
		let nobodys = crate::SharedWallet { owner: id(Dave), token: None, ..wallet };
		Wallets::<Test>::insert(WALLET + 1, nobodys);
	});
}
