// What the chain refuses, by the name that a stock client shows: tokens that are not the management
// centre's, hands on other people's trades, and what makes no sense.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { u8aToHex } from '@polkadot/util';
import { signToken, SERVICE } from '../lib/centre.js';
import { errorName } from '../lib/chain.js';
import { meter } from '../lib/devices.js';
import {
	account,
	allRefused,
	certification,
	eventData,
	exclusively,
	expiry,
	open,
	refusedAtPool,
	registration,
	respond,
	slotIn,
	submit,
	tagOf,
} from './support.js';

const LINE = 2;
const VOLUME = 120;
const PRICE = 100_000;
const DAY = 86_400_000;

let chain, market, sharedWallet, registry;
let centre, buyer, seller, stranger;
/** An offer for a slot far enough away, and two requests that could be answered. */
let slot, offer, request, other;

const demand = (more = {}) => ({
	slot,
	volume: VOLUME,
	lines: [LINE],
	maxPrice: PRICE,
	minCredit: 0,
	meter: null,
	unmetered: false,
	...more,
});
const supply = (more = {}) => ({
	slot,
	volume: VOLUME,
	price: PRICE,
	line: LINE,
	smallestFill: 100,
	expires: null,
	meter: meter(7).address,
	...more,
});

async function newRequest(funding) {
	const call = market.request(demand(), buyer.address, funding);
	const { events } = await submit(chain, buyer, call);
	return eventData(events, 'market', 'Requested').request.toNumber();
}

/**
 * What the management centre's service sends is refused. Tokens live three seconds here, so `cases`
 * makes them at the last moment; they are made anew if they grew too old all the same.
 */
const centreRefused = (cases) =>
	exclusively('centre', async () => {
		for (let tries = 1; ; tries++) {
			try {
				return await allRefused(chain, centre, await cases());
			} catch (error) {
				if (error.actual !== 'sharedWallet.StaleToken' || tries === 3) throw error;
			}
		}
	});

/** A signed token with fields of it changed after that. */
const changed = ({ token, signature }, fields) => ({
	token: { ...token.toJSON(), ...fields },
	signature,
});

before(async () => {
	chain = await open();
	({ market, sharedWallet, registry } = chain.api.tx);
	centre = account(SERVICE);
	[buyer, seller, stranger] = ['//Household//6', '//Household//7', '//Household//8'].map(account);
	slot = await slotIn(chain, 120);
	const { events } = await submit(chain, seller, market.offer(supply()));
	offer = eventData(events, 'market', 'Offered').offer.toNumber();
	request = await newRequest(20_000);
	other = await newRequest(0);
});
after(() => chain?.disconnect());

test('nobody but the management centre responds, and nothing is paid before', async () => {
	const signed = await signToken(chain, request);
	await allRefused(chain, buyer, [
		['BadOrigin', market.respond(request, signed)],
		['market.NotResponded', market.pay(request, offer, VOLUME)],
	]);
});

test('a forged token is refused', async () => {
	await centreRefused(async () => {
		const [signed, byAnother] = await Promise.all([
			signToken(chain, request),
			signToken(chain, request, account('//Eve')),
		]);
		const richer = changed(signed, { balance: 1_000_000_000 });
		const ofAnotherChain = changed(signed, { genesis: u8aToHex(new Uint8Array(32)) });
		const withAnotherKey = changed(signed, { key: stranger.address });
		return [
			['sharedWallet.BadTokenSignature', market.respond(request, byAnother)],
			['sharedWallet.BadTokenSignature', market.respond(request, richer)],
			['sharedWallet.ForeignToken', market.respond(request, ofAnotherChain)],
			['sharedWallet.ForeignToken', market.respond(request, withAnotherKey)],
		];
	});
});

test('a replayed token is refused', async () => {
	const { signed } = await respond(chain, request);
	await centreRefused(() => [
		['market.AlreadyResponded', market.respond(request, signed)],
		['sharedWallet.ForeignToken', market.respond(other, signed)],
		['sharedWallet.WrongNonce', sharedWallet.renew(signed)],
		['sharedWallet.NotCertified', sharedWallet.renew(changed(signed, { wallet: other }))],
	]);
	const renewal = await exclusively('centre', async () => {
		const next = await signToken(chain, request);
		await submit(chain, centre, sharedWallet.renew(next));
		return next;
	});
	await centreRefused(() => [['sharedWallet.WrongNonce', sharedWallet.renew(renewal)]]);
});

