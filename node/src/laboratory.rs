//! What only the laboratory of networks (`voltree-lab network`) asks of a node: options that the help
//! does not show, and that are refused on live chains.
//!
//! | Option | What it does |
//! |---|---|
//! | `--keep-transactions` | no other node is offered this one's transactions: bodies travel in blocks alone |
//! | `--fan-out-fault F` | the node misbehaves; may be given several times |
//!
//! | Fault | What the node does |
//! |---|---|
//! | `silent` | hands on no block of others |
//! | `sparing` | hands on one piece of each block of others |
//! | `late=MS` | hands on blocks of others that much later |
//! | `false` | hands on blocks of others with a wrong byte |
//! | `slander` | reports that every parent was always late |
//! | `praise=PEER` | reports that this one was always in time, whatever it reports of the others |
//! | `overheads=MICROS` | reports this overhead to everybody |

use clap::Args;
use sc_network::PeerId;
use sc_service::ChainType;
use std::{collections::BTreeSet, str::FromStr, time::Duration};
use voltree_fanout::{faulty::Conduct, protocol::Report, types::Peer};

/// See the [module](self).
#[derive(Args, Clone, Debug, Default)]
pub struct Arguments {
	/// Offer this node's transactions to nobody
	#[arg(long, hide = true)]
	pub keep_transactions: bool,

	#[command(flatten)]
	#[allow(missing_docs)]
	pub faults: Faults,
}

/// How the node misbehaves.
#[derive(Args, Clone, Debug, Default)]
pub struct Faults {
	/// Misbehave
	#[arg(long, hide = true, value_name = "FAULT")]
	fan_out_fault: Vec<Fault>,
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Fault {
	Relay(Conduct),
	Slander,
	Praise(Peer),
	Overheads(u32),
}

impl FromStr for Fault {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (name, value) = match text.split_once('=') {
			Some((name, value)) => (name, Some(value)),
			None => (text, None),
		};
		let number = |value: &str| value.parse().map_err(|_| format!("{value} is no number"));
		match (name, value) {
			("silent", None) => Ok(Self::Relay(Conduct::Silent)),
			("sparing", None) => Ok(Self::Relay(Conduct::Sparing)),
			("late", Some(ms)) => {
				Ok(Self::Relay(Conduct::Late(Duration::from_millis(u64::from(number(ms)?)))))
			}
			("false", None) => Ok(Self::Relay(Conduct::False)),
			("slander", None) => Ok(Self::Slander),
			("praise", Some(peer)) => {
				let id: Option<PeerId> = peer.parse().ok();
				let peer = id.and_then(|id| id.into_ed25519()).map(Peer);
				peer.map(Self::Praise).ok_or("give the PeerId of an Ed25519 key".into())
			}
			("overheads", Some(micros)) => number(micros).map(Self::Overheads),
			_ => Err(
				"give silent, sparing, late=MS, false, slander, praise=PEER or overheads=MICROS"
					.into(),
			),
		}
	}
}

impl Arguments {
	/// Refuses all of it on chains that people use.
	pub fn check(&self, chain: ChainType) -> Result<(), String> {
		let asked = self.keep_transactions || !self.faults.fan_out_fault.is_empty();
		if asked && !matches!(chain, ChainType::Development | ChainType::Local) {
			return Err(
				"--keep-transactions and --fan-out-fault are for the laboratory: the chain \
				must be of the type Local or Development"
					.into(),
			);
		}
		Ok(())
	}
}

impl Faults {
	/// How blocks of others are handed on.
	pub fn conduct(&self) -> Conduct {
		let conduct = self.fan_out_fault.iter().find_map(|fault| match fault {
			Fault::Relay(conduct) => Some(*conduct),
			_ => None,
		});
		conduct.unwrap_or_default()
	}

	/// Makes a report say what is not so.
	pub fn falsify(&self, report: &mut Report) {
		let praised = self.fan_out_fault.iter().filter_map(|fault| match fault {
			Fault::Praise(peer) => Some(*peer),
			_ => None,
		});
		let praised: BTreeSet<Peer> = praised.collect();
		for fault in &self.fan_out_fault {
			match fault {
				Fault::Slander => {
					report.parents.values_mut().for_each(|record| record.on_time = 0);
				}
				Fault::Overheads(micros) => {
					report.overheads.values_mut().for_each(|overhead| *overhead = *micros);
				}
				Fault::Relay(_) | Fault::Praise(_) => {}
			}
		}
		for (peer, record) in &mut report.parents {
			if praised.contains(peer) {
				record.on_time = record.assigned;
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use voltree_fanout::protocol::ledger::Record;

	fn faults(texts: &[&str]) -> Faults {
		let fan_out_fault = texts.iter().map(|text| text.parse().expect("sound")).collect();
		Faults { fan_out_fault }
	}

	#[test]
	fn nothing_of_it_is_for_live_chains() {
		let kept = Arguments { keep_transactions: true, ..Default::default() };
		let bad = Arguments { faults: faults(&["silent"]), ..Default::default() };
		for arguments in [kept, bad] {
			assert!(arguments.check(ChainType::Live).is_err());
			assert!(arguments.check(ChainType::Custom("x".into())).is_err());
			assert_eq!(arguments.check(ChainType::Local), Ok(()));
		}
		assert_eq!(Arguments::default().check(ChainType::Live), Ok(()));
	}

	#[test]
	fn faults_are_read() {
		assert_eq!(faults(&[]).conduct(), Conduct::Honest);
		assert_eq!(faults(&["slander", "silent"]).conduct(), Conduct::Silent);
		assert_eq!(faults(&["sparing"]).conduct(), Conduct::Sparing);
		let late = Conduct::Late(Duration::from_millis(2_000));
		assert_eq!(faults(&["late=2000"]).conduct(), late);
		for bad in ["", "silent=1", "late", "late=x", "praise=me", "overheads=-1", "loud"] {
			assert!(bad.parse::<Fault>().is_err(), "{bad}");
		}
	}

	#[test]
	fn reports_are_falsified_as_asked() {
		let (friend, other) = (Peer([1; 32]), Peer([2; 32]));
		let id = PeerId::from_ed25519(&friend.0).expect("any 32 bytes will do").to_base58();
		let honest = Report {
			session: 3,
			parents: [
				(friend, Record { assigned: 9, on_time: 2 }),
				(other, Record { assigned: 5, on_time: 5 }),
			]
			.into(),
			overheads: [(friend, 40_000), (other, 41_000)].into(),
		};
		let after = |texts: &[&str]| {
			let mut report = honest.clone();
			faults(texts).falsify(&mut report);
			let on_time: Vec<u32> = report.parents.values().map(|one| one.on_time).collect();
			(on_time, report.overheads.into_values().collect::<Vec<u32>>())
		};
		assert_eq!(after(&["silent"]), (vec![2, 5], vec![40_000, 41_000]));
		assert_eq!(after(&["slander"]), (vec![0, 0], vec![40_000, 41_000]));
		let praise = format!("praise={id}");
		assert_eq!(after(&[&praise, "slander"]), (vec![9, 0], vec![40_000, 41_000]));
		assert_eq!(after(&["overheads=1"]), (vec![2, 5], vec![1, 1]));
	}
}
