//! Whose fault it was: behaviour is counted, credit falls, a fine is collected (DESIGN.md, section
//! 3, *A fine* and the second table).

use crate::{Config, Pallet, Request, Trade};
use sp_runtime::traits::Zero;
use voltree_primitives::{proven_loss, Cause, Credibility, Escrow, Fine, Price, Terms, WattHours};

impl<T: Config> Pallet<T> {
	/// Count the seller's behaviour once, by the worst that fits: nothing delivered, delivered
	/// short beyond the tolerance, otherwise `cause`. Returns whether he gained by it; `None` if he
	/// is to blame.
	pub(crate) fn count_seller(
		trade: &mut Trade<T::AccountId>,
		delivered: WattHours,
		cause: Cause,
	) -> Option<bool> {
		let cause = if delivered.is_zero() {
			Cause::NotDelivered
		} else if Self::is_short(trade, delivered) {
			Cause::DeliveredShort
		} else {
			cause
		};
		if cause != Cause::Delivered {
			Self::blame_seller(trade, cause, delivered);
			return None;
		}
		let Trade { buyer, seller, terms, .. } = &trade;
		T::Credibility::timely(&seller.tag, cause);
		Some(T::Credibility::gain(&seller.tag, &buyer.tag, terms))
	}

	/// Whether `delivered` Wh are less than traded by more than was agreed to tolerate.
	pub(crate) fn is_short(trade: &Trade<T::AccountId>, delivered: WattHours) -> bool {
		let tolerated = trade
			.volume
			.saturating_mul(trade.tolerance.into())
			.checked_div(1_000)
			.unwrap_or_default();
		trade.volume.saturating_sub(delivered) > tolerated
	}

	/// The seller delivered `delivered` Wh and is to blame for it. What the buyer has lost by what is
	/// missing comes first out of the bond.
	pub(crate) fn blame_seller(
		trade: &mut Trade<T::AccountId>,
		cause: Cause,
		delivered: WattHours,
	) {
		let missing = trade.volume.saturating_sub(delivered);
		let (off_credit, fine) = match cause {
			Cause::NotDelivered | Cause::DeliveredShort => {
				(missing, trade.terms.fine(missing, trade.price))
			}
			Cause::Withdrawn => (0, trade.terms.half_fine(missing, trade.price)),
			// It only counts.
			_ => (0, 0),
		};
		let tag = trade.seller.tag;
		T::Credibility::untimely(&tag, off_credit, cause, &trade.terms);
		if fine.is_zero() {
			return;
		}
		Self::note_grid_price(trade);
		let loss = proven_loss(missing, trade.grid_price, trade.price);
		trade.bond = T::Escrow::fine(Fine {
			tag,
			account: trade.seller.account.clone(),
			bond: trade.bond,
			amount: fine.max(loss),
			loss,
			injured: trade.buyer.account.clone(),
			wallets: Self::wallets_for_fine(&tag),
			cause,
		});
	}

	/// The buyer is to blame: for `volume` Wh at `price` his credit falls and a fine is due. Nobody
	/// is injured by more than the seller's lost sale, which the design does not count.
	pub(crate) fn blame_buyer(
		request: &mut Request<T::AccountId>,
		cause: Cause,
		volume: WattHours,
		price: Price,
		terms: &Terms,
	) {
		T::Credibility::untimely(&request.tag, volume, cause, terms);
		let amount = terms.fine(volume, price);
		if amount.is_zero() {
			return;
		}
		request.bond = T::Escrow::fine(Fine {
			tag: request.tag,
			account: request.buyer.clone(),
			bond: request.bond,
			amount,
			loss: 0,
			injured: request.buyer.clone(),
			wallets: Self::wallets_for_fine(&request.tag),
			cause,
		});
	}
}
