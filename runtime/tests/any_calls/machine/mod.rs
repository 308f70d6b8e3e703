//! The step machine: a chain, and whatever may happen to it next.
//!
//! [`World::step`] draws one thing from its dice (a call by somebody, a change of the weather, the
//! passing of time), lets it happen, and checks what can be checked cheaply: the issuance, the holds
//! of the accounts touched, the weight used, that a call that fails leaves no trace. At the end of
//! each block, and after [`STEPS_PER_CHECK`] steps at the latest, everything is checked. Whatever is
//! wrong panics.

mod actions;
mod cast;
mod checks;
mod devices;
mod dice;
mod hostile;
mod ledger;
mod members;
mod pools;
mod raw;
mod rules;
mod run;
mod seen;
mod time;
mod wrap;

pub use dice::Dice;
#[allow(unused_imports, reason = "tests and the fuzz target each use their own part")]
pub use run::{list, parse, run_bytes, run_steps, shrink, Failure};
pub use seen::Seen;

use crate::common::sign;
use cast::CAST;
use devices::Instrument;
use frame_support::{
	dispatch::GetDispatchInfo,
	storage::{with_transaction_unchecked, TransactionOutcome},
};
use ledger::Ledger;
use sp_runtime::{
	traits::Dispatchable, transaction_validity::TransactionValidityError, ApplyExtrinsicResult,
	DispatchError,
};
use voltree_primitives::{Clock, Moment};
use voltree_runtime::{
	AccountId, CommunicationTree, Executive, Header, RuntimeCall, RuntimeOrigin, System,
	UncheckedExtrinsic, VOLT,
};

/// After so many steps everything is checked, if no block has ended.
pub const STEPS_PER_CHECK: u64 = 50;

/// A chain under way.
pub struct World {
	/// What the events add up to.
	pub ledger: Ledger,
	/// What was reached.
	pub seen: Seen,
	/// How likely each kind of step is in this case.
	weights: [u32; KINDS.len()],
	/// How often a block comes after the chain stood still, in per cent.
	outages: u64,
	/// The parameters of genesis, which changes stay close to.
	usual: rules::Usual,
	instruments: Vec<Instrument>,
	/// What the weather is on each of the three lines, and how much sun there is, in per cent.
	storms: [bool; 3],
	sun: u64,
	/// Slot of the open block, and the block before it.
	slot: u64,
	parent: Header,
	unchecked: u64,
	/// Whether the author of the open block is too poor to take dust.
	author_is_poor: bool,
	/// Whether a block ended in the present step.
	block_ended: bool,
}

type Action = fn(&mut World, &mut Dice);

/// What a step can be, with its weight: most of them lead trades on.
const KINDS: [(u32, Action); 13] = [
	(13, World::time_passes),
	(12, World::somebody_offers),
	(12, World::somebody_asks),
	(20, World::requests_go_on),
	(20, World::trades_go_on),
	(1, World::an_offer_ends),
	(5, World::membership),
	(4, World::money_moves),
	(3, World::devices_change),
	(5, World::authority_decides),
	(10, World::anything_at_all),
	(6, World::raw_bytes),
	(1, World::a_signed_extrinsic),
];

/// Kinds whose weight is the same in every case: without them nothing happens.
const STEADY: usize = 5;

impl World {
	/// The chain of a preset with its first block open.
	pub fn found(dice: &mut Dice) -> Self {
		let mut weights = KINDS.map(|(weight, _)| weight);
		for weight in &mut weights[STEADY..] {
			*weight *= *dice.one_of(&[0, 1, 1, 3]);
		}
		let mut world = Self {
			ledger: Ledger::open(),
			seen: Seen::default(),
			weights,
			outages: *dice.one_of(&[0, 1, 3]),
			usual: rules::Usual::now(),
			instruments: devices::registered(),
			storms: [false; 3],
			sun: 80,
			slot: time::first_slot(),
			parent: time::genesis_header(),
			unchecked: 0,
			author_is_poor: false,
			block_ended: false,
		};
		world.open_block();
		world.prepare(dice);
		world
	}

