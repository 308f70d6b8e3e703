//! The ways a call can reach the chain: signed, wrapped, through a proxy, a multisig, the authority.

use super::{cast::CAST, Dice, World};
use codec::Encode;
use frame_support::dispatch::GetDispatchInfo;
use pallet_collective::{Instance1, RawOrigin};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError,
};
use voltree_runtime::{AccountId, OriginCaller, Runtime, RuntimeCall, RuntimeOrigin};

type Batch = pallet_utility::Call<Runtime>;
type Motion = pallet_collective::Call<Runtime, Instance1>;
type Multi = pallet_multisig::Call<Runtime>;

/// The authority's origin, with `ayes` of its three members behind it.
fn members(ayes: u32) -> RuntimeOrigin {
	RawOrigin::<AccountId, Instance1>::Members(ayes, 3).into()
}

impl World {
	/// Let `who` call, one way or another.
	pub fn deliver(&mut self, dice: &mut Dice, who: &AccountId, call: impl Into<RuntimeCall>) {
		let call = call.into();
		if *who == CAST.multisig {
			return self.deliver_by_multisig(who, call);
		}
		let (who, call) = if *who == CAST.joint {
			let other_signatories = vec![CAST.households[1].0.clone()];
			let call = Multi::as_multi_threshold_1 { other_signatories, call: Box::new(call) };
			(CAST.strangers[2].clone(), call.into())
		} else if *who == CAST.derived {
			let call = Batch::as_derivative { index: 0, call: Box::new(call) };
			(CAST.strangers[3].clone(), call.into())
		} else {
			(who.clone(), call)
		};
		match dice.below(100) {
			0..=2 => {
				let other = self.anybody(dice);
				let _refused = self.act(RuntimeOrigin::signed(other), call);
			}
			3..=9 => {
				let (who, call) = self.wrapped(dice, who, call, 2);
				let _whatever = self.act(RuntimeOrigin::signed(who), call);
			}
			10..=13 => self.apply_signed(&who, call, 0),
			draw => {
				let _whatever = match CAST.households.iter().position(|(id, ..)| *id == who) {
					Some(number @ 0..=1) if draw % 4 == 0 => {
						self.act_by_proxy(number, who.clone(), call)
					}
					_ => self.act(RuntimeOrigin::signed(who), call),
				};
			}
		}
	}

	/// The first two households have proxies: a stranger for all they do, another for trade alone.
	fn act_by_proxy(
		&mut self,
		number: usize,
		real: AccountId,
		call: RuntimeCall,
	) -> Result<(), DispatchError> {
		let call = Box::new(call);
		let call = pallet_proxy::Call::proxy { real: real.into(), force_proxy_type: None, call };
		self.act(RuntimeOrigin::signed(CAST.strangers[number].clone()), call)
	}

	/// Two of three sign, one after the other.
	fn deliver_by_multisig(&mut self, multisig: &AccountId, call: RuntimeCall) {
		let signers =
			[CAST.strangers[0].clone(), CAST.strangers[1].clone(), CAST.households[0].0.clone()];
		let hash = sp_io::hashing::blake2_256(&call.encode());
		let max_weight = call.get_dispatch_info().call_weight;
		for who in &signers[..2] {
			let mut others = signers.iter().filter(|it| *it != who).cloned().collect::<Vec<_>>();
			others.sort();
			let call = Multi::as_multi {
				threshold: 2,
				other_signatories: others,
				maybe_timepoint: pallet_multisig::Multisigs::<Runtime>::get(multisig, hash)
					.map(|open| open.when),
				call: Box::new(call.clone()),
				max_weight,
			};
			let _whatever = self.act(RuntimeOrigin::signed(who.clone()), call);
		}
	}

