// How long transactions take until they are final, and what the nodes need for that: transfers, or
// payments for power where there are households, sent through one node one after the other, at all
// moments of a slot alike.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { table } from '../demo/table.js';
import { Refused, errorName } from '../lib/chain.js';
import { sr25519 } from './keys.js';
import { Payments } from './payments.js';

/** Between two transactions, in slots: no multiple of it is near a whole number before the eighth. */
const GOLDEN = 0.1618;
/** A transaction that is not final after so many slots, and so many ms, is lost. */
const [LOST, PATIENCE] = [60, 180_000];
/** Half of them are to be final within so many slots, and 99 of 100; or within so many ms. */
const GOALS = [[0.5, 2, 6_000], [0.99, 4, 12_000]];
/** Ticks of a processor in a second. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The value below which a share of the values is. */
export function quantile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/** Seconds of processor time that a process has used, and its memory in MB, mapped files left out. */
function used({ pid }) {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [, kb] = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return { seconds: (Number(fields[11]) + Number(fields[12])) / TICKS, memory: Number(kb ?? 0) / 1_024 };
}

/** Seconds for which all processors together did something, and how many seconds they had. */
function machine() {
	const [all] = readFileSync('/proc/stat', 'utf8').split('\n');
	const [user, nice, system, idle, wait, ...more] = all.split(/\s+/).slice(1, 9).map(Number);
	const busy = user + nice + system + more.reduce((sum, one) => sum + one, 0);
	return { busy, all: busy + idle + wait };
}

/** Transfers of the smallest amount between two members of the authority. */
class Transfers {
	what = 'transfers (balances.transferKeepAlive)';

	constructor({ api }, authority) {
		const [who, receiver] = authority.map(sr25519);
		this.one = { who, call: api.tx.balances.transferKeepAlive(receiver.address, 1) };
	}

	async start() {}

	async next() {
		return this.one;
	}

	stop() {}
}

/** Send a transaction; resolves to the promise of when it was in a block and when that was final, in ms. */
async function send(chain, { who, call }) {
	const { api } = chain;
	const signed = await chain.sign(who, call);
	const begin = performance.now();
	let included;
	const final = new Promise((resolve, reject) => {
		signed.send(({ status, dispatchError }) => {
			if (dispatchError) reject(new Refused(errorName(api, dispatchError), signed.method.method));
			// A busy node may tell of the final block alone.
			if (status.isInBlock || status.isFinalized) included ??= performance.now() - begin;
			if (status.isFinalized) resolve({ included, final: performance.now() - begin });
			if (status.isInvalid || status.isDropped || status.isUsurped || status.isFinalityTimeout) {
				reject(new Error(`a transaction came to nothing: ${status.type}`));
			}
		}).catch(reject);
	});
	// Whoever waits for all of them hears of it.
	final.catch(() => {});
	return { final };
}

/**
 * Send `count` transactions and watch. Resolves to `{ what, included, final, lag, nodes, cpu }`: times in
 * ms, the lag of finality in blocks, what each node used, and the share of the machine's processors.
 */
export async function measure(network, chain, count) {
	const { slot, centre, households } = network.state;
	const pause = GOLDEN * slot;
	const source = households ? new Payments(chain, pause, slot) : new Transfers(chain, centre.authority);
	const running = network.nodes.filter((node) => node.runs);
	const observer = running.find((node) => node.isGateway) ?? running[0];
	await source.start();
	const before = running.map((node) => used(node.state.process));
	const [busy, start] = [machine(), performance.now()];
	const lag = [];
	let over = false;
	const watching = (async () => {
		while (!over) {
			lag.push((await observer.ask('voltree_readiness')).lag);
			await sleep(slot / 3);
		}
	})();
	const all = await (async () => {
		const times = [];
		let due = start;
		for (let index = 0; index < count; index++) {
			const next = await source.next();
			// From the moment that was due, not from the last one: delays do not add up. It can take
			// time until there is something to pay.
			due = Math.max(due, performance.now() - pause);
			await sleep(Math.max(0, due - performance.now()));
			due += pause;
			times.push((await send(chain, next)).final);
		}
		const late = sleep(Math.max(LOST * slot, PATIENCE), undefined, { ref: false }).then(() => {
			throw new Error('not all became final: scripts/network status');
		});
		return Promise.race([Promise.all(times), late]);
	})().finally(() => {
		over = true;
		source.stop();
	});
	await watching;
	const seconds = (performance.now() - start) / 1_000;
	const after = machine();
	return {
		what: source.what,
		included: all.map(({ included }) => included),
		final: all.map(({ final }) => final),
		lag,
		cpu: (after.busy - busy.busy) / (after.all - busy.all),
		nodes: running.map((node, index) => {
			const now = used(node.state.process);
			return { name: node.name, cpu: (now.seconds - before[index].seconds) / seconds, memory: now.memory };
		}),
	};
}

/** What came of it, in words; `good` where it is as it should be. */
export function tell(network, { what, included, final, lag, nodes, cpu }) {
	const { slot } = network.state;
	const s = (ms) => `${(ms / 1_000).toFixed(1)} s`;
	const percent = (share) => `${(100 * share).toFixed(1)} %`;
	const mb = (value) => `${value.toFixed(0)} MB`;
	const row = (what, values, unit) => [what, ...[0.5, 0.95, 0.99, 1].map((share) => unit(quantile(values, share)))];
	const running = network.aggregators.filter((node) => node.runs);
	const lines = [
		`${final.length} ${what} through ${nodes[0].name}, slots of ${s(slot)}; ` +
			`${running.length} of ${network.aggregators.length} data aggregators run`,
		'',
		table(['', 'median', '95 %', '99 %', 'largest'], [
			row('from submitting to a block', included, s),
			row('from submitting to final', final, s),
			row('blocks that are not final', lag, String),
			row('processor of a node, in parts of one', nodes.map((node) => node.cpu), percent),
			row('memory of a node', nodes.map((node) => node.memory), mb),
		]),
		`All processors of the machine, whoever used them: ${percent(cpu)}`,
		'',
	];
	let good = true;
	for (const [share, slots, least] of GOALS) {
		const [value, most] = [quantile(final, share), Math.max(slots * slot, least)];
		const holds = value <= most;
		good &&= holds;
		lines.push(`${holds ? '  ok  ' : 'MISSED'}  ${100 * share} of 100 are final within ${s(value)} (at most ${s(most)})`);
	}
	return { text: lines.join('\n'), good };
}
