//! Sensors and meters: what they see and say, or do not say.

use super::{cast::CAST, Dice, World};
use crate::common::{people::Id, scene::report_of, without_sender, OracleCall};
use pallet_registry::types::DeviceKind;
use pallet_sensor_oracle::{Class, Register, RegisterReading, RegisterReadings};
use sp_core::sr25519::Pair;
use voltree_primitives::{energy, LineId, Moment, WattHours, Watts};
use voltree_runtime::{AccountId, Market, Runtime, RuntimeEvent, RuntimeOrigin, SensorOracle};

/// A meter or sensor, and how it behaves.
pub struct Instrument {
	id: AccountId,
	kind: DeviceKind,
	line: LineId,
	rated: Watts,
	mood: Mood,
	/// When it last spoke; of a meter, the last boundary it has passed.
	last: Moment,
	exported: WattHours,
	imported: WattHours,
}

/// How a device behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
	/// As it should.
	Honest,
	/// It says nothing.
	Silent,
	/// A sensor says the opposite, a meter what cannot be.
	Lying,
	/// It speaks now and then; a meter measures little.
	Weak,
}

/// All devices that are registered.
pub fn registered() -> Vec<Instrument> {
	pallet_registry::Devices::<Runtime>::iter()
		.map(|(id, device)| Instrument::new(id, device.kind, device.line, device.rated_power))
		.collect()
}

impl Instrument {
	fn new(id: AccountId, kind: DeviceKind, line: LineId, rated: Watts) -> Self {
		let mood = Mood::Honest;
		Self { id, kind, line, rated, mood, last: 0, exported: 0, imported: 0 }
	}
}

impl World {
	/// Keep the list of devices.
	pub fn note_devices(&mut self, event: &RuntimeEvent) {
		use pallet_registry::Event;
		match event {
			RuntimeEvent::Registry(Event::DeviceRegistered {
				device,
				kind,
				line,
				rated_power,
				..
			}) => self.instruments.push(Instrument::new(device.clone(), *kind, *line, *rated_power)),
			RuntimeEvent::Registry(Event::DeviceRemoved { device, .. }) => {
				self.instruments.retain(|other| other.id != *device);
			}
			_ => (),
		}
	}

	/// All devices say what they have to say in a new block.
	pub fn devices_report(&mut self) {
		let mut instruments = std::mem::take(&mut self.instruments);
		for instrument in &mut instruments {
			match instrument.kind {
				DeviceKind::Sensor => self.sense(instrument),
				DeviceKind::Meter => self.measure(instrument),
			}
		}
		self.instruments = instruments;
	}

	fn sense(&mut self, sensor: &mut Instrument) {
		let now = self.now();
		let periods = SensorOracle::parameters();
		let pause = match sensor.mood {
			Mood::Silent => return,
			Mood::Weak => periods.freshness,
			_ => periods.min_interval.max(periods.freshness / 3),
		};
		if now < sensor.last.saturating_add(pause) {
			return;
		}
		let storm = usize::try_from(sensor.line)
			.ok()
			.and_then(|line| self.storms.get(line.saturating_sub(1)).copied())
			.unwrap_or_default();
		let class = match storm == (sensor.mood != Mood::Lying) {
			true => Class::Thunderstorm,
			false => Class::Clear,
		};
		let report = pallet_sensor_oracle::SensorReport {
			sensor: sensor.id.clone(),
			..report_of(&CAST.keys[&CAST.grid], class, now)
		};
		// Some without a sender, by their signature alone.
		let key = CAST
			.keys
			.get(&sensor.id)
			.filter(|_| (now / 1_000 + u64::from(sensor.line)).is_multiple_of(4));
		let is_taken = match key {
			Some(key) => {
				let signature = Some(key.seal(&SensorOracle::report_message(report.clone())));
				let call = OracleCall::report { report, signature };
				self.apply(without_sender(call, 0)).is_ok_and(|done| done.is_ok())
			}
			None => {
				let call = OracleCall::report { report, signature: None };
				self.act(RuntimeOrigin::signed(sensor.id.clone()), call).is_ok()
			}
		};
		if is_taken {
			sensor.last = now;
		}
	}