	/// `call` by `who` inside other calls, up to `depth` of them.
	pub fn wrapped(
		&mut self,
		dice: &mut Dice,
		who: AccountId,
		call: RuntimeCall,
		depth: u32,
	) -> (AccountId, RuntimeCall) {
		let (by, wrapped): (AccountId, RuntimeCall) = match dice.below(9) {
			kind @ 0..=4 => {
				let mut calls = vec![call];
				for _ in 0..dice.below(4) {
					let other = self.any_call(dice);
					let place = dice.index(calls.len() + 1);
					calls.insert(place, other);
				}
				let batch = match kind {
					0..=1 => Batch::batch { calls },
					2..=3 => Batch::batch_all { calls },
					_ => Batch::force_batch { calls },
				};
				(who, batch.into())
			}
			5 => {
				let (main, fallback) = (Box::new(call), Box::new(self.any_call(dice)));
				(who, Batch::if_else { main, fallback }.into())
			}
			6 => {
				let as_who = pallet_sudo::Call::sudo_as { who: who.into(), call: Box::new(call) };
				(CAST.authority[0].clone(), as_who.into())
			}
			7 => {
				let signed = OriginCaller::system(frame_system::RawOrigin::Signed(who));
				let (as_origin, call) = (Box::new(signed), Box::new(call));
				let call = Box::new(Batch::dispatch_as { as_origin, call }.into());
				(CAST.authority[0].clone(), pallet_sudo::Call::sudo { call }.into())
			}
			_ => {
				let (real, call) = (who.into(), Box::new(call));
				let call = pallet_proxy::Call::proxy { real, force_proxy_type: None, call };
				(self.anybody(dice), call.into())
			}
		};
		if depth > 1 && dice.percent(20) {
			return self.wrapped(dice, by, wrapped, depth - 1);
		}
		(by, wrapped)
	}

	/// Let the authority decide, or somebody who is not it.
	pub fn decide(&mut self, dice: &mut Dice, call: impl Into<RuntimeCall>) {
		let call = call.into();
		match dice.below(100) {
			0..=59 => drop(self.act(members(2), call)),
			60..=69 => drop(self.act(members(3), call)),
			70..=79 => self.decide_by_motion(call),
			80..=84 => drop(self.act(RuntimeOrigin::root(), call)),
			85..=89 => {
				let call = pallet_sudo::Call::sudo { call: Box::new(call) };
				let _whatever = self.act(RuntimeOrigin::signed(CAST.authority[0].clone()), call);
			}
			90..=94 => {
				let refused = self.act(members(1), call);
				assert_eq!(refused, Err(DispatchError::BadOrigin), "one of three decides nothing");
			}
			_ => {
				let (length_bound, proposal) = (call.encoded_size() as u32, Box::new(call));
				let call = Motion::execute { proposal, length_bound };
				let _whatever = self.act(RuntimeOrigin::signed(CAST.authority[1].clone()), call);
			}
		}
	}

	/// Propose, vote twice, close.
	fn decide_by_motion(&mut self, call: RuntimeCall) {
		let proposal_hash = BlakeTwo256::hash_of(&call);
		let length_bound = call.encoded_size() as u32;
		let proposal_weight_bound = call.get_dispatch_info().call_weight;
		let index = pallet_collective::ProposalCount::<Runtime, Instance1>::get();
		let proposal = Box::new(call);
		let [first, second] =
			[0, 1].map(|number| RuntimeOrigin::signed(CAST.authority[number].clone()));
		if self
			.act(first.clone(), Motion::propose { threshold: 2, proposal, length_bound })
			.is_err()
		{
			return;
		}
		for voter in [&first, &second] {
			let vote = Motion::vote { proposal: proposal_hash, index, approve: true };
			let _whatever = self.act(voter.clone(), vote);
		}
		let close = Motion::close { proposal_hash, index, proposal_weight_bound, length_bound };
		let _whatever = self.act(second, close);
	}

	/// A random call as a signed extrinsic, or one whose bytes were changed after signing.
	pub fn a_signed_extrinsic(&mut self, dice: &mut Dice) {
		let who = self.anybody(dice);
		let call = self.any_call(dice);
		if dice.percent(10) {
			let _mostly_refused = self.apply(crate::common::without_sender(call, 0));
		} else if dice.percent(50) {
			let tip = dice.extreme_money(1_000);
			self.apply_signed(&who, call, tip);
		} else if let Some(key) = CAST.keys.get(&who) {
			self.a_tampered_extrinsic(dice, crate::common::sign(key, call, 0));
		}
	}
}
