//! Questions to a running node: JSON-RPC over HTTP.

use codec::{Decode, Encode};
use serde::de::DeserializeOwned;
use serde_json::{json, Value};
use std::{
	io::{Read, Write},
	net::{TcpStream, ToSocketAddrs},
	time::Duration,
};

/// An answer may take so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
	/// Nobody is there.
	#[error("{0}: {1}")]
	Silent(String, std::io::Error),
	/// What came is no answer.
	#[error("{0} does not speak JSON-RPC")]
	Gibberish(String),
	/// The node says no.
	#[error("{0}: {1}")]
	Refused(&'static str, String),
}

/// A running node.
pub struct Node<'a> {
	/// Host and port of its RPC.
	address: &'a str,
}

impl<'a> Node<'a> {
	/// The one at `address`, host and port.
	pub fn new(address: &'a str) -> Self {
		Self { address }
	}

	/// Calls a method.
	pub fn ask<T: DeserializeOwned>(
		&self,
		method: &'static str,
		params: Value,
	) -> Result<T, Unanswered> {
		let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let text = self.post(&question.to_string())?;
		let gibberish = || Unanswered::Gibberish(self.address.into());
		let mut answer: Value = serde_json::from_str(&text).map_err(|_| gibberish())?;
		if let Some(message) = answer["error"]["message"].as_str() {
			return Err(Unanswered::Refused(method, message.into()));
		}
		serde_json::from_value(answer["result"].take()).map_err(|_| gibberish())
	}

	/// Calls a function of the runtime, at the last final block.
	pub fn call<T: Decode>(
		&self,
		function: &'static str,
		arguments: impl Encode,
	) -> Result<T, Unanswered> {
		let head: String = self.ask("chain_getFinalizedHead", json!([]))?;
		let bytes: String =
			self.ask("state_call", json!([function, hex(&arguments.encode()), head]))?;
		let decoded = unhex(&bytes).and_then(|bytes| T::decode(&mut &bytes[..]).ok());
		decoded.ok_or_else(|| Unanswered::Refused(function, "the runtime is another one".into()))
	}

	fn post(&self, body: &str) -> Result<String, Unanswered> {
		let silent = |error| Unanswered::Silent(self.address.into(), error);
		let mut addresses = self.address.to_socket_addrs().map_err(silent)?;
		let address = addresses.next().ok_or_else(|| Unanswered::Gibberish(self.address.into()))?;
		let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(silent)?;
		stream.set_read_timeout(Some(PATIENCE)).map_err(silent)?;
		// With 1.0 the answer comes in one piece and ends with the connection.
		let head = format!(
			"POST / HTTP/1.0\r\nhost: {}\r\ncontent-type: application/json\r\n\
			content-length: {}\r\n\r\n",
			self.address,
			body.len(),
		);
		stream.write_all(head.as_bytes()).map_err(silent)?;
		stream.write_all(body.as_bytes()).map_err(silent)?;
		let mut answer = String::new();
		stream.read_to_string(&mut answer).map_err(silent)?;
		let (_, body) = answer
			.split_once("\r\n\r\n")
			.ok_or_else(|| Unanswered::Gibberish(self.address.into()))?;
		Ok(body.into())
	}
}

/// `0x` and the bytes.
pub fn hex(bytes: &[u8]) -> String {
	let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
	format!("0x{digits}")
}

/// The bytes of that.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
	let digits = text.strip_prefix("0x")?;
	let pairs = (0..digits.len()).step_by(2);
	pairs.map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{net::TcpListener, thread};

	/// Answers one question with `answer`; returns what was asked.
	fn with_server<T>(answer: &'static str, asked: impl FnOnce(&Node<'_>) -> T) -> (T, String) {
		let listener = TcpListener::bind("127.0.0.1:0").expect("there are free ports");
		let address = listener.local_addr().expect("it is bound").to_string();
		let server = thread::spawn(move || {
			let (mut stream, _) = listener.accept().expect("somebody asks");
			let mut question = Vec::new();
			let mut buffer = [0; 1024];
			while !question.ends_with(b"}") {
				let count = stream.read(&mut buffer).expect("the question is read");
				question.extend_from_slice(&buffer[..count]);
			}
			write!(stream, "HTTP/1.0 200 OK\r\n\r\n{answer}").expect("the answer is sent");
			String::from_utf8(question).expect("JSON is text")
		});
		let result = asked(&Node::new(&address));
		(result, server.join().expect("the server has answered"))
	}

	#[test]
	fn an_answer_is_read() {
		let (answer, question) = with_server(r#"{"jsonrpc":"2.0","id":1,"result":[7]}"#, |node| {
			node.ask::<Vec<u32>>("some_method", json!(["x"]))
		});
		assert_eq!(answer.expect("it is there"), [7]);
		assert!(question.contains(r#""method":"some_method""#), "{question}");
		assert!(question.contains(r#""params":["x"]"#), "{question}");
	}

	#[test]
	fn a_refusal_names_the_method() {
		let answer = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"unsafe"}}"#;
		let (answer, _) = with_server(answer, |node| node.ask::<u32>("some_method", json!([])));
		assert_eq!(answer.expect_err("refused").to_string(), "some_method: unsafe");
	}

	#[test]
	fn what_is_no_node_is_told_from_it() {
		let (answer, _) = with_server("hello", |node| node.ask::<u32>("some_method", json!([])));
		assert!(matches!(answer, Err(Unanswered::Gibberish(_))));
	}

	#[test]
	fn bytes_survive() {
		assert_eq!(unhex(&hex(&[0, 1, 255])), Some(vec![0, 1, 255]));
		assert_eq!(unhex("0x1"), None);
		assert_eq!(unhex("12"), None);
	}
}
