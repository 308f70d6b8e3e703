//! Bars beside each other, as SVG.

use svg::{
	node::element::{Line, Rectangle, Text},
	Document,
};

/// A bar. What is `None` is never.
#[derive(Clone, Debug)]
pub struct Bar {
	pub name: String,
	pub value: Option<f64>,
	/// A line from the bar's end to here.
	pub high: Option<f64>,
	/// Small print.
	pub note: String,
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 190.0;
const ROW: f64 = 26.0;
const TOP: f64 = 44.0;

/// Draws horizontal bars on a linear scale from 0, and a line for `reference`.
pub fn draw(title: &str, bars: &[Bar], reference: f64, reference_name: &str) -> String {
	let ends = bars.iter().flat_map(|bar| [bar.value, bar.high]).flatten();
	let most = ends.fold(reference, f64::max).max(1e-9);
	let at = |value: f64| LEFT + value / most * (WIDTH - LEFT - RIGHT);
	let height = TOP + ROW * bars.len() as f64 + 30.0;
	let tenth = |value: f64| (value * 10.0).round() / 10.0;
	let label = |text: &str, x: f64, y: f64| Text::new(text).set("x", tenth(x)).set("y", tenth(y));
	let mut picture = Document::new()
		.set("viewBox", (0, 0, WIDTH, tenth(height)))
		.set("font-family", "sans-serif")
		.set("font-size", 12)
		.add(Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white"))
		.add(label(title, WIDTH / 2.0, 20.0).set("text-anchor", "middle").set("font-size", 14));
	for (index, bar) in bars.iter().enumerate() {
		let y = TOP + ROW * index as f64;
		let middle = y + ROW / 2.0;
		picture = picture.add(label(&bar.name, LEFT - 8.0, middle + 4.0).set("text-anchor", "end"));
		let end = bar.value.map_or(LEFT, at);
		let high = bar.high.map_or(end, at);
		let colour = if bar.name.starts_with("ours") { "#009e73" } else { "#7ba7c7" };
		let body = Rectangle::new()
			.set("x", LEFT)
			.set("y", tenth(y + 4.0))
			.set("width", tenth(end - LEFT))
			.set("height", ROW - 8.0)
			.set("fill", colour);
		let whisker = Line::new()
			.set("x1", tenth(end))
			.set("x2", tenth(high))
			.set("y1", tenth(middle))
			.set("y2", tenth(middle))
			.set("stroke", "#333");
		// What is small is not rounded away.
		let decimals = |value: f64| if value < 10.0 { 2 } else { 0 };
		let number = |value: f64| format!("{value:.*}", decimals(value));
		let value = bar.value.map_or("never all".into(), number);
		let text = format!("{value} ({})", bar.note);
		picture =
			picture.add(body).add(whisker).add(label(&text, end.max(high) + 6.0, middle + 4.0));
	}
	let (x, bottom) = (at(reference), TOP + ROW * bars.len() as f64);
	let line = Line::new().set("x1", tenth(x)).set("x2", tenth(x)).set("y1", TOP - 4.0);
	picture = picture
		.add(line.set("y2", tenth(bottom + 6.0)).set("stroke", "#d55e00").set("stroke-width", 1.5))
		.add(
			label(&format!("{reference_name}: {reference:.0}"), x, bottom + 20.0)
				.set("fill", "#d55e00"),
		);
	picture.to_string() + "\n"
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_never_ends_is_said_and_not_drawn() {
		let bar = |value, high| Bar { name: "a & b".into(), value, high, note: "1 copy".into() };
		let text = draw("t", &[bar(Some(3.0), None), bar(None, None)], 0.0, "bound");
		assert!(text.contains("never all (1 copy)") && text.contains("a &amp; b"));
		assert!(!text.contains("NaN") && !text.contains("inf"));
		assert!(draw("t", &[], 0.0, "bound").contains("bound: 0"));
	}
}
