//! What the calls do.

use crate::{
	pallet::*,
	types::{Application, Certificate, CurrencyOf, Device, DeviceKind, Line, MemberOf},
};
use codec::Encode;
use frame_support::{
	ensure,
	pallet_prelude::{DispatchError, DispatchResult, Get, Zero},
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::AccountIdConversion, ArithmeticError};
use voltree_primitives::{
	is_signed_by, Balance, Clock, Domain, IdentityTag, LineId, Message, Moment, OnDeviceRemoved,
	OnEnrolled, Roles, Watts, CONSENT, DEVICE, LINK,
};

impl<T: Config> Pallet<T> {
	/// The account that endowments are paid from.
	pub fn pot() -> T::AccountId {
		T::PotId::get().into_account_truncating()
	}

	/// What a newcomer signs, encoded, to be certified under `tag`.
	pub fn consent_message(
		account: &T::AccountId,
		tag: &IdentityTag,
	) -> Message<(T::AccountId, IdentityTag)> {
		Self::message(CONSENT, (account.clone(), *tag))
	}

	/// What `wallet` signs, encoded, to be the next wallet that `owner` links.
	pub fn link_message(
		owner: &T::AccountId,
		wallet: &T::AccountId,
	) -> Message<(T::AccountId, T::AccountId, u32)> {
		Self::message(LINK, (owner.clone(), wallet.clone(), Nonces::<T>::get(owner)))
	}

	/// What `device` signs, encoded, to be registered for `owner`.
	pub fn device_message(
		device: &T::AccountId,
		owner: &T::AccountId,
	) -> Message<(T::AccountId, T::AccountId)> {
		Self::message(DEVICE, (device.clone(), owner.clone()))
	}

	fn message<Body>(domain: Domain, body: Body) -> Message<Body> {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		Message { domain, genesis, body }
	}

	/// The parameters in force.
	pub fn parameters() -> crate::types::Parameters {
		Parameters::<T>::get().in_force(T::Clock::now).1
	}

	pub(crate) fn smallest_balance() -> Balance {
		CurrencyOf::<T>::minimum_balance()
	}

	/// The certificate of `account` itself, if it is valid now.
	pub(crate) fn valid_certificate(account: &T::AccountId) -> Result<Certificate, DispatchError> {
		Self::certificate_at(account, T::Clock::now())
	}

	/// The certificate of `account`, which has to be valid at the moment `at`.
	pub(crate) fn certificate_at(
		account: &T::AccountId,
		at: Moment,
	) -> Result<Certificate, DispatchError> {
		let certificate = Certificates::<T>::get(account).ok_or(Error::<T>::NotCertified)?;
		ensure!(!certificate.revoked, Error::<T>::CertificateRevoked);
		ensure!(at <= certificate.expires, Error::<T>::CertificateExpired);
		Ok(certificate)
	}

	/// Wallets and devices cannot be certified.
	pub(crate) fn ensure_can_be_certified(account: &T::AccountId) -> DispatchResult {
		ensure!(!Wallets::<T>::contains_key(account), Error::<T>::IsWallet);
		ensure!(!Devices::<T>::contains_key(account), Error::<T>::IsDevice);
		Ok(())
	}

	/// Only an account that is nothing yet can become a wallet or a device.
	pub(crate) fn ensure_unused(account: &T::AccountId) -> DispatchResult {
		ensure!(!Certificates::<T>::contains_key(account), Error::<T>::IsCertified);
		Self::ensure_can_be_certified(account)
	}

	pub(crate) fn do_register(account: &T::AccountId) -> DispatchResult {
		ensure!(!Applications::<T>::contains_key(account), Error::<T>::AlreadyApplied);
		Self::ensure_can_be_certified(account)?;
		let revoked =
			Certificates::<T>::get(account).is_some_and(|certificate| certificate.revoked);
		ensure!(!revoked, Error::<T>::CertificateRevoked);
		let deposit = T::ApplicationDeposit::get();
		CurrencyOf::<T>::hold(&HoldReason::Application.into(), account, deposit)?;
		Applications::<T>::insert(account, Application { since: T::Clock::now(), deposit });
		Self::deposit_event(Event::Applied { account: account.clone(), deposit });
		Ok(())
	}

	pub(crate) fn do_withdraw_application(account: &T::AccountId) -> DispatchResult {
		ensure!(Self::close_application(account)?, Error::<T>::NoApplication);
		Self::deposit_event(Event::ApplicationWithdrawn { account: account.clone() });
		Ok(())
	}

	/// Forget the application of `account` and free its deposit. Returns whether there was one.
	fn close_application(account: &T::AccountId) -> Result<bool, DispatchError> {
		let Some(application) = Applications::<T>::take(account) else { return Ok(false) };
		let reason = HoldReason::Application.into();
		// Best effort: nothing but this pallet touches the hold, and an applicant must not be
		// locked in if something ever did.
		CurrencyOf::<T>::release(&reason, account, application.deposit, Precision::BestEffort)?;
		Ok(true)
	}

