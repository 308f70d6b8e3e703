//! The task of a node: one loop that gives the protocol what happens and does what it says.

use crate::{
	chain::Chain,
	protocol::{Action, Event, Protocol, Report, Settings, Trace},
	transport::{Incoming, Transport},
	types::{Hash, Moment, Peer},
};
use futures::{
	channel::{
		mpsc::{channel, Receiver, Sender},
		oneshot,
	},
	stream::{BoxStream, Fuse, FusedStream},
	FutureExt, StreamExt,
};
use futures_timer::Delay;
use std::{
	collections::BTreeMap,
	time::{Duration, Instant},
};

/// Commands that may wait; more are refused, and the node goes on without fan-out.
const MOST_COMMANDS: usize = 256;

/// Announcements that may wait for one block.
const MOST_WAITING: usize = 256;

/// The loop wakes up at least this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// The node, as far as the task acts on it.
pub trait Host: Chain + Send {
	/// Gives a block to the import queue.
	fn import(&mut self, hash: Hash, header: Vec<u8>, body: Vec<u8>);

	/// An author sealed two blocks of one slot: their headers.
	fn equivocation(&mut self, first: Vec<u8>, second: Vec<u8>);

	/// A session has ended.
	fn report(&mut self, report: Report);

	/// What became of a block.
	fn trace(&mut self, trace: Trace);

	/// How the protocol stands, and how many links are open.
	fn measure(&mut self, protocol: &Protocol, links: usize);
}

enum Command {
	Authored { header: Vec<u8>, body: Vec<u8> },
	Announced { hash: Hash, header: Vec<u8>, answer: oneshot::Sender<()> },
	Stop,
}

/// Talks to the task from elsewhere in the node. If the task has ended, or is too busy, the node
/// goes on without it.
#[derive(Clone)]
pub struct Controller(Sender<Command>);

impl Controller {
	/// This node has written a block and is about to import it.
	pub fn authored(&self, header: Vec<u8>, body: Vec<u8>) {
		let command = Command::Authored { header, body };
		if self.0.clone().try_send(command).is_err() {
			log::debug!(target: crate::LOG_TARGET, "a block of our own is left to the sync");
		}
	}

	/// A stock announcement of a block asks how long to wait. The answer comes as an end, of whatever
	/// kind.
	pub fn announced(&self, hash: Hash, header: Vec<u8>) -> oneshot::Receiver<()> {
		let (answer, wait) = oneshot::channel();
		// If it cannot be sent, its end of the answer is dropped here, which is an answer.
		if let Err(error) = self.0.clone().try_send(Command::Announced { hash, header, answer }) {
			drop(error.into_inner());
		}
		wait
	}

	/// Ends the task for good: from then on the node is an ordinary one. Returns whether it still ran.
	pub fn stop(&self) -> bool {
		self.0.clone().try_send(Command::Stop).is_ok()
	}

	/// Whether the task runs, or is about to.
	pub fn is_running(&self) -> bool {
		!self.0.is_closed()
	}
}

/// What the task hears of the node, besides commands and frames.
pub struct Feeds {
	/// Of the chain: imported, finalised, a new session, syncing.
	pub events: BoxStream<'static, Event>,
	/// With whom links are wanted, each time that changes.
	pub links: BoxStream<'static, Vec<Peer>>,
}

/// Before the network exists.
pub struct Prototype(Receiver<Command>);

/// The task's two ends: what it is built from, and what talks to it.
pub fn prototype() -> (Prototype, Controller) {
	let (sender, receiver) = channel(MOST_COMMANDS);
	(Prototype(receiver), Controller(sender))
}

impl Prototype {
	/// The task.
	pub fn build<T: Transport, H: Host>(
		self,
		settings: Settings,
		transport: T,
		host: H,
		feeds: Feeds,
	) -> Handler<T, H> {
		Handler {
			protocol: Protocol::new(settings),
			commands: self.0,
			start: Instant::now(),
			waiting: BTreeMap::new(),
			links: 0,
			events: feeds.events.fuse(),
			wanted: feeds.links.fuse(),
			transport,
			host,
		}
	}
}

/// The task.
pub struct Handler<T, H> {
	protocol: Protocol,
	transport: T,
	host: H,
	commands: Receiver<Command>,
	events: Fuse<BoxStream<'static, Event>>,
	wanted: Fuse<BoxStream<'static, Vec<Peer>>>,
	start: Instant,
	/// Announcements that wait, by block.
	waiting: BTreeMap<Hash, Vec<oneshot::Sender<()>>>,
	links: usize,
}

impl<T: Transport, H: Host> Handler<T, H> {
	/// Runs until the network or the chain ends.
	pub async fn run(mut self) {
		loop {
			let now = self.now();
			let sleep = Duration::from_micros(self.protocol.wake_at().saturating_sub(now));
			let mut timer = Delay::new(sleep.min(LONGEST_SLEEP)).fuse();
			futures::select! {
				incoming = self.transport.next().fuse() => match incoming {
					Some(incoming) => self.on_incoming(incoming),
					None => return,
				},
				event = self.events.next() => match event {
					Some(event) => self.tell(event),
					None => return,
				},
				peers = self.wanted.next() => {
					// Whoever would name others has ended: these stay.
					if let Some(peers) = peers {
						self.transport.keep(&peers);
					}
				}
				command = self.commands.next() => match command {
					Some(Command::Stop) => return,
					Some(command) => self.on_command(command),
					None => {}
				},
				() = timer => self.tell(Event::Wake),
			}
			// Without anybody to command it, the stream has ended, and would end at once each time.
			if self.commands.is_terminated() {
				return;
			}
			self.host.measure(&self.protocol, self.links);
		}
	}

	fn now(&self) -> Moment {
		// Half a million years.
		Moment::try_from(self.start.elapsed().as_micros()).unwrap_or(Moment::MAX)
	}

	fn on_incoming(&mut self, incoming: Incoming) {
		match incoming {
			Incoming::Opened(peer) => {
				self.links += 1;
				self.tell(Event::Opened(peer));
			}
			Incoming::Closed(peer) => {
				self.links = self.links.saturating_sub(1);
				self.tell(Event::Closed(peer));
			}
			Incoming::Received(peer, frame) => self.tell(Event::Received(peer, frame)),
			Incoming::Sent(peer, well) => self.tell(Event::Sent(peer, well)),
		}
	}

	fn on_command(&mut self, command: Command) {
		match command {
			Command::Authored { header, body } => self.tell(Event::Authored { header, body }),
			Command::Announced { hash, header, answer } => {
				let waiting = self.waiting.entry(hash).or_default();
				if waiting.len() < MOST_WAITING {
					waiting.push(answer);
				}
				self.tell(Event::Announced(header));
			}
			// The loop ends with it.
			Command::Stop => {}
		}
	}

	fn tell(&mut self, event: Event) {
		let now = self.now();
		for action in self.protocol.handle(&self.host, now, event) {
			self.perform(action);
		}
	}

	fn perform(&mut self, action: Action) {
		match action {
			Action::Send(to, frame) => self.transport.send(to, frame),
			Action::Import { hash, header, body } => self.host.import(hash, header, body),
			// Who has waited hears that its end is gone.
			Action::Gate(hash) => drop(self.waiting.remove(&hash)),
			Action::Fault(peer, fault) => self.transport.blame(peer, fault),
			Action::Equivocation(first, second) => self.host.equivocation(first, second),
			Action::Report(report) => self.host.report(report),
			Action::Trace(trace) => self.host.trace(trace),
		}
	}
}
