//! Progress, on standard error, and only if that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `steps` steps.
pub fn bar(what: impl Into<String>, steps: u64) -> ProgressBar {
	let bar = ProgressBar::new(steps).with_message(what.into());
	// A template is checked when it is set; without it the bar is plainer.
	match ProgressStyle::with_template("{msg:>20} [{bar:40}] {pos}/{len} {elapsed} (left: {eta})") {
		Ok(style) => bar.with_style(style.progress_chars("=> ")),
		Err(_) => bar,
	}
}

/// A counter where nobody knows how much there will be.
pub fn counter(what: impl Into<String>) -> ProgressBar {
	let bar = ProgressBar::new_spinner().with_message(what.into());
	match ProgressStyle::with_template("{msg:>20} {pos} {elapsed} ({per_sec})") {
		Ok(style) => bar.with_style(style),
		Err(_) => bar,
	}
}
