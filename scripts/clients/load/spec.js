// The network under load: the chain `dev` with more people, who have money and certificates from the
// first block on, and windows so short that whole trades fit into a minute and a half.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { blake2AsHex } from '@polkadot/util-crypto';
import { VOLT } from '../lib/chain.js';

const SECOND = 1_000;
/** The year 2100, like the certificates of the chain `dev`. */
const EXPIRES = 4_102_444_800_000;
/** What a slot of 15 s takes to carry what a quarter hour does, in watts. */
const RATED_POWER = 25_000 * 60;

/** A trader's identity tag. */
export const tagOf = (pair) => blake2AsHex(`voltree:load:${pair.address}`);

/** Write the specification: `senders` have money for fees, the couples can trade. */
export function writeSpec(program, file, { senders, couples }) {
	const options = { maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] };
	const spec = JSON.parse(execFileSync(program, ['export-chain-spec', '--chain', 'dev'], options));
	const genesis = spec.genesis.runtimeGenesis.patch;
	const traders = couples.flatMap(({ buyer, seller }) => [buyer, seller]);
	const rich = [...senders, ...traders];
	genesis.balances.balances.push(...rich.map(({ address }) => [address, Number(100n * VOLT)]));
	genesis.registry.members.push(
		...traders.map((pair) => [pair.address, tagOf(pair), 'Both', EXPIRES]),
	);
	genesis.registry.devices.push(
		...couples.map(({ meter, seller, line }) =>
			[meter.address, 'Meter', seller.address, line, RATED_POWER]),
	);
	Object.assign(genesis.market.parameters, {
		deliverySlot: 15 * SECOND,
		offerWindow: 9 * SECOND,
		payPeriod: 30 * SECOND,
		lead: 9 * SECOND,
		meterWindow: 15 * SECOND,
		billWindow: 30 * SECOND,
		confirmWindow: 30 * SECOND,
	});
	Object.assign(spec, { name: 'Voltree under load', id: 'voltree_load' });
	writeFileSync(file, JSON.stringify(spec));
}
