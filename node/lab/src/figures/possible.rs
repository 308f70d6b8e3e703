//! What is possible: the best that any tree can reach in which nobody forwards more than his linking
//! number allows.
//!
//! A tree's overall trust depends only on how many children each node has. Of two nodes of the same
//! linking number the more trusted one should have more, else exchanging their places gains trust and
//! changes nothing else. So for given numbers of nodes with three, two and one children the most trusted
//! choice is found greedily: first the threes, then the twos among who is left and may, then the ones.
//! Fewest rounds are reached if those with more children come first. So it is enough to look at all
//! numbers of threes and twos. How wide a tree can be in no more rounds is searched level by level.

use std::collections::{BTreeMap, HashMap};
use voltree_wct::{Measures, Node};

/// Largest linking number of the paper's population.
const LINKS: u32 = 3;

/// How many nodes have one, two and three children.
type Counts = [usize; 3];

/// The best trees of a population.
pub struct Possible {
	forwards: u64,
	/// For each choice of counts the most trust, summed up over forwards, in parts per billion.
	choices: Vec<(Counts, u32, u64)>,
	/// For each number of rounds the most trust of a tree that needs no more.
	frontier: BTreeMap<u32, u64>,
}

impl Possible {
	/// `None` if there is nobody to forward to, or a linking number is not 1, 2 or 3.
	pub fn of(nodes: &[Node]) -> Option<Self> {
		let forwards = nodes.len().checked_sub(1).filter(|forwards| *forwards > 0)?;
		if nodes.iter().any(|node| !(1..=LINKS).contains(&node.link)) {
			return None;
		}
		let mut sorted: Vec<Node> = nodes.to_vec();
		sorted.sort_by_key(|node| std::cmp::Reverse(node.trust));
		let of = |links: std::ops::RangeInclusive<u32>| {
			let mut places = Vec::new();
			places.extend((0..sorted.len()).filter(|i| links.contains(&sorted[*i].link)));
			places
		};
		let (with_three, with_more) = (of(3..=3), of(2..=3));
		let trust = |place: usize| u64::from(sorted[place].trust);
		let mut choices = Vec::new();
		for threes in 0..=with_three.len() {
			let mut taken = vec![false; sorted.len()];
			let mut sum = 0;
			for &place in &with_three[..threes] {
				taken[place] = true;
				sum += 3 * trust(place);
			}
			let others: Vec<usize> =
				with_more.iter().copied().filter(|place| !taken[*place]).collect();
			for twos in 0..=others.len() {
				if let Some(&place) = twos.checked_sub(1).and_then(|last| others.get(last)) {
					taken[place] = true;
					sum += 2 * trust(place);
				}
				let Some(ones) = forwards.checked_sub(3 * threes + 2 * twos) else { break };
				let rest = (0..sorted.len()).filter(|place| !taken[*place]).take(ones);
				let counts = [ones, twos, threes];
				choices.push((counts, rounds(counts), sum + rest.map(trust).sum::<u64>()));
			}
		}
		let mut frontier: BTreeMap<u32, u64> = BTreeMap::new();
		for (_, rounds, trust) in &choices {
			let best = frontier.entry(*rounds).or_default();
			*best = (*best).max(*trust);
		}
		let mut so_far = 0;
		for trust in frontier.values_mut() {
			so_far = so_far.max(*trust);
			*trust = so_far;
		}
		Some(Self { forwards: forwards as u64, choices, frontier })
	}

	/// The most overall trust of a tree with no more rounds, in parts per billion; `None` if there is
	/// none.
	pub fn trust(&self, rounds: u32) -> Option<u32> {
		let (_, trust) = self.frontier.range(..=rounds).next_back()?;
		Some(self.mean(*trust))
	}

	/// The numbers of rounds at which the most trust changes.
	pub fn rounds(&self) -> impl Iterator<Item = u32> + '_ {
		self.frontier.keys().copied()
	}

	fn mean(&self, trust: u64) -> u32 {
		// A mean of trusts.
		(trust / self.forwards) as u32
	}

	/// Whether a tree exists with more overall trust and no more rounds, or with fewer rounds and no less
	/// trust, whatever its concurrency.
	pub fn more_trust_or_speed(&self, than: &Measures) -> bool {
		let most = |rounds| self.trust(rounds).unwrap_or(0);
		most(than.rounds) > than.overall_trust
			|| than.rounds > 0 && most(than.rounds - 1) >= than.overall_trust
	}

	/// Whether a tree exists that is better in overall trust, rounds or concurrency and worse in none.
	/// Takes long for more than about a hundred nodes.
	pub fn better(&self, than: &Measures) -> bool {
		let mut search = Search::default();
		let wide = than.concurrency as usize;
		self.choices.iter().any(|(counts, rounds, trust)| {
			let trust = self.mean(*trust);
			if trust < than.overall_trust || *rounds > than.rounds {
				return false;
			}
			match search.widest(*counts, 1, than.rounds) {
				Some(width) if width >= wide => {
					trust > than.overall_trust
						|| width > wide || *rounds < than.rounds
						&& search.widest(*counts, 1, than.rounds - 1) >= Some(wide)
				}
				_ => false,
			}
		})
	}
}

/// Depth of the last node if those with more children come first.
pub fn rounds(counts: Counts) -> u32 {
	// How many children the first `places` of the sequence have together.
	let children = |places: usize| {
		let mut left = places;
		let mut sum = 0;
		for (index, count) in counts.iter().enumerate().rev() {
			let here = left.min(*count);
			sum += here * (index + 1);
			left -= here;
		}
		sum
	};
	let (mut attached, mut rounds) = (1, 0);
	loop {
		let next = 1 + children(attached);
		if next <= attached {
			return rounds;
		}
		attached = next;
		rounds += 1;
	}
}

