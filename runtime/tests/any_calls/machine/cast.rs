//! Who takes part.

use crate::common::{
	people::{alice, household, meter, pair, sensor, sensor_owner, service, Id},
	scene::line_of,
};
use sp_core::{sr25519::Pair, H256};
use std::{collections::BTreeMap, sync::LazyLock};
use voltree_primitives::{IdentityTag, LineId};
use voltree_runtime::{AccountId, Runtime};

/// Everybody, made once: keys take long.
pub static CAST: LazyLock<Cast> = LazyLock::new(Cast::new);

/// Everybody who has a key, and some who have none.
pub struct Cast {
	/// The keys of all who have one.
	pub keys: BTreeMap<AccountId, Pair>,
	/// Households, each with its meter and line.
	pub households: Vec<(AccountId, AccountId, LineId)>,
	/// Certified, with sensors and without meters.
	pub owners: Vec<AccountId>,
	/// Nobody yet; all but the last two have money.
	pub strangers: Vec<AccountId>,
	/// Two of three: the first two strangers and the first household.
	pub multisig: AccountId,
	/// One of two: the third stranger and the second household.
	pub joint: AccountId,
	/// The first account that the fourth stranger derives.
	pub derived: AccountId,
	/// Wallets to be linked.
	pub wallets: Vec<AccountId>,
	/// Keys of shared wallets.
	pub wallet_keys: Vec<AccountId>,
	/// Keys of devices to be registered.
	pub spare_devices: Vec<AccountId>,
	/// Service keys: the first is that of genesis.
	pub services: Vec<AccountId>,
	/// Who says what the grid's power costs.
	pub grid: AccountId,
	/// The authority's members; the first is sudo.
	pub authority: Vec<AccountId>,
	/// All of them, and accounts that nobody has.
	pub all: Vec<AccountId>,
}

impl Cast {
	fn new() -> Self {
		let mut keys = BTreeMap::new();
		let mut take = |key: Pair| {
			let id = key.id();
			keys.insert(id.clone(), key);
			id
		};
		let households = (1..=14)
			.map(|number| (take(household(number)), take(meter(number)), line_of(number)))
			.collect::<Vec<_>>();
		let owners = (1..=4).map(|number| take(sensor_owner(number))).collect();
		for line in 1..=3 {
			for owner in 1..=4 {
				take(sensor(line, owner));
			}
		}
		let mut some = |name: &str, count: usize| {
			(1..=count).map(|n| take(pair(&format!("//{name}//{n}")))).collect::<Vec<_>>()
		};
		let strangers = some("Stranger", 6);
		let wallets = some("Linked", 6);
		let wallet_keys = some("WalletKey", 4);
		let spare_devices = some("Spare", 8);
		let standby = some("Standby", 1);
		let services = [vec![take(service())], standby].concat();
		let grid = take(pair("//Grid"));
		let authority =
			vec![take(alice()), take(pair("//Bob")), take(pair("//Charlie")), take(pair("//Dave"))];

		type Multisig = pallet_multisig::Pallet<Runtime>;
		let mut two_of_three =
			[strangers[0].clone(), strangers[1].clone(), households[0].0.clone()];
		two_of_three.sort();
		let mut one_of_two = [strangers[2].clone(), households[1].0.clone()];
		one_of_two.sort();
		let multisig = Multisig::multi_account_id(&two_of_three, 2);
		let joint = Multisig::multi_account_id(&one_of_two, 1);
		let derived = pallet_utility::derivative_account_id(strangers[3].clone(), 0);
		let nobody = [[0; 32], [255; 32]].map(AccountId::from);
		let all = keys
			.keys()
			.cloned()
			.chain([multisig.clone(), joint.clone(), derived.clone()])
			.chain(nobody)
			.collect();
		Self {
			keys,
			households,
			owners,
			strangers,
			multisig,
			joint,
			derived,
			wallets,
			wallet_keys,
			spare_devices,
			services,
			grid,
			authority,
			all,
		}
	}

	/// Who wants to be certified, each as a person of its own.
	pub fn newcomers(&self) -> impl Iterator<Item = (AccountId, IdentityTag)> + '_ {
		let keyless = [&self.multisig, &self.joint, &self.derived];
		let tagged =
			|(number, who): (u64, &AccountId)| (who.clone(), H256::from_low_u64_be(number));
		(1..).zip(self.strangers.iter().chain(keyless)).map(tagged)
	}
}
