//! # Market
//!
//! Requests, offers and trades: the state machine that joins the other pallets (section 3 of
//! DESIGN.md, section 3.1 of the paper).
//!
//! ```text
//! request -> [offer window] -> respond -> (fund) pay -> gate -> [slot: start] -> meters -> bill -> confirm
//!            pay_by = response + pay period < late_by <= gate = slot start - lead
//!            then meter_by, bill_by, confirm_by, rule_by after the slot
//! ```
//!
//! | Call | Who | Leads to |
//! |---|---|---|
//! | [`Pallet::offer`] | seller in good standing | an open offer |
//! | [`Pallet::withdraw_offer`] | its seller | the unsold part is gone; what is paid goes on |
//! | [`Pallet::withdraw_trade`] | its seller, before the gate | refund, half a fine and the buyer's loss |
//! | [`Pallet::request`] | buyer in good standing | an open request with its shared wallet |
//! | [`Pallet::cancel_request`] | its buyer | no further fills; without any, funds back |
//! | [`Pallet::respond`] | MC's service | quotes and a certified shared wallet |
//! | [`Pallet::pay`] | the wallet's owner or key | a trade, its money locked |
//! | [`Pallet::start`] | seller, from gate to slot end | delivery on safe lines |
//! | [`Pallet::bill`] | seller | what was delivered and where the payout goes |
//! | [`Pallet::confirm`] | buyer | settled: the payout leaves, the rest is free again |
//! | [`Pallet::contest`] | buyer, with a bond | a ruling is waited for |
//! | [`Pallet::rule`] | the authority | settled by a share of what is payable |
//! | [`Pallet::set_grid_prices`] | the grid's key | what a seller who does not deliver owes for |
//! | [`Pallet::set_grid_key`], [`Pallet::set_parameters`] | the authority | other rules |
//!
//! Every deadline takes effect by itself, through the [agenda]. Whose fault a trade's failure is, and
//! what it costs, is in `faults`; what happens when nobody agrees in `disputes`; how the time in which
//! the chain stood still counts in `outages`; how much may be promised in `desk` and `promises`.
//!
//! ## Invariants
//!
//! * `available` of an offer never exceeds its volume, and what was sold from it plus what is
//!   available is that volume: nothing is promised twice.
//! * What is locked in the shared wallets is the sum of the trades' locked money.
//! * Each open request, offer and unsettled trade has exactly one entry in the agenda (a closed
//!   request none: its trades end it), and every entry belongs to one of them.
//! * What is promised of a meter, fed into a line or taken from it in a slot never exceeds what they
//!   can carry, as it was when it was promised.
//! * A desk lists what its tag has open, and the energy of it.
//! * The energy allotted to the trades of a meter and slot never exceeds what its registers say.
//! * What has ended leaves storage.

#![cfg_attr(not(feature = "std"), no_std)]
// `expect_used` and `as_conversions` are left out: they fire inside what FRAME's macros write.
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

pub mod agenda;
pub mod parameters;
pub mod runtime_api;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
pub mod migrations;

