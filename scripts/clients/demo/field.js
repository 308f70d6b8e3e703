// The world outside the chain: the meters, which count what flows. Power of a household is fed in only
// while its line is safe.

import { meter, reading, readingCall } from '../lib/devices.js';
import { misbehaves } from './behaviour.js';

const SECOND = 1_000;

/** The meters, which count what flows and report their registers at the end of each slot. */
export class Meters {
	#safe = new Map();
	#last;

	constructor(chain, day, clock, draw) {
		Object.assign(this, { chain, day, clock, draw });
		this.all = day.households.map((household) => ({
			household,
			device: meter(household.number),
			registers: [{ imported: 0, exported: 0 }],
			reported: -1,
		}));
	}

	/** Note how long each line was safe in each slot. */
	#watch({ now, lines }) {
		const from = this.#last?.now ?? now;
		for (let moment = from; moment < now; moment += SECOND) {
			const slot = this.clock.slotAt(moment);
			for (const [line, verdict] of this.#last.lines) {
				if (verdict !== 'Safe') continue;
				const key = `${line}/${slot}`;
				this.#safe.set(key, (this.#safe.get(key) ?? 0) + SECOND);
			}
		}
		this.#last = { now, lines };
	}

	/** Energy that a household fed into its line in a slot. */
	#fedIn({ number, line, energy }, slot) {
		const share = Math.min((this.#safe.get(`${line}/${slot}`) ?? 0) / this.clock.length, 1);
		if (misbehaves(this.draw, number, slot, 'does not start')) return 0;
		const half = misbehaves(this.draw, number, slot, 'delivers half') ? 0.5 : 1;
		return Math.floor(Math.max(energy[slot].surplus, 0) * share * half);
	}

	/** The registers at the beginning of slot `boundary`. */
	#read({ household, registers }, boundary) {
		while (registers.length <= boundary) {
			const slot = registers.length - 1;
			const { imported, exported } = registers[slot];
			registers.push({
				imported: imported + Math.max(-household.energy[slot].surplus, 0),
				exported: exported + this.#fedIn(household, slot),
			});
		}
		return registers[boundary];
	}

	async act(view, outbox) {
		this.#watch(view);
		const newest = Math.min(this.clock.slotAt(view.now), this.clock.count);
		const sent = [];
		for (const one of this.all) {
			for (let boundary = one.reported + 1; boundary <= newest; boundary++) {
				const { imported, exported } = this.#read(one, boundary);
				const values = reading(one.device, this.clock.start(boundary), imported, exported);
				const key = `reading ${one.device.address} ${boundary}`;
				sent.push(outbox.post(key, view.now, one.device, readingCall(this.chain, values)));
				one.reported = boundary;
			}
		}
		await Promise.all(sent);
	}

	/** A meter goes on counting from what it has reported before the demo. */
	async prepare() {
		for (const one of this.all) {
			const newest = (await this.#known(one)).at(-1);
			if (newest) {
				one.registers = [
					{ imported: newest.import.toNumber(), exported: newest.export.toNumber() },
				];
			}
		}
	}

	async #known({ device }) {
		return [...(await this.chain.api.call.sensorOracleApi.registers(device.address))];
	}

	/** The node was away and may have lost readings: begin again after the newest it knows. */
	async resume() {
		for (const one of this.all) {
			const newest = (await this.#known(one)).at(-1)?.boundary.toNumber() ?? 0;
			one.reported = Math.max(this.clock.slotAt(newest), -1);
		}
	}
}
