//! The frames as they travel, byte by byte: nodes of different releases must understand each other.

use hex_literal::hex;
use voltree_fanout::{
	frames::{Frame, Part, Push, Rumour, Status, LONGEST_BODY, LONGEST_FRAME},
	pieces::Cut,
	types::Hash,
};

const HASH: Hash = Hash([0xaa; 32]);

fn pinned(frame: Frame, bytes: &[u8]) {
	assert_eq!(frame.to_bytes()[..], *bytes);
	assert_eq!(Frame::from_bytes(bytes), Ok(frame));
}

#[test]
fn hello() {
	pinned(
		Frame::Hello { session: 7, snapshot: HASH },
		&[&hex!("01 00 07000000")[..], &[0xaa; 32]].concat(),
	);
}

#[test]
fn push_of_a_whole_block() {
	let push = Push {
		snapshot: HASH,
		stand_in: None,
		header: vec![1, 2, 3],
		part: Part::Whole(vec![4, 5]),
	};
	let bytes = [&hex!("01 01")[..], &[0xaa; 32], &hex!("00 0c010203 00 080405")].concat();
	pinned(Frame::Push(push), &bytes);
}

#[test]
fn push_of_a_piece() {
	let cut = Cut { root: Hash([0xbb; 32]), pieces: 3, bytes: 513, signature: [0xcc; 64] };
	let part = Part::Piece { cut, index: 2, proof: vec![Hash([0xdd; 32])], data: vec![9] };
	let push = Push { snapshot: HASH, stand_in: Some(258), header: vec![7], part };
	let bytes = [
		&hex!("01 01")[..],
		&[0xaa; 32],
		&hex!("01 0201 04 07 01"),
		&[0xbb; 32],
		&hex!("03 01020000"),
		&[0xcc; 64],
		&hex!("02 04"),
		&[0xdd; 32],
		&hex!("04 09"),
	]
	.concat();
	pinned(Frame::Push(push), &bytes);
}

#[test]
fn have_want_ack() {
	let rumour = Rumour { hash: HASH, number: 5, bytes: 6, author: 7 };
	let bytes = [&hex!("01 02")[..], &[0xaa; 32], &hex!("05000000 06000000 0700")].concat();
	pinned(Frame::Have(rumour), &bytes);
	let bytes = [&hex!("01 03")[..], &[0xaa; 32], &hex!("0500000000000080")].concat();
	pinned(Frame::Want { hash: HASH, pieces: 1 << 63 | 5 }, &bytes);
	for (status, byte) in [(Status::Received, 0), (Status::Refused, 1)] {
		let bytes = [&hex!("01 04")[..], &[0xaa; 32], &[byte]].concat();
		pinned(Frame::Ack { hash: HASH, status }, &bytes);
	}
}

#[test]
fn ping_and_pong() {
	pinned(Frame::Ping(1), &hex!("01 05 0100000000000000"));
	pinned(Frame::Pong(u64::MAX), &hex!("01 06 ffffffffffffffff"));
}

/// What an author signs about pieces: cannot be a hash of 32 bytes, as the seal signs.
#[test]
fn the_message_about_pieces() {
	let message = Cut::message(&HASH, &Hash([0xbb; 32]), 3, 513);
	let domain = b"\x5cvoltree/fanout/pieces/1";
	let bytes = [&domain[..], &[0xaa; 32], &[0xbb; 32], &hex!("03 01020000")].concat();
	assert_eq!(message, bytes);
}

#[test]
fn what_is_no_frame_is_refused() {
	let good = Frame::Ping(1).to_bytes();
	assert!(Frame::from_bytes(&[]).is_err());
	assert!(Frame::from_bytes(&good[..9]).is_err());
	assert!(Frame::from_bytes(&[&good[..], &[0]].concat()).is_err());
	assert!(Frame::from_bytes(&[&[2], &good[1..]].concat()).is_err());
	assert!(Frame::from_bytes(&hex!("01 07")).is_err());
	assert!(Frame::from_bytes(&vec![1; LONGEST_FRAME as usize + 1]).is_err());
}

#[test]
fn the_longest_block_fits_and_nothing_longer() {
	let push = |body: usize, header: usize| Push {
		snapshot: HASH,
		stand_in: None,
		header: vec![0; header],
		part: Part::Whole(vec![0; body]),
	};
	let longest = push(LONGEST_BODY, 65_536);
	assert!(longest.is_sane());
	assert!(Frame::Push(longest).to_bytes().len() as u64 <= LONGEST_FRAME);
	assert!(!push(LONGEST_BODY + 1, 1).is_sane());
	assert!(!push(1, 65_537).is_sane());
}
