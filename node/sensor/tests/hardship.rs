//! What happens to a device in the field: it is killed while it writes, and its disk is full.

use std::{
	fs,
	io::{BufRead, BufReader, Write},
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_voltree-sensor");

/// A device whose node is away: all that it is to send waits.
struct Device {
	folder: PathBuf,
	url: String,
}

impl Device {
	fn new(name: &str) -> Self {
		let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
		if folder.exists() {
			fs::remove_dir_all(&folder).expect("removed");
		}
		fs::create_dir_all(&folder).expect("made");
		fs::write(folder.join("sensor"), "//Sensor//1//1").expect("written");
		fs::write(folder.join("meter"), "//Meter//1").expect("written");
		// Nobody listens where this socket was.
		let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
		let url = format!("ws://{}", free.local_addr().expect("bound"));
		Self { folder, url }
	}

	fn path(&self, name: &str) -> PathBuf {
		self.folder.join(name)
	}

	fn journal(&self) -> PathBuf {
		self.path("state").join("queue.journal")
	}

	/// The agent, reading standard input, started by `shell` if there is one.
	fn start(&self, shell: Option<&str>) -> Child {
		let mut command = match shell {
			None => Command::new(PROGRAM),
			Some(script) => {
				let mut command = Command::new("sh");
				command.args(["-c", script, PROGRAM]);
				command
			}
		};
		// Asked when it runs: checkouts that share a target folder share the program, too.
		let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("Cargo runs the tests");
		let model = Path::new(&here).join("models/thunderstorm.json");
		command
			.args([
				"run",
				"--rpc",
				&self.url,
				"--slot",
				"60",
				"--stream-clock",
				"--record",
				"--drain",
				"0",
			])
			.arg("--key")
			.arg(self.path("sensor"))
			.arg("--meter-key")
			.arg(self.path("meter"))
			.arg("--model")
			.arg(model)
			.arg("--state")
			.arg(self.path("state"))
			.stdin(Stdio::piped())
			.stderr(Stdio::piped())
			.spawn()
			.expect("the program starts")
	}

	/// What a run without a reading says of what waits.
	fn waiting(&self) -> (usize, String) {
		let output = self.start(None).wait_with_output().expect("it ends");
		assert_eq!(output.status.code(), Some(1));
		let said = String::from_utf8(output.stderr).expect("text");
		let line = said.lines().find(|line| line.contains("entries still wait")).expect("it waits");
		let count = line.split(' ').find_map(|word| word.parse().ok()).expect("a number");
		(count, said)
	}
}

const HEADER: &str = "time,temperature,pressure,import,export\n";

/// A reading at the boundary with this number.
fn row(boundary: u64) -> String {
	format!("{},20,1000,{boundary},{}\n", boundary * 60, 2 * boundary)
}

/// Registers in the whole lines of a journal.
fn registers(journal: &Path) -> Vec<u64> {
	let text = fs::read_to_string(journal).unwrap_or_default();
	let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
	let boundary = |line: &str| {
		let (_, rest) = line.split_once("\"boundary\":")?;
		rest.split(|next: char| !next.is_ascii_digit()).next()?.parse().ok()
	};
	whole.lines().filter_map(boundary).collect()
}

/// Killed again and again while it writes: what was on the disk once stays there, once.
#[test]
fn killed_in_the_middle_of_a_write() {
	let device = Device::new("killed");
	let mut next = 1;
	let mut known: Vec<u64> = Vec::new();
	for round in 1..=6 {
		let mut child = device.start(None);
		let mut input = child.stdin.take().expect("piped");
		let first = next;
		// As many as it takes until the kill breaks the pipe.
		let feeder = std::thread::spawn(move || {
			let mut boundary = first;
			let mut line = HEADER.to_owned();
			while input.write_all(line.as_bytes()).is_ok() {
				line = row(boundary);
				boundary += 1;
			}
			boundary
		});
		while registers(&device.journal()).len() < known.len() + 5 * round {
			assert!(child.try_wait().expect("asked").is_none(), "it runs");
			std::thread::yield_now();
		}
		child.kill().expect("killed");
		child.wait().expect("gone");
		next = feeder.join().expect("ended");
		let after = registers(&device.journal());
		assert!(known.iter().all(|boundary| after.contains(boundary)), "nothing is lost");
		known = after;
	}
	let (count, said) = device.waiting();
	assert!(count >= known.len(), "{count} of {}", known.len());
	let mut kept = registers(&device.journal());
	assert!(known.iter().all(|boundary| kept.contains(boundary)));
	let all = kept.len();
	kept.sort_unstable();
	kept.dedup();
	assert_eq!(kept.len(), all, "no register is there twice");
	// A kill costs the line that was being written, and each start leaves a whole journal behind.
	assert!(!said.contains("damaged") || said.contains(": 1 damaged lines"), "{said}");
	assert!(!device.waiting().1.contains("damaged"));
	// The series have whole lines only, but for the last of each file.
	for entry in fs::read_dir(device.path("state").join("series")).expect("recorded") {
		let path = entry.expect("read").path();
		let text = fs::read_to_string(&path).expect("text");
		let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
		for line in whole.lines() {
			assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line:?}");
		}
	}
}

/// No file may grow beyond 8 KiB, as on a full disk: the agent says so, judges and reports on, and what
/// found room is whole.
#[test]
fn a_full_disk() {
	let device = Device::new("full");
	// Blocks of 512 bytes in some shells, of 1,024 in others; the signal would end it.
	let mut child = device.start(Some("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""));
	let mut input = child.stdin.take().expect("piped");
	let said = child.stderr.take().expect("piped");
	let reader = std::thread::spawn(move || {
		BufReader::new(said).lines().map(|line| line.expect("text")).collect::<Vec<_>>()
	});
	input.write_all(HEADER.as_bytes()).expect("it reads");
	for boundary in 1..=400 {
		input.write_all(row(boundary).as_bytes()).expect("it reads on");
	}
	drop(input);
	let status = child.wait().expect("it ends");
	let said = reader.join().expect("read");
	assert_eq!(status.code(), Some(1), "{said:?}");
	assert!(said.iter().any(|line| line.contains("File too large")), "{said:?}");
	let waits = |line: &String| line.contains("entries still wait");
	let line = said.iter().find(|line| waits(line)).expect("it says what waits");
	let count: usize = line.split(' ').find_map(|word| word.parse().ok()).expect("a number");
	assert!(count >= 400, "memory has them all: {line}");
	assert!(line.contains("the disk has not all of them"), "{line}");
	assert!(said.iter().any(|line| line.contains("waits in memory only")), "{said:?}");
	// What the disk took can be read, and there is room again.
	let kept = registers(&device.journal());
	assert!(!kept.is_empty() && kept.len() < 400);
	let (count, said) = device.waiting();
	assert!(count >= kept.len(), "{said}");
}
