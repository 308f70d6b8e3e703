//! What the arguments of calls are picked from.

use super::{cast::CAST, Dice, World};
use pallet_market::{NextOffer, NextRequest, NextTrade, ROUNDS_PER_WINDOW};
use sp_core::sr25519::Pair;
use voltree_primitives::{Clock, Directory, IdentityTag, Moment};
use voltree_runtime::{
	genesis::{household_tag, sensor_owner_tag},
	AccountId, CommunicationTree, Market, Registry, Runtime,
};

impl World {
	/// The first delivery slot that a request made now, and for a few blocks, can still be for.
	pub fn tradable_slot(&self) -> Moment {
		let parameters = Market::parameters();
		let least = CommunicationTree::round() * ROUNDS_PER_WINDOW;
		let windows = parameters.offer_window.max(least) + parameters.pay_period.max(least) + least;
		let earliest =
			self.now() + windows + parameters.lead + 5 * CommunicationTree::slot_duration();
		earliest.div_ceil(parameters.delivery_slot) * parameters.delivery_slot
	}

	/// The management centre's service and its key, unless the authority has named somebody whose key
	/// nobody knows.
	pub fn service(&self) -> Option<(AccountId, Pair)> {
		let service = pallet_registry::ServiceKey::<Runtime>::get()?;
		let key = CAST.keys.get(&service)?.clone();
		Some((service, key))
	}

	/// Anybody.
	pub fn anybody(&self, dice: &mut Dice) -> AccountId {
		dice.one_of(&CAST.all).clone()
	}

	/// The number of something that is open, was, will be, or never was.
	fn number(dice: &mut Dice, open: Option<u64>, next: u64) -> u64 {
		match (dice.below(10), open) {
			(0, _) => next,
			(1, _) => u64::MAX,
			(2, _) | (_, None) => dice.below(next),
			(_, Some(open)) => open,
		}
	}

	/// A request's number.
	pub fn a_request(&self, dice: &mut Dice) -> u64 {
		let open = dice.one(self.ledger.requests());
		Self::number(dice, open, NextRequest::<Runtime>::get())
	}

	/// An offer's number.
	pub fn an_offer(&self, dice: &mut Dice) -> u64 {
		let open = dice.one(self.ledger.offers());
		Self::number(dice, open, NextOffer::<Runtime>::get())
	}

	/// A trade's number.
	pub fn a_trade(&self, dice: &mut Dice) -> u64 {
		let open = dice.one(self.ledger.trades());
		Self::number(dice, open, NextTrade::<Runtime>::get())
	}

	/// A moment of the past, the present, the future, or no time at all.
	pub fn a_moment(&self, dice: &mut Dice) -> Moment {
		let now = self.now();
		match dice.below(10) {
			0 => 0,
			1 => u64::MAX,
			2 => now.saturating_sub(dice.below(100_000_000)),
			3 => now.saturating_add(dice.below(100_000_000_000)),
			4 => dice.any(),
			5 => now,
			6 => {
				let length = Market::parameters().delivery_slot;
				now / length * length
			}
			_ => self.tradable_slot(),
		}
	}

	/// A line, or none.
	pub fn a_line(&self, dice: &mut Dice) -> u32 {
		match dice.below(8) {
			0 => 0,
			1 => u32::MAX,
			2 => dice.between(4, 6) as u32,
			_ => dice.between(1, 3) as u32,
		}
	}

	/// The tag of a member, of a newcomer, or of nobody.
	pub fn a_tag(&self, dice: &mut Dice) -> IdentityTag {
		match dice.below(8) {
			0 => dice.hash(),
			1 => IdentityTag::default(),
			2 => sensor_owner_tag(dice.between(1, 4) as usize),
			3..=4 => household_tag(dice.between(1, 14) as usize),
			_ => {
				let who = self.anybody(dice);
				Registry::tag_of(&who).unwrap_or_default()
			}
		}
	}
}
