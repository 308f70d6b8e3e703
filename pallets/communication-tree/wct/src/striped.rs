//! *striped*: a block in chunks over several trees whose interiors differ.

use crate::{tree, Error, Node, Overheads, Settings, Strategy, Tree};
use alloc::{vec, vec::Vec};

/// One of several trees from the same root, and the part of a block that travels down it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stripe {
	/// Down which the chunks of this stripe travel.
	pub tree: Tree,
	/// How many of the block's chunks.
	pub share: u32,
}

/// At most `count` trees from `root` (without one: from the node the strategy likes best) whose
/// interiors differ, for a block of `chunks` chunks.
pub fn stripes(
	nodes: &[Node],
	overheads: Option<Overheads<'_>>,
	settings: Settings,
	root: Option<u32>,
	count: u32,
	chunks: u32,
) -> Result<Vec<Stripe>, Error> {
	if count == 0 {
		return Err(Error::Stripes);
	}
	let tree = tree(nodes, overheads, settings, Strategy::Wct, root)?;
	Ok(vec![Stripe { tree, share: chunks }])
}
