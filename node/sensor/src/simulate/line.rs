//! Half days of lines, minute by minute: load, weather, the conductor's heat, faults, and what looks
//! like one.

use super::cell;
use crate::{
	progress,
	random::Random,
	reading::time::{self, MINUTE},
};

const MINUTES: usize = 720;
/// The conductor may not become hotter, in degrees Celsius.
const LIMIT: f64 = 80.0;
/// How far ahead overload is to be told, in minutes.
const AHEAD: usize = 15;
/// The conductor follows its surroundings in about so many minutes.
const INERTIA: f64 = 12.0;
/// A joint this much hotter than the conductor will fail, in kelvin.
const HOT_JOINT: f64 = 15.0;

/// What happens on a line.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Trouble {
	/// Many times the current and a deep sag, then the breaker opens.
	ShortCircuit,
	/// A conductor down: the load behind it is gone, the voltage crooked.
	Broken,
	/// An arc over a bad contact or into a tree: everything flickers.
	Arc,
	/// A joint that heats more the more it has suffered.
	HotJoint,
	/// Somebody switches the line off and on again: no fault.
	Switched,
	/// The grid's voltage sags: no fault of this line.
	Sag,
	/// A large motor starts: no fault.
	Motor,
}

impl Trouble {
	fn is_fault(self) -> bool {
		matches!(self, Self::ShortCircuit | Self::Broken | Self::Arc | Self::HotJoint)
	}
}

/// A trouble, from when to when.
#[derive(Clone, Copy, Debug)]
struct Episode {
	trouble: Trouble,
	from: usize,
	until: usize,
	strength: f64,
}

pub fn make(runs: u32, seed: u64) -> String {
	let mut text = String::from(
		"time,group,stream,current_a,voltage_v,conductor_temperature_c,temperature_c,wind_speed_m_s,\
		 irradiance_w_m2,line-fault,overload\n",
	);
	let bar = progress::bar("lines", u64::from(runs));
	for run in 0..runs {
		half_day(run, &mut Random::fork(seed, u64::from(run) + 1), &mut text);
		bar.inc(1);
	}
	bar.finish_and_clear();
	text
}

fn episodes(random: &mut Random) -> Vec<Episode> {
	let mut episodes = Vec::new();
	let mut add = |trouble, probability: f64, shortest: usize, longest: usize| {
		let (happens, from, strength) =
			(random.happens(probability), 60 + random.below(MINUTES - 120), random.share());
		let length = shortest + random.below(longest - shortest + 1);
		if happens {
			episodes.push(Episode { trouble, from, until: from + length, strength });
		}
	};
	add(Trouble::ShortCircuit, 0.2, 6, 60);
	add(Trouble::Broken, 0.2, 20, 120);
	add(Trouble::Arc, 0.2, 5, 40);
	add(Trouble::HotJoint, 0.2, 120, 400);
	add(Trouble::Switched, 0.35, 10, 120);
	for _ in 0..2 {
		add(Trouble::Sag, 0.5, 1, 3);
	}
	for _ in 0..4 {
		add(Trouble::Motor, 0.6, 1, 2);
	}
	// One thing at a time, so that the truth is one.
	episodes.sort_by_key(|episode: &Episode| episode.from);
	let mut end = 0;
	episodes.retain(|episode| {
		let free = episode.from >= end;
		end = if free { episode.until + 10 } else { end };
		free
	});
	episodes
}

