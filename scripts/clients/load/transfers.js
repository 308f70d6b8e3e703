// Senders of transfers, signed in advance. Their keys are ed25519, which Node.js signs natively; the
// chain takes them like any other.

import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { compactToU8a, hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a, encodeAddress } from '@polkadot/util-crypto';
import { Keyring } from '@polkadot/keyring';

/** A private key's DER encoding but for the 32 bytes of the seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_KEY = 32;

/** Somebody who sends transfers, one nonce after the other. */
export class Sender {
	/** How many of his transfers the node has taken into its pool: his next nonce. */
	accepted = 0;
	busy = false;

	constructor(name) {
		this.seed = blake2AsU8a(`voltree:load:${name}`);
		const der = Buffer.concat([PKCS8, this.seed]);
		this.key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
		const spki = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
		this.publicKey = new Uint8Array(spki.subarray(-RAW_KEY));
		this.address = encodeAddress(this.publicKey, 42);
	}
}

export const sendersOf = (name, count) =>
	Array.from({ length: count }, (_, number) => new Sender(`${name}:${number}`));

/** Writes signed transfers of one smallest unit: the bytes that @polkadot/api would make, quickly. */
export class Writer {
	#api;
	#to;
	#implied;

	constructor(api, to) {
		this.#api = api;
		this.#to = to;
		const { specVersion, transactionVersion } = api.runtimeVersion;
		const genesis = api.genesisHash.toU8a();
		const noMetadataHash = Uint8Array.of(0);
		this.#implied = u8aConcat(
			specVersion.toU8a(), transactionVersion.toU8a(), genesis, genesis, noMetadataHash,
		);
		this.call = this.transfer().method.toU8a();
	}

	transfer() {
		return this.#api.tx.balances.transferKeepAlive(this.#to, 1);
	}

	/** The extrinsic number `nonce` of `sender`, as bytes. */
	write(sender, nonce, tip = 0) {
		const immortal = Uint8Array.of(0);
		const noMetadataHash = Uint8Array.of(0);
		const extra = u8aConcat(immortal, compactToU8a(nonce), compactToU8a(tip), noMetadataHash);
		const signature = sign(null, u8aConcat(this.call, extra, this.#implied), sender.key);
		const [signed, id, ed25519] = [0x84, 0, 0].map((byte) => Uint8Array.of(byte));
		const body = u8aConcat(signed, id, sender.publicKey, ed25519, signature, extra, this.call);
		return u8aConcat(compactToU8a(body.length), body);
	}

	/** Throws unless the library makes the same bytes: ed25519 signatures leave no choice. */
	check(sender) {
		const { runtimeVersion, genesisHash, registry } = this.#api;
		const pair = new Keyring({ type: 'ed25519' }).addFromSeed(sender.seed);
		const signed = this.transfer().sign(pair, {
			nonce: 3, era: 0, blockHash: genesisHash, genesisHash, runtimeVersion,
			signedExtensions: registry.signedExtensions,
		});
		const ours = u8aToHex(this.write(sender, 3));
		if (ours !== signed.toHex()) throw new Error(`signed\n${ours}, not\n${signed.toHex()}`);
	}
}

/** How many extrinsics of a raw block are from senders like these. */
export function transfersIn(extrinsics) {
	const isOurs = (extrinsic) => {
		const bytes = hexToU8a(extrinsic.slice(0, 80));
		// Two bytes of length, a signed extrinsic, an account, its 32 bytes, ed25519.
		return bytes[2] === 0x84 && bytes[3] === 0 && bytes[36] === 0;
	};
	return extrinsics.filter(isOurs).length;
}
