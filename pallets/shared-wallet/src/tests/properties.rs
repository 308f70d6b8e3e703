//! Whatever is done in whatever order, money is neither made nor lost.

use crate::{mock::*, pallet::*};
use proptest::prelude::*;
use std::collections::BTreeMap;
use voltree_primitives::{Balance, Cause, Escrow, Fine, Moment, RequestId};

const PEOPLE: [Keyring; 6] = [Alice, Bob, Charlie, Dave, Eve, LINKED];
/// Those of them who can be fined.
const MEMBERS: usize = 3;

/// Few wallets and people, so that steps get in each other's way.
#[derive(Clone, Debug)]
enum Step {
	Open {
		wallet: RequestId,
		owner: usize,
		key: usize,
	},
	Fund {
		wallet: RequestId,
		who: usize,
		amount: Balance,
	},
	Withdraw {
		wallet: RequestId,
		who: usize,
		amount: Balance,
	},
	Certify {
		wallet: RequestId,
	},
	Renew {
		wallet: RequestId,
	},
	Lock {
		wallet: RequestId,
		amount: Balance,
	},
	Settle {
		wallet: RequestId,
		locked: Balance,
		payout: Balance,
		payee: usize,
	},
	Close {
		wallet: RequestId,
	},
	Bond {
		who: usize,
		amount: Balance,
	},
	Unbond {
		who: usize,
		amount: Balance,
	},
	Forfeit {
		who: usize,
		amount: Balance,
		to: usize,
	},
	Fine {
		who: usize,
		bond: Balance,
		amount: Balance,
		loss: Balance,
		injured: usize,
	},
	PayFines {
		who: usize,
		amount: Balance,
	},
	Issue {
		to: usize,
		amount: Balance,
		payment: u8,
	},
	Redeem {
		who: usize,
		amount: Balance,
	},
	Cancel {
		who: usize,
	},
	Burn {
		who: usize,
		payment: u8,
	},
	/// The authority empties the pot, account and all.
	LosePot,
	Wait(Moment),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let wallet = || 0..3u64;
	let who = || 0..PEOPLE.len();
	let amount = || prop_oneof![0..30u128, 0..2_000u128, 0..=MONEY];
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
		(who(), amount()).prop_map(|(who, amount)| Step::Bond { who, amount }),
		(who(), amount()).prop_map(|(who, amount)| Step::Unbond { who, amount }),
		(who(), amount(), who()).prop_map(|(who, amount, to)| Step::Forfeit { who, amount, to }),
		(0..MEMBERS, amount(), amount(), amount(), who()).prop_map(
			|(who, bond, amount, loss, injured)| Step::Fine { who, bond, amount, loss, injured }
		),
		(who(), amount()).prop_map(|(who, amount)| Step::PayFines { who, amount }),
		(who(), amount(), 0..20u8).prop_map(|(to, amount, payment)| Step::Issue {
			to,
			amount,
			payment
		}),
		(who(), amount()).prop_map(|(who, amount)| Step::Redeem { who, amount }),
		who().prop_map(|who| Step::Cancel { who }),
		(who(), 0..20u8).prop_map(|(who, payment)| Step::Burn { who, payment }),
		Just(Step::LosePot),
		(0..20_000u64).prop_map(Step::Wait),
	];
	prop::collection::vec(step, 1..120)
}

/// What the market would remember, and what tests do behind the pallet's back.
struct Model {
	now: Moment,
	/// Bonds by account.
	bonds: BTreeMap<AccountId, Balance>,
	/// Total issuance.
	issuance: Balance,
}

impl Model {
	fn new() -> Self {
		Self { now: START, bonds: BTreeMap::new(), issuance: Balances::total_issuance() }
	}

	/// As much of a bond as there is.
	fn bond(&self, who: &AccountId, amount: Balance) -> Balance {
		self.bonds.get(who).copied().unwrap_or_default().min(amount)
	}

	fn take_bond(&mut self, who: &AccountId, amount: Balance) {
		*self.bonds.entry(who.clone()).or_default() -= amount;
	}

