//! Money: issued and burned by the authority against payments of the bank.

use crate::{
	common::{
		on,
		people::{household, Id},
		scene::{held, total},
		Chain, WalletCall,
	},
	stage::told_since,
};
use pallet_shared_wallet::Event;
use sp_core::H256;
use voltree_primitives::Balance;
use voltree_runtime::{Balances, Runtime, VOLT};

fn reference(number: u8) -> H256 {
	H256::repeat_byte(number)
}

fn has(chain: &Chain, number: usize) -> Balance {
	total(&household(number)) + chain.fees_of(&household(number))
}

#[test]
fn money_is_issued_against_a_payment() {
	on("dev", |chain| {
		let (to, issued) = (household(3).id(), Balances::total_issuance());
		let had = has(chain, 3);
		let mark = chain.all_events().len();
		let (amount, reference) = (7 * VOLT, reference(1));
		chain.decide(WalletCall::issue { to: to.clone(), amount, reference });
		assert_eq!(told_since(chain, mark), [Event::Issued { to, amount, reference }.into()]);
		assert_eq!(has(chain, 3) - had, amount);
		assert_eq!(Balances::total_issuance() - issued, amount);
		assert!(pallet_shared_wallet::Payments::<Runtime>::contains_key(reference));
	});
}

#[test]
fn redeemed_money_is_burned_when_the_bank_has_paid() {
	on("dev", |chain| {
		let (who, account) = (household(3), household(3).id());
		let (had, issued) = (has(chain, 3), Balances::total_issuance());
		let mark = chain.all_events().len();
		let amount = 60 * VOLT;
		chain.ok(&who, WalletCall::redeem { amount, reference: reference(1) });
		assert_eq!((held(&who), has(chain, 3)), (amount, had), "on hold until then");
		let burn = WalletCall::burn { account: account.clone(), amount, reference: reference(2) };
		chain.decide(burn);
		let events = [
			Event::Redeeming { account: account.clone(), amount, reference: reference(1) }.into(),
			Event::Burned { account, amount, reference: reference(2) }.into(),
		];
		assert_eq!(told_since(chain, mark), events);
		assert_eq!((held(&who), had - has(chain, 3)), (0, amount));
		assert_eq!(issued - Balances::total_issuance(), amount);
		assert_eq!(pallet_shared_wallet::Redemptions::<Runtime>::iter().count(), 0);
	});
}

/// Three days of notice, in which what the bank has paid already can still be burned.
#[test]
fn a_redemption_cancelled_comes_back_after_its_notice() {
	const THREE_DAYS: u64 = 3 * 86_400_000;
	for paid_already in [false, true] {
		on("dev", |chain| {
			let (who, account) = (household(3), household(3).id());
			let had = has(chain, 3);
			let (amount, reference) = (VOLT, reference(1));
			chain.ok(&who, WalletCall::redeem { amount, reference });
			let mark = chain.all_events().len();
			chain.ok(&who, WalletCall::cancel_redemption {});
			let free_from = chain.now() + THREE_DAYS;
			if paid_already {
				chain.decide(WalletCall::burn { account, amount, reference });
				assert_eq!((held(&who), had - has(chain, 3)), (0, amount));
				return;
			}
			chain.skip(THREE_DAYS / 3_000 - 2);
			let early = pallet_shared_wallet::Error::<Runtime>::TooEarly.into();
			assert_eq!(chain.send(&who, WalletCall::cancel_redemption {}), Err(early));
			chain.next();
			chain.ok(&who, WalletCall::cancel_redemption {});
			assert_eq!((held(&who), has(chain, 3)), (0, had));
			let stopped = Event::RedemptionStopped { account: account.clone(), free_from }.into();
			let told = told_since(chain, mark);
			assert_eq!(told.first(), Some(&stopped));
			assert_eq!(told.last(), Some(&Event::RedemptionCancelled { account, amount }.into()));
		});
	}
}
