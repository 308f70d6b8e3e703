//! Who the nodes are: the population of the paper's experiment (section 4.2).

use crate::random::Random;
use voltree_wct::{Node, TRUST_UNIT};

/// The least trust of an honest node is just above 0.8, the greatest of a malicious one just below.
const HONEST_ABOVE: u32 = 800_000_000;

/// Nodes, and which of them are honest.
#[derive(Clone, Debug)]
pub struct Population {
	/// What the algorithms see.
	pub nodes: Vec<Node>,
	/// What they can only guess from trust.
	pub honest: Vec<bool>,
}

impl Population {
	/// `n` nodes as in the paper: linking numbers of 3, 2 and 1 in 5, 15 and 80 of a hundred, 8 honest
	/// to 2 malicious, honest trust uniform above 0.8, malicious trust uniform below 0.8. The counts
	/// are exact (halves rounded up); who has what is drawn, linking number and trust independently.
	pub fn paper(n: usize, random: &mut Random) -> Self {
		let part = |percent: usize| (n.saturating_mul(percent) + 50) / 100;
		let (threes, up_to_twos, honest_ones) = (part(5), part(20), part(80));
		let mut links: Vec<u32> = (0..n)
			.map(|i| match i {
				i if i < threes => 3,
				i if i < up_to_twos => 2,
				_ => 1,
			})
			.collect();
		let mut honest: Vec<bool> = (0..n).map(|i| i < honest_ones).collect();
		random.shuffle(&mut links);
		random.shuffle(&mut honest);
		let nodes = links
			.into_iter()
			.zip(&honest)
			.map(|(link, honest)| Node {
				trust: match honest {
					true => random.between(HONEST_ABOVE + 1, TRUST_UNIT),
					false => random.between(0, HONEST_ABOVE - 1),
				},
				link,
			})
			.collect();
		Self { nodes, honest }
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Purpose;

	/// The shares of section 4.2, for 100 nodes and for the 50 of the paper.
	#[test]
	fn has_the_papers_shares() {
		for (n, threes, twos, honest) in
			[(100, 5, 15, 80), (50, 3, 7, 40), (10, 1, 1, 8), (1, 0, 0, 1)]
		{
			let population = Population::paper(n, &mut Random::new(1, Purpose::Population, 0));
			let count = |link| population.nodes.iter().filter(|node| node.link == link).count();
			assert_eq!((count(3), count(2), count(1)), (threes, twos, n - threes - twos));
			assert_eq!(population.honest.iter().filter(|honest| **honest).count(), honest);
			for (node, honest) in population.nodes.iter().zip(&population.honest) {
				assert_eq!(node.trust > HONEST_ABOVE, *honest);
				assert!(node.trust <= TRUST_UNIT && node.trust != HONEST_ABOVE);
			}
		}
	}
}
