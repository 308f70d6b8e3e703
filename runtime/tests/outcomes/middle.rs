//! Row: certificate ends, wallet or token expires, party is blacklisted in the middle; and what
//! becomes of trades whose meter or sensors are taken away.

use crate::{
	common::{
		on,
		people::{household, pair, sensor, service, Id},
		scene::total,
		Chain, MarketCall, RegistryCall,
	},
	stage::{
		buyer_tag, nothing_is_left, Changes, Scene, Side, BUYER, FUNDING, METERED, NOTHING, SAME,
	},
	told,
};
use pallet_market::{Attested, Ending, Outcome, TradeState};
use voltree_primitives::{Cause, Roles};
use voltree_runtime::{genesis::household_tag, Runtime, VOLT};

/// From the payment to the confirmation, as if nothing had happened.
fn finishes(chain: &mut Chain, mut scene: Scene) {
	chain.start_delivery(&scene.deal());
	chain.deliver(&scene.deal(), 2_000);
	chain.bill(&scene.deal(), 2_000);
	scene.count_from_here(chain);
	scene.confirm(chain);
	let events = vec![
		vec![told::counted(METERED.seller.tag(), 1, 0, Cause::Delivered)],
		told::settled(&scene, Outcome::Confirmed, 2_000, 500_000, scene.bond()),
		told::ended(&scene, Ending::Settled, 50_000, FUNDING - 500_000),
	];
	let buyer = Side { money: -500_000, ..SAME };
	let seller = Side { money: 500_000, timely: 1, ..SAME };
	scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
}

#[test]
fn certificates_revoked_in_the_middle() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		for account in [scene.buyer.id(), METERED.seller.key().id()] {
			chain.decide(RegistryCall::revoke { account });
		}
		finishes(chain, scene);
	});
}

#[test]
fn certificates_expired_in_the_middle() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		let expires = chain.now() + 3_000;
		for number in [BUYER, 6] {
			let (account, tag) = (household(number).id(), household_tag(number));
			let (roles, consent) = (Roles::Both, None);
			let renew = RegistryCall::certify { account, tag, roles, expires, consent };
			chain.ok(&service(), renew);
		}
		chain.past(expires);
		let standing = voltree_runtime::Blacklist::standing(&scene.buyer.id());
		assert!(!standing.certified_buyer && !standing.certified_seller);
		finishes(chain, scene);
	});
}

/// The token is good to pay with until the gate; whatever was paid with it goes on.
#[test]
fn token_expired_in_the_middle() {
	on("dev", |chain| {
		let mut scene = Scene::answered(chain, METERED);
		let token = voltree_runtime::SharedWallet::token_of(scene.request).unwrap().token;
		assert_eq!(token.valid_until, scene.slot.gate);
		scene.pay(chain);
		finishes(chain, scene);
		assert!(chain.now() > token.valid_until);
	});
}

/// The bill named a wallet that is not the seller's any more: he is paid himself.
#[test]
fn wallet_unlinked_in_the_middle() {
	on("dev", |chain| {
		let (seller, wallet) = (METERED.seller.key(), pair("//Wallet"));
		chain.give(&wallet, VOLT);
		let message = voltree_runtime::Registry::link_message(&seller.id(), &wallet.id());
		let signature = wallet.seal(&message);
		chain.ok(&seller, RegistryCall::link_wallet { wallet: wallet.id(), signature });
		let scene = Scene::delivered(chain, METERED, 2_000);
		let (trade, payee) = (scene.trade, wallet.id());
		chain.ok(&seller, MarketCall::bill { trade, delivered: 2_000, payee });
		chain.ok(&seller, RegistryCall::unlink_wallet { wallet: wallet.id() });
		scene.confirm(chain);
		let paid = pallet_shared_wallet::Flows::<Runtime>::get(seller.id());
		assert_eq!((paid.received, total(&wallet)), (500_000, VOLT));
		assert_eq!(chain.score(METERED.seller.tag()), (1_000, 1, 0));
		nothing_is_left();
	});
}

