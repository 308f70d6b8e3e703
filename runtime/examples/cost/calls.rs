//! What each call of a trade reads, writes, declares and costs.

use crate::{
	common::{sign, Chain},
	counting::Touched,
	table,
	trade::{
		clear, meter_by, money, next_numbers, respond, settle_in, slot_of, transfer, Couple, Signed,
	},
	verdict,
	world::World,
};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	storage::storage_prefix,
	weights::Weight,
};
use pallet_market::WeightInfo;
use voltree_primitives::{Balance, Clock, Moment, Price};
use voltree_runtime::{CommunicationTree, Runtime, RuntimeEvent, System};

/// Sensors on the line of the trade.
const SENSORS: u32 = 3;

/// The market's weights.
type Weights = <Runtime as pallet_market::Config>::WeightInfo;

/// A whole trade is worth so many transfers of declared weight at the most.
const MOST_WEIGHT: f64 = 20.0;

/// What one step costs.
#[derive(Clone, Default)]
pub struct Row {
	pub name: &'static str,
	/// How often it happens in a whole trade.
	pub times: u64,
	pub reads: usize,
	pub writes: usize,
	/// What is declared: call, extensions and base.
	pub declared: Weight,
	/// What the block is charged with in the end.
	pub weight: Weight,
	pub fee: Balance,
}

/// Apply an extrinsic and look at what it does.
fn measure(world: &mut World, name: &'static str, times: u64, (who, call): Signed) -> Row {
	let so_far = |chain: &mut Chain| (fees(chain), used());
	let (extrinsic, before) = world.run(|chain| (sign(&who, call, 0), so_far(chain)));
	let info = extrinsic.get_dispatch_info();
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let declared = info.total_weight().saturating_add(limits.get(info.class).base_extrinsic);
	let (result, touched) = world.count(|chain| chain.apply(extrinsic));
	assert_eq!(result, Ok(Ok(())), "{name}");
	let after = world.run(so_far);
	let (fee, weight) = (after.0 - before.0, after.1.saturating_sub(before.1));
	let Touched { reads, mut writes } = touched;
	// Only the first extrinsic of a block writes that the inherents have come before it.
	writes.remove(&storage_prefix(b"System", b"InherentsApplied")[..]);
	Row { name, times, reads: reads.len(), writes: writes.len(), declared, weight, fee }
}

/// Fees paid in the open block.
fn fees(chain: &Chain) -> Balance {
	let paid = |event| match event {
		RuntimeEvent::TransactionPayment(
			pallet_transaction_payment::Event::TransactionFeePaid { actual_fee, .. },
		) => Some(actual_fee),
		_ => None,
	};
	chain.block_events().into_iter().filter_map(paid).sum()
}

/// What the open block is charged with.
fn used() -> Weight {
	System::block_weight().total()
}

/// Go on to the first block after `deadline` and look at what that block's start does beside what
/// the start of an idle one does.
fn measure_agenda(world: &mut World, name: &'static str, deadline: Moment, weight: Weight) -> Row {
	let slot = world.run(|_| CommunicationTree::slot_duration());
	world.run(|chain| chain.until(deadline - slot));
	let ((), idle) = world.count(|chain| chain.next());
	let ((), busy) = world.count(|chain| chain.next());
	assert_eq!(world.run(|chain| chain.now()), deadline + slot, "blocks are made in every slot");
	let Touched { reads, writes } = busy.beside(&idle);
	let (reads, writes) = (reads.len(), writes.len());
	Row { name, times: 1, reads, writes, declared: weight, weight, fee: 0 }
}

/// From the offer to the payment, in the slot that starts at `slot`. The request accepts all lines,
/// and the offer is the cheapest if `price` is.
pub fn open(world: &mut World, couple: &Couple, slot: Moment, price: Price) -> Vec<Row> {
	let (offer, request, _) = world.run(|_| next_numbers());
	let mut rows = vec![
		measure(world, "offer", 1, couple.offer(slot, price)),
		measure(world, "request", 1, couple.request(slot, true, money())),
	];
	let response = world.run(|chain| {
		chain.next();
		respond(request)
	});
	rows.push(measure(world, "respond", 1, response));
	rows.push(measure(world, "fund", 0, couple.fund(request)));
	rows.push(measure(world, "pay", 1, couple.pay(request, offer)));
	rows
}

