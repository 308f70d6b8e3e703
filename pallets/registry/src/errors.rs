//! Why the pallet refuses a call, and what to do then.

use frame_support::pallet_macros::pallet_section;

/// The errors; a section of [`crate::pallet`].
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The account behind this has no certificate. Apply with `register`, or ask the
		/// management centre.
		NotCertified,
		/// The certificate's time is over. Ask the management centre to renew it.
		CertificateExpired,
		/// The authority took this certificate back, for ever. The management centre can certify
		/// another account of the same person.
		CertificateRevoked,
		/// The certificate does not cover this side of a trade. Ask the management centre for
		/// another role.
		WrongRole,
		/// This account already waits for the management centre. Wait, or withdraw the application
		/// first.
		AlreadyApplied,
		/// This account has no application.
		NoApplication,
		/// The account has neither applied nor signed its consent. Let it do one of both.
		NoConsent,
		/// The signature was not made by this account over these bytes. Take the bytes to sign from
		/// the runtime API; for a wallet they change with each wallet that its owner links.
		BadSignature,
		/// A certificate must end in the future and not later than the longest time allowed (see
		/// the parameters).
		InvalidExpiry,
		/// An account that was certified once belongs to that person for ever. Use another account.
		OtherTag,
		/// This person has as many accounts as one can ever have. Use one of them.
		MaxAccountsExceeded,
		/// This account holds, or held, a certificate of its own. Use another account.
		IsCertified,
		/// This account is a linked wallet. Unlink it first.
		IsWallet,
		/// This account is a device. Use another account, or remove the device first.
		IsDevice,
		/// This key was a device's that has been removed, and what it signed then could be sent
		/// again. Give the device another key.
		WasDevice,
		/// This person has as many linked wallets as one can have. Unlink one first.
		MaxWalletsExceeded,
		/// This account is not a linked wallet.
		NotLinked,
		/// Only a wallet's owner and the wallet itself can unlink it.
		NotOwner,
		/// There is no such line. The authority adds lines.
		UnknownLine,
		/// There is no such device.
		UnknownDevice,
		/// A meter needs a rated power above 0 W; a sensor has none.
		InvalidRatedPower,
		/// The line has as many sensors as a line can have. Remove one first.
		MaxSensorsExceeded,
		/// A parameter is out of its range; the documentation of the parameters has the ranges.
		InvalidParameters,
	}
}
