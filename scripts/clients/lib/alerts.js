// Alerts: what the sensors of power lines say together, as soon as it changes.

/** The lines on which the person behind an account has meters or sensors, rising. */
export async function linesOf(chain, address) {
	const tag = await chain.api.call.registryApi.tagOf(address);
	if (tag.isNone) throw new Error(`${address} is certified by nobody, so it has no lines`);
	const devices = await chain.api.query.registry.devices.entries();
	const lines = devices
		.map(([, device]) => device.unwrap())
		.filter((device) => device.owner.eq(tag.unwrap()))
		.map((device) => device.line.toNumber());
	return [...new Set(lines)].sort((one, other) => one - other);
}

/** What is so now, as if it had just changed; of a line that has always been stale, that. */
async function standing(chain, line, block) {
	const known = await chain.api.call.sensorOracleApi.lineState(line);
	if (known.isNone) {
		return { line, verdict: 'Stale', class: 'Clear', severity: 'Unknown', from: 0, block };
	}
	const [{ verdict, class: kind, since }] = known.unwrap();
	const severity = severityOf(verdict.type, kind.type);
	return {
		line,
		verdict: verdict.type,
		class: kind.type,
		severity,
		from: since.toNumber(),
		block,
	};
}

/** How bad that is; the chain says so itself in its events. */
function severityOf(verdict, kind) {
	if (verdict === 'Safe') return 'Minor';
	if (verdict === 'Stale') return 'Unknown';
	return { Overload: 'Moderate', LineFault: 'Extreme' }[kind] ?? 'Severe';
}

/** The alert in an event, if there is one. */
function alertIn({ event }, block) {
	if (event.section !== 'sensorOracle' || event.method !== 'LineChanged') return undefined;
	const { line, verdict, class: kind, severity, from, until } = event.data;
	return {
		line: line.toNumber(),
		verdict: verdict.type,
		class: kind.type,
		severity: severity.type,
		from: from.toNumber(),
		...(until.isSome && { until: until.unwrap().toNumber() }),
		block,
	};
}

/**
 * Tell of `lines`: first what is so, then each alert, block by block, none left out. `told` gets the
 * alert and the number of the newest block by then. Resolves to a function that ends it.
 */
export async function watchAlerts(chain, lines, told) {
	const { api } = chain;
	const wanted = new Set(lines);
	const first = await api.rpc.chain.getHeader();
	let last = first.number.toNumber();
	for (const line of wanted) told(await standing(chain, line, last), last);
	let best = last;
	let work = Promise.resolve();
	const catchUp = async () => {
		for (; last < best; last++) {
			const hash = await api.rpc.chain.getBlockHash(last + 1);
			const events = await (await api.at(hash)).query.system.events();
			for (const record of events) {
				const alert = alertIn(record, last + 1);
				if (alert && wanted.has(alert.line)) told(alert, best);
			}
		}
	};
	return api.rpc.chain.subscribeNewHeads((header) => {
		best = header.number.toNumber();
		// A block that cannot be read is read again with the next one.
		work = work.then(catchUp).catch(() => {});
	});
}
