// Both clients read the same chain, and what they read is equal: the events of all blocks so far,
// whoever made them happen, and of both trades balances, holds, credit, shared wallets, tokens,
// requests, offers and trades.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { open, prepared } from './support.js';

const AT = ['funded', 'paid', 'renewed', 'started', 'billed', 'settled'];
const NAMES = ['js', 'python'];

/** A decoded value as support.facts.py writes its own. */
function plain(value) {
	if ('isSome' in value) return value.isSome ? plain(value.unwrap()) : null;
	if ('isTrue' in value) return value.isTrue;
	if ('defIndexes' in value) {
		const isBare = value.inner.toRawType() === 'Null';
		// Python keeps the empty tuple of a Result.
		if ('isOk' in value && isBare) return { [value.type]: [] };
		return isBare ? value.type : { [value.type]: plain(value.inner) };
	}
	if (value instanceof Map) {
		return Object.fromEntries([...value].map(([name, field]) => [name, plain(field)]));
	}
	if (Array.isArray(value)) return value.map(plain);
	if (value instanceof Uint8Array) {
		return value.toRawType() === 'AccountId' ? value.toString() : value.toHex();
	}
	if ('unwrap' in value) return plain(value.unwrap());
	return value.toString();
}

const capital = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;

async function eventsOf(api, number) {
	const at = await api.at(await api.rpc.chain.getBlockHash(number));
	const records = await at.query.system.events();
	return records.map(({ phase, event }) => {
		const fields = event.data.map((field) => plain(field));
		const { names } = event.data;
		assert(names, `${event.section}.${event.method} names its fields`);
		return {
			event: `${capital(event.section)}.${event.method}`,
			extrinsic: phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toString() : null,
			data: Object.fromEntries(names.map((name, index) => [name, fields[index]])),
		};
	});
}

async function stateOf(api, facts, number) {
	const { query, call } = await api.at(await api.rpc.chain.getBlockHash(number));
	const read = async (ask, ...params) => plain(await ask(...params));
	const each = async (entries, action) =>
		Object.fromEntries(
			await Promise.all(
				Object.entries(entries).map(async ([role, id]) => [role, await action(id)]),
			),
		);
	return {
		issuance: await read(query.balances.totalIssuance),
		accounts: await each(facts.accounts, async (who) => ({
			account: await read(query.system.account, who),
			holds: await read(query.balances.holds, who),
		})),
		scores: await each(facts.tags, (tag) => read(query.credibility.scores, tag)),
		flows: await each(facts.accounts, (who) => read(query.sharedWallet.flows, who)),
		wallet: await read(query.sharedWallet.wallets, facts.request),
		request: await read(query.market.requests, facts.request),
		offer: await read(query.market.offers, facts.offer),
		trade: await read(query.market.trades, facts.trade),
		by_runtime_api: {
			now: await read(call.marketApi.now),
			rules: await read(call.marketApi.rules),
			trade: await read(call.marketApi.trade, facts.trade),
			exposure: await read(call.marketApi.exposure, facts.accounts.seller),
			gridPrice: await read(call.marketApi.gridPrice, facts.line, facts.slot),
			token: await read(call.sharedWalletApi.token, facts.request),
			flow: await read(call.sharedWalletApi.capitalFlow, facts.accounts.seller),
			score: await read(call.credibilityApi.score, facts.tags.seller),
		},
	};
}

async function allEvents(api, last) {
	const events = {};
	for (let number = 1; number <= last; number++) events[number] = await eventsOf(api, number);
	return events;
}

async function allStates(api, facts) {
	const states = {};
	for (const name of AT) states[name] = await stateOf(api, facts, facts.blocks[name]);
	return states;
}

const files = NAMES.map((name) => join(prepared('FOLDER'), `trade-${name}.json`));
const program = fileURLToPath(new URL('support.facts.py', import.meta.url));

