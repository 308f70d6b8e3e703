//! Who the nodes are: the population of the paper's experiment (section 4.2).

use crate::random::Random;
use serde::Serialize;
use voltree_wct::{Node, TRUST_UNIT};

/// The least trust of an honest node is just above 0.8, the greatest of a malicious one just below.
const HONEST_ABOVE: u32 = 800_000_000;

/// How the kinds of nodes are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Draw {
	/// There are as many of each kind as the shares say, halves rounded up.
	Exact,
	/// Each node's kind is drawn by itself, so that the shares hold on average.
	Independent,
}

/// The paper's population.
#[derive(Clone, Debug)]
pub struct Population {
	/// What the algorithms see.
	pub nodes: Vec<Node>,
}

impl Population {
	/// `n` nodes as in the paper: linking numbers of 3, 2 and 1 in 5, 15 and 80 of a hundred, 8 honest
	/// to 2 malicious, honest trust uniform above 0.8, malicious trust uniform below 0.8; linking number
	/// and trust independent of each other.
	pub fn paper(n: usize, draw: Draw, random: &mut Random) -> Self {
		let part = |percent: usize| (n.saturating_mul(percent) + 50) / 100;
		let mut links: Vec<usize> = (0..n).collect();
		let mut honest: Vec<usize> = (0..n).collect();
		match draw {
			Draw::Exact => {
				random.shuffle(&mut links);
				random.shuffle(&mut honest);
			}
			Draw::Independent => {
				links.fill_with(|| random.index(n));
				honest.fill_with(|| random.index(n));
			}
		}
		let link = |place| match place {
			place if place < part(5) => 3,
			place if place < part(20) => 2,
			_ => 1,
		};
		let nodes = links
			.into_iter()
			.zip(honest)
			.map(|(place, honest)| Node {
				trust: match honest < part(80) {
					true => random.between(HONEST_ABOVE + 1, TRUST_UNIT),
					false => random.between(0, HONEST_ABOVE - 1),
				},
				link: link(place),
			})
			.collect();
		Self { nodes }
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Purpose;

	fn draw(n: usize, draw: Draw) -> Vec<Node> {
		Population::paper(n, draw, &mut Random::new(1, Purpose::Population, 0)).nodes
	}

	fn count(nodes: &[Node], link: u32) -> usize {
		nodes.iter().filter(|node| node.link == link).count()
	}

	fn honest(nodes: &[Node]) -> usize {
		nodes.iter().filter(|node| node.trust > HONEST_ABOVE).count()
	}

	/// The shares of section 4.2, for 100 nodes and for the 50 of the paper.
	#[test]
	fn has_the_papers_shares() {
		for (n, threes, twos, trusted) in
			[(100, 5, 15, 80), (50, 3, 7, 40), (10, 1, 1, 8), (1, 0, 0, 1)]
		{
			let nodes = draw(n, Draw::Exact);
			assert_eq!((count(&nodes, 3), count(&nodes, 2)), (threes, twos));
			assert_eq!(count(&nodes, 1), n - threes - twos);
			assert_eq!(honest(&nodes), trusted);
			assert!(nodes
				.iter()
				.all(|node| node.trust <= TRUST_UNIT && node.trust != HONEST_ABOVE));
		}
	}

	#[test]
	fn has_them_on_average_if_each_is_drawn_by_itself() {
		let nodes = draw(100_000, Draw::Independent);
		let near = |count: usize, expected: usize| count.abs_diff(expected) < 500;
		assert!(near(count(&nodes, 3), 5_000) && near(count(&nodes, 2), 15_000));
		assert!(near(honest(&nodes), 80_000));
		let sizes: Vec<usize> = (0..20)
			.map(|seed| {
				let mut random = Random::new(seed, Purpose::Population, 0);
				honest(&Population::paper(50, Draw::Independent, &mut random).nodes)
			})
			.collect();
		assert!(sizes.iter().any(|size| *size != sizes[0]));
	}
}
