//! Finds out, block after block, who is to be certified: joins what is approved off chain with the
//! applications and certificates on the chain.

use super::{
	approvals::{judge, on_development_chains, parse, Approval, Approvals, File, Verdict},
	arguments::Approves,
	chain::{At, Chain, Error},
	metrics::Metrics,
	LOG,
};
use pallet_registry::types::Certificate;
use std::{
	collections::{BTreeMap, BTreeSet},
	ops::Bound,
};
use voltree_primitives::Moment;
use voltree_runtime::{AccountId, RuntimeCall};

/// Approvals of the file that are compared with the chain at each block. Applications are at once.
const COMPARED_PER_BLOCK: usize = 64;

/// Most accounts that wait to be certified here; others wait on the chain.
const MOST_CANDIDATES: usize = 2_048;

/// What is approved.
enum Source {
	Nobody,
	Everybody,
	File { file: File, approvals: Approvals, fault: Option<String> },
}

/// Who is to be certified.
pub struct Admission {
	source: Source,
	/// Who may have to be certified, and whether an application of his was seen in this round.
	candidates: BTreeMap<AccountId, bool>,
	/// Accounts of which it was said already why they cannot be certified.
	told: BTreeSet<AccountId>,
	/// The last application of the page before.
	page: Option<AccountId>,
	/// The last approval that was compared with the chain.
	compared: Option<AccountId>,
}

impl Admission {
	/// With nothing read yet.
	pub fn new(approves: &Approves) -> Self {
		let source = match approves {
			Approves::Nobody => Source::Nobody,
			Approves::Everybody => Source::Everybody,
			Approves::File(path) => Source::File {
				file: File::new(path.clone()),
				approvals: Approvals::new(),
				fault: None,
			},
		};
		Self {
			source,
			candidates: BTreeMap::new(),
			told: BTreeSet::new(),
			page: None,
			compared: None,
		}
	}

	/// Read the file again if it has changed. While it cannot be read, what it said last counts.
	pub fn refresh(&mut self, metrics: &Metrics) {
		let Source::File { file, approvals, fault } = &mut self.source else { return };
		let path = file.path().display().to_string();
		match file.changed() {
			Ok(None) => (),
			Ok(Some(text)) => {
				let (read, faults) = parse(&text);
				log::info!(target: LOG, "{path}: {} approvals", read.len());
				for (line, fault) in &faults {
					log::error!(target: LOG, "{path}, line {line}: {fault}");
				}
				metrics.refused_lines(faults.len());
				*approvals = read;
				*fault = None;
				self.told.clear();
			}
			Err(error) => {
				let new = Some(error.to_string());
				if *fault != new {
					log::error!(target: LOG, "{path} cannot be read: {error}");
					*fault = new;
				}
			}
		}
	}

	/// Read the next page of applications. Returns whether it was the last one.
	pub fn read_applications(&mut self, chain: &Chain, at: At) -> Result<bool, Error> {
		if matches!(self.source, Source::Nobody) {
			return Ok(true);
		}
		if self.page.is_none() {
			self.candidates.values_mut().for_each(|applied| *applied = false);
		}
		let (page, next) = chain.applications(at, self.page.take())?;
		for (account, _) in page {
			let approved = match &self.source {
				Source::Nobody => false,
				Source::Everybody => true,
				Source::File { approvals, .. } => approvals.contains_key(&account),
			};
			if approved {
				self.add(account, true);
			}
		}
		self.page = next;
		Ok(self.page.is_none())
	}

	/// Compare the next approvals of the file with the chain: who has consented off chain, whose
	/// certificate is to be renewed.
	pub fn compare(&mut self) {
		let Source::File { approvals, .. } = &self.source else { return };
		let from = self.compared.take().map_or(Bound::Unbounded, Bound::Excluded);
		let next = approvals
			.range((from, Bound::Unbounded))
			.map(|(account, _)| account.clone())
			.take(COMPARED_PER_BLOCK)
			.collect::<Vec<_>>();
		self.compared = next.last().filter(|_| next.len() == COMPARED_PER_BLOCK).cloned();
		for account in next {
			self.add(account, false);
		}
	}

	fn add(&mut self, account: AccountId, applied: bool) {
		let known = self.candidates.len();
		match self.candidates.get_mut(&account) {
			Some(before) => *before |= applied,
			None if known < MOST_CANDIDATES => {
				self.candidates.insert(account, applied);
			}
			None => (),
		}
	}

	/// Whom the chain lets us certify, out of those who were found; to be asked when all
	/// applications have been read.
	pub fn due(&mut self, chain: &Chain, at: At, now: Moment) -> Result<Vec<AccountId>, Error> {
		let mut due = Vec::new();
		for (account, applied) in std::mem::take(&mut self.candidates) {
			let certificate = chain.certificate(at, &account)?;
			let Some(approval) = self.approval(&account, certificate.as_ref(), now) else {
				continue;
			};
			match judge(&approval, certificate.as_ref(), applied, now) {
				Verdict::Nothing => (),
				Verdict::Certify => {
					self.candidates.insert(account.clone(), applied);
					due.push(account);
				}
				Verdict::Impossible(why) => {
					if self.told.len() < MOST_CANDIDATES && self.told.insert(account.clone()) {
						log::error!(target: LOG, "{account} is approved but not certified: {why}");
					}
				}
			}
		}
		Ok(due)
	}

	fn approval(
		&self,
		account: &AccountId,
		certificate: Option<&Certificate>,
		now: Moment,
	) -> Option<Approval> {
		match &self.source {
			Source::Nobody => None,
			Source::Everybody => Some(on_development_chains(account, certificate, now)),
			Source::File { approvals, .. } => approvals.get(account).cloned(),
		}
	}

	/// The call that certifies `account` as approved; `None` if it no longer is.
	pub fn call(
		&self,
		chain: &Chain,
		at: At,
		account: &AccountId,
		now: Moment,
	) -> Result<Option<RuntimeCall>, Error> {
		let certificate = chain.certificate(at, account)?;
		let approval = self.approval(account, certificate.as_ref(), now);
		Ok(approval.map(|Approval { tag, roles, expires, consent }| {
			RuntimeCall::Registry(pallet_registry::Call::certify {
				account: account.clone(),
				tag,
				roles,
				expires,
				// The first certificate needs it; afterwards the chain knows the account's tag.
				consent: consent.filter(|_| certificate.is_none()),
			})
		}))
	}
}
