//! What Prometheus sees.

use crate::{
	protocol::{Counters, Protocol, Trace},
	types::{Moment, SECOND},
};
use substrate_prometheus_endpoint::{
	exponential_buckets, register, Gauge, Histogram, HistogramOpts, PrometheusError, Registry, U64,
};

/// Everything begins like this.
const PREFIX: &str = "voltree_fanout";

/// Reads one of the counters.
type Read = fn(&Counters) -> u64;

/// See the [module](self). Counters are gauges here: the protocol counts, and they are set.
pub struct Metrics {
	counters: Vec<(Read, Gauge<U64>)>,
	queued: Gauge<U64>,
	links: Gauge<U64>,
	suspects: Gauge<U64>,
	receive: Histogram,
	import: Histogram,
}

impl Metrics {
	pub fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let gauge = |name: &str, help: &str| {
			register(Gauge::new(format!("{PREFIX}_{name}"), help)?, registry)
		};
		let counters: [(&str, &str, Read); 11] = [
			("received", "Blocks that came by fan-out", |c| c.received),
			("forwarded", "Blocks and pieces sent on", |c| c.forwarded),
			("duplicates", "Blocks and pieces that came twice", |c| c.duplicates),
			("repaired", "Blocks that were late and asked for", |c| c.repaired),
			("wanted", "Questions asked", |c| c.wanted),
			("served", "Questions answered with data", |c| c.served),
			("left_to_sync", "Blocks left to the stock sync", |c| c.left_to_sync),
			("stood_in", "Unreachable children left to another one", |c| c.stood_in),
			("equivocations", "Second blocks of a slot", |c| c.equivocations),
			("faults", "What peers did that no honest one does", |c| c.faults),
			("dropped", "Frames that found no room", |c| c.dropped),
		];
		let counters =
			counters.into_iter().map(|(name, help, read)| Ok((read, gauge(name, help)?)));
		let histogram = |name: &str, help: &str| {
			let options = HistogramOpts::new(format!("{PREFIX}_{name}"), help);
			// From 4 ms to 16 s.
			let buckets = exponential_buckets(0.004, 2.0, 13)?;
			register(Histogram::with_opts(options.buckets(buckets))?, registry)
		};
		Ok(Self {
			counters: counters.collect::<Result<_, PrometheusError>>()?,
			queued: gauge("queued_bytes", "Bytes of blocks that wait to be sent")?,
			links: gauge("links", "Open links")?,
			suspects: gauge("suspects", "Relays that handed on nothing last time")?,
			receive: histogram(
				"receive_seconds",
				"From the first word of a block until all of it was here and checked",
			)?,
			import: histogram("import_seconds", "From then until it was in the database")?,
		})
	}

	pub fn update(&self, protocol: &Protocol, links: usize) {
		let counters = protocol.counters();
		for (read, gauge) in &self.counters {
			gauge.set(read(&counters));
		}
		self.queued.set(protocol.queued() as u64);
		self.links.set(links as u64);
		self.suspects.set(protocol.suspects().count() as u64);
	}

	pub fn block(&self, trace: &Trace) {
		if let Some(complete) = trace.complete {
			self.receive.observe(seconds(complete.saturating_sub(trace.learned)));
			if let Some(imported) = trace.imported {
				self.import.observe(seconds(imported.saturating_sub(complete)));
			}
		}
	}
}

fn seconds(moment: Moment) -> f64 {
	moment as f64 / SECOND as f64
}
