//! The genesis block: what is wrong with its configuration stops the build with a sentence.

use crate::{pallet::*, types::Device};
use voltree_primitives::Versioned;

impl<T: Config> Pallet<T> {
	pub(crate) fn build_genesis(config: &GenesisConfig<T>) {
		assert!(
			config.parameters.is_valid(Self::smallest_balance()),
			"registry genesis: a parameter is out of its range: {:?}",
			config.parameters
		);
		Parameters::<T>::put(Versioned::new(config.parameters.clone()));
		ServiceKey::<T>::set(config.service_key.clone());
		for (line, capacity) in &config.lines {
			assert!(
				!Lines::<T>::contains_key(line),
				"registry genesis: line {line} is listed twice"
			);
			Self::do_add_line(*line, *capacity);
		}
		for (account, tag, roles, expires) in &config.members {
			assert!(
				*expires > 0,
				"registry genesis: the certificate of {account:?} never is valid"
			);
			assert!(
				!Certificates::<T>::contains_key(account),
				"registry genesis: {account:?} is certified twice"
			);
			if let Err(error) = Self::admit(account, *tag, *roles, 0, *expires, true) {
				panic!("registry genesis: {account:?} cannot be certified: {error:?}");
			}
			// Genesis gives its members their money itself.
			Members::<T>::mutate_extant(tag, |member| member.endowed = true);
		}
		for (account, kind, owner, line, rated_power) in &config.devices {
			let Some(certificate) = Certificates::<T>::get(owner) else {
				panic!("registry genesis: {owner:?}, owner of device {account:?}, is no member");
			};
			let device = Device {
				kind: *kind,
				owner: certificate.tag,
				line: *line,
				rated_power: *rated_power,
			};
			if let Err(error) = Self::connect(account, device) {
				panic!("registry genesis: device {account:?} cannot be registered: {error:?}");
			}
		}
	}
}
