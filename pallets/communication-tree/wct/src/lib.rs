//! # Communication trees
//!
//! Puts data aggregators into the tree down which a block travels (section 3.2 of the paper).
#![no_std]

extern crate alloc;

mod attach;
mod balanced;
mod edge;
mod error;
mod input;
mod pool;
mod ranking;
mod sequence;
mod strategy;
mod tree;

pub mod adaptive;
pub mod striped;

pub use error::Error;
pub use input::{Node, Overheads, Settings, Weights, TRUST_UNIT};
pub use ranking::{tree, Ranking};
pub use strategy::{Strategy, UnknownStrategy};
pub use tree::{Measures, Tree};
