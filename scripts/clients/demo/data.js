// The day the demo replays: chain-spec/data, see the README there.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows of a comma-separated file with one header line and no quotes, as objects of strings. */
function rows(folder, file) {
	const [head, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
	const names = head.split(',');
	return lines.map((line) => {
		const values = line.split(',');
		return Object.fromEntries(names.map((name, index) => [name, values[index]]));
	});
}

/**
 * The day: households, quarter hours, weather, and what instruments read on it and before. Energy in Wh.
 */
export function readDay(folder) {
	const households = rows(folder, 'households.csv').map((row) => ({
		number: Number(row.number),
		name: row.name,
		line: Number(row.line),
		sun: Number(row.pv_kwp),
		energy: [],
	}));
	const byName = new Map(households.map((household) => [household.name, household]));
	for (const row of rows(folder, 'day.csv')) {
		const load = Number(row.load_wh);
		const sun = Number(row.pv_wh);
		byName.get(row.household).energy[Number(row.slot)] = { load, sun, surplus: sun - load };
	}
	const weather = new Map(rows(folder, 'weather.csv').map((row) => [row.hour, row]));
	const quarters = rows(folder, 'slots.csv').map((row) => ({
		begin: row.begin,
		storm: row.hazard === '1',
		weather: weather.get(row.hour),
	}));
	const station = rows(folder, 'station.csv').map((values) => ({
		at: Date.parse(`${values.time.replace(' ', 'T')}Z`),
		values,
	}));
	return {
		date: weather.get('1').date,
		households,
		quarters,
		station,
		lines: [...new Set(households.map((household) => household.line))].sort(),
	};
}

/** The quarter hours `from` to `to` (not included) of a day. */
export function part(day, from, to) {
	return {
		...day,
		households: day.households.map((one) => ({ ...one, energy: one.energy.slice(from, to) })),
		quarters: day.quarters.slice(from, to),
	};
}
