//! What devices measure, in which units, and within which bounds it can be true.

/// What a value is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Channel {
	Temperature,
	DewPoint,
	Humidity,
	Pressure,
	WindSpeed,
	WindDirection,
	Gust,
	Irradiance,
	Current,
	Voltage,
	ConductorTemperature,
	Power,
	Import,
	Export,
}

/// A unit by its names (letters and digits only, lower case), and how it becomes ours:
/// `value * factor + offset`.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
	pub names: &'static [&'static str],
	pub factor: f64,
	pub offset: f64,
}

const fn unit(names: &'static [&'static str], factor: f64) -> Unit {
	Unit { names, factor, offset: 0.0 }
}

const DEGREES: &[Unit] = &[
	unit(&["c", "degc", "celsius", "grad"], 1.0),
	Unit { names: &["f", "degf", "fahrenheit"], factor: 5.0 / 9.0, offset: -160.0 / 9.0 },
	Unit { names: &["k", "kelvin"], factor: 1.0, offset: -273.15 },
	unit(&["c10", "dc"], 0.1),
];
const PERCENT: &[Unit] = &[
	unit(&["", "pct", "percent", "rh", "prozent"], 1.0),
	unit(&["share", "fraction", "01"], 100.0),
];
const PRESSURES: &[Unit] = &[
	unit(&["hpa", "mbar", "mb", "millibar"], 1.0),
	unit(&["pa"], 0.01),
	unit(&["kpa"], 10.0),
	unit(&["inhg", "in"], 33.863_886_667),
	unit(&["mmhg", "torr"], 1.333_223_684),
	unit(&["bar"], 1000.0),
	unit(&["psi"], 68.947_572_9),
];
const SPEEDS: &[Unit] = &[
	unit(&["ms", "mps", "msec"], 1.0),
	unit(&["kmh", "kph", "kmph"], 1.0 / 3.6),
	unit(&["mph", "mih"], 0.447_04),
	unit(&["kn", "kt", "kts", "knots", "knot"], 0.514_444_444),
	unit(&["fts", "fps"], 0.3048),
];
const ANGLES: &[Unit] =
	&[unit(&["deg", "degrees", "degree", ""], 1.0), unit(&["rad"], 57.295_779_513)];
const FLUXES: &[Unit] = &[
	unit(&["wm2", "whm2", "wsqm"], 1.0),
	unit(&["kwm2", "kwhm2"], 1000.0),
	unit(&["jcm2"], 10_000.0 / 3_600.0),
	unit(&["mjm2"], 1_000_000.0 / 3_600.0),
	unit(&["langley", "lyh"], 41_840.0 / 3_600.0),
];
const AMPERES: &[Unit] =
	&[unit(&["a", "amp", "amps"], 1.0), unit(&["ma"], 0.001), unit(&["ka"], 1e3)];
const VOLTS: &[Unit] =
	&[unit(&["v", "volt", "volts"], 1.0), unit(&["mv"], 0.001), unit(&["kv"], 1e3)];
const WATTS: &[Unit] =
	&[unit(&["w", "watt", "watts", "", "pu"], 1.0), unit(&["kw"], 1e3), unit(&["mw"], 1e6)];
const WATT_HOURS: &[Unit] = &[unit(&["wh"], 1.0), unit(&["kwh"], 1e3), unit(&["mwh"], 1e6)];

/// Names of weather services and consoles that hold their unit without a mark between.
const FUSED: &[(&str, Channel, &str)] = &[
	("tmpf", Channel::Temperature, "f"),
	("tmpc", Channel::Temperature, "c"),
	("tempf", Channel::Temperature, "f"),
	("tempc", Channel::Temperature, "c"),
	("dwpf", Channel::DewPoint, "f"),
	("dwpc", Channel::DewPoint, "c"),
	("dewptf", Channel::DewPoint, "f"),
	("dewpointf", Channel::DewPoint, "f"),
	("sknt", Channel::WindSpeed, "kn"),
	("windspeedmph", Channel::WindSpeed, "mph"),
	("windspeedkmh", Channel::WindSpeed, "kmh"),
	("windgustmph", Channel::Gust, "mph"),
	("alti", Channel::Pressure, "inhg"),
	("baromin", Channel::Pressure, "inhg"),
	("baromabsin", Channel::Pressure, "inhg"),
];

