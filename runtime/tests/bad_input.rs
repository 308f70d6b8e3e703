//! Bad input to the registry and the sensor oracle: refused, and nothing but the fee is gone. Bad
//! input to the market and the shared wallets is in `bad_trades.rs`.

use codec::Encode;
mod common;

use common::{
	on,
	people::{alice, household, meter, pair, sensor, service, Id},
	refusals::{check, row},
	scene::report_of,
	Chain, OracleCall, RegistryCall,
};
use pallet_registry::{types::DeviceKind, Error as Registry};
use pallet_sensor_oracle::{Class, Error as Oracle, RegisterReading};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{IdentityTag, Moment, Roles};
use voltree_runtime::{genesis::household_tag, Runtime, VOLT};

type RegistryError = Registry<Runtime>;
type OracleError = Oracle<Runtime>;

const MONTH: Moment = 30 * 86_400_000;

fn certify(
	account: &Pair,
	tag: IdentityTag,
	expires: Moment,
	consent: Option<(&Pair, IdentityTag)>,
) -> RegistryCall {
	let consent = consent.map(|(by, under)| {
		by.seal(&voltree_runtime::Registry::consent_message(&account.id(), &under).encode())
	});
	RegistryCall::certify { account: account.id(), tag, roles: Roles::Both, expires, consent }
}

fn link(owner: &Pair, wallet: &Pair, by: &Pair) -> RegistryCall {
	let message = voltree_runtime::Registry::link_message(&owner.id(), &wallet.id()).encode();
	RegistryCall::link_wallet { wallet: wallet.id(), signature: by.seal(&message) }
}

fn device(
	account: &Pair,
	kind: DeviceKind,
	owner: &Pair,
	line: u32,
	rated_power: u32,
	by: &Pair,
) -> RegistryCall {
	let message = voltree_runtime::Registry::device_message(&account.id(), &owner.id()).encode();
	let signature = by.seal(&message);
	let (device, owner) = (account.id(), owner.id());
	RegistryCall::register_device { device, kind, owner, line, rated_power, signature }
}

#[test]
fn certificates() {
	on("dev", |chain| {
		let [new, applicant, wallet, stranger] =
			["//New", "//Applicant", "//Wallet", "//Stranger"].map(pair);
		for somebody in [&new, &applicant, &wallet, &stranger] {
			chain.give(somebody, VOLT);
		}
		let [mc, owner, gone] = [service(), household(1), household(2)];
		chain.ok(&applicant, RegistryCall::register {});
		chain.ok(&owner, link(&owner, &wallet, &wallet));
		chain.decide(RegistryCall::revoke { account: gone.id() });
		chain.next();

		let (now, tag) = (chain.now(), H256::repeat_byte(5));
		let later = now + MONTH;
		let too_late = now + 2 * 365 * 86_400_000;
		let foreign = H256::repeat_byte(6);
		let register = || RegistryCall::register {};
		let withdraw = || RegistryCall::withdraw_application {};
		let revoke = || RegistryCall::revoke { account: owner.id() };
		let agreed = Some((&new, tag));
		check(
			chain,
			vec![
				row("applies twice", &applicant, register(), RegistryError::AlreadyApplied),
				row("wallet applies", &wallet, register(), RegistryError::IsWallet),
				row("revoked applies", &gone, register(), RegistryError::CertificateRevoked),
				row("nothing to withdraw", &new, withdraw(), RegistryError::NoApplication),
				row("certifies oneself", &new, certify(&new, tag, later, agreed), BadOrigin),
				row("member certifies", &alice(), certify(&new, tag, later, agreed), BadOrigin),
				row("ends now", &mc, certify(&new, tag, now, agreed), RegistryError::InvalidExpiry),
				row(
					"ended long ago",
					&mc,
					certify(&new, tag, 0, agreed),
					RegistryError::InvalidExpiry,
				),
				row(
					"too long",
					&mc,
					certify(&new, tag, too_late, agreed),
					RegistryError::InvalidExpiry,
				),
				row(
					"for ever",
					&mc,
					certify(&new, tag, u64::MAX, agreed),
					RegistryError::InvalidExpiry,
				),
				row("no consent", &mc, certify(&new, tag, later, None), RegistryError::NoConsent),
				row(
					"consent to another tag",
					&mc,
					certify(&new, tag, later, Some((&new, foreign))),
					RegistryError::BadSignature,
				),
				row(
					"somebody else's consent",
					&mc,
					certify(&new, tag, later, Some((&stranger, tag))),
					RegistryError::BadSignature,
				),
				row(
					"another person's account",
					&mc,
					certify(&owner, foreign, later, Some((&owner, foreign))),
					RegistryError::OtherTag,
				),
				row(
					"revoked for ever",
					&mc,
					certify(&gone, household_tag(2), later, None),
					RegistryError::CertificateRevoked,
				),
				row(
					"a device",
					&mc,
					certify(&meter(1), tag, later, Some((&meter(1), tag))),
					RegistryError::IsDevice,
				),
				row(
					"a wallet",
					&mc,
					certify(&wallet, tag, later, Some((&wallet, tag))),
					RegistryError::IsWallet,
				),
				row("the service revokes", &mc, revoke(), BadOrigin),
				row("a member revokes alone", &alice(), revoke(), BadOrigin),
				row(
					"a stranger's key",
					&stranger,
					RegistryCall::set_service_key { key: stranger.id(), overlap: u64::MAX },
					BadOrigin,
				),
				row(
					"the service's own key",
					&mc,
					RegistryCall::set_service_key { key: stranger.id(), overlap: 0 },
					BadOrigin,
				),
				row(
					"parameters",
					&mc,
					RegistryCall::set_parameters { parameters: Default::default() },
					BadOrigin,
				),
			],
		);
	});
}

