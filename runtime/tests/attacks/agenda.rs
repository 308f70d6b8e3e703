//! A full agenda: hundreds of deadlines at one moment, made on purpose.

use crate::{
	common::{
		on,
		people::household,
		scene::{demand, held, Seller},
		sign, MarketCall,
	},
	tools::*,
};
use frame_support::{dispatch::DispatchClass, weights::Weight};
use pallet_market::{Ending, Event, Outcome};
use voltree_runtime::{Runtime, System};

fn mandatory() -> Weight {
	*System::block_weight().get(DispatchClass::Mandatory)
}

/// Six people let 200 requests each end at one moment, the moment at which somebody else's trade
/// has to settle. The work is spread over blocks, each within a quarter, in order, nothing skipped;
/// calls of others find room; and nobody is punished because the chain was late.
#[test]
fn a_full_agenda() {
	on("dev", |chain| {
		chain.calm();
		chain.checked_every = 10;
		let attackers = [2, 3, 4, 5, 9, 10];
		let before = attackers.map(|number| purse(chain, &household(number)));
		let idle = mandatory();
		let deal = chain.deal(1, Seller::Household(7));
		let respond_by = chain.trade(deal.trade).deadlines.meter_by;
		// A request's last moment for a response lies 69 s before its gate.
		let start = (respond_by + 69_000 + 12_000).div_ceil(60_000) * 60_000;
		let due = start - 12_000 - 69_000;
		let mut opened = Vec::new();
		for number in attackers {
			for _ in 0..200 {
				chain.next_if_full();
				opened.push(chain.request(&household(number), demand(number, start, 100), 0));
			}
		}
		assert!(chain.now() < deal.slot.gate, "there was time for it");
		chain.start_delivery(&deal);
		chain.deliver(&deal, deal.volume);
		chain.bill(&deal, deal.volume);
		chain.until(due);
		assert!(pallet_market::Requests::<Runtime>::contains_key(opened[0]));

		let mut late = Vec::new();
		let mut blocks = 0;
		while pallet_market::Requests::<Runtime>::iter_keys().any(|id| opened.contains(&id)) {
			chain.next();
			blocks += 1;
			let busy = mandatory().saturating_sub(idle);
			let quarter = <Runtime as frame_system::Config>::BlockWeights::get().max_block / 4;
			assert!(busy.all_lte(quarter), "the hook took {busy:?}");
			late.extend(chain.block_events().into_iter().filter_map(|event| match event {
				voltree_runtime::RuntimeEvent::Market(Event::RequestEnded {
					request,
					ending: Ending::NoResponse,
				}) => Some(request),
				_ => None,
			}));
			if blocks == 2 {
				// In the middle of it the buyer confirms.
				let confirm = MarketCall::confirm { trade: deal.trade };
				assert_eq!(chain.apply(sign(&deal.buyer, confirm, 0)), Ok(Ok(())));
			}
		}
		assert!(blocks >= 2, "it was more than a block can do: {blocks}");
		assert_eq!(late, opened, "in order, each once");
		assert_eq!(outcome(chain, deal.trade), Some(Outcome::Confirmed));
		for (number, had) in attackers.into_iter().zip(before) {
			assert_eq!(purse(chain, &household(number)), had);
			assert_eq!(held(&household(number)), 0);
			assert!(chain.fees_of(&household(number)) > 0);
		}
	});
}
