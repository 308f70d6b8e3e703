//! Just enough HTTP to ask a node over a connection that was opened in its network namespace.

use serde_json::{json, Value};
use std::{
	io::{self, Read, Write},
	net::{SocketAddr, TcpStream},
	time::Duration,
};

/// A node that has not answered by then is not asked any longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ports of a node, on its loopback interface.
pub const RPC: u16 = 9944;
/// See [`RPC`].
pub const METRICS: u16 = 9615;

/// Asks and reads all of the answer, which ends with the connection or after its announced length.
fn ask(port: u16, head: &str, body: &str) -> io::Result<String> {
	let address = SocketAddr::from(([127, 0, 0, 1], port));
	let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
	stream.set_read_timeout(Some(PATIENCE))?;
	stream.set_write_timeout(Some(PATIENCE))?;
	let length = body.len();
	let request = format!(
		"{head} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
		 content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
	);
	stream.write_all(request.as_bytes())?;
	let mut answer = Vec::new();
	stream.read_to_end(&mut answer)?;
	let answer = String::from_utf8_lossy(&answer);
	body_of(&answer).ok_or_else(|| {
		let line = answer.lines().next().unwrap_or_default();
		io::Error::other(format!("it answers: {line}"))
	})
}

/// The body of an answer with status 200.
fn body_of(answer: &str) -> Option<String> {
	let (head, body) = answer.split_once("\r\n\r\n")?;
	let status = head.split_whitespace().nth(1)?;
	let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
	match (status, chunked) {
		("200", false) => Some(body.to_owned()),
		("200", true) => unchunked(body),
		_ => None,
	}
}

fn unchunked(mut rest: &str) -> Option<String> {
	let mut body = String::new();
	loop {
		let (length, after) = rest.split_once("\r\n")?;
		let length = usize::from_str_radix(length.trim(), 16).ok()?;
		if length == 0 {
			return Some(body);
		}
		body.push_str(after.get(..length)?);
		rest = after.get(length + 2..)?;
	}
}

/// Calls a method of the node's RPC.
pub fn call(method: &str, params: &Value) -> io::Result<Value> {
	let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
	let answer = ask(RPC, "POST /", &body.to_string())?;
	let mut answer: Value = serde_json::from_str(&answer)?;
	if let Some(error) = answer.get("error") {
		return Err(io::Error::other(format!("{method}: {error}")));
	}
	Ok(answer["result"].take())
}

/// The sum of a metric's values over its labels; 0 if it is not there.
pub fn metric(name: &str) -> io::Result<f64> {
	let text = ask(METRICS, "GET /metrics", "")?;
	let values = text.lines().filter_map(|line| {
		let rest = line.strip_prefix(name)?;
		let value = rest.starts_with(['{', ' ']).then(|| rest.rsplit(' ').next())??;
		value.parse::<f64>().ok()
	});
	Ok(values.sum())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bodies_are_read_however_they_are_sent() {
		let plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
		assert_eq!(body_of(plain).as_deref(), Some("{}"));
		let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n";
		assert_eq!(body_of(chunked).as_deref(), Some("abc0123456789"));
		assert_eq!(body_of("HTTP/1.1 500 no\r\n\r\nx"), None);
		assert_eq!(body_of("HTTP/1.1 200"), None);
		assert_eq!(unchunked("5\r\nabc"), None);
	}
}
