//! What an auditor asks of a node.

use super::{
	chain, key,
	rpc::{Failure, Node},
	sender::HOURS_BACK,
	tls::Authorities,
};
use crate::{error::Error, model::hex};
use serde_json::json;

/// The root that a node has of an hour of a device, as of a block or its newest one.
pub fn series_root(
	rpc: &str,
	authorities: &Authorities,
	device: &str,
	hour: u32,
	at: Option<&str>,
) -> Result<String, Error> {
	let node = Node::new(rpc, authorities).map_err(Error::Option)?;
	let account = key::account_of(device)
		.ok_or_else(|| Error::Option(format!("--device {device}: no address, nor 64 digits")))?;
	let outside = |failure: Failure| Error::Outside(failure.to_string());
	let at = match at {
		None => node.hash("chain_getFinalizedHead", json!([])).map_err(outside)?,
		Some(text) => key::unhex(text)
			.and_then(|bytes| bytes.try_into().ok())
			.ok_or_else(|| Error::Option(format!("--at {text}: no hash of a block")))?,
	};
	let known = chain::series(&node, account, at).map_err(outside)?;
	let found = known.iter().find(|series| series.hour == hour);
	found.map(|series| hex(&series.root)).ok_or_else(|| {
		Error::Outside(format!(
			"the chain has no root of hour {hour} of {device}: it keeps the newest {HOURS_BACK}; for \
			 an older one ask an archive node with --at"
		))
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::agent::fake_node::FakeNode;

	#[test]
	fn the_chain_is_asked_for_a_root() {
		let node = FakeNode::start();
		node.state().series = vec![(7, [1; 32]), (9, [2; 32])];
		let device = key::Key::parse("//Meter//1").expect("a path").address();
		let ask = |device: &str, hour, at: Option<&str>| {
			series_root(&node.url, &Authorities::default(), device, hour, at)
		};
		assert_eq!(ask(&device, 9, None).ok(), Some(hex(&[2; 32])));
		assert_eq!(ask(&device, 7, Some(&hex(&[3; 32]))).ok(), Some(hex(&[1; 32])));
		assert!(ask(&device, 8, None).expect_err("unknown").to_string().contains("archive"));
		assert!(ask("nobody", 9, None).is_err());
		assert!(ask(&device, 9, Some("0x12")).is_err());
	}
}