#[test]
fn wallets() {
	on("dev", |chain| {
		let [wallet, other, stranger] = ["//Wallet", "//Other", "//Stranger"].map(pair);
		for somebody in [&wallet, &other, &stranger] {
			chain.give(somebody, VOLT);
		}
		let [owner, neighbour, gone] = [1, 2, 3].map(household);
		let replayed = link(&owner, &wallet, &wallet);
		chain.ok(&owner, replayed.clone());
		chain.ok(&owner, RegistryCall::unlink_wallet { wallet: wallet.id() });
		chain.ok(&owner, link(&owner, &other, &other));
		chain.decide(RegistryCall::revoke { account: gone.id() });
		chain.next();

		let unlink = |wallet: &Pair| RegistryCall::unlink_wallet { wallet: wallet.id() };
		check(
			chain,
			vec![
				row("a replayed link", &owner, replayed, RegistryError::BadSignature),
				row(
					"the owner's signature",
					&owner,
					link(&owner, &wallet, &owner),
					RegistryError::BadSignature,
				),
				row(
					"signed for another owner",
					&neighbour,
					link(&owner, &wallet, &wallet),
					RegistryError::BadSignature,
				),
				row(
					"linked already",
					&neighbour,
					link(&neighbour, &other, &other),
					RegistryError::IsWallet,
				),
				row(
					"a certified account",
					&owner,
					link(&owner, &neighbour, &neighbour),
					RegistryError::IsCertified,
				),
				row("a meter", &owner, link(&owner, &meter(2), &meter(2)), RegistryError::IsDevice),
				row(
					"by nobody",
					&stranger,
					link(&stranger, &wallet, &wallet),
					RegistryError::NotCertified,
				),
				row(
					"by a revoked account",
					&gone,
					link(&gone, &wallet, &wallet),
					RegistryError::CertificateRevoked,
				),
				row("not linked", &owner, unlink(&wallet), RegistryError::NotLinked),
				row("not his", &neighbour, unlink(&other), RegistryError::NotOwner),
			],
		);
	});
}

