//! What the pool is told: how far it looks into a call, and which transactions come first.

use crate::{
	common::{
		on,
		people::{household, meter, pair, sensor, service, Id},
		refusals::Refused,
		scene::{report_of, supply, Seller, VOLUME},
		sign, sign_with, BalancesCall, Chain, MarketCall, OracleCall, RegistryCall,
	},
	open_proxy, opened, proxied, through, Utility,
};
use pallet_blacklist::Refusal;
use pallet_sensor_oracle::{Class, Register, RegisterReading, RegisterReadings};
use sp_core::sr25519::Pair;
use sp_runtime::transaction_validity::ValidTransaction;
use voltree_runtime::{configs::system::ProxyType, Runtime, RuntimeCall, System, VOLT};

/// Of a batch the pool looks at what is sure to be refused: the first call, and of one that must
/// succeed as a whole everything before the first other call.
#[test]
fn the_pool_sees_no_further_than_it_is_sure() {
	on("dev", |chain| {
		let [stranger, other] = [pair("//Stranger"), household(9)];
		chain.give(&stranger, 10 * VOLT);
		open_proxy(chain, &other, &stranger, ProxyType::Any);
		let start = chain.tradable_slot();
		let offer = || {
			let mut offered = supply(Seller::SensorOwner(1), start, VOLUME);
			offered.meter = None;
			RuntimeCall::from(MarketCall::offer { supply: offered })
		};
		let remark = || RuntimeCall::from(frame_system::Call::remark { remark: vec![1] });
		let seen = Err(Refused::AtTheDoor(Refusal::Uncertified));
		let unseen = Err(Refused::from(pallet_registry::Error::<Runtime>::NotCertified));
		let rows = [
			("offer first", Utility::batch { calls: vec![offer(), remark()] }.into(), seen),
			("offer second", Utility::batch { calls: vec![remark(), offer()] }.into(), unseen),
			("all, first", Utility::batch_all { calls: vec![offer(), remark()] }.into(), seen),
			("all, second", Utility::batch_all { calls: vec![remark(), offer()] }.into(), unseen),
		];
		for (name, call, expected) in rows {
			assert_eq!(through(chain, &stranger, call), expected, "{name}");
		}
		// Nobody is refused for whom he is not: the real account of a proxy counts, which may sell.
		let offer = MarketCall::offer { supply: supply(Seller::Household(9), start, VOLUME) };
		assert_eq!(through(chain, &stranger, proxied(&other.id(), offer)), Ok(()));
		assert_eq!(opened(), (0, 1, 0));
	});
}

pub fn reported(by: &Pair, class: Class, observed: u64) -> OracleCall {
	OracleCall::report { report: report_of(by, class, observed), signature: None }
}

/// A report of `device` that somebody else brings.
pub fn relayed(device: &Pair, observed: u64) -> OracleCall {
	let report = report_of(device, Class::Clear, observed);
	let message = voltree_runtime::SensorOracle::report_message(report.clone());
	OracleCall::report { report, signature: Some(device.seal(&message)) }
}

fn read(by: &Pair, boundary: u64) -> OracleCall {
	let reading = RegisterReading { meter: by.id(), boundary, import: 0, export: 0 };
	OracleCall::report_register { reading, signature: None }
}

/// Both ends of the slot that ended at `boundary`.
fn read_both(by: &Pair, boundary: u64) -> OracleCall {
	let at = |boundary| Register { boundary, import: 0, export: 0 };
	let registers = vec![at(boundary - 60_000), at(boundary)].try_into().expect("two are few");
	OracleCall::report_registers {
		readings: RegisterReadings { meter: by.id(), registers },
		signature: None,
	}
}

pub fn valid(
	chain: &mut Chain,
	extrinsics: Vec<voltree_runtime::UncheckedExtrinsic>,
) -> Vec<ValidTransaction> {
	chain.pool(extrinsics).into_iter().map(|answer| answer.expect("the pool takes it")).collect()
}

