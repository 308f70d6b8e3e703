//! Who takes part: the accounts of the development networks, from their seeds.

use codec::Encode;
use sp_core::{sr25519::Pair, Pair as _};
use sp_runtime::MultiSignature;
use std::{
	collections::HashMap,
	sync::{LazyLock, Mutex},
};
use voltree_runtime::AccountId;

/// Keys made so far: making one from a phrase takes milliseconds.
static KEYS: LazyLock<Mutex<HashMap<String, Pair>>> = LazyLock::new(Mutex::default);

/// The key of a seed such as `//Alice`.
pub fn pair(seed: &str) -> Pair {
	let mut keys = KEYS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
	keys.entry(seed.into())
		.or_insert_with(|| Pair::from_string(seed, None).expect("a derivation path"))
		.clone()
}

/// Households 1 to 14, certified, each with a meter.
pub fn household(number: usize) -> Pair {
	pair(&format!("//Household//{number}"))
}

/// The meter of a household.
pub fn meter(number: usize) -> Pair {
	pair(&format!("//Meter//{number}"))
}

/// Sensor owners 1 to 4, certified, without meters.
pub fn sensor_owner(number: usize) -> Pair {
	pair(&format!("//SensorOwner//{number}"))
}

/// The sensor of an owner on a line.
pub fn sensor(line: u32, owner: usize) -> Pair {
	pair(&format!("//Sensor//{line}//{owner}"))
}

/// The key of all shared wallets of `buyer`, held by the buyer's device.
pub fn wallet_key(buyer: &Pair) -> Pair {
	pair(&format!("//WalletKey//{}", buyer.id()))
}

/// The management centre's service.
pub fn service() -> Pair {
	pair("//ManagementCentre")
}

/// Who says what the grid's power costs.
pub fn grid() -> Pair {
	pair("//Grid")
}

/// The author of the blocks of `dev` and `demo`, a member of the authority, rich.
pub fn alice() -> Pair {
	pair("//Alice")
}

/// Whose key it is.
pub trait Id {
	/// The key's account.
	fn id(&self) -> AccountId;
	/// The key's signature over what `message` encodes to.
	fn seal(&self, message: &impl Encode) -> MultiSignature;
}

impl Id for Pair {
	fn id(&self) -> AccountId {
		self.public().into()
	}

	fn seal(&self, message: &impl Encode) -> MultiSignature {
		self.sign(&message.encode()).into()
	}
}
