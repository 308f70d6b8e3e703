//! The agenda carried over when blocks are full: what was due is judged by its own time, not by when
//! its turn comes, and nothing is skipped.

use crate::{
	common::{
		on,
		people::household,
		scene::{supply, Seller},
		MarketCall,
	},
	stage::{buyer_tag, nothing_is_left, Changes, Scene, Side, FUNDING, METERED, SAME},
	told::{self, Blame, Fine},
};
use pallet_market::{Ending, Event, Outcome, WeightInfo};
use voltree_primitives::Cause;
use voltree_runtime::{Runtime, RuntimeEvent};

/// How many expired offers a quarter of a block has room for, at the most.
fn per_block() -> u64 {
	type Weights = <Runtime as pallet_market::Config>::WeightInfo;
	let max = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
	max.ref_time() / 4 / Weights::entry_offer().ref_time()
}

/// More offers than two blocks can close expire when the buyer's time to confirm ends: his trade
/// waits for its turn, and he cannot use that to confirm late.
#[test]
fn a_full_agenda_carries_over_and_nobody_gains_time_by_it() {
	on("dev", |chain| {
		let mut scene = Scene::billed(chain, METERED, 2_000);
		let confirm_by = scene.deadlines(chain).confirm_by;
		// Four offers a slot and person, in batches of 48, all expiring at that moment.
		let wanted = 2 * per_block() + 1;
		let first = chain.tradable_slot() + 120_000;
		let (mut made, mut number, mut slot) = (0, 0, 0);
		while made < wanted {
			let seller = Seller::Household([1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14][number]);
			let offers = (0..12).flat_map(|n| {
				let mut small = supply(seller, first + (slot + n) * 60_000, 100);
				small.expires = Some(confirm_by);
				vec![MarketCall::offer { supply: small }.into(); 4]
			});
			let calls = offers.collect();
			chain.ok(&seller.key(), pallet_utility::Call::<Runtime>::batch_all { calls });
			chain.next_if_full();
			made += 48;
			slot += 12;
			if slot == 48 {
				(slot, number) = (0, number + 1);
			}
		}
		scene.count_from_here(chain);
		assert!(chain.now() <= confirm_by);
		chain.until(confirm_by);
		scene.told(chain, vec![]);
		let closed = |chain: &crate::common::Chain| {
			let closed = |event: &Event<Runtime>| matches!(event, Event::OfferClosed { .. });
			u64::try_from(chain.market_events().iter().filter(|event| closed(event)).count())
				.expect("few")
		};
		let before = closed(chain);
		chain.next();
		let first_block = closed(chain) - before;
		assert!(first_block > 0 && first_block < made / 2, "{first_block} of {made}");
		let late = pallet_market::Error::<Runtime>::TooLate.into();
		for call in [
			MarketCall::confirm { trade: scene.trade },
			MarketCall::contest { trade: scene.trade, received: 0 },
		] {
			assert_eq!(chain.send(&household(2), call), Err(late));
		}
		while pallet_market::Agenda::<Runtime>::iter_keys().next().is_some() {
			chain.next();
		}
		assert_eq!(closed(chain) - before, made, "each once");
		let blame = Blame {
			tag: buyer_tag(),
			timely: 1,
			untimely: 1,
			cause: Cause::NotConfirmed,
			credit: (1_000, 980),
			volume: 2_000,
			fine: Fine {
				amount: 100_000,
				from_bond: 50_000,
				from_wallets: &[(0, 50_000)],
				..Fine::default()
			},
		};
		let mut expected = vec![
			blame.told(),
			vec![told::counted(METERED.seller.tag(), 1, 0, Cause::Delivered)],
			told::settled(&scene, Outcome::SettledUnconfirmed, 2_000, 500_000, scene.bond()),
			told::ended(&scene, Ending::Settled, 0, FUNDING - 550_000),
		];
		// After the offers of the same moment, in the order of the agenda.
		let offers = (1..=made).map(|offer| Event::OfferClosed { offer, unsold: 100 }.into());
		expected.insert(0, offers.collect::<Vec<RuntimeEvent>>());
		let buyer = Side { money: -600_000, credit: -20, untimely: 1, ..SAME };
		let seller = Side { money: 500_000, timely: 1, ..SAME };
		scene.came(chain, expected, Changes { buyer, seller, pot: 100_000 });
		nothing_is_left();
	});
}
