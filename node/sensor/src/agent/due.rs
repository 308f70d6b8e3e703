//! When a judgement goes to the chain.

use super::judges::Verdict;

/// Whether a judgement is to be reported after the one that was queued last. This machine's own clock
/// may have been ahead then; nothing is to be silent until it gets there again.
pub fn is_due(
	queued: Option<(&'static str, u64)>,
	verdict: &Verdict,
	period: u64,
	stream_clock: bool,
) -> bool {
	let Some((class, observed)) = queued else { return true };
	match verdict.observed.checked_sub(observed) {
		None => !stream_clock,
		Some(0) => false,
		Some(since) => class != verdict.class || since >= period,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn verdict(class: &'static str, observed: u64) -> Verdict {
		Verdict { class, confidence: 1, model: [0; 32], observed, digest: [0; 32] }
	}

	#[test]
	fn what_changes_or_grows_old_is_due() {
		let due =
			|class, observed| is_due(Some(("Clear", 1_000)), &verdict(class, observed), 60, false);
		assert!(is_due(None, &verdict("Clear", 0), 60, false));
		assert!(!due("Clear", 1_059) && due("Clear", 1_060));
		assert!(due("Thunderstorm", 1_001));
		assert!(!due("Thunderstorm", 1_000), "one time, one report");
	}

	/// A clock that was a day ahead is put right: the sensor speaks on. A line of a stream that comes late
	/// is no news.
	#[test]
	fn a_clock_that_is_put_back_silences_nobody() {
		let ahead = Some(("Clear", 86_400_000));
		for class in ["Clear", "Thunderstorm"] {
			assert!(is_due(ahead, &verdict(class, 1_000), 60, false));
			assert!(!is_due(ahead, &verdict(class, 1_000), 60, true));
		}
	}
}
