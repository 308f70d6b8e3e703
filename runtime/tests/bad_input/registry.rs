//! Certificates, wallets, devices and lines.

use crate::common::{
	on,
	people::{alice, household, meter, pair, service, Id},
	refusals::{check, row},
	RegistryCall,
};
use pallet_registry::{types::DeviceKind, Error as Registry};
use sp_core::{sr25519::Pair, H256};
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{IdentityTag, Moment, Roles};
use voltree_runtime::{genesis::household_tag, Runtime, VOLT};

type RegistryError = Registry<Runtime>;

const MONTH: Moment = 30 * 86_400_000;

fn certify(
	account: &Pair,
	tag: IdentityTag,
	expires: Moment,
	consent: Option<(&Pair, IdentityTag)>,
) -> RegistryCall {
	let consent = consent.map(|(by, under)| {
		by.seal(&voltree_runtime::Registry::consent_message(&account.id(), &under))
	});
	RegistryCall::certify { account: account.id(), tag, roles: Roles::Both, expires, consent }
}

fn link(owner: &Pair, wallet: &Pair, by: &Pair) -> RegistryCall {
	let message = voltree_runtime::Registry::link_message(&owner.id(), &wallet.id());
	RegistryCall::link_wallet { wallet: wallet.id(), signature: by.seal(&message) }
}

fn device(
	account: &Pair,
	kind: DeviceKind,
	owner: &Pair,
	line: u32,
	rated_power: u32,
	by: &Pair,
) -> RegistryCall {
	let message = voltree_runtime::Registry::device_message(&account.id(), &owner.id());
	let signature = by.seal(&message);
	let (device, owner) = (account.id(), owner.id());
	RegistryCall::register_device { device, kind, owner, line, rated_power, signature }
}

#[test]
fn certificates() {
	on("dev", |chain| {
		let [new, applicant, wallet, stranger] =
			["//New", "//Applicant", "//Wallet", "//Stranger"].map(pair);
		for somebody in [&new, &applicant, &wallet, &stranger] {
			chain.give(somebody, VOLT);
		}
		let [mc, owner, gone] = [service(), household(1), household(2)];
		chain.ok(&applicant, RegistryCall::register {});
		chain.ok(&owner, link(&owner, &wallet, &wallet));
		chain.decide(RegistryCall::revoke { account: gone.id() });
		chain.next();

		let (now, tag) = (chain.now(), H256::repeat_byte(5));
		let later = now + MONTH;
		let too_late = now + 2 * 365 * 86_400_000;
		let foreign = H256::repeat_byte(6);
		let register = || RegistryCall::register {};
		let withdraw = || RegistryCall::withdraw_application {};
		let revoke = || RegistryCall::revoke { account: owner.id() };
		let agreed = Some((&new, tag));
		check(
			chain,
			vec![
				row("applies twice", &applicant, register(), RegistryError::AlreadyApplied),
				row("wallet applies", &wallet, register(), RegistryError::IsWallet),
				row("revoked applies", &gone, register(), RegistryError::CertificateRevoked),
				row("nothing to withdraw", &new, withdraw(), RegistryError::NoApplication),
				row("certifies oneself", &new, certify(&new, tag, later, agreed), BadOrigin),
				row("member certifies", &alice(), certify(&new, tag, later, agreed), BadOrigin),
				row("ends now", &mc, certify(&new, tag, now, agreed), RegistryError::InvalidExpiry),
				row(
					"ended long ago",
					&mc,
					certify(&new, tag, 0, agreed),
					RegistryError::InvalidExpiry,
				),
				row(
					"too long",
					&mc,
					certify(&new, tag, too_late, agreed),
					RegistryError::InvalidExpiry,
				),
				row(
					"for ever",
					&mc,
					certify(&new, tag, u64::MAX, agreed),
					RegistryError::InvalidExpiry,
				),
				row("no consent", &mc, certify(&new, tag, later, None), RegistryError::NoConsent),
				row(
					"consent to another tag",
					&mc,
					certify(&new, tag, later, Some((&new, foreign))),
					RegistryError::BadSignature,
				),
				row(
					"somebody else's consent",
					&mc,
					certify(&new, tag, later, Some((&stranger, tag))),
					RegistryError::BadSignature,
				),
				row(
					"another person's account",
					&mc,
					certify(&owner, foreign, later, Some((&owner, foreign))),
					RegistryError::OtherTag,
				),
				row(
					"revoked for ever",
					&mc,
					certify(&gone, household_tag(2), later, None),
					RegistryError::CertificateRevoked,
				),
				row(
					"a device",
					&mc,
					certify(&meter(1), tag, later, Some((&meter(1), tag))),
					RegistryError::IsDevice,
				),
				row(
					"a wallet",
					&mc,
					certify(&wallet, tag, later, Some((&wallet, tag))),
					RegistryError::IsWallet,
				),
				row("the service revokes", &mc, revoke(), BadOrigin),
				row("a member revokes alone", &alice(), revoke(), BadOrigin),
				row(
					"a stranger's key",
					&stranger,
					RegistryCall::set_service_key { key: stranger.id(), overlap: u64::MAX },
					BadOrigin,
				),
				row(
					"the service's own key",
					&mc,
					RegistryCall::set_service_key { key: stranger.id(), overlap: 0 },
					BadOrigin,
				),
				row(
					"parameters",
					&mc,
					RegistryCall::set_parameters { parameters: Default::default() },
					BadOrigin,
				),
				row(
					"a runtime by the service",
					&mc,
					RegistryCall::authorize_upgrade { code_hash: Default::default() },
					BadOrigin,
				),
				row(
					"a runtime by a member alone",
					&alice(),
					RegistryCall::authorize_upgrade { code_hash: Default::default() },
					BadOrigin,
				),
			],
		);
	});
}

