//! The task: looks at each new best block, finds what waits, sends what is to be done.

use super::{
	admission::Admission,
	arguments::{Approves, Settings},
	chain::{At, Chain, Error, Outcome},
	desk::{Case, Desk, Duty, Job, Kind},
	keys::{choose, ServiceKey, Standing, DEVELOPMENT_KEY, KEY_TYPE},
	metrics::Metrics,
	transaction::together,
	LOG,
};
use crate::{
	contain::contain,
	extrinsic::{sign, signature, Terms},
	service::{FullClient, FullPool},
};
use codec::Encode;
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use futures::StreamExt;
use pallet_shared_wallet::SignedToken;
use sc_client_api::BlockchainEvents;
use sc_service::{error::Error as ServiceError, SpawnTaskHandle};
use sp_keystore::KeystorePtr;
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use voltree_primitives::Moment;
use voltree_runtime::{
	configs::system::RuntimeBlockWeights, AccountId, Nonce, RuntimeCall, Signature,
};

/// How long reading pages may take at a block. What is left is read at the next one.
const READING: Duration = Duration::from_millis(300);

/// Share of a block's weight that one extrinsic of the service may take: others want in, too.
const SHARE_OF_BLOCK: u64 = 4;

/// What the service needs of its node.
pub struct Parts {
	/// Reads and executes.
	pub client: Arc<FullClient>,
	/// What is to go into blocks.
	pub pool: Arc<FullPool>,
	/// Holds the service key.
	pub keystore: KeystorePtr,
	/// Where the task is spawned.
	pub spawner: SpawnTaskHandle,
	/// Where metrics are registered, if anywhere.
	pub registry: Option<Registry>,
}

/// Start the service. It does nothing as long as the keystore holds no key that the chain takes.
///
/// The node does not end with it: the market goes on without it for a while, blocks must go on.
pub fn start(settings: Settings, parts: Parts) -> Result<(), ServiceError> {
	let Parts { client, pool, keystore, spawner, registry } = parts;
	let metrics = Metrics::new(registry.as_ref())?;
	metrics.standby(settings.standby.is_some());
	if settings.development_key {
		keystore
			.sr25519_generate_new(KEY_TYPE, Some(DEVELOPMENT_KEY))
			.map_err(|error| ServiceError::Application(error.into()))?;
		log::warn!(
			target: LOG,
			"This node is the management centre, with the well-known key {DEVELOPMENT_KEY}: for \
			development only",
		);
		if settings.approves == Approves::Everybody {
			log::warn!(
				target: LOG,
				"Everybody who applies is certified, nobody is asked: for development only. \
				--approvals FILE says who is to be",
			);
		}
	}
	let service = Service { chain: Chain { client, pool }, keystore, metrics, settings };
	spawner.spawn_blocking("management-centre", Some("management-centre"), service.run());
	Ok(())
}

/// What lasts as long as the node.
struct Service {
	chain: Chain,
	keystore: KeystorePtr,
	metrics: Metrics,
	settings: Settings,
}

impl Service {
	/// Until the node ends.
	async fn run(self) {
		// A worker has nothing that the chain could not tell its successor.
		while contain(Worker::new(&self).run()).await.is_err() {
			self.metrics.failed();
			log::error!(
				target: LOG,
				"The management centre's service has panicked, see above; it starts anew",
			);
		}
	}
}

/// What the service remembers from block to block.
struct Worker<'a> {
	service: &'a Service,
	desk: Desk,
	admission: Admission,
	/// Where the next pages of requests and tokens begin.
	requests: Option<u64>,
	tokens: Option<u64>,
	/// The key in use, and whether the keystore holds any for the service.
	key: Option<ServiceKey>,
	holds: bool,
	/// What was wrong at the last block.
	trouble: Option<String>,
}

impl<'a> Worker<'a> {
	fn new(service: &'a Service) -> Self {
		Self {
			service,
			desk: Desk::default(),
			admission: Admission::new(&service.settings.approves),
			requests: None,
			tokens: None,
			key: None,
			holds: false,
			trouble: None,
		}
	}

	/// Work at each new best block, until the node ends.
	async fn run(mut self) {
		let mut blocks = self.service.chain.client.import_notification_stream();
		while let Some(mut block) = blocks.next().await {
			// Where we are late, only the newest matters.
			while let Some(Some(newer)) = futures::FutureExt::now_or_never(blocks.next()) {
				block = if newer.is_new_best { newer } else { block };
			}
			if !block.is_new_best {
				continue;
			}
			let result = self.work(self.service.chain.best()).await;
			self.tell(result);
		}
	}

