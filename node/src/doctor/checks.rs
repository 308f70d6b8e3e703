//! What is looked at, one finding each.

use super::{
	ask::{hex, unhex, Node, Unanswered},
	finding::Finding,
	Doctor,
};
use crate::{chain_spec, service::Block};
use codec::Decode;
use pallet_communication_tree::{runtime_api::Frozen, Aggregator, Member};
use sc_network::PeerId;
use sc_service::{construct_genesis_block, resolve_state_version_from_wasm, ChainSpec};
use serde_json::{json, Value};
use sp_consensus_aura::AURA_ENGINE_ID;
use sp_runtime::{
	traits::{Block as _, Hash as _, HashingFor},
	DigestItem,
};
use std::{
	collections::BTreeSet,
	path::Path,
	process::Command,
	time::{SystemTime, UNIX_EPOCH},
};
use voltree_runtime::{AccountId, Hash};

/// A chain of which the newest block is older than so many slots stands still.
const STILL: u64 = 20;

/// Less room than this on the disk is a day or two, in KiB.
const LITTLE_ROOM: u64 = 2 << 20;

/// Everything, as far as the node answers.
pub fn all(node: &Node<'_>, doctor: &Doctor) -> Vec<Finding> {
	let mut findings = vec![match node.ask::<String>("system_version", json!([])) {
		Ok(version) => Finding::fine("node", format!("answers, version {version}")),
		Err(error) => {
			let advice = "start the node, or give the address of its RPC with --rpc HOST:PORT";
			return vec![Finding::wrong("node", error.to_string(), advice)];
		}
	}];
	let mut look = |what, result: Result<Vec<Finding>, Unanswered>| match result {
		Ok(found) => findings.extend(found),
		Err(error) => {
			findings.push(Finding::note(what, error.to_string(), "this was not looked at"))
		}
	};
	if let Some(chain) = &doctor.chain {
		look("chain", chain_is(node, chain));
	}
	look("clock", clock(node));
	look("finality", finality(node));
	look("keys", members(node));
	look("fan-out", fan_out(node));
	if let Some(path) = &doctor.base_path {
		findings.push(disk(path));
	}
	findings
}

/// Whether the node runs the chain that it should.
fn chain_is(node: &Node<'_>, chain: &str) -> Result<Vec<Finding>, Unanswered> {
	let theirs: Hash = node.ask("chain_getBlockHash", json!([0]))?;
	Ok(vec![match genesis_of(chain) {
		Ok(ours) if ours == theirs => Finding::fine("chain", format!("is that of {chain}")),
		Ok(ours) => Finding::wrong(
			"chain",
			format!("its first block is {theirs:?}, that of {chain} is {ours:?}"),
			"give the node the specification that the others have, and another --base-path",
		),
		Err(error) => Finding::note("chain", format!("{chain}: {error}"), "this was not looked at"),
	}])
}

/// The hash of a specification's first block.
fn genesis_of(chain: &str) -> Result<Hash, String> {
	let spec: Box<dyn ChainSpec> = Box::new(chain_spec::load(chain)?);
	let storage = spec.as_storage_builder().build_storage()?;
	let executor =
		sc_service::new_wasm_executor::<sp_io::SubstrateHostFunctions>(&Default::default());
	let version = resolve_state_version_from_wasm::<_, HashingFor<Block>>(&storage, &executor)
		.map_err(|error| error.to_string())?;
	let root = HashingFor::<Block>::trie_root(storage.top.into_iter().collect(), version);
	Ok(construct_genesis_block::<Block>(root, version).header().hash())
}

/// Whether clocks agree, and blocks come.
fn clock(node: &Node<'_>) -> Result<Vec<Finding>, Unanswered> {
	let slot_ms: u64 = node.call("AuraApi_slot_duration", ())?;
	let header: Value = node.ask("chain_getHeader", json!([]))?;
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	let now = u64::try_from(since.as_millis()).unwrap_or(u64::MAX) / slot_ms.max(1);
	Ok(vec![match slot_of(&header) {
		Some(slot) => judge_clock(slot, now, slot_ms),
		None => Finding::wrong(
			"clock",
			"there is no block yet but the first",
			"start the data aggregators; enough of them have to reach each other",
		),
	}])
}

