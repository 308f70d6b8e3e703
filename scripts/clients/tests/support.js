// What the client tests share: waiting with bounds, keys that several test files use, newcomers,
// the steps of a trade, the money of all accounts. Connection and reports come from ../lib.

import assert from 'node:assert/strict';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blake2AsHex } from '@polkadot/util-crypto';
import { signToken, SERVICE } from '../lib/centre.js';
import { account, connect, errorName, eventData, refusedAtDoor, Refused } from '../lib/chain.js';
import { lineReport, sensor, signReading, signReport } from '../lib/devices.js';

export { account, eventData, Refused, SERVICE };
export { VOLT } from '../lib/chain.js';

/** What scripts/clients/run has prepared: `VOLTREE_CLIENTS_<name>`. */
export function prepared(name) {
	const value = process.env[`VOLTREE_CLIENTS_${name}`];
	assert(value, `VOLTREE_CLIENTS_${name} is not set: start the tests with scripts/clients/run`);
	return value;
}

/** Connect to the test network, or to another node. */
export const open = (url = prepared('WS')) =>
	within(180, `a connection to ${url}`, connect(url, { quiet: true }));

// --- Waiting ---

/** The promise, or an error that says what was waited for in vain. */
export async function within(seconds, what, promise) {
	const cancel = new AbortController();
	const late = sleep(seconds * 1_000, undefined, { signal: cancel.signal }).then(() => {
		throw new Error(`waited ${seconds} s in vain for ${what}`);
	});
	try {
		return await Promise.race([promise, late]);
	} finally {
		cancel.abort();
		late.catch(() => {});
	}
}

/**
 * Wait until `check` answers with something; it is asked at once and after each new block. What it
 * throws ends the waiting.
 */
export async function eventually(chain, what, check, seconds = 180) {
	const { api } = chain;
	let stop = () => {};
	let best = '?';
	const found = new Promise((resolve, reject) => {
		let busy = false;
		api.rpc.chain
			.subscribeNewHeads(async (header) => {
				best = header.number.toString();
				if (busy) return;
				busy = true;
				try {
					const answer = await check();
					if (answer) resolve(answer);
				} catch (error) {
					reject(error);
				}
				busy = false;
			})
			.then((unsubscribe) => (stop = unsubscribe), reject);
	});
	try {
		return await within(seconds, what, found);
	} catch (error) {
		error.message += ` (best block ${best})`;
		throw error;
	} finally {
		stop();
	}
}

/** Wait until chain time is at least `moment`, for three times what is left and 90 s. */
export async function until(chain, moment, what) {
	const left = Math.max(0, moment - (await chain.now())) / 1_000;
	const reached = async () => (await chain.now()) >= moment;
	await eventually(chain, `${what} (chain time ${moment})`, reached, Math.ceil(3 * left) + 90);
}

/** Start of the first delivery slot whose gate is at least `seconds` of chain time away. */
export async function slotIn(chain, seconds) {
	// Before its first block a chain has no time.
	await until(chain, 1, 'the first block');
	const { lead } = await chain.parameters();
	return chain.slotAfter(lead + seconds * 1_000);
}

// --- Sending ---

/**
 * Sign and send as any client does: mortal, with the nonce that the node names. Resolves to
 * `{ events, blockHash, number }` of the block that has it; rejects with `Refused` if the chain
 * said no, and after 90 s.
 */
export async function submit(chain, pair, call, { finalized = false } = {}) {
	const { api } = chain;
	const what = `${call.method.section}.${call.method.method}`;
	let stop = () => {};
	let last = 'not sent';
	const included = new Promise((resolve, reject) => {
		call
			.signAndSend(pair, { nonce: -1 }, ({ status, events, dispatchError }) => {
				last = status.type;
				if (status.isInvalid || status.isDropped || status.isUsurped) {
					reject(new Refused(status.type, what));
				} else if (status.isFinalized || (!finalized && status.isInBlock)) {
					// A busy node may tell of the final block alone.
					const blockHash = (status.isFinalized ? status.asFinalized : status.asInBlock).toHex();
					if (dispatchError) reject(new Refused(errorName(api, dispatchError), what));
					else resolve({ events: events.map(({ event }) => event), blockHash });
				}
			})
			.then((unsubscribe) => (stop = unsubscribe), reject);
	});
	try {
		const { blockHash, ...rest } = await within(90, `${what} in a block`, included);
		const { number } = await api.rpc.chain.getHeader(blockHash);
		return { ...rest, blockHash, number: number.toNumber() };
	} catch (error) {
		if (!(error instanceof Refused)) error.message += ` (${what} of ${pair.address}: ${last})`;
		throw error;
	} finally {
		stop();
	}
}

