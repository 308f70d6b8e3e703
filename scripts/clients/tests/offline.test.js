// A seller's device verifies a token offline: it is given the token, the signature, the genesis
// hash, the management centre's public key and the time, and has no connection.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { u8aToHex } from '@polkadot/util';
import { SERVICE } from '../lib/centre.js';
import { verifyToken } from './support.seller-device.js';
import {
	account,
	eventData,
	eventually,
	open,
	respond,
	slotIn,
	submit,
	unwrap,
} from './support.js';

/** What the device is given. */
let given, token;

before(async () => {
	const chain = await open();
	try {
		const { api } = chain;
		const buyer = account('//Household//13');
		const demand = {
			slot: await slotIn(chain, 60),
			volume: 150,
			lines: [3],
			maxPrice: 300_000,
			minCredit: 0,
			meter: null,
			unmetered: false,
		};
		const call = api.tx.market.request(demand, account('//Household//13//Key').address, 70_000);
		const { events } = await submit(chain, buyer, call);
		const request = eventData(events, 'market', 'Requested').request.toNumber();
		// Nobody offers, so the response comes when the offer window is over.
		const { offerWindow } = await chain.parameters();
		const { opened } = unwrap(await api.call.marketApi.request(request), 'the request');
		await eventually(chain, 'the end of the offer window', async () =>
			(await chain.now()) > opened.toNumber() + offerWindow,
		);
		await respond(chain, request);
		const stored = unwrap(await api.call.sharedWalletApi.token(request), 'the token');
		token = stored.token;
		given = {
			token: token.toHex(),
			signature: stored.signature.asSr25519.toHex(),
			genesis: api.genesisHash.toHex(),
			service: u8aToHex(account(SERVICE).publicKey),
			now: await chain.now(),
		};
	} finally {
		// From here on nobody has a connection.
		await chain.disconnect();
	}
});

const verify = (more = {}) => verifyToken({ ...given, ...more });

test('a token of the chain holds', async () => {
	const read = await verify();
	assert.equal(read.wallet, token.wallet.toBigInt());
	assert.equal(read.balance, 70_000n);
	assert.equal(read.volume, 150n);
	assert.equal(read.payBy, token.payBy.toBigInt());
	assert.equal(read.validUntil, token.validUntil.toBigInt());
	assert.equal(read.owner, u8aToHex(account('//Household//13').publicKey));
	assert.equal(read.record.trades, token.record.trades.toBigInt());
	assert.equal(read.timestamp, token.timestamp.toBigInt());
});

test('a changed byte anywhere makes it worthless', async () => {
	const bytes = Buffer.from(given.token.slice(2), 'hex');
	for (let at = 0; at < bytes.length; at++) {
		const changed = Buffer.from(bytes);
		changed[at] ^= 1;
		const token = u8aToHex(changed);
		await assert.rejects(verify({ token }), /not a token|not of this chain|forged/);
	}
	await assert.rejects(verify({ token: u8aToHex(bytes.subarray(1)) }), /not a token/);
	await assert.rejects(verify({ token: `${given.token}00` }), /not a token|forged/);
});

test('a token of another chain, another signer or another day does not hold', async () => {
	await assert.rejects(verify({ genesis: `0x${'00'.repeat(32)}` }), /not of this chain/);
	const eve = u8aToHex(account('//Eve').publicKey);
	await assert.rejects(verify({ service: eve }), /forged/);
	const signature = u8aToHex(account('//Eve').sign(given.token));
	await assert.rejects(verify({ signature }), /forged/);
	await assert.rejects(verify({ signature: '0x00' }), /forged/);
	const end = token.validUntil.toNumber();
	await verify({ now: end });
	await assert.rejects(verify({ now: end + 1 }), /expired/);
});

test('the device is a program of its own, without a connection', async () => {
	const program = fileURLToPath(new URL('support.seller-device.js', import.meta.url));
	// Whatever opens a socket ends the program.
	const unplugged =
		'data:text/javascript,import net from "node:net";' +
		'net.Socket.prototype.connect = () => { console.error("a connection"); process.exit(2); };';
	const device = (args) =>
		promisify(execFile)(
			process.execPath,
			['--import', unplugged, program, ...args.map(String)],
			{ env: { PATH: process.env.PATH }, timeout: 30_000 },
		);
	const { token: bytes, signature, genesis, service, now } = given;
	const { stdout } = await device([bytes, signature, genesis, service, now]);
	assert.match(stdout, /^holds: wallet \d+, 70000 units free, 150 Wh/);
	const forged = u8aToHex(account('//Eve').sign(bytes));
	const refusal = { code: 1, stderr: 'forged\n' };
	await assert.rejects(device([bytes, forged, genesis, service, now]), refusal);
});