/// Search for the widest tree, with what was found before.
#[derive(Default)]
struct Search {
	found: HashMap<(Counts, usize, u32), Option<usize>>,
}

impl Search {
	/// The most nodes at one depth below a level of `width` nodes, if those of `counts` have to find a
	/// place in this level and the next ones, and nobody may be deeper than `left` below it. `None` if
	/// they do not find one.
	fn widest(&mut self, counts: Counts, width: usize, left: u32) -> Option<usize> {
		let waiting: usize = counts.iter().sum();
		if waiting == 0 {
			return Some(0);
		}
		if left == 0 {
			return None;
		}
		if let Some(found) = self.found.get(&(counts, width, left)) {
			return *found;
		}
		let mut best = None;
		let most = width.min(waiting);
		for threes in 0..=most.min(counts[2]) {
			for twos in 0..=(most - threes).min(counts[1]) {
				for ones in 0..=(most - threes - twos).min(counts[0]) {
					let below = ones + 2 * twos + 3 * threes;
					if below == 0 {
						continue;
					}
					let rest = [counts[0] - ones, counts[1] - twos, counts[2] - threes];
					if let Some(deeper) = self.widest(rest, below, left - 1) {
						best = best.max(Some(deeper.max(below)));
					}
				}
			}
		}
		self.found.insert((counts, width, left), best);
		best
	}
}

#[cfg(test)]
mod tests {
	use super::super::experiment::{drawn, tree, unit, Setting};
	use super::*;
	use crate::{
		population::Draw,
		random::{Purpose, Random},
	};
	use voltree_wct::Strategy;

	const SETTING: Setting = Setting { threshold: 800_000_000, weights: (1, 1) };

	#[test]
	fn rounds_by_hand() {
		assert_eq!(rounds([3, 0, 0]), 3);
		// 1 -> 3 -> 2 + 1 + 1 -> nobody.
		assert_eq!(rounds([2, 1, 1]), 2);
		assert_eq!(rounds([0, 3, 0]), 2);
		assert_eq!(rounds([0, 0, 0]), 0);
	}

	/// All trees of few nodes, one by one: every way to give each node but the first a parent before it,
	/// over all orders. What the search says is possible is what they reach.
	#[test]
	fn agrees_with_all_trees_of_five_nodes() {
		let mut random = Random::new(1, Purpose::Population, 0);
		for _ in 0..30 {
			let nodes: Vec<Node> = (0..5)
				.map(|_| Node { trust: random.between(1, 20), link: random.between(1, 3) })
				.collect();
			let all = all_trees(&nodes);
			let possible = Possible::of(&nodes).unwrap();
			for rounds in 0..6 {
				let most = all.iter().filter(|m| m.rounds <= rounds).map(|m| m.overall_trust).max();
				assert_eq!(possible.trust(rounds), most, "{nodes:?} in {rounds} rounds");
			}
			for than in &all {
				let better = all.iter().any(|m| {
					m.overall_trust >= than.overall_trust
						&& m.rounds <= than.rounds
						&& m.concurrency >= than.concurrency
						&& m != than
				});
				assert_eq!(possible.better(than), better, "{nodes:?} {than:?}");
			}
		}
	}

	/// Measures of all trees, of whatever shape, that respect the linking numbers.
	fn all_trees(nodes: &[Node]) -> Vec<Measures> {
		let n = nodes.len();
		let mut measures: Vec<Measures> = Vec::new();
		for root in 0..n {
			for code in 0..n.pow(n as u32) {
				let parent = |i: usize| code / n.pow(i as u32) % n;
				let depth = |mut i: usize| {
					let mut depth = 0;
					while i != root && depth <= n {
						i = parent(i);
						depth += 1;
					}
					depth
				};
				let children = |i: usize| (0..n).filter(|c| *c != root && parent(*c) == i).count();
				// The root's own digit says nothing: count each tree once.
				let valid = parent(root) == root
					&& (0..n).all(|i| depth(i) <= n && children(i) <= nodes[i].link as usize);
				if !valid {
					continue;
				}
				let wide = |at| (0..n).filter(|i| depth(*i) == at).count() as u32;
				let trust: u64 =
					(0..n).map(|i| u64::from(nodes[i].trust) * children(i) as u64).sum();
				let seen = Measures {
					overall_trust: (trust / (n as u64 - 1)) as u32,
					rounds: (0..n).map(depth).max().unwrap() as u32,
					concurrency: (1..=n).map(wide).max().unwrap(),
					overloaded: 0,
				};
				if !measures.contains(&seen) {
					measures.push(seen);
				}
			}
		}
		measures
	}

	/// LFT has the fewest rounds that are possible, TFT the most trust, and nothing is above the frontier.
	#[test]
	fn lft_and_tft_are_at_its_ends() {
		for (seed, draw) in (0..50).flat_map(|s| [(s, Draw::Exact), (s, Draw::Independent)]) {
			let population = drawn(50, draw, seed);
			let possible = Possible::of(&population.nodes).unwrap();
			let of = |strategy| tree(&population, SETTING, strategy).unwrap().measures();
			for strategy in Strategy::ALL {
				let measures = of(strategy);
				let most = possible.trust(measures.rounds).unwrap();
				assert!(measures.overloaded > 0 || measures.overall_trust <= most, "{strategy}");
			}
			assert_eq!(possible.rounds().next(), Some(of(Strategy::Lft).rounds));
			let most = possible.trust(u32::MAX).unwrap();
			assert_eq!(unit(most), unit(of(Strategy::Tft).overall_trust));
		}
	}
}
