//! Grid prices: what power from the grid costs in a slot, said in advance by the grid's own key. A
//! seller who does not deliver owes the buyer the difference.

use crate::{
	agenda::Sorted, Config, Error, Event, GridKey, GridPrices, Pallet, Trade, MAX_GRID_PRICES,
};
use frame_support::{ensure, traits::ConstU32, BoundedVec};
use sp_runtime::{traits::Zero, DispatchResult};
use voltree_primitives::{Clock, Devices, LineId, Moment, Price};

/// Grid prices of slots that began longer ago than this, a month and two days, are of no more use:
/// a slot is at most a day long, and no agenda lags behind for a month.
const KEPT_FOR: Moment = 2_851_200_000;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_grid_prices(
		who: &T::AccountId,
		line: LineId,
		first: Moment,
		prices: BoundedVec<Price, ConstU32<MAX_GRID_PRICES>>,
	) -> DispatchResult {
		ensure!(GridKey::<T>::get().as_ref() == Some(who), Error::<T>::NotTheGrid);
		ensure!(T::Devices::line_exists(line), Error::<T>::InvalidLine);
		let parameters = Self::parameters();
		let mut start = first;
		for price in &prices {
			ensure!(
				(parameters.price_floor..=parameters.price_cap).contains(price),
				Error::<T>::PriceOutOfRange
			);
			// Said before the gate, and never changed: nobody trades on a price that moves.
			let slot = Self::tradable_slot(start, &parameters)?;
			let key = Sorted::from(slot.start);
			ensure!(!GridPrices::<T>::contains_key(line, key), Error::<T>::GridPriceSet);
			GridPrices::<T>::insert(line, key, price);
			start = slot.end;
		}
		Self::forget_grid_prices(line, prices.len());
		Self::deposit_event(Event::GridPricesSet { line, first, prices });
		Ok(())
	}

	/// Drop up to twice as many old prices as have come: the storage of a line does not grow.
	fn forget_grid_prices(line: LineId, came: usize) {
		let before = T::Clock::now().saturating_sub(KEPT_FOR);
		let old = GridPrices::<T>::iter_key_prefix(line)
			.take(came.saturating_mul(2))
			.take_while(|start| u64::from(*start) < before);
		// Removing the key just returned is what such an iterator allows.
		old.for_each(|start| GridPrices::<T>::remove(line, start));
	}

	/// Price of the grid's power on a line in the slot that starts at `start`, if it was set.
	pub fn grid_price(line: LineId, start: Moment) -> Option<Price> {
		GridPrices::<T>::get(line, Sorted::from(start))
	}

	/// Note in the trade what its buyer has to pay the grid for what is missing.
	pub(crate) fn note_grid_price(trade: &mut Trade<T::AccountId>) {
		if trade.grid_price.is_zero() {
			let price = Self::grid_price(trade.buyer.line, trade.slot.start).unwrap_or_default();
			trade.grid_price = price.min(trade.cap);
		}
	}
}
