// A connection to a Voltree node: accounts, sending with nonces of our own, waiting for blocks.
//
//     const chain = await connect('ws://127.0.0.1:9944');
//     const seller = account('//Household//1');
//     const events = await chain.sendAndWait(seller, chain.api.tx.market.start(trade));
//
// What devices report is in devices.js, what the management centre signs in centre.js.

import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { blake2AsHex, cryptoWaitReady } from '@polkadot/util-crypto';

/** Smallest units of the currency in a VOLT. */
export const VOLT = 1_000_000n;

const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
const accounts = new Map();

/**
 * The key pair of a development account by its seed URI, e.g. `//Household//3`; made once.
 * Call it after `connect`, which loads the cryptography.
 */
export function account(uri) {
	if (!accounts.has(uri)) accounts.set(uri, keyring.addFromUri(uri, { name: uri }));
	return accounts.get(uri);
}

/** The identity tag of a household of the development networks. */
export const householdTag = (number) => blake2AsHex(`voltree:household:${number}`);

/** What the chain refused, with the error's name (`market.TooLate`) as `reason`. */
export class Refused extends Error {
	constructor(reason, what) {
		super(`${what} was refused: ${reason}`);
		this.reason = reason;
	}
}

/** The name of a dispatch error: `market.TooLate`, `token.FundsUnavailable`, `badOrigin`. */
export function errorName(api, error) {
	if (error.isModule) {
		const { section, name } = api.registry.findMetaError(error.asModule);
		return `${section}.${name}`;
	}
	return error.isToken ? `token.${error.asToken.type}` : error.type;
}

/**
 * Why the node did not even take a transaction into its pool, where that was the chain's door:
 * `Uncertified`, `Blacklisted` or `FinesDue`. Otherwise `undefined`.
 */
export function refusedAtDoor(api, { message }) {
	const number = Number(/Custom error: (\d+)/.exec(message)?.[1]);
	const { refusedUncertified, refusedBlacklisted, refusedFinesDue } = api.consts.blacklist;
	const reasons = new Map([
		[refusedUncertified.toNumber(), 'Uncertified'],
		[refusedBlacklisted.toNumber(), 'Blacklisted'],
		[refusedFinesDue.toNumber(), 'FinesDue'],
	]);
	return reasons.get(number);
}

/**
 * The chain's transaction extensions that @polkadot/api has not heard of: the SDK's, by which a device's
 * report needs no sender, and the door. They have no bytes and nothing implicit, so there is nothing to
 * know; without this the library says so in a warning.
 */
const EXTENSIONS = {
	AuthorizeCall: { extrinsic: {}, payload: {} },
	CheckStanding: { extrinsic: {}, payload: {} },
};

/** Connect to a node; the connection comes back by itself when the node does. */
export async function connect(url, { quiet = false } = {}) {
	await cryptoWaitReady();
	const provider = new WsProvider(url, 500, undefined, 30_000);
	const api = await ApiPromise.create({
		provider,
		signedExtensions: EXTENSIONS,
		noInitWarn: true,
		throwOnConnect: false,
	});
	if (quiet) api.on('error', () => {});
	return new Chain(api);
}

/** A connected chain. Everything stock is at `.api`. */
export class Chain {
	#nonces = new Map();

	constructor(api) {
		this.api = api;
	}

	/** Chain time: what deadlines are compared with, in milliseconds. */
	async now() {
		return (await this.api.call.marketApi.now()).toNumber();
	}

	/**
	 * The rules in force now, as plain numbers: the market's parameters (`deliverySlot`, `lead`,
	 * `priceCap`, ...) and, as `terms`, what untimely behaviour costs (`fineRate`, `smallestFine`, ...).
	 */
	async parameters() {
		const [, parameters, terms] = await this.api.call.marketApi.rules();
		return { ...parameters.toJSON(), terms: terms.toJSON() };
	}

	/** The parameters of another pallet that are in force now: `registry`, `sensorOracle`, ... */
	async parametersOf(pallet) {
		const { current, next } = await this.api.query[pallet].parameters();
		const isOver = next.isSome && next.unwrap().from.toNumber() <= (await this.now());
		return (isOver ? next.unwrap().parameters : current).toJSON();
	}

