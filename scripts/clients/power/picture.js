// Power over time: what is consumed above the axis, what is fed in below, and the balance of both.

import { element, line, path, rect, scale, steps, text, ticks } from '../demo/svg.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [1_000, 420, 76, 976, 84, 372];
const CONSUMED = '#34495e';
const FED_IN = '#2e9e6b';
const HOUR = 3_600_000;
const STYLE = 'text { font: 13px "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; }';

/** `flows` as kW of a slot that lasts `length` milliseconds; `at` names a moment. */
export function draw({ title, subtitle, flows, length, at }) {
	const power = (wh) => (wh / 1_000) * (HOUR / length);
	const first = flows[0].from;
	const last = flows.at(-1).to;
	const x = scale([first, last], [LEFT, RIGHT]);
	const most = Math.max(...flows.map(({ imported }) => power(imported)), 0);
	const least = Math.max(...flows.map(({ exported }) => power(exported)), 0);
	const marks = ticks(-least, Math.max(most, -least + 0.001), 6);
	const y = scale([marks[0], marks.at(-1)], [BOTTOM, TOP]);
	const bars = flows.map(({ from, to, imported, exported }) => {
		const [left, width] = [x(from), Math.max(x(to) - x(from) - 0.4, 0.4)];
		return [
			rect(left, y(power(imported)), width, y(0) - y(power(imported)), { fill: CONSUMED, 'fill-opacity': 0.8 }),
			rect(left, y(0), width, y(-power(exported)) - y(0), { fill: FED_IN, 'fill-opacity': 0.85 }),
		].join('');
	});
	const balance = runs(flows).map((run) => {
		const points = run.map(({ from, imported, exported }) => [x(from), y(power(imported - exported))]);
		points.push([x(run.at(-1).to), points.at(-1)[1]]);
		return steps(points, { fill: 'none', stroke: '#d6403b', 'stroke-width': 1.4 });
	});
	const count = Math.min(flows.length, 8);
	const times = Array.from({ length: count + 1 }, (_, index) => first + ((last - first) * index) / count);
	const legend = [[CONSUMED, 'consumed'], [FED_IN, 'fed in'], ['#d6403b', 'balance']];
	return element(
		'svg',
		{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, fill: '#333' },
		element('style', {}, STYLE),
		rect(0, 0, WIDTH, HEIGHT, { fill: '#fff' }),
		text(LEFT, 30, title, { style: 'font-size: 18px; font-weight: 600' }),
		text(LEFT, 52, subtitle, { fill: '#777' }),
		...marks.map((mark) =>
			line(LEFT, y(mark), RIGHT, y(mark), { stroke: mark === 0 ? '#888' : '#e2e2e2' }) +
			text(LEFT - 8, y(mark) + 4, `${mark} kW`, { 'text-anchor': 'end' })),
		...times.map((moment) => text(x(moment), BOTTOM + 22, at(moment), { 'text-anchor': 'middle' })),
		...bars,
		...balance,
		...legend.map(([colour, words], index) =>
			path([[LEFT + index * 100, 68], [LEFT + 14 + index * 100, 68]], { stroke: colour, 'stroke-width': 5 }) +
			text(LEFT + 20 + index * 100, 72, words)),
	) + '\n';
}

/** Flows that follow each other without a gap. */
function runs(flows) {
	return flows.reduce((all, one) => {
		if (all.at(-1)?.at(-1).to === one.from) all.at(-1).push(one);
		else all.push([one]);
		return all;
	}, []);
}
