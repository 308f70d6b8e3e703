// Devices have no money. What they report is free, whether they send it themselves or somebody does
// it for them; what the chain would refuse is not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lineReport, reading } from '../lib/devices.js';
import {
	account,
	asCentre,
	balance,
	eventData,
	eventually,
	open,
	refused,
	registration,
	signedReading,
	signedReport,
	submit,
} from './support.js';

// Another line than the trades': what is said here is not clear.
const LINE = 3;
const NOTHING = { free: 0n, held: 0n, total: 0n };

let chain, api, sensor, meter, neighbour;
before(async () => {
	chain = await open();
	({ api } = chain);
	[sensor, meter] = ['//Devices//Sensor', '//Devices//Meter'].map(account);
	neighbour = account('//Household//11');
	const [owner, household] = ['//SensorOwner//1', '//Household//12'].map(account);
	await asCentre(chain, await registration(chain, sensor, 'Sensor', owner, LINE, 0));
	await asCentre(chain, await registration(chain, meter, 'Meter', household, LINE, 25_000));
});
after(() => chain?.disconnect());

/** A report that the chain would take now: later than the last one of this sensor. */
async function newReport(kind = 'Wind') {
	const { minInterval } = await chain.parametersOf('sensorOracle');
	return eventually(chain, 'time for another report', async () => {
		const now = await chain.now();
		const last = await api.query.sensorOracle.reports(sensor.address);
		const since = last.isSome ? now - last.unwrap().report.observed.toNumber() : Infinity;
		return since >= minInterval && lineReport(sensor, kind, now);
	});
}

/** The newest slot boundary that the meter has not reported. */
async function newReading() {
	const { deliverySlot } = await chain.parameters();
	return eventually(chain, 'another slot boundary', async () => {
		const now = await chain.now();
		const boundary = now - (now % deliverySlot);
		const known = await api.call.sensorOracleApi.registers(meter.address);
		const isNew = known.every((register) => register.boundary.toNumber() < boundary);
		return isNew && reading(meter, boundary, 5, 9 + known.length);
	});
}

const report = (values, signature = null) => api.tx.sensorOracle.report(values, signature);
const readingOf = (values) => api.tx.sensorOracle.reportRegister(values, null);

const wasFree = (events) => {
	eventData(events, 'skipFeelessPayment', 'FeeSkipped');
	assert(!events.some(({ method }) => method === 'TransactionFeePaid'), 'no fee was paid');
};

test('a device exists without money once it is registered', async () => {
	for (const device of [sensor, meter]) {
		const { sufficients } = await api.query.system.account(device.address);
		assert.equal(sufficients.toNumber(), 1);
		assert.deepEqual(await balance(api, device.address), NOTHING);
	}
});

test('a sensor without money sends its own report', async () => {
	const { events } = await submit(chain, sensor, report(await newReport()));
	wasFree(events);
	assert.equal(eventData(events, 'sensorOracle', 'Reported').sensor.toString(), sensor.address);
	assert.deepEqual(await balance(api, sensor.address), NOTHING);
});

test('a meter without money sends its own registers', async () => {
	const values = await newReading();
	const { events } = await submit(chain, meter, readingOf(values));
	wasFree(events);
	const { boundary } = eventData(events, 'sensorOracle', 'RegisterReported');
	assert.equal(boundary.toNumber(), values.boundary);
	assert.deepEqual(await balance(api, meter.address), NOTHING);
});

test('a device without money relays what another device signed', async () => {
	const relayed = await signedReport(chain, sensor, await newReport());
	const { events } = await submit(chain, meter, relayed);
	wasFree(events);
	assert.deepEqual(await balance(api, meter.address), NOTHING);
	assert.deepEqual(await balance(api, sensor.address), NOTHING);
});

test('a neighbour relays and keeps his money to the last unit', async () => {
	const before = await balance(api, neighbour.address);
	const relayed = await signedReport(chain, sensor, await newReport());
	wasFree((await submit(chain, neighbour, relayed)).events);
	const next = await signedReading(chain, meter, await newReading());
	wasFree((await submit(chain, neighbour, next)).events);
	assert.deepEqual(await balance(api, neighbour.address), before);
});

test('a report that would be refused is not free: without money it does not get in', async () => {
	const stale = lineReport(sensor, 'Wind', (await chain.now()) - 86_400_000);
	await assert.rejects(submit(chain, sensor, report(stale)), /Inability to pay some fees/);
	const backwards = { ...(await newReading()), export: 0 };
	await assert.rejects(submit(chain, meter, readingOf(backwards)), /Inability to pay some fees/);
});

test('who relays what a device did not say pays for it', async () => {
	const before = await balance(api, neighbour.address);
	const said = await newReport();
	const [, signature] = (await signedReport(chain, sensor, said)).args;
	const call = report({ ...said, class: 'Clear' }, signature);
	await refused('sensorOracle.BadSignature', submit(chain, neighbour, call));
	const bare = submit(chain, neighbour, report(said));
	await refused('sensorOracle.MissingSignature', bare);
	assert((await balance(api, neighbour.address)).free < before.free, 'a fee was paid');
});

test('a report counts once', async () => {
	const call = await signedReport(chain, sensor, await newReport());
	await submit(chain, neighbour, call);
	await refused('sensorOracle.OutOfOrder', submit(chain, neighbour, call));
	const registers = await newReading();
	await submit(chain, meter, readingOf(registers));
	const again = await signedReading(chain, meter, registers);
	await refused('sensorOracle.AlreadyReported', submit(chain, neighbour, again));
});

test('what is not a device cannot report', async () => {
	const { address } = neighbour;
	const values = { ...lineReport(sensor, 'Wind', await chain.now()), sensor: address };
	await refused('sensorOracle.NotASensor', submit(chain, neighbour, report(values)));
	const registers = { ...(await newReading()), meter: address };
	await refused('sensorOracle.NotAMeter', submit(chain, neighbour, readingOf(registers)));
});
