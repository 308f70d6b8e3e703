//! Reports without a sender: the device's signature has to say all.

use crate::{
	mock::*, Call, Class, Error, Event, HourRoot, Register, RegisterReadings, Reports,
	SensorReport, Series, SeriesRoot, WeightInfo, MAX_REGISTERS,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{CheckIfFeeless, GetDispatchInfo, RawOrigin},
	traits::Authorize,
	weights::Weight,
};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	transaction_validity::{
		InvalidTransaction,
		TransactionSource::{External, InBlock, Local},
		TransactionValidityError, ValidTransaction,
	},
	AccountId32,
	DispatchError::BadOrigin,
	MultiSignature,
};
use voltree_primitives::{Message, REGISTER_REPORT, SENSOR_REPORT};

type Weights = <Test as crate::Config>::WeightInfo;

fn authorized() -> RuntimeOrigin {
	RawOrigin::Authorized.into()
}

/// A report as the device itself signs it.
fn of(device: Sr25519Keyring, report: SensorReport<AccountId32>) -> Call<Test> {
	let signature = device.sign(&Oracle::report_message(report.clone()).encode()).into();
	Call::report { report, signature: Some(signature) }
}

/// What is said of `call` wherever it comes from.
fn answer(call: &Call<Test>) -> Result<ValidTransaction, TransactionValidityError> {
	let [answer, local, in_block] = [External, Local, InBlock].map(|from| call.authorize(from));
	assert_eq!([&local, &in_block], [&answer; 2]);
	let answer = answer.expect("devices' calls may come without a sender");
	answer.map(|(validity, unspent)| {
		assert_eq!(unspent, Weight::zero());
		validity
	})
}

/// Refused with the number that the metadata give this error.
fn refused(call: &Call<Test>, error: Error<Test>) {
	let number = error.encode()[0];
	assert_eq!(answer(call), Err(InvalidTransaction::Custom(number).into()), "{error:?}");
}

/// What the device has signed counts, free and without anybody's nonce, and counts once.
#[test]
fn a_signed_report_needs_no_sender() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Wind, START);
		let call = of(Alice, report.clone());
		assert_ok!(answer(&call));
		let Call::report { signature, .. } = call.clone() else { panic!("it is one") };
		assert!(RuntimeCall::Oracle(call.clone()).is_feeless(&authorized()));
		assert_ok!(Oracle::report(authorized(), report.clone(), signature));
		assert!(matches!(&events()[..], [Event::Reported { class: Class::Wind, .. }]));
		assert_eq!(Reports::<Test>::get(Alice.to_account_id()).unwrap().report, report);
		refused(&call, Error::OutOfOrder);
	});
}

/// It stays in the pool no longer than it is fresh. Periods are 25 s, a block takes 3 s.
#[test]
fn a_report_is_worth_keeping_while_it_is_fresh() {
	ExtBuilder::default().run(|| {
		for (age, blocks) in [(0, 8), (1_000, 8), (1_001, 7), (24_000, 1), (25_000, 1)] {
			let said = answer(&of(Alice, report_of(Alice, Class::Clear, START - age)));
			assert_eq!(said.map(|validity| validity.longevity), Ok(blocks), "{age} ms old");
		}
	});
}

/// Each of them by its own number.
#[test]
fn a_bad_report_is_refused_by_its_number() {
	ExtBuilder::default().run(|| {
		let now = START + 100_000;
		sees(Bob, Class::Clear, now);
		let good = report_of(Alice, Class::Clear, now);
		let by = |signer: Sr25519Keyring, domain, genesis| -> MultiSignature {
			signer.sign(&Message { domain, genesis, body: &good }.encode()).into()
		};
		let genesis = System::block_hash(0);
		let forgeries = [
			by(Bob, SENSOR_REPORT, genesis),
			by(Alice, REGISTER_REPORT, genesis),
			by(Alice, SENSOR_REPORT, H256::zero()),
		];
		for signature in forgeries {
			let call = Call::report { report: good.clone(), signature: Some(signature) };
			refused(&call, Error::BadSignature);
		}
		let Call::report { signature, .. } = of(Alice, report_of(Alice, Class::Wind, now)) else {
			panic!("it is one")
		};
		refused(&Call::report { report: good.clone(), signature }, Error::BadSignature);
		let unsigned = Call::report { report: good.clone(), signature: None };
		refused(&unsigned, Error::MissingSignature);

		let model = H256::repeat_byte(0xAA);
		let at = |device, observed| of(device, report_of(device, Class::Clear, observed));
		refused(&at(Bob, now), Error::OutOfOrder);
		refused(&at(Bob, now - 1), Error::OutOfOrder);
		refused(&at(Alice, now + 1), Error::FutureReport);
		refused(&at(Alice, now - PARAMETERS.freshness - 1), Error::StaleReport);
		refused(&at(Ferdie, now), Error::NotASensor);
		refused(&at(Eve, now), Error::NotASensor);
		let sure = SensorReport { confidence: u32::MAX, ..good.clone() };
		refused(&of(Alice, sure), Error::InvalidConfidence);
		Now::set(now + PARAMETERS.min_interval);
		refused(&at(Bob, now + 1), Error::TooFrequent);
		assert_ok!(answer(&of(Alice, good.clone())));

		TestDevices::remove(Charlie);
		refused(&at(Charlie, now), Error::NotASensor);
		assert_ok!(Oracle::allow_model(RuntimeOrigin::root(), H256::zero()));
		refused(&of(Alice, good.clone()), Error::UnknownModel);
		assert_ok!(Oracle::retire_model(RuntimeOrigin::root(), model));
		refused(&of(Alice, good), Error::ModelRetired);
	});
}