	/// Say what went wrong, once as long as it stays the same.
	fn tell(&mut self, result: Result<(), Error>) {
		let trouble = result.err();
		let poor = matches!(trouble, Some(Error::Poor(_)));
		let trouble = trouble.map(|error| error.to_string());
		if trouble != self.trouble {
			match &trouble {
				Some(error) => log::error!(target: LOG, "{error}"),
				None => log::info!(target: LOG, "All is well again"),
			}
		}
		if trouble.is_some() {
			self.service.metrics.failed();
		}
		self.service.metrics.out_of_money(poor);
		self.trouble = trouble;
	}

	async fn work(&mut self, at: At) -> Result<(), Error> {
		let Service { chain, metrics, settings, keystore } = self.service;
		let held = keystore.sr25519_public_keys(KEY_TYPE);
		// Most nodes have none, and are spared the question.
		let services = if held.is_empty() { Vec::new() } else { chain.service_keys(at)? };
		self.take_key(choose(&services, &held), !held.is_empty());
		metrics.key(self.key.as_ref());
		if self.key.is_none() {
			self.desk.clear();
		} else {
			self.look(at, chain.now(at)?)?;
		}
		for kind in [Kind::Respond, Kind::Certify, Kind::Renew] {
			metrics.waiting(kind, self.desk.waiting(kind));
		}
		let Some(key) = self.key.clone() else { return Ok(()) };

		let duty = match (settings.standby, key.standing) {
			(Some(blocks), _) => Duty::Standby(blocks),
			(None, Standing::Retiring) => Duty::Retiring,
			(None, Standing::Current) => Duty::Primary,
		};
		if self.desk.due(at.number, duty, &Default::default()).is_empty() {
			return Ok(());
		}
		let account = key.account();
		let on_chain = chain.nonce(at, &account)?;
		let (under_way, next) = chain.pooled(at, &services, &account, on_chain).await;
		let due = self.desk.due(at.number, duty, &under_way);
		if due.is_empty() {
			return Ok(());
		}
		let terms = chain.terms(at)?;
		let works = self.try_out(&due, at, &key, on_chain, &terms)?;
		let (jobs, calls): (Vec<_>, Vec<_>) = works.into_iter().unzip();
		let Some(call) = together(calls) else { return Ok(()) };
		// Somebody else's answer may have come with a block in the meantime; its turn comes.
		if chain.best() != at {
			return Ok(());
		}
		if let Duty::Standby(_) = duty {
			log::warn!(target: LOG, "Nobody does what waits: standing in with {} calls", jobs.len());
		}
		let extrinsic = sign(&**keystore, KEY_TYPE, &key.public, call, next, &terms)?;
		let taken = chain.submit(at, &account, extrinsic).await?;
		for job in &jobs {
			match taken {
				true => self.desk.sent(job, at.number),
				false => self.desk.left(job, at.number),
			}
		}
		let what = if taken { "Sent" } else { "Left to a faster node" };
		log::debug!(target: LOG, "{what} at block {}: {jobs:?}", at.number);
		Ok(())
	}

	/// Use `key` from now on; `holds` tells whether this node has any key for the service.
	fn take_key(&mut self, key: Option<ServiceKey>, holds: bool) {
		if self.key == key && self.holds == holds {
			return;
		}
		match &key {
			None => log::warn!(target: LOG, "No key of this node is a service key of the chain"),
			Some(key) => log::info!(
				target: LOG,
				"Serving with key {}{}",
				key.account(),
				match key.standing {
					Standing::Current => "",
					Standing::Retiring => ", which is being retired: the new one is wanted here",
				},
			),
		}
		self.key = key;
		self.holds = holds;
	}

