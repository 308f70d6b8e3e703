//! A transport that hands on blocks of others as a bad relay does: for tests and the laboratory. Own
//! blocks and everything else go out as they should.

use crate::{
	frames::{Frame, Part, Push, Rumour, Status},
	protocol::Fault,
	transport::{Incoming, Transport},
	types::{Hash, Peer},
};
use futures::{future::BoxFuture, stream::FuturesUnordered, FutureExt, StreamExt};
use futures_timer::Delay;
use sp_crypto_hashing::blake2_256;
use std::{
	collections::{BTreeMap, VecDeque},
	sync::Arc,
	time::Duration,
};

/// Blocks of others that are remembered.
const REMEMBERED: usize = 256;

/// What a node does to what it should hand on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Conduct {
	/// Hands it on.
	#[default]
	Honest,
	/// Hands nothing on, and says that it was about to when somebody has it from others.
	Silent,
	/// Hands one piece of each block on to each, and says of the rest what a silent one says.
	Sparing,
	/// Hands it on this much later.
	Late(Duration),
	/// Hands on a body with a wrong byte.
	False,
}

/// Adds what is new, and lets the oldest go.
fn remember<V: PartialEq>(known: &mut VecDeque<V>, new: V) {
	if !known.contains(&new) {
		known.truncate(REMEMBERED - 1);
		known.push_front(new);
	}
}

/// `T` with another conduct.
pub struct Faulty<T> {
	inner: T,
	conduct: Conduct,
	/// Of others' blocks: the hash of the header.
	seen: VecDeque<Hash>,
	/// By a sparing one: of whose blocks who has got a piece.
	given: VecDeque<(Hash, Peer)>,
	/// What others said of blocks.
	heard: VecDeque<Rumour>,
	/// Told to the protocol as sent.
	answers: VecDeque<Incoming>,
	late: FuturesUnordered<BoxFuture<'static, (Peer, Arc<[u8]>)>>,
	/// What the protocol was told of already, by peer.
	answered: BTreeMap<Peer, u32>,
}

impl<T: Transport> Faulty<T> {
	/// `inner`, which is left alone if the conduct is honest.
	pub fn new(inner: T, conduct: Conduct) -> Self {
		Self {
			inner,
			conduct,
			seen: VecDeque::new(),
			given: VecDeque::new(),
			heard: VecDeque::new(),
			answers: VecDeque::new(),
			late: FuturesUnordered::new(),
			answered: BTreeMap::new(),
		}
	}

	fn note(&mut self, incoming: &Incoming) {
		let Incoming::Received(from, bytes) = incoming else { return };
		match Frame::from_bytes(bytes) {
			Ok(Frame::Push(push)) => remember(&mut self.seen, Hash(blake2_256(&push.header))),
			Ok(Frame::Have(rumour)) => remember(&mut self.heard, rumour),
			Ok(Frame::Ack { hash, status: Status::Received }) => self.pretend(*from, hash),
			_ => {}
		}
	}

	/// This was to be handed on to a peer, who has it now.
	fn pretend(&mut self, to: Peer, hash: Hash) {
		let rumour = self.heard.iter().find(|rumour| rumour.hash == hash);
		let lies = matches!(self.conduct, Conduct::Silent | Conduct::Sparing);
		if let Some(rumour) = rumour.filter(|_| lies) {
			*self.answered.entry(to).or_default() += 1;
			self.inner.send(to, Frame::Have(*rumour).to_bytes());
		}
	}

	/// The frame, if it is a part of a block of somebody else.
	fn relayed(&self, frame: &[u8]) -> Option<Push> {
		match Frame::from_bytes(frame) {
			Ok(Frame::Push(push)) if self.seen.contains(&Hash(blake2_256(&push.header))) => {
				Some(push)
			}
			_ => None,
		}
	}

	/// Whether the protocol has heard already what became of this frame.
	fn is_answered(&mut self, incoming: &Incoming) -> bool {
		let Incoming::Sent(peer, _) = incoming else { return false };
		match self.answered.get_mut(peer) {
			Some(count) if *count > 0 => {
				*count -= 1;
				true
			}
			_ => false,
		}
	}
}

impl<T: Transport> Transport for Faulty<T> {
	async fn next(&mut self) -> Option<Incoming> {
		if self.conduct == Conduct::Honest {
			return self.inner.next().await;
		}
		loop {
			if let Some(answer) = self.answers.pop_front() {
				return Some(answer);
			}
			let incoming = futures::select! {
				incoming = self.inner.next().fuse() => incoming?,
				(to, frame) = self.late.select_next_some() => {
					*self.answered.entry(to).or_default() += 1;
					self.inner.send(to, frame);
					continue;
				}
			};
			self.note(&incoming);
			if !self.is_answered(&incoming) {
				return Some(incoming);
			}
		}
	}

	fn send(&mut self, to: Peer, frame: Arc<[u8]>) {
		let relayed = match self.conduct {
			Conduct::Honest => None,
			_ => self.relayed(&frame),
		};
		let Some(mut push) = relayed else { return self.inner.send(to, frame) };
		match self.conduct {
			Conduct::Honest => self.inner.send(to, frame),
			Conduct::Silent => self.answers.push_back(Incoming::Sent(to, true)),
			Conduct::Sparing => {
				let given = (Hash(blake2_256(&push.header)), to);
				if self.given.contains(&given) {
					self.answers.push_back(Incoming::Sent(to, true));
				} else {
					remember(&mut self.given, given);
					self.inner.send(to, frame);
				}
			}
			Conduct::Late(delay) => {
				self.late.push(Delay::new(delay).map(move |()| (to, frame)).boxed());
				self.answers.push_back(Incoming::Sent(to, true));
			}
			Conduct::False => {
				let (Part::Whole(data) | Part::Piece { data, .. }) = &mut push.part;
				if let Some(byte) = data.last_mut() {
					*byte ^= 1;
				}
				self.inner.send(to, Frame::Push(push).to_bytes());
			}
		}
	}

