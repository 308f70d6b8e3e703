//! How the chain wants its extrinsics: read from the node, so that this program outlives upgrades that
//! move numbers about.

use codec::{Compact, Decode, Encode};
use frame_metadata::{
	v14::{RuntimeMetadataV14, SignedExtensionMetadata},
	RuntimeMetadata, RuntimeMetadataPrefixed,
};
use scale_info::{form::PortableForm, PortableRegistry, TypeDef};

/// What the agent has to know of a runtime.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
	pub report: [u8; 2],
	pub report_register: [u8; 2],
	/// Numbers of the classes by their names.
	classes: Vec<(String, u8)>,
	/// What each extension adds, in their order.
	extensions: Vec<Extension>,
	/// Whether an address says first that it is an account.
	tagged_address: bool,
}

/// An extension that is known by its name, or has neither bytes nor anything implicit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Extension {
	Nothing,
	SpecVersion,
	TxVersion,
	Genesis,
	Mortality,
	Nonce,
	Payment,
	MetadataHash,
}

/// What changes from extrinsic to extrinsic and from upgrade to upgrade.
#[derive(Clone, Debug)]
pub struct Terms {
	pub spec_version: u32,
	pub tx_version: u32,
	pub genesis: [u8; 32],
	pub nonce: u32,
	/// Number and hash of the block from which the extrinsic is valid.
	pub birth: (u32, [u8; 32]),
}

/// Blocks for which an extrinsic is valid: a power of two.
pub const LIFETIME: u32 = 16;

/// The pallet that takes reports.
const PALLET: &str = "SensorOracle";

impl Layout {
	/// From the metadata as a node gives them.
	pub fn read(bytes: &[u8]) -> Result<Self, String> {
		let metadata = RuntimeMetadataPrefixed::decode(&mut &bytes[..])
			.map_err(|error| format!("the node's metadata cannot be read: {error}"))?;
		match metadata.1 {
			RuntimeMetadata::V14(metadata) => Self::of(&metadata),
			other => Err(format!("the node's metadata are of version {}, not 14", other.version())),
		}
	}

	fn of(metadata: &RuntimeMetadataV14) -> Result<Self, String> {
		let types = &metadata.types;
		let pallet = metadata.pallets.iter().find(|pallet| pallet.name == PALLET);
		let pallet = pallet.ok_or_else(|| format!("the chain has no pallet {PALLET}"))?;
		let calls = pallet.calls.as_ref().and_then(|calls| types.resolve(calls.ty.id));
		let Some(TypeDef::Variant(calls)) = calls.map(|calls| &calls.type_def) else {
			return Err(format!("{PALLET} has no calls"));
		};
		let call = |name: &str| {
			let found = calls.variants.iter().find(|variant| variant.name == name);
			found.ok_or_else(|| format!("{PALLET} has no call {name}"))
		};
		let report = call("report")?;
		let class = report.fields.first().and_then(|field| classes(types, field.ty.id));
		let class = class.ok_or("a report's fields are not those that this program knows")?;
		let extension = |known: &SignedExtensionMetadata<PortableForm>| {
			Ok(match known.identifier.as_str() {
				"CheckSpecVersion" => Extension::SpecVersion,
				"CheckTxVersion" => Extension::TxVersion,
				"CheckGenesis" => Extension::Genesis,
				"CheckMortality" | "CheckEra" => Extension::Mortality,
				"CheckNonce" => Extension::Nonce,
				"ChargeTransactionPayment" => Extension::Payment,
				"CheckMetadataHash" => Extension::MetadataHash,
				other => {
					let parts = [known.ty.id, known.additional_signed.id];
					if !parts.iter().all(|part| is_empty(types, *part, 8)) {
						return Err(format!("the chain's extension {other} is not known here"));
					}
					Extension::Nothing
				}
			})
		};
		let extensions: Result<Vec<_>, String> =
			metadata.extrinsic.signed_extensions.iter().map(extension).collect();
		let address = types.resolve(metadata.extrinsic.ty.id).and_then(|extrinsic| {
			let parameter = extrinsic.type_params.iter().find(|known| known.name == "Address")?;
			types.resolve(parameter.ty?.id)
		});
		let tagged = address.is_some_and(|address| {
			address.path.segments.last().is_some_and(|name| name == "MultiAddress")
		});
		Ok(Self {
			report: [pallet.index, report.index],
			report_register: [pallet.index, call("report_register")?.index],
			classes: class,
			extensions: extensions?,
			tagged_address: tagged,
		})
	}

