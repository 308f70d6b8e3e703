//! Free reports as a weapon: only registered devices have any, each a few, and the pool refuses the
//! rest before it costs a block anything.

use crate::common::{
	on,
	people::{household, meter, pair, sensor, Id},
	refusals::{check, row},
	scene::{report_of, total},
	sign, sign_with, Chain, OracleCall,
};
use frame_support::dispatch::DispatchClass;
use pallet_sensor_oracle::{Class, RegisterReading};
use sp_core::sr25519::Pair;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use voltree_primitives::Moment;
use voltree_runtime::{Runtime, SensorOracle, System};

type OracleError = pallet_sensor_oracle::Error<Runtime>;

const NO_MONEY: TransactionValidityError =
	TransactionValidityError::Invalid(InvalidTransaction::Payment);

/// A report of `device`, with the signature of `by`, for somebody else to send.
fn relayed(device: &Pair, class: Class, observed: Moment, by: &Pair) -> OracleCall {
	let report = report_of(device, class, observed);
	let signature = Some(by.seal(&SensorOracle::report_message(report.clone())));
	OracleCall::report { report, signature }
}

fn own(device: &Pair, observed: Moment) -> OracleCall {
	OracleCall::report { report: report_of(device, Class::Clear, observed), signature: None }
}

fn register(device: &Pair, boundary: Moment) -> OracleCall {
	let reading = RegisterReading { meter: device.id(), boundary, import: 0, export: 0 };
	OracleCall::report_register { reading, signature: None }
}

/// One key: what it may not say is refused at the pool, and never comes into a block.
#[test]
fn free_report_spam_by_one_key() {
	on("dev", |chain| {
		let [seer, other, stranger] = [sensor(1, 1), sensor(1, 2), pair("//NoDevice")];
		let device = meter(1);
		let now = chain.now();
		chain.ok(&seer, own(&seer, now));
		let refused: Vec<(&str, &Pair, OracleCall)> = vec![
			("again", &seer, own(&seer, now)),
			("stale", &other, own(&other, now - 60_001)),
			("of the beginning of time", &other, own(&other, 0)),
			("of the future", &other, own(&other, now + 60_000)),
			("of the end of time", &other, own(&other, u64::MAX)),
			("an unregistered key", &stranger, own(&stranger, now)),
			("another sensor's", &seer, own(&other, now)),
			("wrongly signed", &seer, relayed(&other, Class::Clear, now, &seer)),
			("of a meter's key", &device, own(&device, now)),
			("between slots", &device, register(&device, now - 1)),
			("of a boundary to come", &device, register(&device, (now / 60_000 + 1) * 60_000)),
		];
		let names = refused.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
		let extrinsics =
			refused.into_iter().map(|(_, by, call)| sign(by, call, 0)).collect::<Vec<_>>();
		for (name, extrinsic) in names.iter().zip(extrinsics.clone()) {
			assert_eq!(chain.apply(extrinsic), Err(NO_MONEY), "{name}, in a block");
		}
		for (name, answer) in names.iter().zip(chain.pool(extrinsics)) {
			assert_eq!(answer.map(|_| ()), Err(NO_MONEY), "{name}");
		}
		assert_eq!([&seer, &other, &stranger].map(total), [0, 0, 0]);
	});
}

/// Somebody with money may bring what is refused, and pays for it like for anything that fails.
#[test]
fn free_report_spam_by_somebody_with_money() {
	on("dev", |chain| {
		let [seer, rich] = [sensor(1, 1), household(9)];
		chain.until(chain.now() + 90_000);
		let now = chain.now();
		let say = |class, observed, by: &Pair| relayed(&seer, class, observed, by);
		chain.ok(&rich, say(Class::Clear, now, &seer));
		let forged = OracleError::BadSignature;
		let storm = Class::Thunderstorm;
		chain.next();
		let rows = vec![
			row("forged", &rich, say(storm, now + 3_000, &rich), forged),
			row("replayed", &rich, say(Class::Clear, now, &seer), OracleError::OutOfOrder),
			row("older", &rich, say(storm, now - 1, &seer), OracleError::OutOfOrder),
			row("stale", &rich, say(storm, now - 60_000, &seer), OracleError::StaleReport),
			row("too soon", &rich, say(storm, now + 1, &seer), OracleError::TooFrequent),
			row("to come", &rich, say(storm, now + 9_000, &seer), OracleError::FutureReport),
			row("of nobody", &rich, relayed(&rich, storm, now, &rich), OracleError::NotASensor),
		];
		check(chain, rows);
	});
}

