// Chance that is the same in every run: a draw is a hash of the seed and what it is for.

import { createHash } from 'node:crypto';

/** A function that draws a number from 0 to 1 for the words it is given. */
export function seeded(seed) {
	return (...words) => {
		const hash = createHash('sha256').update([seed, ...words].join('/')).digest();
		return hash.readUInt32BE(0) / 2 ** 32;
	};
}