mod book;
mod desk;
mod disputes;
mod errors;
mod events;
mod faults;
mod grid;
mod offers;
mod outages;
mod promises;
mod reads;
mod requests;
mod settlement;
mod trades;
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use parameters::Parameters;
pub use types::*;
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::{
		agenda::{Entry, Sorted, READ_IN_EVERY_BLOCK},
		parameters::Parameters,
		types::*,
		WeightInfo,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::UniqueSaturatedInto;
	use voltree_primitives::{
		Balance, Clock, Credibility, Devices, Directory, Escrow, IdentityTag, LineId, LineSafety,
		Moment, OfferId, Price, Registers, RequestId, Standing, TradeId, Versioned, WattHours,
		MAX_SENSORS, MAX_WALLETS,
	};

	#[pallet::config]
	pub trait Config: frame_system::Config {
		// Primitives
		type WeightInfo: WeightInfo;

		// Origins
		/// The management centre's service.
		type ServiceOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;
		/// The management centre's authority.
		type AuthorityOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		// Dependencies
		/// Chain time.
		type Clock: Clock;
		/// Who is who.
		type Directory: Directory<Self::AccountId>;
		/// Lines and meters.
		type Devices: Devices<Self::AccountId>;
		/// Who may open business.
		type Standing: Standing<Self::AccountId>;
		/// Credit and compliance.
		type Credibility: Credibility;
		/// Shared wallets.
		type Escrow: Escrow<Self::AccountId, SignedToken: Parameter>;
		/// Whether power may flow.
		type LineSafety: LineSafety;
		/// What the meters say.
		type Registers: Registers<Self::AccountId>;

		// Parameters
		/// The notice that changes of parameters take: two delivery slots.
		type Notice: Get<Moment>;
		/// Makes people, devices and weather for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self>;
	}

	/// Version of the stored layout; see [`crate::migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The parameters in force, and those announced.
	#[pallet::storage]
	pub type MarketParameters<T: Config> = StorageValue<_, Versioned<Parameters>, ValueQuery>;

	/// Number of the next request.
	#[pallet::storage]
	pub type NextRequest<T: Config> = StorageValue<_, RequestId, ValueQuery>;

	/// Number of the next offer.
	#[pallet::storage]
	pub type NextOffer<T: Config> = StorageValue<_, OfferId, ValueQuery>;

	/// Number of the next trade.
	#[pallet::storage]
	pub type NextTrade<T: Config> = StorageValue<_, TradeId, ValueQuery>;

	// Twox below: the numbers and slots are ours, not chosen by users.

	/// Requests that have not ended, each with what was quoted.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, Request<T::AccountId>>;

	/// Of a request whose payment date has passed: the smallest fill of an eligible offer that stood
	/// until then, if there was one.
	#[pallet::storage]
	pub type Judged<T: Config> = StorageMap<_, Twox64Concat, RequestId, Option<Missed>>;

	/// Open offers.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Twox64Concat, OfferId, Offer<T::AccountId>>;

	/// The order book: open offers of a slot and line, the cheapest first.
	// Identity: the second key is a price and one of our numbers; its order in the trie is the point.
	#[pallet::storage]
	pub type Book<T: Config> =
		StorageDoubleMap<_, Twox64Concat, (Moment, LineId), Identity, (Sorted<16>, Sorted<8>), ()>;

	/// What a tag has open.
	// Identity: a tag is a keyed hash made by the management centre, nobody else chooses it.
	#[pallet::storage]
	pub type Desks<T: Config> = StorageMap<_, Identity, IdentityTag, Desk, ValueQuery>;

	/// Tags that came on the blacklist and have open business that is still to be closed.
	#[pallet::storage]
	pub type Closing<T: Config> = StorageMap<_, Identity, IdentityTag, ()>;

	/// What trades load on a line in a slot.
	#[pallet::storage]
	pub type LineLoads<T: Config> =
		StorageDoubleMap<_, Twox64Concat, LineId, Twox64Concat, Moment, Load, ValueQuery>;

	/// Trades that are not settled.
	#[pallet::storage]
	pub type Trades<T: Config> = StorageMap<_, Twox64Concat, TradeId, Trade<T::AccountId>>;

	/// What is promised of a meter in a slot, and its trades that wait for their allotment.
	#[pallet::storage]
	pub type MeterSlots<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, Moment), MeterSlot, ValueQuery>;

	/// Deadlines to come, the earliest first.
	// Identity: see the module `agenda`.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<_, Identity, Entry, ()>;

	/// Who says what the grid's power costs.
	#[pallet::storage]
	pub type GridKey<T: Config> = StorageValue<_, T::AccountId>;

	/// Prices of the grid's power by line and start of the slot.
	// Identity: starts of slots, whose order in the trie is the point.
	#[pallet::storage]
	pub type GridPrices<T: Config> =
		StorageDoubleMap<_, Twox64Concat, LineId, Identity, Sorted<8>, Price>;

	/// Chain time of the newest block.
	#[pallet::storage]
	pub type LastBlock<T: Config> = StorageValue<_, Moment, ValueQuery>;

	/// Outages that may still move deadlines, the oldest first.
	#[pallet::storage]
	pub type Outages<T: Config> =
		StorageValue<_, BoundedVec<Outage, ConstU32<MAX_OUTAGES>>, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Parameters of the market.
		pub parameters: Parameters,
		/// Who says what the grid's power costs. Without one no loss can be proven.
		pub grid_key: Option<T::AccountId>,
		/// The runtime this belongs to.
		#[serde(skip)]
		pub runtime: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(
				self.parameters.is_valid(),
				"market.parameters are out of range: see Parameters"
			);
			MarketParameters::<T>::put(Versioned::new(self.parameters.clone()));
			GridKey::<T>::set(self.grid_key.clone());
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Ask for power, with `key` as the public key of the shared wallet, and put `funding`
		/// (smallest unit; may be 0) into it.
		///
		/// Origin: signed by a buyer in good standing. Emits [`Event::Requested`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::request(MAX_WALLETS))]
		pub fn request(
			origin: OriginFor<T>,
			demand: Demand<T::AccountId>,
			key: T::AccountId,
			#[pallet::compact] funding: Balance,
		) -> DispatchResultWithPostInfo {
			Self::do_request(&ensure_signed(origin)?, demand, key, funding)
		}

		/// Propose power.
		///
		/// Origin: signed by a seller in good standing. Emits [`Event::Offered`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::offer())]
		pub fn offer(origin: OriginFor<T>, supply: Supply<T::AccountId>) -> DispatchResult {
			Self::do_offer(&ensure_signed(origin)?, supply)
		}

		/// Answer request `request`: quotes are made, and the shared wallet is certified with the
		/// first token, whose payment date counts.
		///
		/// Origin: the management centre's service, once the open offers suffice or the offer
		/// window has ended. Emits [`Event::Responded`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::respond(MAX_LOOKED_AT))]
		pub fn respond(
			origin: OriginFor<T>,
			#[pallet::compact] request: RequestId,
			token: <T::Escrow as Escrow<T::AccountId>>::SignedToken,
		) -> DispatchResultWithPostInfo {
			T::ServiceOrigin::ensure_origin(origin)?;
			Self::do_respond(request, token)
		}

		/// Take `volume` Wh of offer `offer` for request `request` and lock the amount.
		///
		/// Where the seller's bond, his desk, a line's capacity or its sensors do not allow even the
		/// offer's smallest fill, the call succeeds without a trade and emits
		/// [`Event::PaymentImpossible`] with the reason: the buyer is not blamed for not paying it.
		///
		/// Origin: signed by the shared wallet's owner or its key. Emits [`Event::Paid`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::pay())]
		pub fn pay(
			origin: OriginFor<T>,
			#[pallet::compact] request: RequestId,
			#[pallet::compact] offer: OfferId,
			#[pallet::compact] volume: WattHours,
		) -> DispatchResultWithPostInfo {
			Self::do_pay(&ensure_signed(origin)?, request, offer, volume)
		}

		/// Begin delivery of trade `trade`.
		///
		/// Origin: signed by its seller, between gate and slot end, while both lines are safe.
		/// Emits [`Event::Started`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::start(MAX_SENSORS.saturating_mul(2)))]
		pub fn start(
			origin: OriginFor<T>,
			#[pallet::compact] trade: TradeId,
		) -> DispatchResultWithPostInfo {
			Self::do_start(&ensure_signed(origin)?, trade)
		}

		/// Bill `delivered` Wh of trade `trade`, payable to `payee`, a linked wallet or the account
		/// of the seller.
		///
		/// Origin: signed by its seller, by `bill_by`; metered trades after `meter_by`, others after
		/// the slot. Emits [`Event::Billed`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::bill())]
		pub fn bill(
			origin: OriginFor<T>,
			#[pallet::compact] trade: TradeId,
			#[pallet::compact] delivered: WattHours,
			payee: T::AccountId,
		) -> DispatchResult {
			Self::do_bill(&ensure_signed(origin)?, trade, delivered, payee)
		}

		/// Confirm what was billed for trade `trade`: it settles at once.
		///
		/// Origin: signed by its buyer, by `confirm_by`. Emits [`Event::Settled`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::confirm())]
		pub fn confirm(
			origin: OriginFor<T>,
			#[pallet::compact] trade: TradeId,
		) -> DispatchResultWithPostInfo {
			Self::do_confirm(&ensure_signed(origin)?, trade)
		}

		/// Take no more fills for request `request`. Without any fill it ends, funds back; after the
		/// response that counts as not paid if an eligible offer stands.
		///
		/// Origin: signed by its buyer. Emits [`Event::RequestEnded`] if it ends.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::cancel_request())]
		pub fn cancel_request(
			origin: OriginFor<T>,
			#[pallet::compact] request: RequestId,
		) -> DispatchResult {
			Self::do_cancel_request(&ensure_signed(origin)?, request)
		}

		/// Withdraw the unsold part of offer `offer`. What is paid goes on.
		///
		/// Origin: signed by its seller. Emits [`Event::OfferClosed`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::withdraw_offer())]
		pub fn withdraw_offer(
			origin: OriginFor<T>,
			#[pallet::compact] offer: OfferId,
		) -> DispatchResult {
			Self::do_withdraw_offer(&ensure_signed(origin)?, offer)
		}

		/// Announce parameters of the market, in force after two delivery slots. Requests, offers and
		/// trades keep the terms they were made under. Another length of the delivery slot needs a
		/// market in which nothing is open, and is in force at once.
		///
		/// Origin: the management centre's authority. Emits [`Event::ParametersSet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_set_parameters(parameters)
		}

		/// Withdraw trade `trade`, which is paid but not started: the buyer has his money back at
		/// once, the seller pays half a fine and what the buyer provably loses.
		///
		/// Origin: signed by its seller, before the gate. Emits [`Event::Settled`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::withdraw_trade())]
		pub fn withdraw_trade(
			origin: OriginFor<T>,
			#[pallet::compact] trade: TradeId,
		) -> DispatchResult {
			Self::do_withdraw_trade(&ensure_signed(origin)?, trade)
		}

		/// Contest trade `trade`: only `received` Wh arrived. A bond of the smallest fine is put on
		/// hold; it goes to the seller if the ruling is above what you say.
		///
		/// Origin: signed by its buyer, by `confirm_by`, once it is billed or its meter was read.
		/// Emits [`Event::Contested`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::contest())]
		pub fn contest(
			origin: OriginFor<T>,
			#[pallet::compact] trade: TradeId,
			#[pallet::compact] received: WattHours,
		) -> DispatchResult {
			Self::do_contest(&ensure_signed(origin)?, trade, received)
		}

		/// Rule about trade `trade`, which is contested, or unmetered and not confirmed: which share
		/// of what is payable goes to the seller, and whose fault it was. It settles at once.
		///
		/// Origin: the management centre's authority, by `rule_by`. Emits [`Event::Ruled`] and
		/// [`Event::Settled`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::rule())]
		pub fn rule(
			origin: OriginFor<T>,
			#[pallet::compact] trade: TradeId,
			ruling: Ruling,
		) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			Self::do_rule(trade, ruling)
		}

		/// Say what the grid's power costs on line `line`, in smallest units per kWh, in the slot that
		/// starts at `first` and in those after it. Once said it does not change.
		///
		/// Origin: signed by the grid's key, before the gate of `first`. Emits
		/// [`Event::GridPricesSet`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::set_grid_prices(prices.len().unique_saturated_into()))]
		pub fn set_grid_prices(
			origin: OriginFor<T>,
			#[pallet::compact] line: LineId,
			#[pallet::compact] first: Moment,
			prices: BoundedVec<Price, ConstU32<MAX_GRID_PRICES>>,
		) -> DispatchResult {
			Self::do_set_grid_prices(&ensure_signed(origin)?, line, first, prices)
		}

		/// Name the account that says what the grid's power costs; `None` for nobody.
		///
		/// Origin: the management centre's authority. Emits [`Event::GridKeySet`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::set_grid_key())]
		pub fn set_grid_key(origin: OriginFor<T>, key: Option<T::AccountId>) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			GridKey::<T>::set(key.clone());
			Self::deposit_event(Event::GridKeySet { key });
			Ok(())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			// A quarter of a block, so that users' extrinsics always find room.
			let limit = T::BlockWeights::get().max_block.checked_div(4).unwrap_or_default();
			Self::note_block();
			T::DbWeight::get().reads(READ_IN_EVERY_BLOCK).saturating_add(Self::work_off(limit))
		}

		fn integrity_test() {
			let quarter = T::BlockWeights::get().max_block.checked_div(4).unwrap_or_default();
			let needed = T::WeightInfo::agenda()
				.saturating_add(crate::agenda::dearest_entry::<T::WeightInfo>());
			assert!(needed.all_lte(quarter), "a quarter of a block must hold one agenda entry");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
