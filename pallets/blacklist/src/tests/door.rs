//! The transaction extension.

use crate::{mock::*, pallet::*, CheckStanding, Refusal, WeightInfo, MAX_OPENINGS};
use codec::{Decode, Encode};
use frame_support::{
	assert_storage_noop,
	dispatch::{GetDispatchInfo, RawOrigin},
};
use scale_info::{TypeDef, TypeInfo};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{
	traits::{DispatchTransaction, TransactionExtension, TxBaseImplication},
	transaction_validity::{
		InvalidTransaction,
		TransactionSource::{self, External, InBlock, Local},
		TransactionValidityError, ValidTransaction,
	},
};
use voltree_primitives::{OnCredit, Role, Roles};

fn people() -> ExtBuilder {
	ExtBuilder::default().certified(tag(1), Roles::Buyer).certified(tag(2), Roles::Both)
}

fn door() -> CheckStanding<Test> {
	CheckStanding::new()
}

fn validate(
	origin: RuntimeOrigin,
	call: impl Into<RuntimeCall>,
	source: TransactionSource,
) -> Result<ValidTransaction, TransactionValidityError> {
	let call = call.into();
	let info = call.get_dispatch_info();
	let implication = TxBaseImplication(call.clone());
	door()
		.validate(origin, &call, &info, 0, (), &implication, source)
		.map(|(validity, (), _)| validity)
}

/// What the pool says of a transaction that `who` has signed.
fn signed(
	who: Keyring,
	call: impl Into<RuntimeCall>,
) -> Result<ValidTransaction, TransactionValidityError> {
	validate(RuntimeOrigin::signed(id(who)), call, External)
}

fn open(openers: &[(Keyring, Role)]) -> business::Call<Test> {
	let openers = openers.iter().map(|(who, role)| (id(*who), *role)).collect();
	business::Call::open { openers }
}

fn report(device: Keyring, accepted: bool) -> business::Call<Test> {
	business::Call::report { device: id(device), accepted }
}

fn passes(result: Result<ValidTransaction, TransactionValidityError>) {
	assert_eq!(result, Ok(ValidTransaction::default()));
}

fn refused(result: Result<ValidTransaction, TransactionValidityError>, number: u8) {
	assert_eq!(result, Err(InvalidTransaction::Custom(number).into()));
}

/// Who is in good standing passes, in the pool and in a block, and the door adds nothing.
#[test]
fn good_standing_passes() {
	people().run(|| {
		for source in [Local, External, InBlock] {
			for opener in [(Alice, Role::Buyer), (Bob, Role::Buyer), (Charlie, Role::Seller)] {
				let origin = RuntimeOrigin::signed(id(opener.0));
				passes(validate(origin, open(&[opener]), source));
			}
		}
	});
}

/// Number 101: no certificate, or none for this role.
#[test]
fn who_is_not_certified_is_refused() {
	people().run(|| {
		for opener in [(Eve, Role::Buyer), (Alice, Role::Seller), (Bob, Role::Seller)] {
			refused(signed(opener.0, open(&[opener])), 101);
		}
	});
}

/// Number 102: in the pool and in a block alike.
#[test]
fn who_is_blacklisted_is_refused() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 0);
		for source in [Local, External, InBlock] {
			for who in [Alice, Bob] {
				let origin = RuntimeOrigin::signed(id(who));
				refused(validate(origin, open(&[(who, Role::Buyer)]), source), 102);
			}
		}
		passes(signed(Charlie, open(&[(Charlie, Role::Buyer)])));
	});
}

/// Number 103.
#[test]
fn who_owes_a_fine_is_refused() {
	people().run(|| {
		person(tag(1), |alice| alice.fines_due = 1);
		refused(signed(Bob, open(&[(Bob, Role::Buyer)])), 103);
		person(tag(1), |alice| alice.fines_due = 0);
		passes(signed(Bob, open(&[(Bob, Role::Buyer)])));
	});
}

