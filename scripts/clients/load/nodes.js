// The two nodes: one writes the blocks, the other imports them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '../lib/chain.js';

const MEGABYTE = 1_048_576;

/**
 * What the nodes may keep of the state trie, in bytes. By default it is 1 GiB, which full blocks take
 * half an hour to fill: until then memory would grow, whatever else it does.
 */
const TRIE_CACHE = 64 * MEGABYTE;

/** A port that nobody uses now. */
async function freePort() {
	const server = createServer();
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** A node with its database in `folder/name`; `role` are the options of what it does. */
export class Node {
	#process;
	#metrics;
	log = [];

	constructor(program, { chain, folder, name, role }) {
		Object.assign(this, { program, chain, folder, name, role });
	}

	/** Start it; resolves to a connection once its RPC answers. */
	async start() {
		this.#metrics = await freePort();
		const args = [
			['--chain', this.chain, '--base-path', join(this.folder, this.name), ...this.role],
			['--unsafe-force-node-key-generation', '--rpc-port', '0', '--port', '0', '--no-mdns'],
			['--trie-cache-size', String(TRIE_CACHE), '--no-telemetry', '--disable-log-color'],
			['--prometheus-port', String(this.#metrics)],
		].flat();
		this.#process = spawn(this.program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
		this.url = await new Promise((resolve, reject) => {
			createInterface({ input: this.#process.stderr }).on('line', (line) => {
				this.log.push(line);
				const [, port] = line.match(/JSON-RPC server: addr=127\.0\.0\.1:(\d+)/) ?? [];
				if (port) resolve(`ws://127.0.0.1:${port}`);
			});
			this.#process.once('error', reject);
			this.#process.once('exit', (code, signal) =>
				reject(new Error(`${this.name} ended (${code ?? signal}):\n${this.log.slice(-20).join('\n')}`)),
			);
		});
		this.connection = await connect(this.url, { quiet: true });
		await this.connection.api.isReadyOrError;
		return this.connection;
	}

	/** Whether it still runs. */
	get runs() {
		return this.#process?.exitCode === null && this.#process.signalCode === null;
	}

	/** Where others reach it. */
	async address() {
		const all = await this.connection.api.rpc.system.localListenAddresses();
		return all.map(String).find((each) => each.includes('/ip4/127.0.0.1/'));
	}

	/**
	 * Memory in use, in MB, without the database's files: these are mapped, grow with the chain, and
	 * the kernel drops them where it needs room.
	 */
	async memory() {
		const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8');
		return (Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024) / MEGABYTE;
	}

	/** The sum of a metric's values over its labels; 0 while it is not there. */
	async metric(...names) {
		const text = await (await fetch(`http://127.0.0.1:${this.#metrics}/metrics`)).text();
		const lines = text.split('\n');
		return names.map((name) =>
			lines
				.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
				.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0),
		);
	}

	/** How long it took to author each block, in ms by the block's number, as its log says. */
	authored() {
		const times = new Map();
		for (const line of this.log) {
			const found = /Prepared block for proposing at (\d+) \((\d+) ms\)/.exec(line);
			if (found) times.set(Number(found[1]), Number(found[2]));
		}
		return times;
	}

	/** What its log complains of: how often, by the words without their numbers. */
	complaints() {
		const times = new Map();
		for (const line of this.log) {
			const found = /(?:ERROR|WARN|❌|⚠️|refused|failed).*/u.exec(line)?.[0].trim();
			const words = found?.replace(/0x[0-9a-f…]+|\d+/g, '…');
			if (words) times.set(words, (times.get(words) ?? 0) + 1);
		}
		return times;
	}

	/** End it. */
	async stop() {
		await this.connection?.disconnect().catch(() => {});
		if (!this.runs) return;
		const ended = once(this.#process, 'exit');
		this.#process.kill('SIGTERM');
		const force = setTimeout(() => this.#process.kill('SIGKILL'), 20_000);
		await ended;
		clearTimeout(force);
	}
}
