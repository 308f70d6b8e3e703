//! `voltree-lab network`: real nodes, each in a network namespace, and how blocks travel between them.
//!
//! | Part | What |
//! |---|---|
//! | [`options`], [`faults`] | what can be asked for |
//! | [`switch`] | the network between the nodes |
//! | [`namespace`], [`sys`], [`process`] | what the operating system does for it |
//! | [`keys`], [`specification`], [`node`], [`cluster`] | the nodes |
//! | [`schedule`], [`extrinsic`], [`drive`] | what blocks carry |
//! | [`sample`], [`logs`], [`record`], [`trust`], [`reputation`] | what is seen |
//! | [`cells`], [`compare`], [`paper`], [`targets`] | what that means, what the simulator says, what was hoped for |
//! | [`view`], [`report`] | tables, pictures, files |

mod address;
mod cells;
mod cluster;
mod compare;
mod drive;
mod extrinsic;
mod faults;
mod http;
mod keys;
mod logs;
mod namespace;
mod node;
mod options;
mod paper;
mod process;
mod record;
mod report;
mod reputation;
mod sample;
mod schedule;
mod specification;
mod switch;
mod sys;
mod targets;
mod trust;
mod view;

pub use options::Options;

use crate::{error::Error, output};
use cluster::Cluster;
use report::Run;
use schedule::Schedule;

/// The command.
pub fn run(options: &Options) -> Result<(), Error> {
	options.check()?;
	let run = match options.report {
		true => Run::read(&options.output)?,
		false => {
			let run = measure(options)?;
			run.write(&options.output)?;
			run
		}
	};
	let sound = options.sound.as_deref().map(Run::read).transpose()?;
	for (name, text) in run.artefacts(options.seed, sound.as_ref())? {
		output::write(&options.output.join(name), &text)?;
	}
	output::print(&run.text(options.seed, sound.as_ref())?)
}

/// Runs the nodes.
fn measure(options: &Options) -> Result<Run, Error> {
	if !sys::is_root() {
		return Err(Error::Option(
			"network namespaces and TUN devices need root: run it with sudo, or in a virtual machine"
				.into(),
		));
	}
	sys::note_signals();
	let mut cluster = Cluster::start(options)?;
	let before = report::closed_streams(&cluster);
	let seen = drive::run(options, &mut cluster);
	if options.keep_logs || seen.is_err() {
		std::fs::create_dir_all(&options.output)
			.map_err(|cause| Error::Write { path: options.output.clone(), cause })?;
		cluster.keep_logs(&options.output)?;
	}
	let seen = seen?;
	let closed = report::closed_streams(&cluster).saturating_sub(before);
	let logs: Vec<String> = cluster
		.nodes
		.iter()
		.map(|node| {
			std::fs::read(&node.log)
				.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
				.map_err(|cause| Error::Read { what: node.log.display().to_string(), cause })
		})
		.collect::<Result<_, _>>()?;
	let schedule = Schedule::new(&options.modes, &options.sizes, options.blocks, options.idle);
	let blocks = record::blocks(&record::Evidence {
		logs: &logs,
		traces: &seen.traces,
		planned: &seen.planned,
		samples: &seen.samples,
		finalised: &seen.finalised,
		slot: options.slot,
		mode: &|number| schedule.mode(number),
	});
	Ok(Run::new(options, blocks, &seen, &cluster, closed, &logs))
}
