// Kills data aggregators in turn while transactions come, cuts the network into two halves, and looks
// whether anything is lost. Run by scripts/endurance, whose --help says what there is.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { u8aToHex } from '@polkadot/util';
import { seeded } from '../demo/chance.js';
import { table } from '../demo/table.js';
import { connect } from '../lib/chain.js';
import { ownWords } from '../lib/words.js';
import { quantile } from './finality.js';
import { sr25519 } from './keys.js';
import { Network } from './network.js';

const say = (text) => console.log(`==> ${text}`);

/** What a transfer moves: also the smallest balance, so that the first one opens the account. */
const AMOUNT = 1_000;
/** Between two transfers of a sender, in slots. */
const PACE = 0.2;
/** Every so many slots, a remark so large that its block takes the tree instead of going directly. */
const [FAT_EVERY, FAT] = [4, 100_000];
/** So many blocks have to become final before something counts as going on. */
const SOME = 3;
/**
 * Nothing takes as long as this, in slots and at least in ms. A voter that missed when the others went on
 * hears of it from them after two minutes at the latest (GRANDPA's NEIGHBOR_REBROADCAST_PERIOD).
 */
const [PATIENCE, LEAST_PATIENCE] = [120, 300_000];
/** Who has voted so often since his start, and has completed the rounds of the others, takes part again. */
const VOTES = 2;
/** How long the network stays cut, in slots. */
const CUT = 20;
/** What no log may say. */
const EVIL = /equivocat|corrupt|panick|CRITICAL|double vote|unjustified header/i;

/** Transfers and large remarks through the gateway, until it is stopped. */
class Load {
	refused = new Map();

	constructor(network, chain) {
		this.network = network;
		this.chain = chain;
		const [first, second, writer] = network.state.centre.authority.map(sr25519);
		Object.assign(this, { senders: [first, second], writer });
		this.receiver = sr25519(u8aToHex(randomBytes(32))).address;
		const { slot } = network.state;
		const { tx } = chain.api;
		const transfer = tx.balances.transferKeepAlive(this.receiver, AMOUNT);
		this.streams = [
			...this.senders.map((sender) => this.#repeat(PACE * slot, sender, () => transfer)),
			this.#repeat(FAT_EVERY * slot, this.writer, () => tx.system.remark(u8aToHex(randomBytes(FAT)))),
		];
	}

	async #repeat(pause, sender, call) {
		while (!this.over) {
			try {
				await this.chain.send(sender, call());
			} catch ({ message }) {
				this.refused.set(message, (this.refused.get(message) ?? 0) + 1);
			}
			await sleep(pause);
		}
	}

	/** Stop, and wait until nothing waits any more. */
	async stop(patience) {
		this.over = true;
		await Promise.all(this.streams);
		const { rpc } = this.chain.api;
		await until('the pool to be empty', patience, async () => (await rpc.author.pendingExtrinsics()).length === 0);
	}
}

/** Wait until `check` says yes. Somebody who does not answer has not said it. */
async function until(what, patience, check) {
	const end = Date.now() + patience;
	for (;;) {
		const [holds, error] = await check().then((holds) => [holds], (error) => [false, error]);
		if (holds) return;
		if (Date.now() > end) {
			const why = error ? `: ${error.message}` : '';
			throw new Error(`waited ${(patience / 1_000).toFixed(0)} s in vain for ${what}${why}`);
		}
		await sleep(100);
	}
}

class Trial {
	constructor(network, chain, seed) {
		Object.assign(this, { network, chain, chance: seeded(seed) });
		this.slot = network.state.slot;
		this.patience = Math.max(PATIENCE * this.slot, LEAST_PATIENCE);
		this.resumed = [];
		this.returned = [];
		this.voting = [];
		this.killed = new Map(network.aggregators.map(({ name }) => [name, 0]));
	}

	/** Wait until some more blocks are final at all of `nodes`, the same ones; resolves to the ms it took. */
	async goOn(nodes, what) {
		const start = performance.now();
		const heights = () => Promise.all(nodes.map((node) => node.finalised()));
		let height;
		await until(`finality to go on ${what}`, this.patience, async () => {
			const now = await heights();
			height ??= Math.max(...now) + SOME;
			return Math.min(...now) >= height;
		});
		const hashes = new Set(await Promise.all(nodes.map((node) => node.hashAt(height))));
		if (hashes.size !== 1) throw new Error(`two chains are final at block ${height} ${what}: ${[...hashes].join(', ')}`);
		return performance.now() - start;
	}

