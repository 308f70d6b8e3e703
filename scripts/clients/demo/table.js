// Tables for people.

const kwh = (wh) => (wh / 1_000).toFixed(2);
const volt = (units) => (units / 1_000_000).toFixed(3);

/** Columns side by side; the first `left` are text, the rest numbers. */
export function table(head, rows, left = 1) {
	const widths = head.map((title, index) =>
		Math.max(title.length, ...rows.map((row) => String(row[index]).length)),
	);
	const line = (cells) =>
		cells
			.map((cell, i) => (i < left ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
			.join('  ')
			.trimEnd();
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What each household bought, sold, paid, earned, was fined and compensated with, and its credit. */
export function householdTable(accounts, startCredit) {
	const rows = accounts.map((a) => [
		a.name, a.line, kwh(a.bought), kwh(a.sold), volt(a.paid), volt(a.earned), volt(a.fees),
		volt(a.fines), volt(a.compensated), a.faults, a.credit.at(-1)?.after ?? startCredit,
	]);
	const sum = (key) => accounts.reduce((total, account) => total + account[key], 0);
	rows.push([
		'all', '', kwh(sum('bought')), kwh(sum('sold')), volt(sum('paid')), volt(sum('earned')),
		volt(sum('fees')), volt(sum('fines')), volt(sum('compensated')), sum('faults'), '',
	]);
	const head = ['household', 'line', 'bought kWh', 'sold kWh', 'paid VOLT', 'earned VOLT',
		'fees VOLT', 'fines VOLT', 'compensation VOLT', 'faults', 'credit'];
	return table(head, rows);
}

/** The deliveries that were stopped, as a whole or in part. */
export function stoppedTable(story) {
	const name = (address) => story.accounts.get(address)?.name ?? 'somebody else';
	const what = ({ cut, outcome }) => {
		if (cut) return 'cut off on the way';
		return outcome === 'Stopped' ? 'could not start' : 'started, then stopped';
	};
	const rows = story.slots.flatMap(({ begin, trades }) =>
		trades
			.filter(({ stoppedBy }) => stoppedBy)
			.map((trade) => [
				begin, name(trade.seller), name(trade.buyer), what(trade), trade.stoppedBy,
				trade.volume, trade.delivered, volt(trade.amount - trade.payout),
			]),
	);
	const head = ['slot', 'seller', 'buyer', 'what happened', 'why', 'sold Wh', 'arrived Wh', 'refund VOLT'];
	return table(head, rows, 5);
}

/** Who was fined for what, how often and how much; and where the money came from and went. */
export function finesTable({ fines }) {
	const groups = new Map();
	for (const fine of fines) {
		const key = `${fine.name}/${fine.cause}`;
		groups.set(key, [...(groups.get(key) ?? []), fine]);
	}
	const rows = [...groups.values()].map((group) => {
		const sum = (key) => volt(group.reduce((total, fine) => total + fine[key], 0));
		const [{ name, cause }] = group;
		return [
			name, cause, group.length, sum('amount'), sum('compensation'), sum('fromBond'),
			sum('fromWallets'), sum('owed'),
		];
	});
	const head = ['household', 'what for', 'times', 'fines VOLT', 'to the injured', 'from bonds',
		'from wallets', 'owed'];
	return table(head, rows.sort((a, b) => a[0].localeCompare(b[0])), 2);
}
