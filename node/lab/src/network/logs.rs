//! What nodes write into their logs about blocks: sealed, imported, by the clock all of them share.

/// A line that we read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
	/// This node has written a block: height and hash.
	Sealed { at: u64, number: u32, hash: String },
	/// A block is in this node's database: height and the hash as the log shortens it.
	Imported { at: u64, number: u32, short: String },
}

/// What a line says, if it is one of ours.
pub fn read(line: &str) -> Option<Line> {
	let number = |rest: &str| {
		let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
		digits.parse::<u32>().ok()
	};
	if let Some((head, rest)) = line.split_once("Pre-sealed block for proposal at ") {
		let hash = rest.split("Hash now ").nth(1)?.split(',').next()?.to_owned();
		return Some(Line::Sealed { at: moment(head)?, number: number(rest)?, hash });
	}
	let (head, rest) = line.split_once(" Imported #")?;
	let short = rest.split('→').nth(1)?.trim().trim_end_matches(')').to_owned();
	Some(Line::Imported { at: moment(head)?, number: number(rest)?, short })
}

/// A hash as logs shorten it.
pub fn shortened(hash: &str) -> String {
	let digits = hash.trim_start_matches("0x");
	match (digits.get(..4), digits.len().checked_sub(4).and_then(|from| digits.get(from..))) {
		(Some(first), Some(last)) => format!("0x{first}…{last}"),
		_ => hash.to_owned(),
	}
}

/// Microseconds of the Unix epoch, from `2026-11-23 04:41:36.007` at the beginning of a line.
fn moment(line: &str) -> Option<u64> {
	let (date, rest) = line.split_at_checked(10)?;
	let time = rest.split_whitespace().next()?;
	let mut parts = date.split('-').map(str::parse::<u64>);
	let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
	let (clock, fraction) = time.split_once('.')?;
	let mut parts = clock.split(':').map(str::parse::<u64>);
	let (hour, minute, second) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
	let millis: u64 = fraction.get(..3)?.parse().ok()?;
	let seconds = ((days(year, month, day)? * 24 + hour) * 60 + minute) * 60 + second;
	Some((seconds * 1000 + millis) * 1000)
}

/// Days from 1970 to a date of the Gregorian calendar.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
	if !(1970..3000).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
		return None;
	}
	// Years begin in March, so that the odd day is at the end.
	let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
	let leaps = year / 4 - year / 100 + year / 400;
	Some(year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Lines of a node of this release.
	#[test]
	fn lines_are_read() {
		let sealed = "2026-11-23 04:41:36.007  INFO tokio-rt-worker aura: 🔖 Pre-sealed block for proposal at 1. Hash now 0xa74ba8c61cc25f4b9ed0f780c32b8737ed74787c6cd43f856ea5eba65f427bad, previously 0x9fcd8a3a01fc57f5765560b730811e34b2434e95536bd43b63c43fd0e526cb40.    ";
		let hash = "0xa74ba8c61cc25f4b9ed0f780c32b8737ed74787c6cd43f856ea5eba65f427bad";
		let at = 1_795_408_896_007_000;
		assert_eq!(read(sealed), Some(Line::Sealed { at, number: 1, hash: hash.into() }));
		let imported = "2026-11-23 04:41:36.009  INFO tokio-rt-worker substrate: 🏆 Imported #12 (0x67e8…8b40 → 0xa74b…7bad)    ";
		let short = shortened(hash);
		assert_eq!(short, "0xa74b…7bad");
		assert_eq!(read(imported), Some(Line::Imported { at: at + 2000, number: 12, short }));
		for other in
			["", "2026-11-23 04:41:36.009  INFO x substrate: 💤 Idle (0 peers)", "Imported #1"]
		{
			assert_eq!(read(other), None);
		}
	}

	#[test]
	fn days_are_those_of_the_calendar() {
		assert_eq!(days(1970, 1, 1), Some(0));
		assert_eq!(days(2000, 3, 1), Some(11_017));
		assert_eq!(days(2024, 2, 29), Some(19_782));
		assert_eq!(days(2026, 11, 23), Some(20_780));
		assert_eq!(days(2026, 13, 1), None);
	}
}