	/// Whether the step was accepted.
	fn take(&mut self, step: Step) -> bool {
		match step {
			Step::Open { wallet, owner, key } => {
				SharedWallets::open(wallet, &id(PEOPLE[owner]), &id(PEOPLE[key]), 0).is_ok()
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
				let payee = id(PEOPLE[payee]);
				SharedWallets::settle(wallet, locked, payout, &payee, &person(&payee)).is_ok()
			}
			Step::Close { wallet } => {
				let open = Wallets::<Test>::get(wallet).filter(|wallet| wallet.locked == 0);
				let closes =
					open.inspect(|it| SharedWallets::close(wallet, &person(&it.owner))).is_some();
				closes && !Wallets::<Test>::contains_key(wallet)
			}
			Step::Bond { who, amount } => {
				let who = id(PEOPLE[who]);
				let can = SharedWallets::can_bond(&who, amount);
				assert_eq!(SharedWallets::bond(&who, amount).is_ok(), can);
				if can {
					*self.bonds.entry(who).or_default() += amount;
				}
				can
			}
			Step::Unbond { who, amount } => {
				let who = id(PEOPLE[who]);
				let amount = self.bond(&who, amount);
				SharedWallets::unbond(&who, &person(&who), amount);
				self.take_bond(&who, amount);
				amount > 0
			}
			Step::Forfeit { who, amount, to } => {
				let who = id(PEOPLE[who]);
				let amount = self.bond(&who, amount);
				SharedWallets::forfeit(&who, amount, &id(PEOPLE[to]));
				self.take_bond(&who, amount);
				amount > 0
			}
			Step::Fine { who, bond, amount, loss, injured } => {
				self.fine(PEOPLE[who], bond, amount, loss.min(amount), PEOPLE[injured]);
				amount > 0
			}
			Step::PayFines { who, amount } => pay_fines(PEOPLE[who], amount).is_ok(),
			Step::Issue { to, amount, payment } => {
				let issued = issue(PEOPLE[to], amount, payment).is_ok();
				self.issuance += if issued { amount } else { 0 };
				issued
			}
			Step::Redeem { who, amount } => redeem(PEOPLE[who], amount).is_ok(),
			Step::Cancel { who } => cancel_redemption(PEOPLE[who]).is_ok(),
			Step::Burn { who, payment } => {
				let redeemed = Redemptions::<Test>::get(id(PEOPLE[who]));
				let amount = redeemed.map_or(0, |redemption| redemption.amount);
				let burned = burn(PEOPLE[who], amount, payment).is_ok();
				self.issuance -= if burned { amount } else { 0 };
				burned
			}
			Step::LosePot => {
				self.issuance -= Balances::free_balance(pot());
				lose_the_pot();
				true
			}
			Step::Wait(time) => {
				self.now += time;
				set_now(self.now);
				true
			}
		}
	}

	/// A fine is collected or owed to the last unit, and each unit goes where it should.
	fn fine(&mut self, who: Keyring, bond: Balance, amount: Balance, loss: Balance, to: Keyring) {
		let account = id(who);
		let bond = self.bond(&account, bond);
		let (tag, injured) = (tag(who), id(to));
		let wallets = vec![2, 0, 1];
		let others_before = others_escrow(who);
		let before = due(who);
		System::reset_events();
		let left = SharedWallets::fine(Fine {
			tag,
			account: account.clone(),
			bond,
			amount,
			loss,
			injured,
			wallets,
			cause: Cause::NotPaid,
		});
		self.take_bond(&account, bond - left);
		assert_eq!(others_escrow(who), others_before);
		let fined = events().into_iter().find_map(|event| match event {
			Event::Fined { from_bond, from_wallets, owed, .. } => {
				Some((from_bond, from_wallets, owed))
			}
			_ => None,
		});
		assert_eq!(fined.is_some(), amount > 0);
		if let Some((from_bond, from_wallets, owed)) = fined {
			assert_eq!(from_bond + from_wallets + owed, amount);
			assert_eq!(from_bond, bond - left);
			// Nobody is injured by himself; if so, what he gets pays what he owed before.
			assert!(due(who) <= before + owed);
		}
	}

	fn check(&self) {
		check();
		assert_eq!(Balances::total_issuance(), self.issuance);
		for who in PEOPLE {
			let bond = self.bonds.get(&id(who)).copied().unwrap_or_default();
			assert_eq!(bonded(who), bond);
		}
	}

	/// Everything can be ended, and then everything is free.
	fn end(mut self) {
		for (id, wallet) in Wallets::<Test>::iter().collect::<Vec<_>>() {
			let (owner, locked) = (wallet.owner, wallet.locked);
			SharedWallets::settle(id, locked, 0, &owner, &person(&owner)).expect("it is locked");
			SharedWallets::close(id, &person(&owner));
		}
		for (who, amount) in std::mem::take(&mut self.bonds) {
			SharedWallets::unbond(&who, &person(&who), amount);
		}
		for who in Redemptions::<Test>::iter_keys().collect::<Vec<_>>() {
			let who = PEOPLE.into_iter().find(|known| id(*known) == who).expect("one of them");
			while Redemptions::<Test>::contains_key(id(who)) {
				let waits = cancel_redemption(who).is_err();
				self.now += if waits { NOTICE } else { 0 };
				set_now(self.now);
			}
		}
		self.check();
		assert_eq!(Wallets::<Test>::iter().count(), 0);
		assert!(frame_system::Account::<Test>::iter_values().all(|who| who.data.reserved == 0));
	}
}

/// The token that the service would sign, if there is a wallet to sign for.
fn to_sign(wallet: RequestId) -> Option<voltree_primitives::Token<AccountId>> {
	SharedWallets::token_to_sign(wallet, VOLUME, PAY_BY, VALID_UNTIL)
}

/// What others than `who` have in shared wallets.
fn others_escrow(who: Keyring) -> Vec<Balance> {
	let others =
		PEOPLE.into_iter().filter(|other| *other != who && !(who == OWNER && *other == LINKED));
	others.map(held).collect()
}

proptest! {
	/// After each step the holds match the wallets, bonds and redemptions, and the accounts sum to
	/// the issuance, which only `issue` and `burn` change; in the end everything is free again.
	#[test]
	fn money_is_conserved(steps in steps()) {
		new_test_ext().execute_with(|| {
			let mut model = Model::new();
			for step in steps {
				model.take(step);
				model.check();
			}
			model.end();
		});
	}
}
