//! What this node tells the chain about the others: once a session how well they forwarded, and who
//! sealed two blocks of one slot. Free extrinsics of the account whose key is the node's author key.

use super::LOG;
use crate::{
	extrinsic::{sign, Terms},
	laboratory::Faults,
	service::{Block, FullClient, FullPool},
};
use codec::Decode;
use frame_system_rpc_runtime_api::AccountNonceApi;
use futures::{channel::mpsc, StreamExt};
use pallet_communication_tree::{Call, PerMember, Rating};
use sc_client_api::BlockchainEvents;
use sc_transaction_pool_api::{TransactionPool, TransactionSource};
use sp_api::{Core, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::{crypto::key_types::AURA, sr25519};
use sp_keystore::KeystorePtr;
use std::{
	collections::{BTreeMap, VecDeque},
	error::Error,
	sync::Arc,
};
use voltree_fanout::{
	node::{Outcomes, View},
	policy::Snapshot,
	protocol::Report,
	types::{Author, Peer},
};
use voltree_runtime::{opaque::Header, AccountId, BlockNumber, Nonce, RuntimeCall, VERSION};

/// Statements that may wait; more are dropped. One comes a session, and whoever equivocates is marked
/// after the first proof.
const MOST_WAITING: usize = 8;

/// Blocks between two tries of a statement. Its extrinsic is valid as long.
const PATIENCE: u32 = 8;

/// Tries of a statement. It may have become worthless meanwhile, or be somebody else's already.
const TRIES: u32 = 4;

/// What is to be said.
pub enum Statement {
	/// A session has ended.
	Report(Report),
	/// An author sealed both of these headers.
	Equivocation(Vec<u8>, Vec<u8>),
}

/// The fan-out's end.
pub struct Mouth(mpsc::Sender<Statement>, Faults);

impl Mouth {
	/// And the other one.
	pub fn new(faults: Faults) -> (Self, mpsc::Receiver<Statement>) {
		let (sender, statements) = mpsc::channel(MOST_WAITING);
		(Self(sender, faults), statements)
	}

	fn say(&mut self, statement: Statement) {
		if self.0.try_send(statement).is_err() {
			log::debug!(target: LOG, "a statement for the chain found no room");
		}
	}
}

impl Outcomes for Mouth {
	fn report(&mut self, mut report: Report) {
		self.1.falsify(&mut report);
		self.say(Statement::Report(report));
	}

	fn equivocation(&mut self, first: Vec<u8>, second: Vec<u8>) {
		log::warn!(target: LOG, "A data aggregator has sealed two blocks of one slot");
		self.say(Statement::Equivocation(first, second));
	}
}

/// A statement on its way.
struct Waiting {
	call: RuntimeCall,
	/// Who says it.
	key: sr25519::Public,
	tries: u32,
	/// The block at which it was handed to the pool, and its number as an extrinsic.
	sent: Option<(BlockNumber, Nonce)>,
}

/// Sees to it that statements reach the chain, one after the other.
pub struct Desk {
	client: Arc<FullClient>,
	pool: Arc<FullPool>,
	keystore: KeystorePtr,
	view: View,
	own: Peer,
	waiting: VecDeque<Waiting>,
}

impl Desk {
	/// Of the node `own`.
	pub fn new(
		client: Arc<FullClient>,
		pool: Arc<FullPool>,
		keystore: KeystorePtr,
		view: View,
		own: Peer,
	) -> Self {
		Self { client, pool, keystore, view, own, waiting: VecDeque::new() }
	}

	/// Until the fan-out and the node end.
	pub async fn run(mut self, mut statements: mpsc::Receiver<Statement>) {
		let mut blocks = self.client.import_notification_stream().fuse();
		loop {
			futures::select! {
				statement = statements.next() => match statement {
					Some(statement) => self.take(statement),
					None if self.waiting.is_empty() => return,
					None => {}
				},
				block = blocks.next() => match block {
					Some(block) if block.is_new_best => self.work().await,
					Some(_) => {}
					None => return,
				},
			}
		}
	}

	fn take(&mut self, statement: Statement) {
		let Some((call, author)) = self.call(statement) else { return };
		let key = sr25519::Public::from_raw(author.0);
		if self.waiting.len() < MOST_WAITING {
			self.waiting.push_back(Waiting { call, key, tries: 0, sent: None });
		}
	}

	/// What says it, and who. Nothing, if we were no member.
	fn call(&self, statement: Statement) -> Option<(RuntimeCall, Author)> {
		let (call, snapshot) = match statement {
			Statement::Report(report) => {
				let snapshot = self.view.session(report.session)?;
				let report = report_of(&report, &snapshot, &self.own)?;
				(Call::report { report }, snapshot)
			}
			Statement::Equivocation(first, second) => {
				let header = |bytes: Vec<u8>| Header::decode(&mut &bytes[..]).ok().map(Box::new);
				let (first, second) = (header(first)?, header(second)?);
				let snapshot = self.view.status(0).snapshot?;
				(Call::report_author_equivocation { first, second }, snapshot)
			}
		};
		let own = snapshot.place(&self.own)?;
		let author = snapshot.members.get(own as usize)?.author;
		Some((RuntimeCall::CommunicationTree(call), author))
	}

	/// There is a new best block.
	async fn work(&mut self) {
		let Some(mut first) = self.waiting.pop_front() else { return };
		match self.bring(&mut first).await {
			Ok(true) => {}
			Ok(false) => self.waiting.push_front(first),
			Err(error) => {
				log::debug!(target: LOG, "a statement for the chain: {error}");
				self.waiting.push_front(first);
			}
		}
	}

	/// Brings a statement nearer to the chain. True: it is there, or was tried often enough.
	async fn bring(&self, waiting: &mut Waiting) -> Result<bool, Box<dyn Error + Send + Sync>> {
		let info = self.client.info();
		let (number, hash) = (info.best_number, info.best_hash);
		let nonce: Nonce = AccountNonceApi::<Block, AccountId, Nonce>::account_nonce(
			&*self.client.runtime_api(),
			hash,
			AccountId::from(waiting.key.0),
		)?;
		if let Some((at, sent)) = waiting.sent {
			if nonce > sent {
				return Ok(true);
			}
			if number < at.saturating_add(PATIENCE) {
				return Ok(false);
			}
		}
		if waiting.tries == TRIES {
			return Ok(true);
		}
		waiting.tries += 1;
		waiting.sent = Some((number, nonce));
		let version = Core::<Block>::version(&*self.client.runtime_api(), hash)?;
		if version.transaction_version != VERSION.transaction_version {
			return Err("the chain's extrinsics are of another version: update the node".into());
		}
		let terms = Terms {
			genesis: info.genesis_hash,
			birth: (number, hash),
			mortality: PATIENCE.into(),
			spec_version: version.spec_version,
			transaction_version: version.transaction_version,
		};
		let call = waiting.call.clone();
		let extrinsic = sign(&*self.keystore, AURA, &waiting.key, call, nonce, &terms)?;
		let submitted = self.pool.submit_one(hash, TransactionSource::Local, extrinsic).await;
		submitted.map_err(|error| error.to_string())?;
		Ok(false)
	}
}

/// A session's report in the chain's words; `None` if `own` was no member then.
fn report_of(
	report: &Report,
	snapshot: &Snapshot,
	own: &Peer,
) -> Option<pallet_communication_tree::Report> {
	let place = |peer: &Peer| u16::try_from(snapshot.place(peer)?).ok();
	let reporter = place(own)?;
	let ratings = report.parents.iter().filter_map(|(peer, record)| {
		let parent = place(peer).filter(|parent| *parent != reporter)?;
		let assigned = u16::try_from(record.assigned).unwrap_or(u16::MAX);
		let late =
			u16::try_from(record.assigned.saturating_sub(record.on_time)).unwrap_or(u16::MAX);
		Some((parent, Rating { parent, assigned, on_time: assigned.saturating_sub(late) }))
	});
	// By rising place.
	let ratings: BTreeMap<u16, Rating> = ratings.collect();
	/// Microseconds in the chain's unit of overheads.
	const UNIT: u32 = 100;
	let overhead = |peer: Option<Peer>| {
		let micros = peer.and_then(|peer| report.overheads.get(&peer)).copied();
		// 0 says that nobody has measured.
		micros.map_or(0, |micros| u16::try_from(micros.div_ceil(UNIT)).unwrap_or(u16::MAX).max(1))
	};
	let overheads: Vec<u16> = snapshot.members.iter().map(|one| overhead(one.peer)).collect();
	let measured = overheads.iter().any(|overhead| *overhead > 0);
	Some(pallet_communication_tree::Report {
		session: report.session,
		reporter,
		ratings: PerMember::truncate_from(ratings.into_values().collect()),
		overheads: PerMember::truncate_from(if measured { overheads } else { Vec::new() }),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use voltree_fanout::{policy::Member, protocol::ledger::Record, types::Hash};
	use voltree_wct::{plan::Paths, Settings, Weights};

	fn peer(n: u8) -> Peer {
		Peer([n; 32])
	}

	/// Four members: 3, one without a node key, 1 and 2.
	fn snapshot() -> Snapshot {
		let member = |n: Option<u8>| Member {
			peer: n.map(peer),
			author: Author([n.unwrap_or(9); 32]),
			trust: 1_000_000_000,
			link: 1,
		};
		Snapshot {
			session: 5,
			hash: Hash([1; 32]),
			members: [Some(3), None, Some(1), Some(2)].map(member).to_vec(),
			overheads: Vec::new(),
			settings: Settings {
				trust_threshold: 800_000_000,
				overhead_threshold: 200_000,
				weights: Weights { trust: 1, link: 1 },
			},
			paths: Paths { latency: 50_000, verification: 5_000, uplink: 2_500_000 },
			modes: Vec::new(),
		}
	}

	fn record(assigned: u32, on_time: u32) -> Record {
		Record { assigned, on_time }
	}

	#[test]
	fn a_report_names_places_in_order() {
		let report = Report {
			session: 5,
			parents: [(peer(1), record(7, 6)), (peer(3), record(2, 2)), (peer(8), record(1, 1))]
				.into(),
			overheads: [(peer(1), 40), (peer(3), 12_345), (peer(8), 1)].into(),
		};
		let report = report_of(&report, &snapshot(), &peer(2)).expect("2 is a member");
		assert_eq!((report.session, report.reporter), (5, 3));
		assert_eq!(
			report.ratings.into_inner(),
			[
				Rating { parent: 0, assigned: 2, on_time: 2 },
				Rating { parent: 2, assigned: 7, on_time: 6 },
			]
		);
		assert_eq!(report.overheads.into_inner(), [124, 0, 1, 0]);
	}

	#[test]
	fn who_was_no_member_reports_nothing() {
		assert_eq!(report_of(&Report::default(), &snapshot(), &peer(8)), None);
	}

	#[test]
	fn counts_beyond_the_chains_range_keep_what_was_late() {
		let parents = [(peer(1), record(100_000, 99_990))].into();
		let report = Report { session: 5, parents, overheads: BTreeMap::new() };
		let report = report_of(&report, &snapshot(), &peer(3)).expect("3 is a member");
		let expected = Rating { parent: 2, assigned: u16::MAX, on_time: u16::MAX - 10 };
		assert_eq!(report.ratings.into_inner(), [expected]);
		assert!(report.overheads.is_empty());
	}
}
