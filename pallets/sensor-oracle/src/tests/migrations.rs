//! [`MigrateToV1`].

use crate::{
	migrations::MigrateToV1, mock::*, Class, Histories, Lines, OracleParameters, Parameters,
	Reports, Settings,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};
use voltree_primitives::{LineSafety, Moment, Verdict};

/// The periods of the first release stay in force, as version 0 with nothing announced.
#[test]
fn periods_of_the_first_release_stay_in_force() {
	ExtBuilder::default().parameters(OracleParameters::default()).run(|| {
		// Three values, one after the other.
		let old = (PARAMETERS.report_period, PARAMETERS.freshness, PARAMETERS.min_interval);
		unhashed::put_raw(&Parameters::<Test>::hashed_key(), &old.encode());
		StorageVersion::new(0).put::<Oracle>();
		#[cfg(feature = "try-runtime")]
		let state = MigrateToV1::<Test>::pre_upgrade().unwrap();

		MigrateToV1::<Test>::on_runtime_upgrade();

		#[cfg(feature = "try-runtime")]
		MigrateToV1::<Test>::post_upgrade(state).unwrap();
		assert_eq!(
			Parameters::<Test>::get(),
			Settings::new(OracleParameters {
				missed_after: OracleParameters::USUAL.missed_after,
				..PARAMETERS
			})
		);
		assert_eq!(Oracle::on_chain_storage_version(), 1);
	});
}

/// What sensors have said stays said, and the lines that are not stale are watched from then on.
#[test]
fn what_was_said_stays_said() {
	ExtBuilder::default().run(|| {
		// The first release kept runs of hazard or not, and verdicts alone.
		type OldSpan = (bool, Moment, Option<Moment>, Moment, Moment);
		let until = START + PARAMETERS.freshness;
		for (sensor, class) in
			[(Alice, Class::Clear), (Bob, Class::Overload), (Charlie, Class::Wind)]
		{
			let account = sensor.to_account_id();
			let hazard = class.is_hazard();
			let spans: Vec<OldSpan> =
				vec![(true, 5, None, 6, 7), (hazard, START - 20_000, Some(START), START, until)];
			unhashed::put(&Histories::<Test>::hashed_key_for(&account), &spans);
			let report = report_of(sensor, class, START);
			unhashed::put(&Reports::<Test>::hashed_key_for(&account), &report);
		}
		unhashed::put(&Lines::<Test>::hashed_key_for(LINE), &Verdict::Hazard);
		let old = (PARAMETERS.report_period, PARAMETERS.freshness, PARAMETERS.min_interval);
		unhashed::put_raw(&Parameters::<Test>::hashed_key(), &old.encode());
		StorageVersion::new(0).put::<Oracle>();

		MigrateToV1::<Test>::on_runtime_upgrade();

		assert_ok!(Oracle::do_try_state());
		let spans = Histories::<Test>::get(Bob.to_account_id()).spans;
		assert_eq!((spans.len(), spans[1].class), (2, Class::Overload));
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Hazard);
		// The next block says which hazard it is, and silence is noticed.
		block_at(START + 3_000);
		assert_eq!(Lines::<Test>::get(LINE).unwrap().class, Class::Overload);
		block_at(until + 1);
		assert_eq!(Lines::<Test>::get(LINE).unwrap().verdict, Verdict::Stale);
	});
}

/// Run once more it changes nothing, nor does it touch a chain that began with this release.
#[test]
fn happens_once() {
	ExtBuilder::default().run(|| {
		assert_eq!(Oracle::on_chain_storage_version(), 1);
		let announced = OracleParameters { freshness: 30_000, ..PARAMETERS };
		assert_ok!(Oracle::set_parameters(RuntimeOrigin::root(), announced));
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before);
	});
}
