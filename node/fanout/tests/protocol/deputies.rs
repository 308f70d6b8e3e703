//! Relays that keep pieces to themselves, and who fetches these for all.

use crate::{
	common::{
		block,
		ledger::{peer, writer, SLOT},
		snapshot, Block,
	},
	genesis, pushes, sent, Node,
};
use std::collections::{BTreeMap, BTreeSet};
use voltree_fanout::{
	frames::{Frame, Part, Push},
	protocol::{Action, Event},
	types::{Moment, MILLISECOND},
};
use voltree_wct::plan::Mode;

/// A block of which one relay of eight keeps its pieces to itself.
struct Kept {
	/// The blocks before it.
	ancestors: Vec<Block>,
	block: Block,
	/// What its author says of it.
	rumour: Frame,
	/// The first relay of each piece.
	heads: Vec<(usize, Push)>,
	silent: usize,
	/// The pieces that it keeps.
	lost: u64,
}

impl Kept {
	fn new() -> Self {
		Self::of(None, block(genesis(), 1, 1, 8, 300_000, 7))
	}

	/// The first relay that its author sends to is the one.
	fn of(parent: Option<&Block>, block: Block) -> Self {
		Self::by(None, parent.into_iter().cloned().collect(), block)
	}

	/// The block after this one, of which the same relay keeps what it is to hand on.
	fn next(&self) -> Self {
		self.next_by(|writer| writer != self.silent)
	}

	/// The block after this one by one of these; of others' blocks the same relay keeps what it is to
	/// hand on.
	fn next_by(&self, is_writer: impl Fn(usize) -> bool) -> Self {
		let Block { hash, ref parsed, ref body, .. } = self.block;
		let (number, nodes) = (parsed.number + 1, 8);
		let mut slots = parsed.slot + 1..;
		let slot = slots.find(|slot| is_writer(writer(*slot, number, nodes)));
		let block = block(hash, number, slot.expect("others write, too"), nodes, body.len(), 8);
		let ancestors = self.ancestors.iter().chain([&self.block]).cloned().collect();
		Self::by(Some(self.silent), ancestors, block)
	}

	fn by(silent: Option<usize>, ancestors: Vec<Block>, block: Block) -> Self {
		let mut author = Node::new(block.writer, 8, Mode::Ours);
		for ancestor in &ancestors {
			author.imports(ancestor);
		}
		author.now = block.parsed.slot * SLOT;
		let (header, body) = (block.header.clone(), block.body.clone());
		let mut actions = author.tell(Event::Authored { header, body });
		actions.extend(author.wait(SLOT / 4));
		let heads = pushes(&actions, 8);
		let mut said = sent(&actions, 8).into_iter();
		let (_, rumour) =
			said.find(|(_, frame)| matches!(frame, Frame::Have(_))).expect("it says so");
		let silent = silent.unwrap_or(heads[0].0);
		let index = |push: &Push| match push.part {
			Part::Piece { index, .. } => index,
			Part::Whole(_) => panic!("it goes in pieces"),
		};
		let kept = heads.iter().filter(|(head, _)| *head == silent);
		let lost = kept.map(|(_, push)| 1 << index(push)).sum();
		Self { ancestors, block, rumour, heads, silent, lost }
	}

	/// A node that has got all that it gets.
	fn node(&self, own: usize) -> Node {
		let mut node = Node::new(own, 8, Mode::Ours);
		self.give(&mut node);
		node
	}

	fn give(&self, node: &mut Node) -> Vec<Action> {
		let mut actions = node.receives(self.block.writer, self.rumour.clone());
		for (head, push) in self.heads.iter().filter(|(head, _)| *head != self.silent) {
			let from = if *head == node.ledger.node { self.block.writer } else { *head };
			actions.extend(node.receives(from, Frame::Push(push.clone())));
		}
		actions
	}

	/// What the relay has kept comes from somebody.
	fn give_rest(&self, node: &mut Node, from: usize) {
		for (_, push) in self.heads.iter().filter(|(head, _)| *head == self.silent) {
			node.receives(from, Frame::Push(push.clone()));
		}
	}

	/// Such a node, in the slot of the block after this one: the rest has come from somebody else.
	fn node_after(&self, own: usize, next: &Self) -> Node {
		let mut node = self.node(own);
		self.end(&mut node, self.block.writer, next);
		node
	}

	/// The rest comes at last, and time goes on to the next block's slot.
	fn end(&self, node: &mut Node, rest_from: usize, next: &Self) {
		node.wait(SLOT / 4);
		self.give_rest(node, rest_from);
		node.imports(&self.block);
		node.wait(next.block.parsed.slot * SLOT - node.now);
	}

