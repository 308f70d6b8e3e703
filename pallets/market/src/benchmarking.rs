//! What the calls and the agenda cost at their worst. How the stage is set is in [`scene`].
//!
//! Senders are linked wallets wherever a call accepts them. Whoever can be blamed is, his fine goes
//! through his bond and sixteen shared wallets, the rest becomes a debt, and the credit that he loses
//! brings him on the blacklist; debts are paid wherever money leaves towards a person. A trade that
//! ends is the last of its request, which ends with it. Nothing has seen the outages yet, which are
//! as many as there can be.
//!
//! Each kind of the agenda's entries is measured by itself.

#![allow(
	clippy::arithmetic_side_effects,
	clippy::indexing_slicing,
	clippy::unwrap_used,
	reason = "benchmarks run on the machine of who measures, never on a chain"
)]

mod helper;
mod scene;

pub use helper::{BenchmarkHelper, TokenOf};

use crate::{
	agenda::{dearest_entry, Kind, Sorted},
	pallet::*,
	types::*,
	Parameters, WeightInfo,
};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{traits::EnsureOrigin, BoundedVec};
use frame_system::RawOrigin;
use scene::*;
use sp_runtime::Permill;
use voltree_primitives::{Credibility, Directory, Moment, MAX_SENSORS, MAX_WALLETS};

fn authority<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::AuthorityOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

fn by<T: Config>(who: &T::AccountId) -> RawOrigin<T::AccountId> {
	RawOrigin::Signed(who.clone())
}

/// Full histories on the lines of the trade.
fn fill_histories<T: Config>(at: Moment) {
	for line in [TAKEN_AT, FED_AT] {
		T::BenchmarkHelper::fill_histories(line, at);
	}
}

/// Leave `count` sensors on the lines of the trade.
fn keep_sensors<T: Config>(count: u32) {
	let first = count / 2;
	T::BenchmarkHelper::keep_sensors(TAKEN_AT, first);
	T::BenchmarkHelper::keep_sensors(FED_AT, count - first);
}

/// Let the deadline `due` pass: the next entry of the agenda takes effect.
fn pass<T: Config>(due: Moment) {
	T::BenchmarkHelper::set_time(due + MINUTE);
}

/// Work off one entry of the agenda, as the hook does.
fn work_off_one<T: Config>() {
	let one = T::WeightInfo::agenda().saturating_add(dearest_entry::<T::WeightInfo>());
	Pallet::<T>::work_off(one);
}

/// Whether the trade has ended, and its request with it.
fn has_ended<T: Config>() -> bool {
	!Trades::<T>::contains_key(TRADE) && !Requests::<T>::contains_key(REQUEST)
}

