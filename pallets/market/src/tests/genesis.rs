//! Genesis, and the constants that go with it.

use crate::{mock::*, pallet::*};
use frame_support::traits::Hooks;
use voltree_primitives::Versioned;

#[test]
fn parameters_come_from_genesis() {
	let slow = Parameters { pay_period: 77_000, ..parameters() };
	ExtBuilder::default().parameters(slow.clone()).run(|| {
		assert_eq!(MarketParameters::<Test>::get(), Versioned::new(slow));
		assert_eq!(GridKey::<Test>::get(), Some(id(GRID)));
		Market::integrity_test();
	});
}

#[test]
fn default_parameters_are_valid() {
	assert!(Parameters::default().is_valid());
	assert!(parameters().is_valid());
}

#[test]
#[should_panic(expected = "market.parameters are out of range")]
fn a_genesis_out_of_range_is_refused() {
	ExtBuilder::default().parameters(Parameters { smallest_fill: 99, ..parameters() }).build();
}

/// Written and read as a chain specification does, and misspelt fields are refused.
#[test]
fn parameters_are_written_in_camel_case() {
	let written = serde_json::to_value(parameters()).unwrap();
	assert_eq!(written["deliverySlot"], 60_000);
	assert_eq!(serde_json::from_value::<Parameters>(written.clone()).unwrap(), parameters());
	let mut misspelt = written;
	misspelt["deliverySlots"] = 1.into();
	assert!(serde_json::from_value::<Parameters>(misspelt).is_err());
}
