//! Network namespaces: one for each node, made with iproute2 and gone when they are dropped.

use super::{address, sys};
use crate::error::Error;
use std::{
	fs::{self, File},
	path::PathBuf,
	process::{Command, Stdio},
	thread,
};

/// All namespaces of ours begin like this; then comes the process that made them.
const PREFIX: &str = "voltree-lab-";

/// The device in each of them.
const DEVICE: &str = "voltree0";

/// Whether idle connections begin anew with a small window; each namespace has its own.
const SLOW_START: &str = "/proc/sys/net/ipv4/tcp_slow_start_after_idle";

/// A network namespace with a loopback and a TUN device.
pub struct Namespace {
	name: String,
	handle: File,
}

fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
	let what = what.into();
	move |cause| Error::System { what, cause }
}

/// Runs iproute2's `ip`.
fn ip(arguments: &[&str]) -> Result<String, Error> {
	let line = format!("ip {}", arguments.join(" "));
	let done = Command::new("ip").args(arguments).stdin(Stdio::null()).output();
	let done = done.map_err(system(format!("run `{line}`: is iproute2 there?")))?;
	if !done.status.success() {
		let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
		return Err(Error::Run(format!("`{line}` has failed: {said}")));
	}
	Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

impl Namespace {
	/// For the node at a place; and the other end of its TUN device. Linux lets a connection that was
	/// idle for a moment begin anew with a small window, unless it is to keep it.
	pub fn new(node: usize, mtu: u32, keep_windows: bool) -> Result<(Self, File), Error> {
		let name = format!("{PREFIX}{}-{node}", std::process::id());
		ip(&["netns", "add", &name])?;
		let path = PathBuf::from("/run/netns").join(&name);
		let handle = File::open(&path).map_err(system(format!("open {}", path.display())));
		let namespace = match handle {
			Ok(handle) => Self { name, handle },
			Err(error) => {
				remove(&name);
				return Err(error);
			}
		};
		let device = namespace.enter(|| sys::tun(DEVICE))?;
		let device = device.map_err(system("make a TUN device: is there /dev/net/tun?"))?;
		let (own, mtu) = (format!("{}/32", address::of(node)), mtu.to_string());
		namespace.ip(&["link", "set", "lo", "up"])?;
		namespace.ip(&["addr", "add", &own, "dev", DEVICE])?;
		namespace.ip(&["link", "set", DEVICE, "mtu", &mtu, "up"])?;
		namespace.ip(&["route", "add", address::ALL, "dev", DEVICE])?;
		if keep_windows {
			let kept = namespace.enter(|| fs::write(SLOW_START, "0"))?;
			kept.map_err(system(format!("write {SLOW_START}")))?;
		}
		Ok((namespace, device))
	}

	fn ip(&self, arguments: &[&str]) -> Result<String, Error> {
		ip(&[&["-n", &self.name], arguments].concat())
	}

	/// Does something in the namespace, on a thread of its own: sockets and processes that are made
	/// there stay there.
	pub fn enter<T: Send>(&self, action: impl FnOnce() -> T + Send) -> Result<T, Error> {
		thread::scope(|scope| {
			let inside = scope.spawn(|| sys::enter_namespace(&self.handle).map(|()| action()));
			let done = inside.join().map_err(|_| Error::Run("a thread has panicked".into()))?;
			done.map_err(system(format!("enter the network namespace {}", self.name)))
		})
	}
}

impl Drop for Namespace {
	fn drop(&mut self) {
		remove(&self.name);
	}
}

/// Ends what runs in a namespace and removes it.
fn remove(name: &str) {
	if let Ok(pids) = ip(&["netns", "pids", name]) {
		for pid in pids.split_whitespace() {
			// Whoever has gone meanwhile is what is wanted.
			let _gone = Command::new("kill").args(["-KILL", pid]).stderr(Stdio::null()).status();
		}
	}
	if let Err(error) = ip(&["netns", "del", name]) {
		eprintln!("voltree-lab: {error}");
	}
}

/// Removes what laboratories left that were killed.
pub fn sweep() {
	let Ok(entries) = fs::read_dir("/run/netns") else { return };
	for name in entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
		let maker = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
		if maker.is_some_and(|pid| !PathBuf::from("/proc").join(pid).exists()) {
			remove(&name);
		}
	}
}