let trades, byJs, byPython;
before(async () => {
	trades = await Promise.all(
		files.map(async (file, index) => {
			const text = await readFile(file, 'utf8').catch(() =>
				assert.fail(`nothing to compare: the trade by ${NAMES[index]} did not end`),
			);
			return JSON.parse(text);
		}),
	);
	const chain = await open();
	after(() => chain.disconnect());
	const last = (await chain.api.rpc.chain.getHeader()).number.toNumber();
	const python = promisify(execFile)(prepared('PYTHON'), [program, `${last}`, ...files], {
		timeout: 300_000,
		killSignal: 'SIGKILL',
		maxBuffer: 2 ** 28,
	});
	const events = await allEvents(chain.api, last);
	const states = await Promise.all(trades.map((facts) => allStates(chain.api, facts)));
	byJs = { events, states };
	byPython = JSON.parse((await python).stdout);
});

test('both clients read the same events of all blocks', () => {
	for (const [number, events] of Object.entries(byJs.events)) {
		assert.deepEqual(byPython.events[number], events, `block ${number}`);
	}
	assert.deepEqual(Object.keys(byPython.events), Object.keys(byJs.events));
});

for (const [index, name] of NAMES.entries()) {
	test(`the events of the trade by ${name} are those of a whole trade`, () => {
		const { certified, settled } = trades[index].blocks;
		const mine = Object.entries(byJs.events).filter(
			([number]) => certified <= number && number <= settled,
		);
		const kinds = new Set(mine.flatMap(([, events]) => events).map(({ event }) => event));
		const wanted = [
			'Registry.Certified',
			'Registry.Applied',
			'Registry.WalletLinked',
			'Registry.DeviceRegistered',
			'Market.Offered',
			'Market.Requested',
			'Market.Responded',
			'SharedWallet.Certified',
			'SharedWallet.Funded',
			'SharedWallet.Locked',
			'Market.Paid',
			'SensorOracle.Reported',
			'SensorOracle.RegisterReported',
			'SkipFeelessPayment.FeeSkipped',
			'Market.Started',
			'Market.Metered',
			'Market.Billed',
			'Market.Settled',
			'SharedWallet.Settled',
			'SharedWallet.Closed',
			'SharedWallet.Bonded',
			'SharedWallet.Unbonded',
			'Credibility.Counted',
			'Balances.Held',
		];
		assert.deepEqual(wanted.filter((kind) => !kinds.has(kind)), []);
	});

	test(`both clients read the same state at each step of the trade by ${name}`, () => {
		const states = byJs.states[index];
		assert.deepEqual(byPython.states[index], states);
		const { paid, renewed, settled } = states;
		assert.equal(paid.wallet.token.token.nonce, '0');
		assert.equal(renewed.wallet.token.token.nonce, '1');
		assert.equal(renewed.wallet.token.token.record.timely, '1');
		assert.equal(paid.wallet.locked, paid.trade.locked);
		const held = ({ holds }, reason) =>
			BigInt(holds.find(({ id }) => id.SharedWallet === reason)?.amount ?? 0);
		const { buyer, seller } = paid.accounts;
		const { free, locked } = paid.wallet;
		assert.equal(held(buyer, 'Escrow'), BigInt(free) + BigInt(locked));
		assert.equal(held(buyer, 'Bond'), BigInt(paid.request.bond));
		assert.equal(held(seller, 'Bond'), BigInt(paid.trade.bond));
		assert.deepEqual(paid.by_runtime_api.rules[2], paid.trade.terms);
		assert.deepEqual(settled.accounts.buyer.holds, []);
		assert.deepEqual(settled.accounts.seller.holds, []);
		assert.equal(paid.request.quoted[0].offer, String(paid.trade.offer));
		assert.deepEqual([settled.wallet, settled.request, settled.trade], [null, null, null]);
		assert.equal(settled.scores.seller.credit, '1000');
		assert.equal(settled.scores.seller.record.recent.length, 1);
	});
}
