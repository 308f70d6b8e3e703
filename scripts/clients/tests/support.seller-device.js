// A seller's device that checks a buyer's token. It knows the chain's genesis hash and the
// management centre's public key. It has no connection: all it imports is a signature check.
//
//     node support.seller-device.js TOKEN SIGNATURE GENESIS SERVICE-KEY NOW
//
// Bytes in hex, NOW in milliseconds. The layout is that of `Token` in pallets/primitives, in SCALE.

import { pathToFileURL } from 'node:url';
import { cryptoWaitReady, sr25519Verify } from '@polkadot/util-crypto';

const DOMAIN = Buffer.from('voltree:token:\0\0');

const bytesOf = (hex) => Buffer.from(hex.replace(/^0x/, ''), 'hex');
const hexOf = (bytes) => `0x${bytes.toString('hex')}`;

/** Reads one field after the other. */
class Reader {
	#at = 0;

	constructor(bytes) {
		this.bytes = bytes;
	}

	take(length) {
		const end = this.#at + length;
		if (end > this.bytes.length) throw new Error('not a token: too short');
		const field = this.bytes.subarray(this.#at, end);
		this.#at = end;
		return field;
	}

	hex(length = 32) {
		return hexOf(this.take(length));
	}

	/** A little-endian number of so many bytes. */
	number(length) {
		return this.take(length).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
	}

	/** A list of hashes; fewer than 64 have a length of one byte, four times what it says. */
	hashes() {
		const length = Number(this.number(1));
		if (length % 4 !== 0) throw new Error('not a token: no such list');
		return Array.from({ length: length / 4 }, () => this.hex());
	}

	end() {
		if (this.#at !== this.bytes.length) throw new Error('not a token: too long');
	}
}

function decode(bytes) {
	const reader = new Reader(bytes);
	const token = {
		domain: reader.take(16),
		genesis: reader.hex(),
		wallet: reader.number(8),
		nonce: reader.number(4),
		key: reader.hex(),
		owner: reader.hex(),
		tag: reader.hex(),
		balance: reader.number(16),
		volume: reader.number(8),
		payBy: reader.number(8),
		validUntil: reader.number(8),
		record: {
			timely: reader.number(4),
			untimely: reader.number(4),
			trades: reader.number(8),
			rolling: reader.hex(),
			recent: reader.hashes(),
		},
		timestamp: reader.number(8),
	};
	reader.end();
	return token;
}

/** No signature at all is reported by an exception of the library: it is none of the centre's. */
function isSignedBy(service, bytes, signature) {
	try {
		return sr25519Verify(bytes, signature, service);
	} catch {
		return false;
	}
}

/** What the token says, if it holds; otherwise an error that says why not. */
export async function verifyToken({ token, signature, genesis, service, now }) {
	await cryptoWaitReady();
	const bytes = bytesOf(token);
	const read = decode(bytes);
	if (!read.domain.equals(DOMAIN)) throw new Error('not a token: signed for something else');
	if (read.genesis !== genesis) throw new Error('not of this chain');
	if (!isSignedBy(bytesOf(service), bytes, bytesOf(signature))) throw new Error('forged');
	if (BigInt(now) > read.validUntil) throw new Error('expired');
	return read;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const [token, signature, genesis, service, now] = process.argv.slice(2);
	try {
		const read = await verifyToken({ token, signature, genesis, service, now });
		console.log(
			`holds: wallet ${read.wallet}, ${read.balance} units free, ${read.volume} Wh, ` +
				`${read.record.timely} times timely, ${read.record.untimely} times not`,
		);
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
