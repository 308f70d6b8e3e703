//! Native and Wasm give the same trees: 10,000 random inputs, compared byte by byte.
//!
//! The guest is this crate and [`guest.rs`](guest.rs), compiled for `wasm32v1-none`, as the runtime
//! is: two calls of `rustc`, as neither has dependencies. It is run by `wasmi`, an interpreter of
//! eight small crates; Wasmtime, with which a node runs the runtime, follows the same standard, but
//! takes many times as long to build where this crate is built alone.

#[path = "../common/random.rs"]
mod random;
#[path = "../common/wire.rs"]
mod wire;

use std::{
	path::{Path, PathBuf},
	process::Command,
};

const CASES: u64 = 10_000;

/// The compiler: of the toolchain `WASM_BUILD_TOOLCHAIN`, as for the runtime, or the usual one.
fn rustc() -> Command {
	let mut command = match std::env::var_os("WASM_BUILD_TOOLCHAIN") {
		Some(toolchain) => {
			let mut rustup = Command::new("rustup");
			rustup.arg("run").arg(toolchain).arg("rustc");
			rustup
		}
		None => Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())),
	};
	command.args(["--edition=2021", "--target=wasm32v1-none", "-Copt-level=3", "-Cpanic=abort"]);
	command.arg("-Coverflow-checks=on");
	command
}

fn run(command: &mut Command) {
	let output = command.output().expect("rustc, or rustup, can be started");
	assert!(
		output.status.success(),
		"The guest could not be compiled. If the target wasm32v1-none is missing, run scripts/setup.\n\
		 {command:?}\n{}",
		String::from_utf8_lossy(&output.stderr)
	);
}

/// Compiles the guest.
fn guest() -> PathBuf {
	// Asked when it runs: checkouts that share a target folder share the program, too.
	let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("Cargo runs the tests");
	let here = Path::new(&here);
	// Of this process alone: another one may run the same test.
	let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(std::process::id().to_string());
	std::fs::create_dir_all(&folder).expect("the folder for what is built can be made");
	let (library, wasm) = (folder.join("libvoltree_wct.rlib"), folder.join("guest.wasm"));
	run(rustc()
		.args(["--crate-name=voltree_wct", "--crate-type=rlib", "-o"])
		.args([&library, &here.join("src/lib.rs")]));
	run(rustc()
		.args(["--crate-name=guest", "--crate-type=cdylib", "--extern"])
		.arg(format!("voltree_wct={}", library.display()))
		.arg("-o")
		.args([&wasm, &here.join("tests/wasm/guest.rs")]));
	wasm
}

/// Compares the answers to `cases`; how many bytes they are.
fn compare(module: &wasmi::Module, cases: impl Iterator<Item = u64>) -> usize {
	let mut store = wasmi::Store::new(module.engine(), ());
	let instance = wasmi::Linker::new(module.engine())
		.instantiate_and_start(&mut store, module)
		.expect("it needs nothing from outside");
	let answers =
		instance.get_typed_func::<u64, u64>(&store, "answers").expect("the guest has answers");
	let memory = instance.get_memory(&store, "memory").expect("the guest has a memory");
	let mut bytes = 0;
	for case in cases {
		let place =
			answers.call(&mut store, case).unwrap_or_else(|error| panic!("{case}: {error}"));
		let (start, length) = ((place >> 32) as usize, place as u32 as usize);
		let there = &memory.data(&store)[start..][..length];
		let here = wire::answers(case);
		assert!(here == there, "case {case} differs");
		bytes += length;
	}
	bytes
}

#[test]
fn native_and_wasm_give_the_same_trees() {
	let wasm = guest();
	let code = std::fs::read(&wasm).expect("the guest was written");
	let module = &wasmi::Module::new(&wasmi::Engine::default(), code).expect("it is Wasm");
	let threads = std::thread::available_parallelism().map_or(1, usize::from);
	let bytes: usize = std::thread::scope(|scope| {
		let part = |first| scope.spawn(move || compare(module, (first..CASES).step_by(threads)));
		let running: Vec<_> = (0..threads as u64).map(part).collect();
		running.into_iter().map(|thread| thread.join().expect("all are the same")).sum()
	});
	// Six trees and more of each.
	assert!(bytes > CASES as usize * 500, "{bytes} bytes of answers");
	std::fs::remove_dir_all(wasm.parent().expect("it is in a folder")).expect("it can be removed");
}
