//! Tables, files and standard output.

use crate::error::Error;
use std::{
	fs,
	io::{self, Write},
	path::Path,
};

/// Prints to standard output.
pub fn print(text: &str) -> Result<(), Error> {
	let mut out = io::stdout().lock();
	out.write_all(text.as_bytes())
		.and_then(|()| out.flush())
		.map_err(|cause| Error::Write { path: "standard output".into(), cause })
}

/// Writes a file, in a folder that is made if there is none.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
	let failed = |cause| Error::Write { path: path.to_owned(), cause };
	if let Some(folder) = path.parent() {
		fs::create_dir_all(folder).map_err(failed)?;
	}
	fs::write(path, text).map_err(failed)
}

/// A table: a heading and rows of as many cells.
#[derive(Clone, Debug, Default)]
pub struct Table {
	heading: Vec<String>,
	rows: Vec<Vec<String>>,
}

impl Table {
	/// A table without rows.
	pub fn new<S: Into<String>>(heading: impl IntoIterator<Item = S>) -> Self {
		Self { heading: heading.into_iter().map(Into::into).collect(), rows: Vec::new() }
	}

	/// Adds a row.
	pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
		self.rows.push(cells.into_iter().map(Into::into).collect());
	}

	fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
		std::iter::once(&self.heading).chain(&self.rows)
	}

	/// For people: the first column to the left, the others to the right.
	pub fn text(&self) -> String {
		let columns = self.lines().map(Vec::len).max().unwrap_or(0);
		let width = |column: usize| {
			let cells = self.lines().filter_map(|line| line.get(column));
			cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
		};
		let widths: Vec<usize> = (0..columns).map(width).collect();
		let mut text = String::new();
		for (number, line) in self.lines().enumerate() {
			let mut out = String::new();
			for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
				match column {
					0 => out.push_str(&format!("{cell:<width$}")),
					_ => out.push_str(&format!("  {cell:>width$}")),
				}
			}
			text.push_str(out.trim_end());
			text.push('\n');
			if number == 0 {
				let length = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
				text.push_str(&"-".repeat(length));
				text.push('\n');
			}
		}
		text
	}

	/// Comma-separated values (RFC 4180, with line feeds).
	pub fn csv(&self) -> String {
		let quote = |cell: &String| match cell.contains([',', '"', '\n']) {
			true => format!("\"{}\"", cell.replace('"', "\"\"")),
			false => cell.clone(),
		};
		let line =
			|cells: &Vec<String>| cells.iter().map(quote).collect::<Vec<_>>().join(",") + "\n";
		self.lines().map(line).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_table_is_aligned_for_people_and_quoted_for_machines() {
		let mut table = Table::new(["name", "value"]);
		table.row(["a,b", "1"]);
		table.row(["long name", "12.5"]);
		let text = "name       value\n----------------\na,b            1\nlong name   12.5\n";
		assert_eq!(table.text(), text);
		assert_eq!(table.csv(), "name,value\n\"a,b\",1\nlong name,12.5\n");
	}
}
