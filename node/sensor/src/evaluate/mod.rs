//! How good a model is, on rows that it never saw, beside what is simpler.

mod card;
mod curve;
mod events;
mod scores;

use crate::{
	error::Error,
	learn::{self, climatology, clock, logistic_regression, one_threshold, Dataset, Folds, FOLDS},
	model::{Costs, Model, ModelFile, Task},
	output, progress,
	reading::InputOptions,
};
use events::Events;
use scores::{Interval, Ranking, Scores};
use serde::Serialize;
use std::path::PathBuf;

/// Score a model on rows it never saw, beside simple baselines
///
/// Trains again on four fifths of the data and asks about the rest, five times, days (or storms) kept
/// whole; the groups that the model file excludes stay out. With --as-is the model file itself is
/// asked, about data that it was not trained on.
#[derive(clap::Args, Debug)]
pub struct Options {
	/// The model
	#[arg(long, value_name = "FILE")]
	pub model: PathBuf,
	/// CSV with time, readings and the truth, as for train
	#[arg(long, value_name = "FILE")]
	pub data: PathBuf,
	/// Ask the model file itself instead of training again
	#[arg(long)]
	pub as_is: bool,
	/// With --as-is: this group only. Repeatable
	#[arg(long, value_name = "GROUP", requires = "as_is")]
	pub only: Vec<String>,
	/// Write the model card, in Markdown
	#[arg(long, value_name = "FILE")]
	pub card: Option<PathBuf>,
	/// Write the reliability curve
	#[arg(long, value_name = "FILE.svg")]
	pub curve: Option<PathBuf>,
	/// Samples of groups for the confidence intervals
	#[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(20..=10_000))]
	pub samples: u32,
	/// Print the result as JSON
	#[arg(long)]
	pub json: bool,
	#[command(flatten)]
	pub input: InputOptions,
}

/// One way to tell hazards, with what it scored.
#[derive(Clone, Debug, Serialize)]
pub struct Contender {
	pub name: &'static str,
	pub scores: Scores,
	/// 95 %, by drawing groups with replacement.
	pub intervals: Vec<Interval>,
}

/// Everything that is known of a model's quality.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
	pub task: Task,
	pub model_hash: String,
	pub seed: u64,
	pub data: crate::model::DataSheet,
	/// Whether the file itself was asked.
	pub as_is: bool,
	pub threshold: f64,
	pub contenders: Vec<Contender>,
	pub events: Events,
	/// Mean probability, share of hazards and rows, by bins of the probability.
	pub reliability: Vec<curve::Bin>,
}

/// The names of the contenders; the model comes first.
const NAMES: [&str; 5] =
	["this model", "logistic regression", "one threshold", "climatology", "persistence"];

pub fn run(options: &Options) -> Result<(), Error> {
	let (model, hash) = ModelFile::read(&options.model)?;
	let excluded: &[String] = if options.as_is { &[] } else { &model.data.excluded };
	let mut data = Dataset::read(&options.data, model.task, excluded, &options.input)?;
	if !options.only.is_empty() {
		data = only(&data, &options.only)?;
	}
	let sheet = data.sheet(&options.data, excluded)?;
	if options.as_is && sheet.hash == model.data.hash && !covered(&options.only, &model) {
		return Err(Error::Option(
			"--as-is: the model was trained on these data; name excluded groups with --only, or leave \
			 --as-is away"
				.into(),
		));
	}
	if data.hazards() == 0 && !options.as_is {
		return Err(Error::Input("the data have no hazard to be found".into()));
	}
	let (names, scored) = match options.as_is {
		true => (vec![NAMES[0], NAMES[4]], as_is(&data, &model)),
		false => (NAMES.to_vec(), cross(&data, &model)?),
	};
	let threshold = model.decision.threshold;
	let bar = progress::bar("confidence", names.len() as u64);
	let mut contenders = Vec::new();
	for (name, scored) in names.into_iter().zip(&scored) {
		let ranking = Ranking::new(&data, scored, threshold, model.decision.costs);
		let intervals = ranking.intervals(options.samples, model.seed);
		contenders.push(Contender { name, scores: ranking.scores(), intervals });
		bar.inc(1);
	}
	bar.finish_and_clear();
	let alarms: Vec<bool> = scored[0].iter().map(|p| model.is_alarm(*p)).collect();
	let result = Evaluation {
		task: model.task,
		model_hash: crate::model::hex(&hash),
		seed: model.seed,
		data: sheet,
		as_is: options.as_is,
		threshold,
		contenders,
		events: events::find(&data, model.task, &alarms),
		reliability: curve::bins(&scored[0], &data.labels),
	};
	let text = card::write(&model, &result);
	if let Some(path) = &options.card {
		output::write(path, text.as_bytes())?;
	}
	if let Some(path) = &options.curve {
		let picture = curve::draw(model.task.name(), &result.reliability);
		output::write(path, picture.as_bytes())?;
	}
	match options.json {
		true => output::print(&format!("{}\n", serde_json::json!(result))),
		false => output::print(&text),
	}
}

