//! Whatever is done in whatever order, money is neither made nor lost.

use crate::{mock::*, pallet::*};
use proptest::prelude::*;
use voltree_primitives::{Balance, Escrow, Moment, RequestId};

const PEOPLE: [Keyring; 5] = [Alice, Bob, Charlie, Dave, Eve];

/// Few wallets and people, so that steps get in each other's way.
#[derive(Clone, Debug)]
enum Step {
	Open { wallet: RequestId, owner: usize, key: usize },
	Fund { wallet: RequestId, who: usize, amount: Balance },
	Withdraw { wallet: RequestId, who: usize, amount: Balance },
	Certify { wallet: RequestId },
	Renew { wallet: RequestId },
	Lock { wallet: RequestId, amount: Balance },
	Settle { wallet: RequestId, locked: Balance, payout: Balance, payee: usize },
	Close { wallet: RequestId },
	Fine { who: usize, due: Balance },
	Wait(Moment),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let wallet = || 0..3u64;
	let who = || 0..PEOPLE.len();
	let amount = || prop_oneof![0..3u128, 0..2_000u128, 0..=MONEY];
	let step = prop_oneof![
		(wallet(), who(), who()).prop_map(|(wallet, owner, key)| Step::Open { wallet, owner, key }),
		(wallet(), who(), amount()).prop_map(|(wallet, who, amount)| Step::Fund {
			wallet,
			who,
			amount
		}),
		(wallet(), who(), amount()).prop_map(|(wallet, who, amount)| Step::Withdraw {
			wallet,
			who,
			amount
		}),
		wallet().prop_map(|wallet| Step::Certify { wallet }),
		wallet().prop_map(|wallet| Step::Renew { wallet }),
		(wallet(), amount()).prop_map(|(wallet, amount)| Step::Lock { wallet, amount }),
		(wallet(), amount(), amount(), who()).prop_map(|(wallet, locked, payout, payee)| {
			Step::Settle { wallet, locked, payout, payee }
		}),
		wallet().prop_map(|wallet| Step::Close { wallet }),
		(who(), 0..500u128).prop_map(|(who, due)| Step::Fine { who, due }),
		(0..20_000u64).prop_map(Step::Wait),
	];
	prop::collection::vec(step, 1..80)
}

/// The token that the service would sign, if there is a wallet to sign for.
fn to_sign(wallet: RequestId) -> Option<voltree_primitives::Token<AccountId>> {
	SharedWallets::token_to_sign(wallet, VOLUME, PAY_BY, VALID_UNTIL)
}

/// Whether the step was accepted.
fn take(step: Step, now: &mut Moment) -> bool {
	match step {
		Step::Open { wallet, owner, key } => {
			SharedWallets::open(wallet, &id(PEOPLE[owner]), &id(PEOPLE[key])).is_ok()
		}
		Step::Fund { wallet, who, amount } => fund(PEOPLE[who], wallet, amount).is_ok(),
		Step::Withdraw { wallet, who, amount } => withdraw(PEOPLE[who], wallet, amount).is_ok(),
		Step::Certify { wallet } => to_sign(wallet).is_some_and(|token| {
			SharedWallets::certify(wallet, sign(SERVICE, token), VOLUME).is_ok()
		}),
		Step::Renew { wallet } => {
			to_sign(wallet).is_some_and(|token| renew(sign(SERVICE, token)).is_ok())
		}
		Step::Lock { wallet, amount } => SharedWallets::lock(wallet, amount).is_ok(),
		Step::Settle { wallet, locked, payout, payee } => {
			SharedWallets::settle(wallet, locked, payout, &id(PEOPLE[payee])).is_ok()
		}
		Step::Close { wallet } => {
			let open = Wallets::<Test>::get(wallet).filter(|wallet| wallet.locked == 0);
			open.inspect(|_| SharedWallets::close(wallet)).is_some()
		}
		Step::Fine { who, due } => {
			set_fines(PEOPLE[who], due);
			true
		}
		Step::Wait(time) => {
			*now += time;
			set_now(*now);
			true
		}
	}
}

proptest! {
	/// After each step the holds match the wallets and the accounts sum to the issuance; in the end
	/// every wallet can be emptied and everything is free again.
	#[test]
	fn money_is_conserved(steps in steps()) {
		new_test_ext().execute_with(|| {
			let mut now = START;
			for step in steps {
				take(step, &mut now);
				check();
			}
			for (id, wallet) in Wallets::<Test>::iter().collect::<Vec<_>>() {
				SharedWallets::settle(id, wallet.locked, 0, &wallet.owner).expect("it is locked");
				SharedWallets::close(id);
			}
			check();
			assert_eq!(Wallets::<Test>::iter().count() + Tokens::<Test>::iter().count(), 0);
		});
	}
}
