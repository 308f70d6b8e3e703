// `papi add --wasm` makes types from the runtime, and a client written against them compiles and
// works. All that papi writes lies in a temporary folder.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
// Node.js has a WebSocket of its own from version 22 on; this is the one of @polkadot/api.
import { WebSocket } from '@polkadot/x-ws';
import { meter } from '../lib/devices.js';
import { account, open, prepared, stepsOf, within } from './support.js';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const client = fileURLToPath(new URL('support.papi.ts', import.meta.url));

let folder;
before(async () => {
	folder = await mkdtemp(join(prepared('FOLDER'), 'papi-'));
	await symlink(modules, join(folder, 'node_modules'));
	await mkdir(join(folder, '.papi'));
	const project = { name: 'papi-test', private: true, type: 'module' };
	await writeFile(join(folder, 'package.json'), JSON.stringify(project));
	const config = {
		version: 0,
		descriptorPath: '.papi/descriptors',
		entries: {},
		// Or it would install them into node_modules.
		options: { noDescriptorsPackage: true },
	};
	await writeFile(join(folder, '.papi', 'polkadot-api.json'), JSON.stringify(config));
});
after(() => rm(folder, { recursive: true, force: true }));

const run = (name, args) =>
	promisify(execFile)(join(modules, '.bin', name), args, {
		cwd: folder,
		timeout: 120_000,
		killSignal: 'SIGKILL',
	});

test('polkadot-api with types from the runtime', async (t) => {
	const step = stepsOf(t);

	await step('papi add --wasm makes the types', async () => {
		await run('papi', ['add', 'voltree', '--wasm', prepared('RUNTIME')]);
		const types = await readFile(join(folder, '.papi/descriptors/dist/voltree.d.ts'), 'utf8');
		const names = ['MarketApi', 'SharedWalletApi', 'withdraw_trade', 'pay_fines', 'report_register'];
		for (const name of names) {
			assert.match(types, new RegExp(`\\b${name}\\b`));
		}
	});

	await step('a client compiles against them, and its mistakes do not', async () => {
		await copyFile(client, join(folder, 'client.ts'));
		const options = {
			target: 'es2022',
			module: 'esnext',
			moduleResolution: 'bundler',
			strict: true,
			skipLibCheck: true,
			types: [],
		};
		const config = { compilerOptions: options, files: ['client.ts'] };
		await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
		await run('tsc', ['--project', '.']).catch(({ stdout }) => assert.fail(stdout));
	});

	await step('and trades with the chain', async () => {
		// Loads the cryptography that keys need.
		await (await open()).disconnect();
		const household = account('//Household//14');
		const { visit } = await import(pathToFileURL(join(folder, 'client.js')).href);
		const visited = visit(prepared('WS'), WebSocket, {
			address: household.address,
			publicKey: household.publicKey,
			sign: (message) => household.sign(message),
			meter: meter(14).address,
			line: 3,
			stranger: account('//Eve'),
		});
		const { refusal, door, ...seen } = await within(60, 'the visit of polkadot-api', visited);
		assert.deepEqual(seen, {
			roles: 'Both',
			existentialDeposit: 1_000n,
			offered: true,
			seller: household.address,
			available: 1_000n,
			isOpen: true,
			withdrawn: true,
			isGone: true,
			finesDue: 0n,
			exposed: 1_000n,
		});
		assert.equal(refusal.type, 'Module');
		assert.equal(refusal.value.type, 'Market');
		assert.equal(refusal.value.value.type, 'TradeNotFound');
		const number = { type: 'Custom', value: 101 };
		assert.deepEqual(door, { name: 'InvalidTxError', error: { type: 'Invalid', value: number } });
	});
});
