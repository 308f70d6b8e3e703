// The four panels of the picture. Each draws into its frame, given the common scale of time.

import { line, path, rect, scale, steps, text, ticks } from './svg.js';

const COLOURS = {
	sun: '#f5b731', load: '#34495e', delivered: '#2e9e6b', stopped: '#d6403b', fault: '#8c8c8c',
	price: '#1f4fa3', safe: '#bfe3cd', hazard: '#d6403b', stale: '#c9c9c9',
};
const PALETTE = ['#c0392b', '#1f4fa3', '#b7791f', '#6b4fa0', '#12807a', '#a3366f', '#5a6b1f', '#444'];

const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** A vertical axis with its numbers; returns the scale. */
function vertical(frame, low, high, { wanted = 4, decimals = 1, side = 'left' } = {}) {
	const marks = ticks(low, high, wanted);
	const y = scale([marks[0], marks.at(-1)], [frame.bottom, frame.top]);
	const at = side === 'left' ? frame.left - 8 : frame.right + 8;
	const anchor = side === 'left' ? 'end' : 'start';
	const drawn = marks
		.map((mark) => [
			side === 'left' ? line(frame.left, y(mark), frame.right, y(mark), { stroke: '#e2e2e2' }) : '',
			text(at, y(mark) + 4, mark.toFixed(decimals), {
				'text-anchor': anchor,
				fill: side === 'left' ? undefined : COLOURS.price,
			}),
		].join(''))
		.join('');
	return { y, drawn };
}

/** Colours and what they mean, right of a panel. */
function legend(frame, entries, dy = 0) {
	const x = frame.right + 58;
	return entries
		.map(([colour, words], index) => {
			const y = frame.top + 10 + dy + index * 20;
			return rect(x, y - 9, 12, 10, { fill: colour }) + text(x + 18, y, words, { class: 'small' });
		})
		.join('');
}

/** Panel 1: what all households use and what their panels give. */
export function energy({ x, day, clock, ...frame }) {
	const slots = Array.from({ length: clock.count }, (_, slot) => slot);
	const of = (key) => slots.map((slot) => total(day.households.map((h) => h.energy[slot][key])) / 1_000);
	const [sun, load] = [of('sun'), of('load')];
	const { y, drawn } = vertical(frame, 0, Math.max(...sun, ...load));
	const stair = (values) => values.flatMap((value, slot) => [[x(slot), y(value)], [x(slot + 1), y(value)]]);
	const floor = [[x(clock.count), y(0)], [x(0), y(0)]];
	return [
		drawn,
		path([...stair(sun), ...floor], { fill: COLOURS.sun, 'fill-opacity': 0.75 }, 'Z'),
		path(stair(load), { fill: 'none', stroke: COLOURS.load, 'stroke-width': 1.8 }),
		legend(frame, [
			[COLOURS.sun, `sun, ${total(sun).toFixed(0)} kWh`],
			[COLOURS.load, `load, ${total(load).toFixed(0)} kWh`],
		]),
	].join('');
}

/** Panel 2: what was traded for each slot, what became of it, and the mean price. */
export function trades({ x, story, ...frame }) {
	const most = Math.max(100, ...story.slots.map(({ traded }) => traded)) / 1_000;
	const { y, drawn } = vertical(frame, 0, most);
	const width = x(1) - x(0);
	const bars = story.slots.map(({ slot, traded, delivered, stopped }) => {
		let low = 0;
		const part = (wh, colour) => {
			const [from, to] = [y(low / 1_000), y((low + wh) / 1_000)];
			low += wh;
			return wh > 0 ? rect(x(slot) + 0.6, to, width - 1.2, from - to, { fill: colour }) : '';
		};
		return part(delivered, COLOURS.delivered) + part(stopped, COLOURS.stopped) +
			part(traded - delivered - stopped, COLOURS.fault);
	});
	const priced = story.slots.filter(({ price }) => price !== undefined);
	const right = vertical(frame, 0, Math.max(0.1, ...priced.map(({ price }) => price * 1_000_000)) / 1_000_000, {
		decimals: 2,
		side: 'right',
	});
	const runs = priced.reduce((all, one) => {
		const last = all.at(-1);
		if (last && last.at(-1).slot === one.slot - 1) last.push(one);
		else all.push([one]);
		return all;
	}, []);
	const points = (run) => run.map(({ slot, price }) => [x(slot + 0.5), right.y(price)]);
	const sum = (key) => (total(story.slots.map((slot) => slot[key])) / 1_000).toFixed(1);
	const lost = (sum('traded') - sum('delivered') - sum('stopped')).toFixed(1);
	return [
		drawn,
		...bars,
		right.drawn,
		...runs.map((run) => path(points(run), { fill: 'none', stroke: COLOURS.price, 'stroke-width': 1.6 })),
		...priced.map(({ slot, price }) =>
			rect(x(slot + 0.5) - 2, right.y(price) - 2, 4, 4, { fill: COLOURS.price })),
		legend(frame, [
			[COLOURS.delivered, `arrived, ${sum('delivered')} kWh`],
			[COLOURS.stopped, `stopped, ${sum('stopped')} kWh`],
			[COLOURS.fault, `missing, ${lost} kWh`],
			[COLOURS.price, 'price (right)'],
		]),
	].join('');
}

