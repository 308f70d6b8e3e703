use crate::{mock::*, pallet::*, types, Certificate, Device, DeviceKind};
use sp_keyring::Sr25519Keyring::*;
use voltree_primitives::{Roles, Versioned};

/// Members of the genesis block are enrolled, certified since time 0, and count as endowed.
#[test]
fn members_lines_and_devices_are_known_from_the_first_block_on() {
	ExtBuilder::default()
		.certified(Alice, tag(1))
		.member(Bob, tag(1), Roles::Seller, EXPIRY)
		.member(Charlie, tag(2), Roles::Buyer, 5)
		.device(Eve, DeviceKind::Meter, Bob, LINE, 7_000)
		.run(|| {
			assert_eq!(enrolled(), [tag(1), tag(2)]);
			assert_eq!(Parameters::<Test>::get(), Versioned::new(parameters()));
			let certificate = Certificate {
				tag: tag(2),
				roles: Roles::Buyer,
				issued: 0,
				expires: 5,
				revoked: false,
			};
			assert_eq!(Certificates::<Test>::get(id(Charlie)), Some(certificate));
			assert!(Members::<Test>::get(tag(2)).unwrap().endowed);
			let meter =
				Device { kind: DeviceKind::Meter, owner: tag(1), line: LINE, rated_power: 7_000 };
			assert_eq!(Registry::devices_on(LINE), [(id(Eve), meter)]);
			assert!(System::account_exists(&id(Eve)));
		});
}

/// A specification without a word about the registry still builds.
#[test]
fn the_default_is_valid() {
	ExtBuilder::default().service_key(None).parameters(types::Parameters::default()).run(|| {
		assert_eq!(Registry::parameters().endowment, 0);
	});
}

/// The JSON of a chain specification, as operators write it.
#[test]
fn is_written_in_camel_case() {
	use frame_support::__private::serde_json::json;
	let alice = id(Alice);
	let config = json!({
		"serviceKey": alice,
		"lines": [[7, 10000]],
		"members": [[alice, tag(1), "Both", 5]],
		"devices": [[id(Eve), "Meter", alice, 7, 5000]],
		"parameters": { "endowment": 30, "longestCertificate": 100 },
	});
	let parsed: GenesisConfig<Test> =
		frame_support::__private::serde_json::from_value(config).unwrap();
	assert_eq!(parsed.members, [(id(Alice), tag(1), Roles::Both, 5)]);
	assert_eq!(parsed.devices, [(id(Eve), DeviceKind::Meter, id(Alice), 7, 5_000)]);
	assert_eq!(parsed.parameters.longest_certificate, 100);
}

#[test]
#[should_panic(expected = "registry genesis: a parameter is out of its range")]
fn fails_with_parameters_out_of_range() {
	let parameters = types::Parameters { longest_certificate: 0, ..parameters() };
	ExtBuilder::default().parameters(parameters).build();
}

#[test]
#[should_panic(expected = "registry genesis: line 7 is listed twice")]
fn fails_with_a_line_twice() {
	ExtBuilder::default().line(LINE, 1).build();
}

#[test]
#[should_panic(expected = "is certified twice")]
fn fails_with_a_member_twice() {
	ExtBuilder::default().certified(Alice, tag(1)).certified(Alice, tag(1)).build();
}

#[test]
#[should_panic(expected = "never is valid")]
fn fails_with_a_certificate_without_time() {
	ExtBuilder::default().member(Alice, tag(1), Roles::Both, 0).build();
}

#[test]
#[should_panic(expected = "is no member")]
fn fails_with_a_device_of_nobody() {
	ExtBuilder::default().device(Eve, DeviceKind::Meter, Alice, LINE, 1).build();
}

#[test]
#[should_panic(expected = "UnknownLine")]
fn fails_with_a_device_on_no_line() {
	ExtBuilder::default()
		.certified(Alice, tag(1))
		.device(Eve, DeviceKind::Meter, Alice, LINE + 1, 1)
		.build();
}