test("somebody else's trade is left alone", async () => {
	await Promise.all([
		allRefused(chain, stranger, [
			['sharedWallet.NotPayer', market.pay(request, offer, VOLUME)],
			['sharedWallet.NotOwner', sharedWallet.withdraw(request, 1)],
			['sharedWallet.NotOwner', sharedWallet.fund(request, 1)],
			['market.NotBuyer', market.cancelRequest(request)],
			['market.NotSeller', market.withdrawOffer(offer)],
			['market.NotTheGrid', market.setGridPrices(LINE, slot, [PRICE])],
			['sharedWallet.NothingDue', sharedWallet.payFines(1)],
		]),
		allRefused(chain, buyer, [
			['market.InvalidVolume', market.pay(request, offer, VOLUME + 1)],
			['market.OfferNotFound', market.pay(request, offer + 1_000, VOLUME)],
			['market.RequestNotFound', market.pay(request + 1_000, offer, VOLUME)],
		]),
	]);
	const { events } = await submit(chain, buyer, market.pay(request, offer, VOLUME));
	const trade = eventData(events, 'market', 'Paid').trade.toNumber();
	await Promise.all([
		allRefused(chain, stranger, [
			['market.NotSeller', market.start(trade)],
			['market.NotSeller', market.bill(trade, VOLUME, stranger.address)],
			['market.NotBuyer', market.confirm(trade)],
			['market.NotBuyer', market.contest(trade, 0)],
			['market.NotSeller', market.withdrawTrade(trade)],
			['BadOrigin', market.rule(trade, { share: 0, fault: 'Seller' })],
		]),
		allRefused(chain, buyer, [
			['market.RequestClosed', market.pay(request, offer, VOLUME)],
			['market.NotSeller', market.start(trade)],
			['market.NotBilled', market.confirm(trade)],
			['market.NotBilled', market.contest(trade, 0)],
			['market.TradeNotFound', market.confirm(trade + 1_000)],
		]),
		allRefused(chain, seller, [
			['market.TooEarly', market.start(trade)],
			['market.NotStarted', market.bill(trade, VOLUME, seller.address)],
			['market.NotBuyer', market.confirm(trade)],
		]),
	]);
});

test('who is not certified opens no business and certifies nobody', async () => {
	const eve = account('//Eve');
	for (const call of [market.offer(supply()), market.request(demand(), eve.address, 0)]) {
		await refusedAtPool(chain, 'Uncertified', submit(chain, eve, call));
	}
	// What the door does not see, the pallet refuses: it looks at the first call of a batch only.
	const { events } = await submit(
		chain,
		eve,
		chain.api.tx.utility.batch([chain.api.tx.system.remark('0x'), market.offer(supply())]),
	);
	const { index, error } = eventData(events, 'utility', 'BatchInterrupted');
	assert.equal(index.toNumber(), 1);
	assert.equal(errorName(chain.api, error), 'registry.NotCertified');
	await allRefused(chain, eve, [
		['sharedWallet.NotMember', sharedWallet.payFines(1)],
		['registry.NotCertified', registry.linkWallet(stranger.address, { Sr25519: eve.sign('') })],
		['BadOrigin', await certification(chain, eve, tagOf('eve'))],
	]);
});

test('nobody is certified, linked or registered against his will', async () => {
	const dave = account('//Dave');
	const certify = async (consent) =>
		registry.certify(dave.address, tagOf('dave'), 'Both', await expiry(chain), consent);
	const anotherMessage = { Sr25519: dave.sign('another message') };
	const [, , , , toAnotherTag] = (await certification(chain, dave, tagOf('other'))).args;
	const device = account('//Refused//Meter');
	const registered = await registration(chain, device, 'Meter', seller, LINE, 25_000);
	const [, , , , , forSeller] = registered.args;
	const stolen = [device.address, 'Meter', stranger.address, LINE, 25_000, forSeller];
	await Promise.all([
		centreRefused(async () => [
			['registry.NoConsent', await certify(null)],
			['registry.BadSignature', await certify(toAnotherTag)],
			['registry.BadSignature', registry.registerDevice(...stolen)],
		]),
		allRefused(chain, stranger, [
			['registry.BadSignature', registry.linkWallet(dave.address, anotherMessage)],
		]),
	]);
	assert((await chain.api.call.registryApi.certificate(dave.address)).isNone);
	assert((await chain.api.call.registryApi.tagOf(dave.address)).isNone);
});

test('orders that make no sense are refused', async () => {
	const offers = [
		['market.NotASlot', { slot: slot + 1 }],
		['market.TooLate', { slot: slot - DAY }],
		['market.BeyondHorizon', { slot: slot + DAY }],
		['market.InvalidVolume', { volume: 99, smallestFill: 99 }],
		['market.PriceOutOfRange', { price: 1 }],
		['market.InvalidLine', { line: 99 }],
		['market.InvalidMeter', { meter: meter(6).address }],
		['market.MeterRequired', { meter: null }],
		['market.TooLargeUnmetered', { line: 3, meter: null, volume: 1_001 }],
		['market.ExceedsRatedPower', { volume: 7_000 }],
		['market.ExceedsLineCapacity', { volume: 30_000 }],
	];
	const requests = [
		['market.InvalidLine', { lines: [] }],
		['market.InvalidVolume', { volume: 99 }],
		['market.PriceOutOfRange', { maxPrice: 1 }],
		['market.ExceedsCredit', { volume: 100_001 }],
	];
	await Promise.all([
		allRefused(
			chain,
			seller,
			offers.map(([reason, change]) => [reason, market.offer(supply(change))]),
		),
		allRefused(
			chain,
			buyer,
			requests.map(([reason, change]) => [
				reason,
				market.request(demand(change), buyer.address, 0),
			]),
		),
	]);
});
