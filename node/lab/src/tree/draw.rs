//! A tree as a picture.

use crate::error::Error;
use svg::{
	node::element::{Circle, Line, Rectangle, Text, Title},
	Document,
};
use voltree_wct::{Node, Tree};

/// More nodes than this are no picture any more.
const MOST: usize = 2_000;

const STEP: usize = 30;
const LEVEL: usize = 64;
const MARGIN: usize = 30;

/// Draws `tree`: rows are depths, the first child is to the left, trusted nodes are filled, circles are
/// the larger the linking number.
pub fn draw(tree: &Tree, nodes: &[Node], trust_threshold: u32) -> Result<String, Error> {
	let n = nodes.len();
	if n > MOST {
		let text = format!("--svg: there are {n} nodes: a picture shows at most {MOST}");
		return Err(Error::Option(text));
	}
	let places = places(tree, n);
	let right = places.iter().map(|(x, _)| *x).fold(0.0, f64::max);
	let low = places.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
	let width = right as usize + 2 * MARGIN;
	let height = low * LEVEL + 2 * MARGIN + 30;
	let at = |node: u32| {
		let (x, depth) = places[node as usize];
		(x + MARGIN as f64, (depth * LEVEL + MARGIN) as f64)
	};
	let mut picture = Document::new()
		.set("viewBox", (0, 0, width.max(360), height))
		.set("font-family", "sans-serif")
		.set("font-size", 11)
		.set("text-anchor", "middle")
		.add(Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white"));
	for &node in tree.sequence() {
		for child in tree.children(node) {
			let ((x1, y1), (x2, y2)) = (at(node), at(child));
			let line = Line::new().set("x1", x1).set("y1", y1).set("x2", x2).set("y2", y2);
			picture = picture.add(line.set("stroke", "#999"));
		}
	}
	for &index in tree.sequence() {
		let (x, y) = at(index);
		let node = nodes[index as usize];
		let trusted = node.trust >= trust_threshold;
		let (fill, ink) = if trusted { ("#1f6f9f", "white") } else { ("white", "#b5451f") };
		let about = format!(
			"node {index}: trust {}, linking number {}",
			f64::from(node.trust) / f64::from(voltree_wct::TRUST_UNIT),
			node.link
		);
		let radius = 9 + node.link.min(4);
		let edge = if trusted { "#1f6f9f" } else { "#b5451f" };
		let circle = Circle::new().set("cx", x).set("cy", y).set("r", radius).set("fill", fill);
		picture = picture
			.add(circle.set("stroke", edge).add(Title::new(about)))
			.add(Text::new(index.to_string()).set("x", x).set("y", y + 4.0).set("fill", ink));
	}
	let measures = tree.measures();
	let caption = format!(
		"overall trust {:.3}, {} rounds, concurrency {}; filled: trusted",
		f64::from(measures.overall_trust) / f64::from(voltree_wct::TRUST_UNIT),
		measures.rounds,
		measures.concurrency
	);
	let caption = Text::new(caption).set("x", width.max(360) / 2).set("y", height - 12);
	Ok(picture.add(caption).to_string() + "\n")
}

/// For each node how far to the right it is, and its depth. Leaves are side by side, parents in the
/// middle above their children.
fn places(tree: &Tree, n: usize) -> Vec<(f64, usize)> {
	let mut places = vec![(0.0, 0); n];
	let root = tree.sequence().first().copied();
	// Depth first, so that the leaves come from left to right; the other way round it is children
	// before parents.
	let mut order = Vec::with_capacity(n);
	let mut open: Vec<u32> = root.into_iter().collect();
	let mut leaves = 0;
	while let Some(node) = open.pop() {
		order.push(node);
		let children: Vec<u32> = tree.children(node).collect();
		for child in children.iter().rev() {
			places[*child as usize].1 = places[node as usize].1 + 1;
			open.push(*child);
		}
		if children.is_empty() {
			places[node as usize].0 = (leaves * STEP) as f64;
			leaves += 1;
		}
	}
	for node in order.into_iter().rev() {
		let (mut sum, mut count) = (0.0, 0);
		for child in tree.children(node) {
			sum += places[child as usize].0;
			count += 1;
		}
		if count > 0 {
			places[node as usize].0 = sum / f64::from(count);
		}
	}
	places
}
