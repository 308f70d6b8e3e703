// The demo's driver: plays one day of real data on a running chain, then says what came of it.
// Started by scripts/demo; --help says how to start it by hand.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from '../lib/chain.js';
import { ownWords } from '../lib/words.js';
import { Agents } from './agents.js';
import { describe } from './behaviour.js';
import { seeded } from './chance.js';
import { Clock } from './clock.js';
import { part, readDay } from './data.js';
import { Meters } from './field.js';
import { Household } from './household.js';
import { Ledger } from './ledger.js';
import { check, opening } from './money.js';
import { Outbox } from './outbox.js';
import { play } from './play.js';
import { Progress } from './progress.js';
import { report } from './report.js';
import { announce } from './tariff.js';

const HELP = `Usage: node main.js [--url ws://127.0.0.1:9944] [--data FOLDER] [--output FOLDER] [--seed TEXT] [--slots 40-60] [--mark FILE]
               --agent PROGRAM [--model FILE] [--work FOLDER]

  --url     the node, of the chain 'demo'
  --data    the day to replay (default: chain-spec/data of this clone)
  --output  where the picture and the numbers go (default: demo-output)
  --seed    for the draws of who misbehaves when (default: voltree)
  --slots   play a part of the day only, for a quick look
  --agent   the sensors' program, voltree-sensor
  --model   what it judges the weather with (default: the thunderstorm model of this clone)
  --work    where the agents keep keys and queues (default: a temporary folder)
  --mark    a file that always holds the number of the slot that is running`;

const OPTIONS = {
	url: { type: 'string', default: 'ws://127.0.0.1:9944' },
	data: {
		type: 'string',
		default: fileURLToPath(new URL('../../../chain-spec/data', import.meta.url)),
	},
	output: { type: 'string', default: 'demo-output' },
	seed: { type: 'string', default: 'voltree' },
	slots: { type: 'string', default: '0-96' },
	agent: { type: 'string', default: 'voltree-sensor' },
	model: {
		type: 'string',
		default: fileURLToPath(new URL('../../../node/sensor/models/thunderstorm.json', import.meta.url)),
	},
	work: { type: 'string' },
	mark: { type: 'string' },
	help: { type: 'boolean', default: false },
};

// The library reports lost connections and refusals in its own words; the driver does so in ours.
const complain = ownWords();

/** From now to the first slot: grid prices, offers and requests for it need this time. */
const LEAD = 30_000;

async function run(options) {
	const day = part(readDay(options.data), ...options.slots.split('-').map(Number));
	const draw = seeded(options.seed);
	const chain = await connect(options.url, { quiet: true });
	await chain.waitUntil(1); // Before its first block a chain knows no time.
	const parameters = await chain.parameters();
	const blockSlot = (await chain.api.query.communicationTree.slotDuration()).toNumber();

	const finalized = await chain.api.rpc.chain.getFinalizedHead();
	const first = (await chain.api.rpc.chain.getHeader(finalized)).number.toNumber() + 1;
	const before = await opening(chain.api, finalized);
	const begin = await chain.slotAfter(LEAD);
	const clock = new Clock(begin, parameters.deliverySlot, day.quarters.length);
	const gridCharges = await announce(chain, day, clock);
	const { lines } = day;
	const households = day.households.map(
		(household) => new Household(household, { chain, clock, lines, draw, gridCharges }),
	);
	const progress = new Progress();
	const folder = options.work ?? mkdtempSync(join(tmpdir(), 'voltree-sensors-'));
	const agents = new Agents({
		program: options.agent, model: options.model, url: options.url, folder, day, clock, draw,
		say: (words) => progress.say(words),
	});
	const demo = {
		chain, day, clock, households, gridCharges, agents, progress,
		costs: JSON.parse(readFileSync(options.model, 'utf8')).decision.costs,
		meters: new Meters(chain, day, clock, draw),
		outbox: new Outbox(chain),
		ledger: new Ledger(chain, first, blockSlot),
		mark: options.mark,
	};

	const minutes = ((clock.end - (await chain.now())) / 60_000).toFixed(1);
	progress.say(
		`${day.date}: ${day.quarters.length} quarter hours in slots of ${parameters.deliverySlot / 1_000} s, ` +
		`${households.length} households on ${day.lines.length} lines, about ${minutes} minutes.`,
	);
	progress.say(`  ${agents.all.length} sensors judge the station's weather with ${basename(options.model)}`);
	for (const fault of describe(day.households)) progress.say(`  ${fault}`);
	await demo.meters.prepare();
	const played = await play(demo);
	await agents.stop();
	if (!options.work) rmSync(folder, { recursive: true });
	progress.end();

	mkdirSync(options.output, { recursive: true });
	const write = (name, text) => {
		writeFileSync(join(options.output, name), text);
		return join(options.output, name);
	};
	const money = (story) => check(chain.api, demo.ledger.newest.hash, before, story);
	const good = await report({ ...demo, played, money, write });
	await chain.disconnect();
	return good ? 0 : 1;
}

/** The options of the command line; ends the program where they make no sense. */
function options() {
	try {
		return parseArgs({ options: OPTIONS }).values;
	} catch (error) {
		complain(`ERROR: ${error.message}\n\n${HELP}`);
		return process.exit(2);
	}
}

const values = options();
if (values.help) {
	console.log(HELP);
} else {
	const code = await run(values).catch((error) => {
		complain(`ERROR: the demo failed: ${error.message}`);
		return 1;
	});
	process.exit(code);
}
