//! Who misbehaves, and how.

/// A fault of some nodes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
	pub kind: Kind,
	pub nodes: Vec<usize>,
}

/// What they do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
	/// Are killed.
	Crash,
	/// Are cut off, and come back.
	Cut,
	/// Are stock nodes.
	Off,
	/// Speak ill of everybody but each other.
	Collude,
	/// What the node itself is told to do.
	Told(String),
}

impl Fault {
	/// From text such as `late=2000@1,4`.
	pub fn parse(text: &str) -> Result<Self, String> {
		let wrong = || "give a fault and nodes, such as silent@3,7".to_owned();
		let (kind, nodes) = text.split_once('@').ok_or_else(wrong)?;
		let nodes: Result<Vec<usize>, _> = nodes.split(',').map(str::parse).collect();
		let nodes = nodes.map_err(|_| wrong())?;
		let number = |value: &str| value.parse::<u32>().is_ok();
		let kind = match kind.split_once('=') {
			None => match kind {
				"crash" => Kind::Crash,
				"cut" => Kind::Cut,
				"off" => Kind::Off,
				"collude" => Kind::Collude,
				"silent" | "sparing" | "false" | "slander" => Kind::Told(kind.into()),
				_ => return Err(format!("there is no fault {kind}: see --help")),
			},
			Some(("late" | "overheads", value)) if number(value) => Kind::Told(kind.into()),
			_ => return Err(format!("there is no fault {kind}: see --help")),
		};
		Ok(Self { kind, nodes })
	}

	/// What `node` is started with because of this; `peers` are the names of all nodes.
	pub fn arguments(&self, node: usize, peers: &[String]) -> Vec<String> {
		if !self.nodes.contains(&node) {
			return Vec::new();
		}
		let told = |fault: String| ["--fan-out-fault".to_owned(), fault];
		match &self.kind {
			Kind::Crash | Kind::Cut => Vec::new(),
			Kind::Off => ["--fan-out", "off"].map(String::from).to_vec(),
			Kind::Told(fault) => told(fault.clone()).to_vec(),
			Kind::Collude => {
				let friends = self.nodes.iter().filter(|other| **other != node);
				let names = friends.filter_map(|friend| peers.get(*friend));
				let praise = names.flat_map(|peer| told(format!("praise={peer}")));
				told("slander".into()).into_iter().chain(praise).collect()
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn faults_are_read() {
		let fault = Fault::parse("late=2000@1,4").unwrap();
		assert_eq!(fault, Fault { kind: Kind::Told("late=2000".into()), nodes: vec![1, 4] });
		assert_eq!(Fault::parse("crash@0").unwrap().kind, Kind::Crash);
		for bad in
			["", "silent", "silent@", "silent@x", "late@1", "late=x@1", "silent=1@1", "loud@1"]
		{
			assert!(Fault::parse(bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn those_who_collude_praise_each_other() {
		let peers = ["a", "b", "c"].map(String::from);
		let fault = Fault::parse("collude@0,2").unwrap();
		let words = ["--fan-out-fault", "slander", "--fan-out-fault", "praise=c"];
		assert_eq!(fault.arguments(0, &peers), words);
		assert!(fault.arguments(1, &peers).is_empty());
		assert_eq!(Fault::parse("off@1").unwrap().arguments(1, &peers), ["--fan-out", "off"]);
	}
}
