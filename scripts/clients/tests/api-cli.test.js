// What a person sees who asks with `polkadot-js-api`, the command of @polkadot/api-cli. The trade's
// offer is made with it in trade.test.js.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bnToBn, hexToU8a } from '@polkadot/util';
import { describe, query, run, transact } from './support.api-cli.js';
import { account, open, slotIn } from './support.js';

let chain;
before(async () => {
	chain = await open();
});
after(() => chain?.disconnect());

const number = (shown) => BigInt(shown.replaceAll(',', ''));

test('constants, storage and RPC are what @polkadot/api reads', async () => {
	const { api } = chain;
	const [deposit, issuance, parameters, genesis, name] = await Promise.all([
		query('consts.balances.existentialDeposit'),
		query('query.balances.totalIssuance'),
		query('query.market.marketParameters'),
		query('rpc.chain.getBlockHash', [0]),
		query('rpc.system.chain'),
	]);
	assert.equal(number(deposit), api.consts.balances.existentialDeposit.toBigInt());
	assert.equal(number(issuance), (await api.query.balances.totalIssuance()).toBigInt());
	const { deliverySlot, priceCap } = await chain.parameters();
	assert.equal(number(parameters.current.deliverySlot), BigInt(deliverySlot));
	assert.equal(number(parameters.current.priceCap), BigInt(priceCap));
	assert.equal(genesis, api.genesisHash.toHex());
	assert.equal(name, (await api.rpc.system.chain()).toString());
});

test('it knows the chain without being told types, and says of the door what README does', async () => {
	const { stderr } = await run(['consts.system.ss58Prefix']);
	const warnings = stderr.split('\n').filter(Boolean);
	// The SDK's newer RPC methods, which @polkadot/api leaves to others on every chain.
	const usual = /API\/INIT: RPC methods not decorated: (archive|author|bitswap|chainHead)_/;
	const ours = warnings.filter((line) => !usual.test(line));
	assert.equal(ours.length, 1, stderr);
	const unknown = 'Unknown signed extensions AuthorizeCall, CheckStanding found';
	assert(ours[0].endsWith(`${unknown}, treating them as no-effect`), ours[0]);
});

test('an account is shown with its certificate and its device', async () => {
	const { address } = account('//Household//1');
	const [certificate, device] = await Promise.all([
		query('query.registry.certificates', [address]),
		query('query.registry.devices', [account('//Meter//1').address]),
	]);
	assert.equal(certificate.roles, 'Both');
	assert.equal(certificate.tag, device.owner);
	assert.equal(device.kind, 'Meter');
});

test('a call is explained by its documentation', async () => {
	const text = await describe('tx.market.pay');
	assert.match(text, /^# market\.pay/);
	assert.match(text, /lock the amount/);
});

test('a refusal is shown with pallet and error', async () => {
	const { dispatchError } = await transact('market.start', [999_999], '//Household//9');
	const { index, error } = dispatchError.module;
	const { section, name } = chain.api.registry.findMetaError({
		index: bnToBn(index),
		error: hexToU8a(error),
	});
	assert.equal(`${section}.${name}`, 'market.TradeNotFound');
});

test('who may not open business is told the number of the reason', async () => {
	const supply = {
		slot: await slotIn(chain, 75),
		volume: 100,
		price: 100_000,
		line: 1,
		smallestFill: 100,
		expires: null,
		meter: null,
	};
	const refusal = await transact('market.offer', [supply], '//Eve').then(
		() => assert.fail('Eve has no certificate'),
		(error) => error,
	);
	const number = chain.api.consts.blacklist.refusedUncertified.toNumber();
	assert.equal(number, 101);
	assert.match(`${refusal.stdout}${refusal.stderr}`, /Invalid Transaction: Custom error: 101/);
});