/** Panel 3: each line's state over time, crosses for stopped deliveries on the seller's line. */
export function lines({ x, story, clock, ...frame }) {
	const names = [...story.lines.keys()];
	const height = (frame.bottom - frame.top) / names.length;
	const colour = { Safe: COLOURS.safe, Hazard: COLOURS.hazard, Stale: COLOURS.stale };
	const at = (moment) => x(Math.min(Math.max(clock.position(moment), 0), clock.count));
	const rows = names.map((name, row) => {
		const top = frame.top + row * height + 4;
		const strip = story.lines.get(name).map(({ from, verdict }, index, all) => {
			const [left, right] = [at(from), at(all[index + 1]?.from ?? clock.end)];
			const tone = verdict === 'Hazard' ? { 'fill-opacity': 0.35 } : {};
			return right > left ? rect(left, top, right - left, height - 8, { fill: colour[verdict], ...tone }) : '';
		});
		const hit = story.slots.flatMap(({ slot, trades: made }) => {
			const mine = made.filter((trade) => trade.stoppedBy && trade.lines[1] === name);
			if (mine.length === 0) return [];
			const [cx, cy] = [x(slot + 0.5), top + (height - 8) / 2 - 4];
			const cross = [[-3, -3, 3, 3], [-3, 3, 3, -3]].map(([a, b, c, d]) =>
				line(cx + a, cy + b, cx + c, cy + d, { stroke: '#7d1410', 'stroke-width': 2 }));
			return [...cross, text(cx, cy + 14, mine.length, { 'text-anchor': 'middle', class: 'small' })];
		});
		const label = text(frame.left - 8, top + height / 2, `line ${name}`, { 'text-anchor': 'end' });
		return [label, ...strip, ...hit].join('');
	});
	const stopped = [...story.trades.values()].filter(({ stoppedBy }) => stoppedBy);
	return [
		...rows,
		legend(frame, [
			[COLOURS.safe, 'safe'],
			['#f0b6b4', 'hazard'],
			[COLOURS.stale, 'too little known'],
		]),
		text(frame.right + 58, frame.top + 70, '×', { fill: '#7d1410', 'font-weight': 600 }),
		text(frame.right + 76, frame.top + 70, `${stopped.length} stopped`, { class: 'small' }),
	].join('');
}

/** Panel 4: each household's credit; those who lost none share one line. */
export function credit({ x, story, clock, startCredit, ...frame }) {
	const accounts = [...story.accounts.values()];
	const losers = accounts.filter((account) => account.credit.length > 0);
	const lowest = Math.min(startCredit - 20, ...losers.map((account) => account.credit.at(-1).after));
	const { y, drawn } = vertical(frame, lowest, startCredit, { decimals: 0 });
	const at = (moment) => x(Math.min(Math.max(clock.position(moment), 0), clock.count));
	const courses = losers.map((account, index) => {
		const changes = account.credit.map(({ now, after }) => [at(now), y(after)]);
		const end = account.credit.at(-1).after;
		const points = [[x(0), y(startCredit)], ...changes, [x(clock.count), y(end)]];
		const stroke = PALETTE[index % PALETTE.length];
		return { end, stroke, name: account.name, drawn: steps(points, { fill: 'none', stroke, 'stroke-width': 2 }) };
	});
	const others = accounts.length - losers.length;
	const labels = [
		...courses.map(({ end, stroke, name }) => ({ y: y(end), words: `${name}: ${end}`, stroke })),
		...(others ? [{ y: y(startCredit), words: `${others} others: ${startCredit}`, stroke: '#666' }] : []),
	].sort((a, b) => a.y - b.y);
	// Labels that would touch move down, and up again where they leave the panel.
	labels.forEach((label, i) => {
		if (i) label.y = Math.max(label.y, labels[i - 1].y + 16);
	});
	for (let i = labels.length - 1; i >= 0; i--) {
		labels[i].y = Math.min(labels[i].y, i === labels.length - 1 ? frame.bottom : labels[i + 1].y - 16);
	}
	return [
		drawn,
		line(x(0), y(startCredit), x(clock.count), y(startCredit), { stroke: '#666', 'stroke-width': 2 }),
		...courses.map((course) => course.drawn),
		...labels.map((label) => text(frame.right + 8, label.y + 4, label.words, { class: 'small', fill: label.stroke })),
	].join('');
}
