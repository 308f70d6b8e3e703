//! A fine is collected.

use crate::{mock::*, pallet::*};
use frame_support::assert_ok;
use voltree_primitives::{Balance, Cause, Escrow, Fine, RequestId, WALLETS_PER_FINE};

/// Alice has done wrong to Bob, and has a bond of 300.
fn fine(amount: Balance, loss: Balance) -> Fine<AccountId> {
	Fine {
		tag: tag(OWNER),
		account: id(OWNER),
		bond: 300,
		amount,
		loss,
		injured: id(Bob),
		wallets: vec![],
		cause: Cause::NotDelivered,
	}
}

fn bond() {
	assert_ok!(SharedWallets::bond(&id(OWNER), 300));
	System::reset_events();
}

/// A shared wallet of `who` with a free part.
fn wallet(number: RequestId, who: Keyring, free: Balance) {
	assert_ok!(SharedWallets::open(number, &id(who), &id(KEY), 0));
	assert_ok!(fund(who, number, free));
	System::reset_events();
}

/// What the last event but those of single wallets says.
fn fined(
	[amount, loss]: [Balance; 2],
	[from_bond, from_wallets, owed]: [Balance; 3],
) -> Event<Test> {
	let (tag, cause) = (tag(OWNER), Cause::NotDelivered);
	Event::Fined { tag, cause, amount, loss, from_bond, from_wallets, owed }
}

/// Out of the bond: the injured party's part first, the rest to the pot.
#[test]
fn comes_out_of_the_bond() {
	run(|| {
		bond();
		assert_eq!(SharedWallets::fine(fine(200, 150)), 100);
		assert_eq!((bonded(OWNER), free(OWNER)), (100, MONEY - 300));
		assert_eq!((free(Bob), in_pot(), due(OWNER)), (MONEY + 150, 50, 0));
		assert_eq!(events(), vec![fined([200, 150], [200, 0, 0])]);
	});
}

/// Then out of the free parts of the wallets in their order; what is left is a debt. Locked money,
/// free money and bonds for other things stay.
#[test]
fn comes_out_of_bond_and_wallets_and_the_rest_is_owed() {
	run(|| {
		wallet(8, OWNER, 100);
		wallet(5, OWNER, 70);
		wallet(9, OWNER, 500);
		assert_ok!(SharedWallets::lock(9, 460));
		assert_ok!(SharedWallets::bond(&id(OWNER), 1_000));
		bond();
		let wallets = vec![8, 5, 9];
		assert_eq!(SharedWallets::fine(Fine { wallets, ..fine(450, 200) }), 0);
		assert_eq!([8, 5, 9].map(parts), [(0, 0), (20, 0), (40, 460)]);
		let wallets = vec![8, 5, 9];
		assert_eq!(SharedWallets::fine(Fine { bond: 0, wallets, ..fine(450, 0) }), 0);
		assert_eq!([8, 5, 9].map(parts), [(0, 0), (0, 0), (0, 460)]);
		assert_eq!((bonded(OWNER), held(OWNER)), (1_000, 460));
		assert_eq!(free(OWNER), MONEY - 300 - 670 - 1_000);
		assert_eq!((free(Bob), in_pot(), due(OWNER)), (MONEY + 200, 250 + 60, 390));
		assert_eq!(
			events(),
			vec![
				Event::Deducted { wallet: 8, amount: 100 },
				Event::Deducted { wallet: 5, amount: 50 },
				fined([450, 200], [300, 150, 0]),
				Event::Deducted { wallet: 5, amount: 20 },
				Event::Deducted { wallet: 9, amount: 40 },
				fined([450, 0], [0, 60, 390]),
			]
		);
	});
}

/// A debt of before stays a debt: a fine is collected for itself.
#[test]
fn adds_to_what_is_owed() {
	run(|| {
		set_fines(OWNER, 30);
		bond();
		assert_eq!(SharedWallets::fine(fine(320, 0)), 0);
		assert_eq!(due(OWNER), 50);
	});
}

/// Wallets of all accounts of the person count, those of others never, closed ones neither.
#[test]
fn takes_from_this_persons_wallets_only() {
	run(|| {
		assert_ok!(Balances::transfer_keep_alive(signed(OWNER), id(LINKED), 1_000));
		wallet(1, Bob, 100);
		wallet(2, LINKED, 100);
		let wallets = vec![7, 1, 2];
		let none = Fine { bond: 0, wallets, ..fine(150, 0) };
		assert_eq!(SharedWallets::fine(none), 0);
		assert_eq!((parts(1), parts(2)), ((100, 0), (0, 0)));
		assert_eq!(due(OWNER), 50);
	});
}

