//! What every strategy has in common, and input that is no good.

use super::{assert_sound, build, inputs, matrix, node, nodes, random::settings, PERCENT};
use proptest::{prelude::*, strategy::Strategy as _};
use voltree_wct::{
	striped::stripes, tree, Error, Node, Overheads, Ranking, Settings, Strategy, Weights,
	TRUST_UNIT,
};

#[test]
fn errors_say_what_to_do() {
	let nodes = [node(90, 1), node(80, 1)];
	let fine = settings(0);
	let no_weights = Settings { weights: Weights { trust: 0, link: 0 }, ..fine };
	let cells = [0; 9];
	let three = Overheads::new(3, &cells).expect("it is square");
	let proud = [node(90, 1), Node { trust: TRUST_UNIT + 1, link: 1 }];
	for strategy in Strategy::ALL {
		let cases = [
			(tree(&[], None, fine, strategy, None), Error::Empty),
			(tree(&[], None, fine, strategy, Some(0)), Error::Empty),
			(tree(&nodes, None, no_weights, strategy, None), Error::Weights),
			(tree(&nodes, Some(three), fine, strategy, None), Error::Shape { nodes: 2, cells: 9 }),
			(
				tree(&proud, None, fine, strategy, None),
				Error::Trust { node: 1, trust: TRUST_UNIT + 1 },
			),
			(tree(&nodes, None, fine, strategy, Some(2)), Error::Root { root: 2, nodes: 2 }),
		];
		for (result, error) in cases {
			assert_eq!(result, Err(error));
			let text = error.to_string();
			assert!(text.contains("give") || text.contains("numbered"), "{text}");
		}
	}
}

#[test]
fn a_matrix_has_as_many_rows_as_columns() {
	for (nodes, cells) in [(2, 3), (0, 1), (1, 0), (usize::MAX, 1), (1 << 33, 0)] {
		let cells = vec![0; cells];
		let error = Error::Shape { nodes, cells: cells.len() };
		assert_eq!(Overheads::new(nodes, &cells), Err(error));
	}
	let cells = [0, 1, 2, 3];
	let overheads = Overheads::new(2, &cells).expect("it is square");
	assert_eq!([(0, 1), (1, 0)].map(|(from, to)| overheads.get(from, to)), [1, 2]);
	// Beyond its end nothing is near.
	assert_eq!([(2, 0), (0, 2), (u32::MAX, 0)].map(|(f, t)| overheads.get(f, t)), [u32::MAX; 3]);
}

#[test]
fn strategies_have_names() {
	for strategy in Strategy::ALL {
		assert_eq!(strategy.to_string().parse(), Ok(strategy));
	}
	let error = "gossip".parse::<Strategy>().expect_err("there is no such strategy");
	let names = "lft, tft, wct, scaled, balanced, edge-aware";
	assert_eq!(error.to_string(), format!("there is no strategy \"gossip\": give one of {names}"));
	assert_eq!(format!("{:>6}", Strategy::Wct), "   wct");
	assert_eq!(Strategy::default(), Strategy::DEFAULT);
}

/// What is no node of a tree has no parent and no children.
#[test]
fn strangers_are_nobody() {
	let tree = tree(&[node(90, 1)], None, settings(0), Strategy::Wct, None).expect("fine");
	for stranger in [1, u32::MAX] {
		assert_eq!(tree.parent(stranger), None);
		assert_eq!(tree.children(stranger).count(), 0);
	}
	assert_eq!(tree.expected_reach(&[]), 0);
}