	pub(crate) fn do_certify(
		account: &T::AccountId,
		tag: IdentityTag,
		roles: Roles,
		expires: Moment,
		consent: Option<T::Signature>,
	) -> DispatchResult {
		let now = T::Clock::now();
		let latest = now.saturating_add(Self::parameters().longest_certificate);
		ensure!(expires > now && expires <= latest, Error::<T>::InvalidExpiry);
		if let Some(signature) = &consent {
			let message = Self::consent_message(account, &tag).encode();
			ensure!(is_signed_by(&message, signature, account), Error::<T>::BadSignature);
		}
		let applied = Self::close_application(account)?;
		let agreed = applied || consent.is_some();
		Self::admit(account, tag, roles, now, expires, agreed)?;
		let endowment = Self::endow(account, &tag);
		Self::deposit_event(Event::Certified {
			account: account.clone(),
			tag,
			roles,
			expires,
			endowment,
		});
		Ok(())
	}

	/// Store the certificate and the member behind it. `agreed`: the account wants to be certified.
	pub(crate) fn admit(
		account: &T::AccountId,
		tag: IdentityTag,
		roles: Roles,
		issued: Moment,
		expires: Moment,
		agreed: bool,
	) -> DispatchResult {
		Self::ensure_can_be_certified(account)?;
		match Certificates::<T>::get(account) {
			Some(old) => {
				ensure!(old.tag == tag, Error::<T>::OtherTag);
				ensure!(!old.revoked, Error::<T>::CertificateRevoked);
			}
			None => {
				ensure!(agreed, Error::<T>::NoConsent);
				let known = Members::<T>::get(tag);
				let is_new = known.is_none();
				let mut member: MemberOf<T> = known.unwrap_or_default();
				member
					.accounts
					.try_push(account.clone())
					.map_err(|_| Error::<T>::MaxAccountsExceeded)?;
				Members::<T>::insert(tag, member);
				if is_new {
					T::OnEnrolled::enrolled(&tag);
				}
			}
		}
		let certificate = Certificate { tag, roles, issued, expires, revoked: false };
		Certificates::<T>::insert(account, certificate);
		Ok(())
	}

	/// Pay the endowment of `tag` to `account` if it is still due and the pot can. Returns what was
	/// paid.
	fn endow(account: &T::AccountId, tag: &IdentityTag) -> Balance {
		Members::<T>::mutate(tag, |slot| {
			let endowment = Self::parameters().endowment;
			let Some(member) = slot.as_mut() else { return 0 };
			if endowment.is_zero() || member.endowed {
				return 0;
			}
			// A poor pot must not keep anybody from being certified: what fails here is paid with a
			// later certificate.
			let paid = with_storage_layer(|| {
				CurrencyOf::<T>::transfer(&Self::pot(), account, endowment, Preservation::Preserve)
			});
			member.endowed = paid.is_ok();
			paid.unwrap_or_default()
		})
	}

	pub(crate) fn do_revoke(account: &T::AccountId) -> DispatchResult {
		let tag = Certificates::<T>::try_mutate(account, |slot| {
			let certificate = slot.as_mut().ok_or(Error::<T>::NotCertified)?;
			ensure!(!certificate.revoked, Error::<T>::CertificateRevoked);
			certificate.revoked = true;
			Ok::<_, DispatchError>(certificate.tag)
		})?;
		Self::deposit_event(Event::Revoked { account: account.clone(), tag });
		Ok(())
	}