/// A free report comes before whatever is paid for, and the pool lets go of it when it is stale.
#[test]
fn free_reports_come_before_what_is_paid_for() {
	on("dev", |chain| {
		let rich = pair("//Bob");
		let now = chain.now();
		let boundary = now / 60_000 * 60_000;
		let dest = household(1).id().into();
		let tipped = BalancesCall::transfer_keep_alive { dest, value: VOLT };
		let answers = valid(
			chain,
			vec![
				sign(&sensor(1, 1), reported(&sensor(1, 1), Class::Wind, now), 0),
				sign(&meter(1), read(&meter(1), boundary), 0),
				sign(&meter(2), read_both(&meter(2), boundary), 0),
				sign(&household(9), relayed(&sensor(1, 2), now), 0),
				sign(&rich, tipped, 1_000 * VOLT),
			],
		);
		let first = <Runtime as pallet_blacklist::Config>::ReportPriority::get();
		let [sensed, metered, both, relayed, paid] = &answers[..] else { panic!("{answers:?}") };
		for report in [sensed, metered, both, relayed] {
			assert_eq!((report.priority, report.longevity), (first, 16));
		}
		assert!(paid.priority < sensed.priority, "{paid:?}");
		assert!(paid.longevity > 16);
	});
}

/// A meter's readings of several boundaries are one place, too, whichever boundaries they are.
#[test]
fn a_meter_has_one_report_of_several_readings_in_the_pool() {
	on("dev", |chain| {
		let (device, now) = (meter(1), chain.now());
		let boundary = now / 60_000 * 60_000;
		let nonce = System::account_nonce(device.id());
		let answers = valid(
			chain,
			vec![
				sign_with(&device, read_both(&device, boundary), 0, nonce),
				sign_with(&device, read_both(&device, boundary - 120_000), 0, nonce + 1),
				sign(&meter(2), read_both(&meter(2), boundary), 0),
			],
		);
		let [one, other, another_meters] = &answers[..] else { panic!("{answers:?}") };
		assert!(one.provides.iter().any(|tag| other.provides.contains(tag)));
		assert!(!one.provides.iter().any(|tag| another_meters.provides.contains(tag)));
	});
}

/// The management centre's service comes before whatever is paid for, and behind the sensors: full
/// blocks shall make nobody late who waits for an answer. Whoever has no service key pays.
#[test]
fn the_service_comes_before_what_is_paid_for() {
	on("dev", |chain| {
		let now = chain.now();
		let remark = || frame_system::Call::<Runtime>::remark { remark: vec![1; 1_000] };
		let answers = valid(
			chain,
			vec![
				sign(&sensor(1, 1), reported(&sensor(1, 1), Class::Wind, now), 0),
				sign(&service(), remark(), 0),
				sign(&pair("//Bob"), remark(), 1_000 * VOLT),
				sign(&household(1), remark(), 0),
			],
		);
		let [sensed, answered, tipped, plain] = &answers[..] else { panic!("{answers:?}") };
		let order = [sensed, answered, tipped, plain].map(|each| each.priority);
		assert!(order.is_sorted_by(|one, other| one > other), "{order:?}");
	});
}

/// A device with hundreds of reports, each good by itself, takes one place: they all claim the same.
#[test]
fn a_device_has_one_free_report_in_the_pool() {
	on("dev", |chain| {
		let (device, now) = (sensor(1, 1), chain.now());
		let nonce = System::account_nonce(device.id());
		let answers = valid(
			chain,
			vec![
				sign_with(&device, reported(&device, Class::Clear, now), 0, nonce),
				sign_with(&device, reported(&device, Class::Wind, now - 1), 0, nonce + 1),
				sign(&household(9), relayed(&device, now), 0),
				sign(&sensor(1, 2), reported(&sensor(1, 2), Class::Clear, now), 0),
			],
		);
		let common = |one: &ValidTransaction, other: &ValidTransaction| {
			one.provides.iter().any(|tag| other.provides.contains(tag))
		};
		let [first, second, relayed, another] = &answers[..] else { panic!("{answers:?}") };
		assert!(common(first, second) && common(first, relayed) && common(second, relayed));
		assert!(!common(first, another));
	});
}

