//! Moments as devices write them.

/// Milliseconds since 1970, in the clock of the stream.
pub type Moment = i64;

pub const SECOND: Moment = 1_000;
pub const MINUTE: Moment = 60 * SECOND;
pub const HOUR: Moment = 60 * MINUTE;
pub const DAY: Moment = 24 * HOUR;

/// A moment from text: seconds or milliseconds since 1970, or a date with a time of day, as in
/// `2026-07-07T12:00:00Z`, `2026-07-07 12:00+02:00`, `2026-07-07 12:00`. Without a zone it is taken as
/// it stands; nothing here needs the zone, only that it stays the same.
pub fn parse(text: &str) -> Option<Moment> {
	let text = text.trim();
	if let Ok(number) = text.parse::<f64>() {
		return from_number(number);
	}
	let (date, rest) = match text.find(['T', 't', ' ']) {
		Some(at) => (&text[..at], text[at + 1..].trim()),
		None => (text, ""),
	};
	let mut parts = date.split(['-', '/', '.']);
	let mut number = || parts.next()?.parse::<i64>().ok();
	let (year, month, day) = match (number()?, number()?, number()?) {
		// As Americans write it, and as Germans do.
		(month, day, year) if year >= 1000 && date.contains('/') => (year, month, day),
		(day, month, year) if year >= 1000 && date.contains('.') => (year, month, day),
		other => other,
	};
	if parts.next().is_some() || !(1000..10_000).contains(&year) {
		return None;
	}
	let at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
	let (clock, zone) = rest.split_at(at);
	Some(civil(year, month, day)? + of_day(clock.trim())? - offset(zone)?)
}

/// A moment from a number. Seconds until the year 5138, milliseconds from 1973 on.
pub fn from_number(number: f64) -> Option<Moment> {
	let milliseconds = if number.abs() < 1e11 { number * 1e3 } else { number };
	(milliseconds.is_finite() && milliseconds.abs() < 1e15)
		.then_some(milliseconds.round() as Moment)
}

/// Milliseconds of `12`, `12:30`, `12:30:15` or `12:30:15.250`; `24:00` is the end of the day.
fn of_day(clock: &str) -> Option<Moment> {
	if clock.is_empty() {
		return Some(0);
	}
	let mut parts = clock.split(':');
	let hours: i64 = parts.next()?.parse().ok()?;
	let minutes: i64 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
	let seconds: f64 = parts.next().map_or(Some(0.0), |part| part.parse().ok())?;
	let fits = (0..=24).contains(&hours)
		&& (0..60).contains(&minutes)
		&& (0.0..61.0).contains(&seconds)
		&& parts.next().is_none();
	let milliseconds = hours * HOUR + minutes * MINUTE + (seconds * 1e3).round() as i64;
	(fits && milliseconds <= DAY).then_some(milliseconds)
}

/// Milliseconds of `Z`, `+02:00`, `-0500` or nothing.
fn offset(zone: &str) -> Option<Moment> {
	let (sign, digits) = match zone.as_bytes().first() {
		None => return Some(0),
		Some(b'Z' | b'z') => return (zone.len() == 1).then_some(0),
		Some(b'-') => (-1, &zone[1..]),
		Some(_) => (1, &zone[1..]),
	};
	let digits: String = digits.chars().filter(|c| *c != ':').collect();
	let number: i64 = digits.parse().ok()?;
	let (hours, minutes) =
		if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
	(hours < 15 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

/// Midnight of a day of the Gregorian calendar (Hinnant's `days_from_civil`).
pub fn civil(year: i64, month: i64, day: i64) -> Option<Moment> {
	let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	let length = match month {
		2 => 28 + i64::from(leap),
		4 | 6 | 9 | 11 => 30,
		1..=12 => 31,
		_ => return None,
	};
	if !(1..=length).contains(&day) {
		return None;
	}
	let year = year - i64::from(month <= 2);
	let era = year.div_euclid(400);
	let of_era = year.rem_euclid(400);
	let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
	Some(days * DAY)
}

/// As people write it: `2026-07-07 12:00:00`.
pub fn write(moment: Moment) -> String {
	let (days, of_day) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
	let shifted = days + 719_468;
	let era = shifted.div_euclid(146_097);
	let of_era = shifted.rem_euclid(146_097);
	let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
	let of_year = of_era - (365 * year + year / 4 - year / 100);
	let shifted_month = (5 * of_year + 2) / 153;
	let day = of_year - (153 * shifted_month + 2) / 5 + 1;
	let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
	let year = year + era * 400 + i64::from(month <= 2);
	let (hour, minute) = (of_day / HOUR, of_day % HOUR / MINUTE);
	format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}", of_day % MINUTE / SECOND)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn forms_that_devices_write() {
		let noon = 1_783_425_600_000;
		for text in [
			"2026-07-07T12:00:00Z",
			"2026-07-07 12:00",
			"2026/07/07 12:00:00",
			"07/07/2026 12:00",
			"7.7.2026 12:00",
			"2026-07-07T14:00:00+02:00",
			"2026-07-07 07:00-0500",
			"1783425600",
			"1783425600000",
			"2026-07-07T12:00:00.000Z",
		] {
			assert_eq!(parse(text), Some(noon), "{text}");
		}
		assert_eq!(parse("2026-07-06 24:00"), parse("2026-07-07"));
		assert_eq!(parse("1964-07-07 00:00"), Some(-173_145_600_000));
	}

	#[test]
	fn what_is_no_moment() {
		for text in [
			"",
			"noon",
			"2026-13-01",
			"2026-02-29",
			"12:00",
			"2026-07-07 25:00",
			"2026-07-07 12:61",
			"NaN",
		] {
			assert_eq!(parse(text), None, "{text}");
		}
	}

	proptest! {
		#[test]
		fn what_is_written_is_read_again(seconds in -50_000_000_000i64..200_000_000_000) {
			let text = write(seconds * SECOND);
			prop_assume!(text.as_bytes()[4] == b'-' && !text.starts_with('0'));
			prop_assert_eq!(parse(&text), Some(seconds * SECOND));
		}
	}
}