/// A transfer, a whole trade and its part of the agenda.
pub fn whole(world: &mut World, couple: &Couple, price: Price) -> Vec<Row> {
	let slot = world.run(|chain| {
		chain.calm();
		chain.weather = None;
		chain.next();
		chain.tradable_slot()
	});
	let report = world.run(|chain| clear(chain, couple.line));
	let mut rows = vec![
		measure(world, "balances.transfer_keep_alive", 0, transfer(&couple.buyer, &couple.seller)),
		measure(world, "report", 0, report),
	];
	let (_, _, trade) = world.run(|_| next_numbers());
	rows.extend(open(world, couple, slot, price));
	let slot = world.run(|chain| {
		let slot = slot_of(trade);
		chain.weather = Some(pallet_sensor_oracle::Class::Clear);
		chain.until(slot.gate);
		slot
	});
	rows.push(measure(world, "start", 1, couple.start(trade)));
	world.run(|chain| {
		chain.until(slot.end - 6_000);
		chain.weather = None;
	});
	rows.push(measure_agenda(
		world,
		"agenda: the slot ends",
		slot.end,
		Weights::entry_slot_ended(SENSORS),
	));
	let readings = world.run(|chain| couple.readings(chain, &slot));
	rows.push(measure(world, "report_registers", 1, readings));
	let due = world.run(|_| meter_by(trade));
	rows.push(measure_agenda(world, "agenda: the meter is read", due, Weights::entry_meter_read()));
	rows.push(measure(world, "bill", 1, couple.bill(trade)));
	rows.push(measure(world, "confirm", 1, couple.confirm(trade)));
	rows
}

/// The table of all calls, and a whole trade beside a transfer.
pub fn show() -> bool {
	println!("\n== Each call of a trade, beside a transfer ==\n");
	let mut world = World::new();
	let couples = world.run(|chain| {
		let couples = settle_in(chain, 1, 1);
		chain.next();
		couples
	});
	let rows = whole(&mut world, &couples[0], crate::common::scene::PRICE);
	let transfer = rows[0].clone();
	let ratio = |weight: Weight| weight.ref_time() as f64 / transfer.weight.ref_time() as f64;
	let micros = |weight: Weight| format!("{:.1}", weight.ref_time() as f64 / 1e6);
	let cells = |row: &Row| {
		[
			row.name.into(),
			row.times.to_string(),
			row.reads.to_string(),
			row.writes.to_string(),
			micros(row.declared),
			micros(row.weight),
			format!("{:.2}", ratio(row.weight)),
			row.fee.to_string(),
		]
	};
	let mut whole = Row { name: "a whole trade", times: 1, ..Row::default() };
	for row in &rows {
		let times = usize::try_from(row.times).expect("it is small");
		whole.reads += times * row.reads;
		whole.writes += times * row.writes;
		whole.declared += row.declared.saturating_mul(row.times);
		whole.weight += row.weight.saturating_mul(row.times);
		whole.fee += Balance::from(row.times) * row.fee;
	}
	let lines = rows.iter().chain([&whole]).map(cells).collect::<Vec<_>>();
	let head = ["", "times", "reads", "writes", "declared µs", "charged µs", "transfers", "fee"];
	table::print(head, &lines);
	println!(
		"\nReads and writes are keys, each counted once. The declared weight is that of call, extensions
and base; charged is what is left of it when the call has said what it needed. A sensor's
report is for everybody on the line, and the request carries the money: neither that nor `fund`
is part of the sum.
Fees in millionths of a VOLT; reports of devices are free.\n"
	);
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let room = limits.get(DispatchClass::Normal).max_total.unwrap_or(limits.max_block);
	let fits = |weight: Weight| room.ref_time() / weight.ref_time().max(1);
	println!(
		"A block has room for {} transfers, or for {} whole trades.",
		fits(transfer.weight),
		fits(whole.weight)
	);
	let times = ratio(whole.weight);
	let declared = whole.declared.ref_time() as f64 / transfer.declared.ref_time() as f64;
	let what = format!(
		"weight of a whole trade: {times:.1} transfers (at most {MOST_WEIGHT}); {declared:.1} declared"
	);
	verdict(times <= MOST_WEIGHT, &what)
}
