// A few words of SVG.

const escape = (text) =>
	String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** Coordinates with a tenth of a pixel. */
export const round = (value) => Math.round(value * 10) / 10;

/** An element with attributes and inner elements or text. */
export function element(name, attributes = {}, ...inner) {
	const written = Object.entries(attributes)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ` ${key}="${escape(typeof value === 'number' ? round(value) : value)}"`)
		.join('');
	return inner.length ? `<${name}${written}>${inner.join('')}</${name}>` : `<${name}${written}/>`;
}

export const text = (x, y, words, attributes = {}) =>
	element('text', { x, y, ...attributes }, escape(words));

export const rect = (x, y, width, height, attributes = {}) =>
	element('rect', { x, y, width, height, ...attributes });

export const line = (x1, y1, x2, y2, attributes = {}) =>
	element('line', { x1, y1, x2, y2, ...attributes });

/** A path through points `[x, y]`. */
export const path = (points, attributes = {}, close = '') =>
	element('path', {
		d: points.map(([x, y], i) => `${i ? 'L' : 'M'}${round(x)} ${round(y)}`).join('') + close,
		...attributes,
	});

/** A path that goes on level until the next point. */
export const steps = (points, attributes = {}) =>
	path(points.flatMap(([x, y], i) => (i ? [[x, points[i - 1][1]], [x, y]] : [[x, y]])), attributes);

/** A scale from `[from, to]` to pixels. */
export const scale = ([from, to], [low, high]) => (value) =>
	low + ((value - from) / (to - from)) * (high - low);

/** Round numbers from 0 or `low` to at least `high`, about `wanted` of them. */
export function ticks(low, high, wanted) {
	const rough = (high - low) / wanted;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((n) => n * power).find((candidate) => candidate >= rough);
	const first = Math.floor(low / step);
	const last = Math.ceil(high / step - 1e-9);
	return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(10)));
}
