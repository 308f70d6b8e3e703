//! The state machine, event by event.

#[path = "../common/mod.rs"]
mod common;
mod deputies;

use common::{
	block,
	ledger::{peer, Ledger, SESSION, SLOT},
	snapshot, Block,
};
use std::sync::Arc;
use voltree_fanout::{
	frames::{Frame, Part, Push, Rumour, Status},
	policy::Snapshot,
	protocol::{Action, Event, Fault, Protocol, Report, Settings},
	types::{Hash, Moment, MILLISECOND},
};
use voltree_wct::plan::Mode;

/// A node and its chain.
struct Node {
	protocol: Protocol,
	ledger: Ledger,
	now: Moment,
	snapshot: Arc<Snapshot>,
}

impl Node {
	/// Node `own` of `nodes`, with links to all others, in slot 1.
	fn new(own: usize, nodes: usize, mode: Mode) -> Self {
		let settings = Settings { own: peer(own), slot: SLOT, seed: 1 };
		let snapshot = snapshot(0, nodes, mode);
		let mut node = Self {
			protocol: Protocol::new(settings),
			ledger: Ledger::new(own, nodes),
			now: SLOT,
			snapshot: snapshot.clone(),
		};
		node.tell(Event::Snapshot(snapshot));
		for other in (0..nodes).filter(|other| *other != own) {
			node.tell(Event::Opened(peer(other)));
		}
		node
	}

	/// Links take what is sent at once.
	fn tell(&mut self, event: Event) -> Vec<Action> {
		self.ledger.now = self.now;
		let mut actions = self.protocol.handle(&self.ledger, self.now, event);
		let mut done = 0;
		while done < actions.len() {
			if let Action::Send(to, _) = actions[done] {
				let more = self.protocol.handle(&self.ledger, self.now, Event::Sent(to, true));
				actions.extend(more);
			}
			done += 1;
		}
		actions
	}

	/// Time passes; all timers ring.
	fn wait(&mut self, time: Moment) -> Vec<Action> {
		let end = self.now + time;
		let mut actions = Vec::new();
		while self.protocol.wake_at() <= end {
			self.now = self.now.max(self.protocol.wake_at());
			actions.extend(self.tell(Event::Wake));
		}
		self.now = end;
		actions
	}

	fn receives(&mut self, from: usize, frame: Frame) -> Vec<Action> {
		self.tell(Event::Received(peer(from), frame.to_bytes().to_vec()))
	}

	fn push(&self, block: &Block, part: Part) -> Frame {
		let header = block.header.clone();
		Frame::Push(Push { snapshot: self.snapshot.hash, stand_in: None, header, part })
	}

	fn receives_whole(&mut self, from: usize, block: &Block) -> Vec<Action> {
		let push = self.push(block, Part::Whole(block.body.clone()));
		self.receives(from, push)
	}

	fn imports(&mut self, block: &Block) -> Vec<Action> {
		self.ledger.import(block.parsed.clone(), block.body.len() as u32);
		self.tell(Event::Imported(block.hash))
	}

	fn parent(&self, block: &Block) -> Option<usize> {
		let author = block.writer as u32;
		let number = block.parsed.number;
		let plan = self.snapshot.plan(author, number, block.body.len() as u32);
		let plan = plan.expect("the snapshot is in order").expect("it is not off");
		plan.way_of(0)?.parent(self.ledger.node as u32).map(|parent| parent as usize)
	}

	fn children(&self, block: &Block) -> Vec<usize> {
		let author = block.writer as u32;
		let plan = self.snapshot.plan(author, block.parsed.number, block.body.len() as u32);
		let plan = plan.expect("the snapshot is in order").expect("it is not off");
		let way = plan.way_of(0).expect("there is a first piece");
		way.children(self.ledger.node as u32).iter().map(|child| *child as usize).collect()
	}
}

fn genesis() -> Hash {
	Ledger::new(0, 4).best
}

fn imported(actions: &[Action]) -> Vec<Hash> {
	let import = |action: &Action| match action {
		Action::Import { hash, .. } => Some(*hash),
		_ => None,
	};
	actions.iter().filter_map(import).collect()
}

