//! What the service asks the chain and the pool, and how it tries things out.

use super::{
	desk::Job,
	transaction::{jobs_of, mortality},
};
use crate::{
	extrinsic::{Terms, Unsigned},
	service::{Block, FullClient, FullPool, Hash},
};
use codec::Encode;
use frame_system_rpc_runtime_api::AccountNonceApi;
use pallet_market::{runtime_api::MarketApi, RequestState};
use pallet_registry::{
	runtime_api::RegistryApi,
	types::{Application, Certificate},
};
use pallet_shared_wallet::runtime_api::SharedWalletApi;
use sc_transaction_pool_api::{
	error::{Error as PoolError, IntoPoolError},
	InPoolTransaction, TransactionPool, TransactionSource,
};
use sp_api::{ApiError, ApiExt, ApiRef, Core, ProvideRuntimeApi};
use sp_block_builder::BlockBuilder;
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
	AuraApi,
};
use sp_runtime::{
	traits::Header as _,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	Digest, DigestItem, DispatchError, OpaqueExtrinsic, TransactionOutcome,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use voltree_primitives::{Moment, RequestId, Token};
use voltree_runtime::{opaque::Header, AccountId, BlockNumber, Nonce, RuntimeError, Signature};

/// Requests, tokens or applications looked at in one call of the runtime.
const PAGE: u32 = 64;

/// How long the pool may take to know of a new block.
const POOL_PATIENCE: Duration = Duration::from_millis(500);

/// Why the service could not do its work at a block.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The runtime did not answer.
	#[error("the runtime does not answer: {0}")]
	Runtime(#[from] ApiError),
	/// The database did not answer.
	#[error("the database does not answer: {0}")]
	Database(#[from] sp_blockchain::Error),
	/// The block has no slot.
	#[error("the block {0} is not there or names no slot")]
	Block(Hash),
	/// Nothing can be signed.
	#[error(transparent)]
	Unsigned(#[from] Unsigned),
	/// The chain's extrinsics are not those this node makes.
	#[error(
		"the chain's extrinsics have version {chain}, this node makes version {ours}: \
		update the node"
	)]
	OtherExtrinsics {
		/// The chain's version.
		chain: u32,
		/// This node's.
		ours: u32,
	},
	/// The service's account cannot pay the fees.
	#[error("the service's account {0} cannot pay the fees: send it money")]
	Poor(AccountId),
	/// The pool did not take it.
	#[error("the pool refused it: {0}")]
	Refused(String),
}

/// The block that is worked on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct At {
	/// Its hash.
	pub hash: Hash,
	/// Its number.
	pub number: BlockNumber,
}

/// What comes of trying an extrinsic out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
	/// It does what it should.
	Works,
	/// It fails for this reason.
	Fails(String),
	/// Its fee cannot be paid.
	Poor,
	/// The block has no room for it.
	Full,
}

/// The chain as this node knows it.
#[derive(Clone)]
pub struct Chain {
	/// Reads and executes.
	pub client: Arc<FullClient>,
	/// What is to go into blocks.
	pub pool: Arc<FullPool>,
}

impl Chain {
	/// The best block.
	pub fn best(&self) -> At {
		let info = self.client.info();
		At { hash: info.best_hash, number: info.best_number }
	}

	/// The service keys that count: the current one, then one that is being retired.
	pub fn service_keys(&self, at: At) -> Result<Vec<AccountId>, Error> {
		Ok(RegistryApi::<Block, AccountId>::service_keys(&*self.client.runtime_api(), at.hash)?)
	}

	/// Chain time.
	pub fn now(&self, at: At) -> Result<Moment, Error> {
		Ok(MarketApi::<Block, AccountId>::now(&*self.client.runtime_api(), at.hash)?)
	}

	/// A page of requests that can be answered.
	#[allow(clippy::type_complexity, reason = "it is the runtime's")]
	pub fn awaiting(
		&self,
		at: At,
		after: Option<RequestId>,
	) -> Result<(Vec<(RequestId, Moment)>, Option<RequestId>), Error> {
		let api = self.client.runtime_api();
		Ok(MarketApi::<Block, AccountId>::awaiting_response(&*api, at.hash, after, PAGE)?)
	}

