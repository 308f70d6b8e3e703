//! # The management centre's service
//!
//! Runs in a node whose keystore holds the service key ([`KEY_TYPE`]). After each new best block it
//! reads from the chain what waits, tries out what it would do about it on top of that block, and
//! sends what works as one ordinary extrinsic of the service's account: responses to requests,
//! certificates that were approved off chain, renewals of tokens whose record has become outdated.
//!
//! Everything it needs to know is on the chain and in the transaction pool. So it can be killed at
//! any time and goes on where it was; what got lost on its way is still waiting and sent again; and
//! where another node with a service key was faster, nothing is left to do. A node that is told to
//! stand by acts only on what has waited longer than a working service would let it.
//!
//! | Module | What is in it |
//! |---|---|
//! | [`arguments`] | options of the command line, and what they mean on which chain |
//! | [`approvals`] | who may be certified: the operator's file, or everybody on development chains |
//! | [`admission`] | who is to be certified: approvals and chain joined |
//! | [`keys`] | which of the node's keys the chain takes now |
//! | [`desk`] | what is to be done now: order, patience, coalescing, second tries |
//! | [`transaction`] | the extrinsics, and what is done by those in the pool |
//! | [`chain`] | reading the chain, trying out on top of it |
//! | [`worker`] | the task: all of it, block after block |
//! | [`metrics`] | what Prometheus sees |
//!
//! [`approvals`], [`keys`] and [`desk`] know nothing of a running node.

mod admission;
mod approvals;
mod arguments;
mod chain;
mod desk;
mod keys;
mod metrics;
mod transaction;
mod worker;

pub use approvals::{Approval, Fault};
pub use arguments::{Arguments, Settings};
pub use keys::{DEVELOPMENT_KEY, KEY_TYPE};
pub use worker::{start, Parts};

/// The target of this module's log lines.
const LOG: &str = "management-centre";
