// What is said at the end of the day.

import { draw } from './picture.js';
import { stopsText, weigh } from './stops.js';
import { tell } from './story.js';
import { finesTable, householdTable, stoppedTable, table } from './table.js';

const kwh = (wh) => (wh / 1_000).toFixed(1);
const listed = (counts) =>
	[...counts].sort((a, b) => b[1] - a[1]).map(([what, times]) => `${what} ${times}`).join(', ') || 'none';

/** Print tables and checks, write the files. Returns whether all is well. */
export async function report(demo) {
	const { day, clock, ledger, households, outbox, played, money, write, chain } = demo;
	const story = tell(ledger, day, clock, households);
	const { start: startCredit } = await chain.parametersOf('credibility');
	const accounts = [...story.accounts.values()];
	const trades = [...story.trades.values()];
	const hit = trades.filter(({ stoppedBy }) => stoppedBy);
	const sum = (key) => trades.reduce((total, trade) => total + (trade[key] ?? 0), 0);
	const outcomes = new Map();
	for (const { outcome } of trades) outcomes.set(outcome ?? 'open', (outcomes.get(outcome ?? 'open') ?? 0) + 1);

	console.log(`\nEach household\n\n${householdTable(accounts, startCredit)}`);
	console.log(`\nDeliveries stopped on the sensors' word: ${hit.length}\n\n${stoppedTable(story)}`);
	const stops = weigh({ ...demo, story });
	console.log(`\n${stopsText(stops)}`);
	console.log(`\nFines: ${story.fines.length}\n\n${finesTable(story)}`);
	console.log('\nThe day\n');
	console.log(table(['what', 'how many'], [
		['requests by ending', listed(story.endings)],
		['trades by outcome', listed(outcomes)],
		['energy traded / arrived', `${kwh(sum('volume'))} / ${kwh(sum('delivered'))} kWh`],
		['behaviour counted', listed(story.causes)],
		['blacklisted', story.blacklisted.join(', ') || 'nobody'],
		['let back', story.readmitted.join(', ') || 'nobody'],
		['refused by the chain', listed(story.refused)],
		['refused by the node', listed(outbox.refused)],
		['transactions sent', outbox.count],
		['final blocks read', `${ledger.blocks.length}, ${ledger.vanished} vanished`],
		['interruptions', played.interruptions],
		['time', `${Math.floor(played.seconds / 60)} min ${played.seconds % 60} s`],
	], 2));

	const { checks, holds } = await money(story);
	console.log('\nMoney check\n');
	for (const [what, right] of checks) console.log(`  ${right ? 'right' : 'WRONG'}  ${what}`);

	const subtitle =
		`Weather of Miami, ${day.date}. ${households.length} households, ${day.lines.length} lines, ` +
		`${trades.length} trades, ${kwh(sum('delivered'))} kWh delivered, ${hit.length} deliveries ` +
		`stopped, ${story.fines.length} fines.`;
	const picture = draw({
		title: 'A day on Voltree: neighbours trade power', subtitle, story, day, clock, startCredit,
	});
	const files = [
		write('demo.svg', picture),
		write('demo.json', JSON.stringify(numbers(story, stops, clock, played, checks), undefined, '\t') + '\n'),
	];
	console.log(`\nPicture: ${files[0]}\nNumbers: ${files[1]}`);

	const delivered = sum('delivered') > 0;
	if (!delivered) console.log('\nNothing was delivered.');
	if (!holds) console.log('\nThe money check failed.');
	return holds && delivered;
}

/** Everything in the tables and the picture, for programs. */
function numbers(story, stops, clock, played, checks) {
	return {
		seconds: played.seconds,
		interruptions: played.interruptions,
		money: checks.map(([what, right]) => ({ what, right })),
		households: [...story.accounts.values()],
		trades: [...story.trades.values()],
		fines: story.fines,
		stops,
		slots: story.slots.map(({ trades, ...slot }) => ({ ...slot, trades: trades.map((t) => t.trade) })),
		lines: [...story.lines].map(([line, states]) => ({
			line,
			states: states.map(({ from, verdict }) => ({ at: clock.position(from), verdict })),
		})),
	};
}
