//! # Block fan-out
//!
//! Blocks travel down the communication tree: author → children → …, each node checking slot, seal and
//! body before it forwards, and forwarding before it imports. The stock sync stays switched on
//! underneath: without this crate's task a node is an ordinary Substrate node.
//!
//! | Part | What |
//! |---|---|
//! | [`frames`], [`pieces`] | what nodes say to each other |
//! | [`policy`] | which trees: pure |
//! | [`protocol`] | what to do: a pure state machine |
//! | [`chain`] | what the protocol asks the chain |

pub mod chain;
pub mod frames;
pub mod pieces;
pub mod policy;
pub mod protocol;
pub mod types;
