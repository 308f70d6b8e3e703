// Keeps the blocks of a chain full for some minutes and tells how it bears that. Run by scripts/load.
//
//     node main.js --node PROGRAM --folder FOLDER [--minutes M]

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { ownWords } from '../lib/words.js';
import { drained, flood, TRANSFERS } from './flood.js';
import { Feeder } from './feeder.js';
import { couplesOf, Neighbours } from './neighbours.js';
import { Node } from './nodes.js';
import { report } from './report.js';
import { writeSpec } from './spec.js';
import { sendersOf, Writer } from './transfers.js';
import { Watch } from './watch.js';

const SENDERS = 1_000;
const COUPLES = 30;
/** Blocks' worth of transfers that wait in the pool. */
const AHEAD = 2;
/** So much more than fits is sent, evenly: the blocks stay full. */
const PACE = 1.05;
/** Below the pool's default limit of 8,192. */
const MOST_WAITING = 7_000;

const { values: options } = parseArgs({
	options: {
		node: { type: 'string' },
		folder: { type: 'string' },
		minutes: { type: 'string', default: '10' },
	},
});
const minutes = Number(options.minutes);

const say = (text) => console.log(`==> ${text}`);

// The library reports lost connections in its own words; at the end they are lost on purpose.
const complain = ownWords();

/** Sign `count` transfers for each of `senders`. */
async function signAll(writer, senders, count) {
	for (const sender of senders) {
		sender.signed = Array.from({ length: count }, (_, nonce) => writer.write(sender, nonce));
		await sleep(0);
	}
}

/** How many transfers fill the users' part of a block. */
async function transfersPerBlock(api, writer, sender) {
	const { normal } = api.consts.system.blockWeights.perClass;
	const bytes = writer.write(sender, 0);
	const { weight } = await api.call.transactionPaymentApi.queryInfo(bytes, bytes.length);
	const each = weight.refTime.toNumber() + normal.baseExtrinsic.refTime.toNumber();
	return Math.floor(normal.maxTotal.unwrap().refTime.toNumber() / each);
}

/** Transfers that were accepted and are in no block. */
async function lostOf(api, senders) {
	let lost = 0;
	const accounts = await api.query.system.account.multi(senders.map(({ address }) => address));
	for (const [index, { nonce }] of accounts.entries()) lost += senders[index].accepted - nonce.toNumber();
	return lost;
}

async function run(nodes) {
	await cryptoWaitReady();
	const { folder, node: program } = options;
	const chain = join(folder, 'network.json');
	const couples = couplesOf(COUPLES);
	const senders = sendersOf('sender', SENDERS);
	const crowd = sendersOf('crowd', 1_000);
	const alone = sendersOf('alone', 1);
	const users = sendersOf('user', 4);
	const rich = [...senders, ...crowd, ...alone, ...users];
	writeSpec(program, chain, { senders: rich, couples });

	say('Starting two nodes: one writes the blocks, the other imports them');
	const author = new Node(program, { chain, folder, name: 'author', role: ['--alice', '--force-authoring'] });
	nodes.push(author);
	const main = await author.start();
	const role = ['--bootnodes', await author.address()];
	const importer = new Node(program, { chain, folder, name: 'importer', role });
	nodes.push(importer);
	await importer.start();
	while ((await importer.connection.api.rpc.chain.getHeader()).number.toNumber() < 2) await sleep(500);

	const { api } = main;
	const writer = new Writer(api, users[0].address);
	writer.check(senders[0]);
	const perBlock = await transfersPerBlock(api, writer, senders[0]);
	const watch = new Watch(author, importer);
	const feeder = await Feeder.open(author.url);
	await watch.start({ onBlock: ({ transfers }) => (feeder.included += transfers) });
	const slots = (minutes * 60_000) / watch.slotDuration;
	const count = Math.ceil((1.05 * perBlock * (slots + 2 * AHEAD)) / SENDERS);
	say(`${perBlock} transfers fill a block; signing ${count} for each of ${SENDERS} senders, and the floods`);
	await signAll(writer, senders, count);
	await signAll(writer, crowd, TRANSFERS / crowd.length);
	await signAll(writer, alone, TRANSFERS);

	const neighbours = new Neighbours(main, couples);
	await neighbours.start();
	say(`Full blocks for ${minutes} minutes, with ${COUPLES} couples who trade all the time`);
	const end = Date.now() + minutes * 60_000;
	const most = Math.min(MOST_WAITING, AHEAD * perBlock);
	const begin = watch.best;
	const perSecond = (PACE * perBlock * 1_000) / watch.slotDuration;
	await feeder.feed(senders, () => Date.now() < end && author.runs, () => most, perSecond);
	const last = watch.best;
	// The first block was begun before the pool was full.
	const loaded = watch.blocks.filter(({ number }) => number > begin + 1 && number <= last);

	say('The pool runs empty, the trades end');
	neighbours.goesOn = false;
	for (let tries = 0; tries < 240 && !neighbours.isQuiet; tries += 1) await sleep(1_000);
	neighbours.stop();
	await drained(watch);
	const lost = await lostOf(api, senders);
	const record = await neighbours.record();

	const floods = [];
	for (const [from, flooders, pair] of [['one key', alone, users.slice(0, 2)], ['a thousand keys', crowd, users.slice(2)]]) {
		say(`A flood of ${TRANSFERS} transfers from ${from}`);
		floods.push({ from, ...(await flood({ url: author.url, watch, writer, senders: flooders, users: pair })) });
		await drained(watch);
	}
	await watch.stop();
	await feeder.close();
	return report({ watch, loaded, authored: author.authored(), feeder, lost, neighbours, record, floods });
}

const nodes = [];
let stopping;
const stopAll = () => (stopping ??= Promise.all(nodes.map((node) => node.stop())));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
	process.once(signal, () => stopAll().finally(() => process.exit(code)));
}
const good = await run(nodes).catch((error) => {
	complain(`ERROR: ${error.stack}`);
	for (const { name, log } of nodes) complain(`\nThe last words of the ${name}:\n${log.slice(-15).join('\n')}`);
	return false;
});
await stopAll();
process.exit(good ? 0 : 1);
