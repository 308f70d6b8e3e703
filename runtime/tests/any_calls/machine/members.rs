//! Who comes, who is certified, what is linked; and money that moves beside the market.

use super::{cast::CAST, Dice, World};
use crate::common::{people::Id, BalancesCall, RegistryCall, WalletCall};
use pallet_registry::types::DeviceKind;
use voltree_primitives::{Directory, IdentityTag, Moment, Roles};
use voltree_runtime::{AccountId, Registry, Runtime, RuntimeCall, RuntimeOrigin, VOLT};

impl World {
	/// A newcomer with the tag that is his own, or a member.
	fn somebody(&self, dice: &mut Dice) -> (AccountId, IdentityTag) {
		if dice.percent(60) {
			let newcomers = CAST.newcomers().collect::<Vec<_>>();
			return dice.one_of(&newcomers).clone();
		}
		let who = dice.one_of(&CAST.households).0.clone();
		let tag = Registry::tag_of(&who).unwrap_or_default();
		(who, tag)
	}

	/// Somebody applies, is certified, links a wallet, gets a device, or loses what he had.
	pub fn membership(&mut self, dice: &mut Dice) {
		let (who, tag) = self.somebody(dice);
		match dice.below(24) {
			0..=3 => self.deliver(dice, &who, RegistryCall::register {}),
			4 => self.deliver(dice, &who, RegistryCall::withdraw_application {}),
			5..=11 => self.the_service_certifies(dice, who, tag),
			12..=14 => {
				let wallet = dice.one_of(&CAST.wallets).clone();
				let call = self.a_link(dice, &who, wallet);
				self.deliver(dice, &who, call);
			}
			15 => {
				let wallet = dice.one_of(&CAST.wallets).clone();
				let by = if dice.percent(50) { &who } else { &wallet };
				let call = RegistryCall::unlink_wallet { wallet: wallet.clone() };
				self.deliver(dice, by, call);
			}
			16 if dice.percent(10) => {
				self.decide(dice, RegistryCall::revoke { account: who });
			}
			17..=20 => {
				let device = dice.one_of(&CAST.spare_devices).clone();
				let call = self.a_device(dice, device, who);
				self.the_service_calls(call);
			}
			21 if dice.percent(30) => {
				let devices = pallet_registry::Devices::<Runtime>::iter_keys().collect::<Vec<_>>();
				let Some(device) = dice.one(devices.into_iter()) else { return };
				let call = RegistryCall::remove_device { device };
				if dice.percent(50) {
					self.the_service_calls(call.into());
				} else {
					self.decide(dice, call);
				}
			}
			_ => (),
		}
	}

	fn the_service_calls(&mut self, call: RuntimeCall) {
		if let Some((service, _)) = self.service() {
			let _whatever = self.act(RuntimeOrigin::signed(service), call);
		}
	}

	fn the_service_certifies(&mut self, dice: &mut Dice, account: AccountId, tag: IdentityTag) {
		let tag = if dice.percent(10) { self.a_tag(dice) } else { tag };
		let call = self.a_certificate(dice, account, tag);
		self.the_service_calls(call);
	}

	/// A certificate, with consent or without.
	pub fn a_certificate(
		&self,
		dice: &mut Dice,
		account: AccountId,
		tag: IdentityTag,
	) -> RuntimeCall {
		let roles = match dice.below(20) {
			0 => Roles::Buyer,
			1 => Roles::Seller,
			_ => Roles::Both,
		};
		let longest = Registry::parameters().longest_certificate;
		let expires: Moment = match dice.below(20) {
			0 => self.a_moment(dice),
			1..=2 => self.now() + dice.below(600_000),
			_ => self.now().saturating_add(longest),
		};
		let consent = CAST.keys.get(&account).filter(|_| dice.percent(60)).map(|key| {
			let said = if dice.percent(90) { tag } else { dice.hash() };
			key.seal(&Registry::consent_message(&account, &said))
		});
		RegistryCall::certify { account, tag, roles, expires, consent }.into()
	}