	/** Wait until all of `nodes`, just started, vote in the rounds of `others`; resolves to the ms it took. */
	async vote(nodes, others) {
		const start = performance.now();
		const rounds = (nodes) => Promise.all(nodes.map((node) => node.metric('substrate_finality_grandpa_round')));
		const names = nodes.map(({ name }) => name).join(', ');
		await until(`${names} to vote again`, this.patience, async () => {
			const votes = await Promise.all(nodes.map((node) => node.metric('substrate_finality_grandpa_precommits_total')));
			const [own, theirs] = await Promise.all([rounds(nodes), rounds(others)]);
			return Math.min(...votes) >= VOTES && Math.min(...own) >= Math.max(...theirs) - 1;
		});
		return performance.now() - start;
	}

	/**
	 * Kill as many as finality bears, whose turn it is, and let them come back. Who does not vote yet is
	 * still missing, so the next ones have to wait for that.
	 */
	async kill(turn) {
		const { aggregators, gateway } = this.network;
		const count = Math.ceil(aggregators.length / 3) - 1;
		const victims = Array.from({ length: count }, (_, index) => aggregators[(turn * count + index) % aggregators.length]);
		const others = [gateway, ...aggregators.filter((node) => !victims.includes(node))];
		// At any moment of a slot and of a round of votes.
		await sleep(this.chance('kill', turn) * 2 * this.slot);
		await Promise.all(victims.map((node) => node.end('SIGKILL')));
		const names = victims.map(({ name }) => name).join(', ');
		this.resumed.push(await this.goOn(others, `without ${names}`));
		await Promise.all(victims.map((node) => node.start()));
		this.returned.push(await this.goOn([...victims, ...others], `with ${names} again`));
		this.voting.push(await this.vote(victims, others.filter((node) => !node.isGateway)));
		for (const { name } of victims) this.killed.set(name, this.killed.get(name) + 1);
		return names;
	}

	/** Half of the nodes hear and say nothing for a while. */
	async cut() {
		const { aggregators, gateway } = this.network;
		const half = aggregators.slice(0, Math.ceil(aggregators.length / 2));
		const others = [gateway, ...aggregators.filter((node) => !half.includes(node))];
		const signal = (name) => half.forEach((node) => process.kill(node.state.process.pid, name));
		signal('SIGSTOP');
		try {
			// What was voted before may still become final.
			await sleep(CUT * this.slot * 0.5);
			const before = await gateway.finalised();
			await sleep(CUT * this.slot * 0.5);
			const after = await gateway.finalised();
			if (after > before) throw new Error(`half of the voters made block ${after} final`);
		} finally {
			signal('SIGCONT');
		}
		return this.goOn([...half, ...others], 'after the cut');
	}

	/** What must hold in the end, each with whether it does. */
	async verdicts(load, issuance) {
		const { network, chain } = this;
		const height = await this.network.gateway.finalised();
		const at = await chain.api.at(await network.gateway.hashAt(height));
		const accounts = await at.query.system.account.entries();
		const sum = accounts.reduce((sum, [, { data }]) => sum + data.free.toBigInt() + data.reserved.toBigInt(), 0n);
		const now = (await at.query.balances.totalIssuance()).toBigInt();
		const nonces = await Promise.all(
			load.senders.map(async ({ address }) => (await at.query.system.account(address)).nonce.toBigInt()),
		);
		const sent = nonces.reduce((sum, nonce) => sum + nonce, 0n);
		const got = (await at.query.system.account(load.receiver)).data.free.toBigInt();
		const aggregators = (await chain.api.call.communicationTreeApi.aggregators()).toJSON();
		const guilty = aggregators.filter(([, { equivocated }]) => equivocated !== null);
		const counted = await Promise.all(network.nodes.map(async (node) => (await node.ask('fanOut_status', 0)).counters));
		const [doubles, faults] = ['equivocations', 'faults'].map((name) =>
			counted.reduce((all, counters) => all + (counters?.[name] ?? 0), 0));
		const words = network.nodes.flatMap((node) =>
			readFileSync(node.log, 'utf8').split('\n').filter((line) => EVIL.test(line)).map((line) => `${node.name}: ${line}`));
		return [
			[now === issuance, `${now} smallest units are issued, as before the first block of load`],
			[sum === now, `all ${accounts.length} accounts together have as many`],
			[got === sent * BigInt(AMOUNT), `${sent} transfers were carried out, and arrived once each`],
			[guilty.length === 0, 'nobody is convicted of an equivocation by the chain'],
			[doubles === 0, 'no node saw two blocks of a slot'],
			[faults === 0, 'no node saw what no honest peer does'],
			[words.length === 0, ['no log speaks of equivocation, corruption or panic', ...words.slice(0, 5)].join('\n        ')],
		];
	}

