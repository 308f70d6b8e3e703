//! The chain that a test begins with, and what must hold when it ends.

use super::*;
use sp_io::TestExternalities;
use sp_runtime::BuildStorage;
use voltree_primitives::Meter;

/// The invariants of both pallets and between them.
pub fn check() {
	SharedWallets::do_try_state().expect("invariants of shared wallets hold");
	Market::do_try_state().expect("invariants of the market hold");
	let mut locked = Market::locked_by_trades();
	for (request, wallet) in pallet_shared_wallet::Wallets::<Test>::iter() {
		assert!(Requests::<Test>::contains_key(request), "a wallet without its request");
		assert_eq!(wallet.locked, locked.remove(&request).unwrap_or_default());
	}
	assert!(locked.is_empty(), "a trade without its shared wallet");
	let accounts = || frame_system::Account::<Test>::iter_values().map(|account| account.data);
	let money: Balance = accounts().map(|data| data.free + data.reserved).sum();
	assert_eq!(money, pallet_balances::TotalIssuance::<Test>::get());
	let wallets = pallet_shared_wallet::Wallets::<Test>::iter_values();
	let escrow: Balance = wallets.map(|wallet| wallet.free + wallet.locked).sum();
	let bonds = Market::bonds();
	let on_hold = escrow + bonds.values().sum::<Balance>();
	assert_eq!(on_hold, accounts().map(|data| data.reserved).sum());
	for who in frame_system::Account::<Test>::iter_keys() {
		let on_hold = Balances::balance_on_hold(&HoldReason::Bond.into(), &who);
		assert_eq!(on_hold, bonds.get(&who).copied().unwrap_or_default(), "bonds of {who}");
	}
}

/// Nothing is left but what numbers were used.
pub fn check_empty() {
	assert_eq!(Requests::<Test>::iter().count(), 0);
	assert_eq!(Judged::<Test>::iter().count(), 0);
	assert_eq!(Offers::<Test>::iter().count() + Book::<Test>::iter().count(), 0);
	assert_eq!(Desks::<Test>::iter().count() + Closing::<Test>::iter().count(), 0);
	assert_eq!(LineLoads::<Test>::iter().count(), 0);
	assert_eq!(Trades::<Test>::iter().count() + MeterSlots::<Test>::iter().count(), 0);
	assert_eq!(Agenda::<Test>::iter().count(), 0);
	assert_eq!(pallet_shared_wallet::Wallets::<Test>::iter().count(), 0);
}

pub struct ExtBuilder {
	parameters: Parameters,
	world: World,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		let mut world = World::default();
		for member in [Alice, Bob, Charlie, Dave] {
			world.members.insert(id(member), tag(member));
		}
		for (wallet, owner) in
			[(WALLET_OF_ALICE, Alice), (WALLET_OF_BOB, Bob), (DEAD_WALLET_OF_BOB, Bob)]
		{
			world.wallets.insert(id(wallet), id(owner));
		}
		let owners = (1..=4).map(voltree_primitives::IdentityTag::repeat_byte).collect::<Vec<_>>();
		world.lines.insert(BARE_LINE, owners[..2].to_vec());
		world.lines.insert(LINE, owners.clone());
		world.lines.insert(OTHER_LINE, owners);
		for (meter, owner, line) in [(METER, Bob, LINE), (OTHER_METER, Charlie, OTHER_LINE)] {
			let meter_of = Meter { owner: tag(owner), line, rated_power: RATED };
			world.meters.insert(id(meter), meter_of);
		}
		Self { parameters: parameters(), world }
	}
}

impl ExtBuilder {
	pub fn parameters(mut self, parameters: Parameters) -> Self {
		self.parameters = parameters;
		self
	}

	/// Change what the neighbours know.
	pub fn world(mut self, change: impl FnOnce(&mut World)) -> Self {
		change(&mut self.world);
		self
	}

	pub fn build(self) -> TestExternalities {
		world(|world| *world = self.world);
		let rich = [Alice, Bob, Charlie, Dave].map(|who| (id(who), MONEY));
		let wallets = [WALLET_OF_ALICE, WALLET_OF_BOB].map(|who| (id(who), 1_000));
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: rich
					.into_iter()
					.chain(wallets)
					.chain([(pot(), EXISTENTIAL_DEPOSIT)])
					.collect(),
				..Default::default()
			},
			market: GenesisConfig {
				parameters: self.parameters,
				grid_key: Some(id(GRID)),
				..Default::default()
			},
			..Default::default()
		};
		let mut ext = TestExternalities::new(genesis.build_storage().expect("genesis builds"));
		// Block 0 records no events.
		ext.execute_with(|| System::set_block_number(1));
		ext
	}

	pub fn run(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			check();
		});
	}
}

/// The usual chain.
pub fn run(test: impl FnOnce()) {
	ExtBuilder::default().run(test);
}
