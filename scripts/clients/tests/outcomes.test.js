// How trades go wrong, and what becomes of it, by calls that any client can make: the grid says its
// price in advance, a paid trade is withdrawn, fines are owed and paid, a person comes on the blacklist
// and off it again, a delivery is contested and the management centre's authority rules about it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GRID, gridPrice, setGridPrices } from '../lib/grid.js';
import {
	account,
	amountOf,
	asCentre,
	balance,
	byMotion,
	certification,
	checkMoney,
	ClearLine,
	eventData,
	eventually,
	give,
	holds,
	open,
	payoutOf,
	refused,
	refusedAtPool,
	registration,
	respond,
	slotIn,
	stepsOf,
	submit,
	tagOf,
	until,
	unwrap,
	VOLT,
} from './support.js';

const LINE = 3;
const GRID_PRICE = 600_000;
/** Wh enough that not delivering them brings a seller below the limit; see support.network.py. */
const LARGE = 2_100;

let chain;
before(async () => {
	chain = await open();
});
after(() => chain?.disconnect());

test('trades go wrong', async (t) => {
	const step = stepsOf(t);
	const { api } = chain;
	const { market, sharedWallet, blacklist } = api.tx;
	const { priceCap, terms } = await chain.parameters();
	const smallestFine = BigInt(terms.smallestFine);
	const fineOf = (volume, price) => (amountOf(volume, price) * BigInt(terms.fineRate)) / 1_000n;
	const who = Object.fromEntries(
		['buyer', 'seller', 'neighbour', 'meter'].map((role) => [role, account(`//Outcomes//${role}`)]),
	);
	const { buyer, seller, neighbour, meter } = who;
	const tag = tagOf('outcomes:seller');
	let clear, near, far, undelivered, forgotten, contested;
	t.after(() => clear?.stop());

	/** An offer; resolves to its number. Without a meter of his the seller's word is all there is. */
	async function offer(slot, volume, price, from = seller) {
		const device = from === seller ? meter.address : null;
		const supply = { slot, volume, price, line: LINE, expires: null, meter: device };
		const call = market.offer({ ...supply, smallestFill: 100 });
		const { events } = await submit(chain, from, call);
		return eventData(events, 'market', 'Offered').offer.toNumber();
	}

	/** Ask for what an offer has, with the money for it; the management centre answers. */
	async function ask(slot, volume, maxPrice, unmetered = false) {
		const demand = { slot, volume, lines: [LINE], maxPrice, minCredit: 0, meter: null, unmetered };
		const call = market.request(demand, buyer.address, amountOf(volume, maxPrice));
		const { events } = await submit(chain, buyer, call);
		const request = eventData(events, 'market', 'Requested').request.toNumber();
		await respond(chain, request);
		return request;
	}

	/** Pay an offer for a request; resolves to the trade's number. */
	async function pay(request, offered, volume) {
		const { events } = await submit(chain, buyer, market.pay(request, offered, volume));
		return eventData(events, 'market', 'Paid').trade.toNumber();
	}

	const standing = () => api.call.blacklistApi.standing(seller.address);
	const exposure = async (pair) =>
		unwrap(await api.call.marketApi.exposure(pair.address), 'a tag').map(Number);
	const offerAgain = async () => offer(await slotIn(chain, 52), 100, priceCap);

	await step('newcomers are certified and get money', async () => {
		for (const role of ['buyer', 'seller', 'neighbour']) {
			await asCentre(chain, await certification(chain, who[role], tagOf(`outcomes:${role}`)));
			await give(chain, who[role].address, 10n * VOLT);
		}
		await asCentre(chain, await registration(chain, meter, 'Meter', seller, LINE, 4_500_000));
	});

	await step('the grid says in advance what its power costs, once', async () => {
		const first = await slotIn(chain, 10);
		assert.equal(await gridPrice(chain, LINE, first), undefined);
		const prices = Array(36).fill(GRID_PRICE);
		assert.deepEqual(await setGridPrices(chain, LINE, first, prices), prices);
		assert.equal(await gridPrice(chain, LINE, first), GRID_PRICE);
		const again = market.setGridPrices(LINE, first, [GRID_PRICE + 1]);
		await refused('market.GridPriceSet', submit(chain, account(GRID), again));
	});

	await step('what is open counts against what credit allows', async () => {
		assert.deepEqual(await exposure(seller), [0, 100_000]);
		near = await slotIn(chain, 52);
		const cheap = await offer(near, 1_000, 200_000);
		const dear = await offer(near, LARGE, priceCap);
		assert.deepEqual(await exposure(seller), [1_000 + LARGE, 100_000]);
		const trades = [
			await pay(await ask(near, 1_000, 200_000), cheap, 1_000),
			await pay(await ask(near, LARGE, priceCap), dear, LARGE),
		];
		assert.deepEqual(await exposure(buyer), [1_000 + LARGE, 100_000]);
		const bonds = amountOf(1_000, priceCap - 200_000) + 2n * smallestFine;
		assert.deepEqual(await holds(api, seller.address), { 'sharedWallet.Bond': bonds });
		[undelivered, forgotten] = trades;
	});

	await step('who withdraws a paid trade makes the loss good at once', async () => {
		const had = await balance(api, buyer.address);
		const { events } = await submit(chain, seller, market.withdrawTrade(undelivered));
		const loss = payoutOf(1_000, GRID_PRICE - 200_000);
		const fined = eventData(events, 'sharedWallet', 'Fined');
		assert.equal(fined.cause.type, 'Withdrawn');
		assert.equal(fined.loss.toBigInt(), loss);
		assert.equal(fined.amount.toBigInt(), loss, 'more than half a fine would be');
		const settled = eventData(events, 'market', 'Settled');
		assert.equal(settled.outcome.type, 'Withdrawn');
		assert.equal(settled.refund.toBigInt(), amountOf(1_000, 200_000));
		assert.equal((await balance(api, buyer.address)).total - had.total, loss);
		assert.deepEqual(await holds(api, seller.address), { 'sharedWallet.Bond': smallestFine });
	});

	await step('what no bond covers is a debt, and shuts the door', async () => {
		const { events } = await submit(chain, seller, market.withdrawTrade(forgotten));
		const fined = eventData(events, 'sharedWallet', 'Fined');
		const half = fineOf(LARGE, priceCap) / 2n;
		assert.equal(fined.amount.toBigInt(), half);
		assert.equal(fined.fromBond.toBigInt(), smallestFine);
		assert.equal(fined.owed.toBigInt(), half - smallestFine);
		const { finesDue, credit, blacklisted } = await standing();
		assert.equal(finesDue.toBigInt(), half - smallestFine);
		assert(blacklisted.isFalse);
		assert.equal(credit.toNumber(), 1_000);
		const error = await refusedAtPool(chain, 'FinesDue', offerAgain());
		assert.match(error.message, /^1010: Invalid Transaction: Custom error: 103\b/);
	});

	await step('who pays his fines may open business again', async () => {
		const due = (await standing()).finesDue.toBigInt();
		const part = await submit(chain, seller, sharedWallet.payFines(60_000));
		assert.equal(eventData(part.events, 'credibility', 'FinePaid').due.toBigInt(), due - 60_000n);
		await refusedAtPool(chain, 'FinesDue', offerAgain());
		// More than is due is not taken.
		const rest = await submit(chain, seller, sharedWallet.payFines(VOLT));
		const paid = eventData(rest.events, 'sharedWallet', 'FinesPaid');
		assert.equal(paid.amount.toBigInt(), due - 60_000n);
		await submit(chain, seller, market.withdrawOffer(await offerAgain()));
	});

	await step('one trade will not be delivered, another not as billed', async () => {
		near = await slotIn(chain, 46);
		far = await slotIn(chain, 120);
		const large = await offer(near, LARGE, priceCap);
		const small = await offer(near, 900, 300_000, neighbour);
		forgotten = await offer(far, 500, priceCap);
		const metered = await ask(near, LARGE, priceCap);
		const byWord = pay(metered, small, 900);
		await refused('market.UnmeteredNotAccepted', byWord);
		undelivered = await pay(metered, large, LARGE);
		contested = await pay(await ask(near, 900, 300_000, true), small, 900);
		clear = new ClearLine(chain, LINE);
		await clear.start();
		const { gate } = unwrap(await api.call.marketApi.trade(contested), 'the trade').slot;
		await until(chain, gate.toNumber(), 'the gate');
		await submit(chain, neighbour, market.start(contested));
	});

	await step('who does not start comes on the blacklist, and what he has open is closed', async () => {
		await eventually(chain, `trade ${undelivered} to be over`, async () =>
			(await api.call.marketApi.trade(undelivered)).isNone,
		);
		clear.stop();
		const { blacklisted, credit, finesDue } = await standing();
		assert(blacklisted.isTrue);
		assert.equal(credit.toNumber(), 1_000 - (terms.weight * LARGE) / 1_000);
		assert.equal(finesDue.toBigInt(), fineOf(LARGE, priceCap) - smallestFine);
		await eventually(chain, `offer ${forgotten} to be closed`, async () =>
			(await api.call.marketApi.offer(forgotten)).isNone,
		);
		const error = await refusedAtPool(chain, 'Blacklisted', offerAgain());
		assert.match(error.message, /^1010: Invalid Transaction: Custom error: 102\b/);
	});

	await step('the authority lets him back once he has paid', async () => {
		await refused('blacklist.FinesDue', byMotion(chain, blacklist.readmit(tag)));
		await submit(chain, seller, sharedWallet.payFines(VOLT));
		await refusedAtPool(chain, 'Blacklisted', offerAgain());
		const { events } = await byMotion(chain, blacklist.readmit(tag));
		const readmitted = eventData(events, 'blacklist', 'Readmitted');
		assert.equal(readmitted.tag.toHex(), tag);
		assert.equal(readmitted.credit.toNumber(), 990);
		assert((await standing()).blacklisted.isFalse);
		await submit(chain, seller, market.withdrawOffer(await offerAgain()));
	});

	await step('the buyer contests a bill', async () => {
		await submit(chain, neighbour, market.bill(contested, 900, neighbour.address));
		const held = (await holds(api, buyer.address))['sharedWallet.Bond'];
		const { events } = await submit(chain, buyer, market.contest(contested, 300));
		assert.equal(eventData(events, 'market', 'Contested').received.toNumber(), 300);
		const now = (await holds(api, buyer.address))['sharedWallet.Bond'];
		assert.equal(now - held, smallestFine);
		await refused('market.AlreadyContested', submit(chain, buyer, market.contest(contested, 1)));
	});

	await step('the authority rules by a motion, and the trade is settled', async () => {
		const before = await balance(api, buyer.address);
		const had = await balance(api, neighbour.address);
		// A third of what was billed: what the buyer says he received.
		const ruling = { share: 333_334, fault: 'Seller' };
		const { events, blockHash } = await byMotion(chain, market.rule(contested, ruling));
		assert.equal(eventData(events, 'market', 'Ruled').volume.toNumber(), 300);
		const settled = eventData(events, 'market', 'Settled');
		const [payout, loss] = [payoutOf(300, 300_000), payoutOf(600, GRID_PRICE - 300_000)];
		assert.equal(settled.outcome.type, 'Ruled');
		assert.equal(settled.payout.toBigInt(), payout);
		assert.equal(settled.refund.toBigInt(), amountOf(900, 300_000) - payout);
		const fined = eventData(events, 'sharedWallet', 'Fined');
		assert.equal(fined.cause.type, 'DeliveredShort');
		assert.equal(fined.fromBond.toBigInt(), loss);
		assert.equal((await balance(api, buyer.address)).total - before.total, loss - payout);
		assert.equal((await balance(api, neighbour.address)).total - had.total, payout - loss);
		assert.deepEqual(await holds(api, buyer.address), {});
		assert.deepEqual(await holds(api, neighbour.address), {});
		await checkMoney(chain, blockHash);
	});
});