/// To whom which frames go, but for pings and greetings.
fn sent(actions: &[Action], nodes: usize) -> Vec<(usize, Frame)> {
	let frame = |action: &Action| match action {
		Action::Send(to, frame) => {
			let to = (0..nodes).find(|node| peer(*node) == *to).expect("it goes to a member");
			let frame = Frame::from_bytes(frame).expect("what is sent is a frame");
			Some((to, frame))
		}
		_ => None,
	};
	let all = actions.iter().filter_map(frame);
	let small = |frame: &Frame| matches!(frame, Frame::Ping(_) | Frame::Hello { .. });
	all.filter(|(_, frame)| !small(frame)).collect()
}

fn pushes(actions: &[Action], nodes: usize) -> Vec<(usize, Push)> {
	let push = |(to, frame)| match frame {
		Frame::Push(push) => Some((to, push)),
		_ => None,
	};
	sent(actions, nodes).into_iter().filter_map(push).collect()
}

/// A node in the middle of the paper's chain of equal nodes hands on what it gets, and then imports.
#[test]
fn a_block_goes_on_before_it_is_imported() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let own = (0..4)
		.find(|own| {
			let node = Node::new(*own, 4, Mode::Wct);
			node.parent(&block).is_some() && !node.children(&block).is_empty()
		})
		.expect("somebody is in the middle");
	let mut node = Node::new(own, 4, Mode::Wct);
	let (parent, children) = (node.parent(&block).unwrap_or(own), node.children(&block));
	let actions = node.receives_whole(parent, &block);
	assert_eq!(imported(&actions), [block.hash]);
	let to: Vec<usize> = pushes(&actions, 4).into_iter().map(|(to, _)| to).collect();
	assert_eq!(to, children);
	assert!(sent(&actions, 4).contains(&(parent, ack(&block, Status::Received))));
	let again = node.receives_whole(parent, &block);
	assert!(imported(&again).is_empty() && pushes(&again, 4).is_empty());
	assert_eq!(node.protocol.counters().duplicates, 1);
}

fn ack(block: &Block, status: Status) -> Frame {
	Frame::Ack { hash: block.hash, status }
}

#[test]
fn an_author_tells_everybody_and_serves_its_children_only() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let mut node = Node::new(block.writer, 4, Mode::Ours);
	let (header, body) = (block.header.clone(), block.body.clone());
	let actions = node.tell(Event::Authored { header, body });
	assert!(imported(&actions).is_empty());
	let rumour = Rumour { hash: block.hash, number: 1, bytes: 100, author: block.writer as u16 };
	let told = sent(&actions, 4).into_iter().filter(|(_, f)| *f == Frame::Have(rumour)).count();
	assert_eq!(told, 3);
	let mut to: Vec<usize> = pushes(&actions, 4).into_iter().map(|(to, _)| to).collect();
	to.sort_unstable();
	let mut children = node.children(&block);
	children.sort_unstable();
	assert_eq!(to, children);
}

/// Large blocks travel in pieces; a false piece is blamed on whoever handed it on, and what is
/// complete is imported once.
#[test]
fn pieces_are_checked_one_by_one() {
	let block = block(genesis(), 1, 1, 8, 300_000, 7);
	let mut author = Node::new(block.writer, 8, Mode::Ours);
	let (header, body) = (block.header.clone(), block.body.clone());
	let mut actions = author.tell(Event::Authored { header, body });
	actions.extend(author.wait(SLOT / 4));
	let heads = pushes(&actions, 8);
	assert!(heads.len() > 8);
	let own = (block.writer + 1) % 8;
	let mut node = Node::new(own, 8, Mode::Ours);
	let mut came = 0;
	for (number, (head, push)) in heads.iter().enumerate() {
		let from = if *head == own { block.writer } else { *head };
		let mut wrong = push.clone();
		if let Part::Piece { data, .. } = &mut wrong.part {
			data[0] ^= 1;
		}
		let blamed = node.receives(from, Frame::Push(wrong));
		assert!(blamed.contains(&Action::Fault(peer(from), Fault::Piece)));
		let actions = node.receives(from, Frame::Push(push.clone()));
		came += imported(&actions).len();
		assert_eq!(came, usize::from(number + 1 == heads.len()));
		// What came straight from the author goes on to the others.
		assert_eq!(pushes(&actions, 8).len(), if *head == own { 6 } else { 0 });
	}
	assert_eq!(came, 1);
}

