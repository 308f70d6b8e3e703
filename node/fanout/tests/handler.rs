//! The task over links in memory: several of them, each with a chain of its own, in one process.

mod common;

use codec::Decode;
use common::{
	block,
	ledger::{peer, Header, Ledger, SLOT},
	snapshot, Block,
};
use futures::{
	channel::{mpsc, oneshot},
	executor::{block_on, ThreadPool},
	future::{ready, select, Either, RemoteHandle},
	stream,
	task::SpawnExt,
	StreamExt,
};
use futures_timer::Delay;
use std::{
	sync::{Arc, Mutex},
	time::Duration,
};
use voltree_fanout::{
	chain::{Chain, Seal},
	handler::{prototype, Controller, Feeds, Host},
	memory::Switch,
	protocol::{Event, Protocol, Report, Settings, Trace},
	types::{Author, Hash, Head, Moment},
};
use voltree_wct::plan::Mode;

/// Nothing here takes long; this is for what never comes.
const FOREVER: Duration = Duration::from_secs(60);

/// A chain that imports at once and tells of it.
struct Node {
	ledger: Arc<Mutex<Ledger>>,
	events: mpsc::UnboundedSender<Event>,
	imported: mpsc::UnboundedSender<Hash>,
	links: mpsc::UnboundedSender<usize>,
}

impl Node {
	fn ledger<T>(&self, read: impl FnOnce(&Ledger) -> T) -> T {
		read(&self.ledger.lock().expect("no test panics with it"))
	}
}

impl Chain for Node {
	fn inspect(&self, header: &[u8]) -> Option<Head> {
		self.ledger(|ledger| ledger.inspect(header))
	}
	fn knows(&self, hash: &Hash) -> bool {
		self.ledger(|ledger| ledger.knows(hash))
	}
	fn body_length(&self, hash: &Hash) -> Option<u32> {
		self.ledger(|ledger| ledger.body_length(hash))
	}
	fn seal(&self, header: &[u8]) -> Seal {
		self.ledger(|ledger| ledger.seal(header))
	}
	fn body_fits(&self, header: &[u8], body: &[u8]) -> bool {
		self.ledger(|ledger| ledger.body_fits(header, body))
	}
	fn slot_now(&self) -> u64 {
		self.ledger(Ledger::slot_now)
	}
	fn sign(&self, author: &Author, message: &[u8]) -> Option<[u8; 64]> {
		self.ledger(|ledger| ledger.sign(author, message))
	}
	fn signed(&self, author: &Author, message: &[u8], signature: &[u8; 64]) -> bool {
		self.ledger(|ledger| ledger.signed(author, message, signature))
	}
}

impl Host for Node {
	fn import(&mut self, hash: Hash, header: Vec<u8>, body: Vec<u8>) {
		let header = Header::decode(&mut &header[..]).expect("the protocol has looked at it");
		self.ledger.lock().expect("no test panics with it").import(header, body.len() as u32);
		// The test or the task may have ended.
		let _ended = self.imported.unbounded_send(hash);
		let _ended = self.events.unbounded_send(Event::Imported(hash));
	}
	fn equivocation(&mut self, _: Vec<u8>, _: Vec<u8>) {}
	fn report(&mut self, _: Report) {}
	fn trace(&mut self, _: Trace) {}
	fn measure(&mut self, _: &Protocol, links: usize) {
		let _ended = self.links.unbounded_send(links);
	}
}

/// A running task, and what the test sees of it.
struct Task {
	controller: Controller,
	ledger: Arc<Mutex<Ledger>>,
	events: mpsc::UnboundedSender<Event>,
	imported: mpsc::UnboundedReceiver<Hash>,
	links: mpsc::UnboundedReceiver<usize>,
	/// Ends the task when it is dropped.
	running: Option<RemoteHandle<()>>,
}

struct Net {
	tasks: Vec<Task>,
	switch: Switch,
	_pool: ThreadPool,
}

impl Net {
	/// Chains are in slot 1 and stay there.
	fn new(nodes: usize, slot: Moment) -> Self {
		let pool = ThreadPool::builder().pool_size(2).create().expect("threads can be made");
		let switch = Switch::default();
		let task = |own| {
			let mut ledger = Ledger::new(own, nodes);
			ledger.now = SLOT;
			let ledger = Arc::new(Mutex::new(ledger));
			let (events, stream) = mpsc::unbounded();
			let (imported, imports) = mpsc::unbounded();
			let (links, counts) = mpsc::unbounded();
			let host = Node { ledger: ledger.clone(), events: events.clone(), imported, links };
			let (prototype, controller) = prototype();
			let settings = Settings { own: peer(own), slot, seed: own as u64 };
			let everybody = (0..nodes).map(peer).collect();
			let links = stream::once(ready(everybody)).boxed();
			let feeds = Feeds { events: stream.boxed(), links };
			let handler = prototype.build(settings, switch.join(peer(own)), host, feeds);
			let running = pool.spawn_with_handle(handler.run()).expect("the pool runs");
			events
				.unbounded_send(Event::Snapshot(snapshot(0, nodes, Mode::Ours)))
				.expect("the task runs");
			let running = Some(running);
			Task { controller, ledger, events, imported: imports, links: counts, running }
		};
		let tasks = (0..nodes).map(task).collect();
		let mut net = Self { tasks, switch, _pool: pool };
		(0..nodes).for_each(|node| net.has_links(node, nodes - 1));
		net
	}

