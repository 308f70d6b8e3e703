//! The program as a person or a script runs it.

use std::{
	fs,
	io::Write,
	path::{Path, PathBuf},
	process::{Command, Output, Stdio},
};

fn sensor(arguments: &[&str], input: &str) -> Output {
	let mut child = Command::new(env!("CARGO_BIN_EXE_voltree-sensor"))
		.args(arguments)
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		.spawn()
		.expect("the program starts");
	let mut stdin = child.stdin.take().expect("piped");
	let text = input.to_owned();
	// Written beside, since the answer may be longer than a pipe holds.
	let writer = std::thread::spawn(move || {
		// A program that refuses its command line does not read.
		let _ = stdin.write_all(text.as_bytes());
	});
	let output = child.wait_with_output().expect("the program ends");
	writer.join().expect("written");
	output
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8(bytes.to_vec()).expect("text")
}

/// Standard output of a run that must succeed.
fn good(arguments: &[&str], input: &str) -> String {
	let output = sensor(arguments, input);
	assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
	text(&output.stdout)
}

/// Standard error of a run that must fail with `code`.
fn bad(arguments: &[&str], input: &str, code: i32) -> String {
	let output = sensor(arguments, input);
	assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
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

fn name(path: &Path) -> &str {
	path.to_str().expect("text")
}

/// This package's folder, asked when the test runs: checkouts that share a target folder share the
/// program, too.
fn here() -> String {
	std::env::var("CARGO_MANIFEST_DIR").expect("Cargo runs the tests")
}

/// A model as it is committed.
fn model(task: &str) -> String {
	format!("{}/models/{task}.json", here())
}

/// The day of the demo, which no model was trained on.
fn day() -> String {
	format!("{}/../../chain-spec/data/weather.csv", here())
}

/// Probability, class and note at the end of a scored line.
fn judged(line: &str) -> (Option<f64>, String, String) {
	let mut cells: Vec<&str> = line.split(',').collect();
	let note = cells.pop().unwrap_or_default().trim_matches('"').to_owned();
	let class = cells.pop().unwrap_or_default().to_owned();
	(cells.pop().and_then(|cell| cell.parse().ok()), class, note)
}

mod train_and_evaluate {
	use super::*;

	/// Overload of lines is simulated, learned and found again; every step gives the same bytes twice.
	#[test]
	fn the_same_every_time_and_better_than_simple_rules() {
		let folder = folder("train");
		let [data, again] = ["line.csv", "again.csv"].map(|file| folder.join(file));
		let [first, second] = ["first.json", "second.json"].map(|file| folder.join(file));
		for path in [&data, &again] {
			good(&["simulate", "line", "--runs", "40", "--out", name(path)], "");
		}
		assert_eq!(fs::read(&data).expect("made"), fs::read(&again).expect("made"));
		let train =
			["train", "--task", "overload", "--data", name(&data), "--exclude", "run-3", "--out"];
		for path in [&first, &second] {
			good(&[&train[..], &[name(path)]].concat(), "");
		}
		assert_eq!(fs::read(&first).expect("made"), fs::read(&second).expect("made"));
		let (card, curve) = (folder.join("card.md"), folder.join("curve.svg"));
		let evaluate =
			["evaluate", "--model", name(&first), "--data", name(&data), "--samples", "20"];
		let files = ["--card", name(&card), "--curve", name(&curve), "--json"];
		let result = good(&[&evaluate[..], &files].concat(), "");
		let result: serde_json::Value = serde_json::from_str(&result).expect("JSON");
		let auc = |contender: usize| {
			let scores = &result["contenders"][contender]["scores"];
			scores["auc"].as_f64().expect("a number")
		};
		assert!(auc(0) > 0.85 && auc(0) > auc(3), "{} {}", auc(0), auc(3));
		assert_eq!(result["data"]["excluded"][0], "run-3");
		assert_eq!(result["data"]["rows"], 39 * 720);
		assert!(fs::read_to_string(&card).expect("made").contains("## Limits"));
		assert!(fs::read_to_string(&curve).expect("made").starts_with("<svg"));
		// Asking a model about its own school would flatter it; about the excluded run it may be asked.
		let own = [&evaluate[..], &["--as-is"]].concat();
		assert!(bad(&own, "", 2).contains("trained on these data"));
		let rest = good(&[&evaluate[..], &["--as-is", "--only", "run-3", "--json"]].concat(), "");
		assert!(rest.contains("\"rows\":720"), "{rest}");
	}

	#[test]
	fn wrong_data_are_refused_in_words() {
		let path = folder("wrong").join("wrong.csv");
		let train = |text: &str| {
			fs::write(&path, text).expect("written");
			let out = path.with_extension("json");
			let task =
				["train", "--task", "thunderstorm", "--data", name(&path), "--out", name(&out)];
			bad(&task, "", 2)
		};
		assert!(train("time,temperature\n0,1\n").contains("no column is called \"thunderstorm\""));
		assert!(train("time,humidity,thunderstorm\n0,1,1\n").contains("see --column"));
		assert!(train("time,temperature,thunderstorm\n0,1,maybe\n").contains("line 2"));
		assert!(train("time,temperature,thunderstorm\n0,99,1\n").contains("cannot be true"));
		assert!(train("time,temperature,thunderstorm\n0,9,1\n").contains("training needs"));
	}
}

mod score {
	use super::*;

	/// The committed model on the day that it never saw: a storm was observed at 13 and 14 o'clock.
	#[test]
	fn the_demos_storm_is_found() {
		let scored = good(&["score", "--model", &model("thunderstorm"), "--input", &day()], "");
		let lines: Vec<&str> = scored.lines().collect();
		assert_eq!(lines.len(), 25);
		assert!(lines[0].ends_with(",probability,class,note"));
		let p: Vec<f64> =
			lines[1..].iter().map(|line| judged(line).0.expect("a probability")).collect();
		let mut order: Vec<usize> = (0..24).collect();
		order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
		// Hours are numbered from 1.
		assert!(order[..4].contains(&12) && order[..4].contains(&13), "{p:?}");
		assert!(lines[1..].iter().all(|line| judged(line).2.is_empty()), "{scored}");
	}

	/// Other names, other units, another order, JSON: the same judgement.
	#[test]
	fn units_and_forms_do_not_matter() {
		let plain = "time,temperature,dew_point,pressure,wind_speed,irradiance\n\
			2026-07-07 12:00,30,24,1010,5,800\n2026-07-07 13:00,25,23,1012,11,100\n";
		let imperial = "when;baro;wx (mph);outside;moist;sun\n\
			2026-07-07T12:00:00Z;29.8252;11.18468;86;75.2;800\n\
			2026-07-07T13:00:00Z;29.88426;24.6063;77;73.4;100\n";
		let objects = "{\"ts\":\"2026-07-07 12:00\",\"m\":{\"temp_c\":30,\"dewpoint_c\":24,\
			\"pressure_hpa\":1010,\"wind_kmh\":18,\"ghi\":800}}\n\
			{\"ts\":\"2026-07-07 13:00\",\"m\":{\"temp_c\":25,\"dewpoint_c\":23,\"pressure_hpa\":1012,\
			\"wind_kmh\":39.6,\"ghi\":100}}\n";
		let thunderstorm = model("thunderstorm");
		let score = ["score", "--model", &thunderstorm, "--short"];
		let last = |output: String| {
			let line = output.lines().last().expect("lines").to_owned();
			judged(&line).0.expect("a probability")
		};
		let first = last(good(&score, plain));
		let mapped = [
			"--column",
			"time=when",
			"--column",
			"pressure=baro:inHg",
			"--column",
			"wind_speed=wx (mph)",
			"--column",
			"temperature=outside:F",
			"--column",
			"dew_point=moist:F",
			"--column",
			"irradiance=sun",
		];
		let second = last(good(&[&score[..], &mapped].concat(), imperial).replace(';', ","));
		assert!((first - second).abs() < 1e-3, "{first} {second}");
		let third = good(&["score", "--model", &thunderstorm], objects);
		let third: serde_json::Value =
			serde_json::from_str(third.lines().last().expect("lines")).expect("JSON");
		assert!((third["probability"].as_f64().expect("a number") - first).abs() < 1e-3);
		assert_eq!(third["m"]["ghi"], 100);
	}

	/// One line out for each line in, whatever comes; the next good line is judged.
	#[test]
	fn bad_lines_are_named_and_passed_over() {
		let long = "9".repeat(70_000);
		let input = format!(
			"time,temperature,pressure\n2026-07-07 12:00,20,1000\n\nnonsense\n2026-07-07 13:00,,\n\
			 2026-07-07 14:00,88,1000\n2026-07-07 11:00,20,1000\n{long}\n# over\n2026-07-07 15:00,21,999"
		);
		let scored = good(&["score", "--model", &model("thunderstorm")], &input);
		let lines: Vec<&str> = scored.lines().collect();
		assert_eq!(lines.len(), input.lines().count());
		let note = |line: usize| judged(lines[line]).2;
		assert!(judged(lines[1]).0.is_some() && note(1).is_empty());
		assert_eq!(lines[2], "");
		assert!(note(3).contains("1 cells where the header names 3"));
		assert!(note(4).contains("nothing was measured"));
		assert!(lines[5].contains("in f? then say --column temperature=temperature:f"));
		assert!(note(6).contains("the clock ran backwards by 10800 s"));
		assert!(note(7).contains("too long"));
		assert_eq!(lines[8], "# over");
		assert!(judged(lines[9]).0.is_some());
	}

	#[test]
	fn a_stream_that_tells_nothing_is_refused() {
		let thunderstorm = model("thunderstorm");
		let score = ["score", "--model", &thunderstorm];
		assert!(bad(&score, "time,colour\n0,1\n", 2).contains("needs one of temperature"));
		assert!(bad(&score, "a,b\n0,1\n", 2).contains("--every"));
		assert!(bad(&score, "0,1\n", 2).contains("must name the columns"));
		assert!(bad(&["score", "--model", &day()], "", 2).contains("no model"));
		assert!(bad(&["score", "--model", "nowhere.json"], "", 1).contains("nowhere.json"));
	}
}

mod detect {
	use super::*;

	/// A stream without truth: a spike in the middle of what is usual stands out.
	#[test]
	fn what_is_rare_stands_out() {
		let mut input = String::from("time,a,b\n");
		for row in 0..400u32 {
			let a = if row == 350 { 40.0 } else { f64::from(row * 7919 % 101) / 100.0 };
			input.push_str(&format!("{row},{a},{}\n", f64::from(row * 104_729 % 97) / 50.0));
		}
		let scored = good(&["detect", "--fit", "200", "--budget", "0.01"], &input);
		let lines: Vec<&str> = scored.lines().collect();
		assert_eq!(lines.len(), 401);
		assert_eq!(lines[0], "time,a,b,anomaly_score,anomaly");
		assert!(lines[200].ends_with(",,"), "learning: {}", lines[200]);
		assert!(lines[351].ends_with(",1"), "{}", lines[351]);
		let called = lines[201..].iter().filter(|line| line.ends_with(",1")).count();
		assert!(called < 20, "{called}");
		assert!(bad(&["detect", "--truth", "c"], &input, 2).contains("there are time, a, b"));
	}
}

mod run {
	use super::*;

	/// A node that is not there: the agent says so, keeps what it has, and the next run begins with it.
	#[test]
	fn without_a_node_everything_waits_on_disk() {
		let folder = folder("absent");
		let (key, state) = (folder.join("key"), folder.join("state"));
		let made = good(&["key", "new", name(&key)], "");
		assert_eq!(made, good(&["key", "show", name(&key)], ""));
		bad(&["key", "new", name(&key)], "", 1);
		// Nobody listens where this socket was.
		let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
		let url = format!("ws://{}", free.local_addr().expect("bound"));
		drop(free);
		let thunderstorm = model("thunderstorm");
		let run = [
			"run",
			"--rpc",
			&url,
			"--key",
			name(&key),
			"--model",
			&thunderstorm,
			"--state",
			name(&state),
			"--drain",
			"0",
		];
		let said = bad(&run, "time,temperature,pressure\n0,20,1000\n", 1);
		assert!(said.contains("1 entries still wait"), "{said}");
		let again = bad(&run, "", 1);
		assert!(again.contains("1 entries still wait"), "{again}");
	}

	#[test]
	fn an_installer_gets_a_unit_or_a_reason() {
		let unit = good(
			&[
				"install",
				"--rpc",
				"ws://10.0.0.1:9944",
				"--key",
				"/etc/voltree/key",
				"--model",
				"/etc/voltree/model.json",
				"--source",
				"mqtt://hub/weather",
			],
			"",
		);
		assert!(unit.contains(" run --rpc ws://10.0.0.1:9944 --key /etc/voltree/key "), "{unit}");
		let wrong = ["install", "--rpc", "10.0.0.1", "--key", "/k", "--model", "/m"];
		assert!(bad(&wrong, "", 2).contains("write ws://HOST:PORT"));
	}
}
