//! The books, kept from the chain's events alone: what they add up to has to be what is stored.

use super::seen::Seen;
use pallet_market::{Attested, Event as MarketEvent, Supply, Trades};
use std::collections::{BTreeMap, BTreeSet};
use voltree_primitives::{
	amount, Balance, Cause, Credit, IdentityTag, Moment, OfferId, Price, RequestId, TradeId,
	WattHours,
};
use voltree_runtime::{AccountId, Market, Runtime, RuntimeEvent};

/// A tag, as its events tell.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
struct Standing {
	credit: Credit,
	timely: u32,
	untimely: u32,
	trades: u64,
	due: Balance,
}

/// An offer, as its events tell.
struct Offered {
	tag: IdentityTag,
	supply: Supply<AccountId>,
	/// When its slot ends.
	end: Moment,
	sold: WattHours,
}

/// A trade, as its events tell.
struct Dealt {
	request: RequestId,
	tags: [IdentityTag; 2],
	volume: WattHours,
	price: Price,
	locked: Balance,
	meter: Option<AccountId>,
	slot: (Moment, Moment),
	attested: Option<Attested>,
	billed: Option<WattHours>,
}

/// The books.
#[derive(Default)]
pub struct Ledger {
	standing: BTreeMap<IdentityTag, Standing>,
	requests: BTreeMap<RequestId, IdentityTag>,
	offers: BTreeMap<OfferId, Offered>,
	/// Offers that were closed by the present call, with what was left: the event of the fill that
	/// closed one comes after.
	closed: BTreeMap<OfferId, (Offered, WattHours)>,
	trades: BTreeMap<TradeId, Dealt>,
	/// What each meter has exported at each boundary, as the oracle took it.
	registers: BTreeMap<AccountId, BTreeMap<Moment, WattHours>>,
	/// What was sold of a meter and slot.
	sold: BTreeMap<(AccountId, Moment), WattHours>,
	/// Issued less burned.
	pub issuance: Balance,
}

impl Ledger {
	/// The books of a chain on which nothing has happened yet.
	pub fn open() -> Self {
		let standing = pallet_credibility::Scores::<Runtime>::iter()
			.map(|(tag, score)| (tag, Standing { credit: score.credit, ..Default::default() }))
			.collect();
		let issuance = pallet_balances::TotalIssuance::<Runtime>::get();
		Self { standing, issuance, ..Default::default() }
	}