/// The slot of a header; none of the first block's.
fn slot_of(header: &Value) -> Option<u64> {
	let logs = header["digest"]["logs"].as_array()?;
	logs.iter().find_map(|log| {
		let bytes = unhex(log.as_str()?)?;
		match DigestItem::decode(&mut &bytes[..]).ok()? {
			DigestItem::PreRuntime(AURA_ENGINE_ID, data) => u64::decode(&mut &data[..]).ok(),
			_ => None,
		}
	})
}

fn judge_clock(slot: u64, now: u64, slot_ms: u64) -> Finding {
	let seconds = |slots: u64| slots.saturating_mul(slot_ms) / 1_000;
	if slot > now.saturating_add(1) {
		let ahead = seconds(slot.saturating_sub(now));
		Finding::wrong(
			"clock",
			format!("the newest block is {ahead} s in the future"),
			"this machine's clock is behind the authors': synchronise it (NTP), then restart the node",
		)
	} else if now.saturating_sub(slot) > STILL {
		let age = seconds(now.saturating_sub(slot));
		Finding::wrong(
			"clock",
			format!("the newest block is {age} s old"),
			"nobody writes blocks, or none reach this node; or this machine's clock is ahead: look at \
			peers and at the authors' nodes",
		)
	} else {
		Finding::fine("clock", "blocks come, and are as old as they should be")
	}
}

/// What the node says of finality itself.
fn finality(node: &Node<'_>) -> Result<Vec<Finding>, Unanswered> {
	let readiness: Value = node.ask("voltree_readiness", json!([]))?;
	let (best, last) = (&readiness["best"], &readiness["finalised"]);
	let found = format!("best block {best}, last final block {last}");
	Ok(vec![if readiness["ready"] == true {
		Finding::fine("finality", found)
	} else {
		let reasons = readiness["reasons"].as_array().into_iter().flatten();
		let reasons: Vec<&str> = reasons.filter_map(Value::as_str).collect();
		Finding::wrong(
			"finality",
			format!("{}; {found}", reasons.join("; ")),
			"more than two thirds of the voters have to run, with their keys, and reach each other: \
			look at keys and links below, on each of them",
		)
	}])
}

/// Whether the node has the keys of a data aggregator, and its links.
fn members(node: &Node<'_>) -> Result<Vec<Finding>, Unanswered> {
	let frozen: Option<Frozen<AccountId>> = node.call("CommunicationTreeApi_snapshot", ())?;
	let voters: Vec<([u8; 32], u64)> = node.call("GrandpaApi_grandpa_authorities", ())?;
	let frozen = frozen.ok_or(Unanswered::Refused("snapshot", "the chain has none yet".into()))?;
	let own: String = node.ask("system_localPeerId", json!([]))?;
	let members = &frozen.snapshot.members;
	let admitted: Vec<(AccountId, Aggregator)> =
		node.call("CommunicationTreeApi_aggregators", ())?;
	// Who leaves votes on for a while, but without links.
	let leaves = |member: &&Member<AccountId>| {
		!admitted.iter().any(|(account, one)| *account == member.account && !one.leaving)
	};

	let mut findings = Vec::new();
	let mut ours = None;
	for member in members {
		let author: &[u8] = member.keys.author.as_ref();
		let voter: &[u8] = member.keys.voter.as_ref();
		let writes: bool = node.ask("author_hasKey", json!([hex(author), "aura"]))?;
		let votes: bool = node.ask("author_hasKey", json!([hex(voter), "gran"]))?;
		if writes || votes {
			ours = Some(member);
			findings.push(keys(member, writes, votes));
			let counts = voters.iter().any(|(key, _)| key[..] == *voter);
			if !counts {
				findings.push(Finding::wrong(
					"keys",
					"its vote does not count: it is not in GRANDPA's set",
					"was it removed, or has it changed its keys? A set changes two sessions later",
				));
			}
		}
	}
	match ours {
		Some(member) => {
			findings.push(node_key(member, &own));
			let threshold = frozen.snapshot.rules.threshold;
			findings.push(trust(member.trust, threshold));
			if leaves(&member) {
				findings.push(Finding::note(
					"links",
					"it has left or was removed, so it has links to gateways alone",
					"stop the node once its vote has ended, two sessions after that",
				));
			} else {
				let staying: Vec<_> = members.iter().filter(|member| !leaves(member)).collect();
				findings.push(links(node, members.len(), &staying, &own)?);
			}
		}
		None => findings.push(Finding::note(
			"keys",
			format!("none of the {} data aggregators': the node only follows", members.len()),
			"right for a gateway; a data aggregator has lost its keystore, or waits for its session",
		)),
	}
	Ok(findings)
}