impl Channel {
	/// The channel and unit of such a name.
	pub fn fused(name: &str) -> Option<(Self, Unit)> {
		let plain = plain(name);
		let (_, channel, unit) = FUSED.iter().find(|(known, ..)| *known == plain)?;
		channel.unit(unit).map(|unit| (*channel, unit))
	}

	pub const COUNT: usize = 14;
	pub const ALL: [Channel; Self::COUNT] = [
		Channel::Temperature,
		Channel::DewPoint,
		Channel::Humidity,
		Channel::Pressure,
		Channel::WindSpeed,
		Channel::WindDirection,
		Channel::Gust,
		Channel::Irradiance,
		Channel::Current,
		Channel::Voltage,
		Channel::ConductorTemperature,
		Channel::Power,
		Channel::Import,
		Channel::Export,
	];

	/// As it is written on the command line.
	pub fn name(self) -> &'static str {
		self.names()[0]
	}

	/// What a column of it may be called: words joined by `_`, the first being ours.
	pub fn names(self) -> &'static [&'static str] {
		match self {
			Channel::Temperature => &[
				"temperature",
				"temp",
				"dry_bulb",
				"drybulb",
				"air_temperature",
				"air_temp",
				"temp_air",
				"ambient_temperature",
				"outdoor_temperature",
				"t_air",
				"tair",
				"tmp",
				"t",
				"t2m",
				"outtemp",
			],
			Channel::DewPoint => &[
				"dew_point",
				"dewpoint",
				"dew_point_temperature",
				"dewpoint_temperature",
				"dewp",
				"dwp",
				"dwpt",
				"td",
				"dew",
				"temp_dew",
			],
			Channel::Humidity => &[
				"humidity",
				"relative_humidity",
				"rel_humidity",
				"rhum",
				"rh",
				"relh",
				"humid",
				"hum",
				"outhumidity",
			],
			Channel::Pressure => &[
				"pressure",
				"station_pressure",
				"air_pressure",
				"barometric_pressure",
				"atmospheric_pressure",
				"sea_level_pressure",
				"pres",
				"press",
				"slp",
				"mslp",
				"msl",
				"qfe",
				"qnh",
				"barometer",
				"baro",
				"p",
			],
			Channel::WindSpeed => &[
				"wind_speed",
				"windspeed",
				"wspd",
				"wind",
				"wind_spd",
				"ws",
				"ff",
				"wind_speed_10m",
			],
			Channel::WindDirection => &[
				"wind_direction",
				"winddirection",
				"wdir",
				"wind_dir",
				"winddir",
				"drct",
				"wd",
				"dd",
			],
			Channel::Gust => {
				&["gust", "wind_gust", "windgust", "gust_speed", "gusts", "wpgt", "gustspeed", "fx"]
			}
			Channel::Irradiance => &[
				"irradiance",
				"ghi",
				"global_irradiance",
				"global_horizontal",
				"global_horizontal_irradiance",
				"global_radiation",
				"solar_radiation",
				"radiation",
				"solar",
				"srad",
				"shortwave_radiation",
				"solarradiation",
			],
			Channel::Current => &["current", "line_current", "i", "amperage", "i_rms"],
			Channel::Voltage => &["voltage", "line_voltage", "u", "v_rms", "u_rms"],
			Channel::ConductorTemperature => &[
				"conductor_temperature",
				"conductor_temp",
				"line_temperature",
				"cable_temperature",
			],
			Channel::Power => {
				&["power", "ac_power", "active_power", "value_normalized", "power_ac", "value"]
			}
			Channel::Import => &["import", "import_register", "energy_import", "consumed"],
			Channel::Export => &["export", "export_register", "energy_export", "delivered"],
		}
	}

	/// The units it may come in; ours is the first.
	pub fn units(self) -> &'static [Unit] {
		match self {
			Channel::Temperature | Channel::DewPoint | Channel::ConductorTemperature => DEGREES,
			Channel::Humidity => PERCENT,
			Channel::Pressure => PRESSURES,
			Channel::WindSpeed | Channel::Gust => SPEEDS,
			Channel::WindDirection => ANGLES,
			Channel::Irradiance => FLUXES,
			Channel::Current => AMPERES,
			Channel::Voltage => VOLTS,
			Channel::Power => WATTS,
			Channel::Import | Channel::Export => WATT_HOURS,
		}
	}

	/// Our unit, for people.
	pub fn symbol(self) -> &'static str {
		match self {
			Channel::Temperature | Channel::DewPoint | Channel::ConductorTemperature => "C",
			Channel::Humidity => "%",
			Channel::Pressure => "hPa",
			Channel::WindSpeed | Channel::Gust => "m/s",
			Channel::WindDirection => "deg",
			Channel::Irradiance => "W/m2",
			Channel::Current => "A",
			Channel::Voltage => "V",
			Channel::Power => "W",
			Channel::Import | Channel::Export => "Wh",
		}
	}

	/// What can be true, in our unit: a little more than was ever measured on Earth.
	pub fn bounds(self) -> (f64, f64) {
		match self {
			Channel::Temperature => (-90.0, 60.0),
			Channel::DewPoint => (-100.0, 40.0),
			Channel::Humidity => (-1.0, 110.0),
			Channel::Pressure => (450.0, 1090.0),
			Channel::WindSpeed => (0.0, 110.0),
			Channel::Gust => (0.0, 130.0),
			Channel::WindDirection => (-180.0, 360.0),
			// A pyranometer shows a little less than nothing at night, and clouds focus the sun.
			Channel::Irradiance => (-50.0, 1800.0),
			Channel::Current => (0.0, 1e5),
			Channel::Voltage => (0.0, 2e6),
			Channel::ConductorTemperature => (-90.0, 600.0),
			Channel::Power => (-1e10, 1e10),
			Channel::Import | Channel::Export => (0.0, 9e15),
		}
	}

	/// The unit of that name, however it is punctuated: `m/s`, `M_S`, `ms`.
	pub fn unit(self, name: &str) -> Option<Unit> {
		let plain = plain(name);
		self.units().iter().find(|unit| unit.names.contains(&plain.as_str())).copied()
	}

	/// The channel of that name.
	pub fn named(name: &str) -> Option<Self> {
		Self::ALL.into_iter().find(|channel| channel.names().contains(&name))
	}
}

