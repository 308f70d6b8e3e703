//! Offers and requests.

use crate::common::{
	on,
	people::{household, meter, pair, service, wallet_key, Id},
	refusals::{at_the_door, check, row, Row},
	scene::{demand, supply, total, Seller, VOLUME},
	Chain, MarketCall, RegistryCall,
};
use pallet_blacklist::Refusal;
use pallet_market::{Demand, Error as Market, Supply};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::DispatchError::{self, BadOrigin};
use voltree_primitives::{Credibility, Role, Roles};
use voltree_runtime::{genesis::household_tag, AccountId, Runtime, RuntimeCall, VOLT};

type MarketError = Market<Runtime>;
type RegistryError = pallet_registry::Error<Runtime>;
type BlacklistError = pallet_blacklist::Error<Runtime>;

/// Certify `who`, who has money, for `roles` and `lasts` milliseconds.
fn certify(chain: &mut Chain, who: &Pair, roles: Roles, lasts: u64) {
	chain.give(who, 10 * VOLT);
	let (account, tag) = (who.id(), H256(who.id().into()));
	let consent = Some(who.seal(&voltree_runtime::Registry::consent_message(&account, &tag)));
	let expires = chain.now() + lasts;
	chain.ok(&service(), RegistryCall::certify { account, tag, roles, expires, consent });
}