fn keys(member: &Member<AccountId>, writes: bool, votes: bool) -> Finding {
	let account = &member.account;
	match (writes, votes) {
		(true, true) => Finding::fine("keys", format!("those of the data aggregator {account}")),
		(true, false) => Finding::wrong(
			"keys",
			format!("{account} can write but not vote: its GRANDPA key is not in the keystore"),
			"insert it (key insert --key-type gran --scheme ed25519), or set new session keys",
		),
		_ => Finding::wrong(
			"keys",
			format!("{account} can vote but not write: its Aura key is not in the keystore"),
			"insert it (key insert --key-type aura --scheme sr25519), or set new session keys",
		),
	}
}

fn node_key(member: &Member<AccountId>, own: &str) -> Finding {
	let known = member.node.and_then(|node| PeerId::from_ed25519(&node.0));
	match known.map(|peer| peer.to_base58()) {
		Some(peer) if peer == own => Finding::fine("node key", format!("{own}, as the chain has it")),
		Some(peer) => Finding::wrong(
			"node key",
			format!("the node is {own}, the chain expects {peer}"),
			"start it with its own --node-key-file, or prove the new key: communicationTree.setNode; \
			and never run the same session keys on two nodes",
		),
		None => Finding::wrong(
			"node key",
			format!("the chain does not know that {own} is this data aggregator's"),
			"prove it: communicationTree.setNode. Until then no block comes to it down the tree",
		),
	}
}

fn trust(trust: u32, threshold: u32) -> Finding {
	let found = format!("{}.{} %", trust / 10_000_000, trust / 1_000_000 % 10);
	if trust >= threshold {
		Finding::fine("trust", found)
	} else {
		Finding::note(
			"trust",
			format!("{found}, below the threshold: it is a leaf of the trees"),
			"it missed turns, forwarded late or is new; it comes back by itself",
		)
	}
}

/// Whether enough of the others are linked for a majority with this one.
fn links(
	node: &Node<'_>,
	voters: usize,
	staying: &[&Member<AccountId>],
	own: &str,
) -> Result<Finding, Unanswered> {
	let peers: Vec<Value> = node.ask("system_peers", json!([]))?;
	let linked: BTreeSet<&str> = peers.iter().filter_map(|peer| peer["peerId"].as_str()).collect();
	let others: Vec<String> = staying
		.iter()
		.filter_map(|member| PeerId::from_ed25519(&member.node?.0))
		.map(|peer| peer.to_base58())
		.filter(|peer| peer != own)
		.collect();
	let missing: Vec<&str> =
		others.iter().map(String::as_str).filter(|peer| !linked.contains(peer)).collect();
	Ok(judge_links(voters, others.len(), &missing))
}

fn judge_links(members: usize, others: usize, missing: &[&str]) -> Finding {
	// GRANDPA needs all but fewer than a third.
	let needed = members.saturating_sub(members.saturating_sub(1) / 3);
	let reached = others.saturating_sub(missing.len()).saturating_add(1);
	let found = format!("{} of {others} other data aggregators", reached.saturating_sub(1));
	if missing.is_empty() {
		Finding::fine("links", found)
	} else if reached >= needed {
		let found = format!("{found}; not linked: {}", missing.join(", "));
		Finding::note("links", found, "are these nodes down, or is a firewall between?")
	} else {
		Finding::wrong(
			"links",
			format!("{found}, {needed} have to agree; not linked: {}", missing.join(", ")),
			"start these nodes; see that this one can dial them (boot nodes, firewall, --listen-addr)",
		)
	}
}

