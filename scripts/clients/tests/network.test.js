// Four data aggregators and a gateway: blocks travel down the tree, and everybody follows when one is
// killed, when one has no fan-out, when its task is stopped; on both network backends. A light client and
// a full node that know the gateway alone follow, too. The dashboard asks for what the nodes tell.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../lib/chain.js';
import { remove } from '../network/authority.js';
import { measure, tell } from '../network/finality.js';
import { LightClient } from '../network/light.js';
import { Network } from '../network/network.js';
import { draw, treeOf } from '../network/tree.js';
import { prepared, stepsOf, within } from './support.js';

const DASHBOARD = new URL('../../../node/dashboard.json', import.meta.url);

/** In milliseconds. */
const SLOT = 1_000;
/** Blocks that have to become final before something counts as going on. */
const SOME = 6;
/** One of each couple of households, and some. */
const PAYMENTS = 8;
/** For anything that takes some slots on a machine that does other things, too; in seconds. */
const PATIENCE = 180;

/** Wait until `check` answers with something. */
async function reached(what, check, seconds = PATIENCE) {
	let over = false;
	const found = (async () => {
		while (!over) {
			const answer = await check();
			if (answer) return answer;
			await sleep(200);
		}
		return undefined;
	})();
	try {
		return await within(seconds, what, found);
	} finally {
		over = true;
	}
}

/** Wait until all of `nodes` have some more final blocks than the first has now, and the same. */
async function goOn(nodes, what) {
	const height = (await nodes[0].finalised()) + SOME;
	const all = async () => {
		const heights = await Promise.all(nodes.map((node) => node.finalised()));
		return heights.every((one) => one >= height);
	};
	await reached(`${nodes.map(({ name }) => name).join(', ')} to go on ${what}`, all);
	const hashes = await Promise.all(nodes.map((node) => node.hashAt(height)));
	assert.equal(new Set(hashes).size, 1, `one chain ${what}`);
	return height;
}

/** The names of what `nodes` tell Prometheus; of a histogram its name alone. */
async function metricsOf(nodes) {
	const texts = nodes.map(async ({ state }) => {
		const answer = await fetch(`http://127.0.0.1:${state.ports.metrics}/metrics`);
		return answer.text();
	});
	const lines = (await Promise.all(texts)).flatMap((text) => text.split('\n'));
	return new Set(lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]));
}

/** How many of a node's blocks came down the tree so far. */
const received = async (node) => (await node.ask('fanOut_status', 0)).counters?.received ?? 0;

/** Wait until some more blocks have come down the tree to each of `nodes`. */
async function fansOut(nodes, what) {
	const before = await Promise.all(nodes.map(received));
	await reached(`blocks down the tree ${what}`, async () => {
		const now = await Promise.all(nodes.map(received));
		return now.every((count, index) => count >= before[index] + SOME);
	});
}

