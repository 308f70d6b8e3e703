//! [`Pallet::allow_model`](crate::Pallet::allow_model) and
//! [`Pallet::retire_model`](crate::Pallet::retire_model).

use crate::{mock::*, models::MAX_MODELS, Class, Error, Event, SensorReport};
use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use sp_core::H256;
use sp_runtime::{DispatchError::BadOrigin, DispatchResult};
use voltree_primitives::{LineSafety, Moment, Verdict};

fn model(n: u32) -> H256 {
	H256::from_low_u64_be(n.into())
}

fn allow(n: u32) -> DispatchResult {
	Oracle::allow_model(RuntimeOrigin::root(), model(n))
}

fn retire(n: u32) -> DispatchResult {
	Oracle::retire_model(RuntimeOrigin::root(), model(n))
}

/// Alice reports by a model at a time. Whether that is free, and what became of it.
fn report_by(n: u32, at: Moment) -> (bool, DispatchResult) {
	Now::set(at);
	let report = SensorReport { model: model(n), ..report_of(Alice, Class::Clear, at) };
	let call = crate::Call::report { report: report.clone(), signature: None };
	let is_free = RuntimeCall::Oracle(call).is_feeless(&signed(Alice));
	let result = Oracle::report(signed(Alice), report, None);
	(is_free, result.map(|_| ()).map_err(|refused| refused.error))
}

/// A report of a retired model is refused and not free; of all others it is taken.
#[test]
fn a_retired_model_reports_no_more() {
	ExtBuilder::default().run(|| {
		assert_eq!(report_by(1, START), (true, Ok(())));
		assert_ok!(retire(1));
		assert_eq!(events().pop(), Some(Event::ModelRetired { model: model(1) }));
		let refused = Error::<Test>::ModelRetired.into();
		assert_eq!(report_by(1, START + 5_000), (false, Err(refused)));
		assert_eq!(report_by(2, START + 5_000), (true, Ok(())));
	});
}

/// Once one model is allowed, no other may report; until then any may.
#[test]
fn the_first_allowed_model_closes_the_list() {
	ExtBuilder::default().run(|| {
		assert_ok!(allow(1));
		assert_eq!(events(), vec![Event::ModelAllowed { model: model(1) }]);
		assert_eq!(report_by(1, START), (true, Ok(())));
		let refused = Error::<Test>::UnknownModel.into();
		assert_eq!(report_by(2, START + 5_000), (false, Err(refused)));
		assert_ok!(allow(2));
		assert_eq!(report_by(2, START + 5_000), (true, Ok(())));
		// The last one cannot be retired: that would open the list again.
		assert_ok!(retire(1));
		assert_noop!(retire(2), Error::<Test>::LastModel);
		let refused = Error::<Test>::ModelRetired.into();
		assert_eq!(report_by(1, START + 10_000), (false, Err(refused)));
		// A retired model can be allowed again.
		assert_ok!(allow(1));
		assert_eq!(report_by(1, START + 10_000), (true, Ok(())));
	});
}

/// What a model has reported speaks as long as it is fresh: no past delivery is judged anew.
#[test]
fn what_a_retired_model_has_said_stays_fresh() {
	ExtBuilder::default().run(|| {
		all_see(Class::Clear, &[START, START + 10_000]);
		assert_ok!(Oracle::retire_model(RuntimeOrigin::root(), H256::repeat_byte(0xAA)));
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Safe);
		Now::set(START + 35_001);
		assert_eq!(Oracle::verdict(LINE, &[]), Verdict::Stale);
	});
}

#[test]
fn nothing_is_decided_twice() {
	ExtBuilder::default().run(|| {
		assert_ok!(retire(1));
		assert_noop!(retire(1), Error::<Test>::AlreadyRetired);
		assert_ok!(allow(1));
		assert_noop!(allow(1), Error::<Test>::AlreadyAllowed);
	});
}

/// The lists are bounded. While any model may report, none that is retired is forgotten; once the
/// list is closed, what is forgotten may not report either.
#[test]
fn the_lists_are_bounded() {
	ExtBuilder::default().run(|| {
		for n in 0..MAX_MODELS {
			assert_ok!(retire(n));
		}
		assert_noop!(retire(MAX_MODELS), Error::<Test>::MaxModelsExceeded);
		for n in 0..MAX_MODELS {
			assert_ok!(allow(100 + n));
		}
		assert_noop!(allow(99), Error::<Test>::MaxModelsExceeded);
		assert_ok!(retire(100));
		assert_eq!(Oracle::models().retired.len(), 32);
		let refused = Error::<Test>::UnknownModel.into();
		assert_eq!(report_by(0, START), (false, Err(refused)));
	});
}

#[test]
fn fails_if_not_the_authority() {
	ExtBuilder::default().run(|| {
		for origin in [RuntimeOrigin::none(), signed(Alice)] {
			assert_noop!(Oracle::allow_model(origin.clone(), model(1)), BadOrigin);
			assert_noop!(Oracle::retire_model(origin, model(1)), BadOrigin);
		}
	});
}
