//! Fees: all of them go to the block's author, and devices without money report for nothing.

mod common;

use common::{
	on,
	people::{household, meter, pair, sensor, Id},
	scene::{report_of, total},
	sign, sign_with, BalancesCall, Chain, OracleCall,
};
use pallet_sensor_oracle::{Class, Error as Oracle, RegisterReading};
use sp_core::sr25519::Pair;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};
use voltree_runtime::{
	Authorship, Balances, Market, Runtime, RuntimeCall, RuntimeEvent, System, TransactionPayment,
	VOLT,
};

const NO_MONEY: TransactionValidityError =
	TransactionValidityError::Invalid(InvalidTransaction::Payment);

fn transfer(to: &Pair, value: u128) -> BalancesCall {
	BalancesCall::transfer_allow_death { dest: to.id().into(), value }
}

fn report(by: &Pair, observed: u64, sealed: bool) -> OracleCall {
	let report = report_of(by, Class::Clear, observed);
	let message = voltree_runtime::SensorOracle::report_message(report.clone());
	OracleCall::report { report, signature: sealed.then(|| by.seal(&message)) }
}

fn reading(by: &Pair, boundary: u64, sealed: bool) -> OracleCall {
	let reading = RegisterReading { meter: by.id(), boundary, import: 1, export: 1 };
	let message = voltree_runtime::SensorOracle::register_message(reading.clone());
	OracleCall::report_register { reading, signature: sealed.then(|| by.seal(&message)) }
}

/// The newest boundary of a delivery slot.
fn boundary(chain: &Chain) -> u64 {
	let slot = Market::parameters().delivery_slot;
	chain.now() / slot * slot
}

/// Fee and tip, of whatever block, to whoever wrote it.
#[test]
fn the_author_gets_all_of_it() {
	on("local", |chain| {
		let issued = Balances::total_issuance();
		let [payer, other] = [pair("//Eve"), pair("//Ferdie")];
		let authors = ["//Alice", "//Bob", "//Charlie", "//Dave"].map(pair);
		let mut paid_to = Vec::new();
		for tip in [0, 7, 1_000, VOLT] {
			let author = Authorship::author().expect("a block has an author");
			let key = authors.iter().find(|key| key.id() == author).expect("a known author");
			let [had, earned, got] = [total(&payer), total(key), total(&other)];
			let extrinsic = sign(&payer, transfer(&other, VOLT), tip);
			let length = u32::try_from(codec::Encode::encoded_size(&extrinsic)).expect("short");
			let told = TransactionPayment::query_info(extrinsic.clone(), length).partial_fee;
			assert_eq!(chain.apply(extrinsic), Ok(Ok(())));
			let fee = had - total(&payer) - VOLT;
			assert_eq!(fee, told + tip, "clients are told what it costs");
			assert_eq!(total(key) - earned, fee);
			assert_eq!(total(&other) - got, VOLT);
			paid_to.push(author);
			chain.next();
		}
		paid_to.sort();
		paid_to.dedup();
		assert_eq!(paid_to.len(), 4, "they take turns");
		assert_eq!(Balances::total_issuance(), issued);
	});
}

/// What is left of an account below the existential deposit goes to the author as well.
#[test]
fn dust_goes_to_the_author() {
	on("dev", |chain| {
		let issued = Balances::total_issuance();
		let [poor, other, author] = [pair("//Poor"), pair("//Ferdie"), pair("//Alice")];
		chain.give(&poor, VOLT);
		let costs = sign(&poor, transfer(&other, VOLT / 2), 0);
		let length = u32::try_from(codec::Encode::encoded_size(&costs)).expect("short");
		let fee = TransactionPayment::query_info(costs, length).partial_fee;
		let dust = VOLT / 2_000;
		let before = total(&author);
		chain.ok(&poor, transfer(&other, VOLT - fee - dust));
		assert_eq!(chain.fees_of(&poor), fee);
		assert_eq!(total(&poor), 0, "half of the existential deposit does not stay");
		assert_eq!(total(&author) - before, fee + dust);
		assert_eq!(Balances::total_issuance(), issued);
	});
}

/// A device has no money and needs none.
#[test]
fn a_device_reports_for_nothing() {
	on("dev", |chain| {
		let [seer, counter] = [sensor(1, 1), meter(1)];
		let at = boundary(chain);
		let now = chain.now();
		chain.ok(&seer, report(&seer, now, false));
		chain.ok(&counter, reading(&counter, at, false));
		assert_eq!([total(&seer), total(&counter)], [0, 0]);
		assert_eq!(chain.fees(), []);
		let skipped = chain
			.block_events()
			.into_iter()
			.filter(|event| matches!(event, RuntimeEvent::SkipFeelessPayment(_)));
		assert_eq!(skipped.count(), 2);
		assert_eq!(System::account_nonce(seer.id()), 1);
	});
}

