//! A node in its namespace.

use super::{
	address,
	faults::Fault,
	http,
	keys::{hex, Keys},
	namespace::Namespace,
	options::{Backend, Options},
	process::Kept,
	reputation,
};
use crate::error::Error;
use serde_json::{json, Value};
use std::{
	fs::{self, File},
	io,
	os::unix::process::CommandExt,
	path::{Path, PathBuf},
	process::{Command, Stdio},
};

/// The port on which nodes listen for each other.
const PORT: u16 = 30_333;

/// See the module. The process ends before the namespace goes.
pub struct Node {
	process: Kept,
	namespace: Namespace,
	pub keys: Keys,
	pub log: PathBuf,
	pub place: usize,
}

/// What all nodes of a network have in common.
pub struct Common<'a> {
	pub options: &'a Options,
	pub specification: &'a Path,
	pub folder: &'a Path,
	/// Of all nodes, by place.
	pub peers: &'a [String],
}

/// The folder of a node.
pub fn folder(all: &Path, place: usize) -> PathBuf {
	all.join(format!("node-{place}"))
}

impl Node {
	/// Starts it.
	pub fn start(
		common: &Common<'_>,
		place: usize,
		namespace: Namespace,
		keys: Keys,
	) -> Result<Self, Error> {
		let log = common.folder.join(format!("node-{place}.log"));
		let open = || File::create(&log).map_err(|cause| Error::Write { path: log.clone(), cause });
		let (out, err) = (open()?, open()?);
		let mut command = Command::new("timeout");
		command
			// Whatever becomes of us, it ends.
			.args(["-k", "10", &common.options.limit().as_secs().to_string()])
			.arg(&common.options.node)
			.args(arguments(common, place, &keys))
			// Fractions of a second in the log are only read if they are those of one clock.
			.env("TZ", "UTC")
			.stdin(Stdio::null())
			.stdout(out)
			.stderr(err)
			// Ctrl-C is for us alone.
			.process_group(0);
		let process = namespace.enter(|| command.spawn())?;
		let process =
			process.map_err(|cause| Error::System { what: "start a node".into(), cause })?;
		Ok(Self { process: Kept::new(process), namespace, keys, log, place })
	}

	/// Calls a method of its RPC, past the network between the nodes.
	pub fn ask(&self, method: &str, params: Value) -> Result<Value, Error> {
		self.within(|| http::call(method, &params))
	}

	/// The sum of one of its metrics.
	pub fn metric(&self, name: &str) -> Result<f64, Error> {
		self.within(|| http::metric(name))
	}

	fn within<T: Send>(&self, action: impl FnOnce() -> io::Result<T> + Send) -> Result<T, Error> {
		let what = || format!("ask node {}", self.place);
		self.namespace.enter(action)?.map_err(|cause| Error::System { what: what(), cause })
	}

	/// The height of its best block.
	pub fn best(&self) -> Result<u32, Error> {
		height(&self.ask("chain_getHeader", json!([]))?)
	}

	/// The height of its last final block.
	pub fn finalised(&self) -> Result<u32, Error> {
		let head = self.ask("chain_getFinalizedHead", json!([]))?;
		height(&self.ask("chain_getHeader", json!([head]))?)
	}

	/// The authors that write after its best block, in the order of their slots.
	pub fn authors(&self) -> Result<Vec<[u8; 32]>, Error> {
		let answer = self.ask("state_call", json!(["AuraApi_authorities", "0x"]))?;
		let bytes = answer.as_str().and_then(super::keys::unhex).unwrap_or_default();
		// A compact length of one byte up to 63, of two up to 16,383; then keys.
		let head = if bytes.first().is_some_and(|byte| byte & 3 == 0) { 1 } else { 2 };
		let keys = bytes.get(head..).unwrap_or_default().chunks_exact(32);
		Ok(keys.filter_map(|key| key.try_into().ok()).collect())
	}

	/// The number that its account's next extrinsic must have.
	pub fn next_nonce(&self) -> Result<u32, Error> {
		let account = hex(&self.keys.account.public.to_bytes());
		let answer = self.ask("state_call", json!(["AccountNonceApi_account_nonce", account]))?;
		let bytes = answer.as_str().and_then(super::keys::unhex).unwrap_or_default();
		Ok(bytes.try_into().map_or(0, u32::from_le_bytes))
	}

	/// Its process's number.
	pub fn pid(&self) -> u32 {
		self.process.id()
	}

	/// Whether its process runs.
	pub fn runs(&mut self) -> bool {
		self.process.runs()
	}

	/// Asks it to end.
	pub fn end(&self) {
		self.process.signal("TERM");
	}

	/// Kills it.
	pub fn crash(&mut self) {
		self.process.crash();
	}

	/// The end of its log.
	pub fn last_words(&self) -> String {
		let text = fs::read_to_string(&self.log).unwrap_or_default();
		let lines: Vec<&str> = text.lines().rev().take(12).collect();
		lines.into_iter().rev().collect::<Vec<_>>().join("\n")
	}
}

fn height(header: &Value) -> Result<u32, Error> {
	let digits = header["number"].as_str().map(|text| text.trim_start_matches("0x"));
	digits
		.and_then(|digits| u32::from_str_radix(digits, 16).ok())
		.ok_or_else(|| Error::Run("a node answers with a header that has no number".into()))
}

fn arguments(common: &Common<'_>, place: usize, keys: &Keys) -> Vec<String> {
	let Common { options, specification, folder: all, peers } = common;
	let base = folder(all, place);
	let text = |path: &Path| path.to_string_lossy().into_owned();
	let nodes = options.nodes.to_string();
	let mut words: Vec<String> = [
		["--chain", &text(specification)],
		["--base-path", &text(&base)],
		["--name", &format!("node-{place}")],
		["--node-key-file", &text(&keys.node_file)],
		["--listen-addr", &format!("/ip4/{}/tcp/{PORT}", address::of(place))],
		["--rpc-port", &http::RPC.to_string()],
		["--prometheus-port", &http::METRICS.to_string()],
		["--in-peers", &nodes],
		["--out-peers", &nodes],
		[
			"--network-backend",
			match options.backend {
				Backend::Litep2p => "litep2p",
				Backend::Libp2p => "libp2p",
			},
		],
	]
	.into_iter()
	.flatten()
	.map(String::from)
	.collect();
	words.extend(
		[
			"--validator",
			"--no-management-centre",
			"--reserved-only",
			"--allow-private-ip",
			"--no-mdns",
			"--no-telemetry",
			"--disable-log-color",
			// With fractions of a second.
			"--detailed-log-output",
			"--keep-transactions",
		]
		.map(String::from),
	);
	if !options.fault.is_empty() {
		words.extend(["--log", reputation::LOG].map(String::from));
	}
	if let Some(most) = options.max_parallel_downloads {
		words.extend(["--max-parallel-downloads".into(), most.to_string()]);
	}
	for (other, peer) in peers.iter().enumerate().filter(|(other, _)| *other != place) {
		let address = format!("/ip4/{}/tcp/{PORT}/p2p/{peer}", address::of(other));
		words.extend(["--bootnodes".into(), address.clone(), "--reserved-nodes".into(), address]);
	}
	words.extend(options.fault.iter().flat_map(|fault: &Fault| fault.arguments(place, peers)));
	words
}
