//! Lines of bounded length: a stream without line feeds must not fill the memory.

use std::io::{self, BufRead, BufReader, Read};

/// Longest line that is read, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// What came next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
	Text,
	/// Longer than [`LONGEST`]; the rest of it has been skipped.
	TooLong,
	End,
}

/// Lines of a stream, one at a time, in one buffer.
pub struct Lines<R> {
	input: R,
	bytes: Vec<u8>,
	text: String,
}

impl<R: BufRead> Lines<R> {
	pub fn new(input: R) -> Self {
		Self { input, bytes: Vec::new(), text: String::new() }
	}

	/// The newest line, without its end. What is no UTF-8 is replaced.
	pub fn text(&self) -> &str {
		&self.text
	}

	/// Reads on to the next line.
	pub fn advance(&mut self) -> io::Result<Line> {
		self.bytes.clear();
		self.text.clear();
		let mut too_long = false;
		let mut any = false;
		loop {
			let buffer = match self.input.fill_buf() {
				Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
				other => other?,
			};
			if buffer.is_empty() {
				break;
			}
			any = true;
			let end = buffer.iter().position(|byte| *byte == b'\n');
			let part = &buffer[..end.unwrap_or(buffer.len())];
			if self.bytes.len() + part.len() > LONGEST {
				too_long = true;
			} else if !too_long {
				self.bytes.extend_from_slice(part);
			}
			let used = part.len() + usize::from(end.is_some());
			self.input.consume(used);
			if end.is_some() {
				break;
			}
		}
		if self.bytes.last() == Some(&b'\r') {
			self.bytes.pop();
		}
		match std::str::from_utf8(&self.bytes) {
			Ok(text) => self.text.push_str(text),
			Err(_) => self.text.push_str(&String::from_utf8_lossy(&self.bytes)),
		}
		Ok(match (any, too_long) {
			(false, _) => Line::End,
			(true, true) => Line::TooLong,
			(true, false) => Line::Text,
		})
	}
}

impl<R: Read> Lines<BufReader<R>> {
	/// Whether the next line is here already, so that asking for it does not wait.
	pub fn is_ready(&self) -> bool {
		self.input.buffer().contains(&b'\n')
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn lines_end_and_long_ones_are_skipped_whole() {
		let long = "x".repeat(LONGEST + 1);
		let input = format!("one\r\n\n{long}\nlast");
		let mut lines = Lines::new(BufReader::with_capacity(7, input.as_bytes()));
		let mut seen = Vec::new();
		loop {
			match lines.advance().expect("memory does not fail") {
				Line::End => break,
				line => seen.push((line, lines.text().to_owned())),
			}
		}
		assert_eq!(seen[0], (Line::Text, "one".into()));
		assert_eq!(seen[1], (Line::Text, String::new()));
		assert_eq!(seen[2].0, Line::TooLong);
		assert!(lines.bytes.capacity() <= 2 * LONGEST);
		assert_eq!(seen[3], (Line::Text, "last".into()));
		assert_eq!(seen.len(), 4);
	}
}
