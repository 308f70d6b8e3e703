// Who behaves badly, how, and how often. Drawn per household and quarter hour, so that nobody knows
// before which trades it will hit.

/** What the households below do instead of what was agreed, with its probability per slot. */
export const FAULTS = {
	2: { kind: 'does not pay', probability: 0.3 },
	4: { kind: 'does not pay', probability: 0.3 },
	5: { kind: 'withdraws what it has sold', probability: 0.2 },
	6: { kind: 'does not confirm', probability: 0.25 },
	8: { kind: 'does not start', probability: 0.2 },
	13: { kind: 'delivers half', probability: 0.25 },
};

/** Whether household `number` does `kind` in quarter hour `slot`. */
export function misbehaves(draw, number, slot, kind) {
	const fault = FAULTS[number];
	return fault?.kind === kind && draw('fault', number, slot) < fault.probability;
}

/** A line for people about each of them. */
export function describe(households) {
	return households
		.filter(({ number }) => FAULTS[number])
		.map(({ number, name }) => {
			const { kind, probability } = FAULTS[number];
			return `${name} ${kind} in ${Math.round(probability * 100)} % of its slots`;
		});
}
