// The day in one picture: four panels over one time axis, as SVG.

import { credit, energy, lines, trades } from './panels.js';
import { element, line, rect, scale, text } from './svg.js';

const WIDTH = 1210;
const LEFT = 84;
const RIGHT = 1000;
const TOP = 92;
const GAP = 48;
const PANELS = [
	['Load and sun', 'kWh per quarter hour, all households', energy, 190],
	['Traded energy and price', 'kWh per slot, and VOLT per kWh', trades, 210],
	['Lines', 'what the sensors say; × deliveries stopped, by the line they come from', lines, 120],
	['Credit', 'points per household', credit, 210],
];

const STYLE = `
	text { font: 13px "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; }
	.title { font-size: 21px; font-weight: 600; fill: #111; }
	.panel { font-size: 15px; font-weight: 600; fill: #111; }
	.quiet { fill: #777; }
	.small { font-size: 11.5px; }
`;

/** The hours below the last panel, and thin lines through all. */
function axis(x, quarters, bottom) {
	const times = [...quarters.map(({ begin }) => begin), quarters.at(-1).begin === '23:45' ? '24:00' : ''];
	const every = quarters.length > 48 ? 3 : 1;
	return times
		.map((time, slot) => {
			if (!time.endsWith(':00')) return '';
			const marked = Number.parseInt(time, 10) % every === 0;
			return [
				line(x(slot), TOP, x(slot), bottom, { stroke: marked ? '#e2e2e2' : '#f1f1f1' }),
				marked ? text(x(slot), bottom + 20, time, { 'text-anchor': 'middle' }) : '',
			].join('');
		})
		.join('');
}

/** The hours of the storm as a band through all panels. */
function storm(x, slots, bottom) {
	const first = slots.findIndex((slot) => slot.storm);
	if (first < 0) return '';
	const last = slots.findLastIndex((slot) => slot.storm) + 1;
	const middle = (x(first) + x(last)) / 2;
	return [
		rect(x(first), TOP, x(last) - x(first), bottom - TOP, { fill: '#efeaf6' }),
		text(middle, TOP - 8, 'thunderstorm observed', { 'text-anchor': 'middle', class: 'small', fill: '#6b4fa0' }),
	].join('');
}

/** A panel's name, and beside it what it shows in which unit. */
function heading(y, name, unit) {
	return element(
		'text',
		{ x: LEFT, y },
		element('tspan', { class: 'panel' }, name),
		element('tspan', { class: 'quiet', dx: 10 }, unit),
	);
}

/** The picture of a told story as the text of an SVG file. */
export function draw({ title, subtitle, story, day, clock, startCredit }) {
	const x = scale([0, clock.count], [LEFT, RIGHT]);
	const drawn = [];
	let top = TOP;
	for (const [name, unit, panel, height] of PANELS) {
		const bottom = top + 26 + height;
		drawn.push(
			heading(top + 14, name, unit),
			panel({ x, top: top + 26, bottom, left: LEFT, right: RIGHT, story, day, clock, startCredit }),
		);
		top = bottom + GAP;
	}
	const bottom = top - GAP;
	return element(
		'svg',
		{
			xmlns: 'http://www.w3.org/2000/svg',
			viewBox: `0 0 ${WIDTH} ${bottom + 40}`,
			width: WIDTH,
			height: bottom + 40,
			fill: '#333',
		},
		element('style', {}, STYLE),
		rect(0, 0, WIDTH, bottom + 40, { fill: '#fff' }),
		text(LEFT, 34, title, { class: 'title' }),
		text(LEFT, 58, subtitle, { class: 'quiet' }),
		storm(x, story.slots, bottom),
		axis(x, day.quarters, bottom),
		...drawn,
	) + '\n';
}