for (const backend of ['litep2p', 'libp2p']) {
	test(`four data aggregators follow each other over ${backend}`, async (t) => {
		const step = stepsOf(t);
		const folder = await mkdtemp(join(prepared('FOLDER'), `network-${backend}-`));
		// Either way is tried with one of the backends.
		const households = backend === 'libp2p';
		const options = { name: `test-${backend}`, count: 4, slot: SLOT, backend, households };
		const network = await Network.make(folder, prepared('NODE'), options);
		t.after(async () => {
			await network.stop();
			await rm(folder, { recursive: true, force: true });
		});
		const { gateway } = network;
		const [first, second, third, fourth] = network.aggregators;
		const treed = [first, second, third];
		fourth.state.options = ['--fan-out', 'off'];

		await step('all follow, one without fan-out, and a gateway', async () => {
			await network.start();
			await goOn([...network.aggregators, gateway], 'from the start');
		});

		await step('blocks travel down the tree', async () => {
			await fansOut(treed, 'of three');
			for (const node of treed) {
				const { running, links, suspects, session, counters } = await node.ask('fanOut_status');
				assert(running);
				assert(Array.isArray(suspects));
				assert.equal(links, 2, 'links to the two others that have fan-out');
				assert.equal(session.members, 4);
				assert.equal(counters.faults + counters.equivocations, 0);
			}
			assert.deepEqual(await fourth.ask('fanOut_status'), { running: false });
		});

		await step('all nodes name the same tree of a block, its root the author', async () => {
			const height = await first.finalised();
			const hash = await first.hashAt(height);
			const [tree, ...others] = await Promise.all(
				[first, second, fourth, gateway].map(async (node) => {
					const { here, ...tree } = await node.ask('fanOut_tree', hash);
					return tree;
				}),
			);
			for (const other of others) assert.deepEqual(other, tree);
			assert.equal(tree.number, height);
			assert.equal(tree.way.mode, 'ours');
			const [relays] = tree.way.trees;
			assert.equal(relays.length, 4);
			assert.equal(relays[0].account, tree.author);
			const peers = relays.map(({ peer }) => peer).sort();
			assert.deepEqual(peers, network.aggregators.map(({ peer }) => peer).sort());
		});

		await step('the way of a block is drawn', async () => {
			const nodes = [gateway, ...network.aggregators];
			const tree = await treeOf(nodes);
			const picture = draw(tree);
			for (const { name } of network.aggregators) assert(picture.includes(`>${name}, trust`), name);
			assert.equal(tree.trees[0].length, network.aggregators.length);
			await assert.rejects(treeOf(nodes, tree.number + 1_000), /is not final/);
		});

		await step('the dashboard asks for what the nodes tell, and for all of ours', async () => {
			const text = await readFile(DASHBOARD, 'utf8');
			const asked = JSON.parse(text).panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
			const names = asked.flatMap((expr) => expr.match(/\b(?:voltree|substrate)_\w+/g));
			const told = await metricsOf([gateway, first]);
			const base = (name) => (told.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));
			const wanted = new Set(names.map(base));
			assert.deepEqual([...wanted].filter((name) => !told.has(name)), [], 'nobody tells these');
			const ours = [...told].filter((name) => name.startsWith('voltree_'));
			assert.deepEqual(ours.filter((name) => !wanted.has(name)), [], 'the dashboard does not show these');
		});

		await step('all are ready', async () => {
			for (const node of network.nodes) {
				const { ready, reasons } = await node.ask('voltree_readiness');
				assert(ready, `${node.name}: ${reasons}`);
			}
			assert.equal(await first.metric('voltree_ready'), 1);
			assert.equal(await first.metric('voltree_tree_members'), 4);
		});

		await step('one is killed, and comes back; who knows the gateway alone follows', async () => {
			const light = await LightClient.start(await readFile(join(folder, 'light.json'), 'utf8'));
			t.after(() => light.stop());
			const follower = await network.follower();
			await follower.start();
			await third.end('SIGKILL');
			const height = await goOn([first, second, fourth, gateway, follower], 'without the third');
			// The light client may have found it, too.
			const peers = (await follower.ask('system_peers')).filter(({ roles }) => roles !== 'LIGHT');
			const found = peers.map(({ peerId }) => peerId);
			assert.deepEqual(found, [gateway.peer], 'the full node has one peer, the gateway');
			await reached('the light client to follow', () => light.finalised >= height);
			const hash = await light.head();
			assert.equal(await first.hashAt(Number((await light.header(hash)).number)), hash);
			await Promise.all([light.stop(), follower.end()]);
			await third.start();
			await goOn([third, first, second, fourth], 'with the third again');
			await fansOut([third], 'to the one that came back');
		});

		await step('a stopped task leaves an ordinary node', async () => {
			assert.equal(await second.ask('fanOut_stop'), true);
			await reached('the end of the task', async () => {
				const { running } = await second.ask('fanOut_status');
				return !running;
			});
			assert.equal(await second.ask('fanOut_stop'), false);
			// The fan-out's links end, the others do not.
			await reached('the others to see that', async () => {
				const { links } = await first.ask('fanOut_status');
				return links === 1;
			});
			assert.equal((await second.ask('system_health')).peers, network.aggregators.length);
			await goOn([second, first, third, fourth, gateway], 'without one task');
			await fansOut([first, third], 'of two');
		});

		if (households) {
			await step('power is paid for, and that is final', async () => {
				const chain = await connect(gateway.url, { quiet: true });
				t.after(() => chain.disconnect());
				const paid = await within(2 * PATIENCE, 'payments', measure(network, chain, PAYMENTS));
				assert.match(paid.what, /market\.pay/);
				assert.equal(paid.final.length, PAYMENTS);
				assert(paid.final.every((final, index) => final >= paid.included[index]));
				assert.match(tell(network, paid).text, /of 100 are final within/);
			});
			return;
		}

		await step('with two of four gone nothing becomes final, and readiness says so', async () => {
			await Promise.all([third.end('SIGKILL'), fourth.end('SIGKILL')]);
			await reached('readiness to go red', async () => {
				const { ready, reasons } = await first.ask('voltree_readiness');
				return !ready && reasons.some((reason) => reason.startsWith('no block has become final'));
			});
			await Promise.all([third.start(), fourth.start()]);
			await goOn([first, second, third, fourth], 'when they are back');
		});
	});
}

test('a removed data aggregator loses its links', async (t) => {
	const folder = await mkdtemp(join(prepared('FOLDER'), 'network-removed-'));
	const options = { name: 'test-removed', count: 5, slot: SLOT };
	const network = await Network.make(folder, prepared('NODE'), options);
	let chain;
	t.after(async () => {
		await chain?.disconnect();
		await network.stop();
		await rm(folder, { recursive: true, force: true });
	});
	await network.start();
	const [first, ...others] = network.aggregators;
	const removed = others.pop();
	const peersOf = async (node) => (await node.ask('system_peers')).map(({ peerId }) => peerId);
	const linked = async () => (await peersOf(first)).includes(removed.peer);
	await goOn([...network.aggregators], 'from the start');
	await reached('a link', linked);
	chain = await connect(network.gateway.url, { quiet: true });
	await chain.api.isReadyOrError;
	await remove(network, chain, removed);
	await reached('the link to be cut', async () => !(await linked()));
	await goOn([first, ...others], 'without it');
	assert(!(await linked()));
	for (const node of [first, ...others]) {
		const { links } = await node.ask('fanOut_status');
		assert.equal(links, 3, `${node.name} has fan-out links to the others alone`);
	}
});