/// Numbers are those that clients read from the metadata.
#[test]
fn the_numbers_are_those_of_the_metadata() {
	use scale_info::{TypeDef, TypeInfo};
	let TypeDef::Variant(errors) = Error::<Test>::type_info().type_def else {
		panic!("errors are an enum")
	};
	let number = |name| errors.variants.iter().find(|error| error.name == name).unwrap().index;
	for (name, error) in [
		("NotASensor", Error::NotASensor),
		("BadSignature", Error::BadSignature),
		("ModelRetired", Error::ModelRetired),
		("NoEntries", Error::<Test>::NoEntries),
	] {
		let refusal = InvalidTransaction::Custom(number(name));
		assert_eq!(crate::authorized::refusal(error), refusal.into(), "{name}");
	}
}

/// Registers and roots likewise.
#[test]
fn meters_need_no_sender_either() {
	ExtBuilder::default().run(|| {
		Now::set(START + SLOT);
		let sign = |message: Vec<u8>| -> Option<MultiSignature> { Some(Eve.sign(&message).into()) };
		let one = reading(START, 0, 5);
		let signature = sign(Oracle::register_message(one.clone()).encode());
		let call = Call::report_register { reading: one.clone(), signature: signature.clone() };
		assert_eq!(answer(&call), Ok(ValidTransaction::default()));
		assert_ok!(Oracle::report_register(authorized(), one.clone(), signature.clone()));
		refused(&call, Error::AlreadyReported);

		let next = Register { boundary: START + SLOT, import: 0, export: 9 };
		let several = RegisterReadings {
			meter: Eve.to_account_id(),
			registers: vec![next].try_into().unwrap(),
		};
		let of_another = Call::report_registers { readings: several.clone(), signature };
		refused(&of_another, Error::BadSignature);
		let signature = sign(Oracle::registers_message(several.clone()).encode());
		let call = Call::report_registers { readings: several.clone(), signature };
		assert_eq!(answer(&call), Ok(ValidTransaction::default()));
		let Call::report_registers { signature, .. } = call.clone() else { panic!("it is one") };
		assert_ok!(Oracle::report_registers(authorized(), several, signature));
		refused(&call, Error::AlreadyReported);

		let hour = u32::try_from(Now::get() / 3_600_000).unwrap() - 1;
		let root = H256::repeat_byte(1);
		let series = SeriesRoot { device: Eve.to_account_id(), hour, count: 3, root };
		let signature = sign(Oracle::series_message(series.clone()).encode());
		let call = Call::record_series { series: series.clone(), signature: signature.clone() };
		assert_eq!(answer(&call), Ok(ValidTransaction::default()));
		assert_ok!(Oracle::record_series(authorized(), series, signature));
		let kept = Series::<Test>::get(Eve.to_account_id());
		assert_eq!(kept.to_vec(), vec![HourRoot { hour, count: 3, root }]);
		refused(&call, Error::AlreadyReported);
	});
}

/// What was authorized by its signature is not charged for it a second time; what its sender answers
/// for is not charged for authorizing.
#[test]
fn the_signature_is_weighed_once() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		let call = of(Alice, report.clone());
		assert_eq!(call.weight_of_authorize(), Weights::authorize_report());
		let own = Call::<Test>::report { report: report.clone(), signature: None };
		assert_eq!(own.weight_of_authorize(), Weight::zero());
		let Call::report { signature, .. } = call.clone() else { panic!("it is one") };
		let used = Oracle::report(authorized(), report, signature.clone()).unwrap();
		let used = used.actual_weight.expect("it is known");
		assert_eq!(used, Weights::report_as_before_by_sensor(3));
		assert!(used.all_lt(call.get_dispatch_info().call_weight));

		let register = Register { boundary: START, import: 0, export: 0 };
		let registers: Vec<_> = std::iter::repeat_n(register, 2).collect();
		let readings = RegisterReadings {
			meter: Eve.to_account_id(),
			registers: registers.try_into().unwrap(),
		};
		let call = Call::<Test>::report_registers { readings, signature };
		assert_eq!(call.weight_of_authorize(), Weights::authorize_registers(2));
		let most = Weights::authorize_registers(MAX_REGISTERS);
		assert!(call.weight_of_authorize().ref_time() < most.ref_time());
	});
}

/// Only who authorizes makes an extrinsic authorized: without a sender there is no other way.
#[test]
fn nobody_alone_is_nobody() {
	ExtBuilder::default().run(|| {
		let report = report_of(Alice, Class::Clear, START);
		let Call::report { signature, .. } = of(Alice, report.clone()) else { panic!("it is one") };
		assert_noop!(Oracle::report(RuntimeOrigin::none(), report, signature), BadOrigin);
		for call in [
			Call::<Test>::retire_model { model: H256::zero() },
			Call::restore_sensor { sensor: Alice.to_account_id() },
			Call::set_parameters { parameters: PARAMETERS },
		] {
			assert!(call.authorize(External).is_none(), "{call:?}");
		}
	});
}
