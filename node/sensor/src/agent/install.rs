//! A systemd unit for the agent.

use super::Options;
use crate::{error::Error, output};

/// Print a systemd unit that runs the agent with these options
#[derive(clap::Args, Debug)]
pub struct Install {
	/// The system user that runs it
	#[arg(long, default_value = "voltree-sensor")]
	pub user: String,
	#[command(flatten)]
	pub options: Options,
}

/// Everything after `install` but its own options, for the unit's command line.
fn command_line(arguments: impl Iterator<Item = String>) -> Vec<String> {
	let mut kept = Vec::new();
	let mut arguments = arguments.skip_while(|argument| argument != "install").skip(1);
	while let Some(argument) = arguments.next() {
		if argument == "--user" {
			arguments.next();
		} else if !argument.starts_with("--user=") {
			kept.push(argument);
		}
	}
	kept
}

/// As systemd reads it: quoted, and without its own meaning of % and $.
fn quote(argument: &str) -> String {
	let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@#".contains(c);
	let doubled = argument.replace('\\', "\\\\").replace('"', "\\\"");
	let doubled = doubled.replace('%', "%%").replace('$', "$$");
	match argument.chars().all(plain) && !argument.is_empty() {
		true => argument.to_owned(),
		false => format!("\"{doubled}\""),
	}
}

pub fn run(install: &Install) -> Result<(), Error> {
	install.options.check()?;
	let program = std::env::current_exe()
		.map_err(|cause| Error::Read { what: "the program's own path".into(), cause })?;
	let words: Vec<String> =
		command_line(std::env::args()).iter().map(|word| quote(word)).collect();
	for word in &words {
		let is_path = word.contains('/') && !word.contains("://") && !word.starts_with('/');
		if is_path && !word.contains('=') {
			return Err(Error::Option(format!("{word}: a service needs paths that begin with /")));
		}
	}
	output::print(&unit(&install.user, &quote(&program.display().to_string()), &words.join(" ")))
}

fn unit(user: &str, program: &str, words: &str) -> String {
	format!(
		"# Save as /etc/systemd/system/voltree-sensor.service, then:\n\
		 #   useradd --system {user}; systemctl daemon-reload; systemctl enable --now voltree-sensor\n\
		 [Unit]\n\
		 Description=Voltree AI sensor\n\
		 Wants=network-online.target\n\
		 After=network-online.target time-sync.target\n\n\
		 [Service]\n\
		 User={user}\n\
		 ExecStart={program} run {words}\n\
		 StateDirectory=voltree-sensor\n\
		 Restart=always\n\
		 RestartSec=5\n\
		 MemoryMax=128M\n\
		 NoNewPrivileges=yes\n\
		 ProtectSystem=strict\n\
		 ProtectHome=read-only\n\
		 PrivateTmp=yes\n\n\
		 [Install]\n\
		 WantedBy=multi-user.target\n"
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_units_command_is_what_was_said() {
		let said = ["x", "install", "--user", "me", "--rpc", "ws://a", "--column", "t=a b%:C"];
		let words = command_line(said.iter().map(|word| word.to_string()));
		assert_eq!(words, ["--rpc", "ws://a", "--column", "t=a b%:C"]);
		assert_eq!(quote("t=a b%:C"), "\"t=a b%%:C\"");
		assert!(
			unit("me", "/bin/x", "--rpc ws://a").contains("\nExecStart=/bin/x run --rpc ws://a\n")
		);
	}
}
