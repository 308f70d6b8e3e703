// Feeds signed transfers to a node, just so fast that its pool never runs dry, and keeps count.

import { setTimeout as sleep } from 'node:timers/promises';
import { WsProvider } from '@polkadot/api';
import { u8aToHex } from '@polkadot/util';

/** Transfers that are on their way to the node at the same time. */
const ON_THE_WAY = 96;
/** How long a sender waits after he was refused. */
const BREATH = 250;

export class Feeder {
	#provider;
	/** Refusals by their words. */
	refusals = new Map();
	accepted = 0;
	included = 0;

	/** Open a connection of its own. */
	static async open(url) {
		const feeder = new Feeder();
		feeder.#provider = new WsProvider(url, false);
		await feeder.#provider.connect();
		await feeder.#provider.isReady;
		return feeder;
	}

	/** Hand over one extrinsic. Resolves to nothing, or to the words of a refusal. */
	async submit(bytes) {
		try {
			await this.#provider.send('author_submitExtrinsic', [u8aToHex(bytes)]);
			this.accepted += 1;
			return undefined;
		} catch ({ message }) {
			this.refusals.set(message, (this.refusals.get(message) ?? 0) + 1);
			return message;
		}
	}

	/** What the node has taken and no block has yet. */
	get waiting() {
		return this.accepted - this.included;
	}

	/**
	 * Let `senders` send what they have signed (`sender.signed`), each in the order of his nonces, while
	 * `goesOn()` and as long as fewer than `most()` wait: so many at once in the beginning, then
	 * `perSecond`, evenly, because people do not wait for a block to send all together.
	 */
	async feed(senders, goesOn, most, perSecond) {
		let turn = 0;
		let sent = 0;
		const [begin, first] = [Date.now(), most()];
		const due = () => first + (perSecond * (Date.now() - begin)) / 1_000;
		const next = () => {
			for (let tries = 0; tries < senders.length; tries += 1) {
				const sender = senders[turn++ % senders.length];
				if (!sender.busy && sender.accepted < sender.signed.length) return sender;
			}
			return undefined;
		};
		const worker = async () => {
			while (goesOn()) {
				const sender = sent < due() && this.waiting < most() ? next() : undefined;
				if (!sender) {
					await sleep(20);
					continue;
				}
				sent += 1;
				sender.busy = true;
				const refused = await this.submit(sender.signed[sender.accepted]);
				if (refused) await sleep(BREATH);
				else sender.accepted += 1;
				sender.busy = false;
			}
		};
		await Promise.all(Array.from({ length: ON_THE_WAY }, worker));
	}

	/** Hand over all of `extrinsics` as fast as the node takes them, while `goesOn()`. */
	async pour(extrinsics, goesOn) {
		let next = 0;
		const worker = async () => {
			while (goesOn() && next < extrinsics.length) await this.submit(extrinsics[next++]);
		};
		await Promise.all(Array.from({ length: ON_THE_WAY }, worker));
	}

	close() {
		return this.#provider.disconnect();
	}
}
