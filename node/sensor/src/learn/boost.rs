//! Gradient boosting of regression trees on the logistic loss, on binned features (Friedman 2001; the
//! histograms and the second-order gain as in Chen and Guestrin 2016). One thread, one order of
//! additions, logarithms of our own: so the same bits on every machine.

use crate::{
	model::{logistic, logit, Node, Tree, Trees},
	random::Random,
};

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	pub rounds: usize,
	pub depth: usize,
	/// How much of each tree's advice is taken.
	pub rate: f64,
	/// Pulls leaves towards 0.
	pub ridge: f64,
	/// Fewest rows in a leaf.
	pub least_rows: u32,
	/// Share of the features that a tree may use.
	pub columns: f64,
	/// Share of the rows that a tree is grown on.
	pub rows: f64,
	/// Most bins of a feature.
	pub bins: usize,
}

/// The bin of what is unknown.
const UNKNOWN: u8 = u8::MAX;
/// A split must gain at least this.
const LEAST_GAIN: f64 = 1e-6;

/// Features of all rows, as they are and binned.
pub struct Matrix<'a> {
	rows: &'a [f32],
	width: usize,
	/// By feature: the values that part the bins, rising.
	edges: Vec<Vec<f32>>,
	/// By feature: the bin of each row.
	bins: Vec<Vec<u8>>,
}

impl<'a> Matrix<'a> {
	/// `rows` holds `width` features a row.
	pub fn new(rows: &'a [f32], width: usize, bins: usize) -> Self {
		let column = |feature: usize| rows.iter().skip(feature).step_by(width.max(1)).copied();
		let edges: Vec<Vec<f32>> =
			(0..width).map(|feature| part(column(feature), bins.clamp(2, 250))).collect();
		let bin = |edges: &Vec<f32>, value: f32| match value.is_nan() {
			true => UNKNOWN,
			false => edges.partition_point(|edge| *edge <= value) as u8,
		};
		let bins = edges.iter().enumerate();
		let bins = bins.map(|(feature, edges)| column(feature).map(|v| bin(edges, v)).collect());
		let bins = bins.collect();
		Self { rows, width, edges, bins }
	}

	fn row(&self, row: u32) -> &[f32] {
		let first = row as usize * self.width;
		&self.rows[first..first + self.width]
	}
}

/// Values between which about as many rows lie each time.
fn part(values: impl Iterator<Item = f32>, bins: usize) -> Vec<f32> {
	let mut sorted: Vec<f32> = values.filter(|value| !value.is_nan()).collect();
	sorted.sort_by(f32::total_cmp);
	let mut edges: Vec<f32> = Vec::new();
	for cut in 1..bins {
		let at = cut * sorted.len() / bins;
		let Some(low) = at.checked_sub(1).and_then(|before| sorted.get(before)).copied() else {
			continue;
		};
		// The next value that differs: rows of one value stay together.
		let next = sorted.partition_point(|value| *value <= low);
		let Some(high) = sorted.get(next).copied() else { continue };
		let middle = low + (high - low) / 2.0;
		let edge = if middle > low { middle } else { high };
		if edges.last().is_none_or(|last| edge > *last) {
			edges.push(edge);
		}
	}
	edges
}

/// Sums over rows: of gradients, of second derivatives, and how many.
#[derive(Clone, Copy, Default)]
struct Sums {
	gradient: f64,
	curvature: f64,
	count: u32,
}

impl Sums {
	fn add(&mut self, other: Sums) {
		self.gradient += other.gradient;
		self.curvature += other.curvature;
		self.count += other.count;
	}

	fn without(self, other: Sums) -> Sums {
		Sums {
			gradient: self.gradient - other.gradient,
			curvature: self.curvature - other.curvature,
			count: self.count - other.count,
		}
	}

	fn gain(self, ridge: f64) -> f64 {
		self.gradient * self.gradient / (self.curvature + ridge)
	}
}

/// A split that is worth it.
struct Split {
	gain: f64,
	feature: usize,
	/// Bins up to this one go left.
	bin: u8,
	unknown_left: bool,
}

/// One tree in the making.
struct Grower<'a> {
	matrix: &'a Matrix<'a>,
	settings: &'a Settings,
	columns: Vec<usize>,
	/// By row.
	slopes: &'a [Sums],
	nodes: Vec<Node>,
}

