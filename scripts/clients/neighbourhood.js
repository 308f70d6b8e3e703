// Plays everybody but the traders on a development chain, so that a person can trade by hand: the
// management centre answers requests, the sensors see fair weather, the meters deliver what was
// started. Run by scripts/neighbourhood.
//
//     node scripts/clients/neighbourhood.js --url ws://127.0.0.1:9944 [--storm LINE]

import { parseArgs } from 'node:util';
import { connect, account } from './lib/chain.js';
import { SERVICE, response } from './lib/centre.js';
import { lineReport, meter, reading, readingCall, reportCall, sensor } from './lib/devices.js';

const LINES = [1, 2, 3];
const OWNERS = [1, 2, 3, 4];
const HOUSEHOLDS = Array.from({ length: 14 }, (_, index) => index + 1);

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

/** The management centre: answers a request as soon as the chain lets it, and asks again if not. */
class Centre {
	#asking = new Set();

	constructor(chain) {
		this.chain = chain;
	}

	async onBlock(now) {
		const requests = await this.chain.api.query.market.requests.entries();
		for (const [key, request] of requests) {
			const id = key.args[0].toNumber();
			const { collectUntil, state } = request.unwrap();
			// Earlier it is allowed if the offers suffice; by hand the window is short enough.
			const ready = state.isOpen && now >= collectUntil.toNumber();
			if (ready && !this.#asking.has(id)) this.#answer(id);
		}
	}

	async #answer(id) {
		this.#asking.add(id);
		try {
			const call = await response(this.chain, id);
			if (call) await this.chain.sendAndWait(account(SERVICE), call);
		} catch (error) {
			fellThrough(`request ${id} not answered`)(error);
		} finally {
			this.#asking.delete(id);
		}
	}
}

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
		for (const line of LINES) {
			const seen = line === stormy ? 'Thunderstorm' : 'Clear';
			for (const owner of OWNERS) {
				const device = sensor(line, owner);
				const call = reportCall(this.chain, lineReport(device, seen, now));
				this.chain.send(device, call).catch(fellThrough(`sensor ${line}/${owner}`));
			}
		}
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

/** Tell what happens on the market. */
function tell(chain) {
	return chain.api.query.system.events((events) => {
		for (const { event } of events) {
			if (!['market', 'blacklist', 'credibility'].includes(event.section)) continue;
			say(`${event.section}.${event.method} ${JSON.stringify(event.data.toHuman())}`);
		}
	});
}

const chain = await connect(options.url);
const { deliverySlot } = await chain.parameters();
const { reportPeriod } = (await chain.api.query.sensorOracle.parameters()).toJSON();
const meters = new Meters(chain, deliverySlot);
await meters.resume();
const parties = [new Centre(chain), new Sensors(chain, reportPeriod), meters];
await tell(chain);
say(`Everybody is there. A delivery slot takes ${deliverySlot / 1000} s.`);
await chain.api.rpc.chain.subscribeNewHeads(async () => {
	const now = await chain.now();
	for (const party of parties) {
		Promise.resolve(party.onBlock(now)).catch(fellThrough(party.constructor.name));
	}
});
