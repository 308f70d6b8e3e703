// What devices report: sensors what they see of their line, meters their registers. A report is
// free when the device sends it itself or signed it.

import { blake2AsHex } from '@polkadot/util-crypto';
import { account } from './chain.js';

/** A meter of the development networks: that of household `number`. */
export const meter = (number) => account(`//Meter//${number}`);

/** The lines of the development networks, and who has a sensor at each. */
export const LINES = [1, 2, 3];
const OWNERS = [1, 2, 3, 4];

/** A sensor of the development networks. */
export const sensor = (line, owner) => account(`//Sensor//${line}//${owner}`);

/**
 * A sensor's report: `kind` is Clear, Thunderstorm, Wind, LineFault or Overload, `observed` chain
 * time, `measurements` anything that can be written as JSON. Its hash goes along, with the time: a sensor
 * that says the same again is frozen or repeats a recording.
 */
export function lineReport(device, kind, observed, measurements = {}, model = 'a person') {
	return {
		sensor: device.address,
		class: kind,
		confidence: 1_000_000,
		model: blake2AsHex(model),
		observed,
		digest: blake2AsHex(JSON.stringify({ observed, measurements })),
	};
}

/** A meter's registers in Wh at a slot boundary. */
export const reading = (device, boundary, imported, exported) => ({
	meter: device.address,
	boundary,
	import: imported,
	export: exported,
});

/** The call by which a device sends its own report. */
export const reportCall = (chain, report) => chain.api.tx.sensorOracle.report(report, null);

/**
 * All sensors of the development networks report what `seen(line)` says of their line at chain time `now`.
 * `fellThrough` hears of those whose report the node did not take: the sensor's name and the error.
 */
export function reportLines(chain, now, fellThrough, seen = () => 'Clear') {
	const devices = LINES.flatMap((line) => OWNERS.map((owner) => ({ line, owner })));
	return Promise.all(devices.map(({ line, owner }) => {
		const device = sensor(line, owner);
		return chain.send(device, reportCall(chain, lineReport(device, seen(line), now)))
			.catch((error) => fellThrough(`sensor ${line}/${owner}`, error));
	}));
}

/** The call by which a meter sends its own reading. */
export const readingCall = (chain, values) =>
	chain.api.tx.sensorOracle.reportRegister(values, null);

/** The device's signature, with which somebody else may send its report. */
export async function signReport(chain, device, report) {
	const message = await chain.api.call.sensorOracleApi.reportMessage(report);
	return { Sr25519: device.sign(message.toU8a()) };
}

/** The meter's signature, with which somebody else may send its reading. */
export async function signReading(chain, device, values) {
	const message = await chain.api.call.sensorOracleApi.registerMessage(values);
	return { Sr25519: device.sign(message.toU8a()) };
}

/**
 * The bytes of a device's signed report as an extrinsic that nobody sends (a General extrinsic): no
 * account, no nonce, no fee. Of equals, `variant` makes another.
 */
export function withoutSender(chain, call, variant = 0) {
	const payload = { era: '0x00', nonce: variant, tip: 0, mode: 0, method: call.method };
	const value = { payload, transactionExtensionVersion: 0 };
	return chain.api.registry.createType('GeneralExtrinsic', value).toHex();
}

/** What the sensors of a line say now: `Safe`, `Hazard` or `Stale`. */
export async function verdict(chain, line) {
	return (await chain.api.call.sensorOracleApi.line(line, [])).verdict.type;
}