	/// A page of shared wallets whose token states an old record.
	pub fn outdated(
		&self,
		at: At,
		after: Option<RequestId>,
	) -> Result<(Vec<RequestId>, Option<RequestId>), Error> {
		let api = self.client.runtime_api();
		let page = SharedWalletApi::<Block, AccountId, Signature>::outdated_tokens(
			&*api, at.hash, after, PAGE,
		)?;
		Ok(page)
	}

	/// A page of applications, and where the next one begins.
	#[allow(clippy::type_complexity, reason = "a page and where it ends")]
	pub fn applications(
		&self,
		at: At,
		after: Option<AccountId>,
	) -> Result<(Vec<(AccountId, Application)>, Option<AccountId>), Error> {
		let api = self.client.runtime_api();
		let page = RegistryApi::<Block, AccountId>::applications(&*api, at.hash, after, PAGE)?;
		let is_full = u32::try_from(page.len()).is_ok_and(|length| length >= PAGE);
		let next = page.last().filter(|_| is_full).map(|(account, _)| account.clone());
		Ok((page, next))
	}

	/// The certificate of an account.
	pub fn certificate(&self, at: At, account: &AccountId) -> Result<Option<Certificate>, Error> {
		let api = self.client.runtime_api();
		Ok(RegistryApi::<Block, AccountId>::certificate(&*api, at.hash, account.clone())?)
	}

	/// The token that is to be signed now for a request.
	pub fn token_to_sign(
		&self,
		at: At,
		request: RequestId,
	) -> Result<Option<Token<AccountId>>, Error> {
		let api = self.client.runtime_api();
		Ok(MarketApi::<Block, AccountId>::token_to_sign(&*api, at.hash, request)?)
	}

	/// When a request was answered; `None` if it was not, or has ended.
	pub fn responded(&self, at: At, request: RequestId) -> Result<Option<Moment>, Error> {
		let api = self.client.runtime_api();
		let request = MarketApi::<Block, AccountId>::request(&*api, at.hash, request)?;
		Ok(request.and_then(|request| match request.state {
			RequestState::Responded { at, .. } => Some(at),
			_ => None,
		}))
	}

	/// The number of an account's next extrinsic, as the chain says.
	pub fn nonce(&self, at: At, account: &AccountId) -> Result<Nonce, Error> {
		let api = self.client.runtime_api();
		let nonce = AccountNonceApi::<Block, AccountId, Nonce>::account_nonce(
			&*api,
			at.hash,
			account.clone(),
		);
		Ok(nonce?)
	}

	/// What extrinsics made now are bound to. Fails where the chain's are not those this node makes.
	pub fn terms(&self, at: At) -> Result<Terms, Error> {
		let api = self.client.runtime_api();
		let version = Core::<Block>::version(&*api, at.hash)?;
		let ours = voltree_runtime::VERSION.transaction_version;
		let chain = version.transaction_version;
		if chain != ours {
			return Err(Error::OtherExtrinsics { chain, ours });
		}
		let authors = AuraApi::<Block, AuthorityId>::authorities(&*api, at.hash)?;
		Ok(Terms {
			genesis: self.client.info().genesis_hash,
			birth: (at.number, at.hash),
			mortality: mortality(authors.len()),
			spec_version: version.spec_version,
			transaction_version: chain,
		})
	}

	/// What waits in the pool of `services`, and the number of the next extrinsic of `account`,
	/// whose number on the chain is `nonce`.
	pub async fn pooled(
		&self,
		at: At,
		services: &[AccountId],
		account: &AccountId,
		mut nonce: Nonce,
	) -> (BTreeSet<Job>, Nonce) {
		let mut jobs = BTreeSet::new();
		for transaction in self.pool.ready_at_with_timeout(at.hash, POOL_PATIENCE).await {
			// The tag by which an extrinsic is known: its account and number, encoded.
			let Some(tag) = transaction.provides().first() else { continue };
			let is_from = |service: &AccountId| tag.starts_with(service.as_ref());
			if !services.iter().any(is_from) {
				continue;
			}
			// Extrinsics of one account come in the order of their numbers.
			if *tag == (account, nonce).encode() {
				nonce = nonce.saturating_add(1);
			}
			jobs.extend(jobs_of(transaction.data()));
		}
		(jobs, nonce)
	}

