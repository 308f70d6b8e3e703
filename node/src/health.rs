//! Whether this node is ready: it follows the chain, and what it follows becomes final. The SDK's own
//! readiness looks at peers and syncing only, and stays green when finality stalls.
//!
//! Told by the RPC method `voltree_readiness`, by Prometheus, and, with `--readiness-port`, by HTTP:
//! 200 or 503, and why.

use crate::service::{Block, FullClient};
use clap::Args;
use futures::StreamExt;
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, SpawnTaskHandle};
use serde::Serialize;
use sp_consensus::SyncOracle;
use std::{
	net::{Ipv4Addr, SocketAddr},
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::{register, Gauge, PrometheusError, Registry, U64};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	time::timeout,
};
use voltree_runtime::BlockNumber;

/// The target of this module's log lines.
const LOG: &str = "health";

/// Finality may stand still for so many block slots. Slots are missed, and voters wait for one another.
const STALL_SLOTS: u32 = 12;

/// And for at least as long as this.
const STALL: Duration = Duration::from_secs(20);

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// Whoever asks by HTTP has so long to say it.
const QUESTION: Duration = Duration::from_secs(2);

/// Options of the command line.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Arguments {
	/// Answer HTTP requests on this port of the loopback interface with 200 while the node is ready,
	/// with 503 while it is not
	#[arg(long, value_name = "PORT")]
	pub readiness_port: Option<u16>,
}

/// What there is to say.
#[derive(Serialize, Clone, PartialEq, Eq, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
	/// Whether the node is ready.
	pub ready: bool,
	/// If not, why.
	pub reasons: Vec<String>,
	/// The best block.
	pub best: BlockNumber,
	/// The last final one.
	pub finalised: BlockNumber,
	/// Blocks between them.
	pub lag: BlockNumber,
	/// Since a block became final; nothing if none has since the start.
	pub seconds_since_final: Option<u64>,
	/// Peers of the sync.
	pub peers: usize,
	/// Whether the node is far behind.
	pub syncing: bool,
}

/// What a verdict is based on.
struct Facts {
	best: BlockNumber,
	finalised: BlockNumber,
	since_final: Option<Duration>,
	peers: usize,
	syncing: bool,
}

impl Facts {
	fn judge(self, patience: Duration) -> Readiness {
		let Self { best, finalised, since_final, peers, syncing } = self;
		let mut reasons = Vec::new();
		if syncing {
			reasons.push("the node is far behind and syncs".into());
		}
		match since_final {
			None => reasons.push("no block has become final since the node started".into()),
			Some(since) if since > patience => {
				reasons.push(format!("no block has become final for {} s", since.as_secs()));
			}
			Some(_) => {}
		}
		let seconds_since_final = since_final.map(|since| since.as_secs());
		let (ready, lag) = (reasons.is_empty(), best.saturating_sub(finalised));
		Readiness { ready, reasons, best, finalised, lag, seconds_since_final, peers, syncing }
	}
}

struct Metrics {
	lag: Gauge<U64>,
	ready: Gauge<U64>,
}

impl Metrics {
	fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let gauge = |name: &str, help: &str| register(Gauge::new(name, help)?, registry);
		Ok(Self {
			lag: gauge(
				"voltree_finality_lag_blocks",
				"Blocks between the best and the last final one",
			)?,
			ready: gauge(
				"voltree_ready",
				"1 while the node follows a chain whose blocks become final",
			)?,
		})
	}
}

/// Knows whether the node is ready. Clones know the same.
#[derive(Clone)]
pub struct Health {
	client: Arc<FullClient>,
	sync: Arc<SyncingService<Block>>,
	/// When a block last became final.
	last: Arc<Mutex<Option<Instant>>>,
	patience: Duration,
}

impl Health {
	/// Of a node of block slots of length `slot`.
	pub fn new(client: Arc<FullClient>, sync: Arc<SyncingService<Block>>, slot: Duration) -> Self {
		let patience = slot.saturating_mul(STALL_SLOTS).max(STALL);
		Self { client, sync, last: Arc::default(), patience }
	}