	fn others(&self) -> impl Iterator<Item = usize> + '_ {
		(0..8).filter(|node| ![self.block.writer, self.silent].contains(node))
	}
}

/// What a relay keeps, its author sends once more, not once more to everybody: each piece has a deputy,
/// whom all others ask, and who asks the author.
#[test]
fn lost_pieces_are_fetched_by_their_deputies() {
	let kept = Kept::new();
	let (author, silent, lost) = (kept.block.writer, kept.silent, kept.lost);

	// By piece: whom is asked by how many.
	let mut asked: BTreeMap<(u8, usize), usize> = BTreeMap::new();
	for own in kept.others() {
		let mut node = kept.node(own);
		let mut missing = lost;
		for _ in 0..SLOT / MILLISECOND {
			for (to, frame) in sent(&node.wait(MILLISECOND), 8) {
				let Frame::Want { pieces, .. } = frame else { continue };
				assert_eq!(pieces & !missing, 0, "each piece is asked for once");
				missing &= !pieces;
				for piece in (0..64).filter(|piece| pieces & 1 << piece != 0) {
					*asked.entry((piece, to)).or_default() += 1;
				}
			}
			if missing == 0 {
				break;
			}
		}
		assert_eq!(missing, 0);
	}
	for piece in (0..64).filter(|piece| lost & 1 << piece != 0) {
		let of_piece: Vec<(usize, usize)> = asked
			.iter()
			.filter(|((of, _), _)| *of == piece)
			.map(|((_, to), n)| (*to, *n))
			.collect();
		let (of_author, deputies): (Vec<_>, Vec<_>) =
			of_piece.into_iter().partition(|(to, _)| *to == author);
		assert_eq!(of_author, [(author, 1)], "by its deputy alone");
		assert!(matches!(deputies[..], [(deputy, 5)] if deputy != silent), "{deputies:?}");
	}
}

/// What is asked, by piece and of whom.
fn questions(actions: &[Action]) -> Vec<(u8, usize)> {
	let all = sent(actions, 8).into_iter().filter_map(|(to, frame)| match frame {
		Frame::Want { pieces, .. } => Some((to, pieces)),
		_ => None,
	});
	let each = |(to, pieces): (usize, u64)| {
		(0..64).filter(move |piece| pieces & 1 << piece != 0).map(move |piece| (piece, to))
	};
	all.flat_map(each).collect()
}

/// Who was silent in the last block is not waited for in the next: as soon as that begins to come, each
/// piece that it is to hand on is asked of a deputy, and by the deputy of the author; and nothing else
/// is asked until they have had their time.
#[test]
fn who_was_silent_is_not_waited_for_in_the_next_block() {
	let first = Kept::new();
	let second = first.next();
	let (author, silent) = (second.block.writer, first.silent);
	assert_ne!(second.lost, 0);
	let witnesses: Vec<usize> = first.others().filter(|node| *node != author).collect();
	let mut asked: BTreeMap<u8, Vec<(usize, usize)>> = BTreeMap::new();
	for own in &witnesses {
		let mut node = first.node_after(*own, &second);
		assert!(node.protocol.suspects().eq([&peer(silent)]));
		for (piece, to) in questions(&second.give(&mut node)) {
			asked.entry(piece).or_default().push((*own, to));
		}
		let again = node.wait(100 * MILLISECOND);
		assert_eq!(questions(&again), [], "they have not had their time");
	}
	let lost = (0..64).filter(|piece| second.lost & 1 << piece != 0);
	assert!(lost.eq(asked.keys().copied()), "all of it, and nothing else");
	for (piece, asked) in asked {
		let others = asked.iter().filter(|(_, to)| *to != author);
		let deputies: BTreeSet<usize> = others.map(|(_, to)| *to).collect();
		let deputy = deputies.first().copied().expect("somebody is");
		assert_eq!((deputies.len(), asked.len()), (1, witnesses.len()), "piece {piece}");
		assert_ne!(deputy, silent);
		for (own, to) in asked {
			assert_eq!(to, if own == deputy { author } else { deputy });
		}
	}
}