/// Both parties come on the blacklist by another fault; this trade goes on.
#[test]
fn both_parties_blacklisted_in_the_middle() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		for tag in [buyer_tag(), METERED.seller.tag()] {
			let entry = pallet_blacklist::Entry { since: chain.now(), credit: 0 };
			pallet_blacklist::Entries::<Runtime>::insert(tag, entry);
		}
		finishes(chain, scene);
	});
}

/// A meter that was taken away is a silent one without anybody's fault.
#[test]
fn meter_removed_in_the_middle() {
	on("dev", |chain| {
		let mut scene = Scene::started(chain, METERED);
		let meter = METERED.seller.meter().expect("it has one");
		chain.ok(&service(), RegistryCall::remove_device { device: meter.id() });
		let deadlines = scene.deadlines(chain);
		chain.past(deadlines.meter_by);
		scene.told(chain, vec![vec![told::metered(&scene, Attested::Silent)]]);
		let TradeState::Delivered { delivery } = chain.trade(scene.trade).state else {
			panic!("the slot is over")
		};
		assert!(delivery.excused);
		scene.count_from_here(chain);
		chain.past(deadlines.bill_by);
		let events = vec![
			told::settled(&scene, Outcome::SettledUnbilled, 0, 0, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		scene.ended(chain, events, NOTHING);
	});
}

/// The buyer's word makes good for a meter that was taken away, too.
#[test]
fn meter_removed_in_the_middle_and_the_buyer_confirms() {
	on("dev", |chain| {
		let mut scene = Scene::started(chain, METERED);
		let meter = METERED.seller.meter().expect("it has one");
		chain.ok(&service(), RegistryCall::remove_device { device: meter.id() });
		chain.past(scene.deadlines(chain).meter_by);
		chain.bill(&scene.deal(), 1_200);
		scene.count_from_here(chain);
		scene.confirm(chain);
		let events = vec![
			told::settled(&scene, Outcome::Confirmed, 1_200, 300_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING - 300_000),
		];
		let buyer = Side { money: -300_000, ..SAME };
		let seller = Side { money: 300_000, ..SAME };
		scene.ended(chain, events, Changes { buyer, seller, pot: 0 });
	});
}

/// One of four sensors less: three owners are enough.
#[test]
fn one_sensor_removed_in_the_middle() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		chain.ok(&service(), RegistryCall::remove_device { device: sensor(2, 1).id() });
		finishes(chain, scene);
	});
}

/// Two of four sensors less: nobody can judge the line, so nothing is delivered and nobody to blame.
#[test]
fn too_many_sensors_removed_in_the_middle() {
	on("dev", |chain| {
		let scene = Scene::paid(chain, METERED);
		for owner in [1, 2] {
			chain.ok(&service(), RegistryCall::remove_device { device: sensor(2, owner).id() });
		}
		chain.until(scene.slot.gate);
		let start = MarketCall::start { trade: scene.trade };
		let refused = pallet_market::Error::<Runtime>::LineUnsafe.into();
		assert_eq!(chain.send(&METERED.seller.key(), start), Err(refused));
		chain.past(scene.slot.end);
		let events = vec![
			told::settled(&scene, Outcome::Stopped, 0, 0, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		scene.ended(chain, events, NOTHING);
	});
}

/// They go while power flows. What they reported is forgotten with them, so nobody can say that the
/// line was safe at any time of the slot: full refund, and nobody to blame.
#[test]
fn too_many_sensors_removed_during_the_slot() {
	on("dev", |chain| {
		let scene = Scene::started(chain, METERED);
		chain.until(scene.slot.start + 30_000);
		for owner in [1, 2] {
			chain.ok(&service(), RegistryCall::remove_device { device: sensor(2, owner).id() });
		}
		chain.past(scene.slot.end);
		let events = vec![
			told::settled(&scene, Outcome::UnsafeThroughout, 0, 0, scene.bond()),
			told::ended(&scene, Ending::Settled, 50_000, FUNDING),
		];
		scene.ended(chain, events, NOTHING);
	});
}