impl Grower<'_> {
	fn grow(&mut self, rows: &mut [u32], depth: usize) {
		let mut total = Sums::default();
		rows.iter().for_each(|row| total.add(self.slopes[*row as usize]));
		let split = (depth > 0).then(|| self.best(rows, total)).flatten();
		let Some(split) = split else {
			let value =
				-total.gradient / (total.curvature + self.settings.ridge) * self.settings.rate;
			// Five digits are more than a leaf knows, and keep the file small.
			self.nodes.push(Node::Leaf(((value * 1e5).round() / 1e5) as f32));
			return;
		};
		let bins = &self.matrix.bins[split.feature];
		let goes_left = |row: &u32| match bins[*row as usize] {
			UNKNOWN => split.unknown_left,
			bin => bin <= split.bin,
		};
		// Both parts keep their order, so that sums are added up in one order.
		let (left, right): (Vec<u32>, Vec<u32>) = rows.iter().copied().partition(goes_left);
		let (first, second) = rows.split_at_mut(left.len());
		first.copy_from_slice(&left);
		second.copy_from_slice(&right);
		let place = self.nodes.len();
		let threshold = self.matrix.edges[split.feature][usize::from(split.bin)];
		self.nodes.push(Node::Split(split.feature as u16, threshold, split.unknown_left, 0));
		self.grow(first, depth - 1);
		let after = self.nodes.len() as u16;
		if let Some(Node::Split(.., right)) = self.nodes.get_mut(place) {
			*right = after;
		}
		self.grow(second, depth - 1);
	}

	fn best(&self, rows: &[u32], total: Sums) -> Option<Split> {
		let ridge = self.settings.ridge;
		let least = self.settings.least_rows;
		let mut best: Option<Split> = None;
		for feature in &self.columns {
			let (bins, edges) = (&self.matrix.bins[*feature], &self.matrix.edges[*feature]);
			let mut histogram = [Sums::default(); 256];
			for row in rows {
				histogram[usize::from(bins[*row as usize])].add(self.slopes[*row as usize]);
			}
			let unknown = histogram[usize::from(UNKNOWN)];
			let mut left = Sums::default();
			for (bin, sums) in histogram.iter().enumerate().take(edges.len()) {
				left.add(*sums);
				for unknown_left in [true, false] {
					if unknown_left && unknown.count == 0 {
						// As is done with what was never unknown: the larger side, see below.
						continue;
					}
					let mut low = left;
					if unknown_left {
						low.add(unknown);
					}
					let high = total.without(low);
					if low.count < least || high.count < least {
						continue;
					}
					let gain = low.gain(ridge) + high.gain(ridge) - total.gain(ridge);
					if gain > best.as_ref().map_or(LEAST_GAIN, |best| best.gain) {
						let unknown_left = match unknown.count {
							0 => low.count >= high.count,
							_ => unknown_left,
						};
						best =
							Some(Split { gain, feature: *feature, bin: bin as u8, unknown_left });
					}
				}
			}
		}
		best
	}
}

