//! What data aggregators say about each other, once a session.

use crate::{Config, Error, Event, Member, Pallet, Rating, Report, Reports, Sessions, Snapshots};
use codec::Encode;
use frame_support::ensure;
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Whether nobody pays for this report: it would be accepted now.
	pub fn is_free_report(origin: &OriginFor<T>, report: &Report) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|sender| Self::check_report(&sender, report).is_ok())
	}

	/// Fails unless the report would be accepted now. Returns whose it is, and among how many.
	fn check_report(
		sender: &T::AccountId,
		report: &Report,
	) -> Result<(T::AccountId, u32), Error<T>> {
		let next = report.session.checked_add(1);
		ensure!(next == Some(T::Sessions::index()), Error::WrongSession);
		let snapshot = Snapshots::<T>::get(report.session).ok_or(Error::WrongSession)?;
		let reporter = snapshot.member(report.reporter).ok_or(Error::NotTheReporter)?;
		ensure!(speaks_for(sender, reporter), Error::NotTheReporter);
		ensure!(!Reports::<T>::contains_key(&reporter.account), Error::AlreadyReported);
		let members = snapshot.members.len();
		let mut before = None;
		for Rating { parent, assigned, on_time } in &report.ratings {
			let known = usize::from(*parent) < members && *parent != report.reporter;
			let in_order = before.replace(*parent).is_none_or(|before| before < *parent);
			ensure!(known && in_order && on_time <= assigned, Error::InvalidRating);
		}
		let overheads = report.overheads.len();
		ensure!(overheads == 0 || overheads == members, Error::InvalidOverheads);
		let members = u32::try_from(members).unwrap_or(u32::MAX);
		Ok((reporter.account.clone(), members))
	}

	/// Take a report. Returns among how many members its author is.
	pub(crate) fn do_report(sender: &T::AccountId, report: Report) -> Result<u32, DispatchError> {
		let (account, members) = Self::check_report(sender, &report)?;
		let session = report.session;
		let ratings = u32::try_from(report.ratings.len()).unwrap_or(u32::MAX);
		Reports::<T>::insert(&account, report);
		Self::deposit_event(Event::Reported { account, session, ratings });
		Ok(members)
	}
}

/// Whether `sender` is the data aggregator's account, or the one of its author key, which its node has.
fn speaks_for<AccountId: Encode + PartialEq>(
	sender: &AccountId,
	reporter: &Member<AccountId>,
) -> bool {
	let key: &[u8] = reporter.keys.author.as_ref();
	*sender == reporter.account || sender.using_encoded(|sender| sender == key)
}
