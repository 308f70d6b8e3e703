//! The agent's own door: health and metrics to read, readings to post.

use super::{
	metrics::Metrics,
	source::{Given, Inlet},
};
use crate::error::Error;
use std::{io::Read, net::SocketAddr, sync::Arc, thread};
use tiny_http::{Header, Method, Request, Response, Server};

/// Longest body of posted readings, in bytes.
const LONGEST: u64 = 1 << 20;

/// Begins to serve. Returns where.
pub fn serve(
	address: &str,
	metrics: Arc<Metrics>,
	patience: u64,
	inlet: Inlet,
) -> Result<SocketAddr, Error> {
	let server = Server::http(address)
		.map_err(|error| Error::Outside(format!("cannot listen at {address}: {error}")))?;
	let bound = server.server_addr().to_ip();
	let bound = bound.ok_or_else(|| Error::Outside(format!("{address} is no IP address")))?;
	thread::spawn(move || {
		for request in server.incoming_requests() {
			// A client that went away concerns nobody else.
			let _ = answer(request, &metrics, patience, &inlet);
		}
	});
	Ok(bound)
}

fn answer(
	mut request: Request,
	metrics: &Metrics,
	patience: u64,
	inlet: &Inlet,
) -> std::io::Result<()> {
	let path = request.url().split('?').next().unwrap_or("").to_owned();
	let (code, kind, text) = match (request.method(), path.as_str()) {
		(Method::Get, "/health") => {
			let (well, text) = metrics.health(super::now(), patience);
			(if well { 200 } else { 503 }, "application/json", text)
		}
		(Method::Get, "/metrics") => (200, "text/plain; version=0.0.4", metrics.text()),
		(Method::Post, "/readings") => {
			let (code, text) = take(&mut request, inlet);
			(code, "text/plain", text)
		}
		_ => {
			let text = "GET /health, GET /metrics, or POST /readings with lines of JSON or CSV\n";
			(404, "text/plain", text.to_owned())
		}
	};
	let response = Response::from_string(text).with_status_code(code);
	let header = Header::from_bytes("Content-Type", kind);
	request.respond(match header {
		Ok(header) => response.with_header(header),
		Err(()) => response,
	})
}

fn take(request: &mut Request, inlet: &Inlet) -> (u16, String) {
	let mut body = String::new();
	if let Err(error) = request.as_reader().take(LONGEST + 1).read_to_string(&mut body) {
		return (400, format!("the body cannot be read: {error}\n"));
	}
	if body.len() as u64 > LONGEST {
		return (413, format!("at most {LONGEST} bytes at once\n"));
	}
	for line in body.lines() {
		if inlet.send(Given::Line(line.to_owned())).is_err() {
			return (503, "the agent is ending\n".to_owned());
		}
	}
	(202, String::new())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::agent::source::channel;

	#[test]
	fn readings_are_taken_and_health_is_told() {
		let (inlet, outlet) = channel();
		let metrics = Arc::new(Metrics::default());
		let at = serve("127.0.0.1:0", metrics, 60_000, inlet).expect("a free port");
		let answer = minreq::post(format!("http://{at}/readings")).with_body("one\ntwo").send();
		assert_eq!(answer.map(|answer| answer.status_code).ok(), Some(202));
		let lines = [outlet.recv(), outlet.recv()].map(|given| match given {
			Ok(Given::Line(line)) => line,
			_ => panic!("a line"),
		});
		assert_eq!(lines, ["one", "two"]);
		let get = |path: &str| minreq::get(format!("http://{at}{path}")).send().expect("an answer");
		assert_eq!(get("/health").status_code, 503);
		assert!(get("/metrics").as_str().expect("text").contains("voltree_sensor_node_up 0"));
		assert_eq!(get("/else").status_code, 404);
	}
}