/// Let `device` send one free report after the other. Returns how many were taken.
fn send_all(chain: &mut Chain, device: &Pair, calls: impl Iterator<Item = OracleCall>) -> u32 {
	let mut taken = 0;
	for call in calls {
		match chain.apply(sign(device, call, 0)) {
			Ok(result) => {
				assert_eq!(result, Ok(()), "what is free is good");
				taken += 1;
			}
			Err(refused) => assert_eq!(refused, NO_MONEY),
		}
	}
	taken
}

/// All that every device may say at once, after a long silence, takes a bounded part of a block.
#[test]
fn free_reports_take_a_bounded_part_of_a_block() {
	on("dev", |chain| {
		chain.until(chain.now() + 90_000);
		let before = *System::block_weight().get(DispatchClass::Normal);
		let now = chain.now();
		let most = u32::try_from(60_000 / 3_000 + 1).expect("small");
		for line in 1..=3 {
			for owner in 1..=4 {
				let device = sensor(line, owner);
				let calls = (0..60).rev().map(|n| own(&device, now - n * 1_500));
				let taken = send_all(chain, &device, calls);
				assert!(taken <= most, "sensor {line}/{owner} had {taken} reports for nothing");
			}
		}
		let used = System::block_weight().get(DispatchClass::Normal).saturating_sub(before);
		let limits = <Runtime as frame_system::Config>::BlockWeights::get();
		let users = limits.get(DispatchClass::Normal).max_total.expect("it is limited");
		assert!(used.ref_time() < users.ref_time() / 2, "{used:?} of {users:?}");
		chain.next();
		let sent = send_all(chain, &sensor(1, 1), [own(&sensor(1, 1), now + 3_000)].into_iter());
		assert_eq!(sent, 1, "from now on, one in an interval");
	});
}

/// A meter has one register for each boundary, and boundaries long past are of no use to anybody:
/// they are not free to report, or one meter could fill blocks with the registers of fifty years.
#[test]
fn free_register_spam_with_the_boundaries_of_the_past() {
	on("dev", |chain| {
		let device = meter(1);
		let last = chain.now() / 60_000;
		let ancient = (0..400).map(|n| register(&device, n * 60_000));
		let recent = (last - 400..=last).map(|n| register(&device, n * 60_000));
		let taken = send_all(chain, &device, ancient.chain(recent));
		assert!(taken <= 100, "one meter had {taken} registers for nothing");
		assert!(taken >= 12, "what a delivery may still need is taken");
		// In the pool a register waits once, with whatever nonce.
		let nonce = System::account_nonce(meter(2).id());
		let twice = [nonce, nonce + 1]
			.map(|nonce| sign_with(&meter(2), register(&meter(2), last * 60_000), 0, nonce));
		let tags = chain.pool(twice.into()).into_iter().map(|answer| {
			let valid = answer.expect("it is free and good");
			valid.provides.into_iter().filter(|tag| tag.starts_with(b"\x30DeviceReport")).collect()
		});
		let tags = tags.collect::<Vec<Vec<_>>>();
		assert_eq!(tags[0], tags[1]);
		assert_eq!(tags[0].len(), 1);
	});
}

/// The pool lets nobody else claim a report's priority.
#[test]
fn only_good_reports_come_before_what_is_paid_for() {
	on("dev", |chain| {
		let [seer, rich] = [sensor(1, 1), household(9)];
		chain.until(chain.now() + 90_000);
		let now = chain.now();
		let good = sign(&seer, own(&seer, now), 0);
		let forged = sign(&rich, relayed(&seer, Class::Clear, now, &rich), 0);
		let wrapped = pallet_utility::Call::<Runtime>::batch {
			calls: vec![relayed(&seer, Class::Clear, now, &seer).into()],
		};
		let wrapped = sign(&rich, wrapped, 0);
		let priorities = chain
			.pool(vec![good, forged, wrapped])
			.into_iter()
			.map(|answer| answer.expect("it is paid for or free").priority)
			.collect::<Vec<_>>();
		let reports = voltree_runtime::configs::trade::ReportPriority::get();
		assert!(priorities[0] >= reports);
		assert!(priorities[1] < reports && priorities[2] < reports, "{priorities:?}");
	});
}
