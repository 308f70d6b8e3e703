//! What Prometheus sees of the service. Without Prometheus all of it does nothing.

use super::{
	desk::Kind,
	keys::{ServiceKey, Standing},
};
use substrate_prometheus_endpoint::{
	register, Counter, Gauge, Histogram, HistogramOpts, PrometheusError, Registry, U64,
};
use voltree_primitives::Moment;

/// Upper ends of the classes of times to respond, in seconds.
const SECONDS: [f64; 11] = [1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 40.0, 90.0, 300.0, 900.0];

struct Registered {
	waiting: [Gauge<U64>; 3],
	response_seconds: Histogram,
	done: [Counter<U64>; 3],
	failures: Counter<U64>,
	refused_lines: Gauge<U64>,
	key_state: Gauge<U64>,
	standby: Gauge<U64>,
	out_of_money: Gauge<U64>,
}

/// The service's metrics.
pub struct Metrics(Option<Registered>);

/// The place of a kind in the lists.
fn place(kind: Kind) -> usize {
	match kind {
		Kind::Respond => 0,
		Kind::Certify => 1,
		Kind::Renew => 2,
	}
}

impl Registered {
	fn new(registry: &Registry) -> Result<Self, PrometheusError> {
		let gauge = |name: &str, help: &str| register(Gauge::new(name, help)?, registry);
		let counter = |name: &str, help: &str| register(Counter::new(name, help)?, registry);
		let options = HistogramOpts::new(
			"voltree_mc_response_seconds",
			"Chain time from the moment a request could be answered to its response, by any node",
		);
		Ok(Self {
			waiting: [
				gauge("voltree_mc_waiting_requests", "Requests that can be answered and are not")?,
				gauge(
					"voltree_mc_waiting_certificates",
					"Approved accounts that are not certified as approved",
				)?,
				gauge(
					"voltree_mc_outdated_tokens",
					"Shared wallets whose token states an old record",
				)?,
			],
			response_seconds: register(
				Histogram::with_opts(options.buckets(SECONDS.to_vec()))?,
				registry,
			)?,
			done: [
				counter("voltree_mc_responses_total", "Requests answered by this node")?,
				counter("voltree_mc_certifications_total", "Certificates given by this node")?,
				counter("voltree_mc_renewals_total", "Tokens renewed by this node")?,
			],
			failures: counter(
				"voltree_mc_failures_total",
				"Answers, certificates and renewals that could not be given, each try",
			)?,
			refused_lines: gauge(
				"voltree_mc_refused_approvals",
				"Lines of the approvals' file that cannot be understood",
			)?,
			key_state: gauge(
				"voltree_mc_key_state",
				"This node's service key: 0 none that counts, 1 current, 2 retiring",
			)?,
			standby: gauge("voltree_mc_standby", "1 on a node that stands by")?,
			out_of_money: gauge(
				"voltree_mc_out_of_money",
				"1 while the service's account cannot pay its fees",
			)?,
		})
	}
}

impl Metrics {
	/// Registered with `registry`, if there is one.
	pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		registry.map(Registered::new).transpose().map(Self)
	}

	/// So many cases of a kind wait.
	pub fn waiting(&self, kind: Kind, cases: usize) {
		if let Some(gauge) = self.0.as_ref().and_then(|all| all.waiting.get(place(kind))) {
			gauge.set(cases.try_into().unwrap_or(u64::MAX));
		}
	}

	/// A request was answered, `waited` milliseconds after it could be.
	pub fn responded(&self, waited: Moment) {
		/// Milliseconds in a second.
		const SECOND: f64 = 1_000.0;
		if let Some(all) = &self.0 {
			let milliseconds = u32::try_from(waited).unwrap_or(u32::MAX);
			all.response_seconds.observe(f64::from(milliseconds) / SECOND);
		}
	}

	/// What this node sent took effect.
	pub fn done(&self, kind: Kind) {
		if let Some(counter) = self.0.as_ref().and_then(|all| all.done.get(place(kind))) {
			counter.inc();
		}
	}

	/// Something could not be done.
	pub fn failed(&self) {
		if let Some(all) = &self.0 {
			all.failures.inc();
		}
	}

	/// So many lines of the approvals' file are faulty.
	pub fn refused_lines(&self, lines: usize) {
		if let Some(all) = &self.0 {
			all.refused_lines.set(lines.try_into().unwrap_or(u64::MAX));
		}
	}

	/// The key that this node uses now.
	pub fn key(&self, key: Option<&ServiceKey>) {
		if let Some(all) = &self.0 {
			all.key_state.set(match key.map(|key| key.standing) {
				None => 0,
				Some(Standing::Current) => 1,
				Some(Standing::Retiring) => 2,
			});
		}
	}

	/// Whether this node stands by.
	pub fn standby(&self, standby: bool) {
		if let Some(all) = &self.0 {
			all.standby.set(standby.into());
		}
	}

	/// Whether the fees could not be paid.
	pub fn out_of_money(&self, poor: bool) {
		if let Some(all) = &self.0 {
			all.out_of_money.set(poor.into());
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_metric_is_registered_once_and_counts() {
		let registry = Registry::new();
		let metrics = Metrics::new(Some(&registry)).expect("the names are valid");
		metrics.waiting(Kind::Respond, 3);
		metrics.waiting(Kind::Renew, 2);
		metrics.responded(4_000);
		metrics.done(Kind::Certify);
		metrics.failed();
		metrics.refused_lines(1);
		metrics.standby(true);
		let families = registry.gather();
		let value = |name: &str| {
			let found = families.iter().find(|family| family.get_name() == name);
			let metric = &found.unwrap_or_else(|| panic!("no {name}")).get_metric()[0];
			metric.get_gauge().get_value() + metric.get_counter().get_value()
		};
		assert_eq!(value("voltree_mc_waiting_requests"), 3.0);
		assert_eq!(value("voltree_mc_outdated_tokens"), 2.0);
		assert_eq!(value("voltree_mc_certifications_total"), 1.0);
		assert_eq!(value("voltree_mc_renewals_total"), 0.0);
		assert_eq!(value("voltree_mc_failures_total"), 1.0);
		assert_eq!(value("voltree_mc_refused_approvals"), 1.0);
		assert_eq!(value("voltree_mc_standby"), 1.0);
		assert_eq!(value("voltree_mc_key_state"), 0.0);
		assert_eq!(value("voltree_mc_out_of_money"), 0.0);
		assert!(Metrics::new(Some(&registry)).is_err(), "the names are taken");
		assert!(Metrics::new(None).is_ok());
	}
}