/// Who suspects nobody fetches at once what some others ask it for as a deputy; not what one alone does, who
/// may have it.
#[test]
fn a_deputy_without_suspicion_fetches_what_others_ask_for() {
	let kept = Kept::new();
	let askers: Vec<usize> = kept.others().collect();
	let (own, askers) = askers.split_first().expect("there are others");
	let pieces = kept.lost & kept.lost.wrapping_neg();
	let want = Frame::Want { hash: kept.block.hash, pieces };
	for asked_before_it_comes in [false, true] {
		let mut node = Node::new(*own, 8, Mode::Ours);
		let mut actions = Vec::new();
		if !asked_before_it_comes {
			kept.give(&mut node);
			assert_eq!(questions(&node.receives(askers[0], want.clone())), []);
			assert_eq!(questions(&node.receives(askers[0], want.clone())), [], "it is still one");
			actions.extend(node.receives(askers[1], want.clone()));
		} else {
			node.receives(kept.block.writer, kept.rumour.clone());
			for asker in &askers[..2] {
				assert_eq!(questions(&node.receives(*asker, want.clone())), []);
			}
			actions.extend(kept.give(&mut node));
		}
		assert_eq!(questions(&actions), [(pieces.trailing_zeros() as u8, kept.block.writer)]);
		let (_, lost) = kept.heads.iter().find(|(head, _)| *head == kept.silent).expect("a piece");
		let actions = node.receives(kept.block.writer, Frame::Push(lost.clone()));
		let served = pushes(&actions, 8).into_iter().map(|(to, _)| to).collect::<BTreeSet<_>>();
		assert_eq!(served, askers[..2].iter().copied().collect());
	}
}

/// Who hands on in time is waited for again, as are all when a session begins; who does not is not.
#[test]
fn suspicion_ends_with_a_block_in_time_and_with_the_session() {
	let first = Kept::new();
	let second = first.next();
	let third = second.next();
	let is_witness = |node: &usize| ![second.block.writer, third.block.writer].contains(node);
	let own = first.others().find(is_witness).expect("some are neither");
	let asked_after = |change: fn(&mut Node, &Kept)| {
		let mut node = first.node_after(own, &second);
		assert_ne!(questions(&second.give(&mut node)), []);
		change(&mut node, &second);
		second.end(&mut node, second.block.writer, &third);
		!questions(&third.give(&mut node)).is_empty()
	};
	assert!(asked_after(|_, _| ()), "silent again");
	assert!(!asked_after(|node, block| block.give_rest(node, block.silent)), "it handed on");
	let new_session = |node: &mut Node, _: &Kept| {
		node.tell(Event::Snapshot(snapshot(1, 8, Mode::Ours)));
	};
	assert!(!asked_after(new_session), "nobody has been silent in this session");
}

/// "I was about to send it" is believed while fewer than a third of the members need be guilty for it
/// to be true: of two blocks among eight, if others wrote them and handed them on. Trust is lost then,
/// whatever is said, and whether nothing was handed on or a single piece.
#[test]
fn excuses_that_need_too_many_guilty_ones_are_not_believed() {
	const BLOCKS: usize = 5;
	let records = |handed_on: fn(usize) -> usize| {
		let first = Kept::new();
		let own = *first.others().collect::<Vec<_>>().last().expect("there are others");
		let mut node = Node::new(own, 8, Mode::Ours);
		let (mut kept, mut writers) = (first, Vec::new());
		for number in 0..BLOCKS {
			writers.push(kept.block.writer);
			let next = kept.next_by(|writer| {
				![kept.silent, own].contains(&writer)
					&& (number + 1 == BLOCKS || !writers.contains(&writer))
			});
			kept.give(&mut node);
			let pieces = kept.heads.iter().filter(|(head, _)| *head == kept.silent);
			for (index, (_, push)) in pieces.enumerate() {
				let from = if index < handed_on(number) { kept.silent } else { kept.block.writer };
				node.receives(from, Frame::Push(push.clone()));
			}
			node.receives(kept.silent, kept.rumour.clone());
			node.imports(&kept.block);
			node.wait(next.block.parsed.slot * SLOT - node.now);
			kept = next;
		}
		let actions = node.tell(Event::Snapshot(snapshot(1, 8, Mode::Ours)));
		let report = actions.into_iter().find_map(|action| match action {
			Action::Report(report) => Some(report),
			_ => None,
		});
		let parents = report.expect("a session has ended").parents;
		let record = parents.get(&peer(kept.silent)).copied().unwrap_or_default();
		(record.assigned, record.on_time)
	};
	assert_eq!(records(|_| 0), (3, 0), "nothing");
	assert_eq!(records(|_| 1), (3, 0), "a single piece of each");
	assert_eq!(records(|number| if number < 2 { 64 } else { 0 }), (3, 2), "of all of two blocks");
	assert_eq!(records(|_| 64), (5, 5));
}

