//! Grid prices, and who sets them.

use crate::common::{
	on,
	people::{self, household, Id},
	refusals::{by_everybody, check, row},
	MarketCall,
};
use pallet_market::Error as Market;
use sp_runtime::DispatchError::BadOrigin;
use voltree_primitives::{LineId, Moment, Price};
use voltree_runtime::Runtime;

type MarketError = Market<Runtime>;

fn set(line: LineId, first: Moment, prices: &[Price]) -> MarketCall {
	let prices = prices.to_vec().try_into().expect("at most a day's quarter hours");
	MarketCall::set_grid_prices { line, first, prices }
}

#[test]
fn grid_prices() {
	on("dev", |chain| {
		let grid = people::grid();
		let cap = pallet_market::Parameters::default().price_cap;
		let start = chain.tradable_slot();
		let name_key = MarketCall::set_grid_key { key: Some(household(1).id()) };
		let rows = by_everybody(chain, name_key, BadOrigin);
		check(chain, rows);
		let by_others = by_everybody(chain, set(1, start, &[cap]), MarketError::NotTheGrid);
		check(chain, by_others.into_iter().filter(|row| row.name() != "the grid").collect());
		let bad = |name, call, error: MarketError| row(name, &grid, call, error);
		let gone = chain.now() / 60_000 * 60_000;
		check(
			chain,
			vec![
				bad("no line", set(0, start, &[cap]), MarketError::InvalidLine),
				bad("the last line", set(u32::MAX, start, &[cap]), MarketError::InvalidLine),
				bad("for nothing", set(1, start, &[0]), MarketError::PriceOutOfRange),
				bad("below the floor", set(1, start, &[9_999]), MarketError::PriceOutOfRange),
				bad("above the cap", set(1, start, &[cap, cap + 1]), MarketError::PriceOutOfRange),
				bad("at any price", set(1, start, &[u128::MAX]), MarketError::PriceOutOfRange),
				bad("after the gate", set(1, gone, &[cap]), MarketError::TooLate),
				bad("the beginning of time", set(1, 0, &[cap]), MarketError::TooLate),
				bad("between slots", set(1, start + 1, &[cap]), MarketError::NotASlot),
				bad("the end of time", set(1, u64::MAX, &[cap]), MarketError::NotASlot),
				bad(
					"the last slot of time",
					set(1, u64::MAX / 60_000 * 60_000, &[cap]),
					MarketError::BeyondHorizon,
				),
				// The horizon is an hour: 60 slots.
				bad("beyond the horizon", set(1, start, &[cap; 61]), MarketError::BeyondHorizon),
			],
		);
		chain.ok(&grid, set(1, start + 60_000, &[cap]));
		check(
			chain,
			vec![
				bad("again", set(1, start + 60_000, &[cap]), MarketError::GridPriceSet),
				bad("over it", set(1, start, &[10_000, 10_000]), MarketError::GridPriceSet),
			],
		);
		chain.ok(&grid, set(2, start, &[10_000, 10_000]));
		chain.decide(MarketCall::set_grid_key { key: None });
		check(chain, vec![bad("dismissed", set(3, start, &[cap]), MarketError::NotTheGrid)]);
	});
}
