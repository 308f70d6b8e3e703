//! The presets, the accounts they name, and what clients learn from the metadata.

mod common;

use codec::Decode;
use common::people::{pair, Id};
// The SDK's own copy of the metadata's types: the runtime names no other.
use frame_support::__private::metadata::{
	v15::RuntimeMetadataV15, RuntimeMetadata, RuntimeMetadataPrefixed,
};
use scale_info::TypeDef;
use voltree_runtime::{
	genesis::{self, accounts, NAMES},
	invariants, AccountId, Market, Runtime, System, VERSION,
};

/// Every preset builds a first state that keeps all invariants, and is whole: a node needs nothing
/// beside it.
#[test]
fn every_preset_builds() {
	for preset in NAMES {
		common::genesis_state(preset).execute_with(|| {
			invariants::check().unwrap_or_else(|broken| panic!("{preset}: {broken:?}"));
		});
	}
	assert!(genesis::preset(&"mainnet".into()).is_none());
}

/// Every preset with data aggregators makes blocks, for longer than a session.
#[test]
fn presets_with_keys_make_blocks() {
	for (preset, authors) in [("dev", 1), ("demo", 1), ("local", 4)] {
		common::on(preset, |chain| {
			let aura = pallet_aura::Authorities::<Runtime>::get();
			assert_eq!(aura.len(), authors, "{preset}");
			let voters = voltree_runtime::Grandpa::grandpa_authorities();
			assert_eq!(voters.len(), authors, "{preset}");
			for _ in 0..410 {
				chain.next();
			}
			assert_eq!(pallet_aura::Authorities::<Runtime>::get(), aura, "{preset}");
			assert_eq!(voltree_runtime::Grandpa::grandpa_authorities(), voters, "{preset}");
			assert_eq!(voltree_runtime::Grandpa::current_set_id(), 0, "{preset}");
		});
	}
}

/// The operators bring accounts and keys: without them staging has nobody, and no well-known key.
#[test]
fn staging_knows_nobody() {
	common::genesis_state("staging").execute_with(|| {
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 0);
		assert_eq!(pallet_balances::TotalIssuance::<Runtime>::get(), 0);
		assert_eq!(pallet_registry::ServiceKey::<Runtime>::get(), None);
		assert_eq!(pallet_registry::Certificates::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_registry::Devices::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_sudo::Key::<Runtime>::get(), None);
		assert_eq!(Market::parameters(), Default::default());
	});
}

/// Each numbered key is the public half of the seed that its documentation names.
#[test]
fn accounts_derive_from_their_seeds() {
	let derived = |seed: String| -> [u8; 32] { pair(&seed).id().into() };
	assert_eq!(derived("//ManagementCentre".into()), accounts::SERVICE);
	assert_eq!(derived("//Grid".into()), accounts::GRID);
	let lists: [(&str, &[[u8; 32]]); 3] = [
		("Household", &accounts::HOUSEHOLDS),
		("Meter", &accounts::METERS),
		("SensorOwner", &accounts::SENSOR_OWNERS),
	];
	for (name, keys) in lists {
		for (number, key) in (1..).zip(keys) {
			assert_eq!(derived(format!("//{name}//{number}")), *key, "{name} {number}");
		}
	}
	let owners = accounts::SENSOR_OWNERS.len();
	for (line, sensors) in (1..).zip(accounts::SENSORS.chunks(owners)) {
		for (owner, key) in (1..).zip(sensors) {
			assert_eq!(derived(format!("//Sensor//{line}//{owner}")), *key, "{line} {owner}");
		}
	}
}

/// On the development networks everybody whom the documentation names can act at once.
#[test]
fn households_and_sensor_owners_are_ready() {
	for preset in ["dev", "demo", "local"] {
		common::genesis_state(preset).execute_with(|| {
			for number in 1..=14 {
				let standing =
					voltree_runtime::Blacklist::standing(&common::people::household(number).id());
				assert_eq!(standing.tag, Some(genesis::household_tag(number)));
				assert!(standing.certified_buyer && standing.certified_seller);
				let meter: AccountId = common::people::meter(number).id();
				let device = pallet_registry::Devices::<Runtime>::get(meter).unwrap();
				assert_eq!(device.owner, genesis::household_tag(number));
				assert_eq!(device.line, genesis::HOUSEHOLD_LINES[number - 1]);
			}
			for line in 1..=3 {
				let sensors = pallet_registry::Sensors::<Runtime>::get(line);
				let named = (1..=4).map(|owner| {
					(common::people::sensor(line, owner).id(), genesis::sensor_owner_tag(owner))
				});
				assert_eq!(sensors.to_vec(), named.collect::<Vec<_>>());
			}
		});
	}
}

