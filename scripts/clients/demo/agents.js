// The sensors of the lines: the real agent, `voltree-sensor run`, once for each device, with the
// trained model and a key of its own. It reads the station's weather hour by hour, judges it, and
// reports to the chain by itself; the demo only hands it what its instruments would show.
//
// Two clocks: what the model sees are the day's own times, so that a change within an hour is one; a
// reading arrives when its hour comes in the demo, and that is the time the report names.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sensors of a line, each of another owner. */
const OWNERS = 4;
/** How often the instruments are looked at, in real time. */
const LOOK = 100;
/** A reading holds for so many of the demo's hours if the next one does not come. */
const HOLD = 1.5;
const QUARTER = 15 * 60_000;

/**
 * How far a device's instruments may be off, each by a fixed amount of its own: what good ones of
 * their kind are sold with. The sun is off by a share.
 */
const ERRORS = {
	temperature_c: 0.2, dew_point_c: 0.2, humidity_pct: 1, pressure_hpa: 0.3, wind_speed_m_s: 0.1,
	wind_direction_deg: 3, irradiance_w_m2: 0.02,
};

export class Agents {
	/** What they judged, in order: `{ line, owner, time, class, probability }`. */
	judgements = [];
	/** When a reading was handed out, by its time. */
	given = new Map();
	#ended = false;

	constructor({ program, model, url, folder, day, clock, draw, say }) {
		Object.assign(this, { day, clock, say });
		const [{ begin }] = day.quarters;
		this.first = Date.parse(`${day.date}T${begin}Z`);
		// The instruments have been running before the day begins.
		const newest = day.station.findLastIndex(({ at }) => at <= this.#time());
		this.all = day.lines.flatMap((line) =>
			Array.from({ length: OWNERS }, (_, index) => {
				const owner = index + 1;
				const instruments = (row) => shown(row, (what) => 2 * draw(what, line, owner) - 1);
				return { line, owner, instruments, next: newest };
			}),
		);
		for (const one of this.all) this.#start(one, { program, model, url, folder });
		this.timer = setInterval(() => this.#look(), LOOK);
		this.#look();
	}

	#start(one, { program, model, url, folder }) {
		const { day, clock } = this;
		const name = `sensor-${one.line}-${one.owner}`;
		const own = join(folder, name);
		mkdirSync(own, { recursive: true });
		const file = (called, text) => {
			writeFileSync(join(own, called), text, { mode: 0o600 });
			return join(own, called);
		};
		const past = day.station.slice(0, one.next).map(one.instruments);
		const names = Object.keys(day.station[0].values).join(',');
		one.process = spawn(program, [
			'run', '--rpc', url, '--model', model, '--json',
			'--key', file('key', `//Sensor//${one.line}//${one.owner}\n`),
			'--warm-up', file('past.csv', [names, ...past, ''].join('\n')),
			'--state', join(own, 'state'),
			'--hold', String(Math.ceil((HOLD * 4 * clock.length) / 1_000)),
			'--drain', '0',
		], { stdio: ['pipe', 'pipe', 'pipe'] });
		one.process.stdin.on('error', () => {}); // It ended; that is said below.
		one.process.stdin.write(`${names}\n`);
		lines(one.process.stdout, (line) => {
			const { time, class: kind, confidence } = JSON.parse(line);
			const sure = confidence / 1_000_000;
			this.judgements.push({
				line: one.line, owner: one.owner, time, class: kind,
				probability: kind === 'Clear' ? 1 - sure : sure,
			});
		});
		lines(one.process.stderr, (line) => {
			one.last = line;
			if (/refuses/.test(line)) this.say(`${name}: ${line}`);
		});
		one.process.on('error', (error) => {
			one.last = error.message;
		});
		one.process.on('close', () => {
			if (!this.#ended) this.say(`${name} has ended: ${one.last ?? 'without a word'}`);
		});
	}

	/** The day's own time now. */
	#time() {
		return this.first + Math.floor(this.clock.position(Date.now()) * QUARTER);
	}

	/** Hand out the readings whose hour has come. */
	#look() {
		const until = this.#time();
		for (const one of this.all) {
			for (let row; (row = this.day.station[one.next])?.at <= until; one.next++) {
				one.process.stdin.write(`${one.instruments(row)}\n`);
				if (!this.given.has(row.at)) this.given.set(row.at, Date.now());
			}
		}
	}

	/** At the end of their input the agents end, too. */
	async stop() {
		this.#ended = true;
		clearInterval(this.timer);
		await Promise.all(this.all.map(async ({ process }) => {
			if (process.exitCode !== null || process.pid === undefined) return;
			const closed = new Promise((done) => process.once('close', done));
			process.stdin.end();
			const late = setTimeout(() => process.kill('SIGKILL'), 5_000);
			await closed;
			clearTimeout(late);
		}));
	}
}

/** A row as a device's instruments show it; `off` gives -1 to 1 for a quantity. */
function shown({ values }, off) {
	const read = { ...values };
	for (const [name, most] of Object.entries(ERRORS)) {
		const [true_, error] = [Number(values[name]), most * off(name)];
		if (name === 'irradiance_w_m2') read[name] = (true_ * (1 + error)).toFixed(1);
		else if (name === 'wind_direction_deg') read[name] = ((true_ + error + 360) % 360).toFixed(0);
		else if (name === 'wind_speed_m_s') read[name] = Math.max(true_ + error, 0).toFixed(1);
		else if (name === 'humidity_pct') read[name] = Math.min(true_ + error, 100).toFixed(1);
		else read[name] = (true_ + error).toFixed(1);
	}
	// No instrument finds the dew point above the temperature.
	read.dew_point_c = Math.min(read.dew_point_c, read.temperature_c).toFixed(1);
	return Object.values(read).join(',');
}

/** Calls `each` with every line of a stream. */
function lines(stream, each) {
	let rest = '';
	stream.setEncoding('utf8').on('data', (text) => {
		const parts = (rest + text).split('\n');
		rest = parts.pop();
		parts.forEach(each);
	});
}
