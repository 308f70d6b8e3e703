//! Sums of regression trees, as gradient boosting makes them.

use super::Model;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A node. Left of a split follows the next node, right of it the node of that number.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum Node {
	/// Feature, threshold (smaller goes left), whether the unknown goes left, where right is.
	Split(u16, f32, bool, u16),
	/// What is added.
	Leaf(f32),
}

/// By hand: where anything in the build asks `serde_json` for numbers of any precision, as the SDK does,
/// serde's own untagged enums take no fractions.
impl TryFrom<Value> for Node {
	type Error = &'static str;

	fn try_from(value: Value) -> Result<Self, Self::Error> {
		const NEITHER: &str = "a node is a number, or [feature, threshold, unknown left, right]";
		let number = |value: &Value| value.as_f64().map(|number| number as f32);
		let place = |value: &Value| value.as_u64().and_then(|place| u16::try_from(place).ok());
		let node = match &value {
			Value::Array(split) => match &split[..] {
				[feature, threshold, Value::Bool(unknown_left), right] => place(feature)
					.zip(number(threshold))
					.zip(place(right))
					.map(|((feature, threshold), right)| {
						Self::Split(feature, threshold, *unknown_left, right)
					}),
				_ => None,
			},
			leaf => number(leaf).map(Self::Leaf),
		};
		node.ok_or(NEITHER)
	}
}

/// A tree by its nodes, the root first.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tree {
	pub nodes: Vec<Node>,
}

impl Tree {
	/// The value of the leaf that the features lead to.
	pub fn value(&self, features: &[f32]) -> f32 {
		let mut at = 0;
		loop {
			match self.nodes.get(at) {
				Some(Node::Split(feature, threshold, unknown_left, right)) => {
					let value = features.get(usize::from(*feature)).copied().unwrap_or(f32::NAN);
					let left = if value.is_nan() { *unknown_left } else { value < *threshold };
					at = if left { at + 1 } else { usize::from(*right) };
				}
				Some(Node::Leaf(value)) => return *value,
				None => return 0.0,
			}
		}
	}

	/// What is wrong with a tree that was read from a file.
	pub fn fault(&self, features: usize) -> Option<&'static str> {
		let count = self.nodes.len();
		if count == 0 {
			return Some("a tree has no nodes");
		}
		for (at, node) in self.nodes.iter().enumerate() {
			match node {
				Node::Leaf(value) if !value.is_finite() => return Some("a leaf is not finite"),
				Node::Split(feature, ..) if usize::from(*feature) >= features => {
					return Some("a split asks for a feature that is not listed")
				}
				// Always onwards, so that every walk ends.
				Node::Split(_, threshold, _, right)
					if !threshold.is_finite()
						|| usize::from(*right) <= at + 1
						|| usize::from(*right) >= count =>
				{
					return Some("a split leads nowhere")
				}
				_ => {}
			}
		}
		None
	}
}

/// A base value and trees that add to it, on the scale of the logit; then a line that makes the sum a
/// probability (Platt).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trees {
	pub base: f64,
	/// `probability = logistic(slope * sum + intercept)`.
	pub slope: f64,
	pub intercept: f64,
	pub trees: Vec<Tree>,
}

impl Trees {
	/// Before calibration.
	pub fn sum(&self, features: &[f32]) -> f64 {
		self.base + self.trees.iter().map(|tree| f64::from(tree.value(features))).sum::<f64>()
	}
}

impl Model for Trees {
	fn score(&self, features: &[f32]) -> f64 {
		super::logistic(self.slope * self.sum(features) + self.intercept)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_tree_is_walked() {
		let nodes = vec![Node::Split(1, 0.5, true, 2), Node::Leaf(-1.0), Node::Leaf(2.0)];
		let tree = Tree { nodes };
		assert_eq!(tree.fault(2), None);
		assert_eq!(tree.value(&[0.0, 0.4]), -1.0);
		assert_eq!(tree.value(&[0.0, 0.5]), 2.0);
		assert_eq!(tree.value(&[0.0, f32::NAN]), -1.0);
		assert_eq!(tree.value(&[]), -1.0);
		let text = serde_json::to_string(&tree).expect("plain numbers");
		assert_eq!(text, "[[1,0.5,true,2],-1.0,2.0]");
		assert_eq!(serde_json::from_str::<Tree>(&text).expect("what was written"), tree);
	}

	#[test]
	fn a_tree_that_leads_in_a_circle_is_refused() {
		for nodes in [
			vec![],
			vec![Node::Split(0, 0.5, true, 0), Node::Leaf(0.0)],
			vec![Node::Split(0, 0.5, true, 2), Node::Leaf(0.0)],
			vec![Node::Split(1, 0.5, true, 2), Node::Leaf(0.0), Node::Leaf(0.0)],
			vec![Node::Leaf(f32::NAN)],
		] {
			assert!(Tree { nodes }.fault(1).is_some());
		}
	}
}
