//! The command line: options, commands and their help.

use crate::{fan_out, health, laboratory, management_centre::Arguments};
use clap::Parser;

/// A Voltree node: without a command it runs, with one it does that and ends.
#[derive(Debug, Parser)]
#[command(mut_arg("chain", |arg| arg.help(CHAIN_HELP).long_help(CHAIN_HELP)))]
// In ten minutes of full blocks the fork-aware pool, the SDK's default, lost a tenth of the extrinsics
// that it had accepted; this one lost none (scripts/load). Who wants the other says so.
#[command(mut_arg("pool_type", |arg| arg.default_value("single-state")))]
pub struct Cli {
	/// The task to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// Options of a running node.
	#[command(flatten)]
	pub run: sc_cli::RunCmd,

	/// Options of the management centre's service in a running node.
	#[command(flatten)]
	pub management_centre: Arguments,

	/// Options of block fan-out.
	#[command(flatten)]
	pub fan_out: fan_out::Arguments,

	/// What only the laboratory of networks asks for.
	#[command(flatten)]
	pub laboratory: laboratory::Arguments,

	/// Options of readiness.
	#[command(flatten)]
	pub health: health::Arguments,
}

/// What `--chain` says of itself: the SDK's own text does not know our networks.
const CHAIN_HELP: &str =
	"The chain to run: dev, local, staging, demo, or the path of a chain specification";

