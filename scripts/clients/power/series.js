// What an agent recorded: STATE/series, a file an hour, a line a reading.

import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const QUARTER = 15 * 60_000;

/** What flowed in each quarter hour: `{ from, to, imported, exported }` in Wh, those of the last `span`. */
export async function readSeries(folder, span) {
	const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort();
	if (files.length === 0) throw new Error(`${folder} holds no recorded hours (*.jsonl).`);
	const quarters = new Map();
	let last;
	for (const name of files) {
		for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
			const { arrived, reading } = parse(line, name);
			if (last && arrived > last.arrived) add(quarters, last, { arrived, reading });
			last = { arrived, reading };
		}
	}
	const newest = Math.max(...quarters.keys());
	const found = [...quarters.values()].filter(({ to }) => to > newest + QUARTER - span);
	if (found.length === 0) throw new Error(`${folder} holds no readings with import, export or power.`);
	return found.sort((a, b) => a.from - b.from);
}

function parse(line, name) {
	try {
		return JSON.parse(line);
	} catch {
		throw new Error(`${name} holds a line that is none of an agent's: ${line.slice(0, 60)}`);
	}
}

/** Adds what flowed between two readings to the quarter hours between them, in equal parts of time. */
function add(quarters, before, after) {
	const flow = between(before, after);
	// A longer silence says nothing about the time in between.
	if (!flow || after.arrived - before.arrived > 4 * QUARTER) return;
	for (let from = before.arrived - (before.arrived % QUARTER); from < after.arrived; from += QUARTER) {
		const to = from + QUARTER;
		const part = Math.min(to, after.arrived) - Math.max(from, before.arrived);
		const share = part / (after.arrived - before.arrived);
		const quarter = quarters.get(from) ?? { from, to, imported: 0, exported: 0, meters: 1 };
		quarter.imported += flow.imported * share;
		quarter.exported += flow.exported * share;
		quarters.set(from, quarter);
	}
}

/** By the registers, or by the power where there are none: positive is consumed, negative fed in. */
function between({ arrived: from, reading: a }, { arrived: to, reading: b }) {
	const rise = (name) => (a[name] === undefined || b[name] === undefined ? undefined : b[name] - a[name]);
	const [imported, exported] = [rise('import'), rise('export')];
	if (imported !== undefined || exported !== undefined) {
		return { imported: Math.max(imported ?? 0, 0), exported: Math.max(exported ?? 0, 0) };
	}
	if (a.power === undefined || b.power === undefined) return undefined;
	const energy = (((a.power + b.power) / 2) * (to - from)) / 3_600_000;
	return { imported: Math.max(energy, 0), exported: Math.max(-energy, 0) };
}