fn half_day(run: u32, random: &mut Random, text: &mut String) {
	let rating = random.between(80.0, 900.0);
	let nominal = [230.0, 400.0, 10_000.0, 20_000.0][random.below(4)];
	let (has_heat, has_weather) = (random.happens(0.6), random.happens(0.6));
	let begin = random.between(0.0, 24.0);
	let (air, swing) = (random.between(-5.0, 32.0), random.between(2.0, 7.0));
	let (gale, sunny) = (random.between(0.3, 6.0), random.between(0.1, 1.0));
	let load = random.between(0.35, 1.6);
	let (morning, evening) = (random.between(6.0, 10.0), random.between(17.0, 21.0));
	let episodes = episodes(random);
	let (mut wander, mut breeze, mut hot) = (0.0, 0.0, f64::NAN);
	let mut rows: Vec<[f64; 6]> = Vec::with_capacity(MINUTES);
	let (mut faults, mut heats) = (Vec::new(), Vec::new());
	for minute in 0..MINUTES {
		let clock = (begin + minute as f64 / 60.0) % 24.0;
		let bump = |middle: f64, width: f64| {
			let away = libm::fabs(clock - middle).min(24.0 - libm::fabs(clock - middle)) / width;
			libm::exp(-away * away / 2.0)
		};
		wander = 0.98 * wander + 0.01 * random.normal();
		breeze = 0.95 * breeze + 0.15 * random.normal();
		let wind = (gale * libm::exp(breeze)).clamp(0.0, 25.0);
		let sun =
			(1000.0 * sunny * libm::sin((clock - 6.0) / 12.0 * core::f64::consts::PI)).max(0.0);
		let temperature = air + swing * bump(15.0, 4.0);
		let shape = 0.35 + 0.45 * bump(morning, 2.0) + 0.65 * bump(evening, 2.5) + wander;
		let mut share = (load * shape).max(0.02) * (1.0 + 0.02 * random.normal());
		let mut level = 1.0 - 0.03 * share + 0.003 * random.normal();
		let (mut joint, mut fault) = (0.0, false);
		let now = episodes.iter().find(|e| (e.from..e.until).contains(&minute));
		if let Some(episode) = now {
			let (age, strength) = (minute - episode.from, episode.strength);
			fault = episode.trouble.is_fault();
			match episode.trouble {
				// At most a minute's sample shows the surge; the breaker is faster most times.
				Trouble::ShortCircuit if age == 0 => {
					(share, level) = (3.0 + 9.0 * strength, 0.7 - 0.6 * strength)
				}
				Trouble::ShortCircuit => (share, level) = (0.0, 0.02 * random.share()),
				Trouble::Broken => {
					share *= 0.35 * strength;
					level *= 0.97 - 0.2 * strength + 0.01 * random.normal();
				}
				Trouble::Arc => {
					share *= 1.0 + (0.05 + 0.25 * strength) * random.normal();
					level *= 1.0 + (0.01 + 0.03 * strength) * random.normal();
				}
				Trouble::HotJoint => {
					joint = age as f64 * (0.1 + 0.4 * strength) * share * share;
					fault = joint > HOT_JOINT;
				}
				Trouble::Switched => share = 0.0,
				Trouble::Sag => level *= 0.95 - 0.5 * strength,
				Trouble::Motor => {
					(share, level) = (share * (1.2 + strength), level * (0.98 - 0.06 * strength))
				}
			}
		}
		let share = share.max(0.0);
		// At its rating, in a light breeze and bright sun, on a warm day, a conductor reaches its limit.
		let carried = share.min(2.0);
		let rise = 52.0 * carried * carried / (0.55 + 0.45 * libm::sqrt(wind / 0.6)) + 0.008 * sun;
		let target = temperature + rise;
		hot = if hot.is_nan() { target } else { hot + (target - hot) / INERTIA };
		heats.push(hot);
		faults.push(fault);
		let seen = |value: f64, is_there: bool| if is_there { value } else { f64::NAN };
		rows.push([
			share * rating * (1.0 + 0.005 * random.normal()).max(0.0),
			level * nominal,
			seen(hot + joint + 0.5 * random.normal(), has_heat),
			seen(temperature + 0.3 * random.normal(), has_weather),
			seen(wind, has_weather),
			seen(sun, has_weather),
		]);
	}
	let start = i64::from(run) * 3 * time::DAY + (begin * 60.0) as i64 * MINUTE;
	for (minute, row) in rows.iter().enumerate() {
		let ahead = &heats[minute..(minute + AHEAD + 1).min(MINUTES)];
		let overload = ahead.iter().any(|heat| *heat >= LIMIT);
		let cells = row.map(|value| cell(value, 2)).join(",");
		text.push_str(&format!(
			"{},run-{run},run-{run},{cells},{},{}\n",
			time::write(start + minute as i64 * MINUTE),
			u8::from(faults[minute]),
			u8::from(overload),
		));
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The same seed, the same lines; both truths happen, and not all the time.
	#[test]
	fn lines_have_faults_and_overload() {
		let text = make(30, 1);
		assert_eq!(text, make(30, 1));
		assert_ne!(text, make(30, 2));
		let rows: Vec<&str> = text.lines().skip(1).collect();
		assert_eq!(rows.len(), 30 * MINUTES);
		for truth in [",1,", ",1"] {
			let count = rows.iter().filter(|row| match truth {
				",1" => row.ends_with(truth),
				_ => row.ends_with(",1,0") || row.ends_with(",1,1"),
			});
			let share = count.count() as f64 / rows.len() as f64;
			assert!((0.005..0.3).contains(&share), "{truth} {share}");
		}
	}
}
