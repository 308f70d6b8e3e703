// Plays everybody but the traders on a development chain, so that a person can trade by hand: the
// sensors see fair weather, the meters deliver what was started, the grid says what its power costs.
// The management centre is the node. Run by scripts/neighbourhood.
//
//     node scripts/clients/neighbourhood.js --url ws://127.0.0.1:9944 [--storm LINE]

import { parseArgs } from 'node:util';
import { connect } from './lib/chain.js';
import { LINES, meter, reading, readingCall, reportLines } from './lib/devices.js';
import { setGridPrices } from './lib/grid.js';

const HOUSEHOLDS = Array.from({ length: 14 }, (_, index) => index + 1);
/** What the grid's power costs, in smallest units per kWh. */
const GRID_PRICE = 320_000;
/** For how many slots ahead the grid says so. */
const SLOTS_AHEAD = 15;

const { values: options } = parseArgs({
	options: { url: { type: 'string', default: 'ws://127.0.0.1:9944' }, storm: { type: 'string' } },
});
const stormy = Number(options.storm ?? 0);
if (options.storm !== undefined && !LINES.includes(stormy)) {
	console.error(`--storm ${options.storm}: there are lines ${LINES.join(', ')}.`);
	process.exit(2);
}

const say = (text) => console.log(`${new Date().toLocaleTimeString('en-GB')}  ${text}`);
const fellThrough = (what) => (error) => say(`${what}: ${error.reason ?? error.message}`);

/** The sensors: one report a period each. */
class Sensors {
	#last = 0;

	constructor(chain, period) {
		this.chain = chain;
		this.period = period;
	}

	onBlock(now) {
		if (now - this.#last < this.period) return;
		this.#last = now;
		const seen = (line) => (line === stormy ? 'Thunderstorm' : 'Clear');
		reportLines(this.chain, now, (what, error) => fellThrough(what)(error), seen);
	}
}

/** The meters: at each slot boundary they have moved what the started trades of the slot say. */
class Meters {
	#registers = new Map(HOUSEHOLDS.map((number) => [meter(number).address, 0]));
	#boundary = 0;

	constructor(chain, slot) {
		this.chain = chain;
		this.slot = slot;
	}

	async onBlock(now) {
		const boundary = Math.floor(now / this.slot) * this.slot;
		if (boundary === this.#boundary) return;
		this.#boundary = boundary;
		for (const [device, moved] of await this.#moved(boundary - this.slot)) {
			this.#registers.set(device, this.#registers.get(device) + moved);
		}
		for (const number of HOUSEHOLDS) {
			const device = meter(number);
			const call = readingCall(
				this.chain,
				reading(device, boundary, 0, this.#registers.get(device.address)),
			);
			this.chain.send(device, call).catch(fellThrough(`meter ${number}`));
		}
	}

	/** Continue where the registers stand, as a meter does after a power cut. */
	async resume() {
		for (const device of this.#registers.keys()) {
			const book = await this.chain.api.call.sensorOracleApi.registers(device);
			const newest = book.at(-1);
			if (newest) this.#registers.set(device, newest.export.toNumber());
		}
	}

	async #moved(slot) {
		const trades = await this.chain.api.query.market.trades.entries();
		return trades
			.map(([, trade]) => trade.unwrap())
			.filter((trade) => trade.slot.start.toNumber() === slot && !trade.state.isPaid)
			.filter((trade) => trade.meter.isSome)
			.map((trade) => [trade.meter.unwrap().toString(), trade.volume.toNumber()])
			.filter(([device]) => this.#registers.has(device));
	}
}

/** The grid: says in advance what its power costs. A seller who fails owes the difference. */
class Grid {
	#from = 0;

	constructor(chain, slot) {
		this.chain = chain;
		this.slot = slot;
	}

	onBlock(now) {
		// The slot after the next one can still be named, however soon the next begins.
		const from = (Math.floor(now / this.slot) + 2) * this.slot;
		if (from === this.#from) return;
		this.#from = from;
		const prices = Array(SLOTS_AHEAD).fill(GRID_PRICE);
		for (const line of LINES) {
			setGridPrices(this.chain, line, from, prices).catch(fellThrough(`grid, line ${line}`));
		}
	}
}

/** What happens to people and their money, apart from the deposits and bonds of every trade. */
const TOLD = {
	market: (method) => method !== 'GridPricesSet',
	blacklist: () => true,
	credibility: () => true,
	sharedWallet: (method) => ['Fined', 'FinesPaid', 'Forfeited'].includes(method),
};

/** Tell what happens on the market. */
function tell(chain) {
	return chain.api.query.system.events((events) => {
		for (const { event } of events) {
			if (!TOLD[event.section]?.(event.method)) continue;
			say(`${event.section}.${event.method} ${JSON.stringify(event.data.toHuman())}`);
		}
	});
}

const chain = await connect(options.url);
await chain.waitUntil(1); // Before its first block a chain knows no time.
const { deliverySlot } = await chain.parameters();
const { reportPeriod } = await chain.parametersOf('sensorOracle');
const meters = new Meters(chain, deliverySlot);
await meters.resume();
const parties = [new Sensors(chain, reportPeriod), meters, new Grid(chain, deliverySlot)];
await tell(chain);
say(`Everybody is there. A delivery slot takes ${deliverySlot / 1000} s.`);
await chain.api.rpc.chain.subscribeNewHeads(async () => {
	const now = await chain.now();
	for (const party of parties) {
		Promise.resolve(party.onBlock(now)).catch(fellThrough(party.constructor.name));
	}
});
