//! Tables for people.

/// Print rows below their head: the first column is text, the others are numbers.
pub fn print<const COLUMNS: usize>(head: [&str; COLUMNS], rows: &[[String; COLUMNS]]) {
	let head = head.map(String::from);
	let width = |column: usize| {
		let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
		cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
	};
	let widths: [usize; COLUMNS] = std::array::from_fn(width);
	let rule = widths.map(|width| "-".repeat(width));
	for row in [&head, &rule].into_iter().chain(rows) {
		let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
			if column == 0 {
				format!("{cell:<width$}")
			} else {
				format!("{cell:>width$}")
			}
		});
		println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
	}
}
