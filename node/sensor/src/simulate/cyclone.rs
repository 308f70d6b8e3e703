//! Real tropical storms, seen from stations that might have stood beside their tracks.
//!
//! Track, strongest wind, central pressure and the extent of storm-force wind are NOAA's. Around the
//! centre the wind follows Holland's profile (1980), fitted to these; a station sees it weakened by the
//! ground around it, with gusts, noise, its altitude's pressure, and on top of a real station's everyday
//! weather.

use super::cell;
use crate::{
	error::Error,
	progress,
	random::Random,
	reading::{
		time::{self, HOUR},
		Channel, Columns, Line, Lines, Moment, Parsed, Parser, Reading,
	},
};
use std::{fs, io::BufReader, path::Path};

const KNOT: f64 = 0.514_444_444;
const NAUTICAL_MILE: f64 = 1.852;
/// Wind of tropical-storm force, in m/s (34 knots).
const STORM_FORCE: f64 = 34.0 * KNOT;
/// Stations beside each track, and how far at most, in km. One more stands far away.
const STATIONS: usize = 3;
const NEAR: f64 = 500.0;
/// Hours before and after the centre comes nearest.
const BEFORE: Moment = 60;
const AFTER: Moment = 36;
/// How far ahead the truth looks, in hours.
const AHEAD: Moment = 3;
const AIR: f64 = 1.15;

/// A storm at a moment: kilometres, m/s, hPa.
#[derive(Clone, Copy, Debug)]
struct Fix {
	time: Moment,
	latitude: f64,
	longitude: f64,
	wind: f64,
	pressure: f64,
	/// How far storm-force wind reaches from the centre.
	radius: f64,
}

/// A station beside the track.
struct Station {
	latitude: f64,
	longitude: f64,
	/// What the ground leaves of the wind.
	exposure: f64,
	gust: f64,
	has_gust: bool,
	/// Pressure that the altitude takes.
	altitude: f64,
	/// Where in the everyday weather its time begins.
	offset: usize,
}

/// What the storm does at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Effect {
	/// Wind towards the east and the north, in m/s.
	east: f64,
	north: f64,
	/// How much lower the pressure is, in hPa.
	fall: f64,
	/// Distance of the centre, in km.
	distance: f64,
}

pub fn make(tracks: &Path, background: &Path, seed: u64) -> Result<String, Error> {
	let storms = read_tracks(tracks)?;
	let everyday = read_background(background)?;
	let mut text =
		String::from("time,group,stream,pressure,wind_speed,wind_direction,gust,tropical-storm\n");
	let bar = progress::bar("storms", storms.len() as u64);
	for (number, (name, fixes)) in storms.iter().enumerate() {
		bar.inc(1);
		let mut random = Random::fork(seed, number as u64 + 1);
		let strong: Vec<&Fix> = fixes.iter().filter(|fix| fix.radius > 0.0).collect();
		if strong.is_empty() {
			continue;
		}
		for place in 0..=STATIONS {
			let near = strong[random.below(strong.len())];
			let distance = match place {
				STATIONS => random.between(1000.0, 2000.0),
				_ => random.between(0.0, NEAR),
			};
			let station = station(near, distance, everyday.len(), &mut random);
			for hour in -BEFORE..=AFTER {
				let time = near.time.div_euclid(HOUR) * HOUR + hour * HOUR;
				let step = (hour + BEFORE) as usize;
				let row = &everyday[(station.offset + step) % everyday.len()];
				let Some(reading) = observe(fixes, &station, time, row, &mut random) else {
					continue;
				};
				let soon = (0..=AHEAD).any(|ahead| is_hit(fixes, &station, time + ahead * HOUR));
				text.push_str(&format!(
					"{},{name},{name}/{place},{},{},{},{},{}\n",
					time::write(time),
					cell(reading.get(Channel::Pressure), 1),
					cell(reading.get(Channel::WindSpeed), 1),
					cell(reading.get(Channel::WindDirection), 0),
					cell(reading.get(Channel::Gust), 1),
					u8::from(soon),
				));
			}
		}
	}
	bar.finish_and_clear();
	Ok(text)
}

fn station(near: &Fix, distance: f64, hours: usize, random: &mut Random) -> Station {
	let bearing = random.between(0.0, core::f64::consts::TAU);
	let latitude = near.latitude + distance * libm::cos(bearing) / 111.2;
	let east = distance * libm::sin(bearing) / (111.2 * libm::cos(near.latitude.to_radians()));
	Station {
		latitude: latitude.clamp(-85.0, 85.0),
		longitude: near.longitude + east,
		exposure: random.between(0.55, 1.0),
		gust: random.between(1.25, 1.6),
		has_gust: random.happens(0.5),
		altitude: random.between(0.0, 50.0),
		offset: random.below(hours),
	}
}

