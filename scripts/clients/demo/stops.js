// What the sensors' warnings cost and saved, judged by what an observer at the station noted. Nobody
// on the chain knows that; it is looked at when the day is over.

import { table } from './table.js';

const HOUR = 3_600_000;

const kwh = (wh) => (wh / 1_000).toFixed(2);
const volt = (units) => (units / 1_000_000).toFixed(3);
const total = (values) => values.reduce((sum, value) => sum + value, 0);

/**
 * Everything below as numbers. `costs` are the model's own: what a missed hazard costs where a false
 * alarm costs 1.
 */
export function weigh({ story, day, clock, agents, gridCharges, costs }) {
	const lines = { stormClosed: 0, stormOpen: 0, falselyClosed: 0, silent: 0, open: 0 };
	for (const states of story.lines.values()) {
		for (let slot = 0; slot < clock.count; slot++) {
			const share = shares(states, clock.start(slot), clock.length);
			const { storm } = day.quarters[slot];
			lines[storm ? 'stormClosed' : 'falselyClosed'] += share.Hazard;
			// A line of which too little is known carries nothing either.
			if (storm) lines.stormClosed += share.Stale;
			else lines.silent += share.Stale;
			lines[storm ? 'stormOpen' : 'open'] += share.Safe;
		}
	}
	const { miss, alarm } = costs;
	const storm = lines.stormClosed + lines.stormOpen;
	const quiet = lines.falselyClosed + lines.silent + lines.open;
	return {
		lines,
		risk: {
			miss, alarm,
			withSensors: lines.stormOpen * miss + (lines.falselyClosed + lines.silent) * alarm,
			without: storm * miss,
			alwaysClosed: quiet * alarm,
		},
		stops: ['storm', 'false alarm', 'silent sensors'].map((why) => stopsOf(why, story, clock, gridCharges)),
		through: through(story, clock, day),
		delays: delays(story, agents),
		hours: hours(day, clock, agents),
	};
}

/** Which share of a slot a line had which verdict. */
function shares(states, from, length) {
	const share = { Safe: 0, Hazard: 0, Stale: 0 };
	states.forEach(({ from: since, verdict }, index) => {
		const until = Math.min(states[index + 1]?.from ?? Infinity, from + length);
		share[verdict] += Math.max(until - Math.max(since, from), 0) / length;
	});
	// Before the first word of a line there is none.
	share.Stale += Math.max(1 - total(Object.values(share)), 0);
	return share;
}

/** The deliveries that were stopped for a reason, and what that cost those who had agreed on them. */
function stopsOf(why, story, clock, gridCharges) {
	const trades = [...story.trades.values()].filter(({ stoppedBy }) => stoppedBy === why);
	const missing = ({ volume, delivered }) => volume - (delivered ?? 0);
	return {
		why,
		deliveries: trades.length,
		missing: total(trades.map(missing)),
		// The buyer takes it from the grid, dearer.
		buyers: total(trades.map((trade) => {
			const charge = gridCharges(trade.lines[0], clock.slotFrom(trade.slot));
			return (missing(trade) * Math.max(charge - trade.price, 0)) / 1_000;
		})),
		// The seller's sun is not fed in, and is lost.
		sellers: total(trades.map((trade) => (missing(trade) * trade.price) / 1_000)),
	};
}

/** What flowed between neighbours although a storm was observed. */
function through({ trades }, clock, day) {
	const mine = [...trades.values()].filter(
		({ slot, delivered }) => delivered > 0 && day.quarters[clock.slotFrom(slot)]?.storm,
	);
	return { deliveries: mine.length, delivered: total(mine.map(({ delivered }) => delivered)) };
}

/**
 * From a reading to the block in which its warning closed a line, or in which it was open again, in
 * milliseconds. Between both a line is stale for a moment: no longer clear, not yet a hazard.
 */
