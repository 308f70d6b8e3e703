//! Progress, on standard error, and only if that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `steps` steps.
pub fn bar(what: &'static str, steps: u64) -> ProgressBar {
	let bar = ProgressBar::new(steps).with_message(what);
	// A template is checked when it is set; without it the bar is plainer.
	match ProgressStyle::with_template("{msg:>12} [{bar:40}] {pos}/{len} {elapsed} (left: {eta})") {
		Ok(style) => bar.with_style(style.progress_chars("=> ")),
		Err(_) => bar,
	}
}
