//! What the calls cost at most: histories and register books are full. Where a relayer sends what the
//! device has signed, the signature comes framed as browsers do, so that it is tried twice; what a
//! device sends itself needs none.
//!
//! All reports are measured with the question whether they are free: that asks all that the call
//! asks, and the transaction extension that puts it does not count it. What has no sender is measured
//! twice: authorizing it, with the signature, and the call, which is then that of a device itself.

use crate::{
	conduct::MAX_DIGESTS,
	lines::{WatchKey, MAX_WATCHED},
	models::MAX_MODELS,
	pallet::*,
	safety::{safety_over, verdict_at},
	series::{HOUR, MAX_HOURS},
	Absence, Class, Conduct, Fault, History, HourRoot, LineState, OracleParameters, Register,
	RegisterReading, RegisterReadings, SensorRecord, SensorReport, SeriesBook, SeriesRoot, Span,
	FULL_CONFIDENCE, MAX_REGISTERS, MAX_SPANS,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::Get,
	traits::{EnsureOrigin, Hooks, OriginTrait},
	BoundedVec,
};
use sp_core::H256;
use sp_runtime::transaction_validity::TransactionSource;
use voltree_primitives::{
	Announced, Clock, DeliverySlots, Devices, LineId, Moment, Verdict, FEWEST_OWNERS,
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
const KEY: u32 = 1;

const LINE: LineId = LineId::MAX;
const OTHER_LINE: LineId = LINE - 1;

/// Chain time in all benchmarks.
const NOW: Moment = 100 * 86_400_000;

/// Where what has no sender comes from.
const SOURCE: TransactionSource = TransactionSource::External;

/// How long each run of reports in a made-up history lasts.
const RUN: Moment = 1_000;

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

	/// Make up a full book of registers for `meter`, the newest at `boundary`: it exports `rise`
	/// watt-hours in each slot. For benchmarks, of other pallets too.
	pub fn fill_registers(meter: &T::AccountId, boundary: Moment, rise: u64) {
		let registers = (0..MAX_REGISTERS).rev().map(|age| Register {
			boundary: boundary.saturating_sub(T::Slots::length().saturating_mul(age.into())),
			import: 0,
			export: rise.saturating_mul((MAX_REGISTERS - age).into()),
		});
		let registers = registers.collect::<Vec<_>>().try_into().expect("as many as fit");
		Registers::<T>::insert::<_, crate::RegisterBook>(meter, registers);
	}
}

