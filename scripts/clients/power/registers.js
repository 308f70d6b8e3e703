// What meters showed, from the chain. The state holds the newest registers of a meter only, so older
// ones are read from older blocks, where the node still has them.

/** So many boundaries two looks have in common, for registers that came late. */
const COMMON = 8;
/** How many times the past is looked up before the rest is given up. */
const MOST_LOOKS = 1_000;

/** The meters of `{ line }`, `{ member }` or `{ meter }`, as addresses. */
export async function metersOf(api, { line, member, meter }) {
	if (meter !== undefined) {
		const device = await api.query.registry.devices(meter);
		if (device.isNone || !device.unwrap().kind.isMeter) throw new Error(`${meter} is no registered meter.`);
		return [meter];
	}
	const tag = member === undefined ? undefined : await api.call.registryApi.tagOf(member);
	if (tag?.isNone) throw new Error(`${member} is no account of a certified person, nor a linked wallet.`);
	const devices = await api.query.registry.devices.entries();
	const found = devices
		.map(([key, device]) => ({ address: key.args[0].toString(), device: device.unwrap() }))
		.filter(({ device }) => device.kind.isMeter)
		.filter(({ device }) => (tag ? device.owner.eq(tag.unwrap()) : device.line.toNumber() === line))
		.map(({ address }) => address);
	if (found.length === 0) throw new Error(`There are no meters of ${member ?? `line ${line}`}.`);
	return found;
}

/**
 * All registers of the meters from the moment `from` on: a map from address to a map from boundary to
 * `{ imported, exported }`, and `pruned`, whether the node has forgotten some.
 */
export async function readRegisters(api, meters, from, slot) {
	const books = new Map(meters.map((address) => [address, new Map()]));
	let number = (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
	for (let looks = 0; number > 0 && looks < MOST_LOOKS; looks++) {
		let at;
		try {
			at = await api.at(await api.rpc.chain.getBlockHash(number));
			const shown = await Promise.all(meters.map((address) => at.call.sensorOracleApi.registers(address)));
			shown.forEach((registers, index) => {
				for (const { boundary, import: imported, export: exported } of registers) {
					books.get(meters[index]).set(boundary.toNumber(), {
						imported: imported.toNumber(), exported: exported.toNumber(),
					});
				}
			});
		} catch (error) {
			if (/discarded|UnknownBlock|not exist|pruned/i.test(error.message)) return { books, pruned: true };
			throw error;
		}
		// The meter whose oldest register is youngest says how far back all are known.
		const oldest = [...books.values()].filter(({ size }) => size > 0).map((book) => Math.min(...book.keys()));
		const known = Math.max(...oldest);
		if (oldest.length === 0 || known <= from) break;
		const older = await blockBefore(api, known + COMMON * slot, number);
		number = older < number - 1 ? older : await blockBefore(api, known, number);
	}
	return { books, pruned: false };
}

/** The last block before `high` whose chain time is not after `moment`. */
async function blockBefore(api, moment, high) {
	let [low, top] = [0, high - 1];
	while (low < top) {
		const middle = Math.ceil((low + top) / 2);
		const at = await api.at(await api.rpc.chain.getBlockHash(middle));
		const now = middle === 0 ? 0 : (await at.query.timestamp.now()).toNumber();
		if (now <= moment) low = middle;
		else top = middle - 1;
	}
	return low;
}

/** What flowed between boundaries next to each other, of all meters: `{ from, to, imported, exported }`. */
export function flows(books, slot, from) {
	const sums = new Map();
	for (const book of books.values()) {
		for (const [boundary, before] of book) {
			const after = book.get(boundary + slot);
			if (!after || boundary < from) continue;
			const sum = sums.get(boundary) ?? { from: boundary, to: boundary + slot, imported: 0, exported: 0, meters: 0 };
			sum.imported += after.imported - before.imported;
			sum.exported += after.exported - before.exported;
			sum.meters += 1;
			sums.set(boundary, sum);
		}
	}
	return [...sums.values()].sort((a, b) => a.from - b.from);
}
