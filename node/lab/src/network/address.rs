//! Addresses of the nodes: 10.77.x.y, counted.

/// Nodes on a line of the address's third number.
const LINE: usize = 250;

/// The address of a node.
pub fn of(node: usize) -> String {
	format!("10.77.{}.{}", node / LINE, node % LINE + 1)
}

/// Everybody's network.
pub const ALL: &str = "10.77.0.0/16";

/// To which node an IPv4 packet goes; `None` if to none.
pub fn receiver(packet: &[u8]) -> Option<usize> {
	if packet.len() < 20 || packet[0] >> 4 != 4 || packet[16..18] != [10, 77] {
		return None;
	}
	let (line, place) = (usize::from(packet[18]), usize::from(packet[19]));
	(1..=LINE).contains(&place).then(|| line * LINE + place - 1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_node_has_its_address() {
		for node in [0, 1, 249, 250, 499, 500] {
			let numbers: Vec<u8> = of(node).split('.').map(|part| part.parse().unwrap()).collect();
			let mut packet = [0; 20];
			packet[0] = 0x45;
			packet[16..].copy_from_slice(&numbers);
			assert_eq!(receiver(&packet), Some(node));
		}
	}

	#[test]
	fn other_packets_go_nowhere() {
		let mut packet = [0; 40];
		assert_eq!(receiver(&packet), None);
		packet[0] = 0x60;
		packet[16..20].copy_from_slice(&[10, 77, 0, 1]);
		assert_eq!(receiver(&packet), None);
		packet[0] = 0x45;
		assert_eq!(receiver(&packet), Some(0));
		packet[19] = 0;
		assert_eq!(receiver(&packet), None);
		assert_eq!(receiver(&packet[..19]), None);
	}
}
