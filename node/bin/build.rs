//! Gives the node its version: the crate's own, and the commit it was built from.

use std::{path::PathBuf, process::Command};

fn main() {
	substrate_build_script_utils::generate_cargo_keys();

	println!("cargo:rerun-if-env-changed=SUBSTRATE_CLI_GIT_COMMIT_HASH");
	println!("cargo:rerun-if-changed=build.rs");
	if let Some(reflog) = head_reflog() {
		println!("cargo:rerun-if-changed={}", reflog.display());
	}
}

/// The file that changes with every commit and checkout; none outside a git checkout.
///
/// Not the branch's own file, which is what `rerun_if_git_head_changed` watches: `git gc` packs that
/// one away, and cargo builds anew on every call as long as a watched file is missing.
fn head_reflog() -> Option<PathBuf> {
	let output = Command::new("git")
		.args(["rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD"])
		.output()
		.ok()
		.filter(|output| output.status.success())?;
	// Missing before the first commit: then cargo looks again on every build, as it should.
	Some(String::from_utf8(output.stdout).ok()?.trim().into())
}
