// A subscriber to the alerts of his lines, by the program behind scripts/alerts: he has them within
// two blocks, whether a report changes a line or silence does; and the page has them, too.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { linesOf } from '../lib/alerts.js';
import { lineReport, reportCall, sensor } from '../lib/devices.js';
import {
	account,
	asCentre,
	eventually,
	open,
	prepared,
	registration,
	submit,
	within,
} from './support.js';

// A line on which no other test says anything, and its sensors' owners: two of three are enough.
const LINE = 4;
const OWNERS = [1, 2, 3];
const PROGRAM = fileURLToPath(new URL('../alerts/main.js', import.meta.url));

let chain, program;
const alerts = [];
let page;

before(async () => {
	chain = await open();
	for (const owner of OWNERS) {
		const person = account(`//SensorOwner//${owner}`);
		const device = sensor(LINE, owner);
		await asCentre(chain, await registration(chain, device, 'Sensor', person, LINE, 0));
	}
	const options = ['--url', prepared('WS'), '--line', LINE, '--port', 0, '--json'];
	program = spawn(process.execPath, [PROGRAM, ...options.map(String)], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	createInterface({ input: program.stdout }).on('line', (line) => alerts.push(JSON.parse(line)));
	const served = new Promise((resolve) => {
		createInterface({ input: program.stderr }).on('line', (line) => {
			const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(line);
			if (found) resolve(found[0]);
		});
	});
	page = await within(60, 'the address of the page', served);
});
after(async () => {
	program?.kill();
	await chain?.disconnect();
});

/** The three sensors report what they see now. Resolves to the newest block that has a report. */
async function report(kind) {
	const now = await chain.now();
	const sent = OWNERS.map((owner) => {
		const device = sensor(LINE, owner);
		return submit(chain, device, reportCall(chain, lineReport(device, kind, now)));
	});
	const blocks = await Promise.all(sent);
	return Math.max(...blocks.map(({ number }) => number));
}

/** Report until there is an alert of this verdict after the first `known`. */
async function alertOf(verdict, kind, known = alerts.length) {
	return eventually(chain, `an alert: ${verdict}`, async () => {
		const found = () => alerts.slice(known).find((alert) => alert.verdict === verdict);
		if (!found() && kind) await report(kind);
		return found();
	});
}

/** The subscriber had it before the next block but one. */
function seen({ block, best }) {
	assert(best - block <= 1, `told in ${block}, seen in ${best}`);
}

test('a subscriber knows of a hazard within two blocks', async () => {
	await alertOf('Safe', 'Clear');
	const known = alerts.length;
	const reported = await report('Thunderstorm');
	const hazard = await eventually(chain, 'the alert', () =>
		alerts.slice(known).find((alert) => alert.verdict === 'Hazard'),
	);
	assert.equal(hazard.class, 'Thunderstorm');
	assert.equal(hazard.severity, 'Severe');
	// Until the first who speaks falls silent.
	const { freshness } = await chain.parametersOf('sensorOracle');
	const held = hazard.until - hazard.from;
	assert(held >= 0 && held <= freshness, `from ${hazard.from} until ${hazard.until}`);
	// In the block of a report.
	assert(hazard.block <= reported, `reported in ${reported}, told in ${hazard.block}`);
	seen(hazard);
});

test('a subscriber knows within two blocks that a line has fallen silent', async () => {
	const before = await alertOf('Safe', 'Clear');
	const stale = await alertOf('Stale', undefined, alerts.indexOf(before) + 1);
	assert(stale.from > before.from && stale.severity === 'Unknown' && !stale.until);
	const { api } = chain;
	// Chain time; the author's clock, which the block tells, too, may be some milliseconds ahead.
	const timeOf = async (number) => {
		const at = await api.at(await api.rpc.chain.getBlockHash(number));
		return (await at.call.marketApi.now()).toNumber();
	};
	assert.equal(await timeOf(stale.block), stale.from);
	// With the second of three there are too few who speak; in the block before, there were enough.
	const last = await timeOf(stale.block - 1);
	const spoke = await Promise.all(
		OWNERS.map(async (owner) => {
			const { spans } = await api.query.sensorOracle.histories(sensor(LINE, owner).address);
			return spans.at(-1).until.toNumber();
		}),
	);
	const [, second] = spoke.sort((one, other) => one - other);
	assert(last <= second && second < stale.from, `${second}: ${last} to ${stale.from}`);
	seen(stale);
});

test('the page gets what was told', async () => {
	const html = await (await fetch(page)).text();
	assert.match(html, /width=device-width/);
	const abort = new AbortController();
	const { body } = await fetch(`${page}alerts`, { signal: abort.signal });
	const { value } = await within(30, 'what was told', body.getReader().read());
	abort.abort();
	const first = new TextDecoder().decode(value).split('\n\n')[0];
	assert.deepEqual(JSON.parse(first.replace(/^data: /, '')), alerts[0]);
	assert.equal((await fetch(`${page}nothing`)).status, 404);
});

test('the lines of a person are those of his devices', async () => {
	assert.deepEqual(await linesOf(chain, account('//SensorOwner//1').address), [1, 2, 3, LINE]);
	await assert.rejects(linesOf(chain, account('//Nobody').address), /certified by nobody/);
});
