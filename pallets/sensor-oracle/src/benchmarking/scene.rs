//! How the stage is set for the benchmarks: devices with full histories and register books, what comes
//! next from them, and whether it has come.

use crate::{
	conduct::MAX_DIGESTS,
	lines::WatchKey,
	models::MAX_MODELS,
	pallet::*,
	series::{HOUR, MAX_HOURS},
	Class, Conduct, History, HourRoot, LineState, OracleParameters, Register, RegisterReading,
	RegisterReadings, SensorRecord, SensorReport, SeriesBook, SeriesRoot, Span, FULL_CONFIDENCE,
	MAX_KEPT_REGISTERS, MAX_SPANS,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_benchmarking::account;
use frame_support::{traits::OriginTrait, BoundedVec};
use sp_core::H256;
use voltree_primitives::{
	Announced, DeliverySlots, Devices, LineId, Moment, Verdict, FEWEST_OWNERS,
};

/// Keys, devices and time for benchmarks.
pub trait BenchmarkHelper<AccountId, Signature> {
	/// The account of the key that `seed` makes.
	fn account(seed: u32) -> AccountId;
	/// The signature of that account over `message`.
	fn sign(seed: u32, message: &[u8]) -> Signature;
	/// Let chain time be `now`.
	fn set_time(now: Moment);
	/// Register the sensors, each for another person, on a line that has none.
	fn register_sensors(line: LineId, sensors: &[AccountId]);
	/// The account of the person who runs the first of these sensors on `line`.
	fn owner_of_sensors(line: LineId) -> AccountId;
	/// Register a meter.
	fn register_meter(meter: &AccountId);
}

/// Seed of the only key here that signs.
pub(super) const KEY: u32 = 1;

pub(super) const LINE: LineId = LineId::MAX;
pub(super) const OTHER_LINE: LineId = LINE - 1;

/// Chain time in all benchmarks.
pub(super) const NOW: Moment = 100 * 86_400_000;

/// How long each run of reports in a made-up history lasts.
pub(super) const RUN: Moment = 1_000;

impl<T: Config> Pallet<T> {
	/// Make up a full history for each sensor on `line`: runs of hazard and clear in turn, each of
	/// which counts, and no two sensors ever change their minds at the same time. The line is safe
	/// from `until`, at least 100,000, for three seconds. For benchmarks, of other pallets too.
	pub fn fill_histories(line: LineId, until: Moment) {
		for (n, (sensor, _)) in (0..).zip(T::Devices::sensors_on(line)) {
			let newest = until.saturating_sub(n);
			let runs = (0..MAX_SPANS).rev().map(|age| {
				let last = newest.saturating_sub(3 * RUN * Moment::from(age));
				Span {
					class: if age % 2 == 1 { Class::Wind } else { Class::Clear },
					from: last - RUN,
					steady: Some(last),
					last,
					until: last + 4 * RUN,
				}
			});
			let spans = BoundedVec::truncate_from(runs.collect());
			let history = History { spans, absences: BoundedVec::new() };
			let report = SensorReport {
				sensor: sensor.clone(),
				class: Class::Clear,
				confidence: FULL_CONFIDENCE,
				model: H256::zero(),
				observed: newest,
				digest: H256::zero(),
			};
			Histories::<T>::insert(&sensor, history);
			// The first one has a digest that comes back.
			let digests = BoundedVec::truncate_from((0..u64::from(MAX_DIGESTS)).collect());
			let conduct = Conduct { digests, ..Default::default() };
			Reports::<T>::insert(&sensor, SensorRecord { report, conduct });
		}
	}

	/// Make up a full book of registers for `meter`, the two newest at `boundary` and a slot before:
	/// it exported `rise` watt-hours between them. Of the others each second boundary is missing, so
	/// that no slot is asked for twice when room is made. For benchmarks, of other pallets too.
	pub fn fill_registers(meter: &T::AccountId, boundary: Moment, rise: u64) {
		let registers = (0..MAX_KEPT_REGISTERS).rev().map(|age| {
			let slots = age + age.saturating_sub(1);
			Register {
				boundary: boundary.saturating_sub(T::Slots::length().saturating_mul(slots.into())),
				import: 0,
				export: rise.saturating_mul((MAX_KEPT_REGISTERS - age).into()),
			}
		});
		let registers = registers.collect::<Vec<_>>().try_into().expect("as many as fit");
		Registers::<T>::insert::<_, crate::RegisterBook>(meter, registers);
	}
}

/// Periods in force since they were announced.
pub(super) fn set_periods<T: Config>() {
	let parameters = OracleParameters {
		report_period: RUN,
		freshness: 4 * RUN,
		min_interval: 1,
		..OracleParameters::USUAL
	};
	let parameters = OracleParameters { waiting: 0, plausible_reports: 0, ..parameters };
	Parameters::<T>::mutate(|settings| {
		settings.next = Some(Announced { from: 0, parameters });
		settings.models.allowed = models(0);
		settings.models.retired = models(1);
	});
}

/// A full list of models.
pub(super) fn models(kind: u8) -> crate::models::ModelList {
	let model = |n: u32| {
		let mut bytes = [kind; 32];
		bytes[..4].copy_from_slice(&n.to_le_bytes());
		H256::from(bytes)
	};
	BoundedVec::truncate_from((0..MAX_MODELS).map(model).collect())
}

/// A line that people were told is `verdict`, and that is to be looked at `due`.
pub(super) fn set_line<T: Config>(line: LineId, verdict: Verdict, due: Moment) {
	let key: WatchKey = (due.to_be_bytes(), line.to_be_bytes());
	Watch::<T>::insert(key, ());
	let watched = Some(due);
	Lines::<T>::insert(line, LineState { verdict, watched, ..Default::default() });
}

/// A line with `sensors` sensors and their full histories. The first one on [`LINE`] is the signer.
pub(super) fn fill_line<T: Config>(line: LineId, sensors: u32) {
	let sensor = |n| match (line, n) {
		(LINE, 0) => signer::<T>(),
		_ => account("sensor", n, line),
	};
	let all: Vec<T::AccountId> = (0..sensors).map(sensor).collect();
	T::BenchmarkHelper::register_sensors(line, &all);
	Pallet::<T>::fill_histories(line, NOW - RUN);
	T::BenchmarkHelper::set_time(NOW);
}

/// The account that [`signed`] signs for.
pub(super) fn signer<T: Config>() -> T::AccountId {
	T::BenchmarkHelper::account(KEY)
}

/// The signer's signature over `message`, framed as browsers do it.
pub(super) fn signed<T: Config>(message: impl Encode) -> Option<T::Signature> {
	let framed = [&b"<Bytes>"[..], &message.encode(), b"</Bytes>"].concat();
	Some(T::BenchmarkHelper::sign(KEY, &framed))
}

/// What all but at most one of `sensors` owners say who call a line clear.
pub(super) fn expected(sensors: u32) -> Verdict {
	if sensors < FEWEST_OWNERS {
		Verdict::Stale
	} else {
		Verdict::Safe
	}
}

pub(super) fn relayer<T: Config>() -> T::RuntimeOrigin {
	T::RuntimeOrigin::signed(account("relayer", 0, 0))
}

/// A line with `sensors` sensors, and a report of one of them by which it is set aside, and after
/// which they say something else together than people were told.
pub(super) fn news<T: Config>(sensors: u32) -> SensorReport<T::AccountId> {
	let told = if sensors < FEWEST_OWNERS { Verdict::Safe } else { Verdict::Hazard };
	SensorReport { digest: H256::zero(), ..report_where_people_know::<T>(sensors, told) }
}

/// A line with `sensors` sensors, of which people were told that it is `told`, and a report of one of
/// them.
pub(super) fn report_where_people_know<T: Config>(
	sensors: u32,
	told: Verdict,
) -> SensorReport<T::AccountId> {
	set_periods::<T>();
	fill_line::<T>(LINE, sensors);
	set_line::<T>(LINE, told, Moment::MAX);
	// The newest report has another digest, so that one of all zeros is a replay.
	Reports::<T>::mutate_extant(signer::<T>(), |record| {
		record.report.digest = H256::repeat_byte(9);
	});
	SensorReport {
		sensor: signer::<T>(),
		// Not what the last run says, so that another begins and the oldest falls out.
		class: Class::Thunderstorm,
		confidence: FULL_CONFIDENCE,
		model: models(0)[usize::try_from(MAX_MODELS - 1).expect("small")],
		observed: NOW,
		digest: H256::repeat_byte(2),
	}
}

/// Whether [`news`] of a line with `sensors` sensors have come.
pub(super) fn news_have_come<T: Config>(sensors: u32) -> bool {
	report_has_come::<T>()
		&& Histories::<T>::get(signer::<T>()).absence().is_some()
		&& Lines::<T>::get(LINE).map(|state| state.verdict) == Some(expected(sensors))
}

/// Whether the report has come, whatever followed.
pub(super) fn report_has_come<T: Config>() -> bool {
	let newest = Reports::<T>::get(signer::<T>()).map(|record| record.report.class);
	newest == Some(Class::Thunderstorm)
}

/// A device with a full book of roots, and the one that comes next.
pub(super) fn next_root<T: Config>() -> SeriesRoot<T::AccountId> {
	let device = signer::<T>();
	T::BenchmarkHelper::register_meter(&device);
	T::BenchmarkHelper::set_time(NOW);
	let hour = u32::try_from(NOW / HOUR).expect("far from the end of time") - 1;
	let roots = (1..=MAX_HOURS).rev().map(|age| HourRoot {
		hour: hour - age,
		count: 1,
		root: H256::repeat_byte(3),
	});
	Series::<T>::insert::<_, SeriesBook>(&device, BoundedVec::truncate_from(roots.collect()));
	SeriesRoot { device, hour, count: 60, root: H256::repeat_byte(4) }
}

/// Whether [`next_root`] has come.
pub(super) fn root_has_come<T: Config>() -> bool {
	Series::<T>::get(signer::<T>()).last().map(|newest| newest.count) == Some(60)
}

/// A meter with a full book of registers, and the `count` that come next.
pub(super) fn readings<T: Config>(count: u32) -> RegisterReadings<T::AccountId> {
	let meter = signer::<T>();
	T::BenchmarkHelper::register_meter(&meter);
	T::BenchmarkHelper::set_time(NOW);
	let length = T::Slots::length();
	let newest = NOW - NOW % length;
	Pallet::<T>::fill_registers(&meter, newest - length * u64::from(count), 0);
	let registers = (0..count)
		.rev()
		.map(|age| Register { boundary: newest - length * u64::from(age), import: 0, export: 0 })
		.collect::<Vec<_>>();
	RegisterReadings { meter, registers: registers.try_into().expect("as many as fit") }
}

/// The only one of [`readings`].
pub(super) fn reading<T: Config>() -> RegisterReading<T::AccountId> {
	let RegisterReadings { meter, registers } = readings::<T>(1);
	let Register { boundary, import, export } = registers[0];
	RegisterReading { meter, boundary, import, export }
}

/// Whether [`readings`] have come.
pub(super) fn readings_have_come<T: Config>() -> bool {
	let newest = Registers::<T>::get(signer::<T>()).last().map(|register| register.boundary);
	newest == Some(NOW - NOW % T::Slots::length())
}

pub(super) fn by_itself<T: Config>() -> T::RuntimeOrigin {
	T::RuntimeOrigin::signed(signer::<T>())
}
