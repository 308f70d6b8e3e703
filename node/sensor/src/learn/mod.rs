//! Training: from a data file to a model file, the same bytes every time.

mod baseline;
mod boost;
mod calibrate;
mod dataset;
mod folds;
mod threshold;

pub use baseline::{climatology, clock, logistic_regression, one_threshold};
pub use boost::{Matrix, Settings};
pub use dataset::Dataset;
pub use folds::Folds;
pub use threshold::expected;

use crate::{
	error::Error,
	model::{logistic, Decision, ModelFile, Task, Trees, FORMAT},
	progress,
	reading::InputOptions,
};
use indicatif::ProgressBar;
use std::path::PathBuf;

/// How many parts the data are divided into, to score rows that the trees have not seen.
pub const FOLDS: usize = 5;

/// Train a model: the same data, seed and program give the same file, byte for byte
#[derive(clap::Args, Debug)]
pub struct Options {
	/// What to train for
	#[arg(long)]
	pub task: Task,
	/// CSV with time, readings and the truth (a column called as the task); `group` (else the date) keeps
	/// rows together in folds, `stream` tells devices apart
	#[arg(long, value_name = "FILE")]
	pub data: PathBuf,
	/// Where to write the model
	#[arg(long, value_name = "FILE")]
	pub out: PathBuf,
	/// Group to leave out altogether, e.g. 1964-07-07. Repeatable
	#[arg(long, value_name = "GROUP")]
	pub exclude: Vec<String>,
	/// What a hazard that is missed costs, in false alarms
	#[arg(long, value_name = "ALARMS")]
	pub cost_miss: Option<f64>,
	/// Chance
	#[arg(long, default_value_t = 1)]
	pub seed: u64,
	/// Print the result as JSON
	#[arg(long)]
	pub json: bool,
	#[command(flatten)]
	pub input: InputOptions,
}

pub fn run(options: &Options) -> Result<(), Error> {
	let data = Dataset::read(&options.data, options.task, &options.exclude, &options.input)?;
	let mut costs = options.task.costs();
	if let Some(miss) = options.cost_miss {
		if !(0.01..=10_000.0).contains(&miss) {
			return Err(Error::Option("--cost-miss must be 0.01 to 10000".into()));
		}
		costs.miss = miss;
	}
	let bar = progress::bar("training", 1 + FOLDS as u64);
	let (model, probabilities) = fit(&data, options.task, options.seed, &bar)?;
	bar.finish_and_clear();
	let threshold = match options.task.decides_by_rows() {
		true => threshold::by_rows(&probabilities, &data.labels, costs),
		false => threshold::expected(costs),
	};
	let file = ModelFile {
		format: FORMAT.into(),
		task: options.task,
		class: options.task.class(),
		family: options.task.family(),
		seed: options.seed,
		data: data.sheet(&options.data, &options.exclude)?,
		decision: Decision { threshold, costs },
		features: options.task.features().iter().map(|name| name.to_string()).collect(),
		model,
	};
	let text = file.text()?;
	crate::output::write(&options.out, text.as_bytes())?;
	let hash = crate::model::hex(&crate::model::digest(text.as_bytes()));
	let (rows, hazards) = (file.data.rows, file.data.hazards);
	let path = options.out.display().to_string();
	if options.json {
		let result = serde_json::json!({
			"model": path, "hash": hash, "rows": rows, "hazards": hazards, "bytes": text.len(),
			"threshold": file.decision.threshold,
		});
		return crate::output::print(&format!("{result}\n"));
	}
	crate::output::print(&format!(
		"{path}: {} bytes from {rows} rows, {hazards} of them hazards\nhash {hash}\n",
		text.len()
	))
}

/// Trees whose sum is turned into a probability by rows that other trees, grown without them, were
/// asked about; and the probabilities of these rows.
pub fn fit(
	data: &Dataset,
	task: Task,
	seed: u64,
	bar: &ProgressBar,
) -> Result<(Trees, Vec<f64>), Error> {
	let settings = task.settings();
	let matrix = Matrix::new(&data.rows, data.width(), settings.bins);
	let folds = Folds::new(data, FOLDS, seed)?;
	let mut sums = vec![0.0; data.len()];
	for fold in 0..FOLDS {
		let trees = boost::grow(&matrix, &data.labels, &folds.others(fold), &settings, seed);
		for row in folds.members(fold) {
			sums[row as usize] = trees.sum(data.row(row as usize));
		}
		bar.inc(1);
	}
	let (slope, intercept) = calibrate::platt(&sums, &data.labels);
	let everything: Vec<u32> = (0..data.len() as u32).collect();
	let mut trees = boost::grow(&matrix, &data.labels, &everything, &settings, seed);
	bar.inc(1);
	(trees.slope, trees.intercept) = (slope, intercept);
	let probabilities = sums.iter().map(|sum| logistic(slope * sum + intercept)).collect();
	Ok((trees, probabilities))
}
