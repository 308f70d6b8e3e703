//! How long a whole trade takes to execute, beside a transfer: blocks of both are made once, then
//! executed again and again as a node does that imports them, in turns.

use crate::{
	table,
	trade::{settle_in, transfer, wave},
	verdict,
	world::World,
};
use sp_core::storage::Storage;
use sp_runtime::traits::Block as _;
use std::time::Instant;
use voltree_runtime::{Block, Executive};

/// One turn: a trade and a transfer, each by the clock and by the processor.
type Turn = ([f64; 2], [f64; 2]);

/// A whole trade takes as long as so many transfers at the most.
const MOST_TIME: f64 = 12.0;

/// Trades at a time: 20 a line, so that each response looks at 20 offers.
const COUPLES: usize = 60;

/// Rounds of transfers in a row.
const BLOCKS_OF_TRANSFERS: usize = 4;

/// How often everything is executed.
const TURNS: usize = 31;

/// A few blocks, and the state before them.
struct Story {
	before: Storage,
	blocks: Vec<Block>,
}

impl Story {
	/// Execute all blocks; add up what those that `counts` take, on the clock and of the processor,
	/// in microseconds.
	fn execute(&self, counts: impl Fn(&u32) -> bool) -> [f64; 2] {
		let mut state = sp_io::TestExternalities::new(self.before.clone());
		let mut sum = [0.0; 2];
		for block in &self.blocks {
			let number = block.header().number;
			let block = block.clone().into();
			state.execute_with(|| {
				let (clock, processor) = (Instant::now(), processor_time());
				Executive::execute_block(block);
				if counts(&number) {
					sum[0] += clock.elapsed().as_secs_f64() * 1e6;
					sum[1] += processor_time() - processor;
				}
			});
			state.commit_all().expect("no transaction is open");
		}
		sum
	}
}

/// What this thread has had of the processor so far, in microseconds: what the clock says if nothing
/// else runs. 0 where Linux does not tell.
fn processor_time() -> f64 {
	let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
	told.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or_default() / 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
	times.sort_by(f64::total_cmp);
	times[times.len() / 2]
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

	let mut turns = Vec::new();
	for _ in 0..TURNS {
		let count = COUPLES * BLOCKS_OF_TRANSFERS;
		let of_trades = trades.execute(|number| busy.contains(number));
		let of_transfers = transfers.execute(|_| true);
		turns.push((
			of_trades.map(|sum| sum / COUPLES as f64),
			of_transfers.map(|sum| sum / count as f64),
		));
	}
	let medians = [0, 1].map(|clock| {
		let of = |pick: &dyn Fn(&Turn) -> f64| median(turns.iter().map(pick).collect());
		let trade = of(&|(trade, _)| trade[clock]);
		let transfer = of(&|(_, transfer)| transfer[clock]);
		let ratio = of(&|(trade, transfer)| trade[clock] / transfer[clock]);
		(trade, transfer, ratio)
	});
	let rows = medians.map(|(trade, transfer, ratio)| [trade, transfer, ratio]);
	let [clock, processor] = rows.map(|row| row.map(|number| format!("{number:.1}")));
	let line =
		|name: &str, [trade, transfer, ratio]: [String; 3]| [name.into(), trade, transfer, ratio];
	table::print(
		["", "a trade, µs", "a transfer, µs", "ratio"],
		&[line("on the clock", clock), line("of the processor", processor)],
	);
	println!(
		"\nMedians of {TURNS} turns, the ratio's being that of single turns; signatures and state root are
included. Counted are the {} blocks with extrinsics or deadlines of the trades. Where other
programs run, the processor's time says more than the clock.\n",
		busy.len(),
	);
	let (_, _, times) = medians[0];
	let what = format!("time of a whole trade: {times:.1} transfers (at most {MOST_TIME})");
	verdict(times <= MOST_TIME, &what)
}