	/// A wallet for `owner`, with its signature or another's.
	pub fn a_link(&self, dice: &mut Dice, owner: &AccountId, wallet: AccountId) -> RuntimeCall {
		let key = CAST.keys.get(&wallet).filter(|_| dice.percent(90));
		let key = key.unwrap_or(&CAST.keys[&CAST.grid]);
		let signature = key.seal(&Registry::link_message(owner, &wallet));
		RegistryCall::link_wallet { wallet, signature }.into()
	}

	/// A device for `owner`, with its signature or another's.
	pub fn a_device(&self, dice: &mut Dice, device: AccountId, owner: AccountId) -> RuntimeCall {
		let key = CAST.keys.get(&device).filter(|_| dice.percent(90));
		let key = key.unwrap_or(&CAST.keys[&CAST.grid]);
		let signature = key.seal(&Registry::device_message(&device, &owner));
		let line = if dice.percent(80) { dice.between(1, 3) as u32 } else { self.a_line(dice) };
		let kind = if dice.percent(50) { DeviceKind::Meter } else { DeviceKind::Sensor };
		let rated_power = match (kind, dice.below(10)) {
			(_, 0) => dice.any() as u32,
			(DeviceKind::Meter, _) => 375_000,
			(DeviceKind::Sensor, _) => 0,
		};
		RegistryCall::register_device { device, kind, owner, line, rated_power, signature }.into()
	}

	/// Fines are paid, money is redeemed, burned, given away.
	pub fn money_moves(&mut self, dice: &mut Dice) {
		match dice.below(12) {
			0..=3 => self.a_fine_is_paid(dice),
			4..=5 => {
				let (who, _) = self.somebody(dice);
				let amount = dice.extreme_money(VOLT);
				let reference = dice.hash();
				self.deliver(dice, &who, WalletCall::redeem { amount, reference });
			}
			6..=7 => {
				let open = pallet_shared_wallet::Redemptions::<Runtime>::iter().collect::<Vec<_>>();
				let Some((account, redemption)) = dice.one(open.into_iter()) else { return };
				if dice.percent(50) {
					return self.deliver(dice, &account, WalletCall::cancel_redemption {});
				}
				let amount = redemption.amount.saturating_add(u128::from(dice.percent(10)));
				let reference = dice.hash();
				self.decide(dice, WalletCall::burn { account, amount, reference });
			}
			_ => {
				let from = self.anybody(dice);
				let call = self.a_gift(dice);
				self.deliver(dice, &from, call);
			}
		}
	}

	fn a_fine_is_paid(&mut self, dice: &mut Dice) {
		let owing = pallet_credibility::Scores::<Runtime>::iter()
			.filter(|(_, score)| score.fines_due > 0)
			.filter_map(|(tag, score)| {
				let member = pallet_registry::Members::<Runtime>::get(tag)?;
				Some((member.accounts.first()?.clone(), score.fines_due))
			})
			.collect::<Vec<_>>();
		let Some((who, due)) = dice.one(owing.into_iter()) else { return };
		let amount = if dice.percent(80) { due } else { dice.extreme_money(due) };
		self.deliver(dice, &who, WalletCall::pay_fines { amount });
	}

	/// Money for anybody; now and then all that there is.
	pub fn a_gift(&self, dice: &mut Dice) -> RuntimeCall {
		let pot = dice.percent(5).then(Registry::pot);
		let dest = pot.unwrap_or_else(|| self.anybody(dice)).into();
		match dice.below(20) {
			0 => BalancesCall::transfer_all { dest, keep_alive: dice.percent(50) },
			1 => BalancesCall::burn { value: dice.extreme_money(1_000), keep_alive: true },
			2..=6 => BalancesCall::transfer_keep_alive { dest, value: dice.extreme_money(VOLT) },
			_ => BalancesCall::transfer_allow_death {
				dest,
				value: u128::from(dice.below(VOLT as u64)),
			},
		}
		.into()
	}
}
