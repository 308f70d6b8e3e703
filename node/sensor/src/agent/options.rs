//! How the agent is started.

use super::rpc;
use crate::{
	error::Error,
	reading::{Columns, InputOptions},
};
use std::path::PathBuf;

/// Read a stream of measurements, judge each reading, report to the chain
///
/// Reports go out when the judgement changes, else once a report period; meters' registers at the
/// boundaries of delivery slots. What cannot be sent waits on disk. Ends by itself only at the end of
/// a file.
#[derive(clap::Args, Debug)]
pub struct Options {
	/// A node: ws://HOST:PORT, or wss://HOST behind TLS; http and https are the same
	#[arg(long, value_name = "URL")]
	pub rpc: String,
	/// The sensor's key file; see `voltree-sensor key`
	#[arg(long, value_name = "FILE")]
	pub key: PathBuf,
	/// The meter's key file, if readings hold registers (import, export)
	#[arg(long, value_name = "FILE")]
	pub meter_key: Option<PathBuf>,
	/// A model. Repeatable: the one that is surest of a hazard speaks
	#[arg(long, value_name = "FILE", required = true)]
	pub model: Vec<PathBuf>,
	/// A file, - for standard input, `mqtt://[USER:PASSWORD@]HOST[:PORT]/TOPIC` (`mqtts://` with TLS), or
	/// `http` for what is posted to /readings
	#[arg(long, value_name = "SOURCE", default_value = "-")]
	pub source: String,
	/// Certificate authorities to believe, in PEM, instead of those of this machine
	#[arg(long, value_name = "FILE")]
	pub ca: Option<PathBuf>,
	/// Folder of the queue; only one agent may use it
	#[arg(long, value_name = "FOLDER", default_value = "/var/lib/voltree-sensor")]
	pub state: PathBuf,
	/// Where to serve /health and /metrics and take /readings, e.g. 127.0.0.1:9620
	#[arg(long, value_name = "ADDRESS")]
	pub listen: Option<String>,
	/// The delivery slot in seconds, at whose boundaries registers are reported
	#[arg(long, value_name = "SECONDS", default_value_t = 900)]
	pub slot: u64,
	/// Reports name the readings' own times, which must be UTC, instead of when they arrived
	#[arg(long)]
	pub stream_clock: bool,
	/// A reading counts for so many seconds if no newer one comes
	#[arg(long, value_name = "SECONDS", default_value_t = 0)]
	pub hold: u64,
	/// Seconds from line to line of a file that is played back
	#[arg(long, value_name = "SECONDS")]
	pub pace: Option<f64>,
	/// Seconds to wait at the end of a file until all has been sent
	#[arg(long, value_name = "SECONDS", default_value_t = 60)]
	pub drain: u64,
	/// Seconds without a reading after which /health is red
	#[arg(long, value_name = "SECONDS", default_value_t = 300)]
	pub patience: u64,
	/// Earlier readings in the same columns, to begin with a past
	#[arg(long, value_name = "FILE")]
	pub warm_up: Option<PathBuf>,
	/// Keep every reading, in files by the hour under STATE/series, and make the root of each hour known
	/// to the chain, as the meter if there is one
	#[arg(long)]
	pub record: bool,
	/// Print each judgement as a line of JSON
	#[arg(long)]
	pub json: bool,
	#[command(flatten)]
	pub input: InputOptions,
}

impl Options {
	/// Whether anybody has to prove who he is.
	pub fn needs_tls(&self) -> bool {
		["wss://", "https://"].iter().any(|scheme| self.rpc.starts_with(scheme))
			|| self.source.starts_with("mqtts://")
	}

	/// What can be told to be wrong without starting.
	pub fn check(&self) -> Result<(), Error> {
		rpc::address(&self.rpc).map_err(Error::Option)?;
		if !(1..=86_400).contains(&self.slot) {
			return Err(Error::Option("--slot must be 1 to 86400 seconds".into()));
		}
		if self.pace.is_some_and(|pace| !(0.0..=86_400.0).contains(&pace)) {
			return Err(Error::Option("--pace must be 0 to 86400 seconds".into()));
		}
		if self.source == "http" && self.listen.is_none() {
			return Err(Error::Option("--source http needs --listen ADDRESS".into()));
		}
		Columns::new(&self.input).map(|_| ())
	}
}
