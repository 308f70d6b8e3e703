//! Where the nodes are, how fast they send, who is faulty, and who knows whom.

use super::{
	queue::{Time, MILLISECOND},
	uplink::emission,
};
use crate::{
	population::{Draw, Population},
	random::{Purpose, Random},
};
use voltree_wct::Node;

/// What a node does to blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conduct {
	/// As it should.
	Honest,
	/// Is down: neither receives nor sends, and its neighbours' connections to it are closed.
	Crashed,
	/// Receives and asks, but hands nothing on.
	Silent,
	/// Hands everything on late.
	Delaying,
	/// Hands on false blocks, which their receivers find to be false.
	Lying,
}

/// Shares of the nodes that are faulty, each from 0 to 1, together at most 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
	pub crashed: f64,
	pub silent: f64,
	pub delaying: f64,
	pub lying: f64,
	/// The faulty ones are those with the least trust. Otherwise trust says nothing about faults.
	pub untrusted: bool,
}

/// What is the same in all networks of a run.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
	pub nodes: usize,
	/// Uplink of a node with linking number 1 (or of every node), in bytes per second.
	pub uplink: u64,
	/// A node's uplink is its linking number times as fast.
	pub by_link: bool,
	/// Mean one-way latency.
	pub latency: Time,
	/// How much of the mean latency is due to distance, from 0 (all pairs have the same) to 1.
	pub spread: f64,
	pub faults: Faults,
}

/// A network: drawn once for a seed, the same for all protocols.
pub struct Network {
	pub nodes: Vec<Node>,
	pub conduct: Vec<Conduct>,
	/// In bytes per second.
	pub uplinks: Vec<u64>,
	places: Vec<(u32, u32)>,
	/// The part of each latency that all pairs have.
	access: Time,
	/// Latency of a side of the square in which the nodes are.
	side: Time,
}

/// Steps of a coordinate along a side of the square.
const SIDE: u64 = 1 << 16;

/// Mean distance of two points drawn in a square, in parts of a million of its side.
const MEAN_DISTANCE: u64 = 521_405;

impl Network {
	/// The `seed`'s network.
	pub fn draw(shape: &Shape, seed: u64) -> Self {
		let n = shape.nodes;
		let mut random = Random::new(seed, Purpose::Population, n as u64);
		let population = Population::paper(n, Draw::Exact, &mut random);
		let mut random = Random::new(seed, Purpose::Places, n as u64);
		let places =
			(0..n).map(|_| (random.below(SIDE) as u32, random.below(SIDE) as u32)).collect();
		let distant = (shape.latency as f64 * shape.spread) as Time;
		let uplinks = population.nodes.iter().map(|node| match shape.by_link {
			true => shape.uplink.saturating_mul(u64::from(node.link)),
			false => shape.uplink,
		});
		Self {
			uplinks: uplinks.collect(),
			conduct: conduct(&population.nodes, &shape.faults, seed),
			nodes: population.nodes,
			places,
			access: shape.latency.saturating_sub(distant),
			side: (u128::from(distant) * 1_000_000 / u128::from(MEAN_DISTANCE)) as Time,
		}
	}

	/// These nodes, all honest, with the same uplink, in bytes per second, and the same latency between
	/// every two of them.
	pub fn even(nodes: Vec<Node>, uplink: u64, latency: Time) -> Self {
		let count = nodes.len();
		Self {
			uplinks: vec![uplink.max(1); count],
			conduct: vec![Conduct::Honest; count],
			nodes,
			places: vec![(0, 0); count],
			access: latency,
			side: 0,
		}
	}

	pub fn len(&self) -> u32 {
		self.nodes.len() as u32
	}

	/// One-way latency. It obeys the triangle inequality, so no detour is quicker.
	pub fn latency(&self, from: u32, to: u32) -> Time {
		if self.side == 0 {
			return self.access;
		}
		let (a, b) = (self.places[from as usize], self.places[to as usize]);
		let squared = u64::from(a.0.abs_diff(b.0)).pow(2) + u64::from(a.1.abs_diff(b.1)).pow(2);
		// Distances are below 2^17 and sides of any sensible square below 2^47 ns, 39 hours.
		self.access.saturating_add(self.side.saturating_mul(squared.isqrt()) / SIDE)
	}

