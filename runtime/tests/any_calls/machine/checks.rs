//! What has to hold after each call, and what after each block.

use super::World;
use pallet_market::{Desks, Requests, TradeState, Trades};
use std::{cell::RefCell, collections::BTreeSet};
use voltree_primitives::{Balance, Directory};
use voltree_runtime::{
	configs::money::ExistentialDeposit, invariants, AccountId, Authorship, Balances, Registry,
	Runtime, RuntimeEvent, RuntimeHoldReason, System,
};

thread_local! {
	/// What the runtime on this thread has called impossible, and met.
	static DEFECT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Listens to what the runtime logs: in a release build `defensive!` does nothing else.
pub struct Defects;

impl log::Log for Defects {
	fn enabled(&self, metadata: &log::Metadata) -> bool {
		metadata.target() == "runtime::defensive"
	}

	fn log(&self, record: &log::Record) {
		if self.enabled(record.metadata()) {
			DEFECT.with_borrow_mut(|defect| *defect = Some(record.args().to_string()));
		}
	}

	fn flush(&self) {}
}

/// Forget what an earlier case has met.
pub fn forget_defects() {
	DEFECT.take();
}

impl World {
	/// Note the events since the last time, and check what they touched.
	pub fn absorb(&mut self) {
		let events = System::read_events_no_consensus().collect::<Vec<_>>();
		System::reset_events();
		let mut touched = BTreeSet::new();
		let mut dust: Balance = 0;
		for record in events {
			dust += dust_of(&record.event);
			self.ledger.note(&record.event, &mut self.seen);
			self.seen.event(&record.event);
			self.note_devices(&record.event);
			touch(&record.event, &mut touched);
		}
		self.ledger.call_ends();
		let issuance = pallet_balances::TotalIssuance::<Runtime>::get();
		let missing = self.ledger.issuance.checked_sub(issuance);
		let missing = missing.expect("money comes by issue alone");
		let was_poor = std::mem::replace(&mut self.author_is_poor, author_is_poor());
		assert!(
			missing == 0 || (missing <= dust && (was_poor || self.author_is_poor)),
			"{missing} went by no burn, of {dust} that an author without money may lose"
		);
		self.ledger.issuance = issuance;
		touched.iter().for_each(check_holds);
		if let Some(defect) = DEFECT.take() {
			panic!("the runtime met what it calls impossible: {defect}");
		}
	}

	/// Check everything.
	pub fn check(&mut self) {
		self.unchecked = 0;
		if let Err(broken) = invariants::check() {
			panic!("{broken:?}");
		}
		self.ledger.check();
		const TWO_DAYS: u64 = 172_800_000;
		self.ledger.forget(self.now().saturating_sub(TWO_DAYS));
	}
}

/// Whether the block's author has too little money to take less than the existential deposit.
fn author_is_poor() -> bool {
	let money = Authorship::author().map_or(0, Balances::free_balance);
	money < ExistentialDeposit::get()
}

/// What an event pays to the block's author, if that is less than an account can begin with: an
/// author who has none loses it, and it leaves the issuance.
fn dust_of(event: &RuntimeEvent) -> Balance {
	let paid = match event {
		RuntimeEvent::TransactionPayment(
			pallet_transaction_payment::Event::TransactionFeePaid { actual_fee, .. },
		) => *actual_fee,
		RuntimeEvent::Balances(pallet_balances::Event::DustLost { amount, .. }) => *amount,
		_ => 0,
	};
	if paid < ExistentialDeposit::get() {
		paid
	} else {
		0
	}
}

/// The accounts whose money on hold an event tells of.
fn touch(event: &RuntimeEvent, touched: &mut BTreeSet<AccountId>) {
	use pallet_balances::Event;
	let RuntimeEvent::Balances(event) = event else { return };
	match event {
		Event::Held { who, .. } | Event::Released { who, .. } | Event::BurnedHeld { who, .. } => {
			touched.insert(who.clone());
		}
		Event::TransferOnHold { source, dest, .. } => {
			touched.insert(source.clone());
			touched.insert(dest.clone());
		}
		_ => (),
	}
}

/// What `who` has on hold is what its wallets, bonds, redemption and application say.
fn check_holds(who: &AccountId) {
	use pallet_registry::HoldReason::Application;
	use pallet_shared_wallet::HoldReason::{Bond, Escrow, Redemption};
	let desk = Registry::tag_of(who).map(Desks::<Runtime>::get).unwrap_or_default();
	let [mut escrow, mut bonds]: [Balance; 2] = [0, 0];
	let own = |id| Requests::<Runtime>::get(id).filter(|request| request.buyer == *who);
	for (id, request) in desk.requests().filter_map(|id| own(id).map(|request| (id, request))) {
		let wallet = pallet_shared_wallet::Wallets::<Runtime>::get(id).expect("one a request");
		escrow += wallet.free + wallet.locked;
		bonds += request.bond;
	}
	for trade in desk.trades().filter_map(Trades::<Runtime>::get) {
		if trade.seller.account == *who {
			bonds += trade.bond;
		}
		if let TradeState::Contested { bond, .. } = trade.state {
			bonds += if trade.buyer.account == *who { bond } else { 0 };
		}
	}
	let redeeming = pallet_shared_wallet::Redemptions::<Runtime>::get(who);
	let applied = pallet_registry::Applications::<Runtime>::get(who);
	let due: [(RuntimeHoldReason, Balance); 4] = [
		(Escrow.into(), escrow),
		(Bond.into(), bonds),
		(Redemption.into(), redeeming.map_or(0, |it| it.amount)),
		(Application.into(), applied.map_or(0, |it| it.deposit)),
	];
	for (reason, due) in due {
		use frame_support::traits::fungible::InspectHold;
		let held = Balances::balance_on_hold(&reason, who);
		assert_eq!(held, due, "{who} holds for {reason:?} what its records say");
	}
}