/// Somebody who may not open business: who, how the door says it, how the pallet does.
type Barred = (&'static str, Pair, Refusal, DispatchError);

/// The call itself, which the door refuses, and hidden where the door does not look: then the
/// pallet refuses it.
fn twice_refused(barred: &[Barred], call: impl Into<RuntimeCall>) -> Vec<Row> {
	let call = call.into();
	let boxed = || Box::new(call.clone());
	let hidden = pallet_utility::Call::<Runtime>::if_else { main: boxed(), fallback: boxed() };
	barred
		.iter()
		.flat_map(|(name, who, refusal, error)| {
			let seen = at_the_door(name, who, call.clone(), *refusal);
			[seen, row(name, who, hidden.clone(), *error)]
		})
		.collect()
}

/// Those who may not open business, each with the reason.
fn barred(chain: &mut Chain, role: Role) -> Vec<Barred> {
	const DAY: u64 = 86_400_000;
	let [stranger, expired, other] = ["//Stranger", "//Expired", "//OtherSide"].map(pair);
	let [debtor, revoked, listed] = [household(12), household(13), household(14)];
	let other_side = match role {
		Role::Buyer => Roles::Seller,
		Role::Seller => Roles::Buyer,
	};
	chain.give(&stranger, 10 * VOLT);
	certify(chain, &expired, Roles::Both, 1);
	certify(chain, &other, other_side, DAY);
	chain.decide(RegistryCall::revoke { account: revoked.id() });
	let entry = pallet_blacklist::Entry { since: chain.now(), credit: 100 };
	pallet_blacklist::Entries::<Runtime>::insert(household_tag(14), entry);
	<voltree_runtime::Credibility as Credibility>::owe(&household_tag(12), 1);
	chain.next();
	vec![
		("uncertified", stranger, Refusal::Uncertified, RegistryError::NotCertified.into()),
		("expired", expired, Refusal::Uncertified, RegistryError::CertificateExpired.into()),
		("the other role", other, Refusal::Uncertified, RegistryError::WrongRole.into()),
		("revoked", revoked, Refusal::Uncertified, RegistryError::CertificateRevoked.into()),
		("blacklisted", listed, Refusal::Blacklisted, BlacklistError::Blacklisted.into()),
		("in debt", debtor, Refusal::FinesDue, BlacklistError::FinesDue.into()),
		(
			"a device",
			meter_with_money(chain),
			Refusal::Uncertified,
			RegistryError::NotCertified.into(),
		),
	]
}

/// A device can have money, but is nobody.
fn meter_with_money(chain: &mut Chain) -> Pair {
	chain.give(&meter(14), VOLT);
	meter(14)
}

#[test]
fn offers() {
	on("dev", |chain| {
		let barred = barred(chain, Role::Seller);
		let seller = Seller::Household(1);
		let key = seller.key();
		let start = chain.tradable_slot();
		let good = supply(seller, start, VOLUME);
		let offer = |change: &dyn Fn(&mut Supply<AccountId>)| {
			let mut supply = good.clone();
			change(&mut supply);
			MarketCall::offer { supply }
		};
		let unmetered = Seller::SensorOwner(1);
		let id = chain.offer(seller, good.clone());
		let withdraw = |offer| MarketCall::withdraw_offer { offer };
		let cap = pallet_market::Parameters::default().price_cap;
		let now = chain.now();
		let mut rows = twice_refused(&barred, offer(&|s| s.meter = None));
		rows.extend([
			row("0 Wh", &key, offer(&|s| s.volume = 0), MarketError::InvalidVolume),
			row("99 Wh", &key, offer(&|s| s.volume = 99), MarketError::InvalidVolume),
			row("a fill of 0", &key, offer(&|s| s.smallest_fill = 0), MarketError::InvalidVolume),
			row(
				"a fill above all",
				&key,
				offer(&|s| s.smallest_fill = VOLUME + 1),
				MarketError::InvalidVolume,
			),
			row(
				"a fill without end",
				&key,
				offer(&|s| s.smallest_fill = u64::MAX),
				MarketError::InvalidVolume,
			),
			row("for nothing", &key, offer(&|s| s.price = 0), MarketError::PriceOutOfRange),
			row("below the floor", &key, offer(&|s| s.price = 9_999), MarketError::PriceOutOfRange),
			row("above the cap", &key, offer(&|s| s.price = cap + 1), MarketError::PriceOutOfRange),
			row(
				"at any price",
				&key,
				offer(&|s| s.price = u128::MAX),
				MarketError::PriceOutOfRange,
			),
			row("no such line", &key, offer(&|s| s.line = 0), MarketError::InvalidLine),
			row("the last line", &key, offer(&|s| s.line = u32::MAX), MarketError::InvalidLine),
			row("no meter", &key, offer(&|s| s.meter = None), MarketError::MeterRequired),
			row(
				"a neighbour's meter",
				&key,
				offer(&|s| s.meter = Some(meter(2).id())),
				MarketError::InvalidMeter,
			),
			row(
				"no meter at all",
				&key,
				offer(&|s| s.meter = Some(key.id())),
				MarketError::InvalidMeter,
			),
			row("on another line", &key, offer(&|s| s.line = 2), MarketError::InvalidMeter),
			row(
				"too much without a meter",
				&unmetered.key(),
				offer(&|s| {
					*s = supply(unmetered, start, 1_001);
				}),
				MarketError::TooLargeUnmetered,
			),
			row("in the past", &key, offer(&|s| s.slot = start - 600_000), MarketError::TooLate),
			row("at the beginning of time", &key, offer(&|s| s.slot = 0), MarketError::TooLate),
			row(
				"after the gate",
				&key,
				offer(&|s| s.slot = now / 60_000 * 60_000),
				MarketError::TooLate,
			),
			row("between slots", &key, offer(&|s| s.slot = start + 1), MarketError::NotASlot),
			row("at the end of time", &key, offer(&|s| s.slot = u64::MAX), MarketError::NotASlot),
			row(
				"in the last slot of time",
				&key,
				offer(&|s| s.slot = u64::MAX / 60_000 * 60_000),
				MarketError::BeyondHorizon,
			),
			row(
				"next week",
				&key,
				offer(&|s| s.slot = start + 604_800_000),
				MarketError::BeyondHorizon,
			),
			row("expired", &key, offer(&|s| s.expires = Some(now - 1)), MarketError::TooLate),
			row("withdrawn by another", &household(2), withdraw(id), MarketError::NotSeller),
			row("withdrawn before made", &key, withdraw(id + 1), MarketError::OfferNotFound),
			row("withdrawn at the limit", &key, withdraw(u64::MAX), MarketError::OfferNotFound),
			row(
				"parameters",
				&service(),
				MarketCall::set_parameters { parameters: Default::default() },
				BadOrigin,
			),
		]);
		check(chain, rows);
		for _ in 0..3 {
			chain.offer(seller, good.clone());
		}
		chain.ok(&key, withdraw(id));
		chain.offer(seller, good.clone());
		check(
			chain,
			vec![
				row(
					"a fifth one",
					&key,
					MarketCall::offer { supply: good },
					MarketError::TooManyOffers,
				),
				row("withdrawn twice", &key, withdraw(id), MarketError::OfferNotFound),
			],
		);
	});
}

#[test]
fn requests() {
	on("dev", |chain| {
		let barred = barred(chain, Role::Buyer);
		let buyer = household(1);
		let start = chain.tradable_slot();
		let request = |change: &dyn Fn(&mut Demand<AccountId>), funding| {
			let mut demand = demand(1, start, VOLUME);
			change(&mut demand);
			MarketCall::request { demand, key: wallet_key(&household(1)).id(), funding }
		};
		let lines = |lines: &[u32]| lines.to_vec().try_into().expect("at most four");
		let cap = pallet_market::Parameters::default().price_cap;
		let soon = (chain.now() / 60_000 + 1) * 60_000;
		let wealth = total(&buyer);
		let mut rows = twice_refused(&barred, request(&|_| (), 0));
		let bad = |name, change: &dyn Fn(&mut Demand<AccountId>), error: MarketError| {
			row(name, &buyer, request(change, 0), error)
		};
		rows.extend([
			bad("0 Wh", &|d| d.volume = 0, MarketError::InvalidVolume),
			bad("99 Wh", &|d| d.volume = 99, MarketError::InvalidVolume),
			bad("for nothing", &|d| d.max_price = 0, MarketError::PriceOutOfRange),
			bad("above the cap", &|d| d.max_price = cap + 1, MarketError::PriceOutOfRange),
			bad("at any price", &|d| d.max_price = u128::MAX, MarketError::PriceOutOfRange),
			bad("no line", &|d| d.lines = lines(&[]), MarketError::InvalidLine),
			bad("no such line", &|d| d.lines = lines(&[1, 9]), MarketError::InvalidLine),
			bad("one line twice", &|d| d.lines = lines(&[1, 2, 1]), MarketError::InvalidLine),
			bad(
				"a neighbour's meter",
				&|d| d.meter = Some(meter(2).id()),
				MarketError::InvalidMeter,
			),
			bad("in the past", &|d| d.slot = start - 600_000, MarketError::TooLate),
			bad("at the beginning of time", &|d| d.slot = 0, MarketError::TooLate),
			bad("between slots", &|d| d.slot = start + 1, MarketError::NotASlot),
			bad("at the end of time", &|d| d.slot = u64::MAX, MarketError::NotASlot),
			bad("next week", &|d| d.slot = start + 604_800_000, MarketError::BeyondHorizon),
			bad("no time left to pay", &|d| d.slot = soon, MarketError::TooCloseToGate),
		]);
		rows.push(row(
			"his own meter on another line",
			&buyer,
			request(
				&|d| {
					d.meter = Some(meter(1).id());
					d.lines = lines(&[2, 1]);
				},
				0,
			),
			MarketError::InvalidMeter,
		));
		for (name, funding) in [("more than he has", wealth + 1), ("all there is", u128::MAX)] {
			let poor = sp_runtime::TokenError::FundsUnavailable;
			rows.push(row(name, &buyer, request(&|_| (), funding), poor));
		}
		check(chain, rows);
	});
}