/// A delivery slot of the preset is long enough for the smallest fill through a household's meter.
#[test]
fn meters_can_carry_the_smallest_fill_of_a_slot() {
	for preset in ["dev", "demo", "local"] {
		common::genesis_state(preset).execute_with(|| {
			let parameters = Market::parameters();
			let rated = pallet_registry::Devices::<Runtime>::get(common::people::meter(1).id())
				.unwrap()
				.rated_power;
			let most = voltree_primitives::energy(rated, parameters.delivery_slot);
			assert!(most >= parameters.smallest_fill, "{preset}: {most} Wh in a slot");
		});
	}
}

/// The metadata as clients get it.
fn metadata() -> RuntimeMetadataV15 {
	// Some constants in it are read from the state: the slot's length.
	let opaque = common::genesis_state("dev")
		.execute_with(|| Runtime::metadata_at_version(15))
		.expect("version 15 is there");
	let prefixed = RuntimeMetadataPrefixed::decode(&mut &opaque[..]).expect("it is metadata");
	match prefixed.1 {
		RuntimeMetadata::V15(metadata) => metadata,
		other => panic!("version {}", other.version()),
	}
}

/// What a pallet of ours says to clients has documentation, item by item.
#[test]
fn metadata_has_docs() {
	let ours = [
		"Registry",
		"Credibility",
		"Blacklist",
		"SharedWallet",
		"Market",
		"SensorOracle",
		"CommunicationTree",
	];
	let metadata = metadata();
	let check = |pallet: &str, what: &str, ty: u32| {
		let TypeDef::Variant(items) = &metadata.types.resolve(ty).expect("known").type_def else {
			panic!("{pallet}: {what} is an enum")
		};
		for item in &items.variants {
			assert!(!item.docs.is_empty(), "{pallet}: {what} {} has no documentation", item.name);
		}
	};
	let known = metadata.pallets.iter().filter(|pallet| ours.contains(&&*pallet.name));
	assert_eq!(known.clone().count(), ours.len());
	for pallet in known {
		let name = &pallet.name;
		check(name, "call", pallet.calls.as_ref().expect("it has calls").ty.id);
		check(name, "event", pallet.event.as_ref().expect("it has events").ty.id);
		check(name, "error", pallet.error.as_ref().expect("it has errors").ty.id);
		for entry in &pallet.storage.as_ref().expect("it has storage").entries {
			assert!(!entry.docs.is_empty(), "{name}: {} has no documentation", entry.name);
		}
		assert!(pallet.constants.iter().all(|constant| !constant.docs.is_empty()), "{name}");
	}
	let apis = [
		"RegistryApi",
		"CredibilityApi",
		"BlacklistApi",
		"SharedWalletApi",
		"MarketApi",
		"SensorOracleApi",
		"CommunicationTreeApi",
	];
	for name in apis {
		let api = metadata.apis.iter().find(|api| api.name == name).expect(name);
		assert!(!api.docs.is_empty(), "{name}");
		for method in &api.methods {
			assert!(!method.docs.is_empty(), "{name}: {} has no documentation", method.name);
		}
	}
}

/// Stock clients build exactly this extrinsic: every extension is one they know, but for the door,
/// which has neither bytes nor implicit data, so that they need not.
#[test]
fn the_extensions_are_stock() {
	let metadata = metadata();
	let extensions = &metadata.extrinsic.signed_extensions;
	let is_empty = |ty: u32| match &metadata.types.resolve(ty).expect("known").type_def {
		TypeDef::Composite(composite) => composite.fields.is_empty(),
		TypeDef::Tuple(tuple) => tuple.fields.is_empty(),
		_ => false,
	};
	let door =
		extensions.iter().find(|each| each.identifier == "CheckStanding").expect("it is there");
	assert!(is_empty(door.ty.id) && is_empty(door.additional_signed.id));
	let names = extensions.iter().map(|each| each.identifier.as_str());
	let names = names.filter(|name| *name != "CheckStanding");
	let stock = [
		"CheckNonZeroSender",
		"CheckSpecVersion",
		"CheckTxVersion",
		"CheckGenesis",
		"CheckMortality",
		"CheckNonce",
		"CheckWeight",
		"AuthorizeCall",
		"ChargeTransactionPayment",
		"CheckMetadataHash",
	];
	assert_eq!(names.collect::<Vec<_>>(), stock);
}

#[test]
fn the_version_is_ours_and_lists_our_interfaces() {
	assert_eq!(&*VERSION.spec_name, "voltree");
	assert_eq!(VERSION.state_version(), sp_core::storage::StateVersion::V1);
	assert_eq!(<Runtime as frame_system::Config>::Version::get(), VERSION);
	// Seven interfaces of ours beside those of the SDK.
	assert!(VERSION.apis.len() >= 19, "{} interfaces", VERSION.apis.len());
	common::on("dev", |_| {
		assert_eq!(System::last_runtime_upgrade_spec_version(), VERSION.spec_version);
	});
}
