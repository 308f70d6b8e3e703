// A whole trade by @polkadot/api, the offer and some reads by the api-cli: two newcomers come to
// the chain, trade, and are settled. What happened is read again by compare.test.js.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { u8aWrapBytes } from '@polkadot/util';
import { signToken, SERVICE } from '../lib/centre.js';
import { lineReport, reading, sensor } from '../lib/devices.js';
import { query, transact } from './support.api-cli.js';
import {
	account,
	amountOf,
	asCentre,
	balance,
	certification,
	checkMoney,
	ClearLine,
	eventData,
	eventually,
	exclusively,
	expiry,
	give,
	holds,
	open,
	payoutOf,
	prepared,
	refused,
	registration,
	respond,
	signedReading,
	signedReport,
	slotIn,
	stepsOf,
	submit,
	tagOf,
	until,
	unwrap,
	VOLT,
} from './support.js';

const LINE = 1;
/** In watts: 6,250 Wh in a slot of five seconds. */
const RATED_POWER = 4_500_000;
const VOLUME = 1_200;
const PRICE = 123_457;
/** A little less than traded, within the tolerance. */
const DELIVERED = 1_170;
const FUNDS = 200_000n;

let chain;
before(async () => {
	chain = await open();
});
after(() => chain?.disconnect());

