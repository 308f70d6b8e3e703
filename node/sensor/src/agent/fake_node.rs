//! A node for tests: answers as a real one, and does what the test says.

use super::{
	key::unhex,
	metadata::tests::{metadata, usual},
};
use crate::model::hex;
use codec::Encode;
use serde_json::{json, Value};
use std::{
	sync::{Arc, Mutex, MutexGuard},
	thread,
};
use tiny_http::{Response, Server};

/// What the chain knows.
pub struct State {
	pub number: u32,
	pub now: u64,
	pub observed_best: Option<u64>,
	pub observed_final: Option<u64>,
	pub boundaries: Vec<u64>,
	/// Extrinsics that the pool took.
	pub submitted: Vec<Vec<u8>>,
	/// The code with which the pool refuses everything.
	pub refusal: Option<i64>,
	/// How many submissions are told that their number is taken.
	pub taken_numbers: u32,
	pub refused: u32,
	pub absent: bool,
}

/// A node at a port of its own; it ends with the test.
pub struct FakeNode {
	pub url: String,
	server: Arc<Server>,
	state: Arc<Mutex<State>>,
}

impl FakeNode {
	pub fn start() -> Self {
		let server = Arc::new(Server::http("127.0.0.1:0").expect("a free port"));
		let url = format!("ws://{}", server.server_addr().to_ip().expect("an address"));
		let state = Arc::new(Mutex::new(State {
			number: 100,
			// Late enough for the boundaries of the tests, and early enough for all of them to count.
			now: 20_000_000,
			observed_best: None,
			observed_final: None,
			boundaries: Vec::new(),
			submitted: Vec::new(),
			refusal: None,
			taken_numbers: 0,
			refused: 0,
			absent: false,
		}));
		let (served, shared) = (server.clone(), state.clone());
		thread::spawn(move || {
			for mut request in served.incoming_requests() {
				let mut body = String::new();
				request.as_reader().read_to_string(&mut body).expect("text");
				let question: Value = serde_json::from_str(&body).expect("JSON");
				let mut state = shared.lock().expect("whole");
				let response = match state.absent {
					true => Response::from_string("").with_status_code(503),
					false => Response::from_string(answer(&question, &mut state).to_string()),
				};
				request.respond(response).expect("sent");
			}
		});
		Self { url, server, state }
	}

	pub fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().expect("whole")
	}

	/// One more block, finalized at once.
	pub fn advance(&self) {
		let mut state = self.state();
		state.number += 1;
		state.now += 3000;
	}
}

impl Drop for FakeNode {
	fn drop(&mut self) {
		self.server.unblock();
	}
}

/// The hash of a block holds its number, and which of two heads was asked for.
fn block(number: u32, kind: u8) -> String {
	let mut hash = [kind; 32];
	hash[..4].copy_from_slice(&number.to_le_bytes());
	hex(&hash)
}

const FINAL: u8 = 2;

fn answer(question: &Value, state: &mut State) -> Value {
	let method = question["method"].as_str().expect("a method");
	let part = |at: usize| question["params"][at].as_str().unwrap_or("").to_owned();
	let bytes = |at: usize| unhex(&part(at)).unwrap_or_default();
	let result = match method {
		"chain_getBlockHash" if question["params"][0] == 0 => json!(block(0, 9)),
		"chain_getBlockHash" => json!(block(state.number, 1)),
		"chain_getFinalizedHead" => json!(block(state.number, FINAL)),
		"chain_getHeader" => {
			let number = u32::from_le_bytes(bytes(0)[..4].try_into().expect("a hash"));
			json!({ "number": format!("0x{number:x}") })
		}
		"state_getRuntimeVersion" => json!({ "specVersion": 2, "transactionVersion": 1 }),
		"state_getMetadata" => json!(hex(&metadata(&usual()))),
		"state_call" => json!(hex(&match part(0).as_str() {
			"MarketApi_now" => state.now.encode(),
			"AccountNonceApi_account_nonce" => 0u32.encode(),
			"SensorOracleApi_registers" => {
				let known = state.boundaries.iter().map(|boundary| (*boundary, 1u64, 2u64));
				known.collect::<Vec<_>>().encode()
			}
			other => panic!("{other} is not asked for"),
		})),
		"state_getStorage" if bytes(0).len() == 32 => {
			json!(hex(&(0u32, 60_000u64, 150_000u64, 15_000u64, None::<u64>).encode()))
		}
		"state_getStorage" => {
			let is_final = bytes(1).last() == Some(&FINAL);
			let observed = if is_final { state.observed_final } else { state.observed_best };
			json!(observed.map(|observed| {
				hex(&([0u8; 32], 0u8, 0u32, [0u8; 32], observed, [0u8; 32]).encode())
			}))
		}
		"author_submitExtrinsic" => {
			match state.refusal.or((state.taken_numbers > 0).then_some(1014)) {
				Some(code) => {
					state.taken_numbers = state.taken_numbers.saturating_sub(1);
					state.refused += 1;
					return json!({ "jsonrpc": "2.0", "id": 1,
					"error": { "code": code, "message": "Invalid Transaction" } });
				}
				None => {
					state.submitted.push(bytes(0));
					json!(hex(&[7; 32]))
				}
			}
		}
		other => panic!("{other} is not asked for"),
	};
	json!({ "jsonrpc": "2.0", "id": 1, "result": result })
}
