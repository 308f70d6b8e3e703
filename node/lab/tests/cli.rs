//! The program as a person or a script runs it.

use serde_json::Value;
use std::{
	fs,
	io::Write,
	path::PathBuf,
	process::{Command, Output, Stdio},
};

fn lab(arguments: &[&str], input: &str) -> Output {
	let mut child = Command::new(env!("CARGO_BIN_EXE_voltree-lab"))
		.args(arguments)
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		.spawn()
		.expect("the program starts");
	let mut stdin = child.stdin.take().expect("piped");
	// A program that refuses its command line does not read.
	let _ = stdin.write_all(input.as_bytes());
	drop(stdin);
	child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8(bytes.to_vec()).expect("text")
}

/// Standard output of a run that must succeed.
fn good(arguments: &[&str], input: &str) -> String {
	let output = lab(arguments, input);
	assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
	text(&output.stdout)
}

/// Standard error of a run that must fail with `code` and print nothing else.
fn bad(arguments: &[&str], input: &str, code: i32) -> String {
	let output = lab(arguments, input);
	assert_eq!(output.status.code(), Some(code), "{arguments:?}");
	assert_eq!(text(&output.stdout), "", "{arguments:?}");
	text(&output.stderr)
}

/// A folder for a test, empty at its beginning.
fn folder(name: &str) -> PathBuf {
	let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
	if folder.exists() {
		fs::remove_dir_all(&folder).expect("removed");
	}
	fs::create_dir_all(&folder).expect("made");
	folder
}

/// Five nodes by hand. Scores at weights 1:1 are 3.9, 2.95, 1.99 and 1.85; node 3 is not trusted. Node 4
/// is too far from the root, node 0. So the sequence is 0, 1, 2, 4, 3: three below the root, the last
/// below node 1.
const FIVE: &str = r#"{"nodes":[{"trust":900000000,"link":3},{"trust":950000000,"link":2},
	{"trust":990000000,"link":1},{"trust":700000000,"link":3},{"trust":850000000,"link":1}],
	"overhead":[[0,10,10,10,60],[10,0,10,10,10],[10,10,0,10,10],[10,10,10,0,10],[10,10,10,10,0]],
	"trust_threshold":800000000,"overhead_threshold":50,"weights":[1,1],"strategy":"wct","root":null}"#;

mod tree {
	use super::*;

	/// `floor((3 * 900000000 + 950000000) / 4)`.
	#[test]
	fn of_five_nodes_by_hand() {
		let expected = "{\"sequence\":[0,1,2,4,3],\"parent\":[null,0,0,1,0],\
		                \"overall_trust\":912500000,\"rounds\":2,\"concurrency\":3,\"overloaded\":0}\n";
		assert_eq!(good(&["tree"], FIVE), expected);
		let path = folder("five").join("five.json");
		fs::write(&path, FIVE).expect("written");
		assert_eq!(good(&["tree", "--input", path.to_str().expect("text")], ""), expected);
	}