#[test]
fn devices_and_lines() {
	use DeviceKind::{Meter, Sensor};
	on("dev", |chain| {
		let [owner, stranger, fresh, mc] =
			[household(1), pair("//Stranger"), pair("//Fresh"), service()];
		chain.give(&stranger, VOLT);
		chain.next();
		let remove = |device: &Pair| RegistryCall::remove_device { device: device.id() };
		let add_line = |line| RegistryCall::add_line { line, capacity: u32::MAX };
		check(
			chain,
			vec![
				row("by its owner", &owner, device(&fresh, Meter, &owner, 1, 1, &fresh), BadOrigin),
				row(
					"signed by its owner",
					&mc,
					device(&fresh, Meter, &owner, 1, 1, &owner),
					RegistryError::BadSignature,
				),
				row(
					"nobody's",
					&mc,
					device(&fresh, Meter, &stranger, 1, 1, &fresh),
					RegistryError::NotCertified,
				),
				row(
					"on no line",
					&mc,
					device(&fresh, Meter, &owner, u32::MAX, 1, &fresh),
					RegistryError::UnknownLine,
				),
				row(
					"a meter for 0 W",
					&mc,
					device(&fresh, Meter, &owner, 1, 0, &fresh),
					RegistryError::InvalidRatedPower,
				),
				row(
					"a sensor for 1 W",
					&mc,
					device(&fresh, Sensor, &owner, 1, 1, &fresh),
					RegistryError::InvalidRatedPower,
				),
				row(
					"registered already",
					&mc,
					device(&meter(1), Sensor, &owner, 1, 0, &meter(1)),
					RegistryError::IsDevice,
				),
				row(
					"a person",
					&mc,
					device(&household(2), Meter, &owner, 1, 1, &household(2)),
					RegistryError::IsCertified,
				),
				row("no device", &mc, remove(&fresh), RegistryError::UnknownDevice),
				row("removed by its owner", &owner, remove(&meter(1)), BadOrigin),
				row("a line by the service", &mc, add_line(4), BadOrigin),
				row("a line by a member", &alice(), add_line(1), BadOrigin),
			],
		);
	});
}

fn reading(
	of: &Pair,
	boundary: Moment,
	import: u64,
	export: u64,
) -> RegisterReading<voltree_runtime::AccountId> {
	RegisterReading { meter: of.id(), boundary, import, export }
}

fn read(reading: RegisterReading<voltree_runtime::AccountId>, by: Option<&Pair>) -> OracleCall {
	let message = voltree_runtime::SensorOracle::register_message(reading.clone()).encode();
	OracleCall::report_register { reading, signature: by.map(|by| by.seal(&message)) }
}

#[test]
fn registers() {
	on("dev", |chain| {
		let [relayer, device] = [household(9), meter(1)];
		let slot = pallet_market::MarketParameters::<Runtime>::get().delivery_slot;
		let first = chain.now().div_ceil(slot) * slot;
		let second = first + slot;
		chain.until(second);
		chain.ok(&device, read(reading(&device, first, 100, 1_000), None));
		let of = |boundary, export| reading(&device, boundary, 100, export);
		let sensed = reading(&sensor(1, 1), second, 1, 1);
		let known = reading(&relayer, second, 1, 1);
		let mine = Some(&device);
		check(
			chain,
			vec![
				row(
					"a sensor",
					&relayer,
					read(sensed, Some(&sensor(1, 1))),
					OracleError::NotAMeter,
				),
				row("a person", &relayer, read(known, Some(&relayer)), OracleError::NotAMeter),
				row(
					"between slots",
					&relayer,
					read(of(second - 1, 1_001), mine),
					OracleError::NotABoundary,
				),
				row(
					"to come",
					&relayer,
					read(of(second + slot, 1_001), mine),
					OracleError::FutureReport,
				),
				row(
					"the end of time",
					&relayer,
					read(of(u64::MAX - u64::MAX % slot, 1_001), mine),
					OracleError::FutureReport,
				),
				row("twice", &relayer, read(of(first, 1_000), mine), OracleError::AlreadyReported),
				row(
					"twice, more",
					&relayer,
					read(of(first, 1_001), mine),
					OracleError::AlreadyReported,
				),
				row("backwards", &relayer, read(of(second, 999), mine), OracleError::NotMonotone),
				row("leaps", &relayer, read(of(second, u64::MAX), mine), OracleError::Implausible),
				row(
					"unsigned",
					&relayer,
					read(of(second, 1_001), None),
					OracleError::MissingSignature,
				),
				row(
					"forged",
					&relayer,
					read(of(second, 1_001), Some(&relayer)),
					OracleError::BadSignature,
				),
				row(
					"another meter's",
					&relayer,
					read(of(second, 1_001), Some(&meter(2))),
					OracleError::BadSignature,
				),
			],
		);
	});
}

