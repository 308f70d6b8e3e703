// The management centre's service: answers requests as soon as the offers suffice or the window for
// offers is over.

import { account } from '../lib/chain.js';
import { SERVICE, response } from '../lib/centre.js';
import { nextBlock, quotes, variant } from './view.js';

/** A response fails where the buyer's record has changed on its way: then the next block's is due. */
const PATIENCE = 1_000;

export class Centre {
	constructor(chain) {
		this.chain = chain;
		this.service = account(SERVICE);
	}

	/** Answer what can be answered now. */
	async act(view, outbox) {
		const waiting = [...view.requests].filter(([, { state }]) => variant(state) === 'open');
		await Promise.all(waiting.map((entry) => this.#answer(entry, view, outbox)));
	}

	async #answer([id, request], view, outbox) {
		const key = `respond ${id}`;
		if (outbox.isUnderWay(key, view.now, PATIENCE)) return;
		if (nextBlock(view) > request.state.open.respondBy) return;
		if (nextBlock(view) < request.collectUntil) {
			const offered = (await quotes(this.chain, id)).reduce((sum, q) => sum + q.available, 0);
			if (offered < request.volume) return;
		}
		const call = await response(this.chain, id, this.service);
		if (call) await outbox.post(key, view.now, this.service, call, PATIENCE);
	}
}