	pub(crate) fn do_link_wallet(
		owner: &T::AccountId,
		wallet: &T::AccountId,
		signature: &T::Signature,
	) -> DispatchResult {
		let tag = Self::valid_certificate(owner)?.tag;
		Self::ensure_unused(wallet)?;
		let message = Self::link_message(owner, wallet).encode();
		ensure!(is_signed_by(&message, signature, wallet), Error::<T>::BadSignature);
		Members::<T>::try_mutate(tag, |slot| {
			let member = slot.as_mut().ok_or(Error::<T>::NotCertified)?;
			let pushed = member.wallets.try_push(wallet.clone());
			pushed.map_err(|_| Error::<T>::MaxWalletsExceeded)
		})?;
		Nonces::<T>::try_mutate(owner, |nonce| {
			*nonce = nonce.checked_add(1).ok_or(ArithmeticError::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		Wallets::<T>::insert(wallet, owner);
		Self::deposit_event(Event::WalletLinked {
			owner: owner.clone(),
			wallet: wallet.clone(),
			tag,
		});
		Ok(())
	}

	pub(crate) fn do_unlink_wallet(who: &T::AccountId, wallet: &T::AccountId) -> DispatchResult {
		let owner = Wallets::<T>::get(wallet).ok_or(Error::<T>::NotLinked)?;
		ensure!(*who == owner || who == wallet, Error::<T>::NotOwner);
		let tag = Certificates::<T>::get(&owner).ok_or(Error::<T>::NotCertified)?.tag;
		Wallets::<T>::remove(wallet);
		Members::<T>::mutate_extant(tag, |member| member.wallets.retain(|each| each != wallet));
		Self::deposit_event(Event::WalletUnlinked { owner, wallet: wallet.clone(), tag });
		Ok(())
	}

	pub(crate) fn do_add_line(line: LineId, capacity: Watts) {
		Lines::<T>::insert(line, Line { capacity });
		Self::deposit_event(Event::LineSet { line, capacity });
	}

	pub(crate) fn do_register_device(
		device: T::AccountId,
		kind: DeviceKind,
		owner: T::AccountId,
		line: LineId,
		rated_power: Watts,
		signature: &T::Signature,
	) -> DispatchResult {
		let tag = Self::valid_certificate(&owner)?.tag;
		let message = Self::device_message(&device, &owner).encode();
		ensure!(is_signed_by(&message, signature, &device), Error::<T>::BadSignature);
		Self::connect(&device, Device { kind, owner: tag, line, rated_power })?;
		Self::deposit_event(Event::DeviceRegistered {
			device,
			kind,
			owner,
			tag,
			line,
			rated_power,
		});
		Ok(())
	}

	/// Store a device and everything that follows from it.
	pub(crate) fn connect(account: &T::AccountId, device: Device) -> DispatchResult {
		Self::ensure_unused(account)?;
		ensure!(!RemovedDevices::<T>::contains_key(account), Error::<T>::WasDevice);
		ensure!(Lines::<T>::contains_key(device.line), Error::<T>::UnknownLine);
		let is_meter = device.kind == DeviceKind::Meter;
		ensure!(is_meter == (device.rated_power > 0), Error::<T>::InvalidRatedPower);
		match device.kind {
			DeviceKind::Meter => Meters::<T>::mutate(device.owner, device.line, |count| {
				*count = count.saturating_add(1);
			}),
			DeviceKind::Sensor => Sensors::<T>::try_mutate(device.line, |sensors| {
				let pushed = sensors.try_push((account.clone(), device.owner));
				pushed.map_err(|_| Error::<T>::MaxSensorsExceeded)
			})?,
		}
		// The account exists from now on, so that its reports, which cost nothing, are accepted.
		frame_system::Pallet::<T>::inc_sufficients(account);
		Devices::<T>::insert(account, device);
		Ok(())
	}

	pub(crate) fn do_remove_device(account: &T::AccountId) -> DispatchResult {
		let device = Devices::<T>::take(account).ok_or(Error::<T>::UnknownDevice)?;
		let Device { kind, owner, line, .. } = device;
		match kind {
			DeviceKind::Meter => Meters::<T>::mutate_exists(owner, line, |count| {
				*count = count.unwrap_or_default().checked_sub(1).filter(|left| *left > 0);
			}),
			DeviceKind::Sensor => Sensors::<T>::mutate_exists(line, |slot| {
				let mut left = slot.take().unwrap_or_default();
				left.retain(|(sensor, _)| sensor != account);
				*slot = Some(left).filter(|left| !left.is_empty());
			}),
		}
		RemovedDevices::<T>::insert(account, ());
		frame_system::Pallet::<T>::dec_sufficients(account);
		T::OnDeviceRemoved::device_removed(account);
		Self::deposit_event(Event::DeviceRemoved {
			device: account.clone(),
			kind,
			tag: owner,
			line,
		});
		Ok(())
	}

	pub(crate) fn do_set_service_key(key: T::AccountId, overlap: Moment) {
		let retiring = ServiceKey::<T>::get()
			.filter(|old| *old != key && overlap > 0)
			.map(|old| (old, T::Clock::now().saturating_add(overlap)));
		ServiceKey::<T>::put(&key);
		RetiringServiceKey::<T>::set(retiring.clone());
		Self::deposit_event(Event::ServiceKeySet { key, retiring });
	}

	pub(crate) fn do_set_parameters(parameters: crate::types::Parameters) -> DispatchResult {
		ensure!(parameters.is_valid(Self::smallest_balance()), Error::<T>::InvalidParameters);
		let now = T::Clock::now();
		let from = now.saturating_add(T::Notice::get());
		let (version, announced) = Parameters::<T>::get().announce(parameters.clone(), from, now);
		Parameters::<T>::put(announced);
		Self::deposit_event(Event::ParametersSet { version, parameters, from });
		Ok(())
	}

	/// What an account can spend without dying.
	pub(crate) fn spendable(account: &T::AccountId) -> Balance {
		CurrencyOf::<T>::reducible_balance(account, Preservation::Preserve, Fortitude::Polite)
	}
}