	/// Find out what waits.
	fn look(&mut self, at: At, now: Moment) -> Result<(), Error> {
		let Service { chain, metrics, .. } = self.service;
		let began = Instant::now();
		let has_time = || began.elapsed() < READING;
		loop {
			let (page, next) = chain.awaiting(at, self.requests)?;
			for (request, since) in page {
				self.desk.see(Job::Respond(request), at.number, since);
			}
			self.requests = next;
			if next.is_none() {
				self.end_round(Kind::Respond, at)?;
			}
			if next.is_none() || !has_time() {
				break;
			}
		}
		loop {
			let (page, next) = chain.outdated(at, self.tokens)?;
			for wallet in page {
				self.desk.see(Job::Renew(wallet), at.number, now);
			}
			self.tokens = next;
			if next.is_none() {
				self.end_round(Kind::Renew, at)?;
			}
			if next.is_none() || !has_time() {
				break;
			}
		}
		self.admission.refresh(metrics);
		loop {
			let is_last = self.admission.read_applications(chain, at)?;
			if is_last {
				self.admission.compare();
				for account in self.admission.due(chain, at, now)? {
					self.desk.see(Job::Certify(account), at.number, now);
				}
				self.end_round(Kind::Certify, at)?;
			}
			if is_last || !has_time() {
				break;
			}
		}
		Ok(())
	}

	/// Note what is over.
	fn end_round(&mut self, kind: Kind, at: At) -> Result<(), Error> {
		let Service { chain, metrics, .. } = self.service;
		for (job, Case { since, sent, .. }) in self.desk.end_round(kind) {
			if let Job::Respond(request) = job {
				// It may have ended unanswered.
				let Some(answered) = chain.responded(at, request)? else { continue };
				metrics.responded(answered.saturating_sub(since));
			}
			if sent > 0 {
				metrics.done(kind);
				log::info!(target: LOG, "Done: {job}");
			}
		}
		Ok(())
	}

	/// What of `due` works in the next block, with the calls that do it.
	fn try_out(
		&mut self,
		due: &[Job],
		at: At,
		key: &ServiceKey,
		nonce: Nonce,
		terms: &Terms,
	) -> Result<Vec<(Job, RuntimeCall)>, Error> {
		let Service { chain, keystore, .. } = self.service;
		let now = chain.now(at)?;
		let room = RuntimeBlockWeights::get().max_block / SHARE_OF_BLOCK;
		let mut weight = Weight::zero();
		let mut works = Vec::new();
		let mut tried = nonce;
		let rehearsal = chain.rehearse(at)?;
		for job in due {
			let Some(call) = self.call(job, at, now, key)? else { continue };
			let with = weight.saturating_add(call.get_dispatch_info().call_weight);
			if !works.is_empty() && with.any_gt(room) {
				break;
			}
			let extrinsic = sign(&**keystore, KEY_TYPE, &key.public, call.clone(), tried, terms)?;
			match rehearsal.try_out(extrinsic)? {
				Outcome::Works => {
					weight = with;
					tried = tried.saturating_add(1);
					works.push((job.clone(), call));
				}
				Outcome::Fails(reason) => self.fail(job, at, reason),
				Outcome::Full if works.is_empty() => {
					self.fail(job, at, "no room in a block".into())
				}
				Outcome::Poor if works.is_empty() => return Err(Error::Poor(key.account())),
				Outcome::Full | Outcome::Poor => break,
			}
		}
		Ok(works)
	}

	fn fail(&mut self, job: &Job, at: At, reason: String) {
		self.service.metrics.failed();
		if self.desk.failed(job, at.number, reason.clone()) {
			log::warn!(target: LOG, "{job} would fail: {reason}. It is tried again, ever more rarely");
		}
	}

	/// The call that does `job`; `None` where there is nothing to do any more.
	fn call(
		&self,
		job: &Job,
		at: At,
		now: Moment,
		key: &ServiceKey,
	) -> Result<Option<RuntimeCall>, Error> {
		let chain = &self.service.chain;
		Ok(match job {
			Job::Certify(account) => self.admission.call(chain, at, account, now)?,
			Job::Respond(request) => self.token(*request, at, key)?.map(|token| {
				RuntimeCall::Market(pallet_market::Call::respond { request: *request, token })
			}),
			Job::Renew(wallet) => self.token(*wallet, at, key)?.map(|token| {
				RuntimeCall::SharedWallet(pallet_shared_wallet::Call::renew { token })
			}),
		})
	}

	/// The next token of a shared wallet, with our signature over its encoding.
	fn token(
		&self,
		wallet: u64,
		at: At,
		key: &ServiceKey,
	) -> Result<Option<SignedToken<AccountId, Signature>>, Error> {
		let Service { chain, keystore, .. } = self.service;
		let Some(token) = chain.token_to_sign(at, wallet)? else { return Ok(None) };
		let signature = signature(&**keystore, KEY_TYPE, &key.public, &token.encode())?;
		Ok(Some(SignedToken { token, signature }))
	}
}
