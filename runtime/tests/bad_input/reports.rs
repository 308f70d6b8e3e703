//! Reports of sensors and meters, and parameters out of range.

use crate::common::{
	self, on,
	people::{household, meter, sensor, sensor_owner, service, Id},
	refusals::{by_everybody, check, check_decided, row},
	scene::report_of,
	Chain, OracleCall, RegistryCall,
};
use pallet_sensor_oracle::{
	models::MAX_MODELS, series::HOUR, Class, Error as Oracle, Register, RegisterReading,
	RegisterReadings, SeriesRoot,
};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::Moment;
use voltree_runtime::{AccountId, Market, Runtime};

type OracleError = Oracle<Runtime>;

fn reading(of: &Pair, boundary: Moment, import: u64, export: u64) -> RegisterReading<AccountId> {
	RegisterReading { meter: of.id(), boundary, import, export }
}

fn read(reading: RegisterReading<AccountId>, by: Option<&Pair>) -> OracleCall {
	let message = voltree_runtime::SensorOracle::register_message(reading.clone());
	OracleCall::report_register { reading, signature: by.map(|by| by.seal(&message)) }
}

#[test]
fn registers() {
	on("dev", |chain| {
		let [relayer, device] = [household(9), meter(1)];
		let slot = Market::parameters().delivery_slot;
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

/// Readings of several boundaries: `(boundary, export)`.
fn read_several(of: &Pair, several: &[(Moment, u64)], by: Option<&Pair>) -> OracleCall {
	let registers = several
		.iter()
		.map(|&(boundary, export)| Register { boundary, import: 0, export })
		.collect::<Vec<_>>();
	let registers = registers.try_into().expect("no more than fit");
	let readings = RegisterReadings { meter: of.id(), registers };
	let message = voltree_runtime::SensorOracle::registers_message(readings.clone());
	OracleCall::report_registers { readings, signature: by.map(|by| by.seal(&message)) }
}

#[test]
fn registers_of_several_boundaries() {
	on("dev", |chain| {
		let [relayer, device] = [household(9), meter(1)];
		let slot = Market::parameters().delivery_slot;
		let first = chain.now().div_ceil(slot) * slot;
		let second = first + slot;
		chain.until(second);
		let mine = Some(&device);
		let of = |several: &[(Moment, u64)]| read_several(&device, several, mine);
		let good = (first, 1_000);
		check(
			chain,
			vec![
				row("none", &relayer, of(&[]), OracleError::NoRegisters),
				row(
					"a person's",
					&relayer,
					read_several(&relayer, &[good], Some(&relayer)),
					OracleError::NotAMeter,
				),
				row(
					"one between slots",
					&relayer,
					of(&[good, (second - 1, 1_000)]),
					OracleError::NotABoundary,
				),
				row(
					"one to come",
					&relayer,
					of(&[good, (second + slot, 1_000)]),
					OracleError::FutureReport,
				),
				row("one twice", &relayer, of(&[good, good]), OracleError::AlreadyReported),
				row("backwards", &relayer, of(&[good, (second, 999)]), OracleError::NotMonotone),
				row("leaps", &relayer, of(&[good, (second, u64::MAX)]), OracleError::Implausible),
				row(
					"unsigned",
					&relayer,
					read_several(&device, &[good], None),
					OracleError::MissingSignature,
				),
				row(
					"forged",
					&relayer,
					read_several(&device, &[good], Some(&relayer)),
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
			let message = voltree_runtime::SensorOracle::report_message(report.clone());
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

/// A model that is retired, or not on the list once there is one; and lists that make no sense.
#[test]
fn models() {
	on("dev", |chain| {
		let [relayer, device] = [household(9), sensor(1, 1)];
		let model = H256::repeat_byte;
		let [allow, retire] = [true, false].map(|allow| {
			move |number| match allow {
				true => OracleCall::allow_model { model: model(number) },
				false => OracleCall::retire_model { model: model(number) },
			}
		});
		for call in [allow(2), retire(2)] {
			let rows = by_everybody(chain, call, BadOrigin);
			check(chain, rows);
		}
		let report = |chain: &Chain| {
			let report = report_of(&device, Class::Clear, chain.now());
			let message = voltree_runtime::SensorOracle::report_message(report.clone());
			OracleCall::report { report, signature: Some(device.seal(&message)) }
		};
		chain.decide(retire(1));
		let said = report(chain);
		check(chain, vec![row("a retired model", &relayer, said, OracleError::ModelRetired)]);
		check_decided(
			chain,
			vec![("retired twice", retire(1).into(), OracleError::AlreadyRetired.into())],
		);
		chain.decide(allow(2));
		let said = report(chain);
		check(chain, vec![row("still retired", &relayer, said, OracleError::ModelRetired)]);
		check_decided(
			chain,
			vec![
				("allowed twice", allow(2).into(), OracleError::AlreadyAllowed.into()),
				("the last one", retire(2).into(), OracleError::LastModel.into()),
			],
		);
		// The one that speaks is no longer remembered as retired, but it is not on the list.
		pallet_sensor_oracle::Parameters::<Runtime>::mutate(|settings| {
			settings.models.retired.clear();
		});
		let said = report(chain);
		check(chain, vec![row("an unknown model", &relayer, said, OracleError::UnknownModel)]);
		for number in 3..=u8::try_from(MAX_MODELS).expect("few") + 1 {
			chain.decide(allow(number));
		}
		check_decided(
			chain,
			vec![("one too many", allow(99).into(), OracleError::MaxModelsExceeded.into())],
		);
	});
}

/// Whoever brings a sensor back that is not set aside, is not his, or has not waited.
#[test]
fn sensors_set_aside() {
	on("dev", |chain| {
		let [device, owner] = [sensor(1, 1), sensor_owner(1)];
		let restore = |sensor: &Pair| OracleCall::restore_sensor { sensor: sensor.id() };
		for digest in [7, 8, 7] {
			chain.until(chain.now() + 3_000);
			let mut report = report_of(&device, Class::Clear, chain.now());
			report.digest = H256::repeat_byte(digest);
			chain.ok(&device, OracleCall::report { report, signature: None });
		}
		check(
			chain,
			vec![
				row("another's", &sensor_owner(2), restore(&device), OracleError::NotOwner),
				row("nobody's", &household(1), restore(&device), OracleError::NotOwner),
				row("at once", &owner, restore(&device), OracleError::TooEarly),
				row("a meter", &owner, restore(&meter(1)), OracleError::NotASensor),
				row("one that speaks", &owner, restore(&sensor(2, 1)), OracleError::NotSetAside),
			],
		);
		// An hour of three-second slots.
		assert_eq!(voltree_runtime::SensorOracle::parameters().waiting, 3_600_000);
		chain.skip(1_200);
		check(chain, vec![row("unproven", &owner, restore(&device), OracleError::TooFewReports)]);
		chain.decide(restore(&device));
		check_decided(
			chain,
			vec![("twice", restore(&device).into(), OracleError::NotSetAside.into())],
		);
	});
}

#[test]
fn series() {
	on("dev", |chain| {
		let [relayer, device] = [household(9), meter(1)];
		let now = u32::try_from(chain.now() / HOUR).expect("early");
		let root = |of: &Pair, hour| SeriesRoot {
			device: of.id(),
			hour,
			count: 60,
			root: H256::repeat_byte(1),
		};
		let give = |series: SeriesRoot<_>, by: Option<&Pair>| {
			let message = voltree_runtime::SensorOracle::series_message(series.clone());
			OracleCall::record_series { series, signature: by.map(|by| by.seal(&message)) }
		};
		chain.ok(&device, give(root(&device, now - 3), None));
		let mine = Some(&device);
		let of = |hour| give(root(&device, hour), mine);
		let mut empty = root(&device, now - 1);
		empty.count = 0;
		let signed = of(now - 1);
		let mut forged = signed.clone();
		if let OracleCall::record_series { series, .. } = &mut forged {
			series.root = H256::repeat_byte(2);
		}
		check(
			chain,
			vec![
				row(
					"a person's",
					&relayer,
					give(root(&relayer, now - 1), Some(&relayer)),
					OracleError::NotADevice,
				),
				row("empty", &relayer, give(empty, mine), OracleError::NoEntries),
				row("this hour", &relayer, of(now), OracleError::FutureReport),
				row("the end of time", &relayer, of(u32::MAX), OracleError::FutureReport),
				row("49 hours back", &relayer, of(now - 49), OracleError::TooOld),
				row("the beginning of time", &relayer, of(0), OracleError::TooOld),
				row("replayed", &relayer, of(now - 3), OracleError::AlreadyReported),
				row("older", &relayer, of(now - 4), OracleError::OutOfOrder),
				row(
					"unsigned",
					&relayer,
					give(root(&device, now - 1), None),
					OracleError::MissingSignature,
				),
				row("changed on the way", &relayer, forged, OracleError::BadSignature),
			],
		);
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
		let blacklist = pallet_blacklist::types::Parameters { limit: 0, ..Default::default() };
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
