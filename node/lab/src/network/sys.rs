//! What the operating system offers and the standard library does not: TUN devices, network namespaces,
//! waiting for many of them at once, and being asked to stop. The only unsafe code of this crate.

// System calls have no safe form here; each block below says why it is sound.
#![allow(unsafe_code)]

use std::{
	fs::{File, OpenOptions},
	io,
	os::{
		fd::{AsRawFd, RawFd},
		unix::fs::OpenOptionsExt,
	},
	sync::atomic::{AtomicBool, Ordering},
	time::Duration,
};

static ASKED_TO_STOP: AtomicBool = AtomicBool::new(false);

extern "C" fn note(_signal: libc::c_int) {
	ASKED_TO_STOP.store(true, Ordering::Relaxed);
}

/// From now on, being asked to stop (Ctrl-C, SIGTERM) is noted instead of obeyed at once.
pub fn note_signals() {
	let handler = note as extern "C" fn(libc::c_int);
	for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
		// SAFETY: the handler only stores into an atomic, which is allowed at any time.
		unsafe { libc::signal(signal, handler as libc::sighandler_t) };
	}
}

/// Whether somebody wants us to stop.
pub fn asked_to_stop() -> bool {
	ASKED_TO_STOP.load(Ordering::Relaxed)
}

/// Whether we may do everything.
pub fn is_root() -> bool {
	// SAFETY: takes nothing, always succeeds.
	unsafe { libc::geteuid() == 0 }
}

/// Moves this thread, and what it starts, into a network namespace.
pub fn enter_namespace(namespace: &File) -> io::Result<()> {
	// SAFETY: the descriptor is open as long as the borrow lasts.
	succeeded(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) })
}

/// A new TUN device in this thread's network namespace. Reads and writes are whole IP packets, and do
/// not wait.
pub fn tun(name: &str) -> io::Result<File> {
	let file = OpenOptions::new()
		.read(true)
		.write(true)
		.custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
		.open("/dev/net/tun")?;
	// SAFETY: all zeros is a valid value of this C structure.
	let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
	// One byte is left as the end of the text.
	let room = request.ifr_name.len() - 1;
	for (to, from) in request.ifr_name.iter_mut().zip(name.bytes().take(room)) {
		*to = from as libc::c_char;
	}
	request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
	// SAFETY: the request is a valid `ifreq` that lives through the call.
	succeeded(unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF as _, &request) })?;
	Ok(file)
}

/// Waits until one of `files` can be read, at most this long; says which can.
pub fn readable(files: &[RawFd], most: Duration) -> io::Result<Vec<usize>> {
	let mut polled: Vec<libc::pollfd> =
		files.iter().map(|fd| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 }).collect();
	let timeout = libc::timespec {
		tv_sec: most.as_secs().try_into().unwrap_or(1),
		tv_nsec: most.subsec_nanos().into(),
	};
	// SAFETY: the list and its length belong together, and nothing else uses it meanwhile.
	let found = unsafe {
		libc::ppoll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, &timeout, std::ptr::null())
	};
	if found < 0 {
		let error = io::Error::last_os_error();
		return match error.kind() {
			io::ErrorKind::Interrupted => Ok(Vec::new()),
			_ => Err(error),
		};
	}
	let ready = polled.iter().enumerate().filter(|(_, one)| one.revents & libc::POLLIN != 0);
	Ok(ready.map(|(index, _)| index).collect())
}

/// Puts this thread before others: the network must not wait for its nodes.
pub fn take_precedence() -> io::Result<()> {
	const NICE: libc::c_int = -15;
	// SAFETY: changes a number of this thread alone.
	succeeded(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) })
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
	if result < 0 {
		return Err(io::Error::last_os_error());
	}
	Ok(())
}
