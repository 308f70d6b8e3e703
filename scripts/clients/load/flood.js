// A flood: far more transfers than the pool takes, from one key or from a thousand, while others send
// one transfer each.

import { setTimeout as sleep } from 'node:timers/promises';
import { u8aToHex } from '@polkadot/util';
import { Feeder } from './feeder.js';

/** More than the pool's default limit of 8,192. */
export const TRANSFERS = 12_000;
/** What some pay to be served first, in smallest units: a fiftieth of a cent. */
export const TIP = 200;
/** Blocks after which nobody waits any longer. */
const PATIENCE = 30;

/** Let the pool run empty. */
export async function drained(watch) {
	for (let tries = 0; tries < 240; tries += 1) {
		if ((await watch.raw('author_pendingExtrinsics')).length === 0) return true;
		await sleep(500);
	}
	return false;
}

/** Somebody sends one extrinsic, again and again if refused. Resolves to what became of it. */
async function oneTransfer(feeder, watch, bytes) {
	const hex = u8aToHex(bytes);
	const from = watch.best;
	let found;
	watch.when((block, extrinsics) => extrinsics.includes(hex) && (found = block));
	let refused;
	let taken = false;
	while (!found && watch.best < from + PATIENCE) {
		if (!taken) {
			const words = await feeder.submit(bytes);
			taken = !words;
			refused ??= words;
		}
		await sleep(100);
	}
	return { blocks: found ? found.number - from : undefined, refused };
}

/**
 * Flood the node with what `senders` have signed, and let the two `users` send: the second with a tip.
 * Resolves to `{ accepted, refusals, plain, tipped }`.
 */
export async function flood({ url, watch, writer, senders, users }) {
	const feeder = await Feeder.open(url);
	// Everybody's first, then everybody's second.
	const most = Math.max(...senders.map(({ signed }) => signed.length));
	const rounds = Array.from({ length: most }, (_, nonce) => senders.map(({ signed }) => signed[nonce]));
	let over = false;
	let poured = false;
	const flooding = feeder.pour(rounds.flat(), () => !over).then(() => (poured = true));
	// Until the pool is full, or everything is in it.
	while (feeder.refusals.size === 0 && !poured) await sleep(50);
	const waiting = (await watch.raw('author_pendingExtrinsics')).length;
	const others = await Feeder.open(url);
	const [plain, tipped] = await Promise.all(
		users.map((user, index) =>
			oneTransfer(others, watch, writer.write(user, 0, index === 0 ? 0 : TIP))),
	);
	over = true;
	await flooding;
	const { accepted, refusals } = feeder;
	await Promise.all([feeder.close(), others.close()]);
	return { accepted, refusals, waiting, plain, tipped };
}