/// Whether blocks travel by the trees of this session.
fn fan_out(node: &Node<'_>) -> Result<Vec<Finding>, Unanswered> {
	let status: Value = node.ask("fanOut_status", json!([0]))?;
	if status["running"] != true {
		let advice =
			"blocks go the stock way: restart without --fan-out off, if that is not wanted";
		return Ok(vec![Finding::note("fan-out", "is off, or has ended", advice)]);
	}
	let chain: Hash = node.call("CommunicationTreeApi_snapshot_hash", ())?;
	let ours = status["session"]["snapshot"].as_str().and_then(unhex);
	let links = &status["links"];
	Ok(vec![if ours.as_deref() == Some(&chain.0[..]) {
		let session = &status["session"]["session"];
		Finding::fine("fan-out", format!("in session {session}, {links} links"))
	} else {
		let advice = "if it stays so after some more final blocks, restart the node";
		Finding::note("fan-out", "builds trees of another session than the chain", advice)
	}])
}

/// Whether there is room for more blocks.
fn disk(path: &Path) -> Finding {
	let room = Command::new("df").arg("-Pk").arg(path).output().ok().and_then(|output| {
		let text = String::from_utf8(output.stdout).ok()?;
		text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
	});
	match room {
		None => Finding::note("disk", format!("`df` does not know {}", path.display()), ""),
		Some(kib) if kib < LITTLE_ROOM => Finding::wrong(
			"disk",
			format!("{} MiB left", kib >> 10),
			"make room: a full disk ends the node. --blocks-pruning keeps less",
		),
		Some(kib) => Finding::fine("disk", format!("{} GiB left", kib >> 20)),
	}
}

#[cfg(test)]
mod tests {
	use super::{super::finding::Weight, *};

	#[test]
	fn a_clock_that_is_behind_or_a_chain_that_stands_still_is_wrong() {
		assert_eq!(judge_clock(100, 100, 3_000).weight, Weight::Fine);
		assert_eq!(judge_clock(101, 100, 3_000).weight, Weight::Fine);
		let ahead = judge_clock(110, 100, 3_000);
		assert_eq!(ahead.weight, Weight::Wrong);
		assert!(ahead.found.contains("30 s in the future"), "{}", ahead.found);
		assert_eq!(judge_clock(80, 100, 3_000).weight, Weight::Fine);
		assert_eq!(judge_clock(79, 100, 3_000).weight, Weight::Wrong);
	}

	/// Of four, three have to agree.
	#[test]
	fn links_are_enough_for_a_majority_or_not() {
		assert_eq!(judge_links(4, 3, &[]).weight, Weight::Fine);
		assert_eq!(judge_links(4, 3, &["a"]).weight, Weight::Note);
		assert_eq!(judge_links(4, 3, &["a", "b"]).weight, Weight::Wrong);
		assert_eq!(judge_links(1, 0, &[]).weight, Weight::Fine);
	}

	#[test]
	fn the_slot_is_in_the_header() {
		let item = DigestItem::PreRuntime(AURA_ENGINE_ID, codec::Encode::encode(&77u64));
		let log = hex(&codec::Encode::encode(&item));
		assert_eq!(slot_of(&json!({ "digest": { "logs": [log] } })), Some(77));
		assert_eq!(slot_of(&json!({ "digest": { "logs": [] } })), None);
	}

	#[test]
	fn a_disk_has_room_or_is_not_known() {
		assert_ne!(disk(Path::new("/")).weight, Weight::Note);
		assert_eq!(disk(Path::new("/no/such/folder")).weight, Weight::Note);
	}

	#[test]
	fn every_named_network_has_a_first_block() {
		let hashes: BTreeSet<Hash> = chain_spec::names()
			.map(|name| genesis_of(name).unwrap_or_else(|error| panic!("{name}: {error}")))
			.collect();
		assert_eq!(hashes.len(), chain_spec::names().count(), "they differ");
		assert!(genesis_of("nowhere").is_err());
	}
}
