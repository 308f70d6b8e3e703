// A node of a network: what it is started with, and what it says of itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { intoKeystore, peerId } from './keys.js';
import { endProcess, isAlive, startProcess } from './process.js';

/** A node may take so long until its RPC answers, in ms. */
const PATIENCE = 120_000;
/** An answer of a node that runs may take so long on a busy machine, in ms. */
const ANSWER = 60_000;

export class Node {
	/** `state` is what is saved of it; `network` knows the chain and the other nodes. */
	constructor(network, state) {
		this.network = network;
		this.state = state;
	}

	get name() {
		return this.state.name;
	}

	get isGateway() {
		return this.state.role === 'gateway';
	}

	get folder() {
		return join(this.network.folder, this.name);
	}

	get log() {
		return join(this.network.folder, `${this.name}.log`);
	}

	get url() {
		return `ws://127.0.0.1:${this.state.ports.rpc}`;
	}

	get peer() {
		return peerId(this.state.secrets.node);
	}

	/** Where other nodes reach it. */
	get address() {
		return `/ip4/127.0.0.1/tcp/${this.state.ports.network}/p2p/${this.peer}`;
	}

	/** Where light clients reach it. */
	get socketAddress() {
		return `/ip4/127.0.0.1/tcp/${this.state.ports.light}/ws/p2p/${this.peer}`;
	}

	get runs() {
		return isAlive(this.state.process);
	}

	/** Put the keys that it needs into its keystore. */
	insertKeys() {
		const { secrets } = this.state;
		const keystore = join(this.folder, 'chains', this.network.state.id, 'keystore');
		if (secrets.aura) intoKeystore(keystore, 'aura', 'sr25519', secrets.aura);
		if (secrets.grandpa) intoKeystore(keystore, 'gran', 'ed25519', secrets.grandpa);
		if (secrets.service) intoKeystore(keystore, 'vmcs', 'sr25519', secrets.service);
	}

	get args() {
		const { network, state } = this;
		const { ports } = state;
		const listen = [`/ip4/127.0.0.1/tcp/${ports.network}`];
		const role = [];
		const gateways = network.nodes.filter((node) => node.isGateway);
		let boots = network.nodes.filter((node) => node !== this && node.state.role !== 'follower');
		if (state.role === 'follower') {
			role.push('--fan-out', 'off', '--no-management-centre');
			boots = gateways;
		} else if (this.isGateway) {
			listen.push(`/ip4/127.0.0.1/tcp/${ports.light}/ws`);
			role.push('--state-pruning', 'archive', '--blocks-pruning', 'archive');
			role.push('--in-peers', '100');
		} else {
			// Whom the chain admits it reads there; the gateway is the operator's choice.
			role.push('--validator', '--no-management-centre', '--reserved-only');
			role.push(...gateways.flatMap((node) => ['--reserved-nodes', node.address]));
		}
		return [
			['--chain', network.specification, '--base-path', this.folder, '--name', this.name],
			['--node-key', state.secrets.node.slice(2)],
			listen.flatMap((address) => ['--listen-addr', address]),
			['--rpc-port', String(ports.rpc), '--prometheus-port', String(ports.metrics)],
			['--readiness-port', String(ports.readiness)],
			boots.flatMap((node) => ['--bootnodes', node.address]),
			['--network-backend', network.state.backend, '--allow-private-ip'],
			['--no-mdns', '--no-telemetry', '--disable-log-color'],
			role,
			state.options ?? [],
		].flat();
	}

	/** Start it from its data; resolves when its RPC answers. */
	async start() {
		if (this.runs) throw new Error(`${this.name} runs already`);
		this.state.process = await startProcess(this.network.program, this.args, this.log);
		this.network.save();
		for (let waited = 0; waited < PATIENCE; waited += 200) {
			if (!this.runs) throw new Error(`${this.name} has ended:\n${this.lastWords}`);
			if (await this.ask('system_chain').catch(() => undefined)) return;
			await sleep(200);
		}
		throw new Error(`${this.name} does not answer:\n${this.lastWords}`);
	}

	/** End it politely, or as a power cut would. */
	async end(signal = 'SIGTERM') {
		await endProcess(this.state.process, signal);
		delete this.state.process;
		this.network.save();
	}

	/** The end of its log. */
	get lastWords() {
		return readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n');
	}

	/** Call a method of its RPC. */
	async ask(method, ...params) {
		const answer = await fetch(`http://127.0.0.1:${this.state.ports.rpc}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
			signal: AbortSignal.timeout(ANSWER),
		});
		const { result, error } = await answer.json();
		if (error) throw new Error(`${this.name}: ${method}: ${error.message}`);
		return result;
	}

	/** The hash of its block of this height; `null` while it has none. */
	hashAt(number) {
		return this.ask('chain_getBlockHash', number);
	}

	/** The height of its last final block. */
	async finalised() {
		const head = await this.ask('chain_getFinalizedHead');
		return Number((await this.ask('chain_getHeader', head)).number);
	}

	/** A value of its metrics, summed over its labels; 0 while it is not there. */
	async metric(name) {
		const answer = await fetch(`http://127.0.0.1:${this.state.ports.metrics}/metrics`);
		const lines = (await answer.text()).split('\n');
		return lines
			.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
			.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
	}
}