/// A task to do instead of running a node.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
	/// Make, show and insert keys: of accounts, of sessions, of the node
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Write a chain's specification as JSON
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Print a chain's specification (older form of `export-chain-spec`)
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Execute a stored block again and check it
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Print the state of a block as a raw chain specification
	ExportState(sc_cli::ExportStateCmd),

	/// Read blocks from a file and import them
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove a chain's whole database; keys stay
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take back the newest blocks that are not final
	Revert(sc_cli::RevertCmd),

	/// Print best and finalized block of the database
	ChainInfo(sc_cli::ChainInfoCmd),

	/// Find what keeps a chain from finalising, or a node from doing its part
	Doctor(crate::doctor::Doctor),
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;
	use sc_cli::{Result, SubstrateCli};
	use sc_service::{config::DatabaseSource, Configuration, Role};

	fn parse(args: &[&str]) -> clap::error::Result<Cli> {
		Cli::try_from_iter(std::iter::once("voltree-node").chain(args.iter().copied()))
	}

	/// Hands the configuration the node would run with to `check`.
	fn with_config(args: &[&str], check: impl FnOnce(Configuration)) -> Result<()> {
		let cli = parse(args)?;
		let tokio = sc_cli::build_runtime()?;
		check(cli.create_configuration(&cli.run, tokio.handle().clone())?);
		Ok(())
	}

	#[test]
	fn command_line_is_sound() {
		Cli::setup_command(Cli::command()).debug_assert();
	}

	#[test]
	fn help_names_voltree_and_its_networks() {
		let help = Cli::setup_command(Cli::command()).render_long_help().to_string();
		assert!(help.starts_with("Voltree"), "{help}");
		assert!(help.contains(CHAIN_HELP), "{help}");
		for network in crate::chain_spec::names() {
			assert!(CHAIN_HELP.contains(network), "{network} is missing in the help of --chain");
		}
	}

	#[test]
	fn every_command_parses() {
		for (args, expected) in [
			(&["key", "generate"][..], "Key"),
			(&["key", "insert", "--key-type", "aura", "--scheme", "sr25519"], "Key"),
			(&["key", "generate-node-key", "--chain", "local"], "Key"),
			(&["export-chain-spec", "--chain", "staging", "--raw"], "ExportChainSpec"),
			(&["build-spec", "--chain", "demo", "--disable-default-bootnode"], "BuildSpec"),
			(&["check-block", "1", "--dev"], "CheckBlock"),
			(&["export-blocks", "--from", "1", "--to", "2"], "ExportBlocks"),
			(&["export-state", "1"], "ExportState"),
			(&["import-blocks", "blocks.json"], "ImportBlocks"),
			(&["purge-chain", "-y"], "PurgeChain"),
			(&["revert", "3"], "Revert"),
			(&["chain-info"], "ChainInfo"),
			(&["doctor", "--chain", "local", "--base-path", "."], "Doctor"),
		] {
			let cli = parse(args).unwrap_or_else(|e| panic!("{args:?}: {e}"));
			let parsed = format!("{:?}", cli.subcommand.expect("a command was given"));
			assert!(parsed.starts_with(expected), "{args:?} parsed as {parsed}");
		}
	}

	#[test]
	fn unknown_command_is_refused() {
		assert!(parse(&["benchmark"]).is_err());
	}

	/// What the pool has accepted is not lost when blocks are full.
	#[test]
	fn the_single_state_pool_is_the_default() {
		let pool =
			|args: &[&str]| format!("{:?}", parse(args).map(|cli| cli.run.pool_config.pool_type));
		assert_eq!(pool(&["--dev"]), "Ok(SingleState)");
		assert_eq!(pool(&["--dev", "--pool-type", "fork-aware"]), "Ok(ForkAware)");
	}

	/// RocksDB is not compiled in. Were that feature ever switched on by a dependency, nodes would
	/// look for their chain in another folder.
	#[test]
	fn paritydb_is_the_default_database() -> Result<()> {
		with_config(&["--dev"], |config| {
			assert!(
				matches!(config.database, DatabaseSource::ParityDb { .. }),
				"{}",
				config.database
			);
		})
	}

	#[test]
	fn dev_is_a_lone_author_with_a_throw_away_database() -> Result<()> {
		with_config(&["--dev"], |config| {
			assert_eq!(config.chain_spec.id(), "voltree_dev");
			assert!(matches!(config.role, Role::Authority));
			assert!(config.force_authoring);
			assert_eq!(config.dev_key_seed.as_deref(), Some("//Alice"));
			// The SDK removes it when the process ends.
			assert!(config.base_path.path().starts_with(std::env::temp_dir()));
		})
	}

	#[test]
	fn dev_is_its_own_management_centre_unless_told_otherwise() -> Result<()> {
		let settings = |args: &[&str]| {
			let mut settings = None;
			let arguments = parse(args)?.management_centre;
			with_config(args, |config| settings = Some(arguments.settings(&config)))?;
			settings.ok_or_else(|| sc_cli::Error::Input("no configuration".into()))
		};
		let dev = settings(&["--dev"])?.expect("sound").expect("not switched off");
		assert!(dev.development_key);
		assert_eq!(dev.standby, None);
		let standby = settings(&["--chain", "local", "--management-centre-standby", "7"])?;
		let standby = standby.expect("sound").expect("not switched off");
		assert!(!standby.development_key);
		assert_eq!(standby.standby, Some(7));
		assert_eq!(settings(&["--dev", "--no-management-centre"])?, Ok(None));
		let live = settings(&["--chain", "staging", "--management-centre-dev-key"])?;
		assert!(live.is_err());
		assert!(parse(&["--no-management-centre", "--approvals", "people"]).is_err());
		Ok(())
	}

	/// Without trees a chain works, but not as fast: whoever wants that says so.
	#[test]
	fn fan_out_is_on_unless_switched_off() {
		let switch = |args: &[&str]| parse(args).map(|cli| cli.fan_out.fan_out).ok();
		assert_eq!(switch(&["--dev"]), Some(fan_out::Switch::On));
		assert_eq!(switch(&["--dev", "--fan-out", "off"]), Some(fan_out::Switch::Off));
		assert_eq!(switch(&["--dev", "--fan-out", "perhaps"]), None);
	}

	#[test]
	fn network_backend_is_the_operators_choice() -> Result<()> {
		use sc_network::config::NetworkBackendType;

		with_config(&["--dev"], |config| {
			assert!(matches!(config.network.network_backend, NetworkBackendType::Litep2p));
		})?;
		with_config(&["--dev", "--network-backend", "libp2p"], |config| {
			assert!(matches!(config.network.network_backend, NetworkBackendType::Libp2p));
		})
	}
}
