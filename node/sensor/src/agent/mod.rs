//! The agent: reads, judges, and reports to the chain, for years.

mod auditor;
mod chain;
mod due;
#[cfg(test)]
mod fake_node;
mod http;
pub mod install;
mod journal;
mod judges;
pub mod key;
mod metadata;
mod metrics;
mod options;
mod registers;
mod rpc;
mod sender;
mod source;
mod tls;

use crate::{
	error::Error,
	model::{hex, ModelFile},
	output,
	reading::{self, Columns, Parsed, Parser, Reading},
	score::{self, Scorer},
	series,
};
pub use auditor::series_root;
use journal::{Item, Journal};
use judges::{Judges, Verdict};
use key::Key;
use metrics::Metrics;
pub use options::Options;
use registers::Registers;
use rpc::Node;
use sender::{Sender, HOURS_BACK};
use source::{Broker, Given};
use std::{
	fs::{self, File},
	path::Path,
	sync::{
		atomic::Ordering::Relaxed,
		mpsc::{channel, Receiver, RecvTimeoutError, Sender as Signal},
		Arc, Mutex,
	},
	thread,
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
pub use tls::Authorities;

/// Reports are made this much more often than the chain asks for.
const HASTE: f64 = 0.8;
/// The chain's report period while nobody has answered, in milliseconds.
const USUAL_PERIOD: u64 = 60_000;
/// How often the chain is looked at when nothing new is to be sent.
const ROUND: Duration = Duration::from_secs(1);
/// Longest pause after a node did not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// A folder for a test, which does not exist yet.
#[cfg(test)]
pub fn temporary_folder(name: &str) -> std::path::PathBuf {
	let folder = std::env::temp_dir().join(format!("voltree-sensor-{name}-{}", std::process::id()));
	if folder.exists() {
		fs::remove_dir_all(&folder).expect("removed");
	}
	folder
}

/// This machine's clock, in milliseconds since 1970.
fn now() -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Everything that a line may change.
struct Agent {
	judges: Judges,
	parser: Parser,
	registers: Option<Registers>,
	journal: Arc<Mutex<Journal>>,
	metrics: Arc<Metrics>,
	wake: Signal<()>,
	stream_clock: bool,
	/// Whether lines come from a file or standard input.
	is_file: bool,
	json: bool,
	log: Option<series::Log>,
	last: Option<Verdict>,
	/// Class and time of the newest report that went to the queue.
	queued: Option<(&'static str, u64)>,
	complaints: u64,
}

pub fn run(options: &Options) -> Result<(), Error> {
	options.check()?;
	let authorities = match options.needs_tls() {
		true => Authorities::read(options.ca.as_deref())?,
		false => Authorities::default(),
	};
	let node = Node::new(&options.rpc, &authorities).map_err(Error::Option)?;
	let sensor = Key::read(&options.key)?;
	let meter = options.meter_key.as_deref().map(Key::read).transpose()?;
	let mut judges = Vec::new();
	for path in &options.model {
		let (model, hash) = ModelFile::read(path)?;
		let mut scorer = Scorer::new(model)?;
		if let Some(past) = &options.warm_up {
			score::warm_up(past, Columns::new(&options.input)?, &mut scorer)?;
		}
		judges.push((scorer, hash));
	}
	let _alone = alone(&options.state)?;
	let journal = Journal::open(&options.state).map_err(Error::write(&options.state))?;
	if journal.damaged > 0 {
		eprintln!("voltree-sensor: {} damaged lines of the queue were left out", journal.damaged);
	}
	let waiting = journal.len() as u64;
	let journal = Arc::new(Mutex::new(journal));
	let metrics = Arc::new(Metrics::default());
	metrics.waiting.store(waiting, Relaxed);
	let (inlet, outlet) = source::channel();
	if let Some(address) = &options.listen {
		let patience = options.patience.saturating_mul(1000);
		let at = http::serve(address, metrics.clone(), patience, inlet.clone())?;
		eprintln!("voltree-sensor: health, metrics and readings at http://{at}");
	}
	if options.source != "http" {
		let pace = options.pace.map(Duration::from_secs_f64);
		match Broker::of(&options.source, &authorities)? {
			Some(broker) => broker.open(inlet),
			None => source::open(&options.source, pace, inlet)?,
		}
	}
	let slot = options.slot * 1000;
	let registers = meter.is_some().then(|| Registers::new(slot));
	let sender = Sender::new(node, sensor, meter, slot, journal.clone(), metrics.clone());
	let (wake, woken) = channel();
	thread::spawn(move || send(sender, &woken));
	let mut agent = Agent {
		judges: Judges(judges),
		parser: Parser::new(Columns::new(&options.input)?),
		registers,
		journal,
		metrics,
		wake,
		stream_clock: options.stream_clock,
		is_file: options.source != "http" && !source::is_broker(&options.source),
		json: options.json,
		log: options.record.then(|| series::Log::new(options.state.join("series"))),
		last: None,
		queued: None,
		complaints: 0,
	};
	agent.catch_up()?;
	agent.listen(&outlet, options.hold.saturating_mul(1000))?;
	agent.drain(Duration::from_secs(options.drain))
}

/// Holds the state folder until it is dropped, or the program ends in whatever way.
fn alone(folder: &Path) -> Result<File, Error> {
	fs::create_dir_all(folder).map_err(Error::write(folder))?;
	let path = folder.join("lock");
	let file = File::create(&path).map_err(Error::write(&path))?;
	file.try_lock().map_err(|_| {
		let why = "another agent uses it; give each its own with --state";
		Error::Option(format!("{}: {why}", folder.display()))
	})?;
	Ok(file)
}

/// Sends for ever, at once when there is something new.
fn send(mut sender: Sender, woken: &Receiver<()>) {
	let mut pause = ROUND;
	let mut silent = false;
	loop {
		match sender.step() {
			Ok(()) => {
				if silent {
					eprintln!("voltree-sensor: the node answers again");
				}
				(pause, silent) = (ROUND, false);
			}
			Err(failure) => {
				if !silent {
					eprintln!("voltree-sensor: {failure}; what is to be sent waits on disk");
				}
				silent = true;
				pause = (pause * 2).min(LONGEST_PAUSE);
			}
		}
		match woken.recv_timeout(pause) {
			// Ten readings that came at once are one reason.
			Ok(()) => while woken.try_recv().is_ok() {},
			Err(RecvTimeoutError::Timeout) => {}
			Err(RecvTimeoutError::Disconnected) => return,
		}
	}
}

impl Agent {
	/// Until the source ends.
	fn listen(&mut self, outlet: &Receiver<Given>, hold: u64) -> Result<(), Error> {
		loop {
			match outlet.recv_timeout(ROUND) {
				Ok(Given::Line(line)) => self.line(&line)?,
				Ok(Given::TooLong) => self.complain("a line is too long"),
				Ok(Given::Trouble(why)) => eprintln!("voltree-sensor: {why}"),
				Ok(Given::End) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
				Err(RecvTimeoutError::Timeout) => {}
			}
			self.seal(now());
			let newest = self.metrics.newest_reading.load(Relaxed);
			// A clock that was put back or forward ends it, rather than hold a reading for long.
			if let Some(held) = self.last.clone().filter(|_| now().abs_diff(newest) <= hold) {
				self.report(Verdict { observed: now(), ..held });
			}
			let journal = self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
			self.metrics.waiting.store(journal.len() as u64, Relaxed);
			let was_full = self.metrics.disk_trouble.swap(journal.trouble.is_some(), Relaxed);
			if let Some(why) = journal.trouble.as_ref().filter(|_| !was_full) {
				eprintln!("voltree-sensor: {why}; what is new waits in memory only");
			}
		}
	}

	fn line(&mut self, line: &str) -> Result<(), Error> {
		self.metrics.rows.fetch_add(1, Relaxed);
		match self.parser.parse(line) {
			Ok(Parsed::Row { reading, notes }) => {
				if let Some(note) = notes.first() {
					self.metrics.doubtful_rows.fetch_add(1, Relaxed);
					self.complain(note);
				}
				self.reading(&reading);
			}
			Ok(Parsed::Header) => {
				let channels = self.parser.channels();
				let checks = self.judges.0.iter().map(|(scorer, _)| scorer.check(&channels));
				// A stream that one model can judge is good enough.
				let failed: Vec<String> = checks.filter_map(Result::err).collect();
				if failed.len() == self.judges.0.len() && self.registers.is_none() {
					return self.lost(failed.join("; "));
				}
			}
			Ok(Parsed::Blank) => {}
			Err(why) => {
				self.metrics.bad_rows.fetch_add(1, Relaxed);
				if self.parser.is_lost() {
					return self.lost(why);
				}
				self.complain(&why);
			}
		}
		Ok(())
	}

	/// A file that cannot be understood is an error; what devices send over a network may become better.
	fn lost(&mut self, why: String) -> Result<(), Error> {
		if self.is_file {
			return Err(Error::Input(why));
		}
		self.complain(&why);
		Ok(())
	}

	/// Says what is wrong, ever less often if it goes on.
	fn complain(&mut self, why: &str) {
		self.complaints += 1;
		if self.complaints.is_power_of_two() {
			eprintln!("voltree-sensor: line {}: {why}", self.metrics.rows.load(Relaxed));
		}
	}

	fn reading(&mut self, reading: &Reading) {
		let arrived = now();
		self.metrics.newest_reading.store(arrived, Relaxed);
		let observed = match u64::try_from(reading.time) {
			Ok(time) if self.stream_clock => time,
			_ => arrived,
		};
		self.record(arrived, reading);
		if let Some(registers) = &mut self.registers {
			match registers.push(observed, reading) {
				Ok(Some((boundary, import, export))) => {
					self.queue(Item::Register { boundary, import, export });
				}
				Ok(None) => {}
				Err(why) => self.complain(&why),
			}
		}
		let Some(verdict) = self.judges.judge(reading, observed) else { return };
		self.last = Some(verdict.clone());
		if verdict.class != "Clear" {
			self.metrics.alarms.fetch_add(1, Relaxed);
		}
		if self.json {
			let line = serde_json::json!({
				"time": reading.time, "class": verdict.class, "confidence": verdict.confidence,
				"model": hex(&verdict.model), "observed": verdict.observed,
			});
			// Whoever read has gone; the chain still listens.
			self.json = output::print(&format!("{line}\n")).is_ok();
		}
		self.report(verdict);
	}

	/// Keeps a reading; a full disk is no reason to judge nothing.
	fn record(&mut self, arrived: u64, reading: &Reading) {
		self.seal(arrived);
		let Some(log) = &mut self.log else { return };
		if let Err(error) = log.add(arrived, reading) {
			self.complain(&format!("cannot keep the reading: {error}"));
		}
	}

	/// Seals the hours that are over; their roots go to the chain.
	fn seal(&mut self, now: u64) {
		let Some(log) = &mut self.log else { return };
		match log.seal(now) {
			Ok(sealed) => sealed.into_iter().for_each(|one| self.queue(Item::Series(one))),
			Err(error) => self.complain(&error.to_string()),
		}
	}

	/// Queues what was sealed and, killed in between, not queued. What the chain has already is
	/// forgotten as soon as it says so.
	fn catch_up(&self) -> Result<(), Error> {
		let Some(log) = &self.log else { return Ok(()) };
		let first = (now() / reading::time::HOUR as u64).saturating_sub(HOURS_BACK);
		for sealed in log.sealed_since(u32::try_from(first).unwrap_or(u32::MAX))? {
			let known = {
				let journal =
					self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
				let known = journal.series().any(|(_, _, waiting)| *waiting == sealed);
				known
			};
			if !known {
				self.queue(Item::Series(sealed));
			}
		}
		Ok(())
	}

	/// Queues a report if the judgement has changed or the last one grows old.
	fn report(&mut self, verdict: Verdict) {
		let period = self.metrics.report_period().unwrap_or(USUAL_PERIOD) as f64 * HASTE;
		if due::is_due(self.queued, &verdict, period as u64, self.stream_clock) {
			self.queued = Some((verdict.class, verdict.observed));
			self.queue(Item::Report {
				class: verdict.class.to_owned(),
				confidence: verdict.confidence,
				model: hex(&verdict.model),
				observed: verdict.observed,
				digest: hex(&verdict.digest),
			});
		}
	}

	fn queue(&self, item: Item) {
		self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(item);
		// The sender is gone only if it panicked; then what waits is on disk.
		let _ = self.wake.send(());
	}

	/// Waits until everything has arrived, or for so long.
	fn drain(&self, patience: Duration) -> Result<(), Error> {
		let begin = Instant::now();
		loop {
			let (waiting, trouble) = {
				let journal =
					self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
				(journal.len(), journal.trouble.clone())
			};
			if waiting == 0 {
				return Ok(());
			}
			if begin.elapsed() >= patience {
				return Err(Error::Outside(match trouble {
					None => format!(
						"{waiting} entries still wait; they are on disk, and the next run sends them"
					),
					Some(why) => {
						format!(
							"{waiting} entries still wait, and the disk has not all of them: {why}"
						)
					}
				}));
			}
			thread::sleep(Duration::from_millis(200));
		}
	}
}