#[test]
fn wallets() {
	on("dev", |chain| {
		let [wallet, other, stranger] = ["//Wallet", "//Other", "//Stranger"].map(pair);
		for somebody in [&wallet, &other, &stranger] {
			chain.give(somebody, VOLT);
		}
		let [owner, neighbour, gone] = [1, 2, 3].map(household);
		let replayed = link(&owner, &wallet, &wallet);
		chain.ok(&owner, replayed.clone());
		chain.ok(&owner, RegistryCall::unlink_wallet { wallet: wallet.id() });
		chain.ok(&owner, link(&owner, &other, &other));
		chain.decide(RegistryCall::revoke { account: gone.id() });
		chain.next();

		let unlink = |wallet: &Pair| RegistryCall::unlink_wallet { wallet: wallet.id() };
		check(
			chain,
			vec![
				row("a replayed link", &owner, replayed, RegistryError::BadSignature),
				row(
					"the owner's signature",
					&owner,
					link(&owner, &wallet, &owner),
					RegistryError::BadSignature,
				),
				row(
					"signed for another owner",
					&neighbour,
					link(&owner, &wallet, &wallet),
					RegistryError::BadSignature,
				),
				row(
					"linked already",
					&neighbour,
					link(&neighbour, &other, &other),
					RegistryError::IsWallet,
				),
				row(
					"a certified account",
					&owner,
					link(&owner, &neighbour, &neighbour),
					RegistryError::IsCertified,
				),
				row("a meter", &owner, link(&owner, &meter(2), &meter(2)), RegistryError::IsDevice),
				row(
					"by nobody",
					&stranger,
					link(&stranger, &wallet, &wallet),
					RegistryError::NotCertified,
				),
				row(
					"by a revoked account",
					&gone,
					link(&gone, &wallet, &wallet),
					RegistryError::CertificateRevoked,
				),
				row("not linked", &owner, unlink(&wallet), RegistryError::NotLinked),
				row("not his", &neighbour, unlink(&other), RegistryError::NotOwner),
			],
		);
	});
}

#[test]
fn devices_and_lines() {
	use DeviceKind::{Meter, Sensor};
	on("dev", |chain| {
		let [owner, stranger, fresh, mc] =
			[household(1), pair("//Stranger"), pair("//Fresh"), service()];
		chain.give(&stranger, VOLT);
		chain.next();
		let remove = |device: &Pair| RegistryCall::remove_device { device: device.id() };
		chain.ok(&mc, remove(&meter(13)));
		let add_line = |line| RegistryCall::add_line { line, capacity: u32::MAX };
		check(
			chain,
			vec![
				row("by its owner", &owner, device(&fresh, Meter, &owner, 1, 1, &fresh), BadOrigin),
				row(
					"signed by its owner",
					&mc,
					device(&fresh, Meter, &owner, 1, 1, &owner),
					RegistryError::BadSignature,
				),
				row(
					"nobody's",
					&mc,
					device(&fresh, Meter, &stranger, 1, 1, &fresh),
					RegistryError::NotCertified,
				),
				row(
					"on no line",
					&mc,
					device(&fresh, Meter, &owner, u32::MAX, 1, &fresh),
					RegistryError::UnknownLine,
				),
				row(
					"a meter for 0 W",
					&mc,
					device(&fresh, Meter, &owner, 1, 0, &fresh),
					RegistryError::InvalidRatedPower,
				),
				row(
					"a sensor for 1 W",
					&mc,
					device(&fresh, Sensor, &owner, 1, 1, &fresh),
					RegistryError::InvalidRatedPower,
				),
				row(
					"registered already",
					&mc,
					device(&meter(1), Sensor, &owner, 1, 0, &meter(1)),
					RegistryError::IsDevice,
				),
				row(
					"a person",
					&mc,
					device(&household(2), Meter, &owner, 1, 1, &household(2)),
					RegistryError::IsCertified,
				),
				row(
					"removed before",
					&mc,
					device(&meter(13), Meter, &owner, 1, 1, &meter(13)),
					RegistryError::WasDevice,
				),
				row("no device", &mc, remove(&fresh), RegistryError::UnknownDevice),
				row("removed by its owner", &owner, remove(&meter(1)), BadOrigin),
				row("a line by the service", &mc, add_line(4), BadOrigin),
				row("a line by a member", &alice(), add_line(1), BadOrigin),
			],
		);
	});
}
