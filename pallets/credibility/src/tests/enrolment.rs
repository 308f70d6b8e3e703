use crate::{mock::*, pallet::*, types, Score};
use frame_support::assert_ok;
use sp_runtime::BuildStorage;
use voltree_primitives::{Cause, Credibility, OnEnrolled};

/// A new tag gets the start value.
#[test]
fn a_new_tag_gets_its_first_credit() {
	ExtBuilder::default().parameters(700, 10, 100).run(|| {
		CredibilityPallet::enrolled(&tag(1));
		assert_eq!(events(), [Event::Enrolled { tag: tag(1), credit: 700 }]);
		assert_eq!(Scores::<Test>::get(tag(1)), Some(Score::new(700)));
	});
}

/// A known tag keeps everything: nobody washes himself clean with a new certificate.
#[test]
fn a_known_tag_keeps_its_score() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		CredibilityPallet::untimely(&tag(1), 1_000, Cause::NotPaid, &CredibilityPallet::terms());
		let score = Scores::<Test>::get(tag(1));
		events();

		CredibilityPallet::enrolled(&tag(1));

		assert_eq!(events(), []);
		assert_eq!(Scores::<Test>::get(tag(1)), score);
	});
}

/// Another start value is for those who come later.
#[test]
fn another_start_is_for_newcomers() {
	ExtBuilder::default().enrolled(tag(1)).run(|| {
		let lower = types::Parameters { start: 300, ..Default::default() };
		assert_ok!(CredibilityPallet::set_parameters(RuntimeOrigin::root(), lower));
		set_now(START + NOTICE);
		CredibilityPallet::enrolled(&tag(2));
		assert_eq!(CredibilityPallet::credit(&tag(1)), 1_000);
		assert_eq!(CredibilityPallet::credit(&tag(2)), 300);
	});
}

/// The registry may enrol its genesis members before this pallet has its parameters.
#[test]
fn the_order_of_pallets_does_not_matter_at_genesis() {
	ExtBuilder::default().enrolled(tag(1)).build().execute_with(|| {
		let parameters = types::Parameters { start: 400, ..Default::default() };
		let genesis = GenesisConfig::<Test> { parameters, ..Default::default() };
		frame_support::traits::BuildGenesisConfig::build(&genesis);
		assert_eq!(Scores::<Test>::get(tag(1)), Some(Score::new(400)));
	});
}

#[test]
#[should_panic(expected = "credibility genesis: a parameter is out of its range")]
fn genesis_fails_with_parameters_out_of_range() {
	let parameters = types::Parameters { weight: 0, ..Default::default() };
	let genesis = GenesisConfig::<Test> { parameters, ..Default::default() };
	let _storage = genesis.build_storage();
}
