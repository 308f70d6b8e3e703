//! Options of the command line, and what they mean on which chain.

use clap::Args;
use sc_service::{ChainType, Configuration};
use std::path::PathBuf;

/// Options of the management centre's service.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Management centre")]
pub struct Arguments {
	/// Do not run the management centre's service, whatever keys this node has
	#[arg(long)]
	pub no_management_centre: bool,

	/// Use the well-known service key //ManagementCentre, which only development chains take.
	/// Implied there by --dev and --alice
	#[arg(long, conflicts_with = "no_management_centre")]
	pub management_centre_dev_key: bool,

	/// Stand by: act only on what has waited this many blocks longer than a working service needs
	#[arg(long, value_name = "BLOCKS", conflicts_with = "no_management_centre")]
	pub management_centre_standby: Option<u32>,

	/// Certify whom this file of JSON lines approves; it is read again when it changes. Without it
	/// nobody is certified, on development chains everybody who applies
	#[arg(long, value_name = "FILE", conflicts_with = "no_management_centre")]
	pub approvals: Option<PathBuf>,
}

/// Who is certified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Approves {
	/// Nobody.
	Nobody,
	/// Everybody who applies: on development chains.
	Everybody,
	/// Whom this file names.
	File(PathBuf),
}

/// How the service is to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
	/// Put the well-known key into the keystore.
	pub development_key: bool,
	/// Stand by for so many blocks.
	pub standby: Option<u32>,
	/// Who is certified.
	pub approves: Approves,
}

impl Arguments {
	/// How the service is to run on the chain of `config`; `None` if it is switched off.
	pub fn settings(self, config: &Configuration) -> Result<Option<Settings>, String> {
		self.on(&config.chain_spec.chain_type(), config.dev_key_seed.as_deref())
	}

	/// The same, for a chain of type `chain` and a node with the well-known session keys of `seed`.
	fn on(self, chain: &ChainType, seed: Option<&str>) -> Result<Option<Settings>, String> {
		if self.no_management_centre {
			return Ok(None);
		}
		let development = matches!(chain, ChainType::Development | ChainType::Local);
		if self.management_centre_dev_key && !development {
			return Err(
				"--management-centre-dev-key: everybody knows this key, so it is for development \
				and local chains only"
					.into(),
			);
		}
		// One node of a local network is enough: that of Alice.
		let implied = development && seed == Some("//Alice");
		Ok(Some(Settings {
			development_key: self.management_centre_dev_key || implied,
			standby: self.management_centre_standby,
			approves: match self.approvals {
				Some(path) => Approves::File(path),
				None if development => Approves::Everybody,
				None => Approves::Nobody,
			},
		}))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn settings(arguments: Arguments, chain: ChainType, seed: Option<&str>) -> Settings {
		arguments.on(&chain, seed).expect("sound").expect("not switched off")
	}

	#[test]
	fn alice_is_the_management_centre_of_development_chains() {
		for chain in [ChainType::Development, ChainType::Local] {
			let alice = settings(Arguments::default(), chain.clone(), Some("//Alice"));
			assert!(alice.development_key);
			assert_eq!(alice.approves, Approves::Everybody);
			assert!(!settings(Arguments::default(), chain.clone(), Some("//Bob")).development_key);
			let asked = Arguments { management_centre_dev_key: true, ..Default::default() };
			assert!(settings(asked, chain, None).development_key);
		}
	}

	#[test]
	fn on_live_chains_nothing_is_implied() {
		let live = settings(Arguments::default(), ChainType::Live, Some("//Alice"));
		assert!(!live.development_key);
		assert_eq!(live.approves, Approves::Nobody);
		let asked = Arguments { management_centre_dev_key: true, ..Default::default() };
		assert!(asked.on(&ChainType::Live, None).is_err());
	}

	#[test]
	fn a_file_approves_on_every_chain() {
		for chain in [ChainType::Development, ChainType::Live] {
			let arguments = Arguments { approvals: Some("people".into()), ..Default::default() };
			let approves = settings(arguments, chain, None).approves;
			assert_eq!(approves, Approves::File("people".into()));
		}
	}

	#[test]
	fn it_can_be_switched_off() {
		let off = Arguments { no_management_centre: true, ..Default::default() };
		assert_eq!(off.on(&ChainType::Development, Some("//Alice")), Ok(None));
	}
}
