//! Who may be certified: what was approved off chain.
//!
//! On a network of operators that is a file of JSON lines, named by `--approvals`:
//!
//! ```text
//! # One approval a line; empty lines and lines that begin with # are skipped.
//! {"account": "5F3s…", "tag": "0x…", "roles": "Both", "expires": "2027-11-22T00:00:00Z"}
//! {"account": "0x…", "tag": "0x…", "roles": "Buyer", "expires": 1826841600000, "consent": "0x…"}
//! ```
//!
//! * `account`: SS58, or `0x` and 32 bytes.
//! * `tag`: the person's identity tag, `0x` and 32 bytes.
//! * `roles`: `Buyer`, `Seller` or `Both`.
//! * `expires`: RFC 3339, or milliseconds since 1970. The chain limits how far ahead.
//! * `consent`: optional; the newcomer's signature over `RegistryApi_consent_message`, either the 64
//!   bytes of sr25519 or an encoded `MultiSignature`. With it nobody has to apply on chain first, so
//!   somebody without money can be certified.
//!
//! An account is certified once it has applied or consented. A certificate is renewed when its line
//! states a later expiry or other roles. Taking one back is the authority's, not this file's.
//!
//! On development chains without a file, everybody who applies is approved.

use codec::Decode;
use pallet_registry::types::Certificate;
use serde::Deserialize;
use sp_core::{crypto::Ss58Codec, sr25519};
use sp_io::hashing::blake2_256;
use std::{
	collections::BTreeMap,
	fs, io,
	path::{Path, PathBuf},
	time::SystemTime,
};
use voltree_primitives::{IdentityTag, Moment, Roles};
use voltree_runtime::{AccountId, Signature};

/// How long a certificate given without a file is valid: 30 days.
const DEVELOPMENT_VALIDITY: Moment = 30 * 86_400_000;

/// What was approved off chain for an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
	/// The identity tag of the person behind it.
	pub tag: IdentityTag,
	/// What it may do.
	pub roles: Roles,
	/// Until when, in chain time.
	pub expires: Moment,
	/// The newcomer's signature over the consent message.
	pub consent: Option<Signature>,
}

