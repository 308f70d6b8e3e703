//! Blocks, and the time between them.

use super::{Dice, World};
use codec::{Decode, Encode};
use pallet_market::{RequestState, Requests, Trades};
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_runtime::{
	generic::{Digest, DigestItem},
	traits::Header as _,
};
use voltree_primitives::{Clock, Moment};
use voltree_runtime::{
	CommunicationTree, Executive, Hash, Header, Market, Runtime, UncheckedExtrinsic, VERSION,
};

/// When the first block is made: some quarter hour of the year 2027.
const FIRST_MOMENT: Moment = 1_800_000_000_000;

const HOUR: Moment = 3_600_000;

/// The slot of the first block.
pub fn first_slot() -> u64 {
	FIRST_MOMENT / CommunicationTree::slot_duration()
}

/// The header of the block that the present state is the genesis of.
pub fn genesis_header() -> Header {
	let root = sp_io::storage::root(VERSION.state_version());
	let root = Hash::decode(&mut &root[..]).expect("a root is a hash");
	Header::new(0, Hash::default(), root, Hash::default(), Digest::default())
}

impl World {
	/// Open the block of the present slot.
	pub fn open_block(&mut self) {
		let number = self.parent.number().saturating_add(1);
		let author = DigestItem::PreRuntime(AURA_ENGINE_ID, Slot::from(self.slot).encode());
		let digest = Digest { logs: vec![author] };
		let none = Hash::default();
		let header = Header::new(number, none, none, self.parent.hash(), digest);
		let _mode = Executive::initialize_block(&header);
		let now = self.now();
		let stamp = pallet_timestamp::Call::<Runtime>::set { now };
		let applied = Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(stamp.into()));
		assert_eq!(applied, Ok(Ok(())), "the timestamp is accepted");
		self.absorb();
		self.devices_report();
	}

	/// End the open block, check everything, and open the one `slots` slots later.
	pub fn go_on(&mut self, slots: u64) {
		self.parent = Executive::finalize_block();
		self.absorb();
		self.check();
		self.seen.blocks += 1;
		self.block_ended = true;
		self.slot += slots.max(1);
		self.open_block();
	}

	/// Go on by a slot, by several, to just before, at or behind a deadline, or after an outage of
	/// minutes, hours or days.
	pub fn time_passes(&mut self, dice: &mut Dice) {
		let length = CommunicationTree::slot_duration();
		let longest = (Market::parameters().outage / length).clamp(1, HOUR / length);
		let slots = match dice.below(100) {
			draw if draw < self.outages => self.an_outage(dice, longest, length),
			0..=49 => 1,
			50..=79 => dice.between(1, longest),
			80..=84 => longest,
			_ => self.to_a_deadline(dice, length).min(longest),
		};
		self.go_on(slots);
	}

	fn an_outage(&self, dice: &mut Dice, longest: u64, length: Moment) -> u64 {
		let most = match dice.below(20) {
			0 => 72 * HOUR,
			1..=3 => 6 * HOUR,
			_ => HOUR / 12,
		};
		longest + dice.between(1, most / length)
	}

	/// Slots to the block that just meets the deadline of something open, or the one beside it.
	fn to_a_deadline(&self, dice: &mut Dice, length: Moment) -> u64 {
		let trade = dice.one(self.ledger.trades()).and_then(Trades::<Runtime>::get);
		let request = dice.one(self.ledger.requests()).and_then(Requests::<Runtime>::get);
		let mut moments = Vec::new();
		if let Some(trade) = trade {
			let by = trade.deadlines;
			moments.extend([trade.slot.gate, trade.slot.start, trade.slot.end, by.meter_by]);
			moments.extend([by.bill_by, by.confirm_by, by.rule_by]);
		}
		if let Some(request) = request {
			match request.state {
				RequestState::Open { respond_by } => moments.push(respond_by),
				RequestState::Responded { pay_by, late_by, .. } => {
					moments.extend([pay_by, late_by])
				}
				RequestState::Closed => (),
			}
		}
		let now = self.now();
		moments.retain(|moment| *moment > now);
		let Some(moment) = moments.into_iter().min() else { return 1 };
		((moment - now) / length + dice.below(2)).max(1)
	}

	/// The night: nobody does anything, and everything ends by itself and leaves nothing behind.
	pub fn night(&mut self) {
		use pallet_market::{Agenda, Book, Desks, LineLoads, MeterSlots, Offers};
		/// A window may be a month long; such cases stay open.
		const BLOCKS: u32 = 400;
		let length = CommunicationTree::slot_duration();
		for _ in 0..BLOCKS {
			if Agenda::<Runtime>::iter_keys().next().is_none() {
				break;
			}
			let longest = (Market::parameters().outage / length).clamp(1, HOUR / length);
			self.go_on(longest);
		}
		if Agenda::<Runtime>::iter_keys().next().is_some() {
			return;
		}
		self.seen.nights += 1;
		assert_eq!(Requests::<Runtime>::iter_keys().count(), 0);
		assert_eq!(Offers::<Runtime>::iter_keys().count(), 0);
		assert_eq!(Trades::<Runtime>::iter_keys().count(), 0);
		assert_eq!(Book::<Runtime>::iter_keys().count(), 0);
		assert_eq!(Desks::<Runtime>::iter_keys().count(), 0);
		assert_eq!(LineLoads::<Runtime>::iter_keys().count(), 0);
		assert_eq!(MeterSlots::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_market::Judged::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_shared_wallet::Wallets::<Runtime>::iter_keys().count(), 0);
		assert_eq!(pallet_market::Pallet::<Runtime>::bonds().len(), 0);
	}
}
