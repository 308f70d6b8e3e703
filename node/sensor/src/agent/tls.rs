//! Whom the agent believes behind `wss://`, `https://` and `mqtts://`: the authorities that this machine
//! believes, or those in a file.

use crate::error::Error;
use rustls::{
	crypto::ring,
	pki_types::{pem::PemObject, CertificateDer},
	ClientConfig, RootCertStore,
};
use std::{path::Path, sync::Arc};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The certificates of authorities.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<CertificateDer<'static>>);

impl Authorities {
	/// Those in a PEM file and no others; without a file, those of this machine.
	pub fn read(file: Option<&Path>) -> Result<Self, Error> {
		let Some(path) = file else {
			// A machine may have a damaged one among many good ones.
			return Ok(Self(rustls_native_certs::load_native_certs().certs));
		};
		let wrong = |why: String| Error::Input(format!("{}: {why}", path.display()));
		let bytes = std::fs::read(path).map_err(Error::read(path))?;
		let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
		let found = found.map_err(|error| wrong(format!("no certificates in PEM: {error}")))?;
		if found.is_empty() {
			return Err(wrong("holds no certificate; give a PEM file of authorities".into()));
		}
		Ok(Self(found))
	}

	/// Whether there is anybody to be believed.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// For the node.
	pub fn of_http(&self) -> TlsConfig {
		let roots: Vec<_> =
			self.0.iter().map(|one| Certificate::from_der(one.as_ref()).to_owned()).collect();
		TlsConfig::builder()
			.root_certs(RootCerts::new_with_certs(&roots))
			.unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
			.build()
	}

	/// For a broker.
	pub fn of_broker(&self) -> Result<ClientConfig, Error> {
		let mut roots = RootCertStore::empty();
		roots.add_parsable_certificates(self.0.iter().cloned());
		let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
			.with_safe_default_protocol_versions()
			.map_err(|error| Error::Outside(format!("TLS cannot be used: {error}")))?;
		Ok(config.with_root_certificates(roots).with_no_client_auth())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::agent::{
		rpc::{Failure, Node},
		source::{channel, Broker, Given},
	};
	use rustls::{pki_types::PrivateKeyDer, ServerConfig, ServerConnection, StreamOwned};
	use serde_json::json;
	use std::{
		io::{self, Read, Write},
		net::{TcpListener, TcpStream},
		path::PathBuf,
		thread,
		time::Duration,
	};

	fn file(name: &str) -> PathBuf {
		// Asked when it runs: checkouts that share a target folder share the program, too.
		let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("Cargo runs the tests");
		Path::new(&here).join("tests/tls").join(name)
	}

	fn authorities(name: &str) -> Authorities {
		Authorities::read(Some(&file(name))).expect("a file of authorities")
	}

	type Stream = StreamOwned<ServerConnection, TcpStream>;

	/// Serves one connection of a machine that proves to be 127.0.0.1. Returns its port.
	fn serve(answer: impl FnOnce(Stream) + Send + 'static) -> u16 {
		let certificate = CertificateDer::from_pem_file(file("server.pem")).expect("PEM");
		let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("PEM");
		let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
			.with_safe_default_protocol_versions()
			.expect("versions")
			.with_no_client_auth()
			.with_single_cert(vec![certificate], key)
			.expect("a key that fits");
		let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
		let port = listener.local_addr().expect("bound").port();
		thread::spawn(move || {
			let (stream, _) = listener.accept().expect("it connects");
			let connection = ServerConnection::new(Arc::new(config)).expect("a connection");
			answer(StreamOwned::new(connection, stream));
		});
		port
	}

	/// Answers as a node does. A client that does not believe it hangs up before.
	fn node(mut stream: Stream) {
		let mut request = [0; 4096];
		let Ok(_) = stream.read(&mut request) else { return };
		let body = r#"{"jsonrpc":"2.0","id":1,"result":"0x01"}"#;
		let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
		stream.write_all(head.as_bytes()).expect("sent");
		stream.write_all(body.as_bytes()).expect("sent");
		stream.flush().expect("sent");
		// A request comes in several pieces. To close with some of them unread resets the connection, and
		// the answer may be lost with it: so until the client has hung up.
		let _ = io::copy(&mut stream, &mut io::sink());
	}

	#[test]
	fn a_node_proves_who_it_is() {
		let ask = |believed: &str| {
			let url = format!("wss://127.0.0.1:{}", serve(node));
			let node = Node::new(&url, &authorities(believed)).expect("a URL");
			node.bytes("state_getMetadata", json!([]))
		};
		assert_eq!(ask("authority.pem"), Ok(vec![1]));
		assert!(matches!(ask("stranger.pem"), Err(Failure::Absent(_))));
	}

	#[test]
	fn nobody_is_believed_without_a_certificate() {
		let unknown = Node::new("wss://hall", &Authorities::default());
		assert!(unknown.expect_err("nobody is believed").contains("--ca"));
		assert!(Authorities::read(Some(&file("server.key"))).is_err());
		assert!(Authorities::read(Some(&file("nothing.pem"))).is_err());
	}

	#[test]
	fn a_broker_proves_who_it_is() {
		let port = serve(|mut stream| {
			let mut packet = [0; 512];
			assert!(stream.read(&mut packet).expect("CONNECT") > 0);
			assert_eq!(packet[0] >> 4, 1);
			stream.write_all(&[0x20, 2, 0, 0]).expect("CONNACK");
			assert!(stream.read(&mut packet).expect("SUBSCRIBE") > 0);
			stream.write_all(&[0x90, 3, packet[2], packet[3], 1]).expect("SUBACK");
			stream.write_all(b"\x30\x07\x00\x01aread").expect("PUBLISH");
			stream.flush().expect("sent");
			// Until the listener is gone.
			let _ = stream.read(&mut packet);
		});
		let source = format!("mqtts://127.0.0.1:{port}/a");
		let broker = Broker::of(&source, &authorities("authority.pem")).expect("good");
		let (inlet, outlet) = channel();
		broker.expect("a broker").open(inlet);
		match outlet.recv_timeout(Duration::from_secs(30)) {
			Ok(Given::Line(line)) => assert_eq!(line, "read"),
			Ok(Given::Trouble(why)) => panic!("{why}"),
			_ => panic!("no line came"),
		}
	}
}