/// It is the effective account that counts, not the signer; and each of several.
#[test]
fn the_effective_account_counts() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 0);
		refused(signed(Charlie, open(&[(Bob, Role::Buyer)])), 102);
		passes(signed(Bob, open(&[(Charlie, Role::Buyer)])));
		passes(signed(Eve, open(&[(Charlie, Role::Buyer), (Charlie, Role::Seller)])));
		refused(signed(Eve, open(&[(Charlie, Role::Buyer), (Alice, Role::Buyer)])), 102);
	});
}

/// So many are looked at and no more; the weight covers all of them.
#[test]
fn looking_is_bounded() {
	people().run(|| {
		let most = MAX_OPENINGS as usize;
		let mut openers = vec![(Charlie, Role::Buyer); most];
		openers.push((Eve, Role::Buyer));
		let call = open(&openers);
		passes(signed(Charlie, call.clone()));
		let weight = <() as WeightInfo>::check_standing;
		assert_eq!(door().weight(&call.into()), weight(MAX_OPENINGS));

		openers.remove(0);
		refused(signed(Charlie, open(&openers)), 101);
		assert_eq!(door().weight(&open(&openers[..3]).into()), weight(3));
		assert_eq!(door().weight(&open(&[]).into()), weight(0));
	});
}

/// Everything else passes, whoever sends it.
#[test]
fn everything_else_passes() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 0);
		person(tag(1), |alice| alice.fines_due = 1);
		for who in [Alice, Bob, Eve] {
			passes(signed(who, frame_system::Call::remark { remark: vec![] }));
			passes(signed(who, crate::Call::readmit { tag: tag(1) }));
			passes(signed(who, open(&[])));
		}
	});
}

/// Inherents and whatever nobody has signed pass unseen; the pallets know what to do with them.
#[test]
fn only_signed_origins_are_looked_at() {
	people().run(|| {
		Blacklist::credit_changed(&tag(1), 1_000, 0);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			for source in [Local, External, InBlock] {
				passes(validate(origin.clone(), open(&[(Alice, Role::Buyer)]), source));
				passes(validate(origin.clone(), report(Alice, true), source));
			}
		}
		let call = open(&[(Alice, Role::Buyer)]).into();
		let bare = CheckStanding::<Test>::bare_validate(&call, &call.get_dispatch_info(), 0);
		assert_eq!(bare, Ok(ValidTransaction::default()));
	});
}

/// What was authorized without a sender opens nothing, and a free report is like a signed one.
#[test]
fn an_authorized_report_is_like_a_signed_one() {
	people().run(|| {
		let authorized = || RuntimeOrigin::from(RawOrigin::Authorized);
		let said = validate(authorized(), report(Alice, true), External);
		assert_eq!(said, signed(Alice, report(Alice, true)));
		assert!(said.is_ok_and(|validity| validity.priority == REPORT_PRIORITY));
		passes(validate(authorized(), report(Alice, true), InBlock));
		passes(validate(authorized(), report(Alice, false), External));
		passes(validate(authorized(), business::Call::gift {}, External));
	});
}

/// A report that is free comes first, does not stay long, and there is one of a device.
#[test]
fn a_free_report_has_priority() {
	people().run(|| {
		let expected = |device: Keyring| ValidTransaction {
			priority: REPORT_PRIORITY,
			requires: vec![],
			provides: vec![("DeviceReport", id(device).encode()).encode()],
			longevity: REPORT_LONGEVITY,
			propagate: true,
		};
		for source in [Local, External] {
			// By the device itself or by a relayer.
			for sender in [Dave, Eve] {
				let origin = RuntimeOrigin::signed(id(sender));
				assert_eq!(validate(origin, report(Dave, true), source), Ok(expected(Dave)));
			}
		}
		assert_eq!(signed(Eve, report(Eve, true)), Ok(expected(Eve)));
		assert_ne!(expected(Eve).provides, expected(Dave).provides);
	});
}

