// A node is killed in the middle of a trade and started again from its database: the chain goes on,
// nothing that was final is lost, the trade settles, and the money is all there.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { meter, reading } from '../lib/devices.js';
import { Node } from './support.node.js';
import {
	account,
	amountOf,
	balance,
	checkMoney,
	ClearLine,
	eventData,
	eventually,
	holds,
	payoutOf,
	prepared,
	respond,
	slotIn,
	stepsOf,
	submit,
	until,
	unwrap,
} from './support.js';

const LINE = 1;
const VOLUME = 1_200;
const PRICE = 250_001;
/** Short, beyond the tolerance. */
const DELIVERED = 700;
const FUNDS = 400_000n;

test('a node that was killed goes on from its database', async (t) => {
	const step = stepsOf(t);
	const folder = await mkdtemp(join(prepared('FOLDER'), 'restart-'));
	const node = new Node(prepared('NODE'), prepared('CHAIN'), folder);
	const [buyer, seller, key] = ['//Household//1', '//Household//2', '//Restart//Key'].map(
		(uri) => () => account(uri),
	);
	let chain, clear, trade, request, slot, paid, issuance, best, bond;
	t.after(async () => {
		clear?.stop();
		await chain?.disconnect();
		await node.kill('SIGTERM');
		await rm(folder, { recursive: true, force: true });
	});

	await step('a trade is paid, and the block that has it is final', async () => {
		chain = await node.start();
		const { market } = chain.api.tx;
		// A slow machine starts a node in half a minute.
		slot = await slotIn(chain, 75);
		const supply = {
			slot,
			volume: VOLUME,
			price: PRICE,
			line: LINE,
			smallestFill: VOLUME,
			expires: null,
			meter: meter(2).address,
		};
		const offered = await submit(chain, seller(), market.offer(supply));
		const { offer } = eventData(offered.events, 'market', 'Offered');
		const demand = {
			slot,
			volume: VOLUME,
			lines: [LINE],
			maxPrice: PRICE,
			minCredit: 0,
			meter: null,
			unmetered: false,
		};
		const call = market.request(demand, key().address, FUNDS);
		const requested = await submit(chain, buyer(), call);
		request = eventData(requested.events, 'market', 'Requested').request.toNumber();
		await respond(chain, request);
		const pay = market.pay(request, offer, VOLUME);
		paid = await submit(chain, buyer(), pay, { finalized: true });
		trade = eventData(paid.events, 'market', 'Paid').trade.toNumber();
		({ bond } = unwrap(await chain.api.call.marketApi.trade(trade), 'the trade'));
		issuance = await checkMoney(chain, paid.blockHash);
	});

	await step('the node is killed with SIGKILL and starts again', async () => {
		best = (await chain.api.rpc.chain.getHeader()).number.toNumber();
		// The connection would try to come back to a port that is gone.
		await chain.disconnect();
		await node.kill('SIGKILL');
		chain = await node.start();
	});

	await step('what was final is still there', async () => {
		const hash = await chain.api.rpc.chain.getBlockHash(paid.number);
		assert.equal(hash.toHex(), paid.blockHash);
		assert.equal(await checkMoney(chain, paid.blockHash), issuance);
		const { terms } = await chain.parameters();
		assert.deepEqual(await holds(chain.api, buyer().address), {
			'sharedWallet.Bond': BigInt(terms.smallestFine),
			'sharedWallet.Escrow': FUNDS,
		});
		const ofSeller = await holds(chain.api, seller().address);
		assert.deepEqual(ofSeller, { 'sharedWallet.Bond': bond.toBigInt() });
	});

	await step('the chain goes on', async () => {
		await eventually(chain, `blocks after ${best}, and final ones`, async () => {
			const final = await chain.api.rpc.chain.getFinalizedHead();
			const { number } = await chain.api.rpc.chain.getHeader(final);
			return number.toNumber() > best;
		});
		await checkMoney(chain);
	});

	await step('the open trade is delivered', async () => {
		const { api } = chain;
		clear = new ClearLine(chain, LINE, [1, 2, 3]);
		await clear.start();
		const { state, slot: times } = unwrap(await api.call.marketApi.trade(trade), 'the trade');
		assert.equal(state.type, 'Paid');
		await until(chain, times.gate.toNumber(), 'the gate');
		await submit(chain, seller(), api.tx.market.start(trade));
		const device = meter(2);
		const report = (boundary, exported) =>
			submit(
				chain,
				device,
				api.tx.sensorOracle.reportRegister(reading(device, boundary, 0, exported), null),
			);
		await until(chain, slot, 'the slot');
		await report(slot, 500);
		await until(chain, times.end.toNumber(), 'the end of the slot');
		await report(times.end.toNumber(), 500 + DELIVERED);
	});

	await step('and settles', async () => {
		const { api } = chain;
		await eventually(chain, `trade ${trade} to be metered`, async () => {
			const { state } = unwrap(await api.call.marketApi.trade(trade), 'the trade');
			return state.isDelivered && state.asDelivered.delivery.attested.isAllotted;
		});
		clear.stop();
		const before = await balance(api, seller().address);
		const bill = api.tx.market.bill(trade, DELIVERED, seller().address);
		const billed = await submit(chain, seller(), bill);
		const fee = eventData(billed.events, 'transactionPayment', 'TransactionFeePaid');
		const settled = await submit(chain, buyer(), api.tx.market.confirm(trade));
		const { payout, refund, outcome } = eventData(settled.events, 'market', 'Settled');
		assert.equal(outcome.type, 'Confirmed');
		assert.equal(payout.toBigInt(), payoutOf(DELIVERED, PRICE));
		assert.equal(refund.toBigInt(), amountOf(VOLUME, PRICE) - payoutOf(DELIVERED, PRICE));
		// So much less than traded costs the smallest fine, out of the bond; the rest of that is back.
		const fined = eventData(settled.events, 'sharedWallet', 'Fined');
		assert.equal(fined.cause.type, 'DeliveredShort');
		assert.equal(fined.fromBond.toNumber(), (await chain.parameters()).terms.smallestFine);
		const { free } = await balance(api, seller().address);
		const back = bond.toBigInt() - fined.fromBond.toBigInt();
		assert.equal(free, before.free - fee.actualFee.toBigInt() + payout.toBigInt() + back);
		assert.deepEqual(await holds(api, buyer().address), {});
		assert.deepEqual(await holds(api, seller().address), {});
		assert.equal(await checkMoney(chain, settled.blockHash), issuance);
	});
});
