//! Line charts as SVG: a few panels side by side and below each other, with one legend.

use svg::{
	node::element::{Circle, Group, Line, Polygon, Polyline, Rectangle, Text},
	Document,
};

/// A curve or a set of points.
#[derive(Clone, Debug, Default)]
pub struct Series {
	pub name: String,
	/// x, y, and how far the confidence interval reaches up and down from y.
	pub points: Vec<(f64, f64, f64)>,
	/// Points are joined.
	pub joined: bool,
}

/// Labels of an axis, and whether it is logarithmic.
#[derive(Clone, Debug, Default)]
pub struct Axis {
	pub label: String,
	pub logarithmic: bool,
}

/// A panel.
#[derive(Clone, Debug, Default)]
pub struct Panel {
	pub title: String,
	pub x: Axis,
	pub y: Axis,
	pub series: Vec<Series>,
}

const WIDTH: f64 = 430.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 48.0;
const LEGEND: f64 = 30.0;
const LEGEND_LINE: f64 = 20.0;

/// Colours that the colour-blind can tell apart (Okabe and Ito), and markers that differ, too.
const COLOURS: [&str; 8] =
	["#0072b2", "#d55e00", "#000000", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777"];

/// Draws panels in rows of `columns`. Series of the same name look the same in all panels.
pub fn draw(title: &str, panels: &[Panel], columns: usize) -> String {
	let columns = columns.clamp(1, panels.len().max(1));
	let rows = panels.len().div_ceil(columns);
	let width = WIDTH * columns as f64;
	let mut names: Vec<&str> = Vec::new();
	for series in panels.iter().flat_map(|panel| &panel.series) {
		if !names.contains(&series.name.as_str()) {
			names.push(&series.name);
		}
	}
	// Names are of different lengths and pictures of different widths.
	let mut places: Vec<(f64, f64)> = Vec::new();
	let (mut x, mut y) = (LEFT, LEGEND + 14.0);
	for name in &names {
		let length = 46.0 + 7.0 * name.chars().count() as f64;
		if x > LEFT && x + length > width {
			(x, y) = (LEFT, y + LEGEND_LINE);
		}
		places.push((x, y));
		x += length;
	}
	let top = y + 16.0;
	let height = HEIGHT * rows as f64 + top;
	let mut picture = Document::new()
		.set("viewBox", (0, 0, width, height))
		.set("font-family", "sans-serif")
		.set("font-size", 12)
		.add(Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white"))
		.add(label(title, width / 2.0, 20.0, "middle").set("font-size", 15));
	for (index, (name, (x, y))) in names.iter().zip(places).enumerate() {
		let line = Line::new().set("x1", x).set("x2", x + 22.0).set("y1", y).set("y2", y);
		picture = picture
			.add(line.set("stroke", colour(index)).set("stroke-width", 2))
			.add(marker(index, x + 11.0, y))
			.add(label(name, x + 28.0, y + 4.0, "start"));
	}
	for (index, panel) in panels.iter().enumerate() {
		let (x, y) = ((index % columns) as f64 * WIDTH, (index / columns) as f64 * HEIGHT);
		let place = format!("translate({x} {})", y + top);
		picture = picture.add(draw_panel(panel, &names).set("transform", place));
	}
	picture.to_string() + "\n"
}

fn colour(index: usize) -> &'static str {
	COLOURS[index % COLOURS.len()]
}

fn label(text: &str, x: f64, y: f64, anchor: &str) -> Text {
	Text::new(text).set("x", round(x)).set("y", round(y)).set("text-anchor", anchor)
}

/// Tenths of a pixel are enough.
fn round(value: f64) -> f64 {
	(value * 10.0).round() / 10.0
}

fn marker(index: usize, x: f64, y: f64) -> Group {
	let (x, y) = (round(x), round(y));
	let group = Group::new().set("fill", colour(index));
	let polygon = |points: [(f64, f64); 4]| {
		let points = points.map(|(dx, dy)| format!("{},{}", round(x + dx), round(y + dy)));
		Polygon::new().set("points", points.join(" "))
	};
	match index % 4 {
		0 => group.add(Circle::new().set("cx", x).set("cy", y).set("r", 3.2)),
		1 => group.add(polygon([(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)])),
		2 => group.add(polygon([(0.0, -4.0), (3.6, 3.0), (-3.6, 3.0), (0.0, -4.0)])),
		_ => group.add(polygon([(0.0, -4.2), (4.2, 0.0), (0.0, 4.2), (-4.2, 0.0)])),
	}
}

/// Where values are on the paper.
struct Scale {
	low: f64,
	high: f64,
	logarithmic: bool,
	from: f64,
	to: f64,
}

impl Scale {
	fn new(values: impl Iterator<Item = f64>, logarithmic: bool, from: f64, to: f64) -> Self {
		let usable = values.filter(|value| value.is_finite() && (!logarithmic || *value > 0.0));
		let (mut low, mut high) =
			usable.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
		if low > high {
			(low, high) = (1.0, 2.0);
		}
		if !logarithmic {
			let room = ((high - low) * 0.06).max(high.abs() * 1e-3).max(1e-9);
			// Nothing that is counted or shared is below 0.
			low = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
			high += room;
		} else {
			(low, high) = (low / 1.15, high * 1.15);
		}
		Self { low, high, logarithmic, from, to }
	}

	fn at(&self, value: f64) -> f64 {
		let part = match self.logarithmic {
			true => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
			false => (value - self.low) / (self.high - self.low),
		};
		self.from + part * (self.to - self.from)
	}

	/// Round numbers within the scale.
	fn ticks(&self) -> Vec<f64> {
		if self.logarithmic {
			let decade = |exponent: i32| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(exponent));
			let all: Vec<f64> =
				(-9..10).flat_map(decade).filter(|x| (self.low..=self.high).contains(x)).collect();
			let wide = self.high / self.low > 200.0;
			let is_decade = |x: &f64| (x.log10() - x.log10().round()).abs() < 1e-9;
			return all.into_iter().filter(|x| !wide || is_decade(x)).collect();
		}
		let rough = (self.high - self.low) / 6.0;
		let magnitude = 10f64.powf(rough.log10().floor());
		let step = [1.0, 2.0, 5.0, 10.0]
			.into_iter()
			.map(|digit| digit * magnitude)
			.find(|step| *step >= rough)
			.unwrap_or(rough);
		let first = (self.low / step).ceil() as i64;
		let last = (self.high / step).floor() as i64;
		(first..=last).map(|index| index as f64 * step).collect()
	}
}