/// Trees for the labels of some of the rows.
pub fn grow(
	matrix: &Matrix,
	labels: &[bool],
	rows: &[u32],
	settings: &Settings,
	seed: u64,
) -> Trees {
	let hazards = rows.iter().filter(|row| labels[**row as usize]).count();
	let base = logit((hazards as f64 + 0.5) / (rows.len() as f64 + 1.0));
	let mut sums = vec![base; labels.len()];
	let mut slopes = vec![Sums::default(); labels.len()];
	let mut trees = Vec::with_capacity(settings.rounds);
	for round in 0..settings.rounds {
		let mut random = Random::fork(seed, round as u64 + 1);
		for row in rows {
			let row = *row as usize;
			let p = logistic(sums[row]);
			let truth = f64::from(u8::from(labels[row]));
			slopes[row] = Sums { gradient: p - truth, curvature: p * (1.0 - p), count: 1 };
		}
		let mut columns: Vec<usize> = (0..matrix.width).collect();
		random.shuffle(&mut columns);
		let share = (settings.columns * matrix.width as f64).ceil() as usize;
		columns.truncate(share.max(1));
		columns.sort_unstable();
		let mut drawn: Vec<u32> =
			rows.iter().copied().filter(|_| random.happens(settings.rows)).collect();
		let mut grower = Grower { matrix, settings, columns, slopes: &slopes, nodes: Vec::new() };
		grower.grow(&mut drawn, settings.depth);
		let tree = Tree { nodes: grower.nodes };
		for row in rows {
			sums[*row as usize] += f64::from(tree.value(matrix.row(*row)));
		}
		trees.push(tree);
	}
	Trees { base, slope: 1.0, intercept: 0.0, trees }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::model::Model;

	const SETTINGS: Settings = Settings {
		rounds: 60,
		depth: 3,
		rate: 0.2,
		ridge: 1.0,
		least_rows: 5,
		columns: 1.0,
		rows: 0.8,
		bins: 32,
	};

	/// Rows of three features: the label is whether exactly one of the first two is positive, the
	/// second may be unknown when the label is set, the third is noise.
	fn rows(seed: u64, count: usize) -> (Vec<f32>, Vec<bool>) {
		let mut random = Random::new(seed);
		let (mut rows, mut labels) = (Vec::new(), Vec::new());
		for _ in 0..count {
			let (a, b) = (random.normal() as f32, random.normal() as f32);
			let label = (a > 0.0) != (b > 0.0);
			let hidden = label && random.happens(0.3);
			rows.extend([a, if hidden { f32::NAN } else { b }, random.normal() as f32]);
			labels.push(label);
		}
		(rows, labels)
	}

	/// What no single threshold and no weighted sum can learn, and that not knowing tells something.
	#[test]
	fn learns_what_lies_in_two_features_together() {
		let (train, labels) = rows(1, 2000);
		let matrix = Matrix::new(&train, 3, SETTINGS.bins);
		let all: Vec<u32> = (0..2000).collect();
		let trees = grow(&matrix, &labels, &all, &SETTINGS, 1);
		let (test, truth) = rows(2, 1000);
		let right =
			test.chunks(3).zip(&truth).filter(|(x, y)| (trees.score(x) > 0.5) == **y).count();
		assert!(right > 930, "{right}");
		assert!(trees.score(&[1.0, f32::NAN, 0.0]) > 0.9);
		assert!(trees.trees.iter().all(|tree| tree.fault(3).is_none()));
	}

	/// The same seed gives the same trees, another one others; rows not named have no influence.
	#[test]
	fn is_the_same_every_time() {
		let (mut train, mut labels) = rows(3, 500);
		let some: Vec<u32> = (0..400).collect();
		let first = grow(&Matrix::new(&train, 3, 32), &labels, &some, &SETTINGS, 1);
		let matrix = Matrix::new(&train, 3, 32);
		assert_eq!(first, grow(&matrix, &labels, &some, &SETTINGS, 1));
		assert_ne!(first, grow(&matrix, &labels, &some, &SETTINGS, 2));
		drop(matrix);
		labels[450] = !labels[450];
		train[450 * 3] *= 1.000_1;
		let again = grow(&Matrix::new(&train, 3, 32), &labels, &some, &SETTINGS, 1);
		assert_eq!(first.trees.len(), again.trees.len());
		assert_eq!(first.base, again.base);
	}

	#[test]
	fn bins_part_the_values_and_never_equal_ones() {
		let edges = part([1.0, 1.0, 1.0, 2.0, f32::NAN, 3.0].into_iter(), 4);
		assert_eq!(edges, [1.5], "most rows are of one value");
		assert!(part([7.0; 9].into_iter(), 8).is_empty());
		assert!(part([].into_iter(), 8).is_empty());
		let many: Vec<f32> = (0..1000).map(|x| x as f32).collect();
		assert_eq!(part(many.into_iter(), 10).len(), 9);
	}

	#[test]
	fn one_label_only_gives_a_sure_answer_and_no_error() {
		let (train, _) = rows(4, 100);
		let all: Vec<u32> = (0..100).collect();
		let trees = grow(&Matrix::new(&train, 3, 8), &[false; 100], &all, &SETTINGS, 1);
		assert!(trees.score(&[0.0, 0.0, 0.0]) < 0.05);
	}
}