/// The same nodes in another order, and who is who after that.
fn shuffled(nodes: &[Node], places: &[usize]) -> Vec<Node> {
	places.iter().map(|place| nodes[*place]).collect()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1000))]

	/// Every node attached once, no cycle, links respected unless nobody has any left.
	#[test]
	fn sound((nodes, cells, settings, root) in inputs(), sending in 0u32..100) {
		for strategy in Strategy::ALL {
			let overheads = matrix(nodes.len(), &cells);
			let ranking = Ranking::new(&nodes, overheads, settings, strategy).expect("fine");
			let tree = ranking.with_sending_time(sending).tree(root).expect("fine");
			assert_sound(&nodes, &tree);
			prop_assert_eq!(tree.sequence().first(), root.as_ref().or(tree.sequence().first()));
			let over = (0..nodes.len() as u32).filter(|node| {
				let far = overheads.zip(tree.parent(*node));
				far.is_some_and(|(o, parent)| o.get(parent, *node) > settings.overhead_threshold)
			});
			prop_assert_eq!(tree.over_threshold() as usize, over.count());
			// Nobody forwards more than it has links, unless Algorithm 1 lets somebody.
			if matches!(strategy, Strategy::Balanced | Strategy::EdgeAware) {
				let root = tree.sequence().first().copied();
				let wct = build(&nodes, settings, Strategy::Wct, root);
				prop_assert!(tree.measures().overloaded <= wct.measures().overloaded);
			}
		}
	}

	/// Once and for all: one ranking gives the same trees as one for each root.
	#[test]
	fn rerooting((nodes, cells, settings, _) in inputs()) {
		for strategy in Strategy::ALL {
			let overheads = matrix(nodes.len(), &cells);
			let ranking = Ranking::new(&nodes, overheads, settings, strategy).expect("fine");
			for root in (0..nodes.len() as u32).map(Some).chain([None]) {
				prop_assert_eq!(
					ranking.tree(root),
					tree(&nodes, overheads, settings, strategy, root)
				);
			}
		}
	}

	/// The nodes in another order are in the same tree, if no two of them tie. Algorithm 1 keeps
	/// the untrusted as they come, so there is one of these at most.
	#[test]
	fn any_order(
		links in prop::collection::vec(0u32..5, 2..30),
		cells in prop::collection::vec(0u32..150, 900),
		seed in any::<u64>(),
		with_cells in any::<bool>(),
		threshold in prop_oneof![Just(0), Just(TRUST_UNIT / 2 + 2)],
	) {
		let n = links.len();
		// Trusts from a half on, all different; the first is below the threshold, if there is one.
		let nodes: Vec<Node> = (0u32..)
			.zip(&links)
			.map(|(i, link)| Node { trust: TRUST_UNIT / 2 + 1 + i * i * 1_009, link: *link })
			.collect();
		let mut places: Vec<usize> = (0..n).collect();
		crate::random::Random(seed).shuffle(&mut places);
		let others = shuffled(&nodes, &places);
		// All different, too.
		let cell = |i: usize| cells[i] * 1_000 + i as u32;
		let straight: Vec<u32> = (0..n * n).map(cell).collect();
		let mixed: Vec<u32> = (0..n * n).map(|i| cell(places[i / n] * n + places[i % n])).collect();
		let settings = Settings { overhead_threshold: 60_000, ..settings(threshold) };
		for strategy in Strategy::ALL {
			// Nodes of one link tie in LFT, and nodes that are as late as each other in improving.
			if strategy == Strategy::Lft || (strategy == Strategy::EdgeAware && with_cells) {
				continue;
			}
			let build = |nodes: &[Node], cells: &[u32], root: Option<u32>| {
				let overheads = Overheads::new(n, cells).expect("it is square");
				tree(nodes, Some(overheads).filter(|_| with_cells), settings, strategy, root)
			};
			let tree = build(&nodes, &straight, None).expect("fine");
			let other = build(&others, &mixed, None).expect("fine");
			let back = |i: u32| places[i as usize] as u32;
			let sequence: Vec<u32> = other.sequence().iter().map(|i| back(*i)).collect();
			prop_assert_eq!(tree.sequence(), sequence);
			for i in 0..n as u32 {
				prop_assert_eq!(other.parent(i).map(back), tree.parent(back(i)));
			}
		}
	}

	/// Whatever comes, there is a tree or an error.
	#[test]
	fn never_a_panic(
		nodes in prop::collection::vec(
			(any::<u32>(), any::<u32>()).prop_map(|(trust, link)| Node { trust, link }),
			0..12,
		),
		cells in prop::collection::vec(any::<u32>(), 0..144),
		side in 0usize..12,
		trust_threshold in any::<u32>(),
		overhead_threshold in any::<u32>(),
		weights in any::<(u64, u64)>(),
		root in prop::option::of(any::<u32>()),
		sending in any::<u32>(),
		low in any::<bool>(),
		(count, chunks) in (0u32..40, any::<u32>()),
	) {
		let limit = |node: &Node| Node { trust: node.trust.min(TRUST_UNIT), ..*node };
		let nodes: Vec<Node> = nodes.iter().map(|n| if low { limit(n) } else { *n }).collect();
		let weights = Weights { trust: weights.0, link: weights.1 };
		let settings = Settings { trust_threshold, overhead_threshold, weights };
		let fitting = &cells[..(nodes.len() * nodes.len()).min(cells.len())];
		let matrices = [Overheads::new(side, &cells), Overheads::new(nodes.len(), fitting)];
		for overheads in matrices.map(Result::ok).into_iter().chain([None]) {
			let small = root.map(|root| root % 12);
			for strategy in Strategy::ALL {
				let ranking = Ranking::new(&nodes, overheads, settings, strategy);
				for root in [None, root, small] {
					let sent = ranking.clone().map(|ranking| ranking.with_sending_time(sending));
					if let Ok(tree) = sent.and_then(|ranking| ranking.tree(root)) {
						assert_sound(&nodes, &tree);
						overheads.map(|overheads| tree.time_to_last(overheads, sending));
					}
				}
			}
			if let Ok(stripes) = stripes(&nodes, overheads, settings, small, count, chunks) {
				let shares: u64 = stripes.iter().map(|stripe| u64::from(stripe.share)).sum();
				prop_assert_eq!(shares, u64::from(chunks));
			}
		}
	}

	/// Trusts above 1 are found wherever they are.
	#[test]
	fn trust_above_1(mut nodes in nodes(1..20), at in any::<prop::sample::Index>()) {
		let at = at.index(nodes.len());
		nodes[at].trust = TRUST_UNIT + 1 + at as u32;
		let error = Error::Trust { node: at as u32, trust: nodes[at].trust };
		prop_assert_eq!(
			tree(&nodes, None, settings(80 * PERCENT), Strategy::DEFAULT, None),
			Err(error)
		);
	}
}
