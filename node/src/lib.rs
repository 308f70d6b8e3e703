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
//! | [`rpc`] | RPC methods beyond the SDK's own |

#![warn(missing_docs)]
// The tables of modules are maps for who works on the node, private ones included.
#![allow(rustdoc::private_intra_doc_links)]

pub mod chain_spec;
pub mod cli;
pub mod command;
pub mod management_centre;
pub mod rpc;
pub mod service;

pub use command::run;