	/// The number of a class.
	pub fn class(&self, name: &str) -> Option<u8> {
		self.classes.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
	}

	/// A signed extrinsic, ready to be submitted.
	pub fn extrinsic(
		&self,
		call: &[u8],
		account: [u8; 32],
		terms: &Terms,
		sign: impl Fn(&[u8]) -> [u8; 64],
	) -> Vec<u8> {
		let (mut extra, mut implicit) = (Vec::new(), Vec::new());
		for extension in &self.extensions {
			match extension {
				Extension::Nothing => {}
				Extension::SpecVersion => terms.spec_version.encode_to(&mut implicit),
				Extension::TxVersion => terms.tx_version.encode_to(&mut implicit),
				Extension::Genesis => terms.genesis.encode_to(&mut implicit),
				Extension::Mortality => {
					extra.extend(era(terms.birth.0));
					terms.birth.1.encode_to(&mut implicit);
				}
				Extension::Nonce => Compact(terms.nonce).encode_to(&mut extra),
				Extension::Payment => Compact(0u128).encode_to(&mut extra),
				// Not used: no hash of the metadata is signed.
				Extension::MetadataHash => {
					extra.push(0);
					implicit.push(0);
				}
			}
		}
		let payload = [call, &extra, &implicit].concat();
		let signature = match payload.len() {
			0..=256 => sign(&payload),
			_ => sign(&crate::model::digest(&payload)),
		};
		// Version 4, signed.
		let mut body = vec![0x84];
		if self.tagged_address {
			body.push(0);
		}
		body.extend(account);
		body.push(1);
		body.extend(signature);
		body.extend(extra);
		body.extend(call);
		let mut extrinsic = Compact(body.len() as u32).encode();
		extrinsic.extend(body);
		extrinsic
	}
}

/// A mortal era of [`LIFETIME`] blocks.
fn era(birth: u32) -> [u8; 2] {
	let period = LIFETIME.trailing_zeros() as u16 - 1;
	let phase = (birth % LIFETIME) as u16;
	(period | (phase << 4)).to_le_bytes()
}

/// The classes, if the report is the one that this program writes.
fn classes(types: &PortableRegistry, report: u32) -> Option<Vec<(String, u8)>> {
	let TypeDef::Composite(report) = &types.resolve(report)?.type_def else { return None };
	let names: Vec<&str> = report.fields.iter().filter_map(|field| field.name.as_deref()).collect();
	if names != ["sensor", "class", "confidence", "model", "observed", "digest"] {
		return None;
	}
	let TypeDef::Variant(class) = &types.resolve(report.fields.get(1)?.ty.id)?.type_def else {
		return None;
	};
	Some(class.variants.iter().map(|known| (known.name.clone(), known.index)).collect())
}