/// What is wrong with a line of the file.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
	/// Not JSON, or not the fields there are.
	#[error("{0}")]
	Json(#[from] serde_json::Error),
	/// Not an account.
	#[error("`account` is neither an SS58 address nor 0x and 32 bytes")]
	Account,
	/// Not a tag.
	#[error("`tag` is not 0x and 32 bytes")]
	Tag,
	/// Not a moment.
	#[error("`expires` is neither RFC 3339 nor milliseconds since 1970: {0}")]
	Expiry(chrono::ParseError),
	/// Before 1970.
	#[error("`expires` lies before 1970")]
	Past,
	/// Not a signature.
	#[error("`consent` is neither a signature of 64 bytes nor an encoded MultiSignature")]
	Consent,
	/// The account has a line already, which counts.
	#[error("this account is approved in line {0} already")]
	Repeated(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
	account: String,
	tag: String,
	roles: Roles,
	expires: Expiry,
	consent: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expiry {
	Milliseconds(Moment),
	Rfc3339(String),
}

impl Line {
	fn account(&self) -> Result<AccountId, Fault> {
		match bytes::<32>(&self.account) {
			Some(bytes) => Ok(bytes.into()),
			None => AccountId::from_ss58check(&self.account).map_err(|_| Fault::Account),
		}
	}

	fn approval(&self) -> Result<Approval, Fault> {
		Ok(Approval {
			tag: bytes(&self.tag).map(IdentityTag::from).ok_or(Fault::Tag)?,
			roles: self.roles,
			expires: match &self.expires {
				Expiry::Milliseconds(moment) => *moment,
				Expiry::Rfc3339(text) => {
					let moment =
						chrono::DateTime::parse_from_rfc3339(text).map_err(Fault::Expiry)?;
					moment.timestamp_millis().try_into().map_err(|_| Fault::Past)?
				}
			},
			consent: self.consent.as_deref().map(signature).transpose()?,
		})
	}
}

/// `0x` and `N` bytes.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
	// What has no `0x` could still be hexadecimal by chance: an address, say.
	text.starts_with("0x").then(|| sp_core::bytes::from_hex(text).ok())??.try_into().ok()
}

fn signature(text: &str) -> Result<Signature, Fault> {
	if let Some(raw) = bytes::<64>(text) {
		return Ok(sr25519::Signature::from_raw(raw).into());
	}
	let encoded = sp_core::bytes::from_hex(text).map_err(|_| Fault::Consent)?;
	let rest = &mut &encoded[..];
	let signature = Signature::decode(rest).map_err(|_| Fault::Consent)?;
	if rest.is_empty() {
		Ok(signature)
	} else {
		Err(Fault::Consent)
	}
}

/// What is approved, by account.
pub type Approvals = BTreeMap<AccountId, Approval>;

/// Read the lines of a file: what is approved, and the faults by the numbers of their lines.
pub fn parse(text: &str) -> (Approvals, Vec<(usize, Fault)>) {
	let mut approvals = Approvals::new();
	let mut lines = BTreeMap::new();
	let mut faults = Vec::new();
	for (number, line) in (1..).zip(text.lines().map(str::trim)) {
		if line.is_empty() || line.starts_with('#') {
			continue;
		}
		let read = serde_json::from_str::<Line>(line)
			.map_err(Fault::from)
			.and_then(|line| Ok((line.account()?, line.approval()?)));
		match read {
			Ok((account, approval)) => match lines.get(&account) {
				Some(earlier) => faults.push((number, Fault::Repeated(*earlier))),
				None => {
					lines.insert(account.clone(), number);
					approvals.insert(account, approval);
				}
			},
			Err(fault) => faults.push((number, fault)),
		}
	}
	(approvals, faults)
}

/// The file, read again when it changes.
pub struct File {
	path: PathBuf,
	read: Option<(SystemTime, u64)>,
}

impl File {
	/// The file at `path`; it need not be there yet.
	pub fn new(path: PathBuf) -> Self {
		Self { path, read: None }
	}

	/// Where it is.
	pub fn path(&self) -> &Path {
		&self.path
	}

	/// Its text, if it has changed since it was read last.
	pub fn changed(&mut self) -> io::Result<Option<String>> {
		let about = fs::metadata(&self.path)?;
		let now = Some((about.modified()?, about.len()));
		if now == self.read {
			return Ok(None);
		}
		let text = fs::read_to_string(&self.path)?;
		self.read = now;
		Ok(Some(text))
	}
}

/// What follows from an approval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
	/// The chain says already what it says, or the account has not asked yet.
	Nothing,
	/// It is to be certified.
	Certify,
	/// It cannot be, for this reason.
	Impossible(&'static str),
}

/// What follows from `approval` at `now` for an account with this `certificate`, where `applied`
/// tells whether its application waits.
pub fn judge(
	approval: &Approval,
	certificate: Option<&Certificate>,
	applied: bool,
	now: Moment,
) -> Verdict {
	if approval.expires <= now {
		return match applied {
			true => Verdict::Impossible("its approval has expired"),
			false => Verdict::Nothing,
		};
	}
	match certificate {
		None if applied || approval.consent.is_some() => Verdict::Certify,
		None => Verdict::Nothing,
		Some(old) if old.revoked => Verdict::Impossible("its certificate was revoked"),
		Some(old) if old.tag != approval.tag => {
			Verdict::Impossible("it belongs to another identity tag for ever")
		}
		Some(old) if approval.expires > old.expires || approval.roles != old.roles => {
			Verdict::Certify
		}
		Some(_) => Verdict::Nothing,
	}
}

/// What a development chain approves for `account`, which has this `certificate`, at `now`: both
/// roles, under a tag made from the account. Not for a chain with money of value: one person can
/// have many tags so.
pub fn on_development_chains(
	account: &AccountId,
	certificate: Option<&Certificate>,
	now: Moment,
) -> Approval {
	let tag = certificate.map_or_else(|| development_tag(account), |old| old.tag);
	let expires = now.saturating_add(DEVELOPMENT_VALIDITY);
	Approval { tag, roles: Roles::Both, expires, consent: None }
}

/// `blake2_256("voltree:development:" ++ account)`.
fn development_tag(account: &AccountId) -> IdentityTag {
	let account: &[u8] = account.as_ref();
	blake2_256(&[b"voltree:development:", account].concat()).into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	const ALICE_HEX: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

	fn alice() -> AccountId {
		AccountId::from_ss58check(ALICE).expect("well known")
	}

	fn tag(byte: u8) -> String {
		format!("0x{}", format!("{byte:02x}").repeat(32))
	}

	fn line(account: &str, tag: &str, expires: &str, rest: &str) -> String {
		format!(
			r#"{{"account":"{account}","tag":"{tag}","roles":"Both","expires":{expires}{rest}}}"#
		)
	}

	fn only(text: &str) -> Approval {
		let (mut approvals, faults) = parse(text);
		assert!(faults.is_empty(), "{faults:?}");
		assert_eq!(approvals.len(), 1);
		approvals.remove(&alice()).expect("it is hers")
	}

	fn fault(text: &str) -> String {
		let (approvals, faults) = parse(text);
		assert!(approvals.is_empty());
		assert_eq!(faults.len(), 1);
		assert_eq!(faults[0].0, 1);
		faults[0].1.to_string()
	}

	#[test]
	fn addresses_and_moments_have_two_forms() {
		let expected = Approval {
			tag: IdentityTag::repeat_byte(7),
			roles: Roles::Both,
			expires: 1_826_841_600_000,
			consent: None,
		};
		for account in [ALICE, ALICE_HEX] {
			for expires in
				["1826841600000", r#""2027-11-22T00:00:00Z""#, r#""2027-11-22T02:00:00+02:00""#]
			{
				assert_eq!(only(&line(account, &tag(7), expires, "")), expected, "{expires}");
			}
		}
	}

	#[test]
	fn a_consent_is_a_bare_signature_or_an_encoded_one() {
		let raw = [9u8; 64];
		let bare = sp_core::bytes::to_hex(&raw, false);
		let sr25519 = Signature::from(sr25519::Signature::from_raw(raw));
		let ecdsa = Signature::from(sp_core::ecdsa::Signature::from_raw([3; 65]));
		let encoded = |signature: &Signature| sp_core::bytes::to_hex(&signature.encode(), false);
		for (text, expected) in
			[(bare, &sr25519), (encoded(&sr25519), &sr25519), (encoded(&ecdsa), &ecdsa)]
		{
			let rest = format!(r#","consent":"{text}""#);
			let approval = only(&line(ALICE, &tag(7), "1", &rest));
			assert_eq!(approval.consent.as_ref(), Some(expected));
		}
	}

	#[test]
	fn a_bad_line_is_named_and_does_not_stop_the_others() {
		let good = line(ALICE, &tag(7), "5", "");
		let text = format!("# approved by hand\n\n{{\"account\":1}}\n{good}\nnonsense\n{good}\n");
		let (approvals, faults) = parse(&text);
		assert_eq!(approvals.len(), 1);
		assert_eq!(faults.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 5, 6]);
		assert!(faults[2].1.to_string().contains("line 4"));
	}

	#[test]
	fn every_fault_is_told() {
		assert!(fault(&line("5Grw", &tag(7), "5", "")).contains("account"));
		assert!(fault(&line(ALICE, "0x07", "5", "")).contains("tag"));
		assert!(fault(&line(ALICE, &"07".repeat(32), "5", "")).contains("tag"));
		assert!(fault(&line(ALICE, &tag(7), r#""next year""#, "")).contains("RFC 3339"));
		assert!(fault(&line(ALICE, &tag(7), r#""1969-01-01T00:00:00Z""#, "")).contains("1970"));
		assert!(fault(&line(ALICE, &tag(7), "-5", "")).contains("Expiry"));
		assert!(fault(&line(ALICE, &tag(7), "5", r#","consent":"0x01""#)).contains("consent"));
		let long = sp_core::bytes::to_hex(&[1; 66], false);
		let long = format!(r#","consent":"{long}""#);
		assert!(fault(&line(ALICE, &tag(7), "5", &long)).contains("consent"));
		assert!(fault(&line(ALICE, &tag(7), "5", r#","role":"Both""#)).contains("role"));
	}

	#[test]
	fn a_file_is_read_when_it_changes() {
		let name = format!("voltree-approvals-{}.jsonl", std::process::id());
		let path = std::env::temp_dir().join(name);
		let mut file = File::new(path.clone());
		assert!(file.changed().is_err(), "it is not there yet");
		fs::write(&path, "a").expect("the temporary folder is writable");
		assert_eq!(file.changed().expect("written").as_deref(), Some("a"));
		assert_eq!(file.changed().expect("written"), None);
		fs::write(&path, "ab").expect("still writable");
		assert_eq!(file.changed().expect("written").as_deref(), Some("ab"));
		fs::remove_file(&path).expect("just written");
		assert!(file.changed().is_err());
	}

	fn approval(expires: Moment) -> Approval {
		Approval { tag: IdentityTag::repeat_byte(1), roles: Roles::Both, expires, consent: None }
	}

	fn certificate(expires: Moment) -> Certificate {
		let tag = IdentityTag::repeat_byte(1);
		Certificate { tag, roles: Roles::Both, issued: 0, expires, revoked: false }
	}

	#[test]
	fn a_newcomer_must_have_asked() {
		assert_eq!(judge(&approval(100), None, false, 50), Verdict::Nothing);
		assert_eq!(judge(&approval(100), None, true, 50), Verdict::Certify);
		let signature = sr25519::Signature::from_raw([0; 64]).into();
		let consented = Approval { consent: Some(signature), ..approval(100) };
		assert_eq!(judge(&consented, None, false, 50), Verdict::Certify);
		assert_eq!(judge(&consented, Some(&certificate(100)), false, 50), Verdict::Nothing);
	}

	#[test]
	fn a_certificate_is_renewed_when_more_is_approved() {
		assert_eq!(judge(&approval(100), Some(&certificate(100)), true, 50), Verdict::Nothing);
		assert_eq!(judge(&approval(90), Some(&certificate(100)), true, 50), Verdict::Nothing);
		assert_eq!(judge(&approval(101), Some(&certificate(100)), false, 50), Verdict::Certify);
		assert_eq!(judge(&approval(101), Some(&certificate(10)), false, 50), Verdict::Certify);
		let buyer = Approval { roles: Roles::Buyer, ..approval(100) };
		assert_eq!(judge(&buyer, Some(&certificate(100)), false, 50), Verdict::Certify);
	}

	#[test]
	fn what_cannot_be_is_told() {
		let late = judge(&approval(50), None, true, 50);
		assert!(matches!(late, Verdict::Impossible(_)));
		assert_eq!(judge(&approval(50), Some(&certificate(9)), false, 50), Verdict::Nothing);
		let revoked = Certificate { revoked: true, ..certificate(10) };
		assert!(matches!(
			judge(&approval(100), Some(&revoked), false, 50),
			Verdict::Impossible(reason) if reason.contains("revoked")
		));
		let other = Certificate { tag: IdentityTag::zero(), ..certificate(10) };
		assert!(matches!(
			judge(&approval(100), Some(&other), false, 50),
			Verdict::Impossible(reason) if reason.contains("tag")
		));
	}

	#[test]
	fn development_chains_give_each_account_its_own_tag_and_keep_old_ones() {
		let new = on_development_chains(&alice(), None, 50);
		assert_eq!(new.expires, 50 + DEVELOPMENT_VALIDITY);
		assert_eq!(new, on_development_chains(&alice(), None, 50));
		assert_ne!(new.tag, on_development_chains(&[1; 32].into(), None, 50).tag);
		let old = certificate(60);
		let renewed = on_development_chains(&alice(), Some(&old), 50);
		assert_eq!(renewed.tag, old.tag);
		assert_eq!(judge(&renewed, Some(&old), true, 50), Verdict::Certify);
	}
}