/** The chain refuses it when it is executed, with this error. */
export async function refused(reason, promise) {
	await assert.rejects(promise, (error) => {
		assert(error instanceof Refused, `expected ${reason}, but: ${error.stack}`);
		assert.equal(error.reason, reason);
		return true;
	});
}

/**
 * The node does not even take it into its pool, because the chain's door says no for this reason.
 * Resolves to the error as the library shows it.
 */
export async function refusedAtPool(chain, reason, promise) {
	const error = await promise.then(
		() => assert.fail(`expected to be refused: ${reason}`),
		(refusal) => refusal,
	);
	assert.equal(refusedAtDoor(chain.api, error), reason, error.stack);
	return error;
}

/** Each call is refused with its own reason. They are sent together, as `[reason, call]`. */
export async function allRefused(chain, pair, cases) {
	chain.forgetNonces(pair.address);
	const answers = cases.map(([reason, call]) => refused(reason, chain.sendAndWait(pair, call)));
	const all = Promise.allSettled(answers).then((results) => {
		const failed = results.find(({ status }) => status === 'rejected');
		if (failed) throw failed.reason;
	});
	await within(90, `${cases.length} answers to ${pair.address}`, all);
}

/**
 * Several test processes send as the management centre: one at a time, or they would take the same
 * nonce. The folder is the lock; Python's side does the same.
 */
export async function exclusively(name, action) {
	const lock = join(prepared('FOLDER'), `lock-${name}`);
	const take = async () => {
		for (let tries = 0; tries < 1_200; tries++) {
			try {
				return await mkdir(lock);
			} catch (error) {
				if (error.code !== 'EEXIST') throw error;
				await sleep(50);
			}
		}
		throw new Error(`waited 60 s in vain for ${lock}: another test did not give it back`);
	};
	await take();
	try {
		return await action();
	} finally {
		await rmdir(lock);
	}
}

/** Sent by the management centre's service. */
export const asCentre = (chain, call) =>
	exclusively('centre', () => submit(chain, account(SERVICE), call));

/** Money from a development account that has plenty. */
export const give = (chain, to, amount) =>
	exclusively('giver', () =>
		submit(chain, account('//Ferdie'), chain.api.tx.balances.transferKeepAlive(to, amount)),
	);

// --- Messages to sign ---

/** The signature of `pair` over what a runtime API gives to sign. */
export const signed = (pair, message) => ({ Sr25519: pair.sign(message.toU8a()) });

/** A report with the device's signature, for somebody else to send. */
export const signedReport = async (chain, device, report) =>
	chain.api.tx.sensorOracle.report(report, await signReport(chain, device, report));

/** A reading with the meter's signature, for somebody else to send. */
export const signedReading = async (chain, device, reading) =>
	chain.api.tx.sensorOracle.reportRegister(reading, await signReading(chain, device, reading));

// --- Newcomers ---

export const tagOf = (name) => blake2AsHex(`voltree:test:${name}`);

const DAY = 86_400_000;

export const expiry = async (chain) => (await chain.now()) + DAY;

/** The call that certifies somebody who only signed his consent. */
export async function certification(chain, pair, tag) {
	const message = await chain.api.call.registryApi.consentMessage(pair.address, tag);
	const consent = signed(pair, message);
	return chain.api.tx.registry.certify(pair.address, tag, 'Both', await expiry(chain), consent);
}

/** The call by which a device is registered for `owner`, with the device's signature. */
export async function registration(chain, device, kind, owner, line, ratedPower) {
	const message = await chain.api.call.registryApi.deviceMessage(device.address, owner.address);
	const signature = signed(device, message);
	return chain.api.tx.registry.registerDevice(
		device.address,
		kind,
		owner.address,
		line,
		ratedPower,
		signature,
	);
}

// --- The management centre's response ---

/** Answer a request. Again if the token grew too old on its way, as the service would do. */
export async function respond(chain, request) {
	for (let tries = 1; ; tries++) {
		try {
			return await exclusively('centre', async () => {
				const signed = await signToken(chain, request);
				assert(signed, `there is no request ${request}`);
				const call = chain.api.tx.market.respond(request, signed);
				return { ...(await submit(chain, account(SERVICE), call)), signed };
			});
		} catch (error) {
			const late = ['sharedWallet.StaleToken', 'market.InvalidTerms'].includes(error.reason);
			if (!late || tries === 3) throw error;
		}
	}
}

