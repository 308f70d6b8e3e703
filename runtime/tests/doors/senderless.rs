//! Reports that nobody sends: the device's signature inside is all there is.

use crate::{
	common::{
		on,
		people::{household, meter, sensor, service, Id},
		scene::report_of,
		sign, without_sender, BalancesCall, OracleCall, RegistryCall,
	},
	pool::{relayed, reported, valid},
	Utility,
};
use codec::Encode;
use pallet_sensor_oracle::{authorized::refusal, Class, Event, RegisterReading};
use std::collections::BTreeSet;
use voltree_runtime::{Runtime, RuntimeCall, RuntimeEvent, SensorOracle, System, VOLT};

type OracleError = pallet_sensor_oracle::Error<Runtime>;

/// Who relays needs no account: a report that its device has signed comes by itself, in the pool like
/// a signed one and in a block once, however its extrinsic is varied.
#[test]
fn a_report_without_a_sender() {
	on("dev", |chain| {
		let (device, now) = (sensor(1, 1), chain.now());
		let flood = (0..4).map(|variant| without_sender(relayed(&device, now), variant));
		let flood = flood.collect::<Vec<_>>();
		let bytes: BTreeSet<_> = flood.iter().map(Encode::encode).collect();
		assert_eq!(bytes.len(), 4);
		let mut asked = flood.clone();
		asked.push(sign(&device, reported(&device, Class::Clear, now), 0));
		let answers = valid(chain, asked);
		let [one, .., other, signed] = &answers[..] else { panic!("{answers:?}") };
		assert_eq!(one, other, "they take one place");
		assert_eq!(one.provides.len(), 1);
		assert!(signed.provides.contains(&one.provides[0]), "that of the device");
		let priority = <Runtime as pallet_blacklist::Config>::ReportPriority::get();
		assert_eq!((one.priority, one.requires.len()), (priority, 0));
		assert!(one.longevity <= 16 && one.propagate);

		let mut results = flood.into_iter().map(|extrinsic| chain.apply(extrinsic));
		assert_eq!(results.next(), Some(Ok(Ok(()))));
		let again = refusal(OracleError::OutOfOrder);
		assert!(results.all(|result| result == Err(again)));
		let reports = chain.block_events().into_iter().filter(|event| {
			matches!(
				event,
				RuntimeEvent::SensorOracle(Event::Reported { sensor, .. })
					if *sensor == device.id()
			)
		});
		assert_eq!(reports.count(), 1);
		assert_eq!((chain.fees(), System::account_nonce(device.id())), (vec![], 0));
	});
}

/// Meters likewise.
#[test]
fn registers_without_a_sender() {
	on("dev", |chain| {
		let (device, boundary) = (meter(1), chain.now() / 60_000 * 60_000);
		let reading = RegisterReading { meter: device.id(), boundary, import: 0, export: 0 };
		let message = SensorOracle::register_message(reading.clone());
		let signature = Some(device.seal(&message));
		let call = || OracleCall::report_register {
			reading: reading.clone(),
			signature: signature.clone(),
		};
		assert_eq!(chain.apply(without_sender(call(), 0)), Ok(Ok(())));
		let again = refusal(OracleError::AlreadyReported);
		assert_eq!(chain.apply(without_sender(call(), 0)), Err(again));
	});
}

/// Without a sender nothing is paid for, so nothing gets anywhere but what would be accepted; the pool
/// says by number what is wrong.
#[test]
fn the_pool_refuses_bad_reports_without_a_sender() {
	on("dev", |chain| {
		let [good, late, removed] = [1, 2, 3].map(|owner| sensor(1, owner));
		let start = chain.now();
		chain.until(start + 120_000);
		let now = chain.now();
		chain.ok(&good, reported(&good, Class::Clear, now));
		chain.ok(&service(), RegistryCall::remove_device { device: removed.id() });
		let forged = || match relayed(&late, now) {
			OracleCall::report { mut report, signature } => {
				report.class = Class::LineFault;
				OracleCall::report { report, signature }
			}
			other => other,
		};
		let by_another = || {
			let report = report_of(&late, Class::Clear, now);
			let message = SensorOracle::report_message(report.clone());
			OracleCall::report { report, signature: Some(good.seal(&message)) }
		};
		let bad = [
			("forged", forged(), refusal(OracleError::BadSignature)),
			("signed by another", by_another(), refusal(OracleError::BadSignature)),
			(
				"unsigned",
				reported(&late, Class::Clear, now),
				refusal(OracleError::MissingSignature),
			),
			("replayed", relayed(&good, now), refusal(OracleError::OutOfOrder)),
			("of the future", relayed(&late, now + 60_000), refusal(OracleError::FutureReport)),
			("stale", relayed(&late, start), refusal(OracleError::StaleReport)),
			("revoked", relayed(&removed, now), refusal(OracleError::NotASensor)),
			("unregistered", relayed(&household(9), now), refusal(OracleError::NotASensor)),
		];
		let extrinsics =
			|| bad.iter().map(|(_, call, _)| without_sender(call.clone(), 0)).collect();
		for ((name, _, expected), answer) in bad.iter().zip(chain.pool(extrinsics())) {
			assert_eq!(answer, Err(*expected), "{name}");
		}
		let extrinsics: Vec<_> = extrinsics();
		for ((name, ..), extrinsic) in bad.iter().zip(extrinsics) {
			assert!(chain.apply(extrinsic).is_err(), "{name}, in a block");
		}
		assert_eq!(valid(chain, vec![without_sender(relayed(&late, now), 0)]).len(), 1);
		chain.decide(OracleCall::retire_model { model: sp_core::H256::repeat_byte(1) });
		let answer = chain.pool(vec![without_sender(relayed(&late, chain.now()), 0)]);
		let retired = refusal(OracleError::ModelRetired);
		assert_eq!(answer, vec![Err(retired)]);
	});
}

/// What no device may say comes from nobody.
#[test]
fn nothing_else_comes_without_a_sender() {
	on("dev", |chain| {
		let now = chain.now();
		let wrapped = Utility::batch { calls: vec![relayed(&sensor(1, 1), now).into()] };
		let calls: Vec<RuntimeCall> = vec![
			frame_system::Call::remark { remark: vec![1] }.into(),
			BalancesCall::transfer_keep_alive { dest: household(1).id().into(), value: VOLT }
				.into(),
			wrapped.into(),
			OracleCall::restore_sensor { sensor: sensor(1, 1).id() }.into(),
		];
		for call in calls {
			let answer = chain.pool(vec![without_sender(call.clone(), 0)]);
			assert!(answer[0].is_err(), "{call:?}: {answer:?}");
			assert!(chain.apply(without_sender(call.clone(), 0)).is_err(), "{call:?}");
		}
	});
}