	/// Hand an extrinsic of `account` to the pool. Returns whether it took it; it does not if
	/// another node with the same key was faster.
	pub async fn submit(
		&self,
		at: At,
		account: &AccountId,
		extrinsic: OpaqueExtrinsic,
	) -> Result<bool, Error> {
		let source = TransactionSource::Local;
		let Err(error) = self.pool.submit_one(at.hash, source, extrinsic).await else {
			return Ok(true);
		};
		match error.into_pool_error() {
			Ok(PoolError::InvalidTransaction(InvalidTransaction::Payment)) => {
				Err(Error::Poor(account.clone()))
			}
			Ok(
				PoolError::AlreadyImported(_)
				| PoolError::TooLowPriority { .. }
				| PoolError::InvalidTransaction(InvalidTransaction::Stale),
			) => Ok(false),
			Ok(error) => Err(Error::Refused(error.to_string())),
			Err(error) => Err(Error::Refused(error.to_string())),
		}
	}

	/// Begin the block that could follow `at`, to try things out in. Nothing of it is kept.
	pub fn rehearse(&self, at: At) -> Result<Rehearsal<'_>, Error> {
		let parent = self.client.header(at.hash)?.ok_or(Error::Block(at.hash))?;
		let slot = sc_consensus_aura::find_pre_digest::<Block, AuthoritySignature>(&parent)
			.map_err(|_| Error::Block(at.hash))?;
		let item = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(
			slot.saturating_add(1u64),
		);
		let header = Header::new(
			at.number.saturating_add(1),
			Default::default(),
			Default::default(),
			at.hash,
			Digest { logs: vec![item] },
		);
		let api = self.client.runtime_api();
		Core::<Block>::initialize_block(&*api, at.hash, &header)?;
		Ok(Rehearsal { api, at })
	}
}

/// A block that is never finished.
pub struct Rehearsal<'a> {
	api: ApiRef<'a, <FullClient as ProvideRuntimeApi<Block>>::Api>,
	at: At,
}

impl Rehearsal<'_> {
	/// What would come of `extrinsic`, after those that worked.
	pub fn try_out(&self, extrinsic: OpaqueExtrinsic) -> Result<Outcome, Error> {
		let result = self.api.execute_in_transaction(|api| {
			let result = BlockBuilder::<Block>::apply_extrinsic(api, self.at.hash, extrinsic);
			match result {
				Ok(Ok(Ok(()))) => TransactionOutcome::Commit(result),
				_ => TransactionOutcome::Rollback(result),
			}
		});
		Ok(match result? {
			Ok(Ok(())) => Outcome::Works,
			Ok(Err(error)) => Outcome::Fails(in_words(error)),
			Err(TransactionValidityError::Invalid(InvalidTransaction::Payment)) => Outcome::Poor,
			Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => {
				Outcome::Full
			}
			Err(error) => Outcome::Fails(<&str>::from(error).into()),
		})
	}
}

/// The name of an error: `Market(TooEarly)`.
fn in_words(error: DispatchError) -> String {
	match RuntimeError::from_dispatch_error(error) {
		Some(known) => format!("{known:?}"),
		None => format!("{error:?}"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;

	#[test]
	fn errors_of_pallets_have_names() {
		let error = DispatchError::from(pallet_market::Error::<voltree_runtime::Runtime>::TooEarly);
		// As it comes out of the runtime: without its message.
		let error = DispatchError::decode(&mut &error.encode()[..]).expect("just encoded");
		assert_eq!(in_words(error), "Market(TooEarly)");
		assert_eq!(in_words(DispatchError::BadOrigin), "BadOrigin");
	}
}
