// A light client, smoldot: it knows a specification and the addresses in it, and nothing else.

import { start } from 'smoldot';

/** Say nothing but errors. */
const ERRORS = 1;

export class LightClient {
	/** The height of the last final block that it heard of. */
	finalised = 0;

	/** Begin to follow the chain of a specification, given as text. */
	static async start(chainSpec) {
		const light = new LightClient();
		light.client = start({ maxLogLevel: ERRORS, logCallback: (_, target, message) => console.error(target, message) });
		light.chain = await light.client.addChain({ chainSpec });
		light.#reading = light.#read();
		await light.#ask('chain_subscribeFinalizedHeads');
		return light;
	}

	#reading;
	#asked = 0;
	#waiting = new Map();

	#ask(method, ...params) {
		const id = String(++this.#asked);
		const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
		this.chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
		return answer;
	}

	async #read() {
		for await (const text of this.chain.jsonRpcResponses) {
			const { id, result, error, params } = JSON.parse(text);
			if (params?.result?.number !== undefined) this.finalised = Number(params.result.number);
			const { resolve, reject } = this.#waiting.get(id) ?? {};
			this.#waiting.delete(id);
			if (error) reject?.(new Error(error.message));
			else resolve?.(result);
		}
	}

	/** The hash of its last final block. */
	head() {
		return this.#ask('chain_getFinalizedHead');
	}

	/** The header of a block. */
	header(hash) {
		return this.#ask('chain_getHeader', hash);
	}

	/** Stop; again does nothing. */
	async stop() {
		const { client } = this;
		delete this.client;
		await client?.terminate();
		await this.#reading;
	}
}
