//! Parts of the data that keep groups together: what happened on one day or in one storm is never on
//! both sides.

use super::Dataset;
use crate::{error::Error, random::Random};

/// Which part each row belongs to.
pub struct Folds {
	folds: Vec<u8>,
}

impl Folds {
	/// Groups with a hazard are dealt out first, so that each part has its share of them.
	pub fn new(data: &Dataset, count: usize, seed: u64) -> Result<Self, Error> {
		let groups = data.group_names.len();
		let mut hazard = vec![false; groups];
		let mut present = vec![false; groups];
		for (group, label) in data.groups.iter().zip(&data.labels) {
			hazard[*group as usize] |= *label;
			present[*group as usize] = true;
		}
		let hazards = hazard.iter().filter(|hazard| **hazard).count();
		if hazards < 2 || present.iter().filter(|present| **present).count() < count {
			return Err(Error::Input(format!(
				"{hazards} groups have a hazard; training needs at least 2, and {count} groups in all: \
				 give more data, or name smaller groups in the column `group`"
			)));
		}
		let mut order: Vec<usize> = (0..groups).filter(|group| present[*group]).collect();
		Random::fork(seed, 0).shuffle(&mut order);
		order.sort_by_key(|group| !hazard[*group]);
		let mut of_group = vec![0u8; groups];
		for (place, group) in order.into_iter().enumerate() {
			of_group[group] = (place % count) as u8;
		}
		Ok(Self { folds: data.groups.iter().map(|group| of_group[*group as usize]).collect() })
	}

	fn rows(&self, wanted: impl Fn(usize) -> bool) -> Vec<u32> {
		let rows = self.folds.iter().enumerate();
		rows.filter(|(_, fold)| wanted(usize::from(**fold))).map(|(row, _)| row as u32).collect()
	}

	/// The rows of a part.
	pub fn members(&self, fold: usize) -> Vec<u32> {
		self.rows(|other| other == fold)
	}

	/// The rows of all other parts.
	pub fn others(&self, fold: usize) -> Vec<u32> {
		self.rows(|other| other != fold)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn groups_stay_together_and_hazards_are_dealt_out() {
		let mut data = Dataset::default();
		for group in 0..50u32 {
			data.group_names.push(group.to_string());
			for row in 0..3 {
				data.push_row(&[0.0], group < 10 && row == 1, group);
			}
		}
		let folds = Folds::new(&data, 5, 9).expect("enough");
		let mut seen = Vec::new();
		for fold in 0..5 {
			let members = folds.members(fold);
			assert_eq!(members.len(), 30);
			assert_eq!(members.iter().filter(|row| data.labels[**row as usize]).count(), 2);
			assert_eq!(folds.others(fold).len(), 120);
			let mut groups: Vec<u32> =
				members.iter().map(|row| data.groups[*row as usize]).collect();
			groups.dedup();
			assert_eq!(groups.len(), 10);
			seen.extend(members);
		}
		seen.sort_unstable();
		assert_eq!(seen, (0..150).collect::<Vec<u32>>());
	}

	#[test]
	fn too_few_groups_are_refused() {
		let mut data = Dataset::default();
		data.group_names.push("one".into());
		data.push_row(&[0.0], true, 0);
		let said = Folds::new(&data, 5, 1).err().expect("refused").to_string();
		assert!(said.contains("give more data"), "{said}");
	}
}