function delays({ lines }, { given }) {
	const handed = [...given.values()];
	const since = (moment) => moment - Math.max(...handed.filter((at) => at <= moment));
	const delay = { closed: [], opened: [] };
	for (const states of lines.values()) {
		states.forEach(({ from, verdict }, index) => {
			const [before, last] = [states[index - 1], states.slice(0, index).findLast(saysSomething)];
			if (verdict === 'Hazard' && last?.verdict === 'Safe') {
				delay.closed.push(since(before.verdict === 'Stale' ? before.from : from));
			}
			if (verdict === 'Safe' && last?.verdict === 'Hazard') delay.opened.push(since(from));
		});
	}
	return { closed: delay.closed.filter(Number.isFinite), opened: delay.opened.filter(Number.isFinite) };
}

const saysSomething = ({ verdict }) => verdict !== 'Stale';

/** Hour by hour: what was observed, and what the sensors made of their readings. */
function hours(day, clock, { judgements, given }) {
	return [...given.keys()].map((at) => {
		const time = new Date(at).toISOString();
		const mine = judgements.filter((one) => Date.parse(utc(one.time)) === at);
		const slot = day.quarters.findIndex(({ begin }) => Date.parse(`${day.date}T${begin}Z`) === at - HOUR);
		return {
			time: time.slice(11, 16),
			observed: day.quarters[slot]?.storm ?? false,
			sensors: mine.length,
			warned: mine.filter(({ class: kind }) => kind !== 'Clear').length,
			lowest: Math.min(...mine.map(({ probability }) => probability)),
			highest: Math.max(...mine.map(({ probability }) => probability)),
		};
	});
}

/** The agent writes milliseconds since 1970, or a date. */
const utc = (time) => (typeof time === 'number' ? new Date(time).toISOString() : time);

/** The same for people. */
export function stopsText({ lines, risk, stops, through: ran, delays: late, hours: all }) {
	const seconds = (values) => values.length === 0
		? 'never'
		: `${(Math.max(...values) / 1_000).toFixed(1)} s at most, ${values.length} times`;
	const percent = (value) => `${(value * 100).toFixed(0)} %`;
	const warned = all.filter((hour) => hour.warned > 0 || hour.observed);
	return [
		'What the sensors judged, where any warned or a storm was observed\n',
		table(['reading of', 'thunder noted', 'sensors that warned', 'probability'], warned.map((hour) => [
			hour.time, hour.observed ? 'yes' : 'no', `${hour.warned} of ${hour.sensors}`,
			`${percent(hour.lowest)} to ${percent(hour.highest)}`,
		]), 2),
		'\nWhat the stops cost and saved\n',
		table(['stopped by', 'deliveries', 'kWh not delivered', 'buyers paid more VOLT', 'sellers lost VOLT'],
			stops.map((one) => [
				one.why, one.deliveries, kwh(one.missing), volt(one.buyers), volt(one.sellers),
			])),
		'',
		table(['what', 'how much'], [
			['kept off the lines in the storm', `${kwh(stops[0].missing)} kWh, ${stops[0].deliveries} deliveries`],
			['ran through the storm', `${kwh(ran.delivered)} kWh, ${ran.deliveries} deliveries`],
			['line quarters in the storm: closed / open',
				`${lines.stormClosed.toFixed(1)} / ${lines.stormOpen.toFixed(1)}`],
			['line quarters without: falsely closed / silent / open',
				`${lines.falselyClosed.toFixed(1)} / ${lines.silent.toFixed(1)} / ${lines.open.toFixed(1)}`],
			[`risk, a missed quarter ${risk.miss}, a false one ${risk.alarm}: sensors / none / always closed`,
				`${risk.withSensors.toFixed(0)} / ${risk.without.toFixed(0)} / ${risk.alwaysClosed.toFixed(0)}`],
			['from a reading to the block that closes a line', seconds(late.closed)],
			['from a reading to the block that opens it again', seconds(late.opened)],
		], 2),
	].join('\n');
}
