//! The network between the nodes: one thread that reads the packets of all TUN devices and hands each
//! to its receiver when it is due. The kernel needs no netem for that.

mod fabric;

pub use fabric::{Counts, Fabric, Terms, Time};

use super::{address, sys};
use crate::error::Error;
use std::{
	cmp::Reverse,
	collections::BinaryHeap,
	fs::File,
	io::{ErrorKind, Read, Write},
	os::fd::AsRawFd,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	thread::JoinHandle,
	time::{Duration, Instant},
};

/// The longest packet.
const LONGEST: usize = 65_536;

/// The thread looks whether it is to end at least this often.
const LOOK: Duration = Duration::from_millis(100);

/// Packets that are read from a device at a time.
const BATCH: usize = 64;

/// The running network. It ends when this is dropped.
pub struct Switch {
	fabric: Arc<Mutex<Fabric>>,
	start: Instant,
	ended: Arc<AtomicBool>,
	thread: Option<JoinHandle<()>>,
}

impl Switch {
	/// Joins the devices; each belongs to the node of its place.
	pub fn start(devices: Vec<File>, terms: Terms) -> Result<Self, Error> {
		let fabric = Arc::new(Mutex::new(Fabric::new(devices.len(), terms)));
		let ended = Arc::new(AtomicBool::new(false));
		let start = Instant::now();
		let runner = Runner {
			devices,
			fabric: fabric.clone(),
			start,
			ended: ended.clone(),
			due: BinaryHeap::new(),
		};
		let thread = std::thread::Builder::new()
			.name("switch".into())
			.spawn(move || runner.run())
			.map_err(|cause| Error::System { what: "start the switch".into(), cause })?;
		Ok(Self { fabric, start, ended, thread: Some(thread) })
	}

	fn fabric(&self) -> MutexGuard<'_, Fabric> {
		self.fabric.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// What has become of packets so far.
	pub fn counts(&self) -> Counts {
		self.fabric().counts.clone()
	}

	/// The longest time that what waits for an uplink will take to be sent.
	pub fn backlog(&self, nodes: usize) -> Duration {
		let now = nanos(self.start.elapsed());
		let fabric = self.fabric();
		Duration::from_nanos((0..nodes).map(|node| fabric.backlog(now, node)).max().unwrap_or(0))
	}

	/// Cuts the way between two nodes, or mends it.
	pub fn cut(&self, a: usize, b: usize, cut: bool) {
		self.fabric().cut(a, b, cut);
	}

	/// Whether packets are carried; not if the thread has failed.
	pub fn is_running(&self) -> bool {
		self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
	}
}

impl Drop for Switch {
	fn drop(&mut self) {
		self.ended.store(true, Ordering::Relaxed);
		if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
			eprintln!("voltree-lab: the switch has panicked");
		}
	}
}

fn nanos(duration: Duration) -> Time {
	Time::try_from(duration.as_nanos()).unwrap_or(Time::MAX)
}

/// When it is due, its number so that order is kept, to whom.
type Due = (Reverse<(Time, u64)>, usize, Vec<u8>);

struct Runner {
	devices: Vec<File>,
	fabric: Arc<Mutex<Fabric>>,
	start: Instant,
	ended: Arc<AtomicBool>,
	due: BinaryHeap<Due>,
}

impl Runner {
	fn run(mut self) {
		if let Err(error) = sys::take_precedence() {
			eprintln!("voltree-lab: the switch runs like everything else: {error}");
		}
		let descriptors: Vec<_> = self.devices.iter().map(AsRawFd::as_raw_fd).collect();
		let mut buffer = vec![0; LONGEST];
		let mut number = 0;
		while !self.ended.load(Ordering::Relaxed) {
			let now = nanos(self.start.elapsed());
			let next = self.due.peek().map(|(Reverse((at, _)), ..)| at.saturating_sub(now));
			let wait = next.map_or(LOOK, Duration::from_nanos).min(LOOK);
			let ready = match sys::readable(&descriptors, wait) {
				Ok(ready) => ready,
				Err(error) => return eprintln!("voltree-lab: the switch has failed: {error}"),
			};
			for from in ready {
				for _ in 0..BATCH {
					match self.devices[from].read(&mut buffer) {
						Ok(length) => self.take(from, &buffer[..length], &mut number),
						Err(error) if error.kind() == ErrorKind::WouldBlock => break,
						// The device is down, as at the end.
						Err(_) => break,
					}
				}
			}
			self.deliver();
		}
	}

	fn take(&mut self, from: usize, packet: &[u8], number: &mut u64) {
		let Some(to) = address::receiver(packet) else { return };
		let now = nanos(self.start.elapsed());
		let mut fabric = self.fabric.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some(at) = fabric.send(now, from, to, packet.len()) {
			*number += 1;
			self.due.push((Reverse((at, *number)), to, packet.to_vec()));
		}
	}

	fn deliver(&mut self) {
		let now = nanos(self.start.elapsed());
		while self.due.peek().is_some_and(|(Reverse((at, _)), ..)| *at <= now) {
			let Some((_, to, packet)) = self.due.pop() else { return };
			let taken =
				self.devices.get_mut(to).is_some_and(|device| device.write(&packet).is_ok());
			if !taken {
				let mut fabric = self.fabric.lock().unwrap_or_else(PoisonError::into_inner);
				fabric.counts.refused += 1;
			}
		}
	}
}
