//! The chain: the node's own `staging` network with our data aggregators, our slots, our schedule.

use super::{keys::Keys, options::Options, process};
use crate::error::Error;
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

/// What every account has at the start.
const MONEY: u64 = 1_000_000_000_000_000;

/// Names the chain's folder.
pub const ID: &str = "voltree_laboratory";

/// Writes the specification as nodes read it, and says where it is.
pub fn write(options: &Options, folder: &Path, keys: &[Keys]) -> Result<PathBuf, Error> {
	let printed = process::output(&options.node, &["export-chain-spec", "--chain", "staging"])?;
	let mut spec: Value = serde_json::from_str(&printed)?;
	for (field, value) in [
		("name", "Voltree laboratory"),
		("id", ID),
		("protocolId", ID),
		// The options of the laboratory are for chains of this type.
		("chainType", "Local"),
	] {
		spec[field] = json!(value);
	}
	merge(&mut spec["genesis"]["runtimeGenesis"]["patch"], patch(options, keys));
	let plain = folder.join("plain.json");
	crate::output::write(&plain, &spec.to_string())?;
	let plain = plain.to_string_lossy();
	let raw = process::output(&options.node, &["export-chain-spec", "--raw", "--chain", &plain])?;
	let path = folder.join("chain.json");
	crate::output::write(&path, &raw)?;
	Ok(path)
}

fn patch(options: &Options, keys: &[Keys]) -> Value {
	let sessions = keys.iter().map(|keys| {
		let [account, author, voter, _] = &keys.addresses;
		json!([account, account, { "aura": author, "grandpa": voter }])
	});
	let aggregators = keys.iter().zip(options.links.iter().cycle()).map(|(keys, link)| {
		let [account, .., node] = &keys.addresses;
		json!({ "account": account, "node": node, "link": link })
	});
	let accounts: Vec<&String> = keys.iter().map(|keys| &keys.addresses[0]).collect();
	let balances = accounts.iter().map(|account| json!([account, MONEY]));
	let rules = options.rules();
	json!({
		"session": { "keys": sessions.collect::<Vec<_>>() },
		"authorityMembers": { "members": accounts.iter().take(3).collect::<Vec<_>>() },
		"registry": { "serviceKey": accounts.first() },
		"balances": { "balances": balances.collect::<Vec<_>>() },
		"communicationTree": {
			"aggregators": aggregators.collect::<Vec<_>>(),
			"slotDuration": options.slot,
			"rules": rules,
		},
	})
}

/// Puts what `patch` says into `base`; what it does not name stays.
fn merge(base: &mut Value, patch: Value) {
	match (base, patch) {
		(Value::Object(base), Value::Object(patch)) => {
			for (name, value) in patch {
				merge(base.entry(name).or_insert(Value::Null), value);
			}
		}
		(base, patch) => *base = patch,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_patch_replaces_what_it_names() {
		let mut base = json!({ "a": { "b": 1, "c": [1, 2] }, "d": 2 });
		merge(&mut base, json!({ "a": { "c": [3] }, "e": { "f": 4 } }));
		assert_eq!(base, json!({ "a": { "b": 1, "c": [3] }, "d": 2, "e": { "f": 4 } }));
	}
}