/// Whether a type has no bytes. `depth` bounds the walk.
fn is_empty(types: &PortableRegistry, id: u32, depth: u32) -> bool {
	let Some(found) = types.resolve(id).filter(|_| depth > 0) else { return false };
	match &found.type_def {
		TypeDef::Tuple(tuple) => tuple.fields.iter().all(|id| is_empty(types, id.id, depth - 1)),
		TypeDef::Composite(composite) => {
			composite.fields.iter().all(|field| is_empty(types, field.ty.id, depth - 1))
		}
		TypeDef::Array(array) => array.len == 0,
		_ => false,
	}
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use frame_metadata::v14::{ExtrinsicMetadata, PalletCallMetadata, PalletMetadata};
	use scale_info::{meta_type, IntoPortable, MetaType, Registry, TypeInfo};

	// Types as the runtime has them, for metadata made by hand.
	#[allow(dead_code)]
	#[derive(TypeInfo)]
	enum Class {
		Clear,
		Thunderstorm,
		Wind,
		LineFault,
		Overload,
	}
	#[allow(dead_code)]
	#[derive(TypeInfo)]
	struct Report {
		sensor: [u8; 32],
		class: Class,
		confidence: u32,
		model: [u8; 32],
		observed: u64,
		digest: [u8; 32],
	}
	#[allow(dead_code, non_camel_case_types)]
	#[derive(TypeInfo)]
	enum Call {
		#[codec(index = 3)]
		report(Report),
		#[codec(index = 5)]
		report_register(u64),
	}
	#[derive(TypeInfo)]
	struct MultiAddress;
	#[allow(dead_code)]
	#[derive(TypeInfo)]
	struct Extrinsic<Address>(Address);

	/// Metadata of a chain whose oracle stands at 9, with these extensions.
	pub fn metadata(extensions: &[(&'static str, MetaType, MetaType)]) -> Vec<u8> {
		let mut registry = Registry::new();
		let pallet = PalletMetadata {
			name: PALLET,
			storage: None,
			calls: Some(PalletCallMetadata { ty: meta_type::<Call>() }),
			event: None,
			constants: vec![],
			error: None,
			index: 9,
		};
		let extension = |known: &(&'static str, MetaType, MetaType)| SignedExtensionMetadata {
			identifier: known.0,
			ty: known.1,
			additional_signed: known.2,
		};
		let extrinsic = ExtrinsicMetadata {
			ty: meta_type::<Extrinsic<MultiAddress>>(),
			version: 4,
			signed_extensions: extensions.iter().map(extension).collect(),
		};
		let pallets = vec![pallet.into_portable(&mut registry)];
		let extrinsic = extrinsic.into_portable(&mut registry);
		let ty = registry.register_type(&meta_type::<()>());
		let metadata = RuntimeMetadataV14 { types: registry.into(), pallets, extrinsic, ty };
		RuntimeMetadataPrefixed(frame_metadata::META_RESERVED, RuntimeMetadata::V14(metadata))
			.encode()
	}

	/// The extensions of the chain.
	pub fn usual() -> Vec<(&'static str, MetaType, MetaType)> {
		let nothing = meta_type::<()>;
		vec![
			("CheckNonZeroSender", nothing(), nothing()),
			("CheckSpecVersion", nothing(), meta_type::<u32>()),
			("CheckTxVersion", nothing(), meta_type::<u32>()),
			("CheckGenesis", nothing(), meta_type::<[u8; 32]>()),
			("CheckMortality", meta_type::<u16>(), meta_type::<[u8; 32]>()),
			("CheckNonce", meta_type::<u32>(), nothing()),
			("CheckWeight", nothing(), nothing()),
			("CheckStanding", nothing(), nothing()),
			("ChargeTransactionPayment", meta_type::<u128>(), nothing()),
			("CheckMetadataHash", meta_type::<u8>(), meta_type::<Option<[u8; 32]>>()),
		]
	}

	#[test]
	fn numbers_come_from_the_metadata() {
		let layout = Layout::read(&metadata(&usual())).expect("good");
		assert_eq!((layout.report, layout.report_register), ([9, 3], [9, 5]));
		assert_eq!((layout.class("Clear"), layout.class("Overload")), (Some(0), Some(4)));
		assert!(layout.tagged_address && layout.class("Snow").is_none());
	}

	/// Byte by byte, as the SDK's documentation has it.
	#[test]
	fn an_extrinsic_by_hand() {
		let layout = Layout::read(&metadata(&usual())).expect("good");
		let terms = Terms {
			spec_version: 7,
			tx_version: 1,
			genesis: [1; 32],
			nonce: 5,
			birth: (35, [2; 32]),
		};
		let signed = std::cell::RefCell::new(Vec::new());
		let sign = |payload: &[u8]| {
			signed.borrow_mut().extend_from_slice(payload);
			[4; 64]
		};
		let extrinsic = layout.extrinsic(&[9, 3, 77], [3; 32], &terms, sign);
		// Era: period 16 is 3, phase 35 % 16 = 3; nonce 5 is 20, tip 0 is 0, mode 0.
		let extra = [0x33, 0, 20, 0, 0];
		let mut implicit = vec![7, 0, 0, 0, 1, 0, 0, 0];
		implicit.extend([1; 32]);
		implicit.extend([2; 32]);
		implicit.push(0);
		assert_eq!(*signed.borrow(), [&[9, 3, 77], &extra[..], &implicit].concat());
		let mut body = vec![0x84, 0];
		body.extend([3; 32]);
		body.push(1);
		body.extend([4; 64]);
		body.extend(extra);
		body.extend([9, 3, 77]);
		assert_eq!(extrinsic, [Compact(body.len() as u32).encode(), body].concat());
	}

	#[test]
	fn a_chain_that_is_not_understood_is_refused_in_words() {
		let mut strange = usual();
		strange.push(("Toll", meta_type::<u64>(), meta_type::<()>()));
		assert!(Layout::read(&metadata(&strange)).expect_err("unknown").contains("Toll"));
		assert!(Layout::read(b"meta").is_err());
	}
}