test('a whole trade by @polkadot/api', async (t) => {
	const step = stepsOf(t);
	const { api } = chain;
	const names = {
		buyer: '//Js//Buyer',
		buyerWallet: '//Js//Buyer//Wallet',
		seller: '//Js//Seller',
		sellerWallet: '//Js//Seller//Wallet',
		meter: '//Js//Meter',
		key: '//Js//SharedWallet',
	};
	const who = Object.fromEntries(
		Object.entries(names).map(([role, uri]) => [role, account(uri)]),
	);
	const tags = { buyer: tagOf('js:buyer'), seller: tagOf('js:seller') };
	const blocks = {};
	const endowment = BigInt((await chain.parametersOf('registry')).endowment);
	const smallestFine = BigInt((await chain.parameters()).terms.smallestFine);
	let slot, offer, request, trade, clear;
	t.after(() => clear?.stop());

	await step('a newcomer without money is certified by his signed consent', async () => {
		assert.deepEqual(await balance(api, who.seller.address), { free: 0n, held: 0n, total: 0n });
		const call = await certification(chain, who.seller, tags.seller);
		const { events, number } = await asCentre(chain, call);
		blocks.certified = number;
		const certified = eventData(events, 'registry', 'Certified');
		assert.equal(certified.account.toString(), who.seller.address);
		assert.equal(certified.endowment.toBigInt(), endowment);
		assert.equal((await balance(api, who.seller.address)).free, endowment);
		const certificate = unwrap(
			await api.call.registryApi.certificate(who.seller.address),
			'the certificate',
		);
		assert.equal(certificate.tag.toHex(), tags.seller);
		assert.equal(certificate.roles.type, 'Both');
	});

	await step('a newcomer with money registers, and is certified for that', async () => {
		await give(chain, who.buyer.address, VOLT);
		const { events } = await submit(chain, who.buyer, api.tx.registry.register());
		const { deposit } = eventData(events, 'registry', 'Applied');
		const held = await holds(api, who.buyer.address);
		assert.deepEqual(held, { 'registry.Application': deposit.toBigInt() });
		const certify = api.tx.registry.certify(
			who.buyer.address,
			tags.buyer,
			'Both',
			await expiry(chain),
			null,
		);
		const { events: then } = await asCentre(chain, certify);
		assert.equal(eventData(then, 'registry', 'Certified').tag.toHex(), tags.buyer);
		assert.deepEqual(await holds(api, who.buyer.address), {});
	});

	await step('wallets are linked by their own signatures, one as a browser signs', async () => {
		const link = async (owner, wallet, wrap) => {
			const message = await api.call.registryApi.linkMessage(owner.address, wallet.address);
			const signature = { Sr25519: wallet.sign(wrap(message.toU8a())) };
			const call = api.tx.registry.linkWallet(wallet.address, signature);
			const { events } = await submit(chain, owner, call);
			const linked = eventData(events, 'registry', 'WalletLinked');
			assert.equal(linked.wallet.toString(), wallet.address);
			const wallets = await api.call.registryApi.wallets(owner.address);
			assert.deepEqual(wallets.map(String), [wallet.address]);
		};
		await Promise.all([
			link(who.buyer, who.buyerWallet, (message) => message),
			link(who.seller, who.sellerWallet, u8aWrapBytes),
		]);
	});

	await step('the seller gets a meter, which signs for itself', async () => {
		const call = await registration(chain, who.meter, 'Meter', who.seller, LINE, RATED_POWER);
		const { events } = await asCentre(chain, call);
		const registered = eventData(events, 'registry', 'DeviceRegistered');
		assert.equal(registered.device.toString(), who.meter.address);
		const devices = await api.call.registryApi.devicesOn(LINE);
		assert(devices.some(([device]) => device.eq(who.meter.address)));
	});

	await step('the api-cli offers power', async () => {
		// The seller's wallet has to exist to be paid, and the seller needs money for his bond.
		await give(chain, who.sellerWallet.address, VOLT / 100n);
		await give(chain, who.seller.address, 2n * VOLT);
		// The api-cli takes its time, and requests need fifteen seconds before the gate.
		slot = await slotIn(chain, 60);
		const supply = {
			slot,
			volume: VOLUME,
			price: PRICE,
			line: LINE,
			smallestFill: 100,
			expires: null,
			meter: who.meter.address,
		};
		const result = await transact('market.offer', [supply], names.seller);
		assert.equal(result.dispatchError, undefined);
		const open = await api.call.marketApi.offers(slot, LINE);
		const mine = open.filter(([, { seller }]) => seller.eq(who.seller.address));
		assert.equal(mine.length, 1);
		offer = mine[0][0].toNumber();
		const shown = await query('query.market.offers', [offer]);
		assert.equal(shown.seller, who.seller.address);
		assert.equal(shown.available, '1,200');
	});

	await step('the buyer requests power', async () => {
		const demand = {
			slot,
			volume: VOLUME,
			lines: [LINE],
			maxPrice: PRICE,
			minCredit: 1_000,
			meter: null,
			unmetered: false,
		};
		const call = api.tx.market.request(demand, who.key.address, 0);
		const { events, number } = await submit(chain, who.buyer, call);
		blocks.requested = number;
		request = eventData(events, 'market', 'Requested').request.toNumber();
		const wallet = unwrap(await api.call.sharedWalletApi.wallet(request), 'the shared wallet');
		assert.equal(wallet.key.toString(), who.key.address);
		assert.equal(wallet.free.toBigInt(), 0n);
		assert(wallet.token.isNone);
		const held = await holds(api, who.buyer.address);
		assert.deepEqual(held, { 'sharedWallet.Bond': smallestFine });
	});

	await step('the management centre responds with a signed token', async () => {
		const { events, number, signed } = await respond(chain, request);
		blocks.responded = number;
		assert.equal(eventData(events, 'market', 'Responded').quotes.toNumber(), 1);
		const [quote] = unwrap(await api.call.marketApi.quotes(request), 'the quotes');
		assert.equal(quote.offer.toNumber(), offer);
		assert.equal(quote.credit.toNumber(), 1_000);
		const stored = unwrap(await api.call.sharedWalletApi.token(request), 'the token');
		assert.equal(stored.token.toHex(), signed.token.toHex());
		assert.equal(stored.token.nonce.toNumber(), 0);
	});

	await step('the buyer funds the shared wallet', async () => {
		const call = api.tx.sharedWallet.fund(request, FUNDS);
		const { number } = await submit(chain, who.buyer, call);
		blocks.funded = number;
		const held = await holds(api, who.buyer.address);
		assert.deepEqual(held, { 'sharedWallet.Bond': smallestFine, 'sharedWallet.Escrow': FUNDS });
	});

	await step("the shared wallet's own key pays", async () => {
		await submit(
			chain,
			who.buyer,
			api.tx.balances.transferKeepAlive(who.key.address, VOLT / 50n),
		);
		const call = api.tx.market.pay(request, offer, VOLUME);
		const { events, number } = await submit(chain, who.key, call);
		blocks.paid = number;
		const paid = eventData(events, 'market', 'Paid');
		trade = paid.trade.toNumber();
		assert.equal(paid.amount.toBigInt(), amountOf(VOLUME, PRICE));
		assert(paid.late.isFalse);
		const wallet = unwrap(await api.call.sharedWalletApi.wallet(request), 'the shared wallet');
		assert.equal(wallet.locked.toBigInt(), amountOf(VOLUME, PRICE));
		assert.equal(wallet.free.toBigInt(), FUNDS - amountOf(VOLUME, PRICE));
		const { priceCap } = await chain.parameters();
		const bond = amountOf(VOLUME, priceCap - PRICE) + smallestFine;
		assert.deepEqual(await holds(api, who.seller.address), { 'sharedWallet.Bond': bond });
		const score = unwrap(await api.call.credibilityApi.score(tags.buyer), 'the score');
		assert.equal(score.record.timely.toNumber(), 1);
	});

	await step('the token is renewed with the new record', async () => {
		const renewed = await exclusively('centre', async () =>
			submit(
				chain,
				account(SERVICE),
				api.tx.sharedWallet.renew(await signToken(chain, request)),
			),
		);
		blocks.renewed = renewed.number;
		const { token } = unwrap(await api.call.sharedWalletApi.token(request), 'the token');
		assert.equal(token.nonce.toNumber(), 1);
		assert.equal(token.record.timely.toNumber(), 1);
		await checkMoney(chain, renewed.blockHash);
	});

	await step('sensors report that the line is clear, one through a relayer', async () => {
		const device = sensor(LINE, 1);
		const report = lineReport(device, 'Clear', await chain.now());
		const relayed = await signedReport(chain, device, report);
		const { events } = await submit(chain, who.seller, relayed);
		assert.equal(eventData(events, 'sensorOracle', 'Reported')[2].type, 'Clear');
		clear = new ClearLine(chain, LINE);
		await clear.start();
	});

	await step('the seller starts the delivery', async () => {
		const { gate } = unwrap(await api.call.marketApi.trade(trade), 'the trade').slot;
		await until(chain, gate.toNumber(), 'the gate');
		const { events, number } = await submit(chain, who.seller, api.tx.market.start(trade));
		blocks.started = number;
		assert.equal(eventData(events, 'market', 'Started').trade.toNumber(), trade);
	});

	await step('the meter reports its registers, the second through a relayer', async () => {
		const { end } = unwrap(await api.call.marketApi.trade(trade), 'the trade').slot;
		await until(chain, slot, 'the slot');
		const first = reading(who.meter, slot, 7, 1_000);
		await submit(chain, who.meter, api.tx.sensorOracle.reportRegister(first, null));
		await until(chain, end.toNumber(), 'the end of the slot');
		const second = reading(who.meter, end.toNumber(), 7, 1_000 + DELIVERED);
		const call = await signedReading(chain, who.meter, second);
		const { events } = await submit(chain, who.seller, call);
		const reported = eventData(events, 'sensorOracle', 'RegisterReported');
		assert.equal(reported.meter.toString(), who.meter.address);
		assert.deepEqual(await balance(api, who.meter.address), { free: 0n, held: 0n, total: 0n });
	});

	await step('the meter is read and the seller bills', async () => {
		await eventually(chain, `trade ${trade} to be metered`, async () => {
			const { state } = unwrap(await api.call.marketApi.trade(trade), 'the trade');
			return state.isDelivered && state.asDelivered.delivery.attested.isAllotted;
		});
		clear.stop();
		await refused(
			'market.ExceedsDelivery',
			submit(chain, who.seller, api.tx.market.bill(trade, VOLUME, who.sellerWallet.address)),
		);
		const call = api.tx.market.bill(trade, DELIVERED, who.sellerWallet.address);
		const { number } = await submit(chain, who.seller, call);
		blocks.billed = number;
	});

	await step('the buyer confirms, and the trade is settled', async () => {
		const before = await balance(api, who.sellerWallet.address);
		const { events, number, blockHash } = await submit(
			chain,
			who.buyer,
			api.tx.market.confirm(trade),
		);
		blocks.settled = number;
		const settled = eventData(events, 'market', 'Settled');
		const payout = payoutOf(DELIVERED, PRICE);
		assert.equal(settled.outcome.type, 'Confirmed');
		assert.equal(settled.delivered.toNumber(), DELIVERED);
		assert.equal(settled.payout.toBigInt(), payout);
		assert.equal(settled.refund.toBigInt(), amountOf(VOLUME, PRICE) - payout);
		assert.equal(eventData(events, 'market', 'RequestEnded').ending.type, 'Settled');
		const now = await balance(api, who.sellerWallet.address);
		assert.equal(now.free - before.free, payout);
		assert.deepEqual(await holds(api, who.buyer.address), {});
		assert.deepEqual(await holds(api, who.seller.address), {});
		assert((await api.call.sharedWalletApi.wallet(request)).isNone);
		assert((await api.call.marketApi.trade(trade)).isNone);
		for (const tag of Object.values(tags)) {
			const score = unwrap(await api.call.credibilityApi.score(tag), 'the score');
			assert.equal(score.credit.toNumber(), 1_000);
			assert.equal(score.record.timely.toNumber(), 1);
			assert.equal(score.record.trades.toNumber(), 1);
		}
		const [, [wallet, flow]] = await api.call.sharedWalletApi.capitalFlow(who.seller.address);
		assert.equal(wallet.toString(), who.sellerWallet.address);
		assert.equal(flow.received.toBigInt(), payout);
		await checkMoney(chain, blockHash);
	});

	await step('what happened is written down for the comparison', async () => {
		const accounts = Object.fromEntries(
			Object.entries(who).map(([role, { address }]) => [role, address]),
		);
		const facts = { accounts, tags, offer, request, trade, line: LINE, slot, blocks };
		const file = join(prepared('FOLDER'), 'trade-js.json');
		await writeFile(file, JSON.stringify(facts, null, '\t'));
	});
});