	/// Money for those who begin with none, proxies, other rules.
	fn prepare(&mut self, dice: &mut Dice) {
		let keyless = [&CAST.multisig, &CAST.joint, &CAST.derived];
		let poor = CAST.strangers.iter().take(4).chain(&CAST.wallet_keys).chain(keyless);
		for who in poor {
			let give = pallet_balances::Call::transfer_allow_death {
				dest: who.clone().into(),
				value: 20 * VOLT,
			};
			self.expect(&CAST.authority[1], give);
		}
		for (number, kind) in
			[(0, Default::default()), (1, voltree_runtime::configs::system::ProxyType::Trade)]
		{
			let delegate = CAST.strangers[number].clone().into();
			let call = pallet_proxy::Call::add_proxy { delegate, proxy_type: kind, delay: 0 };
			self.expect(&CAST.households[number].0, call);
		}
		self.rules_for_the_case(dice);
	}

	/// Let the next thing happen. Returns whether a block has ended.
	pub fn step(&mut self, dice: &mut Dice) -> bool {
		self.block_ended = false;
		self.seen.steps += 1;
		self.unchecked += 1;
		let (_, action) = KINDS[dice.weighed(&self.weights)];
		action(self, dice);
		if self.unchecked >= STEPS_PER_CHECK {
			self.check();
		}
		self.block_ended
	}

	/// Chain time.
	pub fn now(&self) -> Moment {
		CommunicationTree::now()
	}

	/// Let `who` call what has to succeed.
	fn expect(&mut self, who: &AccountId, call: impl Into<RuntimeCall>) {
		let done = self.act(RuntimeOrigin::signed(who.clone()), call);
		assert_eq!(done, Ok(()));
	}

	/// Dispatch `call` and check what it did.
	pub fn act(
		&mut self,
		origin: RuntimeOrigin,
		call: impl Into<RuntimeCall>,
	) -> Result<(), DispatchError> {
		let call = call.into();
		let declared = call.get_dispatch_info().call_weight;
		let events = System::event_count();
		let result = call.dispatch(origin);
		let (post, done) = match result {
			Ok(post) => (post, Ok(())),
			Err(failed) => (failed.post_info, Err(failed.error)),
		};
		if let Some(used) = post.actual_weight {
			assert!(used.all_lte(declared), "used {used:?} of the declared {declared:?}");
		}
		match &done {
			Ok(()) => self.seen.done += 1,
			Err(error) => {
				assert_eq!(System::event_count(), events, "what fails leaves no events");
				self.seen.error(error);
			}
		}
		self.absorb();
		done
	}

	/// Let `who` sign an extrinsic with `call`, as a client does. What the door refuses the pallets
	/// would have refused.
	pub fn apply_signed(&mut self, who: &AccountId, call: RuntimeCall, tip: u128) {
		let Some(key) = CAST.keys.get(who) else { return };
		let result = self.apply(sign(key, call.clone(), tip));
		let refused = result.is_err_and(|invalid| {
			use sp_runtime::transaction_validity::InvalidTransaction::Custom;
			matches!(invalid, TransactionValidityError::Invalid(Custom(101..=103)))
		});
		if refused && matches!(call, RuntimeCall::Market(_)) {
			let failed = with_transaction_unchecked(|| {
				let result = call.dispatch(RuntimeOrigin::signed(who.clone()));
				TransactionOutcome::Rollback(result.is_err())
			});
			assert!(failed, "the door refuses what the market would do");
		}
	}

	/// Apply an extrinsic as a block's author does: what is not valid leaves no trace.
	pub fn apply(&mut self, extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
		let events = System::event_count();
		let result = with_transaction_unchecked(|| match Executive::apply_extrinsic(extrinsic) {
			Ok(outcome) => TransactionOutcome::Commit(Ok(outcome)),
			Err(invalid) => TransactionOutcome::Rollback(Err(invalid)),
		});
		if result.is_err() {
			assert_eq!(System::event_count(), events, "what is not valid leaves no events");
		}
		self.absorb();
		result
	}
}