	/// Report the boundaries that have passed, the newest four of them.
	fn measure(&mut self, meter: &mut Instrument) {
		let (now, length) = (self.now(), Market::parameters().delivery_slot);
		let newest = now / length * length;
		let mut boundary = (meter.last / length * length + length)
			.max(newest.saturating_sub(length.saturating_mul(3)));
		while boundary <= newest {
			let most = energy(meter.rated, length).saturating_sub(1);
			let percent = match meter.mood {
				Mood::Weak => self.sun / 20,
				_ => self.sun,
			};
			meter.exported += most * percent / 100;
			meter.imported += most / 10;
			meter.last = boundary;
			let (import, export) = (meter.imported, meter.exported);
			let export = match meter.mood {
				Mood::Silent => return,
				Mood::Lying if boundary % 7 == 0 => export.saturating_mul(3),
				Mood::Lying if boundary % 2 == 0 => export.saturating_sub(3 * most),
				_ => export,
			};
			let reading = RegisterReading { meter: meter.id.clone(), boundary, import, export };
			let call = OracleCall::report_register { reading, signature: None };
			let _whatever = self.act(RuntimeOrigin::signed(meter.id.clone()), call);
			boundary += length;
		}
	}

	/// A storm comes or goes, the sun shines more or less, a device changes its mood.
	pub fn devices_change(&mut self, dice: &mut Dice) {
		match dice.below(10) {
			0..=2 => {
				let storm = dice.percent(30);
				let lines = if dice.percent(60) { 0..3 } else { 0..1 + dice.index(3) };
				lines.for_each(|line| self.storms[line] = storm);
				self.sensors_look_again(dice.percent(70));
			}
			3 => self.sun = dice.between(0, 100),
			4 => {
				self.storms = [false; 3];
				self.sun = 80;
				self.instruments.iter_mut().for_each(|it| it.mood = Mood::Honest);
			}
			5 => self.a_report_is_relayed(dice),
			_ => {
				let count = self.instruments.len();
				let index = dice.index(count);
				if let Some(instrument) = self.instruments.get_mut(index) {
					let moods = [Mood::Honest, Mood::Honest, Mood::Silent, Mood::Lying, Mood::Weak];
					instrument.mood = *dice.one_of(&moods);
				}
			}
		}
	}

	/// Sensors see at once that the weather has changed, if they look.
	fn sensors_look_again(&mut self, they_do: bool) {
		if they_do {
			self.instruments
				.iter_mut()
				.filter(|it| it.kind == DeviceKind::Sensor)
				.for_each(|it| it.last = 0);
		}
	}

	/// Somebody brings what a device has signed, or something like it.
	fn a_report_is_relayed(&mut self, dice: &mut Dice) {
		let count = self.instruments.len();
		let Some(device) = self.instruments.get(dice.index(count)) else { return };
		let Some(key) = CAST.keys.get(&device.id) else { return };
		let relayer = dice.one_of(&CAST.all).clone();
		let now = self.now();
		let tampered = dice.percent(30);
		let call = match device.kind {
			DeviceKind::Sensor => {
				let class = if dice.percent(50) { Class::Wind } else { Class::Clear };
				let mut report = report_of(key, class, now);
				let message = SensorOracle::report_message(report.clone());
				if tampered {
					report.confidence = dice.any() as u32;
				}
				OracleCall::report { report, signature: Some(key.seal(&message)) }
			}
			DeviceKind::Meter => {
				let length = Market::parameters().delivery_slot;
				let boundary = now / length * length;
				let (meter, import) = (device.id.clone(), device.imported);
				let mut reading =
					RegisterReading { meter, boundary, import, export: device.exported };
				let message = SensorOracle::register_message(reading.clone());
				if tampered {
					reading.export = dice.extreme(reading.export);
				}
				if dice.percent(50) {
					let signature = Some(key.seal(&message));
					OracleCall::report_register { reading, signature }
				} else {
					any_several(dice, key, reading, length)
				}
			}
		};
		let _whatever = self.act(RuntimeOrigin::signed(relayer), call);
	}
}

/// A reading and others of slots before it, which may say more or less; the meter may have signed
/// all of it or one reading alone.
fn any_several(
	dice: &mut Dice,
	key: &Pair,
	reading: RegisterReading<AccountId>,
	length: Moment,
) -> OracleCall {
	let RegisterReading { meter, boundary, import, export } = reading.clone();
	let others = (0..dice.between(0, 5)).map(|age| Register {
		boundary: boundary.saturating_sub(age * length),
		import: import.saturating_sub(age),
		export: if dice.percent(90) { export.saturating_sub(age) } else { dice.extreme(export) },
	});
	let registers = others.collect::<Vec<_>>().try_into().expect("they are few");
	let readings = RegisterReadings { meter, registers };
	let right = SensorOracle::registers_message(readings.clone());
	let signature = match dice.percent(80) {
		true => key.seal(&right),
		false => key.seal(&SensorOracle::register_message(reading)),
	};
	OracleCall::report_registers { readings, signature: Some(signature) }
}