/// Whether the person has come on the blacklist, which is the dearest end of a blame.
fn is_blamed<T: Config>(who: &Person<T>) -> bool {
	Closing::<T>::contains_key(who.tag)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The last item on the desk. The wallets that are looked at for money are somebody else's, who
	/// has none: the buyer has, or he could not put up his bond.
	#[benchmark]
	fn request(w: Linear<0, MAX_WALLETS>) {
		set_up::<T>();
		let buyer = buyer::<T>();
		fill_desk::<T>(&buyer.tag, 1);
		let demand = Demand {
			slot: slot().start,
			volume: VOLUME,
			lines: BoundedVec::truncate_from(LINES.to_vec()),
			max_price: CAP,
			min_credit: 1,
			meter: Some(buyer.meter.clone()),
			unmetered: true,
		};

		let poor = T::BenchmarkHelper::poor_person(POOR, w);
		let (money, key) = (1_000_000, account_of_key::<T>());

		#[block]
		{
			assert_eq!(T::Directory::money_behind(&poor), None);
			assert!(Pallet::<T>::do_request(&buyer.wallet, demand, key, money).is_ok());
		}

		assert!(Requests::<T>::contains_key(NEXT));
	}

	/// The last item on the desk, beside three offers for the same line and slot.
	#[benchmark]
	fn offer() {
		set_up::<T>();
		let seller = seller::<T>();
		let slot = slot();
		for id in 1..MAX_OFFERS_PER_TAG {
			let id = OFFER + u64::try_from(id).unwrap();
			let item = Item::Offer { id, line: FED_AT, slot: slot.start };
			Pallet::<T>::open_on_desk(&seller.tag, item, VOLUME, u64::MAX).unwrap();
			Pallet::<T>::promise(&seller.meter, &slot, VOLUME, u32::MAX).unwrap();
		}
		fill_desk::<T>(&seller.tag, 1);
		let supply = Supply {
			slot: slot.start,
			volume: VOLUME,
			price: PRICE,
			line: FED_AT,
			smallest_fill: VOLUME,
			expires: None,
			meter: Some(seller.meter.clone()),
		};

		#[extrinsic_call]
		_(by::<T>(&seller.wallet), supply);

		assert!(Offers::<T>::contains_key(NEXT));
	}

	/// So many offers to look at, each by another seller; those of other people are for another slot.
	#[benchmark]
	fn respond(o: Linear<0, MAX_LOOKED_AT>) -> Result<(), BenchmarkError> {
		set_up_alone::<T>();
		ask::<T>(&buyer::<T>(), open::<T>());
		offers::<T>(o);
		let token = token::<T>();
		let service =
			T::ServiceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(service as T::RuntimeOrigin, REQUEST, token);

		let quoted = Requests::<T>::get(REQUEST).map_or(0, |it| it.quoted.len());
		assert_eq!(u32::try_from(quoted), Ok(o.min(MAX_QUOTES)));
		Ok(())
	}

	/// Late, so that the buyer is fined; all that he wanted and all of the offer, so that both are
	/// closed; with the last room on both desks.
	#[benchmark]
	fn pay() {
		set_up::<T>();
		let (buyer, seller) = (buyer::<T>(), seller::<T>());
		ask::<T>(&buyer, payable(true));
		Judged::<T>::insert(REQUEST, Some(Missed { volume: VOLUME, price: PRICE }));
		scene::offer::<T>(&seller);
		fill_desk::<T>(&buyer.tag, 1);
		fill_desk::<T>(&seller.tag, 1);
		fill_histories::<T>(NOW);
		T::BenchmarkHelper::weaken(&buyer.account);

		#[extrinsic_call]
		_(by::<T>(&account_of_key::<T>()), REQUEST, OFFER, VOLUME);

		assert!(Trades::<T>::contains_key(NEXT) && !Offers::<T>::contains_key(OFFER));
		let closed = Requests::<T>::get(REQUEST).map(|asked| (asked.state, asked.bond));
		assert_eq!(closed, Some((RequestState::Closed, 0)));
		assert!(is_blamed(&buyer));
	}

	/// All of the offer and of the request, so that both are closed; with the last room on both
	/// desks.
	#[benchmark]
	fn pay_in_time() {
		set_up::<T>();
		let (buyer, seller) = (buyer::<T>(), seller::<T>());
		ask::<T>(&buyer, payable(false));
		scene::offer::<T>(&seller);
		fill_desk::<T>(&buyer.tag, 1);
		fill_desk::<T>(&seller.tag, 1);

		#[extrinsic_call]
		pay(by::<T>(&account_of_key::<T>()), REQUEST, OFFER, VOLUME);

		assert!(Trades::<T>::contains_key(NEXT) && !Offers::<T>::contains_key(OFFER));
		assert!(!is_blamed(&buyer));
	}

	#[benchmark]
	fn start(s: Linear<6, { 2 * MAX_SENSORS }>) {
		let Scene { seller, slot, .. } = deal::<T>(TradeState::Paid);
		T::BenchmarkHelper::set_time(slot.gate);
		keep_sensors::<T>(s);
		fill_histories::<T>(slot.gate);

		#[extrinsic_call]
		_(by::<T>(&seller.wallet), TRADE);

		let started = Trades::<T>::get(TRADE).map(|trade| trade.state);
		assert!(matches!(started, Some(TradeState::Started { .. })));
	}

	#[benchmark]
	fn bill() {
		let Scene { seller, .. } = deal::<T>(TradeState::Delivered { delivery: short() });
		T::BenchmarkHelper::set_time(deadlines().bill_by);

		#[extrinsic_call]
		_(by::<T>(&seller.wallet), TRADE, DELIVERED, seller.wallet.clone());

		let billed = Trades::<T>::get(TRADE).map(|trade| trade.state);
		assert!(matches!(billed, Some(TradeState::Billed { .. })));
	}

	/// The seller delivered short and is blamed, the buyer gains.
	#[benchmark]
	fn confirm() {
		let Scene { buyer, seller, .. } = billed::<T>(short(), DELIVERED);
		T::BenchmarkHelper::set_time(deadlines().confirm_by);

		#[extrinsic_call]
		_(by::<T>(&buyer.wallet), TRADE);

		assert!(has_ended::<T>() && is_blamed(&seller));
	}

	/// The seller delivered what he sold, both gain, and neither owes anything.
	#[benchmark]
	fn confirm_clean() {
		let all = Delivery { excused: false, attested: Attested::Allotted(VOLUME) };
		let Scene { buyer, seller, .. } = billed::<T>(all, VOLUME);
		for Person { tag, .. } in [&buyer, &seller] {
			T::Credibility::paid(tag, T::Credibility::fines_due(tag));
		}
		T::BenchmarkHelper::set_time(deadlines().confirm_by);

		#[extrinsic_call]
		confirm(by::<T>(&buyer.wallet), TRADE);

		assert!(has_ended::<T>() && !is_blamed(&seller));
	}

	/// After the response, with as many quotes to judge by as there can be.
	#[benchmark]
	fn cancel_request() {
		let buyer = unpaid::<T>(false);

		#[extrinsic_call]
		_(by::<T>(&buyer.wallet), REQUEST);

		assert!(!Requests::<T>::contains_key(REQUEST) && is_blamed(&buyer));
	}

	#[benchmark]
	fn withdraw_offer() {
		set_up::<T>();
		let seller = seller::<T>();
		scene::offer::<T>(&seller);
		fill_desk::<T>(&seller.tag, 0);

		#[extrinsic_call]
		_(by::<T>(&seller.wallet), OFFER);

		assert!(!Offers::<T>::contains_key(OFFER));
	}

	#[benchmark]
	fn withdraw_trade() {
		let Scene { seller, .. } = deal::<T>(TradeState::Paid);

		#[extrinsic_call]
		_(by::<T>(&seller.wallet), TRADE);

		assert!(has_ended::<T>());
	}

	#[benchmark]
	fn contest() {
		let Scene { buyer, .. } = billed::<T>(short(), DELIVERED);
		T::BenchmarkHelper::set_time(deadlines().confirm_by);

		#[extrinsic_call]
		_(by::<T>(&buyer.wallet), TRADE, 0);

		let contested = Trades::<T>::get(TRADE).map(|trade| trade.state);
		assert!(matches!(contested, Some(TradeState::Contested { .. })));
	}

	/// Both are at fault: the buyer loses his bond, the seller is fined.
	#[benchmark]
	fn rule() -> Result<(), BenchmarkError> {
		let delivery = Delivery { excused: false, attested: Attested::Allotted(VOLUME) };
		let Scene { buyer, seller, .. } = contested::<T>(delivery, VOLUME);
		T::BenchmarkHelper::set_time(deadlines().rule_by);
		let ruling = Ruling { share: Permill::from_percent(10), fault: Fault::Both };
		let authority = authority::<T>()?;

		#[extrinsic_call]
		_(authority as T::RuntimeOrigin, TRADE, ruling);

		assert!(has_ended::<T>() && is_blamed(&buyer) && is_blamed(&seller));
		Ok(())
	}

	/// Twice as many old prices are forgotten.
	#[benchmark]
	fn set_grid_prices(p: Linear<1, MAX_GRID_PRICES>) {
		set_up::<T>();
		let grid: T::AccountId = account("grid", 0, 0);
		GridKey::<T>::put(&grid);
		GridPrices::<T>::remove(TAKEN_AT, Sorted::from(slot().start));
		for old in (1..=Moment::from(2 * MAX_GRID_PRICES)).map(|n| n * MINUTE) {
			GridPrices::<T>::insert(TAKEN_AT, Sorted::from(old), CAP);
		}
		let prices = BoundedVec::truncate_from(vec![CAP; p.try_into().unwrap()]);

		#[extrinsic_call]
		_(by::<T>(&grid), TAKEN_AT, slot().start, prices);

		let left = GridPrices::<T>::iter_key_prefix(TAKEN_AT).count();
		assert_eq!(u32::try_from(left), Ok(2 * MAX_GRID_PRICES - p));
	}

	#[benchmark]
	fn set_grid_key() -> Result<(), BenchmarkError> {
		let authority = authority::<T>()?;
		let grid: T::AccountId = account("grid", 0, 0);

		#[extrinsic_call]
		_(authority as T::RuntimeOrigin, Some(grid.clone()));

		assert_eq!(GridKey::<T>::get(), Some(grid));
		Ok(())
	}

	/// Another length of the delivery slot, for which the market must be idle.
	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		set_rules::<T>();
		let changed = Parameters { delivery_slot: 2 * MINUTE, ..parameters() };
		let authority = authority::<T>()?;

		#[extrinsic_call]
		_(authority as T::RuntimeOrigin, changed.clone());

		assert_eq!(Pallet::<T>::parameters(), changed);
		Ok(())
	}

	/// A block after an outage, which finds as many others as are remembered. Nothing is due.
	#[benchmark]
	fn agenda() {
		set_up::<T>();
		let to = NOW + 2 * parameters().outage;
		T::BenchmarkHelper::set_time(to);

		#[block]
		{
			Pallet::<T>::note_block();
			work_off_one::<T>();
		}

		let newest = Outages::<T>::get().last().map(|outage| outage.to);
		assert_eq!((newest, LastBlock::<T>::get()), (Some(to), to));
	}

	#[benchmark]
	fn entry_offer() {
		set_up_alone::<T>();
		let seller = seller::<T>();
		scene::offer::<T>(&seller);
		fill_desk::<T>(&seller.tag, 0);
		let expires = Offers::<T>::get(OFFER).map(|it| it.expires).unwrap_or_default();
		pass::<T>(expires);

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(!Offers::<T>::contains_key(OFFER));
	}

	/// A request that was not paid, judged by its quotes: each of another seller, together on all the
	/// lines, and only the last one could have been paid.
	#[benchmark]
	fn entry_judged() {
		unpaid::<T>(true);

		#[block]
		{
			work_off_one::<T>();
		}

		assert_eq!(
			Judged::<T>::get(REQUEST),
			Some(Some(Missed { volume: VOLUME, price: PRICE - 1 }))
		);
	}

	/// A request whose grace has passed: the buyer is fined.
	#[benchmark]
	fn entry_not_paid() -> Result<(), BenchmarkError> {
		let buyer = unpaid::<T>(true);
		let Some(RequestState::Responded { pay_by, late_by, .. }) =
			Requests::<T>::get(REQUEST).map(|asked| asked.state)
		else {
			return Err(BenchmarkError::Stop("the request was answered"));
		};
		Judged::<T>::insert(REQUEST, Some(Missed { volume: VOLUME, price: PRICE }));
		Pallet::<T>::unschedule(pay_by, Kind::Request, REQUEST);
		Pallet::<T>::schedule(late_by, Kind::Request, REQUEST);
		pass::<T>(late_by);

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(!Requests::<T>::contains_key(REQUEST) && is_blamed(&buyer));
		Ok(())
	}

	/// The sensors say that the seller could have started: he is fined.
	#[benchmark]
	fn entry_never_started() {
		let Scene { seller, slot, .. } = deal::<T>(TradeState::Paid);
		fill_histories::<T>(slot.end);
		pass::<T>(slot.end);

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(has_ended::<T>() && is_blamed(&seller));
	}

	#[benchmark]
	fn entry_slot_ended(s: Linear<6, { 2 * MAX_SENSORS }>) {
		let Scene { slot, .. } = deal::<T>(TradeState::Started { at: slot().gate });
		keep_sensors::<T>(s);
		fill_histories::<T>(slot.end);
		pass::<T>(slot.end);

		#[block]
		{
			work_off_one::<T>();
		}

		let delivered = Trades::<T>::get(TRADE).map(|trade| trade.state);
		assert!(matches!(delivered, Some(TradeState::Delivered { .. })));
	}

	#[benchmark]
	fn entry_meter_read() {
		let delivery = Delivery { excused: false, attested: Attested::Pending };
		let Scene { seller, slot, .. } = deal::<T>(TradeState::Delivered { delivery });
		T::BenchmarkHelper::fill_registers(&seller.meter, &slot, DELIVERED);
		pass::<T>(deadlines().meter_by);

		#[block]
		{
			work_off_one::<T>();
		}

		let delivered = Trades::<T>::get(TRADE).map(|trade| trade.state);
		assert_eq!(delivered, Some(TradeState::Delivered { delivery: short() }));
	}

	/// Short as well: the seller is fined for that.
	#[benchmark]
	fn entry_never_billed() {
		let Scene { seller, .. } = deal::<T>(TradeState::Delivered { delivery: short() });
		pass::<T>(deadlines().bill_by);

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(has_ended::<T>() && is_blamed(&seller));
	}

	/// Short as well: both are fined.
	#[benchmark]
	fn entry_never_confirmed() {
		let Scene { buyer, seller, .. } = billed::<T>(short(), DELIVERED);
		pass::<T>(deadlines().confirm_by);

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(has_ended::<T>() && is_blamed(&buyer) && is_blamed(&seller));
	}

	/// Short as well: the seller is fined for that.
	#[benchmark]
	fn entry_contest_unruled() {
		let Scene { seller, .. } = contested::<T>(short(), DELIVERED);
		pass::<T>(deadlines().rule_by);

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(has_ended::<T>() && is_blamed(&seller));
	}

	/// The request of somebody on the blacklist is found behind all his closed ones.
	#[benchmark]
	fn entry_blacklisted() {
		blacklisted::<T>();

		#[block]
		{
			work_off_one::<T>();
		}

		assert!(!Requests::<T>::contains_key(REQUEST));
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
