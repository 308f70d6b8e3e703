// The money check, at one final block: nothing was made and nothing was lost.

/** What all accounts have, and what is on hold for open shared wallets. */
async function count(api, hash) {
	const [issuance, accounts, wallets, holds] = await Promise.all([
		api.query.balances.totalIssuance.at(hash),
		api.query.system.account.entriesAt(hash),
		api.query.sharedWallet.wallets.entriesAt(hash),
		api.query.balances.holds.entriesAt(hash),
	]);
	const total = ({ free, reserved }) => free.toBigInt() + reserved.toBigInt();
	const inWallets = wallets
		.map(([, wallet]) => wallet.unwrap())
		.reduce((sum, { free, locked }) => sum + free.toBigInt() + locked.toBigInt(), 0n);
	const onHold = holds
		.flatMap(([, reasons]) => [...reasons])
		.filter(({ id }) => id.type === 'SharedWallet')
		.reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
	return {
		issuance: issuance.toBigInt(),
		accounts: accounts.length,
		sum: accounts.reduce((sum, [, { data }]) => sum + total(data), 0n),
		inWallets,
		onHold,
		of: new Map(accounts.map(([key, { data }]) => [key.args[0].toString(), total(data)])),
	};
}

/** Balances before the demo, to compare with at the end. */
export const opening = count;

/**
 * Check the money at block `hash`: issuance against all accounts and against the beginning, holds
 * against shared wallets, each household's balance against its trades and fees.
 */
export async function check(api, hash, before, households) {
	const after = await count(api, hash);
	const wrong = [...households].filter(({ address, earned, paid, fees }) => {
		const expected = before.of.get(address) + BigInt(earned - paid - fees);
		return after.of.get(address) !== expected;
	});
	const checks = [
		[`issuance ${after.issuance} = sum of all ${after.accounts} accounts ${after.sum}`,
			after.issuance === after.sum],
		[`issuance as at the beginning: ${before.issuance}`, after.issuance === before.issuance],
		[`on hold ${after.onHold} = in open shared wallets ${after.inWallets}`,
			after.onHold === after.inWallets],
		[wrong.length === 0
			? 'each household: balance = before + earned - paid - fees'
			: `balance not explained by trades and fees: ${wrong.map(({ name }) => name).join(', ')}`,
		wrong.length === 0],
	];
	return { checks, holds: checks.every(([, right]) => right) };
}