/// Each relay gets its first piece before any gets its second, and so on: at the pace of the uplink, twice
/// over. Handed over all at once, the links would send what each of them has together.
#[test]
fn an_author_sends_its_pieces_in_turn() {
	let block = block(genesis(), 1, 1, 8, 300_000, 7);
	let mut author = Node::new(block.writer, 8, Mode::Ours);
	let (header, body) = (block.header.clone(), block.body.clone());
	let mut sent = pushes(&author.tell(Event::Authored { header, body }), 8).len();
	assert_eq!(sent, 1);
	let plan = author.snapshot.plan(block.writer as u32, 1, 300_000);
	let plan = plan.expect("the snapshot is in order").expect("it is not off");
	let begin = author.now;
	while sent < plan.pieces() as usize {
		sent += pushes(&author.wait(MILLISECOND), 8).len();
		let due = (0..plan.pieces()).filter(|piece| plan.begins(*piece) / 2 <= author.now - begin);
		assert_eq!(sent, due.count());
	}
	assert!(author.now - begin <= plan.last() / 2);
	// Bytes take a microsecond each.
	assert!(author.now - begin >= 300_000 / 2 - 300_000 / u64::from(plan.pieces()));
}

#[test]
fn a_false_body_is_blamed_and_asked_for_elsewhere() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let mut node = Node::new((block.writer + 1) % 4, 4, Mode::Ours);
	let liar = (block.writer + 2) % 4;
	let push = node.push(&block, Part::Whole(vec![8; 100]));
	let actions = node.receives(liar, push);
	assert!(actions.contains(&Action::Fault(peer(liar), Fault::Body)));
	assert!(imported(&actions).is_empty());
	let honest = block.writer;
	assert_eq!(imported(&node.receives_whole(honest, &block)), [block.hash]);
}

#[test]
fn a_header_that_nobody_sealed_is_blamed() {
	let mut block = block(genesis(), 1, 1, 4, 100, 7);
	let last = block.header.len() - 1;
	block.header[last] ^= 1;
	let mut node = Node::new((block.writer + 1) % 4, 4, Mode::Ours);
	let actions = node.receives_whole(block.writer, &block);
	assert!(matches!(actions[..], [Action::Fault(_, Fault::Seal)]));
	let nonsense = node.tell(Event::Received(peer(block.writer), vec![9, 9]));
	assert!(matches!(nonsense[..], [Action::Fault(_, Fault::Malformed)]));
}

/// Of two blocks of one slot and author the first is forwarded; of the second there is a proof, and
/// its announcements do not wait.
#[test]
fn a_second_block_of_a_slot_is_reported_and_left_to_the_sync() {
	let (first, second) = (block(genesis(), 1, 1, 4, 100, 7), block(genesis(), 1, 1, 4, 100, 8));
	let mut node = Node::new((first.writer + 1) % 4, 4, Mode::Ours);
	assert_eq!(imported(&node.receives_whole(first.writer, &first)), [first.hash]);
	let actions = node.receives_whole(first.writer, &second);
	let proof = Action::Equivocation(first.header.clone(), second.header.clone());
	assert!(actions.contains(&proof) && imported(&actions).is_empty());
	assert!(pushes(&actions, 4).is_empty());
	assert!(node.receives_whole(first.writer, &second).is_empty());
	let announced = node.tell(Event::Announced(second.header.clone()));
	assert_eq!(announced, [Action::Gate(second.hash)]);
}

