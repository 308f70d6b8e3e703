// The management centre's service in the node: nobody plays the centre here. Requests are answered,
// newcomers certified, tokens renewed by the node that has the service key; through a rotation of
// that key with overlap; and by a standby when that node is killed.
//
// Three nodes: one that writes the blocks and has no service key, the service, its standby.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeAddress } from '@polkadot/util-crypto';
import { u8aToHex } from '@polkadot/util';
import { meter } from '../lib/devices.js';
import { Node, AUTHOR } from './support.node.js';
import {
	account,
	balance,
	eventually,
	give,
	prepared,
	refused,
	SERVICE,
	signed,
	slotIn,
	stepsOf,
	submit,
	tagOf,
	until,
	unwrap,
	VOLT,
} from './support.js';

const LINE = 2;
/** Blocks that the standby lets pass. */
const STANDBY = 4;
const SUCCESSOR = '//ManagementCentre//Successor';
const DAY = 86_400_000;
/** How long there is to pay here, in ms, and how far away slots are: 12 s more than is needed. */
const PAY_PERIOD = 30_000;
const AHEAD = 60;

/** The households whose requests these are; those of other tests are others'. */
const BUYER = '//Household//9';
const SELLER = '//Household//10';

/** What offers cost, and a highest price that no offer meets: such a request ends without a fault. */
const PRICE = 240_000;
const TOO_LOW = 200_000;
/** Enough for 100 Wh. */
const FUNDS = 30_000n;

/** Ask for power `times` times in one call. Resolves to the requests and their block. */
async function ask(chain, { times = 1, maxPrice = TOO_LOW, volume = 100 } = {}) {
	const slot = await slotIn(chain, AHEAD);
	const demand = { slot, volume, lines: [LINE], maxPrice, minCredit: 0, meter: null };
	const { market, utility } = chain.api.tx;
	const one = market.request(demand, account('//Centre//Key').address, FUNDS);
	const call = times > 1 ? utility.batchAll(Array(times).fill(one)) : one;
	const { events, number } = await submit(chain, account(BUYER), call);
	const requests = events
		.filter(({ section, method }) => section === 'market' && method === 'Requested')
		.map(({ data }) => data.request.toNumber());
	assert.equal(requests.length, times);
	return { request: requests[0], requests, number };
}

/** Offer 1 kWh in the first slot that `ask` would take, and in the one after it: it may be late. */
async function offer(chain) {
	const { market, utility } = chain.api.tx;
	const { deliverySlot } = await chain.parameters();
	const first = await slotIn(chain, AHEAD);
	const supply = {
		volume: 1_000,
		price: PRICE,
		line: LINE,
		smallestFill: 100,
		expires: null,
		meter: meter(10).address,
	};
	const calls = [0, 1].map((more) => market.offer({ ...supply, slot: first + more * deliverySlot }));
	const { events } = await submit(chain, account(SELLER), utility.batchAll(calls));
	return events
		.filter(({ section, method }) => section === 'market' && method === 'Offered')
		.map(({ data }) => data.offer);
}

/** Wait for the response to a request: its block, and who sent it. */
async function answered(chain, request, seconds) {
	const { api } = chain;
	const number = await eventually(
		chain,
		`a response to request ${request}`,
		async () => {
			const { state } = unwrap(await api.call.marketApi.request(request), 'the request');
			return state.isResponded && (await api.rpc.chain.getHeader()).number.toNumber();
		},
		seconds,
	);
	// A few blocks may have passed since.
	for (let at = number; at > number - 10; at--) {
		const { block } = await api.rpc.chain.getBlock(await api.rpc.chain.getBlockHash(at));
		const sender = block.extrinsics.find((extrinsic) => responses(extrinsic).includes(request));
		if (sender) return { number: at, service: sender.signer.toString() };
	}
	throw new Error(`no response to request ${request} in the blocks up to ${number}`);
}

