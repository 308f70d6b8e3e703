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

/// Breaks lines that are longer than people like to read; what follows the first of an item, which
/// begins with `- `, is indented.
pub fn wrap(text: &str) -> String {
	const WIDTH: usize = 100;
	let mut wrapped = String::new();
	for line in text.lines() {
		let indent = if line.starts_with("- ") { "  " } else { "" };
		let mut length = 0;
		for word in line.split(' ') {
			let next = word.chars().count();
			if length > 0 && length + 1 + next > WIDTH {
				wrapped.push('\n');
				wrapped.push_str(indent);
				length = indent.len();
			} else if length > 0 {
				wrapped.push(' ');
				length += 1;
			}
			wrapped.push_str(word);
			length += next;
		}
		wrapped.push('\n');
	}
	wrapped
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
	fn long_lines_are_wrapped_and_no_word_is_lost() {
		let text = format!("- {}\n\nshort\n", "word ".repeat(50).trim_end());
		let wrapped = wrap(&text);
		assert!(wrapped.lines().all(|line| line.len() <= 100));
		assert!(wrapped.contains("\n  word") && wrapped.ends_with("\n\nshort\n"));
		assert_eq!(wrapped.split_whitespace().count(), text.split_whitespace().count());
	}

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
