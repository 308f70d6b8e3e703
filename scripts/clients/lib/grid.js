// What the grid's power costs: said in advance by the grid's own key, the account `//Grid` of the
// development networks, and read by everybody.

import { account } from './chain.js';

/** Seed URI of the grid's key on the development networks. */
export const GRID = '//Grid';

/** What the grid's power costs on `line` in the slot that starts at `slot`; `undefined` if unsaid. */
export async function gridPrice(chain, line, slot) {
	const price = await chain.api.call.marketApi.gridPrice(line, slot);
	return price.isSome ? price.unwrap().toNumber() : undefined;
}

/**
 * Say what the grid's power costs on `line`, in smallest units per kWh: `prices` of as many slots, the
 * first of which starts at `first`. What has been said stays; resolves to what counts.
 */
export async function setGridPrices(chain, line, first, prices) {
	const { deliverySlot } = await chain.parameters();
	const starts = prices.map((_, index) => first + index * deliverySlot);
	const said = await Promise.all(starts.map((start) => gridPrice(chain, line, start)));
	const price = (index) => said[index] ?? prices[index];
	for (let begin = 0, end; begin < prices.length; begin = end + 1) {
		for (end = begin; end < prices.length && said[end] === undefined; ) end += 1;
		if (end === begin) continue;
		const run = prices.slice(begin, end);
		const call = chain.api.tx.market.setGridPrices(line, starts[begin], run);
		await chain.sendAndWait(account(GRID), call);
	}
	return prices.map((_, index) => price(index));
}
