//! How long a whole trade takes to execute, beside a transfer: blocks of both are made once, then
//! executed again and again as a node does that imports them, in turns.

use crate::{
	trade::{settle_in, transfer, wave},
	verdict,
	world::World,
};
use pallet_sensor_oracle::Call as OracleCall;
use sp_core::storage::Storage;
use sp_runtime::traits::{Block as _, Header as _};
use std::{collections::BTreeSet, time::Instant};
use voltree_runtime::{Block, Executive, RuntimeCall};

/// A whole trade takes as long as so many transfers at the most.
const MOST_TIME: f64 = 12.0;

/// Trades at a time: 20 a line, so that each response looks at 20 offers.
const COUPLES: usize = 60;

/// Rounds of transfers in a row.
const BLOCKS_OF_TRANSFERS: usize = 4;

/// How often everything is executed.
const TURNS: usize = 21;

/// A few blocks, and the state before them.
struct Story {
	before: Storage,
	blocks: Vec<Block>,
}

impl Story {
	/// Execute all blocks; add up the microseconds of those that `counts`.
	fn execute(&self, counts: impl Fn(&u32) -> bool) -> f64 {
		let mut state = sp_io::TestExternalities::new(self.before.clone());
		let mut sum = 0.0;
		for block in &self.blocks {
			let number = *block.header().number();
			let block = block.clone().into();
			state.execute_with(|| {
				let begin = Instant::now();
				Executive::execute_block(block);
				if counts(&number) {
					sum += begin.elapsed().as_secs_f64() * 1e6;
				}
			});
			state.commit_all().expect("no transaction is open");
		}
		sum
	}
}

fn median(mut times: Vec<f64>) -> f64 {
	times.sort_by(f64::total_cmp);
	times[times.len() / 2]
}

/// Reports of sensors in the blocks that are counted.
fn reports(story: &Story, busy: &BTreeSet<u32>) -> usize {
	let counted = story.blocks.iter().filter(|block| busy.contains(block.header().number()));
	let is_report =
		|call: &RuntimeCall| matches!(call, RuntimeCall::SensorOracle(OracleCall::report { .. }));
	counted.flat_map(Block::extrinsics).filter(|each| is_report(&each.function)).count()
}

/// A whole trade and a transfer on the clock.
pub fn show() -> bool {
	println!("\n== Time to execute {COUPLES} whole trades, beside as many transfers ==\n");
	let mut world = World::new();
	let couples = world.run(|chain| settle_in(chain, COUPLES, 2));
	// One wave before: afterwards everybody has traded, as most people have.
	world.run(|chain| wave(chain, &couples));
	let (_, before) = world.cut();
	let busy = world.run(|chain| wave(chain, &couples));
	let (blocks, between) = world.cut();
	let trades = Story { before, blocks };
	world.run(|chain| {
		chain.weather = None;
		for _ in 0..BLOCKS_OF_TRANSFERS {
			for couple in &couples {
				let (from, call) = transfer(&couple.buyer, &couple.seller);
				chain.ok(&from, call);
			}
			chain.next();
		}
	});
	let (blocks, _) = world.cut();
	let mut transfers = Story { before: between, blocks };
	// The last block of a cut is empty.
	transfers.blocks.truncate(BLOCKS_OF_TRANSFERS);

	let (mut of_trades, mut of_transfers) = (Vec::new(), Vec::new());
	for _ in 0..TURNS {
		of_trades.push(trades.execute(|number| busy.contains(number)) / COUPLES as f64);
		let count = COUPLES * BLOCKS_OF_TRANSFERS;
		of_transfers.push(transfers.execute(|_| true) / count as f64);
	}
	let ratios = of_trades.iter().zip(&of_transfers).map(|(trade, transfer)| trade / transfer);
	let mut ratios = ratios.collect::<Vec<_>>();
	ratios.sort_by(f64::total_cmp);
	let (trade, transfer) = (median(of_trades), median(of_transfers));
	println!(
		"Medians of {TURNS} turns: {trade:.0} µs a trade, {transfer:.0} µs a transfer, signatures and
state root included; the ratio of single turns lies between {:.1} and {:.1}.
Counted are the {} blocks with extrinsics or deadlines of the trades, with the {} reports of
sensors that fell into them.\n",
		ratios[0],
		ratios[ratios.len() - 1],
		busy.len(),
		reports(&trades, &busy),
	);
	let times = trade / transfer;
	verdict(
		times <= MOST_TIME,
		&format!("time of a whole trade: {times:.1} transfers (at most {MOST_TIME})"),
	)
}