	/// Whether the node is ready now.
	pub fn readiness(&self) -> Readiness {
		let info = self.client.info();
		let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
		let facts = Facts {
			best: info.best_number,
			finalised: info.finalized_number,
			since_final: last.map(|last| last.elapsed()),
			peers: self.sync.num_connected_peers(),
			syncing: self.sync.is_major_syncing(),
		};
		facts.judge(self.patience)
	}

	/// Start to watch, and to answer.
	pub fn start(
		&self,
		arguments: Arguments,
		spawner: &SpawnTaskHandle,
		registry: Option<&Registry>,
	) -> Result<(), ServiceError> {
		let metrics = registry.map(Metrics::register).transpose()?;
		spawner.spawn("health", None, self.clone().watch(metrics));
		if let Some(port) = arguments.readiness_port {
			// Now, so that the operator hears of a port that is taken.
			let listener =
				std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
					.and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
					.map_err(|error| {
						ServiceError::Other(format!(
							"--readiness-port {port}: {error}; choose another"
						))
					})?;
			spawner.spawn("readiness", None, self.clone().serve(listener));
		}
		Ok(())
	}

	async fn watch(self, metrics: Option<Metrics>) {
		let mut finalised = self.client.finality_notification_stream();
		let mut before = None;
		loop {
			match timeout(LOOK, finalised.next()).await {
				Ok(Some(_)) => {
					*self.last.lock().unwrap_or_else(PoisonError::into_inner) =
						Some(Instant::now());
				}
				// The node ends.
				Ok(None) => return,
				Err(_) => {}
			}
			let now = self.readiness();
			if let Some(metrics) = &metrics {
				metrics.lag.set(now.lag.into());
				metrics.ready.set(now.ready.into());
			}
			if before != Some(now.ready) {
				if now.ready {
					log::info!(target: LOG, "The node is ready");
				} else {
					log::warn!(target: LOG, "The node is not ready: {}", now.reasons.join("; "));
				}
				before = Some(now.ready);
			}
		}
	}

	async fn serve(self, listener: std::net::TcpListener) {
		let listener = match TcpListener::from_std(listener) {
			Ok(listener) => listener,
			Err(error) => return log::error!(target: LOG, "--readiness-port: {error}"),
		};
		loop {
			match listener.accept().await {
				// One after the other: who asks is a watchdog or two.
				Ok((stream, _)) => {
					if let Ok(Err(error)) = timeout(QUESTION, self.answer(stream)).await {
						log::debug!(target: LOG, "somebody asked whether we are ready: {error}");
					}
				}
				// Out of file handles, most likely.
				Err(error) => {
					log::debug!(target: LOG, "--readiness-port: {error}");
					tokio::time::sleep(LOOK).await;
				}
			}
		}
	}

	async fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
		// Whatever is asked, the answer is the same; but it has to be asked first.
		let mut question = [0; 1024];
		if stream.read(&mut question).await? == 0 {
			return Ok(());
		}
		let readiness = self.readiness();
		let status = if readiness.ready { "200 OK" } else { "503 Service Unavailable" };
		let body = serde_json::to_string(&readiness)?;
		let answer = format!(
			"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
			connection: close\r\n\r\n{body}",
			body.len(),
		);
		stream.write_all(answer.as_bytes()).await?;
		stream.shutdown().await
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const PATIENCE: Duration = Duration::from_secs(30);

	fn judged(since_final: Option<u64>, syncing: bool) -> Readiness {
		let since_final = since_final.map(Duration::from_secs);
		Facts { best: 9, finalised: 7, since_final, peers: 3, syncing }.judge(PATIENCE)
	}

	#[test]
	fn a_node_that_follows_is_ready() {
		let readiness = judged(Some(30), false);
		assert!(readiness.ready && readiness.reasons.is_empty());
		assert_eq!(readiness.lag, 2);
	}

	#[test]
	fn where_nothing_becomes_final_it_is_not() {
		let stalled = judged(Some(31), false);
		assert!(!stalled.ready);
		assert_eq!(stalled.reasons, ["no block has become final for 31 s"]);
		assert!(!judged(None, false).ready);
	}

	#[test]
	fn nor_while_it_syncs() {
		assert!(!judged(Some(1), true).ready);
		assert_eq!(judged(Some(100), true).reasons.len(), 2);
	}
}
