//! Links, and what happens to frames on them.

use crate::{
	faults::Fault,
	ledger::{peer, writer, Header},
	network::{What, World, UPLINK},
	stock::Stock,
};
use codec::{Decode, Encode};
use std::sync::Arc;
use voltree_fanout::{
	frames::{Frame, Part, Push},
	protocol::Event,
	types::{Moment, SECOND},
};

/// A delayer's delay.
const DELAY: Moment = 2 * SECOND;

impl World {
	pub fn links_change(&mut self) {
		for node in 0..self.nodes.len() {
			match (self.faults.runs(node, self.now), self.nodes[node].protocol.is_some()) {
				(false, true) => {
					self.note(|| format!("node {node} is gone"));
					let state = &mut self.nodes[node];
					(state.protocol, state.life) = (None, state.life + 1);
					state.stock = Stock::default();
				}
				(true, false) => {
					self.note(|| format!("node {node} is back"));
					self.nodes[node].syncing = true;
					self.start(node);
					self.handle(node, Event::Syncing(true));
					let life = self.nodes[node].life;
					self.at(self.now + SECOND / 2, What::CatchUp { node, life });
				}
				_ => {}
			}
		}
		for (a, b) in (0..self.nodes.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
			let cut = self.faults.cuts.iter().any(|(x, y, from, until)| {
				((*x, *y) == (a, b) || (*y, *x) == (a, b)) && (*from..*until).contains(&self.now)
			});
			let both = self.nodes[a].protocol.is_some() && self.nodes[b].protocol.is_some();
			let open = both && !cut;
			// Who was away for no time at all has new links nevertheless.
			if self.links[a][b].0 == open {
				continue;
			}
			for (x, y) in [(a, b), (b, a)] {
				let times = self.links[x][y].1 + u32::from(open);
				self.links[x][y] = (open, times);
			}
			for (x, y) in [(a, b), (b, a)] {
				let event = if open { Event::Opened(peer(y)) } else { Event::Closed(peer(y)) };
				self.handle(x, event);
			}
		}
	}

	/// An equivocator gives its second block to about half of the others.
	pub fn send_second(&mut self, node: usize, header: &Header, body: Vec<u8>) {
		let snapshot = self.snapshots[self.session(node)].hash;
		let part = Part::Whole(body);
		let push = Push { snapshot, stand_in: None, header: header.encode(), part };
		let frame = Frame::Push(push).to_bytes();
		for to in 0..self.nodes.len() {
			if self.is_open(node, to) && self.random.one_in(2) {
				self.transmit(node, to, frame.clone());
			}
		}
	}

	/// A frame takes the uplink, then the latency. What a faulty node does to it happens here.
	pub fn transmit(&mut self, from: usize, to: usize, frame: Arc<[u8]>) {
		let (open, link) = self.links[from][to];
		if !open {
			return;
		}
		self.note(|| describe(from, to, &frame));
		let fault = self.faults.of[from];
		let mut decoded = Frame::from_bytes(&frame).ok();
		let small = matches!(decoded, Some(Frame::Ping(_) | Frame::Pong(_) | Frame::Hello { .. }));
		if fault == Some(Fault::Silent) && !small {
			return self.at(self.now, What::Sent { node: from, to, link });
		}
		let mut frame = frame;
		if let Some(Frame::Push(push)) = &mut decoded {
			self.count(push, frame.len());
			let own = Header::decode(&mut &push.header[..])
				.is_ok_and(|h| writer(h.slot, h.number, self.nodes.len()) == from);
			if fault == Some(Fault::Corrupt) && !own {
				let (Part::Whole(data) | Part::Piece { data, .. }) = &mut push.part;
				match data.first_mut() {
					Some(byte) => *byte ^= 1,
					None => data.push(1),
				}
				frame = Frame::Push(push.clone()).to_bytes();
			}
		}
		let slow = fault == Some(Fault::Slow);
		let uplink = if slow { UPLINK / 8 } else { UPLINK };
		let state = &mut self.nodes[from];
		state.free = state.free.max(self.now) + frame.len() as u64 * SECOND / uplink;
		let sent = state.free;
		let delay = if fault == Some(Fault::Delayer) { DELAY } else { 0 };
		self.at(sent, What::Sent { node: from, to, link });
		let arrival = sent + self.latency[from][to] + delay;
		self.at(arrival, What::Deliver { from, to, link, frame });
	}

	fn count(&mut self, push: &Push, frame: usize) {
		let Ok(header) = Header::decode(&mut &push.header[..]) else { return };
		if let Some(written) = self.written.get_mut(&header.hash()) {
			let (Part::Whole(data) | Part::Piece { data, .. }) = &push.part;
			written.sent += data.len() as u64;
			written.frames += frame as u64;
		}
	}
}

/// A frame, for those who read a replay.
fn describe(from: usize, to: usize, frame: &[u8]) -> String {
	let what = match Frame::from_bytes(frame) {
		Ok(Frame::Push(Push { header, stand_in, part, .. })) => {
			let hash = Header::decode(&mut &header[..]).map(|header| header.hash());
			let part = match part {
				Part::Whole(body) => format!("all {} bytes", body.len()),
				Part::Piece { index, cut, .. } => format!("piece {index} of {}", cut.pieces),
			};
			format!("push {part} of {hash:?}, stand-in {stand_in:?}")
		}
		Ok(other) => format!("{other:?}"),
		Err(_) => "nonsense".into(),
	};
	format!("{from} -> {to}: {what}")
}
