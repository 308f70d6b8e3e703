//! # Voltree node
//!
//! What runs a Voltree chain. It puts together what the SDK and the runtime offer, and adds the
//! management centre's service. The program is the crate `voltree-node-bin`.
//!
//! | Module | What is in it |
//! |---|---|
//! | [`cli`] | the command line as the operator sees it |
//! | [`command`] | what each command does |
//! | [`chain_spec`] | the networks known by name |
//! | [`service`] | the running node: client, network, consensus |
//! | [`management_centre`] | certifies, answers requests, signs and renews tokens |
//! | [`fan_out`] | blocks travel down the communication tree |
//! | [`links`] | reserved links to the other data aggregators |
//! | [`health`] | whether the node is ready |
//! | [`doctor`] | finds what keeps a chain from finalising |
//! | [`rpc`] | RPC methods beyond the SDK's own |
//! | [`laboratory`] | what only the laboratory of networks asks of a node |
//! | [`extrinsic`] | extrinsics of the node's own keys |
//! | [`contain`] | keeps a panic in one task away from the rest |

#![warn(missing_docs)]
// The tables of modules are maps for who works on the node, private ones included.
#![allow(rustdoc::private_intra_doc_links)]

pub mod chain_spec;
pub mod cli;
pub mod command;
mod contain;
pub mod doctor;
mod extrinsic;
pub mod fan_out;
pub mod health;
pub mod laboratory;
mod links;
pub mod management_centre;
pub mod rpc;
pub mod service;

pub use command::run;
