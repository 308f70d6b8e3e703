// A network of data aggregators and a gateway: its keys, its chain, its nodes. Saved in its folder,
// so that another process can go on with it.

import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeAddress } from '@polkadot/util-crypto';
import { VOLT } from '../lib/chain.js';
import { aggregatorSecrets, centreSecrets, nodeSecret, pairOf, sr25519 } from './keys.js';
import { Node } from './node.js';

const CHAIN_SPEC = fileURLToPath(new URL('../../chain-spec', import.meta.url));
/** What accounts have at the start, in smallest units. */
const MONEY = Number(1_000n * VOLT);

export const GATEWAY = 'gateway';

/** The lowest port that we take. */
const LOWEST_PORT = 10_000;

/** The first port that the kernel gives to outgoing connections: those may be taken at any time. */
function firstPassingPort() {
	const [first] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/);
	return Math.max(Number(first), LOWEST_PORT + 10_000);
}

async function isFree(port) {
	const server = createServer();
	const bound = await new Promise((done) => {
		server.once('error', () => done(false));
		server.listen(port, '127.0.0.1', () => done(true));
	});
	if (bound) await new Promise((done) => server.close(done));
	return bound;
}

/** Ports that nobody uses now, all different and none of `taken`; they stay free while a node is stopped. */
async function freePorts(count, taken) {
	const ports = new Set();
	while (ports.size < count) {
		const port = randomInt(LOWEST_PORT, firstPassingPort());
		if (!taken.has(port) && (await isFree(port))) ports.add(port);
	}
	return [...ports];
}

/** What a program prints; an error with its last words if it fails. */
function run(program, args, options) {
	const { status, stdout, stderr, error } = spawnSync(program, args, options);
	if (error) throw error;
	if (status !== 0) throw new Error(stderr.trim());
	return stdout;
}

export class Network {
	constructor(folder, program, state) {
		Object.assign(this, { folder, program, state });
		this.nodes = state.nodes.map((node) => new Node(this, node));
	}

	static isThere(folder) {
		return existsSync(join(folder, 'network.json'));
	}

	/** The network that is saved in a folder. */
	static open(folder, program) {
		const state = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
		return new Network(folder, program ?? state.program, state);
	}

	/**
	 * Make a network of `count` data aggregators and a gateway in an empty folder; nothing runs yet.
	 * `rules` are other rules of trust and trees; with `households`, power can be traded.
	 */
	static async make(folder, program, { name, count, slot = 3_000, backend = 'litep2p', rules, households }) {
		mkdirSync(folder, { recursive: true });
		const id = `network_${name.replace(/[^A-Za-z0-9]/g, '_')}`;
		const centre = centreSecrets();
		const state = { name, id, slot, backend, households, centre, program: resolve(program), nodes: [] };
		const network = new Network(folder, state.program, state);
		const { service } = centre;
		try {
			await network.#enlist(GATEWAY, 'gateway', { node: nodeSecret(), service });
			for (let number = 1; number <= count; number++) {
				await network.#enlist(`da-${number}`, 'aggregator', aggregatorSecrets());
			}
			network.#specify(rules);
			network.save();
		} catch (error) {
			rmSync(folder, { recursive: true, force: true });
			throw error;
		}
		return network;
	}

	async #enlist(name, role, secrets) {
		const [network, light, rpc, metrics, readiness] = await freePorts(5, this.#ports);
		const ports = { network, light, rpc, metrics, readiness };
		const node = new Node(this, { name, role, secrets, ports });
		this.state.nodes.push(node.state);
		this.nodes.push(node);
		node.insertKeys();
		return node;
	}

	/** The ports of all nodes, of those that are stopped, too. */
	get #ports() {
		return new Set(this.state.nodes.flatMap(({ ports }) => Object.values(ports)));
	}

	get specification() {
		return join(this.folder, 'chain.json');
	}

	get aggregators() {
		return this.nodes.filter((node) => node.state.role === 'aggregator');
	}

	get gateway() {
		return this.node(GATEWAY);
	}

	node(name) {
		const found = this.nodes.find((node) => node.name === name);
		if (found) return found;
		const names = this.nodes.map((node) => node.name).join(', ');
		throw new Error(`there is no node ${name}; there are ${names}`);
	}

	/** Write the chain's specification, and the light clients'. */
	#specify(rules) {
		const { name, id, slot, centre, households } = this.state;
		const address = (seed) => sr25519(seed).address;
		const founders = this.aggregators.map(({ peer, state: { secrets } }) => ({
			account: address(secrets.account),
			aura: address(secrets.aura),
			grandpa: encodeAddress(pairOf('ed25519', secrets.grandpa).publicKey, 42),
			node: peer,
		}));
		const people = [...centre.authority, centre.service].map(address);
		const keys = {
			name: `Network ${name}`,
			id,
			slotDuration: slot,
			aggregators: founders,
			authority: centre.authority.map(address),
			serviceKey: address(centre.service),
			balances: [...people, ...founders.map(({ account }) => account)].map((one) => [one, MONEY]),
			...(rules ? { rules } : {}),
			...(households ? { households } : {}),
		};
		const file = join(this.folder, 'keys.json');
		writeFileSync(file, JSON.stringify(keys, null, '\t'));
		const env = { ...process.env, VOLTREE_NODE: this.program };
		const options = { env, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] };
		const chain = JSON.parse(run(CHAIN_SPEC, ['--raw', file], options));
		writeFileSync(this.specification, JSON.stringify(chain));
		const light = { ...chain, bootNodes: [this.gateway.socketAddress] };
		writeFileSync(join(this.folder, 'light.json'), JSON.stringify(light));
	}

	/** One more data aggregator, with a folder and keys; nobody has admitted it yet. */
	async enlist() {
		const numbers = this.aggregators.map(({ name }) => Number(name.slice('da-'.length)));
		const name = `da-${Math.max(0, ...numbers) + 1}`;
		const node = await this.#enlist(name, 'aggregator', aggregatorSecrets());
		this.save();
		return node;
	}

	/** A full node of somebody else, which knows the gateway only, as the stock software would. */
	async follower() {
		const node = await this.#enlist('follower', 'follower', { node: nodeSecret() });
		this.save();
		return node;
	}

	/**
	 * Start those that do not run, a few at a time: each compiles the runtime first. If one fails, the
	 * others are left as they are.
	 */
	async start() {
		const stopped = this.nodes.filter((node) => !node.runs);
		const failures = [];
		const next = async () => {
			for (let node = stopped.shift(); node; node = stopped.shift()) {
				await node.start().catch((error) => failures.push(error));
			}
		};
		await Promise.all(Array.from({ length: 2 * availableParallelism() }, next));
		if (failures.length > 0) throw failures[0];
	}

	/** End those that run. */
	async stop() {
		await Promise.all(this.nodes.map((node) => node.end()));
	}

	/** Stop everything and forget it. */
	async delete() {
		await this.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** A reader never sees half of it. */
	save() {
		const file = join(this.folder, 'network.json');
		writeFileSync(`${file}.new`, JSON.stringify(this.state, null, '\t'), { mode: 0o600 });
		renameSync(`${file}.new`, file);
	}
}
