// Starts, kills and starts again a node of the test's own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { open, within } from './support.js';

/** What a node needs that writes the blocks. */
export const AUTHOR = ['--alice', '--force-authoring'];

/**
 * A node with its database in `folder`, which outlives it. By itself it writes the blocks and leaves
 * the management centre to the test; `role` are the options of one that does something else.
 */
export class Node {
	#process;
	#log = [];
	#metrics;

	constructor(program, chain, folder, role = [...AUTHOR, '--no-management-centre']) {
		this.program = program;
		this.args = [
			['--chain', chain, '--base-path', folder],
			[...role, '--unsafe-force-node-key-generation'],
			['--rpc-port', '0', '--port', '0'],
			['--no-mdns', '--no-telemetry'],
			role.includes('--prometheus-port') ? [] : ['--no-prometheus'],
			['--state-pruning', 'archive', '--blocks-pruning', 'archive'],
		].flat();
	}

	/** Start it; connected once its RPC answers. */
	async start() {
		assert(!this.#process, 'the node is running');
		this.#log = [];
		this.#process = spawn(this.program, this.args, { stdio: ['ignore', 'ignore', 'pipe'] });
		let metricsAt;
		this.#metrics = new Promise((resolve) => (metricsAt = resolve));
		const url = new Promise((resolve, reject) => {
			createInterface({ input: this.#process.stderr }).on('line', (line) => {
				this.#log.push(line);
				const [, metrics] = line.match(/Prometheus exporter started at (\S+:\d+)/) ?? [];
				if (metrics) metricsAt(`http://${metrics}/metrics`);
				const [, port] = line.match(/JSON-RPC server: addr=127\.0\.0\.1:(\d+)/) ?? [];
				if (port) resolve(`ws://127.0.0.1:${port}`);
			});
			this.#process.once('error', reject);
			this.#process.once('exit', (code, signal) =>
				reject(new Error(`the node ended (${code ?? signal}):\n${this.#log.join('\n')}`)),
			);
		});
		const chain = await within(180, "the node's RPC", url.then(open));
		await within(90, 'an answer of the node', chain.api.isReadyOrError);
		return chain;
	}

	/** Its metrics, as text; its role must have asked for them. */
	async metrics() {
		const url = await within(90, "the address of the node's metrics", this.#metrics);
		return (await fetch(url)).text();
	}

	/** The lines it has logged since its start. */
	get log() {
		return this.#log;
	}

	/** End it as a power cut would; or politely, with SIGTERM. */
	async kill(signal = 'SIGKILL') {
		if (!this.#process) return;
		const ended = once(this.#process, 'exit');
		this.#process.kill(signal);
		if (this.#process.exitCode === null && this.#process.signalCode === null) {
			await within(90, 'the end of the node', ended);
		}
		this.#process = undefined;
	}
}
