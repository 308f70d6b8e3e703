//! Bytes are choices: see `fuzz/Cargo.toml` and `runtime/tests/any_calls`.

#![no_main]

#[path = "../../runtime/tests/common/mod.rs"]
mod common;
#[path = "../../runtime/tests/any_calls/machine/mod.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod machine;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| machine::run_bytes(bytes));