	/// Waits until a node has so many links.
	fn has_links(&mut self, node: usize, count: usize) {
		let links = &mut self.tasks[node].links;
		let reached = links.skip_while(|links| ready(*links != count)).into_future();
		match block_on(select(reached, Delay::new(FOREVER))) {
			Either::Left(((links, _), _)) => assert_eq!(links, Some(count)),
			Either::Right(_) => panic!("node {node} never has {count} links"),
		}
	}

	fn write(&self, block: &Block) {
		let writer = &self.tasks[block.writer];
		writer.controller.authored(block.header.clone(), block.body.clone());
		let mut ledger = writer.ledger.lock().expect("no test panics with it");
		ledger.import(block.parsed.clone(), block.body.len() as u32);
		writer.events.unbounded_send(Event::Imported(block.hash)).expect("the task runs");
	}

	/// Waits until a node has imported a block by fan-out.
	fn gets(&mut self, node: usize, block: &Block) {
		let next = self.tasks[node].imported.next();
		match block_on(select(next, Delay::new(FOREVER))) {
			Either::Left((hash, _)) => assert_eq!(hash, Some(block.hash)),
			Either::Right(_) => panic!("node {node} never gets the block"),
		}
	}
}

fn answered(wait: oneshot::Receiver<()>) {
	match block_on(select(wait, Delay::new(FOREVER))) {
		// An end is the answer.
		Either::Left((answer, _)) => assert!(answer.is_err()),
		Either::Right(_) => panic!("an announcement waits forever"),
	}
}

/// Small and large, from task to task.
#[test]
fn everybody_gets_every_block() {
	for length in [0, 200, 300_000] {
		let mut net = Net::new(5, SLOT);
		let parent = net.tasks[0].ledger.lock().expect("no test panics with it").best;
		let block = block(parent, 1, 1, 5, length, 7);
		net.write(&block);
		for node in (0..5).filter(|node| *node != block.writer) {
			net.gets(node, &block);
		}
		assert!(net.switch.blamed().is_empty());
	}
}

/// With half of the links of the author cut the block goes round; a link that is mended is used again.
#[test]
fn a_block_finds_its_way_round_cut_links() {
	let mut net = Net::new(5, SLOT);
	let parent = net.tasks[0].ledger.lock().expect("no test panics with it").best;
	let block = block(parent, 1, 1, 5, 300_000, 7);
	let others: Vec<usize> = (0..5).filter(|node| *node != block.writer).collect();
	for node in &others[..2] {
		net.switch.cut(peer(block.writer), peer(*node));
	}
	net.has_links(block.writer, 2);
	net.write(&block);
	for node in &others {
		net.gets(*node, &block);
	}
	net.switch.mend(peer(block.writer), peer(others[0]));
	net.has_links(block.writer, 3);
	assert!(net.switch.blamed().is_empty());
}

/// A dead task among the others: they get the block, and its own node's announcements pass at once.
#[test]
fn a_task_that_has_ended_holds_nobody_up() {
	let mut net = Net::new(5, SLOT);
	let parent = net.tasks[0].ledger.lock().expect("no test panics with it").best;
	let block = block(parent, 1, 1, 5, 300_000, 7);
	let dead = (block.writer + 1) % 5;
	assert!(net.tasks[dead].controller.is_running());
	assert!(net.tasks[dead].controller.stop());
	block_on(net.tasks[dead].running.take().expect("nobody has taken it before"));
	assert!(!net.tasks[dead].controller.is_running());
	assert!(!net.tasks[dead].controller.stop());
	net.write(&block);
	for node in (0..5).filter(|node| *node != block.writer && *node != dead) {
		net.gets(node, &block);
	}
	let controller = &net.tasks[dead].controller;
	answered(controller.announced(block.hash, block.header.clone()));
	controller.authored(block.header.clone(), block.body.clone());
}

/// Announcements of a block wait for it, and are let go when it is imported, or does not come.
#[test]
fn announcements_are_answered() {
	let mut net = Net::new(4, SLOT / 10);
	let parent = net.tasks[0].ledger.lock().expect("no test panics with it").best;
	let block = block(parent, 1, 1, 4, 200, 7);
	let node = (block.writer + 1) % 4;
	let early = net.tasks[node].controller.announced(block.hash, block.header.clone());
	net.write(&block);
	net.gets(node, &block);
	answered(early);
	answered(net.tasks[node].controller.announced(block.hash, block.header.clone()));

	// Nobody has this one.
	let other = common::block(block.hash, 2, 2, 4, 200, 7);
	net.tasks[node].ledger.lock().expect("no test panics with it").now = 2 * SLOT;
	answered(net.tasks[node].controller.announced(other.hash, other.header));
}