	/// Every strategy attaches everybody once, from any root; a node alone has 0 of each measure.
	#[test]
	fn of_every_strategy_from_every_root() {
		for strategy in voltree_wct::Strategy::ALL {
			for root in 0..5 {
				let input = FIVE
					.replace("\"wct\"", &format!("\"{strategy}\""))
					.replace("null}", &format!("{root}}}"));
				let output: Value = serde_json::from_str(&good(&["tree"], &input)).expect("JSON");
				let mut sequence: Vec<u64> = output["sequence"]
					.as_array()
					.expect("list")
					.iter()
					.flat_map(Value::as_u64)
					.collect();
				assert_eq!(sequence[0], root);
				sequence.sort_unstable();
				assert_eq!(sequence, [0, 1, 2, 3, 4], "{strategy}");
				let parents = output["parent"].as_array().expect("list");
				assert_eq!(parents.iter().filter(|parent| parent.is_null()).count(), 1);
				assert!(parents[root as usize].is_null());
			}
		}
		let alone = r#"{"nodes":[{"trust":5,"link":0}],"trust_threshold":0,"weights":[1,1],
			"strategy":"balanced"}"#;
		let expected = "{\"sequence\":[0],\"parent\":[null],\"overall_trust\":0,\"rounds\":0,\
		                \"concurrency\":0,\"overloaded\":0}\n";
		assert_eq!(good(&["tree"], alone), expected);
	}

	#[test]
	fn as_a_table_and_as_a_picture() {
		let picture = folder("picture").join("tree.svg");
		let picture_path = picture.to_str().expect("text");
		let table = good(&["tree", "--table", "--svg", picture_path], FIVE);
		assert!(table.contains("overall trust 0.912500000, 2 rounds, concurrency 3"), "{table}");
		assert_eq!(table.lines().filter(|line| line.ends_with("yes")).count(), 4);
		let svg = fs::read_to_string(picture).expect("written");
		assert!(svg.starts_with("<svg ") && svg.matches("<circle").count() == 5);
	}

	/// What is wrong, where, and what to do.
	#[test]
	fn bad_input_is_explained() {
		let cases = [
			(FIVE.replace("990000000", "1990000000"), "nodes[2].trust", "0 to 1000000000"),
			(FIVE.replace("\"link\":2", "\"lnk\":2"), "nodes[1]", "unknown field `lnk`"),
			(FIVE.replace("[10,0,10,10,10]", "[10,0,10,10]"), "overhead[1]", "5 nodes"),
			(FIVE.replace("null}", "5}"), "root", "0 to 4"),
			(FIVE.replace("\"nodes\":", "\"nodes\""), "no JSON", "line 1 column 9"),
			(FIVE.replace("\"wct\"", "\"tree\""), "strategy", "lft, tft, wct"),
			(String::new(), "no JSON", "line 1 column 0"),
		];
		for (input, place, advice) in cases {
			let error = bad(&["tree"], &input, 2);
			assert!(error.starts_with("voltree-lab: standard input: "), "{error}");
			assert!(error.contains(place) && error.contains(advice), "{error}");
		}
	}

	#[test]
	fn a_missing_file_is_not_the_inputs_fault() {
		let error = bad(&["tree", "--input", "no/such/file.json"], "", 1);
		assert!(error.contains("cannot read no/such/file.json"), "{error}");
		let error = bad(&["tree", "--svg", "Cargo.toml/tree.svg"], FIVE, 1);
		assert!(error.contains("cannot write Cargo.toml/tree.svg"), "{error}");
	}

	/// The help names every strategy that there is.
	#[test]
	fn the_help_knows_all_strategies() {
		let help = good(&["tree", "--help"], "");
		for strategy in voltree_wct::Strategy::ALL {
			assert!(help.contains(&format!("\"{strategy}\"")), "{strategy}");
		}
	}
}

mod figures {
	use super::*;

	/// The same seed gives the same files, byte for byte, on one thread and on three; another seed gives
	/// others.
	#[test]
	fn are_the_same_for_the_same_seed() {
		let run = |name: &str, seed: &str, threads: &str| {
			let folder = folder(name);
			let output = Command::new(env!("CARGO_BIN_EXE_voltree-lab"))
				.args(["figures", "--seeds", "3", "--seed", seed, "--output"])
				.arg(&folder)
				.env("RAYON_NUM_THREADS", threads)
				.output()
				.expect("the program ends");
			assert!(output.status.success(), "{}", text(&output.stderr));
			assert_eq!(text(&output.stderr), "", "no bar where there is no terminal");
			let mut files: Vec<(String, String)> = fs::read_dir(&folder)
				.expect("made")
				.map(|entry| {
					let path = entry.expect("readable").path();
					let name = path.file_name().expect("file").to_string_lossy().into_owned();
					(name, fs::read_to_string(path).expect("text"))
				})
				.collect();
			files.sort();
			(files, text(&output.stdout))
		};
		let first = run("figures-1", "7", "1");
		assert_eq!(first, run("figures-2", "7", "3"));
		assert_ne!(first, run("figures-3", "8", "3"));
		let names: Vec<&str> = first.0.iter().map(|(name, _)| name.as_str()).collect();
		for name in ["figure6.svg", "figure7.csv", "figure8.txt", "table2.svg", "acceptance.csv"] {
			assert!(names.contains(&name), "{name}");
		}
		for (name, text) in &first.0 {
			assert!(!name.ends_with(".svg") || text.starts_with("<svg "), "{name}");
			assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
		}
		assert!(first.1.contains("What agrees with the paper:"));
	}