/// Somebody else may bring the device's signed report, for nothing too.
#[test]
fn a_relayer_pays_nothing_for_a_good_report() {
	on("dev", |chain| {
		let relayer = household(9);
		let had = total(&relayer);
		let (now, at) = (chain.now(), boundary(chain));
		chain.ok(&relayer, report(&sensor(1, 1), now, true));
		chain.ok(&relayer, reading(&meter(1), at, true));
		assert_eq!(total(&relayer), had);

		// The same again is no news, and not free.
		let again = chain.send(&relayer, report(&sensor(1, 1), now, true));
		assert_eq!(again, Err(Oracle::<Runtime>::OutOfOrder.into()));
		let again = chain.send(&household(8), reading(&meter(1), at, true));
		assert_eq!(again, Err(Oracle::<Runtime>::AlreadyReported.into()));
		assert_eq!(had - total(&relayer), chain.fees_of(&relayer));
		assert!(chain.fees_of(&relayer) > 0 && chain.fees_of(&household(8)) > 0);
	});
}

/// What a device may not report now, the pool refuses: nobody would pay for it.
#[test]
fn the_pool_refuses_what_a_device_cannot_pay() {
	on("dev", |chain| {
		let [seer, counter, third] = [sensor(1, 1), meter(1), sensor(1, 3)];
		let stranger = pair("//NoSensor");
		let (now, at) = (chain.now(), boundary(chain));
		chain.ok(&seer, report(&seer, now, false));
		chain.ok(&counter, reading(&counter, at, false));

		// At the next block: the rate limit of a report period's shortest interval holds.
		let batch = |call: OracleCall| {
			RuntimeCall::from(pallet_utility::Call::<Runtime>::batch { calls: vec![call.into()] })
		};
		let refused: Vec<(&str, &Pair, RuntimeCall)> = vec![
			("within the interval", &seer, report(&seer, now - 1, false).into()),
			("the same again", &seer, report(&seer, now, false).into()),
			("to come", &seer, report(&seer, now + 1, false).into()),
			("another sensor's", &seer, report(&sensor(1, 2), now, false).into()),
			("the same register", &counter, reading(&counter, at, false).into()),
			("between slots", &counter, reading(&counter, at - 1, false).into()),
			("in a batch", &third, batch(report(&third, now, false))),
			("money", &seer, transfer(&counter, 1).into()),
			("a remark", &seer, frame_system::Call::remark { remark: vec![] }.into()),
			("no device", &stranger, report(&stranger, now, false).into()),
			("a stranger relays", &stranger, report(&sensor(1, 4), now, true).into()),
		];
		let names = refused.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
		let extrinsics = refused.into_iter().map(|(_, by, call)| sign(by, call, 0)).collect();
		let answers = chain.pool(extrinsics);
		for (name, answer) in names.into_iter().zip(answers) {
			assert_eq!(answer.map(|_| ()), Err(NO_MONEY), "{name}");
		}

		// What it may report is welcome, once: a second one with the next nonce waits for its turn
		// and is not free then.
		chain.next();
		let now = chain.now();
		let first = sign(&seer, report(&seer, now, false), 0);
		let nonce = System::account_nonce(seer.id()) + 1;
		let second = sign_with(&seer, report(&seer, now, false), 0, nonce);
		let answers = chain.pool(vec![first.clone()]);
		assert!(answers[0].is_ok(), "{answers:?}");
		assert_eq!(chain.apply(first), Ok(Ok(())));
		assert_eq!(chain.apply(second), Err(NO_MONEY));
		assert_eq!(total(&seer), 0);
	});
}

/// A removed device is nobody: its account is gone with its right to report.
#[test]
fn a_removed_device_reports_no_more() {
	on("dev", |chain| {
		let seer = sensor(1, 1);
		let remove = common::RegistryCall::remove_device { device: seer.id() };
		chain.ok(&common::people::service(), remove);
		let now = chain.now();
		let answer = chain.apply(sign(&seer, report(&seer, now, false), 0));
		assert_eq!(answer, Err(NO_MONEY));
		let relayed = chain.send(&household(9), report(&seer, now, true));
		assert_eq!(relayed, Err(Oracle::<Runtime>::NotASensor.into()));
	});
}

/// Blocks keep room for reports beside any number of trades.
#[test]
fn reports_fit_into_a_block_full_of_users() {
	on("dev", |chain| {
		let payer = pair("//Bob");
		let remark = frame_system::Call::<Runtime>::remark { remark: vec![0; 100_000] };
		let mut filled = 0;
		while let Ok(result) = chain.apply(sign(&payer, remark.clone(), 0)) {
			assert_eq!(result, Ok(()));
			filled += 1;
		}
		assert!(filled > 5, "{filled} of them");
		let now = chain.now();
		for line in 1..=3 {
			for owner in 1..=4 {
				let seer = sensor(line, owner);
				chain.ok(&seer, report(&seer, now, false));
			}
		}
		let unpaid = chain.send(&payer, report(&sensor(1, 1), now, true));
		assert!(matches!(unpaid, Err(DispatchError::Module(_))), "{unpaid:?}");
	});
}
