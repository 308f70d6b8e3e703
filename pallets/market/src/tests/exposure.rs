//! How much a person may have open: credit times exposure, and 256 things.

use super::{paid, Way, FUNDING};
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use voltree_primitives::WattHours;

/// What `who` has open, in Wh.
fn open(who: Keyring) -> WattHours {
	let (open, most) = Market::exposure_of(&id(who)).expect("a member");
	assert!(most >= open);
	open
}

/// Offers and requests together may reach credit times exposure. Otherwise
/// [`Error::ExceedsCredit`].
#[test]
fn fails_beyond_the_credit() {
	run(|| {
		assert_eq!(Market::exposure_of(&id(Bob)), Some((0, 10_000)));
		assert_eq!(Market::exposure_of(&id(STRANGER)), None);
		assert_ok!(offer(Bob, Supply { volume: 9_900, ..metered() }));
		let asked = |volume| request(Bob, Demand { volume, ..demand() }, 0);
		let later = |volume| offer(Bob, Supply { slot: SLOT + LENGTH, volume, ..metered() });
		assert_noop!(asked(101), Error::<Test>::ExceedsCredit);
		assert_noop!(later(101), Error::<Test>::ExceedsCredit);
		assert_ok!(asked(100));
		assert_noop!(later(100), Error::<Test>::ExceedsCredit);
		assert_noop!(asked(100), Error::<Test>::ExceedsCredit);
		assert_eq!(Market::exposure_of(&id(WALLET_OF_BOB)), Some((10_000, 10_000)));
		// What is closed is no longer open.
		assert_ok!(cancel(Bob, 0));
		assert_ok!(later(100));
		assert_ok!(withdraw_offer(Bob, 0));
		assert_ok!(asked(9_900));
	});
}

/// With more or less credit, more or less; what is open stays.
#[test]
fn follows_the_credit() {
	run(|| {
		assert_ok!(offer(Bob, Supply { volume: 5_000, ..metered() }));
		world(|world| world.credit.insert(tag(Bob), 10));
		assert_eq!(Market::exposure_of(&id(Bob)), Some((5_000, 1_000)));
		assert_noop!(request(Bob, demand(), 0), Error::<Test>::ExceedsCredit);
		assert!(Offers::<Test>::contains_key(0));
		world(|world| world.credit.insert(tag(Bob), 60));
		assert_ok!(request(Bob, demand(), 0));
		world(|world| world.credit.insert(tag(Alice), 0));
		let least = Demand { volume: 100, ..demand() };
		assert_noop!(request(Alice, least, 0), Error::<Test>::ExceedsCredit);
	});
}

/// A trade counts on both sides from its payment to its settlement, and nothing counts twice.
#[test]
fn trades_are_open_until_they_are_settled() {
	run(|| {
		super::responded(Way::Metered(0));
		assert_eq!((open(Alice), open(Bob)), (1_000, 1_000));
		assert_ok!(pay(KEY, 0, 0, 300));
		assert_eq!((open(Alice), open(Bob)), (1_000, 1_000));
		assert_ok!(withdraw_offer(Bob, 0));
		assert_eq!((open(Alice), open(Bob)), (1_000, 300));
		assert_ok!(cancel(Alice, 0));
		assert_eq!((open(Alice), open(Bob)), (300, 300));
		pass(SLOT_END);
		assert_eq!((open(Alice), open(Bob)), (0, 0));
	});
}

/// What is left over and too small to be traded is no longer open.
#[test]
fn rests_are_not_open() {
	run(|| {
		super::responded(Way::Metered(0));
		assert_ok!(pay(KEY, 0, 0, 950));
		assert_eq!((open(Alice), open(Bob)), (950, 950));
	});
}

/// Paying is not opening: credit that has fallen meanwhile does not stop it.
#[test]
fn paying_needs_no_credit() {
	run(|| {
		super::responded(Way::Metered(0));
		world(|world| {
			world.credit.insert(tag(Alice), 0);
			world.credit.insert(tag(Bob), 0);
		});
		assert_ok!(pay(KEY, 0, 0, 1_000));
	});
}

/// Everybody has room for 256 things.
fn crowd(who: Keyring, things: usize) {
	world(|world| world.credit.insert(tag(who), 1_000));
	for _ in 0..things {
		assert_ok!(request(who, Demand { volume: 100, slot: SLOT + LENGTH, ..demand() }, 0));
	}
}

/// 256 things of one person are enough. Otherwise [`Error::DeskFull`].
#[test]
fn fails_for_the_257th_thing() {
	run(|| {
		crowd(Alice, 256);
		let least = Demand { volume: 100, ..demand() };
		assert_noop!(request(Alice, least.clone(), 0), Error::<Test>::DeskFull);
		assert_noop!(offer(Alice, unmetered()), Error::<Test>::DeskFull);
		assert_ok!(cancel(Alice, 7));
		assert_ok!(request(Alice, least, 0));
	});
}

/// A buyer with a full desk cannot pay. Otherwise [`Error::DeskFull`].
#[test]
fn fails_to_pay_with_a_full_desk() {
	run(|| {
		assert_ok!(offer(Charlie, unmetered()));
		assert_ok!(request(Alice, demand(), FUNDING));
		crowd(Alice, 255);
		run_to(WINDOW_END);
		assert_ok!(respond(0));
		assert_noop!(pay(KEY, 0, 0, 100), Error::<Test>::DeskFull);
		assert_ok!(cancel(Alice, 1));
		assert_ok!(pay(KEY, 0, 0, 100));
	});
}

/// Nor can he pay a seller with one, which is not his fault: [`Error::SellerDeskFull`] is why.
#[test]
fn it_is_impossible_to_pay_a_seller_with_a_full_desk() {
	run(|| {
		super::responded(Way::Unmetered);
		crowd(Charlie, 255);
		super::impossible(0, 100, Error::SellerDeskFull);
		forget();
		assert_ok!(cancel(Alice, 0));
		let ending = Ending::NothingToPay;
		assert_eq!(events(), vec![Event::RequestEnded { request: 0, ending }]);
		assert_eq!(deeds(), vec![]);
	});
}

/// The oldest first, and each trade on both desks.
#[test]
fn desks_list_what_is_open() {
	run(|| {
		paid(Way::Metered(0));
		assert_ok!(offer(Bob, metered()));
		let items = |who| Desks::<Test>::get(tag(who)).items.into_inner();
		assert_eq!(items(Alice), vec![Item::Request(0), Item::Trade(0)]);
		let offered = Item::Offer { id: 1, line: LINE, slot: SLOT };
		assert_eq!(items(Bob), vec![Item::Trade(0), offered]);
	});
}
