//! Where readings come from: a file, standard input, an MQTT broker, or whoever posts them.

use crate::{
	error::Error,
	reading::{Line, Lines},
};
use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use std::{
	fs::File,
	io::{self, BufReader, Read},
	path::Path,
	sync::mpsc::{sync_channel, Receiver, SyncSender},
	thread,
	time::Duration,
};

/// Lines that wait to be judged; a source that is faster waits, too.
const WAITING: usize = 256;

/// What a source gives.
pub enum Given {
	Line(String),
	/// Longer than lines may be.
	TooLong,
	/// Something that a person should know; more may come.
	Trouble(String),
	End,
}

/// Where lines are put in, by as many as there are.
pub type Inlet = SyncSender<Given>;

pub fn channel() -> (Inlet, Receiver<Given>) {
	sync_channel(WAITING)
}

/// Begins to read. `pace` is the time between two lines of a file that is played back.
pub fn open(source: &str, pace: Option<Duration>, inlet: Inlet) -> Result<(), Error> {
	if let Some(address) = source.strip_prefix("mqtt://") {
		let broker = Broker::parse(address).map_err(Error::Option)?;
		thread::spawn(move || broker.listen(&inlet));
		return Ok(());
	}
	let input: Box<dyn Read + Send> = match source {
		"-" => Box::new(io::stdin()),
		path => Box::new(File::open(path).map_err(Error::read(Path::new(path)))?),
	};
	thread::spawn(move || read(input, pace, &inlet));
	Ok(())
}

fn read(input: Box<dyn Read + Send>, pace: Option<Duration>, inlet: &Inlet) {
	let mut lines = Lines::new(BufReader::new(input));
	loop {
		let given = match lines.advance() {
			Ok(Line::Text) => Given::Line(lines.text().to_owned()),
			Ok(Line::TooLong) => Given::TooLong,
			Ok(Line::End) => Given::End,
			Err(error) => Given::Trouble(format!("cannot read on: {error}")),
		};
		let ended = matches!(given, Given::End | Given::Trouble(_));
		// Nobody listens any more once the agent ends.
		if inlet.send(given).is_err() {
			return;
		}
		if ended {
			let _ = inlet.send(Given::End);
			return;
		}
		if let Some(pace) = pace {
			thread::sleep(pace);
		}
	}
}

/// An MQTT broker and the topic to listen to.
#[derive(Clone, Debug, PartialEq)]
struct Broker {
	host: String,
	port: u16,
	user: Option<(String, String)>,
	topic: String,
}

impl Broker {
	/// From `[USER:PASSWORD@]HOST[:PORT]/TOPIC`.
	fn parse(address: &str) -> Result<Self, String> {
		let wrong = || {
			format!("mqtt://{address}: write mqtt://[USER:PASSWORD@]HOST[:PORT]/TOPIC, the topic may hold + and #")
		};
		let (place, topic) = address.split_once('/').ok_or_else(wrong)?;
		let (user, place) = match place.rsplit_once('@') {
			Some((user, place)) => {
				let (name, password) = user.split_once(':').ok_or_else(wrong)?;
				(Some((name.to_owned(), password.to_owned())), place)
			}
			None => (None, place),
		};
		let (host, port) = match place.rsplit_once(':') {
			Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
			None => (place, 1883),
		};
		if host.is_empty() || topic.is_empty() {
			return Err(wrong());
		}
		Ok(Self { host: host.to_owned(), port, user, topic: topic.to_owned() })
	}

	/// Listens for ever; a broker that is gone is looked for again.
	fn listen(&self, inlet: &Inlet) {
		let id = format!("voltree-sensor-{}", std::process::id());
		let mut options = MqttOptions::new(id, self.host.clone(), self.port);
		options.set_keep_alive(Duration::from_secs(30));
		if let Some((name, password)) = &self.user {
			options.set_credentials(name, password);
		}
		let (client, mut connection) = Client::new(options, 16);
		let mut troubled = false;
		for event in connection.iter() {
			match event {
				// Subscribed anew each time, since the broker forgets whom it lost.
				Ok(Event::Incoming(Packet::ConnAck(_))) => {
					troubled = false;
					if let Err(error) = client.subscribe(self.topic.clone(), QoS::AtLeastOnce) {
						let _ = inlet.send(Given::Trouble(format!("cannot subscribe: {error}")));
					}
				}
				Ok(Event::Incoming(Packet::Publish(message))) => {
					let text = String::from_utf8_lossy(&message.payload);
					for line in text.lines() {
						if inlet.send(Given::Line(line.to_owned())).is_err() {
							return;
						}
					}
				}
				Ok(_) => {}
				Err(error) => {
					let why = format!("the MQTT broker {}:{}: {error}", self.host, self.port);
					if !troubled && inlet.send(Given::Trouble(why)).is_err() {
						return;
					}
					troubled = true;
					thread::sleep(Duration::from_secs(1));
				}
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{io::Write, net::TcpListener};

	#[test]
	fn brokers_are_addressed() {
		let broker = Broker::parse("me:secret@hall:1884/site/+/weather").expect("good");
		assert_eq!((broker.host.as_str(), broker.port), ("hall", 1884));
		assert_eq!(broker.topic, "site/+/weather");
		assert_eq!(broker.user, Some(("me".into(), "secret".into())));
		assert_eq!(Broker::parse("hall/a").map(|broker| broker.port), Ok(1883));
		for bad in ["hall", "/a", "hall:x/a", "hall/", "me@hall/a"] {
			assert!(Broker::parse(bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn a_file_is_read_to_its_end() {
		let (inlet, outlet) = channel();
		read(Box::new(&b"one\ntwo"[..]), None, &inlet);
		let mut seen = Vec::new();
		while let Ok(Given::Line(line)) = outlet.recv() {
			seen.push(line);
		}
		assert_eq!(seen, ["one", "two"]);
	}

	/// A broker by hand (MQTT 3.1.1): it greets, takes the subscription, and sends one message.
	#[test]
	fn a_broker_is_listened_to() {
		let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
		let port = listener.local_addr().expect("bound").port();
		let (inlet, outlet) = channel();
		let broker = Broker::parse(&format!("127.0.0.1:{port}/site/weather")).expect("good");
		thread::spawn(move || broker.listen(&inlet));
		let (mut stream, _) = listener.accept().expect("it connects");
		let mut packet = [0; 512];
		let read = stream.read(&mut packet).expect("CONNECT");
		assert_eq!(packet[0] >> 4, 1, "{read} bytes");
		stream.write_all(&[0x20, 2, 0, 0]).expect("CONNACK");
		let read = stream.read(&mut packet).expect("SUBSCRIBE");
		assert_eq!(packet[0], 0x82);
		let asked = String::from_utf8_lossy(&packet[..read]).into_owned();
		assert!(asked.contains("site/weather"), "{asked}");
		stream.write_all(&[0x90, 3, packet[2], packet[3], 1]).expect("SUBACK");
		let payload = b"{\"time\": 1, \"temperature\": 20}";
		let mut message = vec![0x30, (2 + 12 + payload.len()) as u8, 0, 12];
		message.extend(b"site/weather");
		message.extend(payload);
		stream.write_all(&message).expect("PUBLISH");
		match outlet.recv_timeout(Duration::from_secs(30)) {
			Ok(Given::Line(line)) => assert_eq!(line.as_bytes(), payload),
			_ => panic!("no line came"),
		}
	}
}
