//! How long a whole trade takes to execute, beside a transfer: blocks of both are made once, then
//! executed again and again as a node does that imports them, in turns: by the runtime's Wasm, with the
//! node's trie cache.

use crate::{
	cached::{CachedState, Code, Took},
	table,
	trade::{nothing, settle_in, transfer, wave, Couple, Signed, RESPONSES_AT_ONCE},
	verdict,
	world::World,
};
use codec::Encode;
use frame_support::traits::GetCallMetadata;
use sp_core::storage::Storage;
use sp_runtime::traits::{Block as _, Header as _};
use std::collections::{BTreeMap, BTreeSet};
use voltree_runtime::Block;

/// What is asked of a turn: a figure, or one on the clock and one of the processor.
type Ask<'a, R> = &'a dyn Fn(&Turn) -> R;

/// A whole trade takes as long as so many transfers at the most.
const MOST_TIME: f64 = 12.0;

/// Trades at a time: 20 a line, so that each response looks at 20 offers.
const COUPLES: usize = 60;

/// Blocks of transfers in a row, and of extrinsics that do nothing.
const SIMPLE_BLOCKS: usize = 4;

/// Extrinsics of a whole trade, of which the responses go together.
const EXTRINSICS: f64 = 7.0 + 1.0 / RESPONSES_AT_ONCE as f64;

/// How often everything is executed.
const TURNS: usize = 31;

/// A few blocks, and the state before them.
struct Story {
	before: Storage,
	blocks: Vec<Block>,
}

impl Story {
	/// Execute all blocks; of those that `counts`, add up what they take, by the call that is in them.
	fn execute(&self, code: &Code, counts: impl Fn(&u32) -> bool) -> Times {
		let mut state = CachedState::new(self.before.clone());
		let mut times = Times::new();
		for block in &self.blocks {
			let took = state.execute(code, &block.encode());
			if counts(block.header().number()) {
				let last = block.extrinsics().last().expect("each has its timestamp");
				let name = last.function.get_call_metadata().function_name;
				let time = times.entry(name).or_default();
				*time = [time[0] + took[0], time[1] + took[1]];
			}
		}
		times
	}
}

/// Microseconds on the clock and of the processor, by call.
type Times = BTreeMap<&'static str, Took>;

/// A turn: the trades' times, a block's of transfers, and one's of extrinsics that do nothing.
type Turn = (Times, [f64; 2], [f64; 2]);

/// Blocks in which each couple sends one extrinsic; and the state after them.
fn simple(
	world: &mut World,
	before: Storage,
	couples: &[Couple],
	send: &dyn Fn(&Couple) -> Signed,
) -> (Story, Storage) {
	world.run(|chain| {
		chain.weather = None;
		for _ in 0..SIMPLE_BLOCKS {
			for couple in couples {
				let (from, call) = send(couple);
				chain.ok(&from, call);
			}
			chain.next();
		}
	});
	let (mut blocks, after) = world.cut();
	// The last block of a cut is empty.
	blocks.truncate(SIMPLE_BLOCKS);
	(Story { before, blocks }, after)
}

fn sum(times: &Times) -> [f64; 2] {
	[0, 1].map(|clock| times.values().map(|time| time[clock]).sum())
}

fn median(mut times: Vec<f64>) -> f64 {
	times.sort_by(f64::total_cmp);
	times[times.len() / 2]
}

/// A whole trade and a transfer on the clock.
pub fn show() -> bool {
	println!("\n== Time to execute {COUPLES} whole trades, beside as many transfers ==\n");
	let Some(code) = Code::new() else {
		return verdict(false, "there is no Wasm to execute: build without SKIP_WASM_BUILD");
	};
	let mut world = World::new();
	let couples = world.run(|chain| settle_in(chain, COUPLES, 2));
	// One wave before: afterwards everybody has traded, as most people have.
	world.run(|chain| wave(chain, &couples));
	let (_, before) = world.cut();
	let busy = world.run(|chain| wave(chain, &couples));
	let (blocks, between) = world.cut();
	let trades = Story { before, blocks };
	let (transfers, between) =
		simple(&mut world, between, &couples, &|couple| transfer(&couple.buyer, &couple.seller));
	let (nothing, _) = simple(&mut world, between, &couples, &|couple| nothing(&couple.buyer));

	let each = COUPLES as f64;
	let turns = (0..TURNS)
		.map(|_| {
			let trades = trades.execute(&code, |number| busy.contains(number));
			let each_of = |story: &Story| {
				sum(&story.execute(&code, |_| true)).map(|time| time / SIMPLE_BLOCKS as f64)
			};
			(trades, each_of(&transfers), each_of(&nothing))
		})
		.collect::<Vec<_>>();
	let of = |pick: Ask<f64>| median(turns.iter().map(pick).collect());
	let line = |name: &str, pick: Ask<[f64; 2]>| {
		let [clock, processor] = [0, 1].map(|clock| {
			let time = of(&|turn| pick(turn)[clock] / each);
			let ratio = of(&|turn| pick(turn)[clock] / turn.1[clock]);
			[format!("{time:.1}"), format!("{ratio:.2}")]
		});
		let [[a, b], [c, d]] = [clock, processor];
		[name.to_string(), a, b, c, d]
	};
	let names =
		turns.iter().flat_map(|(trades, ..)| trades.keys().copied()).collect::<BTreeSet<_>>();
	let mut lines = vec![
		line("transfer_keep_alive", &|(_, transfers, _)| *transfers),
		line("remark of nothing", &|(_, _, nothing)| *nothing),
	];
	lines.extend(
		names
			.into_iter()
			.map(|name| line(name, &|(trades, ..)| trades.get(name).copied().unwrap_or_default())),
	);
	lines.push(line("a whole trade", &|(trades, ..)| sum(trades)));
	table::print(["", "clock µs", "transfers", "processor µs", "transfers"], &lines);
	println!(
		"\nMedians of {TURNS} turns. Signatures and state root are included; with `bill` and
`report_registers` the agenda's part. Responses go ten at a time (`force_batch`), as the node's
service sends them; both ends of a slot are reported together. Counted are the {}
blocks with extrinsics or deadlines of the trades. Where other programs run, the processor's
time says more than the clock.\n",
		busy.len(),
	);
	let least = of(&|(_, transfers, nothing)| EXTRINSICS * nothing[0] / transfers[0]);
	println!("As many extrinsics that do nothing take as long as {least:.1} transfers.\n");
	let times = of(&|(trades, transfers, _)| sum(trades)[0] / transfers[0]);
	let what = format!("time of a whole trade: {times:.1} transfers (at most {MOST_TIME})");
	verdict(times <= MOST_TIME, &what)
}
