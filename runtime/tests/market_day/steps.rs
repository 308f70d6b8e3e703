//! What may happen in a market day.

use crate::PLAYERS;
use pallet_sensor_oracle::Class;
use proptest::prelude::*;
use voltree_primitives::{Balance, WattHours};
use voltree_runtime::VOLT;

/// What happens in a block, beside reports. Numbers pick among what there is.
#[derive(Clone, Debug)]
pub enum Step {
	Offer {
		who: usize,
		volume: WattHours,
		price: u8,
		ahead: u64,
		lasts: u64,
	},
	Request {
		who: usize,
		volume: WattHours,
		price: u8,
		ahead: u64,
		funding: Balance,
	},
	Respond,
	Pay {
		pick: usize,
		offer: usize,
		volume: WattHours,
		by_key: bool,
	},
	/// Several buyers pay all they can.
	PayAll,
	Fund {
		pick: usize,
		amount: Balance,
	},
	Withdraw {
		pick: usize,
		amount: Balance,
	},
	Start,
	/// Sellers bill this share of what they may.
	Bill {
		percent: u64,
	},
	Confirm {
		every: usize,
	},
	Cancel {
		pick: usize,
	},
	WithdrawOffer {
		pick: usize,
	},
	Renew {
		pick: usize,
	},
	Weather {
		class: Option<Class>,
	},
	/// How much of their rated power the households produce from now on.
	Sun {
		percent: u64,
	},
	/// A household's meter falls silent, or speaks again.
	Silence {
		who: usize,
	},
	Give {
		from: usize,
		to: usize,
		amount: Balance,
	},
	Skip {
		slots: u64,
	},
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
	let who = 0..PLAYERS.len();
	let pick = any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
	let class = prop_oneof![
		6 => Just(Some(Class::Clear)),
		1 => Just(Some(Class::Thunderstorm)),
		1 => Just(None),
	];
	// Mostly what can be done, now and then what cannot: below the smallest fill, below the floor,
	// above the cap.
	let volume = prop_oneof![9 => 100u64..2_000, 1 => 0u64..100];
	let asked = prop_oneof![9 => 4u8..=10, 1 => 0u8..12];
	let wanted = prop_oneof![9 => 1u8..=6, 1 => 0u8..12];
	prop_oneof![
		8 => (who.clone(), volume.clone(), wanted, 0u64..3, 0u64..60_000).prop_map(
			|(who, volume, price, ahead, lasts)| Step::Offer { who, volume, price, ahead, lasts }
		),
		5 => (who.clone(), volume, asked, 0u64..3, 0..4 * VOLT).prop_map(
			|(who, volume, price, ahead, funding)| {
				Step::Request { who, volume, price, ahead, funding }
			}
		),
		10 => Just(Step::Respond),
		3 => (pick.clone(), pick.clone(), 0u64..2_000, any::<bool>()).prop_map(
			|(pick, offer, volume, by_key)| Step::Pay { pick, offer, volume, by_key }
		),
		10 => Just(Step::PayAll),
		1 => (pick.clone(), 0..VOLT).prop_map(|(pick, amount)| Step::Fund { pick, amount }),
		1 => (pick.clone(), 0..VOLT).prop_map(|(pick, amount)| Step::Withdraw { pick, amount }),
		8 => Just(Step::Start),
		8 => (0u64..=110).prop_map(|percent| Step::Bill { percent }),
		8 => (1usize..4).prop_map(|every| Step::Confirm { every }),
		1 => pick.clone().prop_map(|pick| Step::Cancel { pick }),
		1 => pick.clone().prop_map(|pick| Step::WithdrawOffer { pick }),
		1 => pick.prop_map(|pick| Step::Renew { pick }),
		2 => class.prop_map(|class| Step::Weather { class }),
		1 => (0u64..=100).prop_map(|percent| Step::Sun { percent }),
		1 => who.clone().prop_map(|who| Step::Silence { who }),
		1 => (who.clone(), who, 0..VOLT).prop_map(
			|(from, to, amount)| Step::Give { from, to, amount }
		),
		1 => (0u64..8).prop_map(|slots| Step::Skip { slots }),
	]
}
