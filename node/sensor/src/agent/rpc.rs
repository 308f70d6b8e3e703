//! Questions to a node: JSON-RPC over HTTP, which a node answers on the port of its web socket.

use super::{key::unhex, tls::Authorities};
use serde_json::{json, Value};
use std::time::Duration;
use ureq::Agent;

/// No answer within this time is none.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer, in bytes; the longest that is asked for is the metadata.
const LONGEST: u64 = 64 << 20;

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

/// A node by its address; connections to it are kept.
#[derive(Clone, Debug)]
pub struct Node {
	url: String,
	agent: Agent,
}

/// The address at which a node answers: `wss` is `https`, `ws` is `http`.
pub fn address(url: &str) -> Result<String, String> {
	let of = |scheme: &str, plain: &str| {
		let rest = url.strip_prefix(scheme).or_else(|| url.strip_prefix(plain))?;
		(!rest.is_empty()).then(|| format!("{plain}{rest}"))
	};
	of("ws://", "http://").or_else(|| of("wss://", "https://")).ok_or_else(|| {
		format!("--rpc {url}: write ws://HOST:PORT, or wss://HOST[:PORT] for a node behind TLS")
	})
}

impl Node {
	/// From `ws://host:port` or `wss://host:port`; `http` and `https` are the same.
	pub fn new(url: &str, authorities: &Authorities) -> Result<Self, String> {
		let url = address(url)?;
		if url.starts_with("https://") && authorities.is_empty() {
			return Err("this machine believes no certificate authority; name one with --ca".into());
		}
		let config = Agent::config_builder()
			.timeout_global(Some(PATIENCE))
			.http_status_as_error(false)
			.max_redirects(0)
			.proxy(None)
			.tls_config(authorities.of_http())
			.build();
		Ok(Self { url, agent: config.into() })
	}

	pub fn ask(&self, method: &str, parameters: Value) -> Result<Value, Failure> {
		let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
		let absent = |error: ureq::Error| Failure::Absent(error.to_string());
		let request = self.agent.post(&self.url).header("Content-Type", "application/json");
		let mut answer = request.send(body.to_string()).map_err(absent)?;
		if answer.status() != 200 {
			return Err(Failure::Absent(format!("HTTP status {}", answer.status().as_u16())));
		}
		let text = answer.body_mut().with_config().limit(LONGEST).read_to_vec().map_err(absent)?;
		let mut value: Value =
			serde_json::from_slice(&text).map_err(|error| Failure::Strange(error.to_string()))?;
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