	/// The mean latency from `node`, over at most a thousand of the others.
	pub fn mean_latency(&self, node: u32) -> Time {
		let step = (self.len() / 1000).max(1) as usize;
		let mut sum = 0u128;
		let mut count = 0u128;
		for other in (0..self.len()).step_by(step).filter(|other| *other != node) {
			sum += u128::from(self.latency(node, other));
			count += 1;
		}
		// A mean of times.
		(sum / count.max(1)) as Time
	}

	/// All latencies as overheads in microseconds, by rows, if there are at most `most` nodes.
	pub fn overheads(&self, most: u32) -> Option<Vec<u32>> {
		let n = self.len();
		let micros = |from, to| u32::try_from(self.latency(from, to) / 1000).unwrap_or(u32::MAX);
		(n <= most)
			.then(|| (0..n).flat_map(|from| (0..n).map(move |to| micros(from, to))).collect())
	}

	pub fn is_honest(&self, node: u32) -> bool {
		self.conduct[node as usize] == Conduct::Honest
	}

	pub fn is_crashed(&self, node: u32) -> bool {
		self.conduct[node as usize] == Conduct::Crashed
	}

	/// The physical bound for a block of `bytes` from `author`: no scheme brings it to every honest
	/// node sooner than its last byte leaves the author and reaches the farthest of them, nor than all
	/// uplinks together can send that many copies.
	pub fn bound(&self, author: u32, bytes: u64) -> Time {
		let honest = (0..self.len()).filter(|node| *node != author && self.is_honest(*node));
		let mut farthest = 0;
		let mut nearest = Time::MAX;
		let mut copies = 0u64;
		for node in honest {
			let latency = self.latency(author, node);
			farthest = farthest.max(latency);
			nearest = nearest.min(latency);
			copies += 1;
		}
		if copies == 0 {
			return 0;
		}
		let alone = farthest.saturating_add(emission(bytes, self.uplinks[author as usize]));
		let all = self.uplinks.iter().fold(0u64, |sum, uplink| sum.saturating_add(*uplink));
		alone.max(nearest.saturating_add(emission(bytes.saturating_mul(copies), all)))
	}
}

/// Draws who is faulty.
fn conduct(nodes: &[Node], faults: &Faults, seed: u64) -> Vec<Conduct> {
	let n = nodes.len();
	let mut order: Vec<usize> = (0..n).collect();
	Random::new(seed, Purpose::Faults, n as u64).shuffle(&mut order);
	if faults.untrusted {
		order.sort_by_key(|node| nodes[*node].trust);
	}
	let mut conduct = vec![Conduct::Honest; n];
	let kinds = [
		(faults.crashed, Conduct::Crashed),
		(faults.silent, Conduct::Silent),
		(faults.delaying, Conduct::Delaying),
		(faults.lying, Conduct::Lying),
	];
	let mut faulty = Vec::new();
	for (share, kind) in kinds {
		let count = (share * n as f64).round() as usize;
		faulty.extend(std::iter::repeat_n(kind, count));
	}
	// Which of the faulty ones has which fault must not depend on trust.
	Random::new(seed, Purpose::Faults, n as u64 + 1).shuffle(&mut faulty);
	// Somebody honest has to write the blocks.
	faulty.truncate(n.saturating_sub(1));
	for (node, kind) in order.into_iter().zip(faulty) {
		conduct[node] = kind;
	}
	conduct
}

/// Who is connected to whom.
#[derive(Clone, Debug)]
pub enum Peers {
	/// Everybody to everybody.
	Mesh(u32),
	/// Each node to the listed ones.
	Graph(Vec<Vec<u32>>),
}

impl Peers {
	/// A random graph in which everybody has about `degree` neighbours and everybody reaches
	/// everybody: the union of `degree / 2` random rings. In small networks it is the full mesh.
	pub fn random(n: u32, degree: u32, seed: u64) -> Self {
		if n <= degree + 1 {
			return Self::Mesh(n);
		}
		let mut random = Random::new(seed, Purpose::Peers, u64::from(n));
		let mut neighbours = vec![Vec::with_capacity(degree as usize); n as usize];
		for _ in 0..degree.div_ceil(2) {
			let mut ring: Vec<u32> = (0..n).collect();
			random.shuffle(&mut ring);
			let next = ring.iter().copied().cycle().skip(1);
			for (a, b) in ring.iter().copied().zip(next) {
				if !neighbours[a as usize].contains(&b) {
					neighbours[a as usize].push(b);
					neighbours[b as usize].push(a);
				}
			}
		}
		Self::Graph(neighbours)
	}

