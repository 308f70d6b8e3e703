//! What the calls cost at most: histories and register books are full. How the stage is set is in
//! [`scene`]. Where a relayer sends what the device has signed, the signature comes framed as browsers
//! do, so that it is tried twice; what a device sends itself needs none.
//!
//! All reports are measured with the question whether they are free: that asks all that the call
//! asks, and the transaction extension that puts it does not count it. What has no sender is measured
//! twice: authorizing it, with the signature, and the call, which is then that of a device itself.

mod scene;

pub use scene::BenchmarkHelper;

use self::scene::*;
use crate::{
	lines::MAX_WATCHED,
	pallet::*,
	safety::{safety_over, verdict_at},
	Absence, Fault, OracleParameters, MAX_REGISTERS,
};
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::Get,
	traits::{EnsureOrigin, Hooks, OriginTrait},
	BoundedVec,
};
use sp_runtime::transaction_validity::TransactionSource;
use voltree_primitives::{Clock, Verdict, FEWEST_OWNERS};

/// Where what has no sender comes from.
const SOURCE: TransactionSource = TransactionSource::External;

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