/// A number with no more digits than it needs.
fn digits(value: f64) -> String {
	let text = format!("{value:.4}");
	text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn draw_panel(panel: &Panel, names: &[&str]) -> Group {
	let points = || panel.series.iter().flat_map(|series| &series.points);
	let x = Scale::new(points().map(|p| p.0), panel.x.logarithmic, LEFT, WIDTH - RIGHT);
	let ends = points().flat_map(|p| [p.1 - p.2, p.1 + p.2]);
	let y = Scale::new(ends, panel.y.logarithmic, HEIGHT - BOTTOM, TOP);
	let (floor, ceiling) = (HEIGHT - BOTTOM, TOP);
	let line = |x1, y1, x2, y2, stroke: &str| {
		Line::new()
			.set("x1", round(x1))
			.set("y1", round(y1))
			.set("x2", round(x2))
			.set("y2", round(y2))
			.set("stroke", stroke)
	};
	let mut group = Group::new()
		.add(label(&panel.title, (LEFT + WIDTH - RIGHT) / 2.0, TOP - 10.0, "middle"))
		.add(label(&panel.x.label, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, "middle"));
	let middle = (floor + ceiling) / 2.0;
	let upright = label(&panel.y.label, 14.0, middle, "middle");
	group = group.add(upright.set("transform", format!("rotate(-90 14 {})", round(middle))));
	for tick in x.ticks() {
		let at = x.at(tick);
		group = group.add(line(at, floor, at, ceiling, "#e6e6e6")).add(label(
			&digits(tick),
			at,
			floor + 16.0,
			"middle",
		));
	}
	for tick in y.ticks() {
		let at = y.at(tick);
		group = group.add(line(LEFT, at, WIDTH - RIGHT, at, "#e6e6e6")).add(label(
			&digits(tick),
			LEFT - 6.0,
			at + 4.0,
			"end",
		));
	}
	group = group
		.add(line(LEFT, floor, WIDTH - RIGHT, floor, "#333"))
		.add(line(LEFT, floor, LEFT, ceiling, "#333"));
	for series in &panel.series {
		let index = names.iter().position(|name| *name == series.name).unwrap_or(0);
		if series.joined {
			let path: Vec<String> = series
				.points
				.iter()
				.map(|(a, b, _)| format!("{},{}", round(x.at(*a)), round(y.at(*b))))
				.collect();
			let path = Polyline::new().set("points", path.join(" ")).set("fill", "none");
			group = group.add(path.set("stroke", colour(index)).set("stroke-width", 1.6));
		}
		for (a, b, margin) in &series.points {
			let (px, py) = (x.at(*a), y.at(*b));
			if *margin > 0.0 {
				let (top, bottom) = (y.at(b + margin), y.at(b - margin));
				group = group.add(line(px, top, px, bottom, colour(index)));
			}
			group = group.add(marker(index, px, py));
		}
	}
	group
}

#[cfg(test)]
mod tests {
	use super::*;

	fn panel(points: Vec<(f64, f64, f64)>, logarithmic: bool) -> Panel {
		Panel {
			title: "a < b".into(),
			x: Axis { label: "x".into(), logarithmic },
			y: Axis { label: "y".into(), logarithmic },
			series: vec![Series { name: "s".into(), points, joined: true }],
		}
	}

	/// Nothing that is drawn, whatever the values, is outside the picture or no number.
	#[test]
	fn odd_values_are_drawn_inside() {
		let odd = vec![
			vec![],
			vec![(1.0, 0.0, 0.0)],
			vec![(10.0, 3.0, 0.5), (10_000.0, 3.0, 0.0)],
			vec![(0.0, -1.0, 0.0), (1.0, 1e9, 1e8)],
		];
		for points in odd {
			for logarithmic in [false, true] {
				let text = draw("t", &[panel(points.clone(), logarithmic)], 2);
				assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
				assert!(text.contains("a &lt; b"));
			}
		}
	}

	#[test]
	fn ticks_are_round() {
		let ticks =
			|low, high, logarithmic| Scale { low, high, logarithmic, from: 0.0, to: 1.0 }.ticks();
		assert_eq!(ticks(0.0, 100.0, false), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
		assert_eq!(ticks(9.0, 110.0, true), [10.0, 20.0, 50.0, 100.0]);
		assert_eq!(ticks(9.0, 11_000.0, true), [10.0, 100.0, 1000.0, 10_000.0]);
	}
}
