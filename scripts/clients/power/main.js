// Draws power over a day. Run by scripts/power, whose --help says how.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connect } from '../lib/chain.js';
import { draw } from './picture.js';
import { flows as flowsOf, metersOf, readRegisters } from './registers.js';
import { readSeries } from './series.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

const OPTIONS = {
	line: { type: 'string' }, member: { type: 'string' }, meter: { type: 'string' },
	series: { type: 'string' }, url: { type: 'string', default: 'ws://127.0.0.1:9944' },
	hours: { type: 'string', default: '24' }, slot: { type: 'string' },
	output: { type: 'string', default: 'power.svg' },
};

/** What the command line asks for; throws what to do where it makes no sense. */
function read() {
	const { values } = parseArgs({ options: OPTIONS });
	const whose = ['line', 'member', 'meter', 'series'].filter((name) => values[name] !== undefined);
	if (whose.length !== 1) throw new Error('Give one of --line, --member, --meter and --series.');
	const number = (name, most) => {
		const value = Number(values[name]);
		if (!(value > 0 && value <= most)) throw new Error(`--${name} ${values[name]}: a number up to ${most} is needed.`);
		return value;
	};
	return {
		...values,
		line: values.line === undefined ? undefined : number('line', 2 ** 32 - 1),
		hours: number('hours', 24 * 366),
		slot: values.slot === undefined ? undefined : number('slot', 24 * 60) * MINUTE,
	};
}

/** Reads the flows from the chain. */
async function fromChain(options) {
	const chain = await connect(options.url, { quiet: true });
	try {
		const meters = await metersOf(chain.api, options);
		const { deliverySlot } = await chain.parameters();
		const length = options.slot ?? deliverySlot;
		const from = (await chain.now()) - options.hours * HOUR * (deliverySlot / length);
		const { books, pruned } = await readRegisters(chain.api, meters, from, deliverySlot);
		if (pruned) console.error('The node has forgotten older blocks: an archive node has the whole day.');
		const flows = flowsOf(books, deliverySlot, from);
		const silent = meters.length * new Set(flows.map((flow) => flow.from)).size
			- flows.reduce((sum, flow) => sum + flow.meters, 0);
		if (silent > 0) console.error(`${silent} registers are missing: those meters count as 0 there.`);
		return { flows, length, meters: meters.length };
	} finally {
		await chain.disconnect();
	}
}

async function run(options) {
	const { flows, length, meters } = options.series === undefined
		? await fromChain(options)
		: { flows: await readSeries(options.series, options.hours * HOUR), length: 15 * MINUTE, meters: 1 };
	if (flows.length === 0) throw new Error('The meters have not shown two registers in a row in that time.');
	const total = (key, of = flows) => of.reduce((sum, flow) => sum + flow[key], 0) / 1_000;
	const whose = options.line !== undefined ? `Line ${options.line}` : options.member ?? options.meter ?? options.series;
	const first = new Date(flows[0].from).toISOString().slice(0, 16).replace('T', ' ');
	const spread = (flows.at(-1).to - flows[0].from) / flows.length;
	const at = (moment) => {
		// Where time is compressed a clock would say nothing.
		if (options.slot !== undefined) return `${(((moment - flows[0].from) / spread) * (length / HOUR)).toFixed(1)} h`;
		return new Date(moment).toISOString().slice(11, 16);
	};
	const picture = draw({
		title: `${whose}: power over time`,
		subtitle: `from ${first} UTC, ${meters} meter${meters === 1 ? '' : 's'}, ` +
			`${total('imported').toFixed(1)} kWh consumed, ${total('exported').toFixed(1)} kWh fed in`,
		flows, length, at,
	});
	if (options.output === '-') return process.stdout.write(picture);
	writeFileSync(options.output, picture);
	const quarter = Math.ceil(flows.length / 4);
	for (let begin = 0; begin < flows.length; begin += quarter) {
		const of = flows.slice(begin, begin + quarter);
		console.log(`from ${at(of[0].from)}: ${total('imported', of).toFixed(2)} kWh consumed, ` +
			`${total('exported', of).toFixed(2)} kWh fed in`);
	}
	console.log(`in all: ${total('imported').toFixed(2)} kWh consumed, ${total('exported').toFixed(2)} kWh fed in`);
	return console.log(`Picture: ${options.output}`);
}

try {
	await run(read());
} catch (error) {
	console.error(`ERROR: ${error.message}`);
	process.exitCode = 1;
}
