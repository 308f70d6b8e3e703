//! A network of an operator's own: the preset `staging` with keys put in.

use super::*;
use frame_support::genesis_builder_helper::build_state;
use pallet_communication_tree::Founder;
use serde_json::json;
use voltree_runtime::{invariants, RuntimeGenesisConfig};

/// Founders with nodes and linking numbers, in the JSON of a chain specification.
#[test]
fn founders_are_named_in_the_specification() {
	let keys = FOUR.map(|seed| {
		let da = Da(seed);
		let keys =
			SessionKeys { aura: da.author().public().into(), grandpa: da.voter().public().into() };
		(da.id(), da.id(), keys)
	});
	let founders: Vec<_> = FOUR
		.iter()
		.zip([1, 5, 2, 2])
		.map(|(seed, link)| {
			let da = Da(seed);
			Founder { account: da.id(), node: Some(da.node_key()), link }
		})
		.collect();
	let mut configuration = common::configuration("staging");
	common::merge(
		&mut configuration,
		json!({
			"session": { "keys": keys },
			"communicationTree": { "aggregators": founders },
		}),
	);
	let bytes = serde_json::to_vec(&configuration).expect("it serialises");
	sp_io::TestExternalities::default().execute_with(|| {
		build_state::<RuntimeGenesisConfig>(bytes).expect("it builds");
		invariants::check().unwrap_or_else(|broken| panic!("{broken:?}"));
		let order = ["//Bob", "//Charlie", "//Dave", "//Alice"].map(|seed| Da(seed).id());
		assert_eq!(authors(), order);
		let voters = FOUR.map(|seed| Da(seed).voter().public().into());
		let votes = Grandpa::grandpa_authorities().into_iter().map(|(voter, _)| voter);
		assert_eq!(votes.collect::<Vec<_>>(), voters);
		assert_eq!(newest().members[1].node, Some(Da("//Bob").node_key()));
		let tree = CommunicationTree::tree_of(&order[0], 7, 300).expect("the initial tree");
		assert_eq!(tree.trees[0][0].children.len(), 3);
	});
}