/// Where a third seem to be silent nobody is asked early: all is late then, and it would be later.
#[test]
fn nobody_is_asked_early_where_many_are_late() {
	let first = Kept::new();
	let second = first.next();
	let author = first.block.writer;
	let own = first.others().find(|own| *own != second.block.writer).expect("there are others");
	let asked_if_late = |relays: usize| {
		let mut node = Node::new(own, 8, Mode::Ours);
		node.receives(author, first.rumour.clone());
		let mut late = Vec::new();
		for (head, push) in &first.heads {
			let relay = if *head == own { author } else { *head };
			let is_late = relay != author && (late.contains(&relay) || late.len() < relays);
			if is_late {
				late.push(relay);
			}
			late.dedup();
			node.receives(if is_late { author } else { relay }, Frame::Push(push.clone()));
		}
		node.imports(&first.block);
		node.wait(second.block.parsed.slot * SLOT - node.now);
		!questions(&second.give(&mut node)).is_empty()
	};
	assert!(!asked_if_late(0));
	assert!(asked_if_late(1) && asked_if_late(2));
	assert!(!asked_if_late(3));
}

/// Who keeps what others wrote sends his own blocks all the same.
#[test]
fn suspicion_does_not_end_with_the_suspects_own_block() {
	let first = Kept::new();
	let second = first.next_by(|writer| writer == first.silent);
	let third = second.next();
	let own = first.others().find(|own| *own != third.block.writer).expect("there are others");
	let mut node = first.node_after(own, &second);
	assert_eq!(questions(&second.give(&mut node)), [], "all of it comes");
	second.end(&mut node, first.silent, &third);
	assert_ne!(questions(&third.give(&mut node)), []);
}

/// A deputy has time to fetch its piece and to send it to everybody, before the author is asked by all;
/// and as long as there is hope the sync does not load the whole block from the author.
#[test]
fn while_deputies_fetch_the_author_and_the_sync_are_left_alone() {
	let kept = Kept::new();
	// Bytes take a microsecond each; all that is lost goes to its deputies, a piece to everybody.
	let Part::Piece { data, .. } = &kept.heads[0].1.part else { panic!("it goes in pieces") };
	let least = data.len() as u64 * u64::from(kept.lost.count_ones() + 8);
	for own in kept.others() {
		let mut node = kept.node(own);
		let announced = node.now;
		assert!(node.tell(Event::Announced(kept.block.header.clone())).is_empty());
		let (mut asked, mut opened) = (Vec::new(), None);
		while opened.is_none() {
			let actions = node.wait(MILLISECOND);
			for (to, frame) in sent(&actions, 8) {
				if matches!(frame, Frame::Want { .. }) {
					asked.push((node.now, to));
				}
			}
			opened = actions.contains(&Action::Gate(kept.block.hash)).then_some(node.now);
		}
		assert!(opened <= Some(announced + SLOT / 2 + MILLISECOND));
		let first = asked[0].0;
		let (then, next) = asked.into_iter().find(|(at, _)| *at > first).expect("it goes on");
		assert!(then - first >= least, "{} us for what takes {least}", then - first);
		assert_eq!(next, kept.block.writer, "whatever it was asked for as to a deputy");
		assert!(opened > Some(then), "the sync waits for that answer, too");
	}
}

/// What comes by itself just after it was asked for teaches patience. What comes when it has long been
/// answered does not: who is late on purpose would make everybody wait for him.
#[test]
fn who_is_late_does_not_teach_patience() {
	let first = Kept::new();
	let second = Kept::of(Some(&first.block), block(first.block.hash, 2, 2, 8, 300_000, 8));
	let own = first.others().find(|own| second.others().any(|other| other == *own));
	// How long it waits before it asks for the second block, if the relay of the first sends the rest so
	// long after others have answered.
	let waits = |after: Option<Moment>| {
		let mut node = first.node(own.expect("some are neither"));
		let asks = |node: &mut Node| {
			let begin = node.now;
			let want = |frame: &Frame| matches!(frame, Frame::Want { .. });
			loop {
				let sent = sent(&node.wait(MILLISECOND), 8);
				if let Some((asked, _)) = sent.into_iter().find(|(_, frame)| want(frame)) {
					return (node.now - begin, asked);
				}
				assert!(node.now < begin + SLOT / 2, "it asks");
			}
		};
		let (_, asked) = asks(&mut node);
		first.give_rest(&mut node, asked);
		if let Some(after) = after {
			node.now += after;
			first.give_rest(&mut node, first.silent);
		}
		node.imports(&first.block);
		node.wait(2 * SLOT - node.now);
		second.give(&mut node);
		asks(&mut node).0
	};
	let never = waits(None);
	assert!(waits(Some(MILLISECOND)) > never + never / 4);
	assert_eq!(waits(Some(SLOT / 2)), never);
}