/// A report that would be refused is worth what it pays, like anything else.
#[test]
fn a_report_that_is_not_free_has_no_priority() {
	on("dev", |chain| {
		let (relayer, device, now) = (household(9), sensor(1, 1), chain.now());
		chain.ok(&device, reported(&device, Class::Clear, now));
		let answers = valid(chain, vec![sign(&relayer, relayed(&device, now), 0)]);
		assert!(answers[0].priority < 1_000_000_000, "{answers:?}");
		assert_eq!(answers[0].provides.len(), 1, "its nonce, nothing else");
	});
}

/// A device without money gets nothing into the pool but a report that would be accepted: whatever is
/// wrong with it, the pool says no, and so nobody's block is filled with it.
#[test]
fn the_pool_refuses_bad_reports_of_devices() {
	on("dev", |chain| {
		let [good, late, removed] = [1, 2, 3].map(|owner| sensor(1, owner));
		let start = chain.now();
		chain.until(start + 120_000);
		let now = chain.now();
		chain.ok(&good, reported(&good, Class::Clear, now));
		chain.ok(&service(), RegistryCall::remove_device { device: removed.id() });
		let forged = match relayed(&late, now) {
			OracleCall::report { mut report, signature } => {
				report.class = Class::LineFault;
				OracleCall::report { report, signature }
			}
			other => other,
		};
		let root = |hour| OracleCall::record_series {
			series: pallet_sensor_oracle::SeriesRoot {
				device: good.id(),
				hour,
				count: 1,
				root: Default::default(),
			},
			signature: None,
		};
		let this_hour = u32::try_from(now / 3_600_000).expect("early");
		let bad = vec![
			("forged", &good, forged),
			("in another's name", &good, reported(&late, Class::Clear, now)),
			("replayed", &good, reported(&good, Class::Clear, now)),
			("of the future", &late, reported(&late, Class::Clear, now + 1)),
			("stale", &late, reported(&late, Class::Clear, start)),
			("a flood", &good, reported(&good, Class::Wind, now + 1)),
			("revoked", &removed, reported(&removed, Class::Clear, now)),
			("no meter", &good, read(&good, now / 60_000 * 60_000)),
			("an hour that is not over", &good, root(this_hour)),
			("an hour long ago", &good, root(this_hour - 49)),
		];
		// All at once, because asking the pool takes a block.
		let (names, extrinsics) =
			bad.into_iter().map(|(name, device, call)| (name, sign(device, call, 0))).unzip();
		let names: Vec<&str> = names;
		for (name, answer) in names.into_iter().zip(chain.pool(extrinsics)) {
			assert!(answer.is_err(), "{name}: {answer:?}");
		}
		let fine = vec![
			sign(&late, reported(&late, Class::Clear, now), 0),
			sign(&good, root(this_hour - 1), 0),
		];
		assert_eq!(valid(chain, fine).len(), 2);
		let retired = sp_core::H256::repeat_byte(1);
		chain.decide(OracleCall::retire_model { model: retired });
		let retiring = sign(&late, reported(&late, Class::Clear, chain.now()), 0);
		let answer = chain.pool(vec![retiring]);
		assert!(answer[0].is_err(), "a retired model: {answer:?}");
	});
}

/// A device that comes back gives the roots of many hours at once; of an hour it gives one.
#[test]
fn roots_of_several_hours_are_in_the_pool_together() {
	on("dev", |chain| {
		let device = meter(1);
		let nonce = System::account_nonce(device.id());
		let last = u32::try_from(chain.now() / 3_600_000).expect("early") - 1;
		let root = |hour, count| OracleCall::record_series {
			series: pallet_sensor_oracle::SeriesRoot {
				device: device.id(),
				hour,
				count,
				root: Default::default(),
			},
			signature: None,
		};
		let answers = valid(
			chain,
			vec![
				sign_with(&device, root(last - 1, 60), 0, nonce),
				sign_with(&device, root(last, 60), 0, nonce + 1),
				sign_with(&device, root(last, 61), 0, nonce + 2),
			],
		);
		let common = |one: &ValidTransaction, other: &ValidTransaction| {
			one.provides.iter().any(|tag| other.provides.contains(tag))
		};
		let [one, next, again] = &answers[..] else { panic!("{answers:?}") };
		assert!(!common(one, next) && common(next, again));
	});
}