/// Periods in force since they were announced.
fn set_periods<T: Config>() {
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
fn models(kind: u8) -> crate::models::ModelList {
	let model = |n: u32| {
		let mut bytes = [kind; 32];
		bytes[..4].copy_from_slice(&n.to_le_bytes());
		H256::from(bytes)
	};
	BoundedVec::truncate_from((0..MAX_MODELS).map(model).collect())
}

/// A line that people were told is `verdict`, and that is to be looked at `due`.
fn set_line<T: Config>(line: LineId, verdict: Verdict, due: Moment) {
	let key: WatchKey = (due.to_be_bytes(), line.to_be_bytes());
	Watch::<T>::insert(key, ());
	let watched = Some(due);
	Lines::<T>::insert(line, LineState { verdict, watched, ..Default::default() });
}

/// A line with `sensors` sensors and their full histories. The first one on [`LINE`] is the signer.
fn fill_line<T: Config>(line: LineId, sensors: u32) {
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
fn signer<T: Config>() -> T::AccountId {
	T::BenchmarkHelper::account(KEY)
}

/// The signer's signature over `message`, framed as browsers do it.
fn signed<T: Config>(message: impl Encode) -> Option<T::Signature> {
	let framed = [&b"<Bytes>"[..], &message.encode(), b"</Bytes>"].concat();
	Some(T::BenchmarkHelper::sign(KEY, &framed))
}

/// What all but at most one of `sensors` owners say who call a line clear.
fn expected(sensors: u32) -> Verdict {
	if sensors < FEWEST_OWNERS {
		Verdict::Stale
	} else {
		Verdict::Safe
	}
}

fn relayer<T: Config>() -> T::RuntimeOrigin {
	T::RuntimeOrigin::signed(account("relayer", 0, 0))
}

/// A line with `sensors` sensors, and a report of one of them by which it is set aside, and after
/// which they say something else together than people were told.
fn news<T: Config>(sensors: u32) -> SensorReport<T::AccountId> {
	let told = if sensors < FEWEST_OWNERS { Verdict::Safe } else { Verdict::Hazard };
	SensorReport { digest: H256::zero(), ..report_where_people_know::<T>(sensors, told) }
}

/// A line with `sensors` sensors, of which people were told that it is `told`, and a report of one of
/// them.
fn report_where_people_know<T: Config>(sensors: u32, told: Verdict) -> SensorReport<T::AccountId> {
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
fn news_have_come<T: Config>(sensors: u32) -> bool {
	report_has_come::<T>()
		&& Histories::<T>::get(signer::<T>()).absence().is_some()
		&& Lines::<T>::get(LINE).map(|state| state.verdict) == Some(expected(sensors))
}

/// Whether the report has come, whatever followed.
fn report_has_come<T: Config>() -> bool {
	let newest = Reports::<T>::get(signer::<T>()).map(|record| record.report.class);
	newest == Some(Class::Thunderstorm)
}

/// A device with a full book of roots, and the one that comes next.
fn next_root<T: Config>() -> SeriesRoot<T::AccountId> {
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
fn root_has_come<T: Config>() -> bool {
	Series::<T>::get(signer::<T>()).last().map(|newest| newest.count) == Some(60)
}

/// A meter with a full book of registers, and the `count` that come next.
fn readings<T: Config>(count: u32) -> RegisterReadings<T::AccountId> {
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
fn reading<T: Config>() -> RegisterReading<T::AccountId> {
	let RegisterReadings { meter, registers } = readings::<T>(1);
	let Register { boundary, import, export } = registers[0];
	RegisterReading { meter, boundary, import, export }
}

/// Whether [`readings`] have come.
fn readings_have_come<T: Config>() -> bool {
	let newest = Registers::<T>::get(signer::<T>()).last().map(|register| register.boundary);
	newest == Some(NOW - NOW % T::Slots::length())
}

fn by_itself<T: Config>() -> T::RuntimeOrigin {
	T::RuntimeOrigin::signed(signer::<T>())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn report(s: Linear<1, { T::SensorsPerLine::get() }>) -> Result<(), BenchmarkError> {
		let news = news::<T>(s);
		let signature = signed::<T>(Pallet::<T>::report_message(news.clone()));
		let relayer = relayer::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_report(&relayer, &news, signature.as_ref()));
			Pallet::<T>::report(relayer, news, signature).map_err(|failed| failed.error)?;
		}

		assert!(news_have_come::<T>(s));
		Ok(())
	}

	#[benchmark]
	fn report_by_sensor(s: Linear<1, { T::SensorsPerLine::get() }>) -> Result<(), BenchmarkError> {
		let news = news::<T>(s);
		let sensor = by_itself::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_report(&sensor, &news, None));
			Pallet::<T>::report(sensor, news, None).map_err(|failed| failed.error)?;
		}

		assert!(news_have_come::<T>(s));
		Ok(())
	}

	#[benchmark]
	fn report_as_before(s: Linear<1, { T::SensorsPerLine::get() }>) -> Result<(), BenchmarkError> {
		let said = report_where_people_know::<T>(s, expected(s));
		let signature = signed::<T>(Pallet::<T>::report_message(said.clone()));
		let relayer = relayer::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_report(&relayer, &said, signature.as_ref()));
			Pallet::<T>::report(relayer, said, signature).map_err(|failed| failed.error)?;
		}

		assert!(report_has_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn report_as_before_by_sensor(
		s: Linear<1, { T::SensorsPerLine::get() }>,
	) -> Result<(), BenchmarkError> {
		let said = report_where_people_know::<T>(s, expected(s));
		let sensor = by_itself::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_report(&sensor, &said, None));
			Pallet::<T>::report(sensor, said, None).map_err(|failed| failed.error)?;
		}

		assert!(report_has_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn record_series() -> Result<(), BenchmarkError> {
		let root = next_root::<T>();
		let signature = signed::<T>(Pallet::<T>::series_message(root.clone()));
		let relayer = relayer::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_series(&relayer, &root, signature.as_ref()));
			Pallet::<T>::record_series(relayer, root, signature)?;
		}

		assert!(root_has_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn record_series_by_device() -> Result<(), BenchmarkError> {
		let root = next_root::<T>();
		let device = by_itself::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_series(&device, &root, None));
			Pallet::<T>::record_series(device, root, None)?;
		}

		assert!(root_has_come::<T>());
		Ok(())
	}

	/// A retired model comes back on a list with one place left.
	#[benchmark]
	fn allow_model() -> Result<(), BenchmarkError> {
		set_periods::<T>();
		let model = models(1)[0];
		Parameters::<T>::mutate(|settings| {
			settings.models.allowed.pop();
		});
		let origin =
			T::AuthorityOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model);

		assert!(Pallet::<T>::models().allowed.contains(&model));
		Ok(())
	}

	#[benchmark]
	fn retire_model() -> Result<(), BenchmarkError> {
		set_periods::<T>();
		let model = models(0)[0];
		let origin =
			T::AuthorityOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, model);

		assert!(Pallet::<T>::models().retired.contains(&model));
		Ok(())
	}

	/// By the owner, whose person is looked up; the sensor's voice changes its line.
	#[benchmark]
	fn restore_sensor() -> Result<(), BenchmarkError> {
		let sensors = T::SensorsPerLine::get();
		report_where_people_know::<T>(sensors, Verdict::Hazard);
		let sensor = signer::<T>();
		Histories::<T>::mutate(&sensor, |history| {
			let absence = Absence { from: 0, until: None, fault: Fault::Frozen };
			history.absences = BoundedVec::truncate_from(alloc::vec![absence]);
		});
		let owner = T::RuntimeOrigin::signed(T::BenchmarkHelper::owner_of_sensors(LINE));

		#[extrinsic_call]
		_(owner as T::RuntimeOrigin, sensor.clone());

		assert!(Histories::<T>::get(&sensor).absence().is_none());
		assert_eq!(Lines::<T>::get(LINE).map(|state| state.verdict), Some(Verdict::Safe));
		Ok(())
	}

	/// Lines that are due in a block, on each of which people have to be told something.
	#[benchmark]
	fn watch(l: Linear<0, { MAX_WATCHED }>) {
		set_periods::<T>();
		let lines = || (0..l).map(|n| LINE.saturating_sub(n));
		for line in lines() {
			fill_line::<T>(line, T::SensorsPerLine::get());
			set_line::<T>(line, Verdict::Hazard, NOW);
		}
		T::BenchmarkHelper::set_time(NOW);

		#[block]
		{
			Pallet::<T>::on_initialize(1u32.into());
		}

		assert!(lines().all(|line| Lines::<T>::get(line)
			.is_some_and(|state| { state.verdict == Verdict::Safe && state.watched > Some(NOW) })));
	}

	#[benchmark]
	fn report_register() -> Result<(), BenchmarkError> {
		let reading = reading::<T>();
		let signature = signed::<T>(Pallet::<T>::register_message(reading.clone()));
		let relayer = relayer::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_register(&relayer, &reading, signature.as_ref()));
			Pallet::<T>::report_register(relayer, reading, signature)?;
		}

		assert!(readings_have_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn report_register_by_meter() -> Result<(), BenchmarkError> {
		let reading = reading::<T>();
		let meter = by_itself::<T>();

		#[block]
		{
			assert!(Pallet::<T>::is_free_register(&meter, &reading, None));
			Pallet::<T>::report_register(meter, reading, None)?;
		}

		assert!(readings_have_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn report_registers(r: Linear<1, MAX_REGISTERS>) -> Result<(), BenchmarkError> {
		let readings = readings::<T>(r);
		let signature = signed::<T>(Pallet::<T>::registers_message(readings.clone()));
		let relayer = relayer::<T>();

		#[block]
		{
			assert!(Pallet::<T>::are_free_registers(&relayer, &readings, signature.as_ref()));
			Pallet::<T>::report_registers(relayer, readings, signature)?;
		}

		assert!(readings_have_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn report_registers_by_meter(r: Linear<1, MAX_REGISTERS>) -> Result<(), BenchmarkError> {
		let readings = readings::<T>(r);
		let meter = by_itself::<T>();

		#[block]
		{
			assert!(Pallet::<T>::are_free_registers(&meter, &readings, None));
			Pallet::<T>::report_registers(meter, readings, None)?;
		}

		assert!(readings_have_come::<T>());
		Ok(())
	}

	#[benchmark]
	fn authorize_report() {
		let said = report_where_people_know::<T>(FEWEST_OWNERS, Verdict::Safe);
		let signature = signed::<T>(Pallet::<T>::report_message(said.clone()));
		let answer;

		#[block]
		{
			answer = Pallet::<T>::authorize_report(SOURCE, &said, &signature);
		}

		assert!(answer.is_ok());
	}

	#[benchmark]
	fn authorize_register() {
		let reading = reading::<T>();
		let signature = signed::<T>(Pallet::<T>::register_message(reading.clone()));
		let answer;

		#[block]
		{
			answer = Pallet::<T>::authorize_register(SOURCE, &reading, &signature);
		}

		assert!(answer.is_ok());
	}

	#[benchmark]
	fn authorize_registers(r: Linear<1, MAX_REGISTERS>) {
		let readings = readings::<T>(r);
		let signature = signed::<T>(Pallet::<T>::registers_message(readings.clone()));
		let answer;

		#[block]
		{
			answer = Pallet::<T>::authorize_registers(SOURCE, &readings, &signature);
		}

		assert!(answer.is_ok());
	}

	#[benchmark]
	fn authorize_series() {
		let series = next_root::<T>();
		let signature = signed::<T>(Pallet::<T>::series_message(series.clone()));
		let answer;

		#[block]
		{
			answer = Pallet::<T>::authorize_series(SOURCE, &series, &signature);
		}

		assert!(answer.is_ok());
	}

	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		set_periods::<T>();
		let origin =
			T::AuthorityOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, OracleParameters::default());

		let announced = Parameters::<T>::get().next.map(|next| next.parameters);
		assert_eq!(announced, Some(OracleParameters::default()));
		Ok(())
	}

	/// What the sensors of a line say now: no call of this pallet, but a part of other pallets'
	/// calls, whose own benchmarks contain it. Measured for comparison.
	#[benchmark(extra)]
	fn verdict(s: Linear<1, { T::SensorsPerLine::get() }>) {
		fill_line::<T>(LINE, s);
		let found;

		#[block]
		{
			found = verdict_at(&Pallet::<T>::witnesses(LINE), &[], T::Clock::now());
		}

		assert_eq!(found, expected(s));
	}

	/// How safe two lines were over all that their sensors remember: as for `verdict`.
	#[benchmark(extra)]
	fn safety(s: Linear<3, { T::SensorsPerLine::get() }>) {
		for line in [LINE, OTHER_LINE] {
			fill_line::<T>(line, s);
		}
		let over;

		#[block]
		{
			let [one, other] = [LINE, OTHER_LINE].map(Pallet::<T>::witnesses);
			over = safety_over([&one, &other], &[], 0, NOW);
		}

		assert!(over.longest_safe > 0 && !over.always);
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
