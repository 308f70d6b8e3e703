//! Whatever people do in whatever order, what always holds does.

use crate::{mock::*, pallet::*, DeviceKind};
use codec::Encode;
use proptest::prelude::*;
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{DispatchResult, MultiSignature};
use voltree_primitives::{AccountsOf, Directory, Roles};

const PEOPLE: [Keyring; 5] = [Alice, Bob, Charlie, Dave, Eve];

/// Indices of [`PEOPLE`], tags and lines out of few, so that calls get in each other's way.
#[derive(Clone, Debug)]
enum Step {
	Register(usize),
	Withdraw(usize),
	Certify {
		who: usize,
		tag: u8,
		consent: bool,
		lasts: u64,
	},
	Revoke(usize),
	Link {
		owner: usize,
		wallet: usize,
	},
	/// With a signature made for the number before.
	LinkStale {
		owner: usize,
		wallet: usize,
	},
	Unlink {
		who: usize,
		wallet: usize,
	},
	Connect {
		device: usize,
		owner: usize,
		meter: bool,
		line: u32,
	},
	Disconnect(usize),
	FillPot(u128),
	Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let who = || 0..PEOPLE.len();
	let step = prop_oneof![
		who().prop_map(Step::Register),
		who().prop_map(Step::Withdraw),
		(who(), 0u8..3, any::<bool>(), 1..=2 * LONGEST)
			.prop_map(|(who, tag, consent, lasts)| Step::Certify { who, tag, consent, lasts }),
		(who(), 0u8..3, 1..=LONGEST).prop_map(|(who, tag, lasts)| Step::Certify {
			who,
			tag,
			consent: true,
			lasts
		}),
		who().prop_map(Step::Revoke),
		(who(), who()).prop_map(|(owner, wallet)| Step::Link { owner, wallet }),
		(who(), who()).prop_map(|(owner, wallet)| Step::LinkStale { owner, wallet }),
		(who(), who()).prop_map(|(who, wallet)| Step::Unlink { who, wallet }),
		(who(), who(), any::<bool>(), LINE..LINE + 3)
			.prop_map(|(device, owner, meter, line)| Step::Connect { device, owner, meter, line }),
		who().prop_map(Step::Disconnect),
		(1u128..100).prop_map(Step::FillPot),
		(1..LONGEST).prop_map(Step::Wait),
	];
	proptest::collection::vec(step, 1..60)
}

fn perform(step: &Step, now: &mut u64) -> DispatchResult {
	let who = |index: &usize| PEOPLE[*index];
	match step {
		Step::Register(index) => Registry::register(signed(who(index))),
		Step::Withdraw(index) => Registry::withdraw_application(signed(who(index))),
		Step::Certify { who: index, tag: of, consent: agrees, lasts } => {
			let (account, tag) = (who(index), tag(*of));
			let signature = agrees.then(|| consent(account, tag));
			let expires = *now + lasts;
			Registry::certify(service(), id(account), tag, Roles::Both, expires, signature)
		}
		Step::Revoke(index) => Registry::revoke(RuntimeOrigin::root(), id(who(index))),
		Step::Link { owner, wallet } => {
			let (owner, wallet) = (who(owner), who(wallet));
			Registry::link_wallet(signed(owner), id(wallet), link(owner, wallet))
		}
		Step::LinkStale { owner, wallet } => {
			let (owner, wallet) = (who(owner), who(wallet));
			let current = Registry::link_message(&id(owner), &id(wallet)).encode();
			let (frame, number) = current.split_at(current.len() - 4);
			let number = u32::from_le_bytes(number.try_into().unwrap()).wrapping_sub(1);
			let stale = [frame, &number.to_le_bytes()].concat();
			let signature: MultiSignature = wallet.sign(&stale).into();
			let linked = Registry::link_wallet(signed(owner), id(wallet), signature);
			assert!(linked.is_err(), "a used signature must not link a wallet");
			linked
		}
		Step::Unlink { who: index, wallet } => {
			Registry::unlink_wallet(signed(who(index)), id(who(wallet)))
		}
		Step::Connect { device, owner, meter, line } => {
			let (device, owner) = (who(device), who(owner));
			let (kind, power) =
				if *meter { (DeviceKind::Meter, 1_000) } else { (DeviceKind::Sensor, 0) };
			let signature = device_consent(device, owner);
			Registry::register_device(
				service(),
				id(device),
				kind,
				id(owner),
				*line,
				power,
				signature,
			)
		}
		Step::Disconnect(index) => Registry::remove_device(service(), id(who(index))),
		Step::FillPot(amount) => {
			Balances::transfer_allow_death(service(), Registry::pot(), *amount)
		}
		Step::Wait(time) => {
			*now += time;
			set_now(*now);
			Ok(())
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	/// The invariants hold after every step, a call that fails changes nothing, no money comes or
	/// goes, an account never changes its tag, a tag is endowed once, and a key is a device once.
	#[test]
	fn any_sequence_of_calls_keeps_the_invariants(steps in steps(), pot in 0u128..100) {
		let pot = if pot < EXISTENTIAL_DEPOSIT { 0 } else { pot };
		ExtBuilder::default().pot(pot).line(LINE + 1, 5).build().execute_with(|| {
			let mut now = START;
			let issuance = Balances::total_issuance();
			let mut tags = PEOPLE.map(|who| Registry::tag_of(&id(who)));
			let mut endowed = Vec::new();
			let mut devices = Vec::new();
			for step in &steps {
				forget_events();
				let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
				// As a block does it: what fails is undone.
				let done = frame_support::storage::with_storage_layer(|| perform(step, &mut now));
				if done.is_err() {
					let after = sp_io::storage::root(sp_runtime::StateVersion::V1);
					assert_eq!(root, after, "{step:?}");
				}
				Registry::do_try_state().unwrap();
				assert_eq!(Balances::total_issuance(), issuance);
				for event in events() {
					match event {
						Event::Certified { tag, endowment, .. } if endowment > 0 => {
							assert_eq!(endowment, ENDOWMENT);
							assert!(!endowed.contains(&tag), "endowed twice");
							endowed.push(tag);
						},
						Event::DeviceRegistered { device, .. } => {
							assert!(!devices.contains(&device), "a device twice");
							devices.push(device);
						},
						_ => (),
					}
				}
				for (who, known) in PEOPLE.iter().zip(&mut tags) {
					let account = id(*who);
					let certified = Certificates::<Test>::get(&account).map(|it| it.tag);
					assert!(known.is_none() || certified == *known, "an account changed its tag");
					*known = certified;
					// The owner of an owner is the owner itself.
					let owner = Registry::owner_of(&account);
					assert_eq!(Registry::owner_of(&owner), owner);
					assert_eq!(Registry::tag_of(&owner), Registry::tag_of(&account));
					if let Some(tag) = Registry::tag_of(&account) {
						assert!(Registry::accounts_of(&tag).contains(&account));
					}
				}
				let distinct: std::collections::BTreeSet<_> = enrolled().into_iter().collect();
				assert_eq!(distinct.len(), enrolled().len(), "enrolled twice");
			}
		});
	}
}
