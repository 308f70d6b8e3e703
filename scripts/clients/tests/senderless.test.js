// What a device has signed comes without a sender: a General extrinsic, made by @polkadot/api. These tests
// run when Python's have ended: substrate-interface cannot read blocks with such extrinsics.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lineReport, withoutSender } from '../lib/devices.js';
import { account, asCentre, eventually, open, registration, signedReport } from './support.js';

const LINE = 3;

let chain, api, sensor;
before(async () => {
	chain = await open();
	({ api } = chain);
	sensor = account('//Senderless//Sensor');
	const owner = account('//SensorOwner//1');
	await asCentre(chain, await registration(chain, sensor, 'Sensor', owner, LINE, 0));
});
after(() => chain?.disconnect());

const sent = (bytes) => api.rpc.author.submitExtrinsic(bytes);
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
	const hash = await sent(withoutSender(chain, call));
	await eventually(chain, 'the report', async () => (await newest()) === observed);
	const found = await eventually(chain, 'its block', async () => {
		for (let at = await api.rpc.chain.getHeader(); ; ) {
			const { block } = await api.rpc.chain.getBlock(at.hash);
			const mine = block.extrinsics.find((each) => each.hash.eq(hash));
			if (mine) return mine;
			if (at.number.toNumber() === 0) return undefined;
			at = await api.rpc.chain.getHeader(at.parentHash);
		}
	});
	assert.equal(found.isSigned, false);
	assert(found.method.eq(call.method));
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