/**
 * The management centre's authority decides, as from Polkadot.js Apps: one of three members proposes,
 * two agree, anybody closes the motion. Resolves to what closing it led to.
 */
export async function byMotion(chain, call) {
	const { authority } = chain.api.tx;
	const [alice, bob] = ['//Alice', '//Bob'].map(account);
	const bytes = call.method.encodedLength;
	const proposed = await submit(chain, alice, authority.propose(2, call, bytes));
	const { proposalHash, proposalIndex } = eventData(proposed.events, 'authority', 'Proposed');
	const vote = () => authority.vote(proposalHash, proposalIndex, true);
	await Promise.all([alice, bob].map((member) => submit(chain, member, vote())));
	const { weight } = await chain.api.call.transactionPaymentCallApi.queryCallInfo(call, bytes);
	const close = authority.close(proposalHash, proposalIndex, weight, bytes);
	const closed = await submit(chain, bob, close);
	const { result } = eventData(closed.events, 'authority', 'Executed');
	if (result.isErr) throw new Refused(errorName(chain.api, result.asErr), 'the motion');
	return closed;
}

// --- Sensors ---

/**
 * The sensors of a line, saying that it is clear. Reports go out with every other block until
 * `stop`, which throws if one of them was refused.
 */
export class ClearLine {
	#stop = () => {};
	#refused = [];
	#last = 0;

	constructor(chain, line, owners = [1, 2, 3, 4]) {
		this.chain = chain;
		this.line = line;
		this.sensors = owners.map((owner) => sensor(line, owner));
	}

	async start() {
		this.#stop = await this.chain.api.rpc.chain.subscribeNewHeads(() => this.#report());
		await eventually(this.chain, `line ${this.line} to be safe`, async () => {
			this.#check();
			const { verdict } = await this.chain.api.call.sensorOracleApi.line(this.line, []);
			return verdict.isSafe;
		});
	}

	async #report() {
		try {
			const observed = await this.chain.now();
			if (observed < this.#last + 2_000) return;
			this.#last = observed;
			const reports = this.sensors.map((device) => {
				const report = lineReport(device, 'Clear', observed);
				return this.chain.send(device, this.chain.api.tx.sensorOracle.report(report, null));
			});
			await Promise.all(reports);
		} catch (error) {
			this.#refused.push(error);
		}
	}

	#check() {
		if (this.#refused.length > 0) throw this.#refused[0];
	}

	stop() {
		this.#stop();
		this.#check();
	}
}

// --- Reading ---

export const unwrap = (option, what) => {
	assert(option.isSome, `${what} is not there`);
	return option.unwrap();
};

/** `{ free, held, total }` of an account, as bigints. */
export async function balance(api, address) {
	const { data } = await api.query.system.account(address);
	const [free, held] = [data.free.toBigInt(), data.reserved.toBigInt()];
	return { free, held, total: free + held };
}

/** What an account has on hold, by reason: `{ 'sharedWallet.Escrow': 5n }`. */
export async function holds(api, address) {
	const all = await api.query.balances.holds(address);
	return Object.fromEntries(
		all.map(({ id, amount }) => [
			`${id.type[0].toLowerCase()}${id.type.slice(1)}.${id.value.type}`,
			amount.toBigInt(),
		]),
	);
}

/** Issuance is the sum of all accounts, in one block; returns it. */
export async function checkMoney(chain, hash) {
	const at = await chain.api.at(hash ?? (await chain.api.rpc.chain.getBlockHash()));
	const issuance = (await at.query.balances.totalIssuance()).toBigInt();
	const accounts = await at.query.system.account.entries();
	assert(accounts.length > 20, 'the development accounts are there');
	const sum = accounts.reduce(
		(total, [, { data }]) => total + data.free.toBigInt() + data.reserved.toBigInt(),
		0n,
	);
	assert.equal(sum, issuance, 'issuance is the sum of all accounts');
	return issuance;
}

/** What `volume` Wh cost at `price`: rounded up when locked, down when paid out. */
export const amountOf = (volume, price) => (BigInt(volume) * BigInt(price) + 999n) / 1_000n;
export const payoutOf = (volume, price) => (BigInt(volume) * BigInt(price)) / 1_000n;

// --- Steps ---

/** Sub-tests in order: after one has failed the others are skipped, because they build on it. */
export function stepsOf(t) {
	let failed = false;
	return (name, action) =>
		t.test(name, { skip: failed && 'an earlier step failed' }, async (step) => {
			try {
				await action(step);
			} catch (error) {
				failed = true;
				throw error;
			}
		});
}
