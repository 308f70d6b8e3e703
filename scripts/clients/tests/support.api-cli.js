// Runs `polkadot-js-api`, the command of @polkadot/api-cli, as a person would in a terminal.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { prepared } from './support.js';

const program = fileURLToPath(new URL('../node_modules/.bin/polkadot-js-api', import.meta.url));

/** What it prints for these arguments: `{ stdout, stderr }`. */
export async function run(args) {
	const text = args.map((arg) => (typeof arg === 'object' ? JSON.stringify(arg) : String(arg)));
	const options = { timeout: 60_000, killSignal: 'SIGKILL' };
	return promisify(execFile)(program, ['--ws', prepared('WS'), ...text], options);
}

/** What a `query.`, `consts.`, `rpc.` endpoint answers, for people: numbers as text. */
export async function query(endpoint, params = []) {
	const { stdout } = await run([endpoint, ...params]);
	const answer = JSON.parse(stdout);
	return answer[endpoint.split('.')[2]];
}

/** What `--info` prints about an endpoint. */
export async function describe(endpoint) {
	return (await run(['--info', endpoint])).stdout;
}

/** Send a transaction; the last state it printed, with the events. */
export async function transact(endpoint, params, seed) {
	const { stdout } = await run(['--seed', seed, `tx.${endpoint}`, ...params]);
	// One JSON object for each state of the transaction.
	const states = stdout.split(/^(?=\{)/m).filter(Boolean).map((state) => JSON.parse(state));
	const last = states.at(-1)?.[endpoint.split('.')[1]];
	assert(last?.status, `polkadot-js-api printed no state of ${endpoint}: ${stdout}`);
	return last;
}
