//! What each command does, and who we say we are.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service::{self, Block, Partial, Wishes},
};
use sc_cli::SubstrateCli;
use sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkWorker};
use std::sync::OnceLock;

/// What `--version` says; set once by [`run`].
static VERSION: OnceLock<&'static str> = OnceLock::new();

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Voltree node".into()
	}

	fn impl_version() -> String {
		VERSION.get().copied().unwrap_or(env!("CARGO_PKG_VERSION")).into()
	}

	fn description() -> String {
		"Voltree: a permissioned chain on which neighbours trade electrical power".into()
	}

	fn author() -> String {
		"the Voltree developers".into()
	}

	fn support_url() -> String {
		"README.md of the Voltree sources".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

/// Do what the command line says, as the program of version `version`.
pub fn run(version: &'static str) -> sc_cli::Result<()> {
	VERSION.get_or_init(|| version);
	let cli = Cli::from_args();
	match &cli.subcommand {
		None => run_node(&cli),
		Some(task) => run_task(&cli, task),
	}
}

/// Run a node until it is told to stop.
fn run_node(cli: &Cli) -> sc_cli::Result<()> {
	let arguments = cli.management_centre.clone();
	let (fan_out, health) = (cli.fan_out.fan_out, cli.health);
	let laboratory = cli.laboratory.clone();
	cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
		laboratory.check(config.chain_spec.chain_type())?;
		let centre = arguments.settings(&config)?;
		let wishes = Wishes { centre, fan_out, laboratory, health };
		match config.network.network_backend {
			NetworkBackendType::Litep2p => {
				service::new_full::<Litep2pNetworkBackend>(config, wishes)
			}
			NetworkBackendType::Libp2p => {
				service::new_full::<NetworkWorker<Block, service::Hash>>(config, wishes)
			}
		}
		.map_err(sc_cli::Error::Service)
	})
}

/// Do one task on keys, a specification or the database, and end.
fn run_task(cli: &Cli, task: &Subcommand) -> sc_cli::Result<()> {
	match task {
		Subcommand::Key(cmd) => cmd.run(cli),
		Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
		Subcommand::BuildSpec(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
		}
		Subcommand::CheckBlock(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let Partial { client, task_manager, import_queue, .. } = service::new_partial(&config)?;
			Ok((cmd.run(client, import_queue), task_manager))
		}),
		Subcommand::ExportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let Partial { client, task_manager, .. } = service::new_partial(&config)?;
			Ok((cmd.run(client, config.database), task_manager))
		}),
		Subcommand::ExportState(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let Partial { client, task_manager, .. } = service::new_partial(&config)?;
			Ok((cmd.run(client, config.chain_spec), task_manager))
		}),
		Subcommand::ImportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let Partial { client, task_manager, import_queue, .. } = service::new_partial(&config)?;
			Ok((cmd.run(client, import_queue), task_manager))
		}),
		Subcommand::PurgeChain(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database))
		}
		Subcommand::Revert(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let Partial { client, task_manager, backend, .. } = service::new_partial(&config)?;
			// GRANDPA keeps pending set changes beside the blocks: they must go back with them.
			let revert_grandpa = Box::new(|client, _, blocks| {
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((cmd.run(client, backend, Some(revert_grandpa)), task_manager))
		}),
		Subcommand::Doctor(doctor) => doctor.run(),
		Subcommand::ChainInfo(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config))
		}
	}
}
