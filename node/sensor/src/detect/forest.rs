//! Trees that part rows at random until each stands alone: what is rare stands alone soon.

use crate::random::Random;

const TREES: usize = 100;
const SAMPLE: usize = 256;

/// Makes columns comparable: the median becomes 0, the usual distance from it 1, unknowns 0.
pub struct Scale {
	middles: Vec<f64>,
	spreads: Vec<f64>,
}

impl Scale {
	pub fn of(rows: &[Vec<f64>]) -> Self {
		let width = rows.first().map_or(0, Vec::len);
		let (mut middles, mut spreads) = (Vec::new(), Vec::new());
		for column in 0..width {
			let mut known: Vec<f64> =
				rows.iter().map(|row| row[column]).filter(|value| !value.is_nan()).collect();
			let middle = median(&mut known);
			known.iter_mut().for_each(|value| *value = (*value - middle).abs());
			let spread = median(&mut known);
			let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
			// Columns that mostly rest have no median distance, but a mean one.
			let spread = if spread > 0.0 { spread } else { mean };
			middles.push(middle);
			spreads.push(if spread > 0.0 { spread } else { 1.0 });
		}
		Self { middles, spreads }
	}

	pub fn apply(&self, row: &[f64]) -> Vec<f64> {
		let scaled = row.iter().zip(self.middles.iter().zip(&self.spreads));
		scaled
			.map(|(value, (middle, spread))| match value.is_nan() {
				true => 0.0,
				false => ((value - middle) / spread).clamp(-1e6, 1e6),
			})
			.collect()
	}
}

fn median(values: &mut [f64]) -> f64 {
	values.sort_by(f64::total_cmp);
	values.get(values.len() / 2).copied().unwrap_or(0.0)
}

enum Node {
	/// Column, threshold, where right is; left follows.
	Split(usize, f64, usize),
	/// How deep a row that ends here stands, what is below it estimated.
	Leaf(f64),
}

/// Trees of some of the rows each.
pub struct Forest {
	trees: Vec<Vec<Node>>,
	usual: f64,
	/// By column: the farthest from the middle that was learned from.
	reach: Vec<f64>,
}

impl Forest {
	pub fn grow(rows: &[Vec<f64>], seed: u64) -> Self {
		let size = rows.len().min(SAMPLE);
		let deepest = (usize::BITS - size.leading_zeros()) as usize;
		let tree = |number: u64| {
			let mut random = Random::fork(seed, number + 1);
			let mut sample: Vec<usize> = (0..rows.len()).collect();
			random.shuffle(&mut sample);
			sample.truncate(size);
			let mut nodes = Vec::new();
			part(rows, &sample, 0, deepest, &mut random, &mut nodes);
			nodes
		};
		let mut reach = vec![1e-9; rows.first().map_or(0, Vec::len)];
		for row in rows {
			reach.iter_mut().zip(row).for_each(|(most, value)| *most = value.abs().max(*most));
		}
		Self { trees: (0..TREES as u64).map(tree).collect(), usual: below(size).max(1e-9), reach }
	}

	/// Near 0.5 for what is usual, towards 1 for what stands alone soon.
	pub fn score(&self, row: &[f64]) -> f64 {
		let depth = |nodes: &Vec<Node>| {
			let mut at = 0;
			loop {
				match nodes.get(at) {
					Some(Node::Split(column, threshold, right)) => {
						let value = row.get(*column).copied().unwrap_or(0.0);
						at = if value < *threshold { at + 1 } else { *right };
					}
					Some(Node::Leaf(depth)) => return *depth,
					None => return 0.0,
				}
			}
		};
		let mean = self.trees.iter().map(depth).sum::<f64>() / self.trees.len().max(1) as f64;
		let score = libm::exp2(-mean / self.usual);
		// Trees cannot tell the farthest row they know from one that lies beyond it; distance can.
		let far = row.iter().zip(&self.reach).map(|(value, reach)| value.abs() / reach);
		1.0 - (1.0 - score) / far.fold(1.0, f64::max)
	}
}

fn part(
	rows: &[Vec<f64>],
	sample: &[usize],
	depth: usize,
	deepest: usize,
	random: &mut Random,
	nodes: &mut Vec<Node>,
) {
	let width = rows.first().map_or(0, Vec::len);
	// Columns that tell the rows apart.
	let bounds = |column: usize| {
		let values = sample.iter().map(|row| rows[*row][column]);
		values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
	};
	let choices: Vec<(usize, f64, f64)> = (0..width)
		.map(|column| (column, bounds(column)))
		.filter(|(_, (low, high))| low < high)
		.map(|(column, (low, high))| (column, low, high))
		.collect();
	if depth >= deepest || sample.len() < 2 || choices.is_empty() {
		nodes.push(Node::Leaf(depth as f64 + below(sample.len())));
		return;
	}
	let (column, low, high) = choices[random.below(choices.len())];
	let threshold = random.between(low, high);
	let threshold = if threshold > low { threshold } else { high };
	let (left, right): (Vec<usize>, Vec<usize>) =
		sample.iter().partition(|row| rows[**row][column] < threshold);
	let place = nodes.len();
	nodes.push(Node::Split(column, threshold, 0));
	part(rows, &left, depth + 1, deepest, random, nodes);
	let after = nodes.len();
	if let Some(Node::Split(.., right)) = nodes.get_mut(place) {
		*right = after;
	}
	part(rows, &right, depth + 1, deepest, random, nodes);
}

/// How deep a row stands on average in a random tree of so many.
fn below(count: usize) -> f64 {
	const EULER: f64 = 0.577_215_664_9;
	let n = count as f64;
	match count {
		0 | 1 => 0.0,
		2 => 1.0,
		_ => 2.0 * (libm::log(n - 1.0) + EULER) - 2.0 * (n - 1.0) / n,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_rare_scores_high() {
		let mut random = Random::new(8);
		let rows: Vec<Vec<f64>> =
			(0..600).map(|_| vec![random.normal(), 5.0 + random.normal() * 0.1, 3.0]).collect();
		let scale = Scale::of(&rows);
		let scaled: Vec<Vec<f64>> = rows.iter().map(|row| scale.apply(row)).collect();
		let forest = Forest::grow(&scaled, 1);
		let usual = forest.score(&scale.apply(&[0.0, 5.0, 3.0]));
		let rare = forest.score(&scale.apply(&[0.0, 9.0, 3.0]));
		assert!(usual < 0.5 && rare > 0.6, "{usual} {rare}");
		assert_eq!(forest.score(&scale.apply(&[f64::NAN; 3])), forest.score(&[0.0; 3]));
		assert_eq!(Forest::grow(&scaled, 1).score(&scaled[0]), forest.score(&scaled[0]));
	}

	#[test]
	fn equal_rows_are_no_trouble() {
		let rows = vec![vec![1.0, 1.0]; 100];
		let scale = Scale::of(&rows);
		let scaled: Vec<Vec<f64>> = rows.iter().map(|row| scale.apply(row)).collect();
		assert!(Forest::grow(&scaled, 1).score(&scaled[0]).is_finite());
	}
}