	/// Numbers of what is open.
	pub fn requests(&self) -> impl ExactSizeIterator<Item = RequestId> + '_ {
		self.requests.keys().copied()
	}

	/// Numbers of what is open.
	pub fn offers(&self) -> impl ExactSizeIterator<Item = OfferId> + '_ {
		self.offers.keys().copied()
	}

	/// Numbers of what is open.
	pub fn trades(&self) -> impl ExactSizeIterator<Item = TradeId> + '_ {
		self.trades.keys().copied()
	}

	/// Note an event.
	pub fn note(&mut self, event: &RuntimeEvent, seen: &mut Seen) {
		match event {
			RuntimeEvent::Market(event) => self.note_market(event, seen),
			RuntimeEvent::Credibility(event) => self.note_credibility(event, seen),
			RuntimeEvent::SharedWallet(pallet_shared_wallet::Event::Issued { amount, .. }) => {
				self.issuance += amount;
			}
			RuntimeEvent::SharedWallet(pallet_shared_wallet::Event::Burned { amount, .. }) => {
				self.issuance -= amount;
			}
			// Anybody may burn his own money.
			RuntimeEvent::Balances(pallet_balances::Event::Burned { amount, .. }) => {
				self.issuance -= amount;
			}
			RuntimeEvent::Registry(pallet_registry::Event::DeviceRemoved { device, .. }) => {
				self.registers.remove(device);
			}
			RuntimeEvent::SensorOracle(pallet_sensor_oracle::Event::RegisterReported {
				meter,
				boundary,
				export,
				..
			}) => {
				let book = self.registers.entry(meter.clone()).or_default();
				assert_eq!(book.insert(*boundary, *export), None, "a boundary is reported once");
			}
			_ => (),
		}
	}

	/// All events of a call have been noted.
	pub fn call_ends(&mut self) {
		for (Offered { supply, sold, .. }, unsold) in std::mem::take(&mut self.closed).into_values()
		{
			assert_eq!(sold + unsold, supply.volume, "sold and unsold make the offer");
		}
	}

	fn note_market(&mut self, event: &MarketEvent<Runtime>, seen: &mut Seen) {
		match event {
			MarketEvent::Requested { request, tag, .. } => {
				assert_eq!(self.requests.insert(*request, *tag), None, "its number is new");
			}
			MarketEvent::RequestEnded { request, ending } => {
				self.requests.remove(request).expect("a request ends once");
				seen.ending(*ending);
			}
			MarketEvent::Offered { offer, tag, supply, .. } => {
				let end = supply.slot + Market::parameters().delivery_slot;
				let offered = Offered { tag: *tag, supply: supply.clone(), end, sold: 0 };
				assert!(self.offers.insert(*offer, offered).is_none(), "its number is new");
			}
			MarketEvent::OfferClosed { offer, unsold } => {
				let offered = self.offers.remove(offer).expect("an offer is closed once");
				self.closed.insert(*offer, (offered, *unsold));
			}
			MarketEvent::Paid { trade, request, offer, volume, amount: locked, .. } => {
				let closed = self.closed.get_mut(offer).map(|(offered, _)| offered);
				let offered = closed.or_else(|| self.offers.get_mut(offer));
				let Offered { tag, supply, end, sold } = offered.expect("what is paid is on offer");
				*sold += volume;
				assert!(*sold <= supply.volume, "nothing is promised twice");
				assert_eq!(amount(*volume, supply.price), Some(*locked), "rounded up");
				let dealt = Dealt {
					request: *request,
					tags: [self.requests[request], *tag],
					volume: *volume,
					price: supply.price,
					locked: *locked,
					meter: supply.meter.clone(),
					slot: (supply.slot, *end),
					attested: None,
					billed: None,
				};
				assert!(self.trades.insert(*trade, dealt).is_none(), "its number is new");
			}
			MarketEvent::Metered { trade, attested } => self.note_metered(*trade, *attested),
			MarketEvent::Billed { trade, billed, .. } => {
				let dealt = self.trades.get_mut(trade).expect("what is billed is not settled");
				assert_eq!(dealt.billed.replace(*billed), None, "a trade is billed once");
			}
			MarketEvent::Settled { trade, request, outcome, delivered, payout, refund } => {
				seen.outcome(*outcome);
				let dealt = self.trades.remove(trade).expect("a trade is settled once");
				assert_eq!(dealt.request, *request);
				dealt.check_settled(*delivered, *payout, *refund);
				for tag in dealt.tags {
					self.standing.get_mut(&tag).expect("parties are known").trades += 1;
				}
			}
			_ => (),
		}
	}

	/// Energy sold per meter and slot never exceeds what the oracle's registers say.
	fn note_metered(&mut self, trade: TradeId, attested: Attested) {
		let dealt = self.trades.get_mut(&trade).expect("what is metered is not settled");
		assert_eq!(dealt.attested.replace(attested), None, "a trade is metered once");
		let meter = dealt.meter.clone().expect("what is metered has a meter");
		let (start, end) = dealt.slot;
		let exported = self.registers.get(&meter).and_then(|book| {
			let at = |boundary| book.get(boundary).copied();
			at(&end)?.checked_sub(at(&start)?)
		});
		match attested {
			Attested::Allotted(energy) => {
				assert!(energy <= dealt.volume, "allotted more than traded");
				let sold = self.sold.entry((meter, start)).or_default();
				*sold += energy;
				assert!(Some(*sold) <= exported, "sold {sold} Wh of {exported:?} Wh");
			}
			Attested::Silent => assert_eq!(exported, None, "a meter that spoke is not silent"),
			other => panic!("a meter cannot attest {other:?}"),
		}
	}

	fn of(&mut self, tag: &IdentityTag) -> &mut Standing {
		self.standing.get_mut(tag).expect("it was enrolled")
	}

	fn note_credibility(&mut self, event: &pallet_credibility::Event<Runtime>, seen: &mut Seen) {
		use pallet_credibility::Event;
		match event {
			Event::Enrolled { tag, credit } => {
				let new = Standing { credit: *credit, ..Default::default() };
				assert_eq!(self.standing.insert(*tag, new), None, "a tag is enrolled once");
			}
			Event::Counted { tag, timely, untimely, cause } => {
				seen.cause(*cause);
				let standing = self.of(tag);
				if matches!(cause, Cause::PaidInTime | Cause::Delivered) {
					standing.timely += 1;
				} else {
					standing.untimely += 1;
				}
				assert_eq!((*timely, *untimely), (standing.timely, standing.untimely));
			}
			Event::CreditChanged { tag, before, after, volume, .. } => {
				let standing = self.of(tag);
				assert_eq!(std::mem::replace(&mut standing.credit, *after), *before);
				assert!(*volume > 0 && after <= before, "what is untimely takes credit");
			}
			Event::CreditGained { tag, before, after, .. }
			| Event::CreditReinstated { tag, before, after } => {
				let standing = self.of(tag);
				assert_eq!(std::mem::replace(&mut standing.credit, *after), *before);
				assert!(after > before, "a gain lifts credit");
			}
			Event::FineDue { tag, amount, due } => {
				let standing = self.of(tag);
				standing.due += amount;
				assert_eq!(standing.due, *due);
			}
			Event::FinePaid { tag, amount, due } => {
				let standing = self.of(tag);
				standing.due -= amount;
				assert_eq!(standing.due, *due);
			}
			_ => (),
		}
	}

	/// Compare the books with what is stored.
	pub fn check(&self) {
		let stored = pallet_credibility::Scores::<Runtime>::iter()
			.map(|(tag, score)| {
				let standing = Standing {
					credit: score.credit,
					timely: score.record.timely,
					untimely: score.record.untimely,
					trades: score.record.trades,
					due: score.fines_due,
				};
				(tag, standing)
			})
			.collect::<BTreeMap<_, _>>();
		assert_eq!(stored, self.standing, "scores are what their events add up to");
		let keys = pallet_market::Requests::<Runtime>::iter_keys().collect::<BTreeSet<_>>();
		assert!(keys.iter().eq(self.requests.keys()), "open requests are what their events tell");
		let keys = pallet_market::Offers::<Runtime>::iter_keys().collect::<BTreeSet<_>>();
		assert!(keys.iter().eq(self.offers.keys()), "open offers are what their events tell");
		let keys = Trades::<Runtime>::iter_keys().collect::<BTreeSet<_>>();
		assert!(keys.iter().eq(self.trades.keys()), "open trades are what their events tell");
		for (meter, book) in pallet_sensor_oracle::Registers::<Runtime>::iter() {
			let said = self.registers.get(&meter).expect("its reports were events");
			let same = book.iter().all(|kept| said.get(&kept.boundary) == Some(&kept.export));
			assert!(same, "registers are what was reported");
		}
	}

	/// Forget registers and sales of slots long over.
	pub fn forget(&mut self, before: Moment) {
		let waits = self.trades.values().map(|dealt| dealt.slot.0).min().unwrap_or(before);
		let before = before.min(waits);
		self.sold.retain(|(_, slot), _| *slot >= before);
		for book in self.registers.values_mut() {
			// The oracle keeps the newest sixteen, however old.
			while book.len() > 64 && book.first_key_value().is_some_and(|(at, _)| *at < before) {
				book.pop_first();
			}
		}
	}
}

impl Dealt {
	fn check_settled(&self, delivered: WattHours, payout: Balance, refund: Balance) {
		assert_eq!(payout + refund, self.locked, "the parts sum to the whole");
		assert!(delivered <= self.volume, "paid for more than was traded");
		assert!(
			payout <= Balance::from(delivered) * self.price / 1_000,
			"a payout is rounded down"
		);
		if let Some(Attested::Allotted(energy)) = self.attested {
			assert!(delivered <= energy, "paid for more than the registers attest");
		}
		if let Some(billed) = self.billed {
			assert!(delivered <= billed, "paid for more than was billed");
		}
	}
}
