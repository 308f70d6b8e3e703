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
//! | [`handler`] | the task: prototype → handler → run |
//! | [`transport`], [`memory`] | links, and such as can be cut |
//! | [`faulty`] | bad relays, for tests and the laboratory |
//! | `node` (feature `node`) | all of it on a Substrate node: network, import, announcements |
//!
//! Without the feature `node` nothing of the SDK's client is needed, and everything but the last row
//! builds and is tested in a minute.

pub mod chain;
pub mod faulty;
pub mod frames;
pub mod handler;
pub mod memory;
#[cfg(feature = "node")]
pub mod node;
pub mod pieces;
pub mod policy;
pub mod protocol;
pub mod transport;
pub mod types;

/// Of all log lines.
pub const LOG_TARGET: &str = "fanout";
