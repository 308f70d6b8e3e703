//! How the chain sees this node, for Prometheus.

use substrate_prometheus_endpoint::{register, Gauge, PrometheusError, Registry, U64};
use voltree_fanout::{policy::Snapshot, types::Peer};

/// See the [module](self).
pub struct Standing {
	own: Peer,
	session: Gauge<U64>,
	members: Gauge<U64>,
	trust: Gauge<U64>,
	position: Gauge<U64>,
}

impl Standing {
	/// Of the node `own`.
	pub fn register(registry: &Registry, own: Peer) -> Result<Self, PrometheusError> {
		let gauge = |name: &str, help: &str| register(Gauge::new(name, help)?, registry);
		Ok(Self {
			own,
			session: gauge("voltree_tree_session", "Session of the newest final snapshot")?,
			members: gauge("voltree_tree_members", "Data aggregators in it")?,
			trust: gauge(
				"voltree_tree_trust",
				"This node's trust in it, in parts per billion; 0 if it is not in it",
			)?,
			position: gauge(
				"voltree_tree_position",
				"This node's place in the order of the communication sequence, from 1; 0 if it is not in it",
			)?,
		})
	}

	/// A snapshot is final; its members in the order N\* are those at the places of `sequence`.
	pub fn update(&self, snapshot: &Snapshot, sequence: &[u16]) {
		let place = snapshot.place(&self.own);
		let member = place.and_then(|place| snapshot.members.get(place as usize));
		let position =
			place.and_then(|place| sequence.iter().position(|at| u32::from(*at) == place));
		self.session.set(snapshot.session.into());
		self.members.set(snapshot.members.len() as u64);
		self.trust.set(member.map_or(0, |member| member.trust.into()));
		self.position.set(position.map_or(0, |position| position as u64 + 1));
	}
}