/// The last block of a session may change who the authors are: its child waits until it is imported.
/// Other children only wait for their parents to be on their way.
#[test]
fn children_wait_for_their_parents() {
	let mut parent = genesis();
	let mut node = Node::new(0, 4, Mode::Ours);
	let mut blocks = Vec::new();
	for number in 1..=SESSION + 1 {
		let block = block(parent, number, number.into(), 4, 50, 7);
		parent = block.hash;
		blocks.push(block);
	}
	node.now = u64::from(SESSION + 1) * SLOT;
	// The youngest first.
	for block in blocks.iter().skip(1).rev() {
		let from = (1..4).find(|from| *from != 0).expect("there are others");
		assert!(imported(&node.receives_whole(from, block)).is_empty());
	}
	let actions = node.receives_whole(1, &blocks[0]);
	let hashes: Vec<Hash> = blocks.iter().map(|block| block.hash).collect();
	// All of the old session go on at once; number 3 ends it.
	let ends = (SESSION - 1) as usize;
	assert_eq!(imported(&actions), hashes[..ends]);
	let mut late = Vec::new();
	for block in &blocks[..ends] {
		late.extend(imported(&node.imports(block)));
	}
	assert_eq!(late, hashes[ends..]);
}

/// What waits for a parent that never comes is forgotten.
#[test]
fn nobody_waits_forever() {
	let mut node = Node::new(0, 4, Mode::Ours);
	let orphan = block(Hash([9; 32]), 2, 1, 4, 1000, 7);
	node.receives_whole(1, &orphan);
	assert!(node.protocol.memory() >= 1000);
	node.wait(11_000_000);
	assert_eq!(node.protocol.memory(), 0);
}

/// Asked one after the other, as long as nobody answers; and in the end the announcements are let go.
#[test]
fn what_is_late_is_asked_for_and_then_left_to_the_sync() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let own = (block.writer + 1) % 4;
	let mut node = Node::new(own, 4, Mode::Ours);
	let rumour = Rumour { hash: block.hash, number: 1, bytes: 100, author: block.writer as u16 };
	node.receives(block.writer, Frame::Have(rumour));
	assert!(node.tell(Event::Announced(block.header.clone())).is_empty());
	let actions = node.wait(SLOT / 2);
	let want = Frame::Want { hash: block.hash, pieces: u64::MAX };
	let asked: Vec<usize> =
		sent(&actions, 4).into_iter().filter(|(_, f)| *f == want).map(|(to, _)| to).collect();
	assert_eq!(asked[0], block.writer);
	let mut all = asked.clone();
	all.sort_unstable();
	all.dedup();
	assert_eq!(all.len(), 3);
	assert!(actions.contains(&Action::Gate(block.hash)));
	assert_eq!(node.protocol.counters().left_to_sync, 1);
}

#[test]
fn announcements_wait_until_the_block_is_imported() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let mut node = Node::new((block.writer + 1) % 4, 4, Mode::Ours);
	assert!(node.tell(Event::Announced(block.header.clone())).is_empty());
	let actions = node.receives_whole(block.writer, &block);
	assert!(!actions.contains(&Action::Gate(block.hash)));
	// In the database is not enough: the sync is told before we are.
	node.ledger.import(block.parsed.clone(), block.body.len() as u32);
	assert!(node.tell(Event::Announced(block.header.clone())).is_empty());
	assert!(node.tell(Event::Imported(block.hash)).contains(&Action::Gate(block.hash)));
	assert_eq!(node.tell(Event::Announced(block.header.clone())), [Action::Gate(block.hash)]);
}

/// Whoever is asked before it has the block answers when it has; who never will says so.
#[test]
fn who_asks_is_answered() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let mut node = Node::new((block.writer + 1) % 4, 4, Mode::Ours);
	let asker = (block.writer + 2) % 4;
	let want = Frame::Want { hash: block.hash, pieces: u64::MAX };
	let refusal = node.receives(asker, want.clone());
	assert_eq!(sent(&refusal, 4), [(asker, ack(&block, Status::Refused))]);
	let rumour = Rumour { hash: block.hash, number: 1, bytes: 100, author: block.writer as u16 };
	node.receives(block.writer, Frame::Have(rumour));
	assert!(sent(&node.receives(asker, want), 4).is_empty());
	let actions = node.receives_whole(block.writer, &block);
	assert!(pushes(&actions, 4).iter().any(|(to, _)| *to == asker));
}

