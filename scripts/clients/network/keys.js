// Fresh keys: each network has its own, and nobody else's.

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { base58Encode, cryptoWaitReady } from '@polkadot/util-crypto';

const FORMAT = 42;
/** How an Ed25519 key becomes a PeerId: an identity multihash of it in libp2p's protobuf. */
const PEER_HEAD = hexToU8a('0x002408011220');

await cryptoWaitReady();
const keyrings = {
	sr25519: new Keyring({ type: 'sr25519', ss58Format: FORMAT }),
	ed25519: new Keyring({ type: 'ed25519', ss58Format: FORMAT }),
};

const seed = () => u8aToHex(randomBytes(32));

/** The key pair of a seed of ours. */
export const pairOf = (type, seed) => keyrings[type].addFromSeed(hexToU8a(seed));

/** The sr25519 key pair of a phrase, a seed, or either with a derivation. */
export const fromUri = (uri) => keyrings.sr25519.addFromUri(uri);

export const sr25519 = (seed) => pairOf('sr25519', seed);

/** The secrets of a data aggregator: its account, its session keys, its node. */
export const aggregatorSecrets = () => ({
	account: seed(),
	aura: seed(),
	grandpa: seed(),
	node: seed(),
});

/** The secrets of the management centre: three of its authority, and its service. */
export const centreSecrets = () => ({ authority: [seed(), seed(), seed()], service: seed() });

export const nodeSecret = seed;

/** The PeerId of a node key. */
export const peerId = (seed) =>
	base58Encode(u8aConcat(PEER_HEAD, pairOf('ed25519', seed).publicKey));

/** Put a key where a node finds it. `kind` is the type of the key in four letters. */
export function intoKeystore(folder, kind, type, seed) {
	mkdirSync(folder, { recursive: true });
	const name = Buffer.from(kind).toString('hex') + u8aToHex(pairOf(type, seed).publicKey).slice(2);
	writeFileSync(join(folder, name), JSON.stringify(seed), { mode: 0o600 });
}