/// Only so many wallets are looked at.
#[test]
fn looks_at_a_bounded_number_of_wallets() {
	run(|| {
		let wallets: Vec<RequestId> = (0..=WALLETS_PER_FINE as u64).collect();
		for number in &wallets {
			wallet(*number, OWNER, 10);
		}
		assert_eq!(SharedWallets::fine(Fine { bond: 0, wallets, ..fine(1_000, 0) }), 0);
		let beyond = WALLETS_PER_FINE as u64;
		assert_eq!((parts(beyond - 1), parts(beyond)), ((0, 0), (10, 0)));
		assert_eq!(due(OWNER), 1_000 - 10 * WALLETS_PER_FINE as u128);
	});
}

/// The injured party comes first, even where a bond should not cover his loss.
#[test]
fn the_injured_party_comes_first() {
	run(|| {
		wallet(4, OWNER, 100);
		bond();
		assert_eq!(SharedWallets::fine(Fine { wallets: vec![4], ..fine(450, 350) }), 0);
		assert_eq!((free(Bob), in_pot(), due(OWNER)), (MONEY + 350, 50, 50));
	});
}

/// No more than the fine is the injured party's.
#[test]
fn the_loss_is_a_part_of_the_fine() {
	run(|| {
		bond();
		assert_eq!(SharedWallets::fine(fine(100, 150)), 200);
		assert_eq!((free(Bob), in_pot()), (MONEY + 100, 0));
	});
}

/// What the injured party gets is a payout like any other: his own fines are paid first.
#[test]
fn the_injured_partys_fines_are_paid_first() {
	run(|| {
		set_fines(Bob, 40);
		bond();
		assert_eq!(SharedWallets::fine(fine(200, 150)), 100);
		assert_eq!((free(Bob), in_pot(), due(Bob)), (MONEY + 110, 90, 0));
		let paid = Event::FinesPaid { tag: tag(Bob), amount: 40 };
		assert_eq!(events(), vec![paid, fined([200, 150], [200, 0, 0])]);
	});
}

/// An injured party whose account is gone and who would get too little to found it: the pot's.
#[test]
fn what_the_injured_party_cannot_take_goes_to_the_pot() {
	run(|| {
		bond();
		let injured = id(Dave);
		assert_eq!(SharedWallets::fine(Fine { injured, ..fine(200, 5) }), 100);
		assert_eq!((free(Dave), in_pot()), (0, 200));
		let unpayable = Event::Unpayable { account: id(Dave), amount: 5 };
		assert_eq!(events(), vec![unpayable, fined([200, 5], [200, 0, 0])]);
	});
}

/// What a pot without an account cannot take stays in the bond, and is owed.
#[test]
fn without_a_pot_it_is_owed() {
	run(|| {
		lose_the_pot();
		wallet(4, OWNER, 100);
		bond();
		let wallets = vec![4];
		assert_eq!(SharedWallets::fine(Fine { wallets, ..fine(155, 150) }), 150);
		assert_eq!((bonded(OWNER), parts(4)), (150, (100, 0)));
		assert_eq!((free(Bob), due(OWNER)), (MONEY + 150, 5));
		assert_eq!(events(), vec![fined([155, 150], [150, 0, 5])]);
		// A dead injured party beside it: nothing of the loss can be moved.
		let injured = id(Dave);
		let lost = Fine { bond: 150, injured, ..fine(5, 5) };
		assert_eq!(SharedWallets::fine(lost), 150);
		assert_eq!((bonded(OWNER), due(OWNER)), (150, 10));
	});
}

/// No more is taken for a bond than is on hold.
#[test]
fn takes_what_is_on_hold_only() {
	run(|| {
		assert_eq!(SharedWallets::fine(fine(200, 150)), 0);
		assert_eq!((free(OWNER), free(Bob), due(OWNER)), (MONEY, MONEY, 200));
		assert_eq!(events(), vec![fined([200, 150], [0, 0, 200])]);
	});
}

/// A fine of nothing is none.
#[test]
fn nothing_comes_of_nothing() {
	run(|| {
		bond();
		assert_eq!(SharedWallets::fine(fine(0, 0)), 300);
		assert_eq!(bonded(OWNER), 300);
		assert_eq!(events(), vec![]);
	});
}