/// A child without a link is left out; the first of its children stands in for it.
#[test]
fn an_unreachable_child_is_skipped() {
	let block = block(genesis(), 1, 1, 5, 100, 7);
	let mut node = Node::new(block.writer, 5, Mode::Wct);
	let child = node.children(&block)[0];
	let below = Node::new(child, 5, Mode::Wct).children(&block)[0];
	node.tell(Event::Closed(peer(child)));
	let (header, body) = (block.header.clone(), block.body.clone());
	let actions = node.tell(Event::Authored { header, body });
	let pushed = pushes(&actions, 5);
	assert_eq!(pushed.len(), 1);
	assert_eq!((pushed[0].0, pushed[0].1.stand_in), (below, Some(child as u16)));
}

#[test]
fn it_is_off_while_the_node_is_far_behind_and_without_a_snapshot() {
	let block = block(genesis(), 1, 1, 4, 100, 7);
	let mut node = Node::new((block.writer + 1) % 4, 4, Mode::Ours);
	node.tell(Event::Syncing(true));
	assert!(node.receives_whole(block.writer, &block).is_empty());
	assert_eq!(node.tell(Event::Announced(block.header.clone())), [Action::Gate(block.hash)]);
	node.tell(Event::Syncing(false));
	assert_eq!(imported(&node.receives_whole(block.writer, &block)), [block.hash]);

	let mut off = Node::new((block.writer + 1) % 4, 4, Mode::Off);
	assert_eq!(off.tell(Event::Announced(block.header.clone())), [Action::Gate(block.hash)]);
}

/// On time, late, and excused, which an author is of one block; told once a session, with the overheads.
#[test]
fn parents_are_judged_and_reported() {
	let nodes = 4;
	let mut node = Node::new(0, nodes, Mode::Ours);
	let mut parent = genesis();
	let mut slot = 0;
	let mut expected = std::collections::BTreeMap::<usize, (u32, u32)>::new();
	let mut excused = std::collections::BTreeSet::new();
	for (case, number) in (0..12).zip(1..) {
		slot += 1;
		let mut next = block(parent, number, slot, nodes, 100, case);
		while next.writer == 0 {
			slot += 1;
			next = block(parent, number, slot, nodes, 100, case);
		}
		node.now = slot * SLOT;
		parent = next.hash;
		let duty = node.parent(&next).expect("it is not the author");
		let other = (1..nodes).find(|other| *other != duty).expect("there are others");
		let record = expected.entry(duty).or_default();
		match case % 3 {
			0 => {
				record.0 += 1;
				record.1 += 1;
				node.receives_whole(duty, &next);
			}
			1 => {
				record.0 += 1;
				node.receives_whole(other, &next);
			}
			_ => {
				assert_eq!(duty, next.writer, "so short a block comes from its author");
				record.0 += u32::from(!excused.insert(duty));
				node.receives_whole(other, &next);
				let rumour =
					Rumour { hash: next.hash, number, bytes: 100, author: next.writer as u16 };
				node.receives(duty, Frame::Have(rumour));
			}
		}
		node.imports(&next);
		node.wait(SLOT - 1);
	}
	let actions = node.tell(Event::Snapshot(snapshot(1, nodes, Mode::Ours)));
	let report = actions.iter().find_map(|action| match action {
		Action::Report(report) => Some(report.clone()),
		_ => None,
	});
	let Report { session, parents, .. } = report.expect("a session has ended");
	assert_eq!(session, 0);
	let found: Vec<(usize, (u32, u32))> = (0..nodes)
		.filter_map(|node| parents.get(&peer(node)).map(|r| (node, (r.assigned, r.on_time))))
		.collect();
	let wanted: Vec<_> = expected.into_iter().filter(|(_, record)| record.0 > 0).collect();
	assert_eq!(found, wanted);
}
