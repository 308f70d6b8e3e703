//! The program `voltree-node`: everything is in the library of that name.

#![warn(missing_docs)]

use std::process::ExitCode;

fn main() -> ExitCode {
	match voltree_node::run(env!("SUBSTRATE_CLI_IMPL_VERSION")) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
