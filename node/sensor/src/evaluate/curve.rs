//! Whether probabilities are kept: the reliability curve.

use serde::Serialize;
use svg::{
	node::element::{Circle, Line, Polyline, Rectangle, Text},
	Document,
};

/// Rows of similar probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
	pub probability: f64,
	pub share: f64,
	/// 95 % interval of the share (Wilson).
	pub low: f64,
	pub high: f64,
	pub rows: usize,
}

/// Ends of the bins: finer where most rows are.
const ENDS: [f64; 9] = [0.01, 0.03, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0];

/// Bins without rows are left out.
pub fn bins(scored: &[f64], labels: &[bool]) -> Vec<Bin> {
	let mut sums = [(0.0, 0usize, 0usize); ENDS.len()];
	for (p, label) in scored.iter().zip(labels) {
		let bin = ENDS.iter().position(|end| p <= end).unwrap_or(ENDS.len() - 1);
		sums[bin].0 += p;
		sums[bin].1 += usize::from(*label);
		sums[bin].2 += 1;
	}
	let full = sums.into_iter().filter(|(_, _, rows)| *rows > 0);
	full.map(|(sum, hazards, rows)| {
		let n = rows as f64;
		let share = hazards as f64 / n;
		let z2 = 1.959_963_985_f64 * 1.959_963_985;
		let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
		let swing =
			libm::sqrt(z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))) / (1.0 + z2 / n);
		let (low, high) = ((middle - swing).max(0.0), (middle + swing).min(1.0));
		Bin { probability: sum / n, share, low, high, rows }
	})
	.collect()
}

const SIZE: f64 = 360.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 34.0;

fn x(p: f64) -> f64 {
	((LEFT + p * SIZE) * 10.0).round() / 10.0
}

fn y(share: f64) -> f64 {
	((TOP + (1.0 - share) * SIZE) * 10.0).round() / 10.0
}

fn line(from: (f64, f64), to: (f64, f64), colour: &str) -> Line {
	let line = Line::new().set("x1", x(from.0)).set("y1", y(from.1));
	line.set("x2", x(to.0)).set("y2", y(to.1)).set("stroke", colour)
}

fn label(text: impl Into<String>, x: f64, y: f64, anchor: &str) -> Text {
	Text::new(text).set("x", x).set("y", y).set("text-anchor", anchor)
}

/// The curve with its intervals, beside the diagonal on which every word is kept.
pub fn draw(title: &str, bins: &[Bin]) -> String {
	let (width, height) = (LEFT + SIZE + 24.0, TOP + SIZE + 48.0);
	let mut picture = Document::new()
		.set("viewBox", (0, 0, width, height))
		.set("font-family", "sans-serif")
		.set("font-size", 12)
		.add(Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white"))
		.add(
			label(format!("{title}: reliability"), width / 2.0, 20.0, "middle")
				.set("font-size", 15),
		)
		.add(label("probability named", LEFT + SIZE / 2.0, height - 8.0, "middle"))
		.add(
			label("share of hazards", 0.0, 0.0, "middle")
				.set("transform", format!("translate(14 {}) rotate(-90)", TOP + SIZE / 2.0)),
		);
	for tick in 0..=5 {
		let p = f64::from(tick) / 5.0;
		picture = picture
			.add(line((p, 0.0), (p, 1.0), "#ddd"))
			.add(line((0.0, p), (1.0, p), "#ddd"))
			.add(label(format!("{p:.1}"), x(p), y(0.0) + 18.0, "middle"))
			.add(label(format!("{p:.1}"), x(0.0) - 6.0, y(p) + 4.0, "end"));
	}
	picture = picture.add(line((0.0, 0.0), (1.0, 1.0), "#777").set("stroke-dasharray", "5 4"));
	let points: Vec<String> =
		bins.iter().map(|bin| format!("{},{}", x(bin.probability), y(bin.share))).collect();
	let curve = Polyline::new().set("points", points.join(" ")).set("fill", "none");
	picture = picture.add(curve.set("stroke", "#0072b2").set("stroke-width", 2));
	for bin in bins {
		let (p, whisker) = (bin.probability, "#0072b2");
		let point = Circle::new().set("cx", x(p)).set("cy", y(bin.share)).set("r", 3.5);
		let rows = label(format!("{}", bin.rows), x(p) + 5.0, y(bin.share) + 14.0, "start");
		picture = picture
			.add(line((p, bin.low), (p, bin.high), whisker))
			.add(point.set("fill", whisker))
			.add(rows.set("font-size", 9).set("fill", "#555"));
	}
	picture.to_string() + "\n"
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bins_by_hand() {
		let bins = bins(&[0.005, 0.005, 0.5, 0.55], &[false, false, true, false]);
		assert_eq!(bins.len(), 2);
		assert_eq!((bins[0].rows, bins[0].share), (2, 0.0));
		assert_eq!((bins[1].rows, bins[1].share), (2, 0.5));
		assert!((bins[1].probability - 0.525).abs() < 1e-12);
		assert!(bins[1].low < 0.5 && bins[1].high > 0.5);
		assert!(draw("x", &bins).contains("polyline"));
	}
}
