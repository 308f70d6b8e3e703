// The sensor agent as an installer starts it: a real reading becomes a report, a register reaches the
// chain at its slot's boundary, and what was recorded can be proved against the root that the chain has.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { blake2AsHex } from '@polkadot/util-crypto';
import { account, asCentre, eventually, open, prepared, registration, within } from './support.js';

// Another line than the trades': what is said here is not clear.
const LINE = 3;
const HOUR = 3_600_000;
const MODEL = fileURLToPath(new URL('../../../node/sensor/models/thunderstorm.json', import.meta.url));
const STATION = fileURLToPath(new URL('../../../chain-spec/data/station.csv', import.meta.url));

const run = promisify(execFile);
const program = prepared('SENSOR');
const folder = mkdtempSync(join(tmpdir(), 'voltree-agent-'));
const [header, ...rows] = readFileSync(STATION, 'utf8').trim().split('\n');
/** The station's reading in the storm of the demo's day, and what came before it. */
const storm = rows.findIndex((row) => row.startsWith('1964-07-07 13:00'));

let chain, api, sensor, meter, agent, recorded;
const said = [];

before(async () => {
	chain = await open();
	({ api } = chain);
	[sensor, meter] = ['//Agent//Sensor', '//Agent//Meter'].map(account);
	const [owner, household] = ['//SensorOwner//2', '//Household//13'].map(account);
	await asCentre(chain, await registration(chain, sensor, 'Sensor', owner, LINE, 0));
	await asCentre(chain, await registration(chain, meter, 'Meter', household, LINE, 25_000));
	const { deliverySlot } = await chain.parameters();
	start(deliverySlot / 1_000);
});

/** The file of the recorded hour. */
const series = () => {
	const name = new Date(recorded * HOUR).toISOString().slice(0, 13);
	return join(folder, 'state', 'series', `${name}.jsonl`);
};

/** Starts the agent, in whose folder an hour that is over waits to be sealed. */
function start(slot) {
	const file = (name, text) => {
		writeFileSync(join(folder, name), text, { mode: 0o600 });
		return join(folder, name);
	};
	recorded = Math.floor(Date.now() / HOUR) - 1;
	mkdirSync(join(folder, 'state', 'series'), { recursive: true });
	const lines = [1, 2, 3].map((second) => {
		const arrived = recorded * HOUR + second * 1_000;
		return JSON.stringify({ arrived, reading: { time: arrived, import: second } });
	});
	writeFileSync(series(), `${lines.join('\n')}\n`);
	agent = spawn(program, [
		'run', '--rpc', prepared('WS'), '--model', MODEL, '--record',
		'--key', file('sensor.key', '//Agent//Sensor\n'),
		'--meter-key', file('meter.key', '//Agent//Meter\n'),
		'--warm-up', file('past.csv', [`${header},import,export`, ...rows.slice(0, storm).map((row) => `${row},,`), ''].join('\n')),
		'--state', join(folder, 'state'),
		'--slot', String(slot),
		'--drain', '0',
	], { stdio: ['pipe', 'ignore', 'pipe'] });
	agent.stdin.write(`${header},import,export\n`);
	agent.stderr.setEncoding('utf8').on('data', (text) => said.push(text));
}

after(async () => {
	if (agent) {
		const closed = new Promise((done) => agent.once('close', done));
		agent.kill('SIGTERM');
		await within(30, 'the agent to end', closed);
	}
	rmSync(folder, { recursive: true, force: true });
	await chain?.disconnect();
});

test('a reading in a storm becomes a report', async () => {
	agent.stdin.write(`${rows[storm]},1000,500\n`);
	const { report } = await eventually(chain, `a report; the agent said: ${said}`, async () => {
		const stored = await api.query.sensorOracle.reports(sensor.address);
		return stored.isSome && stored.unwrap();
	});
	assert.equal(report.class.type, 'Thunderstorm');
	assert.equal(report.model.toHex(), blake2AsHex(readFileSync(MODEL)));
	assert(report.confidence.toNumber() > 500_000, `confidence ${report.confidence}`);
});

test('registers stand at the boundaries of slots', async () => {
	let wattHours = 1000;
	const register = await eventually(chain, `a register; the agent said: ${said}`, async () => {
		wattHours += 2;
		agent.stdin.write(`${rows[storm]},${wattHours},500\n`);
		return [...(await api.call.sensorOracleApi.registers(meter.address))].at(-1);
	});
	const { deliverySlot } = await chain.parameters();
	assert.equal(register.boundary.toNumber() % deliverySlot, 0);
	assert.equal(register.export.toNumber(), 500);
});

test('a recorded reading is proved against the root that the chain has', async () => {
	const known = await eventually(chain, `the hour's root; the agent said: ${said}`, async () => {
		const roots = [...(await api.call.sensorOracleApi.series(meter.address))];
		return roots.find(({ hour }) => hour.toNumber() === recorded);
	});
	assert.equal(known.count.toNumber(), 3);
	const { stdout: proof } = await run(program, ['series', 'prove', series(), '--line', '2']);
	const path = join(folder, 'proof.json');
	const verify = () =>
		run(program, ['series', 'verify', path, '--rpc', prepared('WS'), '--device', meter.address]);
	writeFileSync(path, proof);
	const { stdout: entry } = await eventually(chain, 'the root to be final', () => verify().catch(() => false));
	assert.equal(entry.trim(), readFileSync(series(), 'utf8').split('\n')[1]);
	writeFileSync(path, proof.replace('\\"import\\":2', '\\"import\\":3'));
	await assert.rejects(verify(), /it is not what was recorded/);
});