	/// The neighbours of `node`.
	pub fn of(&self, node: u32) -> Box<dyn Iterator<Item = u32> + '_> {
		match self {
			Self::Mesh(n) => Box::new((0..*n).filter(move |other| *other != node)),
			Self::Graph(neighbours) => Box::new(neighbours[node as usize].iter().copied()),
		}
	}
}

/// Nanoseconds as milliseconds, for people.
pub fn milliseconds(time: Time) -> f64 {
	time as f64 / MILLISECOND as f64
}

#[cfg(test)]
mod tests {
	use super::*;

	pub fn shape(nodes: usize) -> Shape {
		Shape {
			nodes,
			uplink: 12_500_000,
			by_link: false,
			latency: 50 * MILLISECOND,
			spread: 0.5,
			faults: Faults::default(),
		}
	}

	#[test]
	fn the_mean_latency_is_the_one_asked_for() {
		for spread in [0.0, 0.5, 1.0] {
			let network = Network::draw(&Shape { spread, ..shape(400) }, 1);
			let pairs = (0..400).flat_map(|a| (0..a).map(move |b| (a, b)));
			let sum: Time = pairs.map(|(a, b)| network.latency(a, b)).sum();
			let mean = milliseconds(sum) / (400.0 * 399.0 / 2.0);
			assert!((mean - 50.0).abs() < 2.5, "{mean} at a spread of {spread}");
		}
	}

	#[test]
	fn no_detour_is_quicker() {
		let network = Network::draw(&Shape { spread: 1.0, ..shape(40) }, 1);
		for (a, b, c) in (0..40).flat_map(|a| (0..40).map(move |b| (a, b, (a * 7 + b) % 40))) {
			let detour = network.latency(a, c) + network.latency(c, b);
			// Coordinates are rounded: a step is 1.5 microseconds.
			assert!(network.latency(a, b) <= detour + 5_000);
		}
	}

	#[test]
	fn faults_have_the_shares_asked_for() {
		let faults =
			Faults { crashed: 0.1, silent: 0.2, delaying: 0.05, lying: 0.05, untrusted: false };
		let network = Network::draw(&Shape { faults, ..shape(100) }, 1);
		let count = |kind| network.conduct.iter().filter(|conduct| **conduct == kind).count();
		assert_eq!(count(Conduct::Crashed), 10);
		assert_eq!(count(Conduct::Silent), 20);
		assert_eq!(count(Conduct::Delaying), 5);
		assert_eq!(count(Conduct::Lying), 5);
		let trusted = |network: &Network| {
			(0..100).any(|node| {
				!network.is_honest(node) && network.nodes[node as usize].trust > 800_000_000
			})
		};
		assert!(trusted(&network));
		let faults = Faults { silent: 0.2, untrusted: true, ..Faults::default() };
		assert!(!trusted(&Network::draw(&Shape { faults, ..shape(100) }, 1)));
		let everybody = Faults { silent: 1.0, ..Faults::default() };
		let network = Network::draw(&Shape { faults: everybody, ..shape(10) }, 1);
		assert_eq!((0..10).filter(|node| network.is_honest(*node)).count(), 1);
	}

	#[test]
	fn a_random_graph_is_connected_and_of_even_degree() {
		let peers = Peers::random(1000, 8, 1);
		let mut seen = vec![false; 1000];
		let mut open = vec![0];
		while let Some(node) = open.pop() {
			if !std::mem::replace(&mut seen[node as usize], true) {
				open.extend(peers.of(node));
				assert!((6..=8).contains(&peers.of(node).count()));
			}
		}
		assert!(seen.iter().all(|seen| *seen));
		assert_eq!(Peers::random(5, 8, 1).of(2).collect::<Vec<_>>(), [0, 1, 3, 4]);
	}

	/// d + B/U by hand: 50 ms and 80 ms.
	#[test]
	fn the_bound_is_latency_and_emission() {
		let network = Network::draw(&Shape { spread: 0.0, ..shape(50) }, 1);
		assert_eq!(network.bound(0, 1_000_000), 130 * MILLISECOND);
	}
}
