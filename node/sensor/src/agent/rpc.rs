//! Questions to a node: JSON-RPC over HTTP, which a node answers on the port of its web socket.

use super::key::unhex;
use serde_json::{json, Value};
use std::time::Duration;

/// No answer within this time is none.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Failure {
	/// Nobody is there; ask again later.
	#[error("the node does not answer: {0}")]
	Absent(String),
	/// The node says no.
	#[error("the node refuses: {message} ({code})")]
	Refused { code: i64, message: String },
	/// The answer is not what was asked for.
	#[error("the node's answer is not understood: {0}")]
	Strange(String),
}

/// A node by its address.
#[derive(Clone, Debug)]
pub struct Node {
	url: String,
}

impl Node {
	/// From `http://host:port` or `ws://host:port`.
	pub fn new(url: &str) -> Result<Self, String> {
		let rest = url.strip_prefix("ws://").or_else(|| url.strip_prefix("http://"));
		match rest {
			Some(rest) if !rest.is_empty() => Ok(Self { url: format!("http://{rest}") }),
			_ => Err(format!(
				"--rpc {url}: write ws://HOST:PORT or http://HOST:PORT; for a node behind TLS run a \
				 tunnel beside this program"
			)),
		}
	}

	pub fn ask(&self, method: &str, parameters: Value) -> Result<Value, Failure> {
		let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
		let answer = minreq::post(&self.url)
			.with_header("Content-Type", "application/json")
			.with_body(body.to_string())
			.with_timeout(PATIENCE.as_secs())
			.send()
			.map_err(|error| Failure::Absent(error.to_string()))?;
		if answer.status_code != 200 {
			return Err(Failure::Absent(format!("HTTP status {}", answer.status_code)));
		}
		let mut value: Value = serde_json::from_slice(answer.as_bytes())
			.map_err(|error| Failure::Strange(error.to_string()))?;
		if let Some(error) = value.get("error") {
			let code = error.get("code").and_then(Value::as_i64).unwrap_or(0);
			let part = |name: &str| {
				let text =
					error.get(name).map(|text| text.as_str().map_or(text.to_string(), Into::into));
				text.unwrap_or_default()
			};
			let message = format!("{} {}", part("message"), part("data")).trim().to_owned();
			return Err(Failure::Refused { code, message });
		}
		value
			.get_mut("result")
			.map(Value::take)
			.ok_or_else(|| Failure::Strange(format!("{method} has no result")))
	}

	/// An answer that is text.
	pub fn text(&self, method: &str, parameters: Value) -> Result<String, Failure> {
		let value = self.ask(method, parameters)?;
		let text = value.as_str().map(ToOwned::to_owned);
		text.ok_or_else(|| Failure::Strange(format!("{method} gives {value}")))
	}

	/// An answer that is bytes.
	pub fn bytes(&self, method: &str, parameters: Value) -> Result<Vec<u8>, Failure> {
		let text = self.text(method, parameters)?;
		unhex(&text).ok_or_else(|| Failure::Strange(format!("{method} gives no bytes")))
	}

	/// An answer that is a hash.
	pub fn hash(&self, method: &str, parameters: Value) -> Result<[u8; 32], Failure> {
		let bytes = self.bytes(method, parameters)?;
		bytes.try_into().map_err(|_| Failure::Strange(format!("{method} gives no hash")))
	}
}
