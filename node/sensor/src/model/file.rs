//! The files of trained models.

use super::{Class, Costs, Model, Task, Trees};
use crate::{error::Error, features::Family};
use blake2::{digest::consts::U32, Blake2b, Digest};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// The format's name and version. A program reads its own version only.
pub const FORMAT: &str = "voltree-sensor-model/1";

/// What a model was trained on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSheet {
	/// The data file's name.
	pub file: String,
	/// BLAKE2b-256 of the data file.
	pub hash: String,
	pub rows: usize,
	pub hazards: usize,
	/// Groups that folds keep together (days, storms) and how many of them have a hazard.
	pub groups: usize,
	pub hazard_groups: usize,
	/// Groups that were left out, to be looked at afterwards.
	pub excluded: Vec<String>,
}

/// When the model's probability becomes an alarm.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
	/// Alarm from this probability on.
	pub threshold: f64,
	pub costs: Costs,
}

/// A trained model with what is needed to use it and to train it again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
	pub format: String,
	pub task: Task,
	pub class: Class,
	pub family: Family,
	pub seed: u64,
	pub data: DataSheet,
	pub decision: Decision,
	/// Features by name, in the order in which splits number them.
	pub features: Vec<String>,
	pub model: Trees,
}

impl ModelFile {
	/// As it is written: one line for each field and tree, so that changes can be read.
	pub fn text(&self) -> Result<String, Error> {
		let broken =
			|error: serde_json::Error| Error::Input(format!("cannot write a model: {error}"));
		let mut shell = self.clone();
		let trees = std::mem::take(&mut shell.model.trees);
		let lines: Result<Vec<String>, _> = trees.iter().map(serde_json::to_string).collect();
		let text = serde_json::to_string_pretty(&shell).map_err(broken)?;
		let full = format!("\"trees\": [\n{}\n]", lines.map_err(broken)?.join(",\n"));
		Ok(text.replacen("\"trees\": []", &full, 1) + "\n")
	}

	/// Reads a model and checks that it can be used here. Returns its hash, too.
	pub fn read(path: &Path) -> Result<(Self, [u8; 32]), Error> {
		let bytes = fs::read(path).map_err(Error::read(path))?;
		let model = Self::parse(&bytes).map_err(|why| {
			Error::Input(format!("{} is no model for this program: {why}", path.display()))
		})?;
		Ok((model, digest(&bytes)))
	}

	fn parse(bytes: &[u8]) -> Result<Self, String> {
		let model: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
		if model.format != FORMAT {
			return Err(format!("its format is {}, not {FORMAT}; train it again", model.format));
		}
		if model.class != model.task.class() || model.family != model.task.family() {
			return Err("its class or family is not its task's; train it again".into());
		}
		model.columns()?;
		let numbers = [model.model.base, model.model.slope, model.model.intercept];
		if numbers.iter().any(|number| !number.is_finite()) {
			return Err("a number is not finite".into());
		}
		if !(0.0..=1.0).contains(&model.decision.threshold) {
			return Err("its threshold is no probability".into());
		}
		let fault = model.model.trees.iter().find_map(|tree| tree.fault(model.features.len()));
		fault.map_or(Ok(()), |fault| Err(fault.to_string()))?;
		Ok(model)
	}

	/// Where the model's features stand among its family's.
	pub fn columns(&self) -> Result<Vec<usize>, String> {
		let names = self.family.names();
		let find = |name: &String| {
			let found = names.iter().position(|known| known == name);
			found.ok_or_else(|| format!("it wants the feature {name}, which is not made here"))
		};
		self.features.iter().map(find).collect()
	}

	/// Whether this probability is an alarm.
	pub fn is_alarm(&self, probability: f64) -> bool {
		probability >= self.decision.threshold
	}

	/// The probability, from the model's own features.
	pub fn probability(&self, features: &[f32]) -> f64 {
		self.model.score(features)
	}
}

/// BLAKE2b-256, as the chain hashes.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
	Blake2b::<U32>::digest(bytes).into()
}

/// As hexadecimal digits with 0x.
pub fn hex(bytes: &[u8]) -> String {
	let mut text = String::with_capacity(2 + 2 * bytes.len());
	text.push_str("0x");
	for byte in bytes {
		text.push_str(&format!("{byte:02x}"));
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::model::{Node, Tree};

	pub fn small() -> ModelFile {
		let task = Task::Thunderstorm;
		ModelFile {
			format: FORMAT.into(),
			task,
			class: task.class(),
			family: task.family(),
			seed: 1,
			data: DataSheet {
				file: "x.csv".into(),
				hash: hex(&digest(b"")),
				rows: 1,
				hazards: 1,
				groups: 1,
				hazard_groups: 1,
				excluded: vec![],
			},
			decision: Decision { threshold: 0.5, costs: task.costs() },
			features: vec!["dew_point".into()],
			model: Trees {
				base: -0.5,
				slope: 1.0,
				intercept: 0.0,
				trees: vec![
					Tree {
						nodes: vec![Node::Split(0, 1.5, true, 2), Node::Leaf(0.1), Node::Leaf(0.2)],
					},
					Tree { nodes: vec![Node::Leaf(0.3)] },
				],
			},
		}
	}

	/// The hash of no bytes, as `@polkadot/util-crypto` gives it.
	#[test]
	fn hashes_are_the_chains() {
		let empty = "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8";
		assert_eq!(hex(&digest(b"")), empty);
	}

	#[test]
	fn what_is_written_is_read_again() {
		let model = small();
		let text = model.text().expect("can be written");
		assert!(text.contains("\n[[0,1.5,true,2],0.1,0.2],\n[0.3]\n"), "{text}");
		assert_eq!(ModelFile::parse(text.as_bytes()), Ok(model));
	}

	#[test]
	fn what_does_not_fit_is_refused_in_words() {
		let said = |change: fn(&mut ModelFile)| {
			let mut model = small();
			change(&mut model);
			ModelFile::parse(model.text().expect("can be written").as_bytes()).expect_err("refused")
		};
		assert!(said(|model| model.format = "other/2".into()).contains("train it again"));
		assert!(said(|model| model.features[0] = "luck".into()).contains("luck"));
		assert!(said(|model| model.class = Class::Wind).contains("task"));
		assert!(said(|model| model.decision.threshold = 2.0).contains("probability"));
		assert!(said(|model| model.model.trees[1].nodes.clear()).contains("no nodes"));
		assert!(ModelFile::parse(b"{}").is_err() && ModelFile::parse(b"").is_err());
	}
}
