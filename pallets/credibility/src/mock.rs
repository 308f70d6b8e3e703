//! A chain with nothing but credibility.

use crate::{self as pallet_credibility, pallet::*, types};
use frame_support::{derive_impl, traits::ConstU64};
use frame_system::EnsureRoot;
use sp_io::TestExternalities;
use sp_runtime::BuildStorage;
use std::cell::{Cell, RefCell};
use voltree_primitives::{Clock, Credit, IdentityTag, Moment, OnCredit, OnEnrolled};

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type CredibilityPallet = pallet_credibility;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

impl pallet_credibility::Config for Test {
	type WeightInfo = ();
	type Clock = Time;
	type OnCredit = Listener;
	type Notice = ConstU64<NOTICE>;
	type AuthorityOrigin = EnsureRoot<Self::AccountId>;
}

/// A day of chain time.
pub const DAY: Moment = 86_400_000;
/// When tests begin: some days after the epoch, at midnight.
pub const START: Moment = 100 * DAY;
/// Two delivery slots of a quarter of an hour.
pub const NOTICE: Moment = 1_800_000;

thread_local! {
	static NOW: Cell<Moment> = const { Cell::new(START) };
	static CHANGES: RefCell<Vec<(IdentityTag, Credit, Credit)>> = const { RefCell::new(Vec::new()) };
}

/// A clock that tests set.
pub struct Time;

impl Clock for Time {
	fn now() -> Moment {
		NOW.get()
	}

	fn slot_duration() -> Moment {
		unreachable!("credibility does not ask")
	}

	fn round() -> Moment {
		unreachable!("credibility does not ask")
	}
}

pub fn set_now(now: Moment) {
	NOW.set(now);
}

/// Writes down what it is told.
pub struct Listener;

impl OnCredit for Listener {
	fn credit_changed(tag: &IdentityTag, before: Credit, after: Credit) {
		CHANGES.with_borrow_mut(|changes| changes.push((*tag, before, after)));
	}
}

/// What `OnCredit` has heard since the last call of this.
pub fn changes() -> Vec<(IdentityTag, Credit, Credit)> {
	CHANGES.take()
}

/// The events since the last call of this.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

pub fn tag(of: u8) -> IdentityTag {
	IdentityTag::repeat_byte(of)
}

#[derive(Default)]
pub struct ExtBuilder {
	parameters: types::Parameters,
	enrolled: Vec<IdentityTag>,
}

impl ExtBuilder {
	pub fn parameters(mut self, start: Credit, weight: u32, cap_per_event: Credit) -> Self {
		self.parameters = types::Parameters { start, weight, cap_per_event, ..self.parameters };
		self
	}

	pub fn gain(mut self, gain: Credit) -> Self {
		self.parameters.gain = gain;
		self
	}

	pub fn enrolled(mut self, tag: IdentityTag) -> Self {
		self.enrolled.push(tag);
		self
	}

	pub fn build(self) -> TestExternalities {
		NOW.set(START);
		let genesis = RuntimeGenesisConfig {
			credibility_pallet: GenesisConfig { parameters: self.parameters, ..Default::default() },
			..Default::default()
		};
		let mut ext = TestExternalities::new(genesis.build_storage().expect("genesis builds"));
		ext.execute_with(|| {
			for tag in &self.enrolled {
				CredibilityPallet::enrolled(tag);
			}
			// Block 0 records no events.
			System::set_block_number(1);
		});
		CHANGES.take();
		ext
	}

	pub fn run(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			CredibilityPallet::do_try_state().expect("invariants hold after every test");
		});
	}
}