#[test]
fn reports() {
	on("dev", |chain| {
		let [relayer, device] = [household(9), sensor(1, 1)];
		let start = chain.now();
		chain.until(start + 60_000);
		let now = chain.now();
		let report = |observed| report_of(&device, Class::Clear, observed);
		let say = |report: pallet_sensor_oracle::SensorReport<_>, by: Option<&Pair>| {
			let message = voltree_runtime::SensorOracle::report_message(report.clone()).encode();
			OracleCall::report { report, signature: by.map(|by| by.seal(&message)) }
		};
		chain.ok(&device, say(report(now - 3_000), None));
		let mine = Some(&device);
		let mut overconfident = report(now);
		overconfident.confidence = 1_000_001;
		let signed = say(report(now), mine);
		let mut forged = signed.clone();
		if let OracleCall::report { report, .. } = &mut forged {
			report.class = Class::Overload;
		}
		let metered = report_of(&meter(1), Class::Clear, now);
		check(
			chain,
			vec![
				row("a meter", &relayer, say(metered, Some(&meter(1))), OracleError::NotASensor),
				row("too sure", &relayer, say(overconfident, mine), OracleError::InvalidConfidence),
				row("to come", &relayer, say(report(now + 1), mine), OracleError::FutureReport),
				row(
					"the end of time",
					&relayer,
					say(report(u64::MAX), mine),
					OracleError::FutureReport,
				),
				row("stale", &relayer, say(report(now - 60_001), mine), OracleError::StaleReport),
				row(
					"the beginning of time",
					&relayer,
					say(report(0), mine),
					OracleError::StaleReport,
				),
				row("replayed", &relayer, say(report(now - 3_000), mine), OracleError::OutOfOrder),
				row("older", &relayer, say(report(now - 6_000), mine), OracleError::OutOfOrder),
				row("too soon", &relayer, say(report(now - 1), mine), OracleError::TooFrequent),
				row("unsigned", &relayer, say(report(now), None), OracleError::MissingSignature),
				row("changed on the way", &relayer, forged, OracleError::BadSignature),
				row(
					"another sensor's",
					&relayer,
					say(report(now), Some(&sensor(1, 2))),
					OracleError::BadSignature,
				),
				row(
					"parameters",
					&service(),
					OracleCall::set_parameters { parameters: Default::default() },
					BadOrigin,
				),
			],
		);
		// The relayer's signed report was good all along.
		chain.ok(&relayer, signed);
	});
}

/// Parameters out of range, by the authority itself.
#[test]
fn parameters_out_of_range() {
	on("dev", |chain: &mut Chain| {
		let market = pallet_market::Parameters { price_floor: 0, ..Default::default() };
		let oracle =
			pallet_sensor_oracle::OracleParameters { min_interval: 0, ..Default::default() };
		let registry = pallet_registry::types::Parameters { endowment: 1, ..Default::default() };
		let credibility = pallet_credibility::types::Parameters { weight: 0, ..Default::default() };
		let blacklist = pallet_blacklist::types::Parameters { limit: 0 };
		let calls: Vec<voltree_runtime::RuntimeCall> = vec![
			pallet_market::Call::set_parameters { parameters: market }.into(),
			OracleCall::set_parameters { parameters: oracle }.into(),
			RegistryCall::set_parameters { parameters: registry }.into(),
			pallet_credibility::Call::set_parameters { parameters: credibility }.into(),
			pallet_blacklist::Call::set_parameters { parameters: blacklist }.into(),
		];
		for call in calls {
			let before = common::state();
			let result = frame_support::storage::with_storage_layer(|| {
				common::dispatch(voltree_runtime::RuntimeOrigin::root(), call.clone())
					.map_err(|refused| refused.error)
			});
			assert!(matches!(result, Err(sp_runtime::DispatchError::Module(_))), "{call:?}");
			assert_eq!(common::state(), before, "{call:?}");
		}
		chain.next();
	});
}
