// What power costs that does not come from a neighbour. Assumed, not observed: a tariff of three times
// of day about 0.32 a kWh, and 0.08 for what is fed in, in VOLT where it was euros. That is what
// households in Germany, where the loads come from, paid and got on average in the loads' year, 2021.

import { VOLT } from '../lib/chain.js';
import { setGridPrices } from '../lib/grid.js';

/** From which hour on the grid charges what for a kWh, in smallest units. */
const CHARGES = [
	[0, 260_000],
	[6, 320_000],
	[17, 380_000],
	[21, 320_000],
	[23, 260_000],
];

/** What the grid pays for a kWh: no seller asks for less. */
export const GRID_PAYS = Number(VOLT) * 0.08;

/** What the grid charges at a time of day, e.g. `17:45`. */
const chargesAt = (time) => CHARGES.findLast(([hour]) => hour <= Number.parseInt(time, 10))[1];

/**
 * Say what the grid's power will cost in the day's quarter hours on all its lines, as the grid does it
 * in advance. Resolves to what the chain says of a line and a quarter hour.
 */
export async function announce(chain, day, clock) {
	const prices = day.quarters.map(({ begin }) => chargesAt(begin));
	const said = await Promise.all(
		day.lines.map((line) => setGridPrices(chain, line, clock.start(0), prices)),
	);
	const byLine = new Map(day.lines.map((line, index) => [line, said[index]]));
	return (line, slot) => byLine.get(line)[slot];
}
