// What came of it, for people: ratios to the slot, and whether they are as they should be.

import { table } from '../demo/table.js';
import { TIP } from './flood.js';
import { slope, spread } from './watch.js';

/** Shares of the slot and other bounds. */
const AUTHORED = 2 / 3;
const IMPORTED = 1 / 3;
const FULL = 0.95;
const SERVED = 2;
/** By how much memory may grow in the second half of the run: flat but for caches that fill. */
const GROWTH = 1.1;

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Print everything; whether all of it is good. */
export function report({ watch, loaded, authored, feeder, lost, neighbours, record, floods }) {
	let good = true;
	const verdict = (holds, what) => {
		good &&= holds;
		console.log(`${holds ? '  ok  ' : 'MISSED'}  ${what}`);
	};
	const { slotDuration } = watch;
	const slots = loaded.at(-1).slot - loaded[0].slot + 1;
	const within = ({ at }) => at >= loaded[0].seen && at <= loaded.at(-1).seen + slotDuration;
	const times = {
		'authored, of the slot': loaded.map(({ number }) => authored.get(number)).filter(Number.isFinite),
		'imported by the other, of the slot': watch.imports.filter(within).map((each) => 1_000 * each.seconds),
		'seen there later than here, of the slot': loaded
			.filter(({ number }) => watch.arrived.has(number))
			.map(({ number, seen }) => Math.max(0, watch.arrived.get(number) - seen)),
	};
	const shares = Object.entries(times).map(([name, all]) => [
		name, spread(all.map((time) => time / slotDuration)),
	]);
	const plain = [
		['extrinsics in a block', spread(loaded.map((block) => block.extrinsics))],
		['of them transfers', spread(loaded.map((block) => block.transfers))],
	];
	const fullness = spread(loaded.map((block) => block.fullness));
	const rows = [
		...plain.map(([name, each]) => [name, each.middle, each.most, each.largest]),
		...[["fullness of the users' part", fullness], ...shares].map(([name, each]) =>
			[name, ...[each.middle, each.most, each.largest].map(percent)]),
	];
	console.log(`\n== ${loaded.length} blocks under load, a slot takes ${slotDuration / 1_000} s ==\n`);
	console.log(table(['', 'median', '99 of 100', 'largest'], rows));
	console.log();
	verdict(loaded.length === slots, `blocks on time: ${loaded.length} in ${slots} slots`);
	verdict(fullness.middle >= FULL, `blocks are full: the median is ${percent(fullness.middle)} of the users' part`);
	const [[, wrote], [, imported]] = shares;
	verdict(wrote.largest < AUTHORED, `authored in ${percent(wrote.largest)} of the slot at most (below ${percent(AUTHORED)})`);
	verdict(imported.largest < IMPORTED, `imported in ${percent(imported.largest)} of the slot at most (below ${percent(IMPORTED)})`);

	const memory = watch.memory.filter(within);
	const half = memory.slice(Math.floor(memory.length / 2));
	const nodes = ['author', 'importer'].map((name) => {
		const of = (samples) => samples.map((sample) => [sample.at, sample[name]]);
		return { name, start: memory[0][name], middle: half[0][name], end: memory.at(-1)[name], slope: slope(of(half)) };
	});
	console.log("\n== Memory, in MB, the database's mapped files left out ==\n");
	console.log(table(
		['node', 'start', 'middle', 'end', 'a minute, second half'],
		nodes.map((node) => [node.name, ...[node.start, node.middle, node.end, node.slope].map((mb) => mb.toFixed(1))]),
	));
	console.log();
	for (const { name, middle, end } of nodes) {
		verdict(end / middle <= GROWTH, `memory of the ${name} in the second half: ${(end / middle).toFixed(3)} times (at most ${GROWTH})`);
	}

	console.log('\n== Nothing is lost ==\n');
	verdict(lost === 0, `${feeder.accepted} transfers accepted, ${feeder.accepted - lost} included`);
	for (const [words, times] of feeder.refusals) console.log(`        refused ${times} times: ${words}`);
	verdict(
		neighbours.finished > 0 && neighbours.failed === 0 && record.untimely === 0,
		`${neighbours.finished} whole trades meanwhile, ${neighbours.failed} came to nothing; counted ${record.timely} times in time, ${record.untimely} times late`,
	);
	for (const trouble of new Set(neighbours.troubles)) console.log(`        ${trouble}`);
	for (const node of [watch.author, watch.importer]) {
		for (const [words, times] of node.complaints()) {
			console.log(`        the log of the ${node.name} says ${times} times: ${words.slice(0, 160)}`);
		}
	}

	console.log('\n== Floods of the pool ==\n');
	const blocks = (each) => each.blocks ?? 'none';
	console.log(table(
		['from', 'accepted', 'pool then', 'others, blocks', `with a tip of ${TIP}`],
		floods.map((each) => [each.from, each.accepted, each.waiting, blocks(each.plain), blocks(each.tipped)]),
	));
	console.log();
	for (const { from, refusals, plain: other, tipped } of floods) {
		for (const [words, times] of refusals) console.log(`        ${from} was refused ${times} times: ${words}`);
		for (const [who, each] of [['others were', other], ['others with a tip were', tipped]]) {
			if (each.refused) console.log(`        ${who} refused at first: ${each.refused}`);
		}
		verdict(other.blocks <= SERVED, `flood from ${from}: others are served within ${blocks(other)} blocks (at most ${SERVED})`);
	}
	return good;
}
