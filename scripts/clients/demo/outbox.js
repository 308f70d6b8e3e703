// Sends what the parties decide, and remembers for a moment what is under way, so that a party that
// looks at every block does not say the same thing twice.

import { refusedAtDoor } from '../lib/chain.js';

/** How long, in chain time, a transaction has to get into a block before it is sent again. */
const PATIENCE = 2_000;

export class Outbox {
	#sent = new Map();
	/** Reasons for which the node's pool took a transaction not at all, counted. */
	refused = new Map();
	/** Transactions handed to the node. */
	count = 0;

	constructor(chain) {
		this.chain = chain;
	}

	/** Whether the matter `key` was sent just now. */
	isUnderWay(key, now, patience = PATIENCE) {
		const at = this.#sent.get(key);
		return at !== undefined && now < at + patience;
	}

	/** Send `call` for the matter `key`, unless that is under way. */
	async post(key, now, pair, call, patience = PATIENCE) {
		if (this.isUnderWay(key, now, patience)) return;
		this.#sent.set(key, now);
		this.count += 1;
		try {
			await this.chain.send(pair, call);
		} catch (error) {
			this.#sent.delete(key);
			const door = refusedAtDoor(this.chain.api, error);
			// Without the number before it and what is in brackets after it.
			const reason = door ?? String(error.message).replace(/^\d+: |:? \(.*$/g, '').slice(0, 80);
			this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
		}
	}

	/** The node was away: nothing is under way any more. */
	clear() {
		this.#sent.clear();
		this.chain.forgetNonces();
	}
}
