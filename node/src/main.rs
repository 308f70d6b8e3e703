//! # Voltree node
//!
//! The program that runs a Voltree chain. It only puts together what the SDK and the runtime offer.
//!
//! | Module | What is in it |
//! |---|---|
//! | [`cli`] | the command line as the operator sees it |
//! | [`command`] | what each command does |
//! | [`chain_spec`] | the networks known by name |
//! | [`service`] | the running node: client, network, consensus |
//! | [`rpc`] | RPC methods beyond the SDK's own |

#![warn(missing_docs)]

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