	#[test]
	fn only_some_are_written_if_only_some_are_wanted() {
		let folder = folder("only");
		let path = folder.to_str().expect("text");
		let json =
			good(&["figures", "--seeds", "2", "--only", "overview.svg", "--json", "-o", path], "");
		assert_eq!(fs::read_dir(&folder).expect("made").count(), 1);
		let results: Value = serde_json::from_str(&json).expect("JSON");
		assert!(results["acceptance"].as_array().is_some_and(|list| !list.is_empty()));
		let error = bad(&["figures", "--seeds", "2", "--only", "x.svg", "-o", path], "", 2);
		assert!(error.contains("no file x.svg") && error.contains("figure6.svg"), "{error}");
	}

	#[test]
	fn too_few_seeds_are_refused() {
		let error = bad(&["figures", "--seeds", "1"], "", 2);
		assert!(error.contains("--seeds is 1: give 2 to 10000"), "{error}");
	}
}

mod simulate {
	use super::*;

	#[test]
	fn prints_json_and_writes_the_same() {
		let folder = folder("simulate");
		let path = folder.to_str().expect("text");
		let arguments = [
			"simulate",
			"--protocol",
			"ours,wct",
			"--nodes",
			"20",
			"--blocks",
			"2",
			"--seeds",
			"2",
			"--json",
			"--output",
			path,
		];
		let json = good(&arguments, "");
		assert_eq!(fs::read_to_string(folder.join("simulate.json")).expect("written"), json);
		let report: Value = serde_json::from_str(&json).expect("JSON");
		let protocols = report["protocols"].as_array().expect("list");
		assert_eq!(protocols.len(), 2);
		assert_eq!(protocols[0]["protocol"], "ours");
		assert_eq!(protocols[0]["coverage"], 1.0);
		let csv = fs::read_to_string(folder.join("simulate.csv")).expect("written");
		assert_eq!(csv.lines().count(), 3);
	}

	/// The targets of the tree science: at 50 nodes, 1 MB, 100 Mbit/s and 50 ms at most 2.5 times the
	/// bound; with a fifth of the nodes silent, whoever they are, everybody honest is reached.
	#[test]
	fn reaches_the_targets() {
		let summary = |more: &[&str]| {
			let mut arguments = vec!["simulate", "--spread", "0", "--json"];
			arguments.extend(more);
			let report: Value = serde_json::from_str(&good(&arguments, "")).expect("JSON");
			report["protocols"][0].clone()
		};
		let ratio = summary(&[])["ratio_max"].as_f64().expect("a number");
		assert!((1.0..=2.5).contains(&ratio), "{ratio}");
		assert_eq!(summary(&["--silent", "0.2"])["coverage"], 1.0);
		assert_eq!(summary(&["--silent", "0.2", "--faulty", "untrusted"])["coverage"], 1.0);
	}

	#[test]
	fn options_out_of_range_are_refused() {
		for (option, value, advice) in [
			("--nodes", "1", "give 2 to 200000"),
			("--loss", "1", "give 0 to 0.9"),
			("--silent", "NaN", "give 0 to 1"),
			("--latency", "1e9", "give 0 to 60000"),
			("--blocks", "0", "give 1 to"),
			("--uplink", "0", "give 0.001 to"),
			("--block", "1TB", "kB, MB, KiB or MiB"),
			("--protocol", "carrier-pigeon", "possible values"),
		] {
			let error = bad(&["simulate", option, value], "", 2);
			assert!(error.contains(advice), "{error}");
		}
		let error = bad(&["simulate", "--silent", "0.6", "--lying", "0.6"], "", 2);
		assert!(error.contains("together more than 1"), "{error}");
	}

	#[test]
	fn is_validated() {
		let text = good(&["simulate", "--validate"], "");
		assert!(text.contains("stock mesh of 50: 3 d + 49 B/U + X") && text.contains("measured s"));
	}
}

#[test]
fn helps_and_knows_its_version() {
	for arguments in [&["--help"][..], &["figures", "--help"], &["simulate", "--help"]] {
		assert!(good(arguments, "").len() > 300);
	}
	assert!(good(&["--version"], "").starts_with("voltree-lab "));
	assert!(bad(&[], "", 2).contains("Usage: voltree-lab"));
	assert!(bad(&["grow"], "", 2).contains("unrecognized subcommand"));
}