/// The storm at a moment, between two fixes; none before its first and after its last.
fn at(fixes: &[Fix], time: Moment) -> Option<Fix> {
	let next = fixes.partition_point(|fix| fix.time <= time);
	let before = fixes.get(next.checked_sub(1)?)?;
	if before.time == time {
		return Some(*before);
	}
	let after = fixes.get(next)?;
	let share = (time - before.time) as f64 / (after.time - before.time) as f64;
	let between = |from: f64, to: f64| from + (to - from) * share;
	Some(Fix {
		time,
		latitude: between(before.latitude, after.latitude),
		longitude: between(before.longitude, after.longitude),
		wind: between(before.wind, after.wind),
		pressure: between(before.pressure, after.pressure),
		radius: between(before.radius, after.radius),
	})
}

/// Kilometres to the east and the north from the storm's centre.
fn offset(fix: &Fix, station: &Station) -> (f64, f64) {
	let shrink = libm::cos(((fix.latitude + station.latitude) / 2.0).to_radians());
	let east = (station.longitude - fix.longitude) * 111.2 * shrink;
	(east, (station.latitude - fix.latitude) * 111.2)
}

/// Whether the station lies within storm-force wind.
fn is_hit(fixes: &[Fix], station: &Station, time: Moment) -> bool {
	let Some(fix) = at(fixes, time) else { return false };
	let (east, north) = offset(&fix, station);
	libm::hypot(east, north) < fix.radius
}

/// Holland's profile: the radius of the strongest wind and the shape, such that storm force is blown at
/// the published radius.
fn profile(fix: &Fix) -> (f64, f64, f64) {
	let fall = (1013.0 - fix.pressure).max(3.0);
	let shape = (fix.wind * fix.wind * core::f64::consts::E * AIR / (fall * 100.0)).clamp(1.0, 2.5);
	if fix.wind <= STORM_FORCE || fix.radius <= 0.0 {
		return (80.0, shape, fall);
	}
	// x e^(1-x) rises from 0 to 1 where x does.
	let wanted = (STORM_FORCE / fix.wind) * (STORM_FORCE / fix.wind);
	let (mut low, mut high) = (0.0, 1.0);
	for _ in 0..60 {
		let x = (low + high) / 2.0;
		if x * libm::exp(1.0 - x) < wanted {
			low = x;
		} else {
			high = x;
		}
	}
	(fix.radius * libm::pow((low + high) / 2.0, 1.0 / shape), shape, fall)
}

/// What the storm does at a station.
fn effect(fix: &Fix, motion: (f64, f64), station: &Station) -> Effect {
	let (east, north) = offset(fix, station);
	let distance = libm::hypot(east, north).max(1.0);
	let (core, shape, fall) = profile(fix);
	let x = libm::pow(core / distance, shape);
	// One-minute wind, as NOAA gives it, to the ten-minute mean of stations.
	let speed = 0.88 * fix.wind * libm::sqrt(x * libm::exp(1.0 - x));
	// Anticlockwise and a little inwards; the other way round on the southern hemisphere.
	let turn = if fix.latitude < 0.0 { -1.0 } else { 1.0 };
	let (cos, sin) = (libm::cos(0.35), libm::sin(0.35));
	let (e, n) = (east / distance, north / distance);
	let (along_e, along_n) = (-n * turn, e * turn);
	let carried = 0.5 * (speed / fix.wind.max(1.0)).min(1.0);
	Effect {
		east: speed * (along_e * cos - e * sin) + carried * motion.0,
		north: speed * (along_n * cos - n * sin) + carried * motion.1,
		fall: fall * (1.0 - libm::exp(-x)),
		distance,
	}
}

/// What the station would have written down.
fn observe(
	fixes: &[Fix],
	station: &Station,
	time: Moment,
	everyday: &Reading,
	random: &mut Random,
) -> Option<Reading> {
	// Drawn in any case, so that a row more or less does not change the others.
	let (noise, squall, pressure_noise) = (random.normal(), random.normal(), random.normal());
	let storm = at(fixes, time).map(|fix| {
		let later = at(fixes, time + HOUR).unwrap_or(fix);
		let shrink = 111.2e3 * libm::cos(fix.latitude.to_radians());
		let motion = (
			(later.longitude - fix.longitude) * shrink / 3600.0,
			(later.latitude - fix.latitude) * 111.2e3 / 3600.0,
		);
		effect(&fix, motion, station)
	});
	let none = Effect { east: 0.0, north: 0.0, fall: 0.0, distance: f64::INFINITY };
	let storm = storm.unwrap_or(none);
	let direction = everyday.get(Channel::WindDirection).to_radians();
	let wind = everyday.get(Channel::WindSpeed);
	let quiet = if storm.distance < 1000.0 { 0.5 } else { 1.0 };
	// The wind comes from its direction.
	let east = station.exposure * storm.east - quiet * wind * libm::sin(direction);
	let north = station.exposure * storm.north - quiet * wind * libm::cos(direction);
	let speed = (libm::hypot(east, north) * (1.0 + 0.08 * noise)).max(0.0);
	if speed.is_nan() {
		return None;
	}
	let from = libm::atan2(-east, -north).to_degrees().rem_euclid(360.0);
	let mut reading = Reading::at(time);
	let pressure = everyday.get(Channel::Pressure) - storm.fall - station.altitude;
	reading.set(Channel::Pressure, pressure + 0.3 * pressure_noise);
	reading.set(Channel::WindSpeed, speed);
	reading.set(Channel::WindDirection, libm::round(from).rem_euclid(360.0));
	if station.has_gust {
		reading.set(Channel::Gust, speed * (station.gust + 0.05 * squall).max(1.0));
	}
	Some(reading)
}

