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

/// Writes a file, in a folder that is made if there is none: whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
	if let Some(folder) = path.parent() {
		fs::create_dir_all(folder).map_err(Error::write(path))?;
	}
	let mut name = path.as_os_str().to_owned();
	name.push(".part");
	let part = Path::new(&name);
	let result = fs::write(part, bytes).and_then(|()| fs::rename(part, path));
	result.map_err(Error::write(path))
}

/// A table in Markdown, which people can read as it is.
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
	let heading: Vec<String> = heading.iter().map(|cell| cell.to_string()).collect();
	let width = |column: usize| {
		let cells = rows.iter().chain([&heading]).filter_map(|row| row.get(column));
		cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(3)
	};
	let widths: Vec<usize> = (0..heading.len()).map(width).collect();
	let line = |row: &Vec<String>| {
		let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
		format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
	};
	let rule = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>();
	let mut text = line(&heading);
	text.push_str(&line(&rule));
	rows.iter().for_each(|row| text.push_str(&line(row)));
	text
}
