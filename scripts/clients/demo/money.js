// The money check, at one final block: nothing was made, nothing was lost, and the events explain
// every balance.

import { stringToU8a, u8aConcat } from '@polkadot/util';
import { encodeAddress } from '@polkadot/util-crypto';

/** The account that newcomers' endowments come from and fines go to, made from its name. */
const POT = encodeAddress(u8aConcat(stringToU8a('modlvolt/pot'), new Uint8Array(20)), 42);

const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0n);

/** The bonds that open requests, trades and contests say they hold. */
function bondsOf(requests, trades) {
	const asked = requests.map(([, request]) => request.unwrap().bond.toBigInt());
	const traded = trades.map(([, trade]) => {
		const { bond, state } = trade.unwrap();
		return bond.toBigInt() + (state.isContested ? state.asContested.bond.toBigInt() : 0n);
	});
	return sum([...asked, ...traded]);
}

/** What all accounts have, what is on hold, and what it is on hold for. */
async function count(api, hash) {
	const { balances, market, sharedWallet, system } = api.query;
	const [issuance, accounts, wallets, requests, trades, holds] = await Promise.all([
		balances.totalIssuance.at(hash),
		system.account.entriesAt(hash),
		sharedWallet.wallets.entriesAt(hash),
		market.requests.entriesAt(hash),
		market.trades.entriesAt(hash),
		balances.holds.entriesAt(hash),
	]);
	const total = ({ free, reserved }) => free.toBigInt() + reserved.toBigInt();
	const onHold = (reason) => {
		const all = holds.flatMap(([, reasons]) => [...reasons]);
		const ours = all.filter(({ id }) => id.isSharedWallet && id.asSharedWallet.type === reason);
		return sum(ours.map(({ amount }) => amount.toBigInt()));
	};
	return {
		issuance: issuance.toBigInt(),
		accounts: accounts.length,
		sum: sum(accounts.map(([, { data }]) => total(data))),
		inWallets: sum(
			wallets
				.map(([, wallet]) => wallet.unwrap())
				.map(({ free, locked }) => free.toBigInt() + locked.toBigInt()),
		),
		inEscrow: onHold('Escrow'),
		bonds: bondsOf(requests, trades),
		bonded: onHold('Bond'),
		of: new Map(accounts.map(([key, { data }]) => [key.args[0].toString(), total(data)])),
	};
}

/** Balances before the demo, to compare with at the end. */
export const opening = count;

/** What the events say a household has more at the end. */
const gained = ({ earned, paid, fees, fines, compensated }) =>
	BigInt(earned - paid - fees - fines + compensated);

/**
 * Check the money at block `hash`: issuance against all accounts and against the beginning, holds
 * against shared wallets and bonds, the pot against fines, each household's balance against its
 * trades, fees, fines and what it was compensated with.
 */
export async function check(api, hash, before, { accounts, pot }) {
	const after = await count(api, hash);
	const change = (address) => (after.of.get(address) ?? 0n) - (before.of.get(address) ?? 0n);
	const wrong = [...accounts.values()].filter((one) => change(one.address) !== gained(one));
	const intoPot = BigInt(pot.fines - pot.endowments);
	const checks = [
		[`issuance ${after.issuance} = sum of all ${after.accounts} accounts ${after.sum}`,
			after.issuance === after.sum],
		[`issuance as at the beginning: ${before.issuance}`, after.issuance === before.issuance],
		[`on hold ${after.inEscrow} = in open shared wallets ${after.inWallets}`,
			after.inEscrow === after.inWallets],
		[`bonds on hold ${after.bonded} = of open requests and trades ${after.bonds}`,
			after.bonded === after.bonds],
		[`the pot has ${change(POT)} more = fines without losses, less endowments ${intoPot}`,
			change(POT) === intoPot],
		[wrong.length === 0
			? 'each household: balance = before + earned - paid - fees - fines + compensated'
			: `balance not explained by the events: ${wrong.map(({ name }) => name).join(', ')}`,
		wrong.length === 0],
	];
	return { checks, holds: checks.every(([, right]) => right) };
}