fn read_tracks(path: &Path) -> Result<Vec<(String, Vec<Fix>)>, Error> {
	let text = fs::read_to_string(path).map_err(Error::read(path))?;
	let mut storms: Vec<(String, Vec<Fix>)> = Vec::new();
	for (number, line) in text.lines().enumerate().skip(1) {
		let bad = || {
			Error::Input(format!(
				"{}, line {}: seven columns are expected, as scripts/sensor-data writes them",
				path.display(),
				number + 1
			))
		};
		let cells: Vec<&str> = line.split(',').collect();
		let [name, moment, numbers @ ..] = cells.as_slice() else { return Err(bad()) };
		let time = time::parse(moment).ok_or_else(bad)?;
		let numbers: Result<Vec<f64>, _> = numbers.iter().map(|cell| cell.parse::<f64>()).collect();
		let numbers = numbers.map_err(|_| bad())?;
		let [latitude, longitude, wind, pressure, diameter] = numbers[..] else {
			return Err(bad());
		};
		let fix = Fix {
			time,
			latitude,
			longitude,
			wind: wind * KNOT,
			pressure,
			radius: diameter / 2.0 * NAUTICAL_MILE,
		};
		match storms.last_mut().filter(|(known, _)| known == name) {
			Some((_, fixes)) if fixes.last().is_none_or(|last| last.time < time) => fixes.push(fix),
			Some(_) => {}
			None => storms.push(((*name).to_owned(), vec![fix])),
		}
	}
	Ok(storms)
}

/// Hours with wind and pressure; the pressure without its mean's difference from sea level.
fn read_background(path: &Path) -> Result<Vec<Reading>, Error> {
	let file = fs::File::open(path).map_err(Error::read(path))?;
	let mut lines = Lines::new(BufReader::new(file));
	let mut parser = Parser::new(Columns::default());
	let mut rows = Vec::new();
	while lines.advance().map_err(Error::read(path))? != Line::End {
		if let Ok(Parsed::Row { reading, .. }) = parser.parse(lines.text()) {
			let values = [Channel::Pressure, Channel::WindSpeed, Channel::WindDirection];
			if values.iter().all(|channel| !reading.get(*channel).is_nan()) {
				rows.push(reading);
			}
		}
	}
	if rows.len() < 200 {
		let why = "fewer than 200 rows with pressure, wind speed and wind direction";
		return Err(Error::Input(format!("{}: {why}", path.display())));
	}
	Ok(rows)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn fix(hours: Moment, longitude: f64) -> Fix {
		Fix {
			time: hours * HOUR,
			latitude: 25.0,
			longitude,
			wind: 50.0,
			pressure: 950.0,
			radius: 250.0,
		}
	}

	fn station(latitude: f64, longitude: f64) -> Station {
		Station {
			latitude,
			longitude,
			exposure: 1.0,
			gust: 1.4,
			has_gust: true,
			altitude: 0.0,
			offset: 0,
		}
	}

	/// At the published radius the one-minute wind is of storm force, and within it stronger.
	#[test]
	fn the_profile_meets_what_was_published() {
		let storm = fix(0, -75.0);
		let at = |kilometres: f64| {
			let there = station(25.0 + kilometres / 111.2, -75.0);
			let effect = effect(&storm, (0.0, 0.0), &there);
			(libm::hypot(effect.east, effect.north) / 0.88, effect)
		};
		assert!((at(250.0).0 - STORM_FORCE).abs() < 0.1, "{}", at(250.0).0);
		assert!(at(150.0).0 > at(250.0).0 && at(400.0).0 < STORM_FORCE);
		assert!(at(5.0).1.fall > 55.0 && at(600.0).1.fall < 10.0);
		// North of the centre the wind blows to the west.
		assert!(at(150.0).1.east < 0.0);
	}

	#[test]
	fn a_storm_moves_between_its_fixes() {
		let fixes = [fix(0, -75.0), fix(6, -78.0)];
		let there = station(25.0, -78.0);
		assert!(!is_hit(&fixes, &there, 0));
		assert!(is_hit(&fixes, &there, 6 * HOUR));
		assert_eq!(at(&fixes, 3 * HOUR).map(|fix| fix.longitude), Some(-76.5));
		assert!(at(&fixes, -HOUR).is_none() && at(&fixes, 7 * HOUR).is_none());
	}
}