/// The scores of any ranking with their intervals, where no decision is taken.
pub fn rank(data: &Dataset, scored: &[f64]) -> (Scores, Vec<Interval>) {
	let ranking = Ranking::new(data, scored, 0.5, Costs { miss: 1.0, alarm: 1.0 });
	(ranking.scores(), ranking.intervals(200, 1))
}

/// Whether only groups are asked about that training left out.
fn covered(only: &[String], model: &ModelFile) -> bool {
	!only.is_empty() && only.iter().all(|group| model.data.excluded.contains(group))
}

fn only(data: &Dataset, names: &[String]) -> Result<Dataset, Error> {
	let mut wanted = Vec::new();
	for name in names {
		let found = data.group_names.iter().position(|known| known == name);
		let missing = || Error::Option(format!("--only {name}: the data have no such group"));
		wanted.push(found.ok_or_else(missing)? as u32);
	}
	let rows = data.groups.iter().enumerate().filter(|(_, group)| wanted.contains(group));
	Ok(data.some(&rows.map(|(row, _)| row as u32).collect::<Vec<_>>()))
}

/// The model file itself, and what an observer would say who expects no change.
fn as_is(data: &Dataset, model: &ModelFile) -> Vec<Vec<f64>> {
	let own = (0..data.len()).map(|row| model.probability(data.row(row))).collect();
	vec![own, data.known.iter().map(|known| f64::from(u8::from(*known == Some(true)))).collect()]
}

/// All contenders, each row judged by what was trained without its group.
fn cross(data: &Dataset, model: &ModelFile) -> Result<Vec<Vec<f64>>, Error> {
	let (task, seed) = (model.task, model.seed);
	let folds = Folds::new(data, FOLDS, seed.wrapping_add(1))?;
	let mut scored = vec![vec![0.0; data.len()]; NAMES.len()];
	let bar = progress::bar(task.name(), (FOLDS * (FOLDS + 1)) as u64);
	for fold in 0..FOLDS {
		let train = data.some(&folds.others(fold));
		let (trees, _) = learn::fit(&train, task, seed, &bar)?;
		let regression = logistic_regression(&train);
		let rule = one_threshold(&train);
		let table = climatology(&train);
		// What usually follows what an observer knows.
		let follows = |known: bool| {
			let rows = train.known.iter().zip(&train.labels).filter(|(k, _)| **k == Some(known));
			let (mut count, mut hazards) = (1.0, 0.5);
			rows.for_each(|(_, label)| {
				count += 1.0;
				hazards += f64::from(u8::from(*label));
			});
			hazards / count
		};
		let after = [follows(false), follows(true)];
		for row in folds.members(fold) {
			let row = row as usize;
			let features = data.row(row);
			let known = data.known[row] == Some(true);
			let judged = [
				trees.score(features),
				regression.score(features),
				rule.score(features),
				table.score(&clock(data.times[row])),
				after[usize::from(known)],
			];
			scored.iter_mut().zip(judged).for_each(|(scores, score)| scores[row] = score);
		}
	}
	bar.finish_and_clear();
	Ok(scored)
}