	fn keep(&mut self, peers: &[Peer]) {
		self.inner.keep(peers);
	}

	fn blame(&mut self, peer: Peer, fault: Fault) {
		self.inner.blame(peer, fault);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::memory::{Memory, Switch};
	use futures::executor::block_on;

	const A: Peer = Peer([1; 32]);
	const B: Peer = Peer([2; 32]);
	const C: Peer = Peer([3; 32]);

	fn push(header: u8) -> Arc<[u8]> {
		let (snapshot, part) = (Hash::default(), Part::Whole(vec![7; 9]));
		Frame::Push(Push { snapshot, stand_in: None, header: vec![header; 5], part }).to_bytes()
	}

	/// A, B with this conduct, C; all linked. B has heard of block 1 from A.
	fn three(conduct: Conduct) -> (Memory, Faulty<Memory>, Memory) {
		let switch = Switch::default();
		let (mut a, b, mut c) = (switch.join(A), switch.join(B), switch.join(C));
		let mut b = Faulty::new(b, conduct);
		a.keep(&[B]);
		c.keep(&[B]);
		b.keep(&[A, C]);
		a.send(B, push(1));
		block_on(async {
			for _ in 0..2 {
				assert!(matches!(b.next().await, Some(Incoming::Opened(_))));
			}
			assert!(matches!(b.next().await, Some(Incoming::Received(A, _))));
			assert_eq!(c.next().await, Some(Incoming::Opened(B)));
		});
		(a, b, c)
	}

	/// What C gets when B sends block 1, which is A's, and then block 2, its own.
	fn received(conduct: Conduct) -> (Vec<u8>, Vec<Incoming>) {
		let (_a, mut b, mut c) = three(conduct);
		b.send(C, push(1));
		let told = block_on(b.next()).expect("the protocol hears what became of it");
		b.send(C, push(2));
		let also = block_on(b.next()).expect("and of the other");
		match block_on(c.next()) {
			Some(Incoming::Received(B, frame)) => (frame, vec![told, also]),
			other => panic!("{other:?}"),
		}
	}

	#[test]
	fn an_honest_one_hands_on() {
		let (frame, told) = received(Conduct::Honest);
		assert_eq!(frame, push(1).to_vec());
		assert_eq!(told, vec![Incoming::Sent(C, true); 2]);
	}

	#[test]
	fn a_silent_one_says_it_has_sent_and_sends_its_own() {
		let (frame, told) = received(Conduct::Silent);
		assert_eq!(frame, push(2).to_vec());
		assert_eq!(told, vec![Incoming::Sent(C, true); 2]);
	}

	#[test]
	fn a_sparing_one_hands_on_once() {
		let (_a, mut b, mut c) = three(Conduct::Sparing);
		for _ in 0..3 {
			b.send(C, push(1));
			assert_eq!(block_on(b.next()), Some(Incoming::Sent(C, true)));
		}
		b.send(C, push(2));
		for frame in [push(1), push(2)] {
			assert_eq!(block_on(c.next()), Some(Incoming::Received(B, frame.to_vec())));
		}
	}

	/// Its word against that of whoever waited for it.
	#[test]
	fn a_silent_one_says_that_it_was_about_to_send() {
		let (mut a, mut b, mut c) = three(Conduct::Silent);
		let hash = Hash(blake2_256(&[1; 5]));
		let rumour = Rumour { hash, number: 1, bytes: 9, author: 0 };
		a.send(B, Frame::Have(rumour).to_bytes());
		let ack = Frame::Ack { hash, status: Status::Received }.to_bytes();
		c.send(B, ack.clone());
		block_on(async {
			assert!(matches!(b.next().await, Some(Incoming::Received(A, _))));
			assert_eq!(b.next().await, Some(Incoming::Received(C, ack.to_vec())));
			let said = Frame::Have(rumour).to_bytes().to_vec();
			let mut told = c.next().await;
			while matches!(told, Some(Incoming::Sent(..))) {
				told = c.next().await;
			}
			assert_eq!(told, Some(Incoming::Received(B, said)));
		});
	}

	#[test]
	fn a_false_one_changes_others_bodies() {
		let (frame, _) = received(Conduct::False);
		assert_ne!(frame, push(1).to_vec());
		let Ok(Frame::Push(push)) = Frame::from_bytes(&frame) else { panic!("still a push") };
		assert_eq!(
			(push.header, push.part),
			(vec![1; 5], Part::Whole([&[7; 8][..], &[6]].concat()))
		);
	}

	#[test]
	fn a_late_one_sends_after_its_own() {
		let (_a, mut b, mut c) = three(Conduct::Late(Duration::from_millis(1)));
		b.send(C, push(1));
		b.send(C, push(2));
		block_on(async {
			for _ in 0..2 {
				assert_eq!(b.next().await, Some(Incoming::Sent(C, true)));
			}
			assert_eq!(c.next().await, Some(Incoming::Received(B, push(2).to_vec())));
			// B has nothing to tell when the late one has gone, but must be driven until then.
			let both = futures::future::select(Box::pin(b.next()), Box::pin(c.next())).await;
			let futures::future::Either::Right((late, _)) = both else { panic!("told twice") };
			assert_eq!(late, Some(Incoming::Received(B, push(1).to_vec())));
		});
	}
}
