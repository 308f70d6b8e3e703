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
//! | [`Pallet::request`] | buyer in good standing | an open request with its shared wallet |
//! | [`Pallet::cancel_request`] | its buyer | no further fills; without any, funds back |
//! | [`Pallet::respond`] | MC's service | quotes and a certified shared wallet |
//! | [`Pallet::pay`] | the wallet's owner or key | a trade, its money locked |
//! | [`Pallet::start`] | seller, from gate to slot end | delivery on safe lines |
//! | [`Pallet::bill`] | seller | what was delivered and where the payout goes |
//! | [`Pallet::confirm`] | buyer | settled: the payout leaves, the rest is free again |
//!
//! Every deadline takes effect by itself, through the [agenda].
//!
//! ## Invariants
//!
//! * `available` of an offer never exceeds its volume, and what was sold from it plus what is
//!   available is that volume: nothing is promised twice.
//! * What is locked in the shared wallets is the sum of the trades' locked money.
//! * Each open request, offer and unsettled trade has exactly one entry in the agenda (a closed
//!   request none: its trades end it), and every entry belongs to one of them.
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

mod book;
mod offers;
mod requests;
mod settlement;
mod trades;
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use parameters::Parameters;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::{
		agenda::{Entry, Sorted},
		parameters::Parameters,
		types::*,
		WeightInfo,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use voltree_primitives::{
		Balance, Clock, Credibility, Devices, Directory, Escrow, IdentityTag, LineId, LineSafety,
		Moment, OfferId, Registers, RequestId, Standing, TradeId, WattHours,
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
	}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// The parameters in force.
	#[pallet::storage]
	pub type MarketParameters<T: Config> = StorageValue<_, Parameters, ValueQuery>;

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

	/// Requests that have not ended.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, Request<T::AccountId>>;

	/// What the management centre's response showed the buyer.
	#[pallet::storage]
	pub type Responses<T: Config> =
		StorageMap<_, Twox64Concat, RequestId, Quotes<T::AccountId>, ValueQuery>;

	/// Of a request whose payment date has passed: the smallest fill of an eligible offer that stood
	/// until then, if there was one.
	#[pallet::storage]
	pub type Judged<T: Config> = StorageMap<_, Twox64Concat, RequestId, Option<WattHours>>;

	/// Open offers.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Twox64Concat, OfferId, Offer<T::AccountId>>;

	/// The order book: open offers of a slot and line, the cheapest first.
	// Identity: the second key is a price and one of our numbers; its order in the trie is the point.
	#[pallet::storage]
	pub type Book<T: Config> =
		StorageDoubleMap<_, Twox64Concat, (Moment, LineId), Identity, (Sorted<16>, Sorted<8>), ()>;

	/// How many offers a tag has open for a line and slot.
	#[pallet::storage]
	pub type OpenOffers<T: Config> =
		StorageMap<_, Blake2_128Concat, (IdentityTag, LineId, Moment), u8, ValueQuery>;

	/// Trades that are not settled.
	#[pallet::storage]
	pub type Trades<T: Config> = StorageMap<_, Twox64Concat, TradeId, Trade<T::AccountId>>;

	/// Meters and slots with trades that wait for their allotment.
	#[pallet::storage]
	pub type MeterSlots<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, Moment), MeterSlot, ValueQuery>;

	/// Deadlines to come, the earliest first.
	// Identity: see the module `agenda`.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<_, Identity, Entry, ()>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Parameters of the market.
		pub parameters: Parameters,
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
			MarketParameters::<T>::put(&self.parameters);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A buyer asks for power. Sellers answer with offers.
		Requested {
			request: RequestId,
			buyer: T::AccountId,
			tag: IdentityTag,
			demand: Demand<T::AccountId>,
		},
		/// A seller proposes power.
		Offered {
			offer: OfferId,
			seller: T::AccountId,
			tag: IdentityTag,
			supply: Supply<T::AccountId>,
		},
		/// An offer is no longer open; `unsold` Wh were left.
		OfferClosed { offer: OfferId, unsold: WattHours },
		/// The management centre certified the shared wallet of a request.
		Responded { request: RequestId, quotes: u32, pay_by: Moment, late_by: Moment },
		/// A fill was paid: its money is locked.
		Paid {
			trade: TradeId,
			request: RequestId,
			offer: OfferId,
			volume: WattHours,
			amount: Balance,
			late: bool,
		},
		/// Delivery began on safe lines.
		Started { trade: TradeId },
		/// The meters were read for a trade.
		Metered { trade: TradeId, attested: Attested },
		/// The seller sent the bill.
		Billed { trade: TradeId, billed: WattHours, payee: T::AccountId },
		/// A trade ended: `delivered` Wh were paid with `payout`, the rest went back.
		Settled {
			trade: TradeId,
			request: RequestId,
			outcome: Outcome,
			delivered: WattHours,
			payout: Balance,
			refund: Balance,
		},
		/// The payout could reach neither payee nor seller, whose accounts no longer exist and
		/// would be too poor to; it went back to the buyer.
		PayoutReturned { trade: TradeId, amount: Balance },
		/// A request ended; its shared wallet is closed.
		RequestEnded { request: RequestId, ending: Ending },
		/// The authority set the parameters.
		ParametersSet { parameters: Parameters },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no open request of this number.
		RequestNotFound,
		/// There is no open offer of this number: sold, withdrawn, expired or never made.
		OfferNotFound,
		/// There is no unsettled trade of this number.
		TradeNotFound,
		/// The caller is not the buyer.
		NotBuyer,
		/// The caller is not the seller.
		NotSeller,
		/// The slot does not start at a multiple of the delivery slot's length.
		NotASlot,
		/// The slot's gate, or the deadline of this step, has passed.
		TooLate,
		/// It is too early for this step. Wait for the gate, the slot's end, or `meter_by`.
		TooEarly,
		/// The slot lies beyond the horizon.
		BeyondHorizon,
		/// Too little time is left before the gate for offers, response and payment.
		TooCloseToGate,
		/// The volume is zero, below the smallest fill, or more than what is left.
		InvalidVolume,
		/// The price lies outside floor and cap.
		PriceOutOfRange,
		/// The line is not registered, given twice, or none is given.
		InvalidLine,
		/// The meter is not registered for the caller's tag on that line.
		InvalidMeter,
		/// The caller's tag has a meter on this line: sell by it.
		MeterRequired,
		/// The tag has four open offers for this line and slot already.
		TooManyOffers,
		/// The buyer has no money on any account or linked wallet.
		NoFunds,
		/// The request has been answered already.
		AlreadyResponded,
		/// The management centre has not responded to the request yet.
		NotResponded,
		/// The request takes no more fills.
		RequestClosed,
		/// The request has eight fills already.
		TooManyFills,
		/// The offer is for another slot.
		OtherSlot,
		/// The request does not accept power from the offer's line.
		LineNotAccepted,
		/// Buyer and seller are the same person.
		SelfTrade,
		/// The offer is dearer than the request's highest price.
		TooExpensive,
		/// The seller's credit is below what the request asks for.
		CreditTooLow,
		/// The seller may not open business now: certificate, blacklist or fines.
		SellerNotInGoodStanding,
		/// Fewer than three other owners have sensors on one of the two lines.
		TooFewSensors,
		/// The payment date or the validity in the token does not fit the request.
		InvalidTerms,
		/// Delivery was started already.
		AlreadyStarted,
		/// Delivery was not started, so there is nothing to bill.
		NotStarted,
		/// The sensors do not call both lines safe.
		LineUnsafe,
		/// The bill exceeds what the registers attest or what was traded.
		ExceedsDelivery,
		/// The payee is neither the seller's account nor one of his linked wallets.
		NotAWallet,
		/// The payee's account does not exist, so it might not be payable.
		PayeeNotAlive,
		/// The trade was billed already.
		AlreadyBilled,
		/// The trade was not billed yet, so there is nothing to confirm.
		NotBilled,
		/// A parameter is out of range, or two of them do not fit together: see [`Parameters`].
		InvalidParameters,
		/// The delivery slot's length cannot change while a request, offer or trade is open: slots of
		/// two lengths would overlap. Wait until all have ended.
		DeliverySlotInUse,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Ask for power, with `key` as the public key of the shared wallet, and put `funding`
		/// (smallest unit; may be 0) into it.
		///
		/// Origin: signed by a buyer in good standing. Emits [`Event::Requested`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::request())]
		pub fn request(
			origin: OriginFor<T>,
			demand: Demand<T::AccountId>,
			key: T::AccountId,
			#[pallet::compact] funding: Balance,
		) -> DispatchResult {
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
		#[pallet::weight(T::WeightInfo::respond())]
		pub fn respond(
			origin: OriginFor<T>,
			#[pallet::compact] request: RequestId,
			token: <T::Escrow as Escrow<T::AccountId>>::SignedToken,
		) -> DispatchResult {
			T::ServiceOrigin::ensure_origin(origin)?;
			Self::do_respond(request, token)
		}

		/// Take `volume` Wh of offer `offer` for request `request` and lock the amount.
		///
		/// Origin: signed by the shared wallet's owner or its key. Emits [`Event::Paid`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::pay())]
		pub fn pay(
			origin: OriginFor<T>,
			#[pallet::compact] request: RequestId,
			#[pallet::compact] offer: OfferId,
			#[pallet::compact] volume: WattHours,
		) -> DispatchResult {
			Self::do_pay(&ensure_signed(origin)?, request, offer, volume)
		}

		/// Begin delivery of trade `trade`.
		///
		/// Origin: signed by its seller, between gate and slot end, while both lines are safe.
		/// Emits [`Event::Started`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::start())]
		pub fn start(origin: OriginFor<T>, #[pallet::compact] trade: TradeId) -> DispatchResult {
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
		pub fn confirm(origin: OriginFor<T>, #[pallet::compact] trade: TradeId) -> DispatchResult {
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

		/// Set the market's parameters. Requests, offers and trades keep the terms they were made
		/// under.
		///
		/// Origin: the management centre's authority. Emits [`Event::ParametersSet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
			T::AuthorityOrigin::ensure_origin(origin)?;
			ensure!(parameters.is_valid(), Error::<T>::InvalidParameters);
			let length = MarketParameters::<T>::get().delivery_slot;
			ensure!(
				parameters.delivery_slot == length || Self::is_idle(),
				Error::<T>::DeliverySlotInUse
			);
			MarketParameters::<T>::put(&parameters);
			Self::deposit_event(Event::ParametersSet { parameters });
			Ok(())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			// A quarter of a block, so that users' extrinsics always find room.
			let limit = T::BlockWeights::get().max_block.checked_div(4).unwrap_or_default();
			Self::work_off_agenda(limit)
		}

		fn integrity_test() {
			let quarter = T::BlockWeights::get().max_block.checked_div(4).unwrap_or_default();
			let needed = T::WeightInfo::agenda().saturating_add(T::WeightInfo::agenda_entry());
			assert!(needed.all_lte(quarter), "a quarter of a block must hold one agenda entry");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