/// Letters and digits only, lower case; `²` counts as 2 and a percent sign as `pct`.
pub fn plain(name: &str) -> String {
	let written = name.replace('²', "2").replace('%', "pct");
	written.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn convert(channel: Channel, unit: &str, value: f64) -> f64 {
		let unit = channel.unit(unit).unwrap_or_else(|| panic!("{unit} is known"));
		value * unit.factor + unit.offset
	}

	#[test]
	fn units_become_ours() {
		let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-3, "{a} {b}");
		near(convert(Channel::Temperature, "°F", 212.0), 100.0);
		near(convert(Channel::Temperature, "K", 273.15), 0.0);
		near(convert(Channel::Pressure, "inHg", 29.921), 1013.2414);
		near(convert(Channel::Pressure, "Pa", 101_325.0), 1013.25);
		near(convert(Channel::WindSpeed, "km/h", 36.0), 10.0);
		near(convert(Channel::Gust, "kt", 10.0), 5.144);
		near(convert(Channel::Irradiance, "W/m²", 800.0), 800.0);
		near(convert(Channel::Import, "kWh", 1.5), 1500.0);
		assert!(Channel::Temperature.unit("furlong").is_none());
	}

	/// The first name and the empty remainder mean our unit, and no name stands for two channels.
	#[test]
	fn names_are_clear() {
		let mut seen = std::collections::BTreeSet::new();
		for channel in Channel::ALL {
			assert_eq!(channel.units()[0].factor, 1.0);
			assert_eq!(Channel::named(channel.name()), Some(channel));
			for name in channel.names() {
				assert!(seen.insert(*name), "{name} is unique");
			}
		}
	}
}
