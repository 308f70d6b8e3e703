//! [`Pallet::record_series`](crate::Pallet::record_series).

use crate::series::{HOUR, MAX_HOURS};
use crate::{mock::*, Error, Event, HourRoot, Series, SeriesRoot};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{AccountId32, DispatchError::BadOrigin, MultiSignature};
use voltree_primitives::{Message, Moment, REGISTER_REPORT};

/// The hour in which the tests begin.
const THIS_HOUR: u32 = 25;

fn root_of(device: Sr25519Keyring, hour: u32) -> SeriesRoot<AccountId32> {
	let root = H256::repeat_byte(7);
	SeriesRoot { device: device.to_account_id(), hour, count: 60, root }
}

fn is_free(
	sender: Sr25519Keyring,
	series: &SeriesRoot<AccountId32>,
	signature: Option<MultiSignature>,
) -> bool {
	let call = crate::Call::record_series { series: series.clone(), signature };
	RuntimeCall::Oracle(call).is_feeless(&signed(sender))
}

/// Fails with `error`, and is not free either.
fn refused(sender: Sr25519Keyring, series: SeriesRoot<AccountId32>, error: Error<Test>) {
	assert!(!is_free(sender, &series, None));
	assert_noop!(Oracle::record_series(signed(sender), series, None), error);
}

fn hours_of(device: Sr25519Keyring) -> Vec<u32> {
	Oracle::series_of(&device.to_account_id()).iter().map(|root| root.hour).collect()
}

/// A meter or a sensor gives the root of an hour that is over, free.
#[test]
fn a_device_gives_its_hours_root() {
	ExtBuilder::default().run(|| {
		assert_eq!(u64::from(THIS_HOUR), START / HOUR);
		for device in [Eve, Alice] {
			let series = root_of(device, THIS_HOUR - 1);
			assert!(is_free(device, &series, None));
			assert_ok!(Oracle::record_series(signed(device), series.clone(), None));
			let SeriesRoot { device: account, hour, count, root } = series;
			let recorded = Event::SeriesRecorded { device: account, hour, count, root };
			assert_eq!(events(), vec![recorded]);
			assert_eq!(
				Oracle::series_of(&device.to_account_id()),
				vec![HourRoot { hour, count, root }]
			);
		}
	});
}

/// Anyone may carry a signed root, free as well.
#[test]
fn a_relayer_carries_a_signed_root() {
	ExtBuilder::default().run(|| {
		let series = root_of(Eve, THIS_HOUR - 1);
		let message = Oracle::series_message(series.clone()).encode();
		let signature = Some(MultiSignature::from(Eve.sign(&message)));
		assert!(is_free(Ferdie, &series, signature.clone()));
		assert_ok!(Oracle::record_series(signed(Ferdie), series, signature));
	});
}

/// One root an hour, in their order; hours may be left out.
#[test]
fn hours_rise() {
	ExtBuilder::default().run(|| {
		let give = |hour| Oracle::record_series(signed(Eve), root_of(Eve, hour), None);
		assert_ok!(give(20));
		assert_ok!(give(22));
		refused(Eve, root_of(Eve, 22), Error::AlreadyReported);
		refused(Eve, root_of(Eve, 20), Error::AlreadyReported);
		refused(Eve, root_of(Eve, 21), Error::OutOfOrder);
		assert_ok!(give(23));
		assert_eq!(hours_of(Eve), [20, 22, 23]);
	});
}

/// The newest hours are kept, and no more.
#[test]
fn a_series_is_bounded() {
	ExtBuilder::default().run(|| {
		for hour in THIS_HOUR..THIS_HOUR + MAX_HOURS + 5 {
			Now::set(Moment::from(hour + 1) * HOUR);
			assert_ok!(Oracle::record_series(signed(Eve), root_of(Eve, hour), None));
		}
		assert_eq!(hours_of(Eve), (THIS_HOUR + 5..THIS_HOUR + MAX_HOURS + 5).collect::<Vec<_>>());
	});
}

/// What a removed device has given is forgotten.
#[test]
fn a_removed_device_has_no_series() {
	ExtBuilder::default().run(|| {
		assert_ok!(Oracle::record_series(signed(Alice), root_of(Alice, 20), None));
		TestDevices::remove(Alice);
		assert!(!Series::<Test>::contains_key(Alice.to_account_id()));
		refused(Alice, root_of(Alice, 21), Error::NotADevice);
	});
}

#[test]
fn fails_if_not_a_device() {
	ExtBuilder::default().run(|| refused(Ferdie, root_of(Ferdie, 20), Error::NotADevice));
}

#[test]
fn fails_without_entries() {
	ExtBuilder::default().run(|| {
		refused(Eve, SeriesRoot { count: 0, ..root_of(Eve, 20) }, Error::NoEntries);
	});
}

/// An hour counts once it is over.
#[test]
fn fails_before_the_hour_is_over() {
	ExtBuilder::default().run(|| {
		Now::set(Moment::from(THIS_HOUR + 1) * HOUR - 1);
		refused(Eve, root_of(Eve, THIS_HOUR), Error::FutureReport);
		refused(Eve, root_of(Eve, u32::MAX), Error::FutureReport);
		Now::set(Moment::from(THIS_HOUR + 1) * HOUR);
		assert_ok!(Oracle::record_series(signed(Eve), root_of(Eve, THIS_HOUR), None));
	});
}

#[test]
fn fails_if_too_old() {
	ExtBuilder::default().run(|| {
		Now::set(Moment::from(THIS_HOUR + MAX_HOURS) * HOUR);
		refused(Eve, root_of(Eve, THIS_HOUR - 1), Error::TooOld);
		assert_ok!(Oracle::record_series(signed(Eve), root_of(Eve, THIS_HOUR), None));
	});
}

#[test]
fn fails_if_the_device_did_not_say_so() {
	ExtBuilder::default().run(|| {
		let series = root_of(Eve, 20);
		refused(Ferdie, series.clone(), Error::MissingSignature);
		let other_purpose =
			Message { domain: REGISTER_REPORT, genesis: System::block_hash(0), body: &series };
		for signature in [
			Bob.sign(&Oracle::series_message(series.clone()).encode()),
			Eve.sign(&Oracle::series_message(root_of(Eve, 21)).encode()),
			Eve.sign(&other_purpose.encode()),
		] {
			let signature = Some(MultiSignature::from(signature));
			assert!(!is_free(Ferdie, &series, signature.clone()));
			assert_noop!(
				Oracle::record_series(signed(Ferdie), series.clone(), signature),
				Error::<Test>::BadSignature
			);
		}
	});
}

#[test]
fn fails_for_unsigned_and_root() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Oracle::record_series(origin, root_of(Eve, 20), None), BadOrigin);
		}
	});
}
