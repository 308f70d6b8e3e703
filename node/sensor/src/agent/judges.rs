//! What the models say of a reading.

use crate::{model::digest, reading::Reading, score::Scorer};

/// What was found out about a reading.
#[derive(Clone, Debug)]
pub struct Verdict {
	pub class: &'static str,
	pub confidence: u32,
	pub model: [u8; 32],
	pub observed: u64,
	pub digest: [u8; 32],
}

/// Models that judge the same stream.
pub struct Judges(pub Vec<(Scorer, [u8; 32])>);

impl Judges {
	/// The judgement of the model that is nearest to an alarm or farthest beyond; none if none of them
	/// can tell anything.
	pub fn judge(&mut self, reading: &Reading, observed: u64) -> Option<Verdict> {
		let mut best: Option<(f64, Verdict)> = None;
		let digest = digest(&reading.bytes());
		for (scorer, model) in &mut self.0 {
			let Some(probability) = scorer.score(reading) else { continue };
			let alarm = scorer.model.is_alarm(probability);
			let weight = probability / scorer.model.decision.threshold.max(1e-9);
			if best.as_ref().is_some_and(|(known, _)| *known >= weight) {
				continue;
			}
			let sure = if alarm { probability } else { 1.0 - probability };
			let class = if alarm { scorer.model.class.name() } else { "Clear" };
			let confidence = (sure * 1e6).round().clamp(0.0, 1e6) as u32;
			best = Some((weight, Verdict { class, confidence, model: *model, observed, digest }));
		}
		best.map(|(_, verdict)| verdict)
	}
}
