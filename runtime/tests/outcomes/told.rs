//! The events of the rows, in short.

use crate::stage::{Scene, SMALLEST_FINE};
use pallet_credibility::Event as Credibility;
use pallet_market::{Attested, Ending, Event as Market, Outcome};
use pallet_shared_wallet::Event as Wallet;
use sp_core::sr25519::Pair;
use voltree_primitives::{Balance, Cause, IdentityTag, RequestId, WattHours};
use voltree_runtime::RuntimeEvent;

use crate::common::people::Id;

/// Behaviour that was counted: `timely` and `untimely` from now on.
pub fn counted(tag: IdentityTag, timely: u32, untimely: u32, cause: Cause) -> RuntimeEvent {
	Credibility::Counted { tag, timely, untimely, cause }.into()
}

/// Untimely behaviour that costs credit and a fine.
#[derive(Clone, Copy)]
pub struct Blame {
	pub tag: IdentityTag,
	/// Timely behaviour so far.
	pub timely: u32,
	/// Untimely behaviour from now on.
	pub untimely: u32,
	pub cause: Cause,
	/// Credit before and after.
	pub credit: (u32, u32),
	/// The volume that the credit is lost for.
	pub volume: WattHours,
	pub fine: Fine,
}

/// How a fine was collected.
#[derive(Clone, Copy, Default)]
pub struct Fine {
	pub amount: Balance,
	/// The injured party's part.
	pub loss: Balance,
	pub from_bond: Balance,
	/// Of which shared wallet how much was taken.
	pub from_wallets: &'static [(RequestId, Balance)],
	/// What is a debt from now on.
	pub owed: Balance,
}

impl Fine {
	/// A fine that the bond covers, nobody injured.
	pub fn from_bond(amount: Balance) -> Self {
		Self { amount, from_bond: amount, ..Default::default() }
	}

	/// The smallest fine out of the bond that is as large.
	pub fn smallest() -> Self {
		Self::from_bond(SMALLEST_FINE)
	}

	/// What is told of it.
	pub fn told(self, tag: IdentityTag, cause: Cause) -> Vec<RuntimeEvent> {
		let Self { amount, loss, from_bond, from_wallets, owed } = self;
		let deducted = from_wallets
			.iter()
			.map(|(wallet, amount)| Wallet::Deducted { wallet: *wallet, amount: *amount }.into());
		let mut events = deducted.collect::<Vec<RuntimeEvent>>();
		if owed > 0 {
			events.push(Credibility::FineDue { tag, amount: owed, due: owed }.into());
		}
		let from_wallets = from_wallets.iter().map(|(_, amount)| amount).sum();
		events
			.push(Wallet::Fined { tag, cause, amount, loss, from_bond, from_wallets, owed }.into());
		events
	}
}

impl Blame {
	/// What is told of it.
	pub fn told(self) -> Vec<RuntimeEvent> {
		let Self { tag, timely, untimely, cause, credit: (before, after), volume, fine } = self;
		let mut events = vec![counted(tag, timely, untimely, cause)];
		if volume > 0 {
			events.push(Credibility::CreditChanged { tag, before, after, volume, cause }.into());
		}
		if fine.amount > 0 {
			events.extend(fine.told(tag, cause));
		}
		events
	}
}

/// The trade has settled for `delivered` Wh and `payout`; of the seller's bond `bond` was left.
pub fn settled(
	scene: &Scene,
	outcome: Outcome,
	delivered: WattHours,
	payout: Balance,
	bond: Balance,
) -> Vec<RuntimeEvent> {
	let (wallet, refund) = (scene.request, scene.locked() - payout);
	let payee = scene.play.seller.key().id();
	vec![
		Wallet::Settled { wallet, payee, payout, refund }.into(),
		unbonded(&scene.play.seller.key(), bond),
		Market::Settled {
			trade: scene.trade,
			request: scene.request,
			outcome,
			delivered,
			payout,
			refund,
		}
		.into(),
	]
}

/// The request has ended: `bond` was left of the buyer's bond and `free` of the shared wallet.
pub fn ended(scene: &Scene, ending: Ending, bond: Balance, free: Balance) -> Vec<RuntimeEvent> {
	let mut events = Vec::new();
	if bond > 0 {
		events.push(unbonded(&scene.buyer, bond));
	}
	events.push(Wallet::Closed { wallet: scene.request, refund: free }.into());
	events.push(Market::RequestEnded { request: scene.request, ending }.into());
	events
}

/// A bond was given back.
pub fn unbonded(to: &Pair, amount: Balance) -> RuntimeEvent {
	Wallet::Unbonded { account: to.id(), amount }.into()
}

/// A bond was posted.
pub fn bonded(by: &Pair, amount: Balance) -> RuntimeEvent {
	Wallet::Bonded { account: by.id(), amount }.into()
}

/// The meters were read.
pub fn metered(scene: &Scene, attested: Attested) -> RuntimeEvent {
	Market::Metered { trade: scene.trade, attested }.into()
}

/// All of the offer that was not sold was withdrawn.
pub fn offer_closed(scene: &Scene, unsold: WattHours) -> RuntimeEvent {
	Market::OfferClosed { offer: scene.offer, unsold }.into()
}

/// The payment of `volume` Wh, with what it led to in between.
pub fn paid(
	scene: &Scene,
	volume: WattHours,
	late: bool,
	counted: Vec<RuntimeEvent>,
) -> Vec<RuntimeEvent> {
	let amount = voltree_primitives::amount(volume, scene.play.price).expect("it fits");
	let bond = u128::from(volume) * (voltree_runtime::VOLT - scene.play.price) / 1_000;
	let (request, offer) = (scene.request, scene.offer);
	let mut events = vec![
		Wallet::Locked { wallet: request, amount }.into(),
		bonded(&scene.play.seller.key(), bond + SMALLEST_FINE),
	];
	events.extend(counted);
	if volume == scene.play.volume {
		events.push(offer_closed(scene, 0));
	}
	let trade = scene.trade;
	events.push(Market::Paid { trade, request, offer, volume, amount, late }.into());
	events
}