	/** Start of the first delivery slot that can still be traded `ahead` milliseconds from now. */
	async slotAfter(ahead = 0) {
		const { deliverySlot } = await this.parameters();
		return Math.ceil(((await this.now()) + ahead) / deliverySlot) * deliverySlot;
	}

	/** Wait until chain time is at least `moment`. */
	async waitUntil(moment) {
		while ((await this.now()) < moment) await new Promise((done) => setTimeout(done, 200));
	}

	async #nextNonce(address) {
		if (!this.#nonces.has(address)) {
			const first = this.api.rpc.system.accountNextIndex(address).then((n) => n.toNumber());
			this.#nonces.set(address, { first, given: 0, settled: -1 });
		}
		const nonces = this.#nonces.get(address);
		const mine = nonces.given++;
		return (await nonces.first) + mine;
	}

	/**
	 * Mend nonces that got stuck because the node lost a transaction: where the chain has not moved
	 * since the last call though something was sent, ask the node again. Call it every few blocks.
	 */
	async mendNonces() {
		const senders = [...this.#nonces.keys()];
		if (senders.length === 0) return;
		const infos = await this.api.query.system.account.multi(senders);
		for (const [index, address] of senders.entries()) {
			const nonces = this.#nonces.get(address);
			if (!nonces) continue;
			const onChain = infos[index].nonce.toNumber();
			const next = (await nonces.first) + nonces.given;
			if (onChain < next && onChain === nonces.settled) this.forgetNonces(address);
			nonces.settled = onChain;
		}
	}

	/** Ask the node again for the next nonce of `address`, or of everybody. */
	forgetNonces(address) {
		if (address === undefined) this.#nonces.clear();
		else this.#nonces.delete(address);
	}

	/**
	 * Sign with the account's next nonce and hand it to the node. Resolves to the hash once the
	 * node's pool has it; what becomes of it is in the blocks. An account may send again at once. A tip
	 * (smallest unit) lets it go before others.
	 */
	async send(pair, call, { signer = pair, tip = 0 } = {}) {
		const signed = await this.sign(signer, call, tip);
		try {
			return await this.api.rpc.author.submitExtrinsic(signed);
		} catch (error) {
			this.forgetNonces(signer.address);
			throw error;
		}
	}

	/** Sign with the account's next nonce. */
	async sign(pair, call, tip = 0) {
		const { api } = this;
		const nonce = await this.#nextNonce(pair.address).catch((error) => {
			this.forgetNonces(pair.address);
			throw error;
		});
		return call.sign(pair, {
			nonce,
			tip,
			era: 0,
			blockHash: api.genesisHash,
			genesisHash: api.genesisHash,
			runtimeVersion: api.runtimeVersion,
			signedExtensions: api.registry.signedExtensions,
		});
	}

	/**
	 * Send and wait until a block has it (`finalized`: until that block is final). Resolves to
	 * `{ events, blockHash }`, rejects with `Refused` if the chain said no.
	 */
	async sendAndWait(pair, call, { finalized = false } = {}) {
		const signed = await this.sign(pair, call);
		const what = `${call.method.section}.${call.method.method}`;
		return new Promise((resolve, reject) => {
			let stop = () => {};
			const end = (settle, value) => {
				stop();
				settle(value);
			};
			signed
				.send(({ status, events, dispatchError }) => {
					if (status.isInvalid || status.isDropped || status.isUsurped) {
						this.forgetNonces(pair.address);
						end(reject, new Refused(status.type, what));
					} else if (status.isFinalized || (!finalized && status.isInBlock)) {
						// A busy node may tell of the final block alone.
						const blockHash = status.isFinalized ? status.asFinalized : status.asInBlock;
						if (dispatchError) {
							end(reject, new Refused(errorName(this.api, dispatchError), what));
						} else {
							end(resolve, { events: events.map(({ event }) => event), blockHash });
						}
					}
				})
				.then((unsubscribe) => (stop = unsubscribe))
				.catch((error) => {
					this.forgetNonces(pair.address);
					reject(error);
				});
		});
	}

	/** Close the connection. */
	disconnect() {
		return this.api.disconnect();
	}
}

/** The data of the first event `section.method` among `events`; throws where there is none. */
export function eventData(events, section, method) {
	const found = events.find((event) => event.section === section && event.method === method);
	if (!found) throw new Error(`no event ${section}.${method}`);
	return found.data;
}