/** The requests that an extrinsic answers. */
function responses({ method }) {
	const calls = method.section === 'utility' ? [...method.args[0]] : [method];
	return calls
		.filter(({ section, method: name }) => section === 'market' && name === 'respond')
		.map(({ args }) => args[0].toNumber());
}

const certificate = async (chain, pair) => chain.api.call.registryApi.certificate(pair.address);

const certified = (chain, pair) =>
	eventually(chain, `a certificate of ${pair.address}`, async () => {
		const found = await certificate(chain, pair);
		return found.isSome && found.unwrap();
	});

/** A line of the approvals' file. */
const approval = (pair, name, more = {}) =>
	JSON.stringify({
		account: pair.address,
		tag: tagOf(name),
		roles: 'Both',
		expires: new Date(Date.now() + DAY).toISOString(),
		...more,
	});

/** The value of a metric; 0 while it is not there. */
async function metric(node, name) {
	const text = await node.metrics();
	const line = text.split('\n').find((each) => each.startsWith(`${name}{`));
	return Number(line?.split(' ').at(-1) ?? 0);
}

test('the management centre is a node', async (t) => {
	const step = stepsOf(t);
	const folder = await mkdtemp(join(prepared('FOLDER'), 'centre-'));
	const approvals = join(folder, 'approvals.jsonl');
	const network = join(folder, 'network.json');
	const node = (name, role) => new Node(prepared('NODE'), network, join(folder, name), role);
	const author = node('author', [...AUTHOR, '--no-management-centre']);
	let chain, primary, standby, primaryChain, standbyChain;
	const nodes = () => [primary, standby, author].filter(Boolean);
	t.after(async () => {
		for (const each of [chain, primaryChain, standbyChain]) await each?.disconnect();
		for (const each of nodes()) await each.kill('SIGTERM');
		await rm(folder, { recursive: true, force: true });
	});

	const successor = () => account(SUCCESSOR);
	const asSudo = (call) => submit(chain, account('//Alice'), chain.api.tx.sudo.sudo(call));
	const insertKey = (at, uri) =>
		at.api.rpc.author.insertKey('vmcs', uri, u8aToHex(account(uri).publicKey));

	await step('three nodes: author, service, standby', async () => {
		const spec = JSON.parse(await readFile(prepared('CHAIN'), 'utf8'));
		spec.genesis.runtimeGenesis.patch.market.parameters.payPeriod = PAY_PERIOD;
		await writeFile(network, JSON.stringify(spec));
		chain = await author.start();
		await eventually(chain, 'the first blocks', async () => (await chain.now()) > 0);
		const [address] = (await chain.api.rpc.system.localListenAddresses())
			.map(String)
			.filter((each) => each.includes('/ip4/127.0.0.1/'));
		assert(address, 'the author listens');
		const peer = ['--reserved-nodes', address, '--reserved-only'];
		await writeFile(approvals, '');
		primary = node('primary', [
			'--management-centre-dev-key',
			...['--approvals', approvals],
			...['--prometheus-port', '0'],
			...peer,
		]);
		primaryChain = await primary.start();
		standby = node('standby', [
			'--management-centre-dev-key',
			...['--management-centre-standby', String(STANDBY)],
			...['--approvals', approvals],
			...peer,
		]);
		standbyChain = await standby.start();
		for (const each of [primaryChain, standbyChain]) {
			await eventually(each, 'the chain', async () => {
				const [own, best] = await Promise.all(
					[each, chain].map(async ({ api }) => api.rpc.chain.getHeader()),
				);
				return own.number.toNumber() + 1 >= best.number.toNumber();
			});
		}
	});

	await step('a request is answered without anybody playing the centre', async () => {
		const { request } = await ask(chain);
		const answer = await answered(chain, request);
		assert.equal(answer.service, account(SERVICE).address);
		const { collectUntil } = unwrap(await chain.api.call.marketApi.request(request), 'it');
		const seen = await chain.api.at(await chain.api.rpc.chain.getBlockHash(answer.number));
		const at = (await seen.call.marketApi.now()).toNumber();
		const blocks = (at - collectUntil.toNumber()) / 1_000;
		assert(blocks <= STANDBY, `answered after ${blocks} s: by the service, not its standby`);
	});

	await step('at once if the offers suffice', async () => {
		const { market } = chain.api.tx;
		const offers = await offer(chain);
		const { request } = await ask(chain, { maxPrice: PRICE });
		await answered(chain, request);
		const { state, collectUntil } = unwrap(
			await chain.api.call.marketApi.request(request),
			'the request',
		);
		assert(state.asResponded.at.toNumber() < collectUntil.toNumber(), 'before the window ends');
		// Without an offer it is nobody's fault that it is not paid.
		const withdrawn = offers.map((each) => market.withdrawOffer(each));
		await submit(chain, account(SELLER), chain.api.tx.utility.batchAll(withdrawn));
	});

	await step('tokens are renewed together when the record grows', async () => {
		const { market, utility } = chain.api.tx;
		await offer(chain);
		const { requests } = await ask(chain, { times: 2, maxPrice: PRICE, volume: 200 });
		for (const request of requests) await answered(chain, request);
		const { slot } = unwrap(await chain.api.call.marketApi.request(requests[0]), 'it');
		const [[id]] = await chain.api.call.marketApi.offers(slot.start, LINE);
		const paid = requests.map((request) => market.pay(request, id, 100));
		await submit(chain, account(BUYER), utility.batchAll(paid));
		const tokens = await eventually(chain, 'two renewals', async () => {
			const all = await chain.api.query.sharedWallet.wallets.multi(requests);
			const tokenOf = (wallet) => unwrap(unwrap(wallet, 'the wallet').token, 'its token').token;
			const renewed = all.map(tokenOf);
			return renewed.every(({ nonce }) => nonce.toNumber() === 1) && renewed;
		});
		const [one, other] = tokens;
		assert.equal(one.timestamp.toNumber(), other.timestamp.toNumber(), 'signed together');
		assert.equal(one.record.timely.toNumber(), 2);
		const [outdated] = await chain.api.call.sharedWalletApi.outdatedTokens(null, 256);
		assert.equal(outdated.length, 0);
	});

	await step('many requests at once are answered together', async () => {
		const { requests } = await ask(chain, { times: 6 });
		const answers = await Promise.all(requests.map((request) => answered(chain, request)));
		assert.equal(new Set(answers.map(({ number }) => number)).size, 1, 'in one block');
	});

	await step('an application is certified when it is approved, not before', async () => {
		const newcomer = account('//Centre//Newcomer');
		await give(chain, newcomer.address, VOLT);
		await submit(chain, newcomer, chain.api.tx.registry.register());
		await until(chain, (await chain.now()) + 4_000, 'a few blocks');
		assert((await certificate(chain, newcomer)).isNone, 'nobody has approved it');
		await writeFile(approvals, `nonsense\n${approval(newcomer, 'centre-newcomer')}\n`);
		const { tag, roles } = await certified(chain, newcomer);
		assert.equal(tag.toHex(), tagOf('centre-newcomer'));
		assert.equal(roles.type, 'Both');
		assert(primary.log.some((line) => /approvals\.jsonl, line 1: /.test(line)));
		assert.equal((await balance(chain.api, newcomer.address)).held, 0n, 'deposit back');
	});

	await step('somebody without money is certified by his consent; and renewed', async () => {
		const poor = account('//Centre//Poor');
		const tag = tagOf('centre-poor');
		const message = await chain.api.call.registryApi.consentMessage(poor.address, tag);
		const consent = signed(poor, message).Sr25519;
		await writeFile(
			approvals,
			approval(poor, 'centre-poor', { consent: u8aToHex(consent), roles: 'Buyer' }),
		);
		const first = await certified(chain, poor);
		assert.equal(first.roles.type, 'Buyer');
		assert((await balance(chain.api, poor.address)).free > 0n, 'endowed');
		// Until the service has put the first one aside, a changed approval is the same job to it.
		await eventually(chain, 'two certificates counted', async () => {
			return (await metric(primary, 'voltree_mc_certifications_total')) >= 2;
		});
		const later = Date.now() + 3 * DAY;
		await writeFile(approvals, approval(poor, 'centre-poor', { expires: later }));
		await eventually(chain, 'the renewal', async () => {
			const { expires, roles } = (await certificate(chain, poor)).unwrap();
			return expires.toNumber() === later && roles.type === 'Both';
		});
	});

	await step('the service key rotates without a gap', async () => {
		const { registry } = chain.api.tx;
		await give(chain, successor().address, 50n * VOLT);
		const before = await ask(chain);
		await asSudo(registry.setServiceKey(successor().address, 600_000));
		// The successor's key is nowhere yet: the retiring one goes on, and for what waited, too.
		const during = await ask(chain);
		for (const { request } of [before, during]) {
			assert.equal((await answered(chain, request)).service, account(SERVICE).address);
		}
		assert.equal(await metric(primary, 'voltree_mc_key_state'), 2);
		await insertKey(primaryChain, SUCCESSOR);
		await insertKey(standbyChain, SUCCESSOR);
		const after = await ask(chain);
		const answer = await answered(chain, after.request);
		assert.equal(encodeAddress(answer.service, 42), successor().address);
		// The overlap ends: the old key counts no more, nobody notices.
		await asSudo(registry.setServiceKey(successor().address, 0));
		const keys = await chain.api.call.registryApi.serviceKeys();
		assert.deepEqual(keys.map(String), [successor().address]);
		const last = await ask(chain);
		assert.equal((await answered(chain, last.request)).service, successor().address);
		assert.equal(await metric(primary, 'voltree_mc_key_state'), 1);
		const old = registry.removeDevice(account('//Centre//NoDevice').address);
		await refused('BadOrigin', submit(chain, account(SERVICE), old));
	});

	await step('the metrics tell what happened', async () => {
		assert.equal(await metric(primary, 'voltree_mc_out_of_money'), 0);
		assert.equal(await metric(primary, 'voltree_mc_standby'), 0);
		assert((await metric(primary, 'voltree_mc_responses_total')) >= 12, 'all answered by it');
		await eventually(chain, 'three certificates counted', async () => {
			return (await metric(primary, 'voltree_mc_certifications_total')) >= 3;
		});
		const text = await primary.metrics();
		const count = text.match(/voltree_mc_response_seconds_count\{[^}]*\} (\d+)/)?.[1];
		assert(Number(count) >= 12, text);
		assert(!standby.log.some((line) => line.includes('standing in')), 'no need of a standby');
	});

	await step('a standby takes over when the service is killed', async () => {
		await primaryChain.disconnect();
		await primary.kill('SIGKILL');
		const { request, number } = await ask(chain);
		const answer = await answered(chain, request);
		assert.equal(answer.service, successor().address);
		assert(answer.number >= number + STANDBY, 'it has waited');
		await eventually(chain, 'its word', async () =>
			standby.log.some((line) => line.includes('standing in')),
		);
	});

	await step('and leaves the service its work when that is back', async () => {
		primaryChain = await primary.start();
		await insertKey(primaryChain, SUCCESSOR).catch(() => {});
		await eventually(primaryChain, 'the chain', async () => {
			const [own, best] = await Promise.all(
				[primaryChain, chain].map(async ({ api }) => api.rpc.chain.getHeader()),
			);
			return own.number.toNumber() + 1 >= best.number.toNumber();
		});
		const before = standby.log.filter((line) => line.includes('standing in')).length;
		const { request } = await ask(chain);
		await answered(chain, request);
		const stoodIn = standby.log.filter((line) => line.includes('standing in')).length;
		assert.equal(stoodIn, before);
	});
});