/// A report that would be refused is worth what it pays; so is whatever else is free.
#[test]
fn nothing_else_has_priority() {
	people().run(|| {
		passes(signed(Dave, report(Dave, false)));
		passes(signed(Dave, business::Call::gift {}));
	});
}

/// In a block nobody asks for priorities: a report's signature is not checked once more for them.
#[test]
fn a_report_is_not_looked_at_in_a_block() {
	people().run(|| {
		passes(validate(RuntimeOrigin::signed(id(Dave)), report(Dave, true), InBlock));
		let weight = <() as WeightInfo>::check_standing(0);
		assert_eq!(door().weight(&report(Dave, true).into()), weight);
	});
}

/// The nonce's tags and the fee's priority stay what they are beside the door's.
#[test]
fn validities_are_combined() {
	people().build().execute_with(|| {
		frame_system::Pallet::<Test>::inc_providers(&id(Dave));
		let call = RuntimeCall::from(report(Dave, true));
		let info = call.get_dispatch_info();
		let origin = RuntimeOrigin::signed(id(Dave));
		let (validity, ..) = (frame_system::CheckNonce::<Test>::from(1), door())
			.validate_only(origin, &call, &info, 0, External, 0)
			.unwrap();
		assert_eq!(validity.priority, REPORT_PRIORITY);
		assert_eq!(validity.longevity, REPORT_LONGEVITY);
		assert_eq!(validity.requires, [(id(Dave), 0u32).encode()]);
		let report = ("DeviceReport", id(Dave).encode()).encode();
		assert_eq!(validity.provides, [(id(Dave), 1u32).encode(), report]);
	});
}

/// No client needs to know of it: no bytes, nothing implicit, and nothing to show in the metadata.
#[test]
fn it_has_no_bytes() {
	assert_eq!(door().encode(), Vec::<u8>::new());
	assert_eq!(CheckStanding::<Test>::decode(&mut &[][..]), Ok(door()));
	assert_eq!(door().implicit().map(|implicit| implicit.encode()), Ok(vec![]));
	let TypeDef::Composite(shown) = CheckStanding::<Test>::type_info().type_def else {
		panic!("a structure");
	};
	assert!(shown.fields.is_empty());
	let [metadata] = &CheckStanding::<Test>::metadata()[..] else { panic!("one extension") };
	assert_eq!(metadata.identifier, "CheckStanding");
	assert_eq!(metadata.implicit, scale_info::meta_type::<()>());
}

/// The door only reads, and gives nothing back of the weight it declares.
#[test]
fn it_only_reads() {
	people().build().execute_with(|| {
		let call = RuntimeCall::from(open(&[(Charlie, Role::Buyer)]));
		let mut info = call.get_dispatch_info();
		info.extension_weight = door().weight(&call);
		let origin = RuntimeOrigin::signed(id(Charlie));
		assert_storage_noop!({
			let done = door()
				.test_run(origin, &call, &info, 0, 0, |_| Ok(Default::default()))
				.unwrap()
				.unwrap();
			assert_eq!(done.actual_weight, Some(info.total_weight()));
		});
	});
}

/// The numbers that clients print never change; the metadata has them.
#[test]
fn the_numbers_are_fixed() {
	let numbers =
		[Refusal::Uncertified, Refusal::Blacklisted, Refusal::FinesDue].map(Refusal::code);
	assert_eq!(numbers, [101, 102, 103]);
	let constants = Pallet::<Test>::pallet_constants_metadata();
	let constant = |name| {
		let found = constants.iter().find(|constant| constant.name == name);
		found.map(|constant| constant.value.clone())
	};
	assert_eq!(constant("RefusedUncertified"), Some(vec![101]));
	assert_eq!(constant("RefusedBlacklisted"), Some(vec![102]));
	assert_eq!(constant("RefusedFinesDue"), Some(vec![103]));
	assert_eq!(constant("ReportPriority"), Some(REPORT_PRIORITY.encode()));
	assert_eq!(constant("ReportLongevity"), Some(REPORT_LONGEVITY.encode()));
}
