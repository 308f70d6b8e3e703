use super::*;
use crate::agent::{fake_node::FakeNode, journal::tests::report, temporary_folder};
use std::{
	fs,
	path::{Path, PathBuf},
};

const PERIODS: Periods = Periods { report: 60, freshness: 150, interval: 15 };

#[test]
fn a_report_is_stamped_within_what_the_chain_takes() {
	assert_eq!(stamp(1000, None, 1003, &PERIODS), Some(1000));
	// Measured after the newest block: as of that block.
	assert_eq!(stamp(1005, None, 1003, &PERIODS), Some(1003));
	// Too soon after the last one: it waits until it may, and is then still the newest.
	assert_eq!(stamp(1000, Some(995), 1003, &PERIODS), None);
	assert_eq!(stamp(1000, Some(995), 1012, &PERIODS), Some(1010));
	// Too old.
	assert_eq!(stamp(1000, None, 1151, &PERIODS), None);
}

/// A sender before a node that does as it is told.
struct Scene {
	node: FakeNode,
	folder: PathBuf,
	journal: Arc<Mutex<Journal>>,
	sender: Sender,
}

impl Scene {
	fn new(name: &str) -> Self {
		let folder = temporary_folder(name);
		let node = FakeNode::start();
		let (journal, sender) = Self::begin(&node, &folder);
		Self { node, folder, journal, sender }
	}

	fn begin(node: &FakeNode, folder: &Path) -> (Arc<Mutex<Journal>>, Sender) {
		let journal = Arc::new(Mutex::new(Journal::open(folder).expect("a folder")));
		let key = |path: &str| Key::parse(path).expect("a path");
		let rpc = Node::new(&node.url).expect("a URL");
		let metrics = Arc::new(Metrics::default());
		let meter = Some(key("//Meter//1"));
		let sensor = key("//Sensor//1//1");
		let sender = Sender::new(rpc, sensor, meter, 900_000, journal.clone(), metrics);
		(journal, sender)
	}

	/// As after `kill -9`: only the disk is left.
	fn restart(&mut self) {
		(self.journal, self.sender) = Self::begin(&self.node, &self.folder);
	}

	fn add(&self, item: Item) {
		self.journal.lock().expect("whole").add(item);
	}

	fn step(&mut self) {
		self.sender.step().expect("the node answers");
	}

	fn waiting(&self) -> usize {
		self.journal.lock().expect("whole").len()
	}

	fn submitted(&self) -> usize {
		self.node.state().submitted.len()
	}
}

impl Drop for Scene {
	fn drop(&mut self) {
		fs::remove_dir_all(&self.folder).expect("removed");
	}
}

fn register(boundary: u64) -> Item {
	Item::Register { boundary, import: 1, export: 2 }
}

/// Submitted once, and gone from the queue once the finalized chain has it.
#[test]
fn a_report_is_sent_once() {
	let mut scene = Scene::new("once");
	let now = scene.node.state().now;
	scene.add(report(now - 1000));
	scene.step();
	scene.step();
	assert_eq!((scene.submitted(), scene.waiting()), (1, 1));
	scene.node.state().observed_best = Some(now - 1000);
	scene.step();
	assert_eq!((scene.submitted(), scene.waiting()), (1, 1), "not final yet");
	scene.node.state().observed_final = Some(now - 1000);
	scene.step();
	assert_eq!((scene.submitted(), scene.waiting()), (1, 0));
}

/// The newest reading goes first and makes older ones void; what is too old is not sent at all.
#[test]
fn only_the_newest_report_is_sent() {
	let mut scene = Scene::new("newest");
	let now = scene.node.state().now;
	(0..10).for_each(|back| scene.add(report(now - 30_000 + back * 1000)));
	scene.step();
	assert_eq!((scene.submitted(), scene.waiting()), (1, 1));
	scene.restart();
	scene.node.state().now += 200_000;
	scene.add(report(now + 10_000));
	scene.step();
	assert_eq!(scene.submitted(), 1, "stale");
}

/// Killed between submitting and hearing about it: the next run waits until it can no longer be
/// included, and only then sends again.
#[test]
fn after_a_kill_nothing_is_sent_twice() {
	let mut scene = Scene::new("kill");
	scene.add(register(900_000));
	scene.step();
	assert_eq!(scene.submitted(), 1);
	scene.restart();
	for _ in 0..LIFETIME_AND_A_BLOCK {
		scene.step();
		assert_eq!(scene.submitted(), 1);
		scene.node.advance();
	}
	scene.step();
	assert_eq!(scene.submitted(), 2);
	scene.node.state().boundaries = vec![900_000];
	scene.step();
	assert_eq!((scene.submitted(), scene.waiting()), (2, 0));
}

/// Blocks after which an extrinsic that was born at the finalized head is certainly dead.
const LIFETIME_AND_A_BLOCK: u32 = super::super::metadata::LIFETIME + 1;

/// Registers go from the oldest on, some at a time, all of them in the end.
#[test]
fn registers_are_all_sent_in_their_order() {
	let mut scene = Scene::new("registers");
	let boundaries: Vec<u64> = (1..=20).map(|slot| slot * 900_000).collect();
	boundaries.iter().for_each(|boundary| scene.add(register(*boundary)));
	let mut rounds = 0;
	while scene.waiting() > 0 {
		scene.step();
		let mut state = scene.node.state();
		state.boundaries = boundaries[..state.submitted.len()].to_vec();
		rounds += 1;
		assert!(rounds < 10, "it goes on");
	}
	assert_eq!(scene.submitted(), 20);
	// Each call ends with boundary, import, export and no signature.
	let state = scene.node.state();
	let sent = state.submitted.iter().map(|extrinsic| {
		let at = extrinsic.len() - 25;
		u64::from_le_bytes(extrinsic[at..at + 8].try_into().expect("eight bytes"))
	});
	assert_eq!(sent.collect::<Vec<_>>(), boundaries);
}

/// A refusal at the pool is no loss: the entry rests, and is tried again.
#[test]
fn what_is_refused_is_tried_again_later() {
	let mut scene = Scene::new("refused");
	scene.add(register(900_000));
	scene.node.state().refusal = Some(1010);
	scene.step();
	scene.step();
	assert_eq!((scene.node.state().refused, scene.waiting()), (1, 1));
	scene.node.state().refusal = None;
	scene.step();
	assert_eq!(scene.submitted(), 0, "it rests until the next block");
	scene.node.advance();
	scene.step();
	assert_eq!(scene.submitted(), 1);
}

/// Another extrinsic of the account waits under its next number: the one after it is taken.
#[test]
fn a_number_that_is_taken_is_passed_over() {
	let mut scene = Scene::new("number");
	scene.add(register(900_000));
	scene.node.state().taken_numbers = 3;
	scene.step();
	assert_eq!((scene.submitted(), scene.node.state().refused), (1, 3));
}

/// Nobody answers: an error each time, nothing lost; then everything goes on.
#[test]
fn a_node_that_returns_gets_what_waited() {
	let mut scene = Scene::new("returns");
	let now = scene.node.state().now;
	scene.node.state().absent = true;
	scene.add(report(now));
	scene.add(register(900_000));
	for _ in 0..3 {
		assert!(matches!(scene.sender.step(), Err(Failure::Absent(_))));
	}
	scene.node.state().absent = false;
	scene.step();
	assert_eq!(scene.submitted(), 2);
}
