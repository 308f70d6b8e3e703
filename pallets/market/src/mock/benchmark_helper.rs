//! What the benchmarks need of the neighbours.

use super::*;
use crate::benchmarking::{BenchmarkHelper, TokenOf};
use frame_benchmarking::account;
use frame_support::traits::fungible::Mutate;
use sp_core::H256;
use voltree_primitives::{IdentityTag, Meter, RECENT_TRADES};

/// Tells the doubles what the benchmarks want them to say.
pub struct TestHelper;

/// More than any benchmark needs.
const RICHES: Balance = 1_000_000_000_000;

/// What lines carry and meters move.
const POWER: voltree_primitives::Watts = CAPACITY;

fn enrich(who: &AccountId) {
	Balances::set_balance(who, RICHES);
}

impl BenchmarkHelper<Test> for TestHelper {
	fn set_time(now: Moment) {
		world(|world| world.now = now);
	}

	fn person(n: u32) -> AccountId {
		let who: AccountId = account("person", n, 0);
		let tag = tag_from(&who);
		enrich(&who);
		world(|world| {
			world.members.insert(who.clone(), tag);
			world.credit.insert(tag, 900);
			let record = world.records.entry(tag).or_default();
			(0..RECENT_TRADES).for_each(|n| record.append(H256::from_low_u64_be(n.into())));
		});
		who
	}

	fn link_wallets(owner: &AccountId) -> AccountId {
		let wallets = (0..16).map(|n| {
			let seed = tag_from(owner).to_low_u64_be() as u32;
			account::<AccountId>("wallet", n, seed)
		});
		for wallet in wallets.clone() {
			enrich(&wallet);
			world(|world| world.wallets.insert(wallet, owner.clone()));
		}
		wallets.last().unwrap()
	}

	fn impoverish(who: &AccountId) {
		Balances::set_balance(who, EXISTENTIAL_DEPOSIT);
	}

	fn poor_person(n: u32, wallets: u32) -> AccountId {
		let who = Self::person(n);
		Self::impoverish(&who);
		for number in 0..wallets {
			let wallet: AccountId = account("empty", number, n);
			world(|world| world.wallets.insert(wallet, who.clone()));
		}
		who
	}

	fn weaken(who: &AccountId) {
		world(|world| world.on_the_brink.insert(tag_from(who)));
	}

	fn meter(owner: &AccountId, line: LineId) -> AccountId {
		let meter = account("meter", line, tag_from(owner).to_low_u64_be() as u32);
		let of = Meter { owner: tag_from(owner), line, rated_power: POWER };
		world(|world| world.meters.insert(AccountId::clone(&meter), of));
		meter
	}

	fn fill_registers(meter: &AccountId, slot: &DeliverySlot, energy: WattHours) {
		world(|world| world.exported.insert((meter.clone(), slot.start), energy));
	}

	fn line(line: LineId) {
		let owners = (0..16).map(|n| IdentityTag::from_low_u64_be(n + 1)).collect();
		world(|world| world.lines.insert(line, owners));
	}

	fn keep_sensors(line: LineId, count: u32) {
		let count = usize::try_from(count).unwrap();
		world(|world| world.lines.get_mut(&line).unwrap().truncate(count));
	}

	fn fill_histories(_: LineId, _: Moment) {
		// The doubles call every line safe.
	}

	fn token(
		wallet: RequestId,
		volume: WattHours,
		pay_by: Moment,
		valid_until: Moment,
	) -> TokenOf<Test> {
		let token = SharedWallets::token_to_sign(wallet, volume, pay_by, valid_until);
		sign(SERVICE, token.expect("the wallet is open"))
	}
}

impl pallet_shared_wallet::BenchmarkHelper<AccountId, MultiSignature> for TestHelper {
	fn certify(who: &AccountId) {
		world(|world| world.members.insert(who.clone(), tag_from(who)));
	}

	fn sign(message: &[u8]) -> MultiSignature {
		SERVICE.sign(message).into()
	}
}
