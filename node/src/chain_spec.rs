//! The networks known by name, and how their specification is made from the runtime's genesis
//! presets. Any other name is the path of a specification file.

use sc_service::{ChainType, Properties};
use std::path::Path;

/// A specification of a Voltree chain, without extensions.
pub type ChainSpec = sc_service::GenericChainSpec;

/// A network known by name.
struct Network {
	/// The value of `--chain`, and the runtime's name for the genesis.
	name: &'static str,
	/// What people read in logs and user interfaces.
	title: &'static str,
	/// Names the chain's folder below the base path.
	id: &'static str,
	chain_type: ChainType,
	/// Part of the names of network protocols: nodes of other networks are not understood.
	protocol_id: &'static str,
}

/// All networks known by name.
static NETWORKS: [Network; 4] = [
	Network {
		name: "dev",
		title: "Voltree development",
		id: "voltree_dev",
		chain_type: ChainType::Development,
		protocol_id: "voltree-dev",
	},
	Network {
		name: "local",
		title: "Voltree local",
		id: "voltree_local",
		chain_type: ChainType::Local,
		protocol_id: "voltree-local",
	},
	Network {
		name: "staging",
		title: "Voltree staging",
		id: "voltree_staging",
		chain_type: ChainType::Live,
		protocol_id: "voltree",
	},
	Network {
		name: "demo",
		title: "Voltree demonstration",
		id: "voltree_demo",
		chain_type: ChainType::Development,
		protocol_id: "voltree-demo",
	},
];

/// The network of a command line that names none, as with stock nodes.
const DEFAULT: &str = "local";

/// The values of `--chain` that are not paths.
pub fn names() -> impl Iterator<Item = &'static str> {
	NETWORKS.iter().map(|network| network.name)
}

/// The specification called `name`: a network known by name, else a JSON file at that path.
pub fn load(name: &str) -> Result<ChainSpec, String> {
	let name = if name.is_empty() { DEFAULT } else { name };
	match NETWORKS.iter().find(|network| network.name == name) {
		Some(network) => network.spec(voltree_runtime::WASM_BINARY),
		None => from_file(name),
	}
}

fn from_file(path: &str) -> Result<ChainSpec, String> {
	// The SDK's error for a mistyped name would only speak of a missing file.
	if !Path::new(path).is_file() {
		let known = names().collect::<Vec<_>>().join(", ");
		return Err(format!(
			"no chain is called `{path}` and no file is there: \
			give one of {known}, or the path of a chain specification",
		));
	}
	ChainSpec::from_json_file(path.into())
}

impl Network {
	fn spec(&self, wasm: Option<&[u8]>) -> Result<ChainSpec, String> {
		let wasm = wasm.ok_or_else(|| {
			format!(
				"this node was built without the runtime's Wasm (SKIP_WASM_BUILD), so it cannot \
				make the chain `{}`: build it with Wasm, or give the path of a chain specification",
				self.name,
			)
		})?;
		Ok(ChainSpec::builder(wasm, None)
			.with_name(self.title)
			.with_id(self.id)
			.with_chain_type(self.chain_type.clone())
			.with_protocol_id(self.protocol_id)
			.with_properties(properties())
			.with_genesis_config_preset_name(self.name)
			.build())
	}
}

/// What wallets and explorers need to show amounts and addresses.
fn properties() -> Properties {
	Properties::from_iter([
		("tokenSymbol".into(), "VOLT".into()),
		("tokenDecimals".into(), 6.into()),
		("ss58Format".into(), 42.into()),
	])
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	/// Key of the runtime's code in any Substrate state.
	const CODE: &[u8] = sp_core::storage::well_known_keys::CODE;

	#[test]
	fn every_preset_of_the_runtime_is_a_network() {
		assert_eq!(
			names().collect::<BTreeSet<_>>(),
			voltree_runtime::genesis::NAMES.into_iter().collect()
		);
	}

	/// What `export-chain-spec --raw` writes is what other nodes start from.
	#[test]
	fn every_network_has_a_genesis_and_survives_export() {
		use sc_service::ChainSpec as _;

		for network in &NETWORKS {
			let spec = load(network.name).expect("known network");
			assert!(spec.boot_nodes().is_empty());
			let raw = spec
				.as_json(true)
				.unwrap_or_else(|error| panic!("genesis of `{}`: {error}", network.name));

			let file = format!("voltree-{}-{}.json", network.name, std::process::id());
			let path = std::env::temp_dir().join(file);
			std::fs::write(&path, &raw).expect("the temporary folder is writable");
			let read = load(path.to_str().expect("made of ASCII above")).expect("just written");
			assert_eq!(read.id(), network.id);
			assert_eq!(read.name(), network.title);
			assert_eq!(read.chain_type(), network.chain_type);
			assert_eq!(read.protocol_id(), Some(network.protocol_id));
			assert_eq!(read.properties(), properties());
			assert_eq!(read.as_json(true).as_ref(), Ok(&raw));

			let storage = read.as_storage_builder().build_storage().expect("raw already");
			assert_eq!(storage.top.get(CODE).map(Vec::as_slice), voltree_runtime::WASM_BINARY);
			std::fs::remove_file(path).expect("just written");
		}
	}

	/// Same folder or same protocol names would mix two chains.
	#[test]
	fn networks_do_not_mix() {
		let keys: [fn(&Network) -> &'static str; 4] =
			[|n| n.name, |n| n.title, |n| n.id, |n| n.protocol_id];
		for key in keys {
			let distinct = NETWORKS.iter().map(key).collect::<BTreeSet<_>>();
			assert_eq!(distinct.len(), NETWORKS.len(), "{distinct:?}");
		}
	}

	/// Wallets show wrong amounts and addresses without it.
	#[test]
	fn properties_are_what_wallets_read() {
		let spec = load("staging").expect("known network");
		assert_eq!(
			serde_json::Value::Object(spec.properties()),
			serde_json::json!({ "tokenSymbol": "VOLT", "tokenDecimals": 6, "ss58Format": 42 })
		);
		assert_eq!(spec.protocol_id(), Some("voltree"));
	}

	#[test]
	fn no_name_is_the_local_network() {
		assert_eq!(load("").expect("has a default").id(), "voltree_local");
	}

	#[test]
	fn unknown_name_is_an_error_that_tells_the_known_ones() {
		let error = load("mainnet").err().expect("no such network, no such file");
		for name in names().chain(["mainnet"]) {
			assert!(error.contains(name), "{error}");
		}
	}

	#[test]
	fn without_wasm_the_error_says_why() {
		let error = NETWORKS[0].spec(None).err().expect("nothing to build from");
		assert!(error.contains("SKIP_WASM_BUILD"), "{error}");
	}

	#[test]
	fn a_preset_the_runtime_lacks_is_named_in_the_error() {
		let network =
			Network { name: "no_such_preset", chain_type: ChainType::Development, ..NETWORKS[0] };
		let spec = network
			.spec(voltree_runtime::WASM_BINARY)
			.expect("presets are looked up when the genesis is built");
		let error = spec.as_json(true).expect_err("the runtime has no such preset");
		assert!(error.contains("no_such_preset"), "{error}");
	}
}