	/** Whether each node's database opens and executes the last final block again. */
	check(hash) {
		const { program, specification, nodes } = this.network;
		return nodes.map((node) => {
			const args = ['check-block', hash, '--chain', specification, '--base-path', node.folder];
			const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
			const reason = status === 0 ? '' : `\n        ${stderr.trim().split('\n').slice(-2).join('\n        ')}`;
			return [status === 0, `the database of ${node.name} opens, and its last final block is right${reason}`];
		});
	}
}

function read() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			folder: { type: 'string' },
			program: { type: 'string' },
			times: { type: 'string', default: '100' },
			slot: { type: 'string', default: '1000' },
			seed: { type: 'string', default: '1' },
			keep: { type: 'boolean', default: false },
		},
	});
	const number = (what, text, from) => {
		if (!/^\d{1,9}$/.test(text) || Number(text) < from) throw new Error(`${what} is a number from ${from} on, not '${text}'`);
		return Number(text);
	};
	if (positionals.length > 1) throw new Error(`what is '${positionals[1]}'?`);
	return {
		...values,
		count: number('the number of data aggregators', positionals[0] ?? '4', 4),
		times: number('--times', values.times, 0),
		slot: number('--slot', values.slot, 200),
		seed: number('--seed', values.seed, 0),
	};
}

async function main() {
	const { folder, program, count, times, slot, seed, keep } = read();
	const name = 'endurance';
	const home = join(folder, name);
	if (existsSync(home)) throw new Error(`${home} is there from another run: scripts/network delete --name ${name}`);
	say(`Making a network of ${count} data aggregators, slots of ${slot} ms, seed ${seed}`);
	const network = await Network.make(home, program, { name, count, slot });
	let chain;
	let good = true;
	const leave = async () => {
		await chain?.disconnect();
		if (good && !keep) await network.delete();
		else {
			await network.stop();
			say(`The nodes' data and logs are in ${home}`);
		}
	};
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => leave().finally(() => process.exit(1)));
	try {
		await network.start();
		chain = await connect(network.gateway.url, { quiet: true });
		await chain.api.isReadyOrError;
		const trial = new Trial(network, chain, seed);
		await trial.goOn(network.nodes, 'from the start');
		const issuance = (await chain.api.query.balances.totalIssuance()).toBigInt();
		const load = new Load(network, chain);
		const start = performance.now();
		for (let turn = 0; turn < times; turn++) {
			const names = await trial.kill(turn);
			say(`${turn + 1} of ${times}: ${names} was killed and is back`);
		}
		const healed = await trial.cut();
		say('The network was cut into halves, and is whole again');
		const minutes = (performance.now() - start) / 60_000;
		await load.stop(trial.patience);
		await trial.goOn(network.nodes, 'in the end');
		const verdicts = await trial.verdicts(load, issuance);
		const height = await network.gateway.finalised();
		const hash = await network.gateway.hashAt(height);
		await chain.disconnect();
		await network.stop();
		verdicts.push(...trial.check(hash));

		const s = (ms) => `${(ms / 1_000).toFixed(1)} s`;
		const row = (what, values) => [what, ...[0.5, 0.99, 1].map((share) => (values.length ? s(quantile(values, share)) : '-'))];
		console.log(`\n${height} blocks in ${minutes.toFixed(1)} minutes; killed: ${[...trial.killed].map(([one, n]) => `${one} ${n} times`).join(', ')}\n`);
		console.log(table(['', 'median', '99 %', 'largest'], [
			row(`${SOME} more final blocks without the killed`, trial.resumed),
			row(`${SOME} more final blocks everywhere, with them`, trial.returned),
			row('until they vote again, after that', trial.voting),
			row(`${SOME} more final blocks after the cut`, [healed]),
		]));
		console.log();
		for (const [message, n] of load.refused) console.log(`        refused ${n} times: ${message}`);
		for (const [holds, what] of verdicts) {
			good &&= holds;
			console.log(`${holds ? '  ok  ' : 'WRONG '}  ${what}`);
		}
	} catch (error) {
		good = false;
		throw error;
	} finally {
		await leave();
	}
	if (!good) process.exitCode = 1;
}

// The library reports connections that are closed on purpose in its own words.
const complain = ownWords();

try {
	await main();
} catch (error) {
	complain(`ERROR: ${error.message}\n       See scripts/endurance --help.`);
	process.exitCode = 1;
}
// A connection that tries to come back would keep us.
process.exit();
