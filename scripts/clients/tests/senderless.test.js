// What a device has signed comes without a sender: a General extrinsic, made by @polkadot/api. These tests
// run when Python's have ended: substrate-interface cannot read blocks with such extrinsics.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WsProvider } from '@polkadot/api';
import { lineReport, withoutSender } from '../lib/devices.js';
import {
	account,
	asCentre,
	eventually,
	open,
	prepared,
	registration,
	signedReport,
} from './support.js';

const LINE = 3;

let chain, api, sensor, provider;
before(async () => {
	provider = new WsProvider(prepared('WS'));
	await provider.isReady;
	chain = await open();
	({ api } = chain);
	sensor = account('//Senderless//Sensor');
	const owner = account('//SensorOwner//1');
	await asCentre(chain, await registration(chain, sensor, 'Sensor', owner, LINE, 0));
});
after(async () => {
	await provider?.disconnect();
	await chain?.disconnect();
});

/** By the provider, as it is: the API's own method reads an extrinsic before it sends it, and not such. */
const sent = (bytes) => provider.send('author_submitExtrinsic', [bytes]);
const newest = async () => {
	const found = await api.query.sensorOracle.reports(sensor.address);
	return found.isSome ? found.unwrap().report.observed.toNumber() : 0;
};

/** The pool names the pallet's error by its number in the metadata. */
const refused = (name, promise) => {
	const number = api.errors.sensorOracle[name].meta.index.toNumber();
	return assert.rejects(promise, new RegExp(`Custom error: ${number}$`));
};

test('a report needs no sender', async () => {
	const observed = await chain.now();
	const call = await signedReport(chain, sensor, lineReport(sensor, 'Clear', observed));
	const bytes = withoutSender(chain, call);
	const before = (await api.rpc.chain.getHeader()).number.toNumber();
	await sent(bytes);
	await eventually(chain, 'the report', async () => (await newest()) === observed);
	// A block has it as it was sent; as bytes, because the API decodes the blocks it gets.
	const now = (await api.rpc.chain.getHeader()).number.toNumber();
	const found = [];
	for (let number = before; number <= now; number++) {
		const { block } = await provider.send('chain_getBlock', [
			await provider.send('chain_getBlockHash', [number]),
		]);
		found.push(...block.extrinsics.filter((each) => each === bytes));
	}
	assert.equal(found.length, 1);
	const { nonce } = await api.query.system.account(sensor.address);
	assert.equal(nonce.toNumber(), 0);
	await refused('OutOfOrder', sent(withoutSender(chain, call, 1)));
});

test('a bad report is refused by its number', async () => {
	const now = await chain.now();
	const call = async (...values) => signedReport(chain, sensor, lineReport(...values));
	const old = await call(sensor, 'Clear', now - 86_400_000);
	await refused('StaleReport', sent(withoutSender(chain, old)));
	const early = await call(sensor, 'Clear', now + 86_400_000);
	await refused('FutureReport', sent(withoutSender(chain, early)));
	const nobody = await call(account('//Household//11'), 'Clear', now);
	await refused('NotASensor', sent(withoutSender(chain, nobody)));
	const last = await newest();
	const { minInterval } = await chain.parametersOf('sensorOracle');
	const at = await eventually(chain, 'time for another report', async () => {
		const later = await chain.now();
		return later >= last + minInterval && later;
	});
	const [said, signature] = (await call(sensor, 'Wind', at)).args;
	const forged = api.tx.sensorOracle.report({ ...said.toJSON(), class: 'Clear' }, signature);
	await refused('BadSignature', sent(withoutSender(chain, forged)));
	const bare = api.tx.sensorOracle.report(said, null);
	await refused('MissingSignature', sent(withoutSender(chain, bare)));
});
