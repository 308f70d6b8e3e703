// The tree of a block as a picture: who passes it on to whom, how much each is trusted, when the block was
// due there, and when it came.

import { element, rect, text } from '../demo/svg.js';

const LEFT = 40;
const TOP = 92;
const HEAD = 30;
const COLUMN = 250;
const ROW = 50;
const RADIUS = 9;
const BILLION = 1e9;

const STYLE = `
	text { font: 13px "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; }
	.title { font-size: 19px; font-weight: 600; fill: #111; }
	.panel { font-size: 15px; font-weight: 600; fill: #111; }
	.quiet { fill: #777; }
	.small { font-size: 11.5px; }
	.label { paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; }
`;

/** Red below half of the trust, then through yellow to green. */
const colour = (trust) => `hsl(${Math.round(130 * Math.max(0, 2 * trust - 1))}, 60%, 45%)`;

const ms = (micros) => `${(micros / 1_000).toFixed(micros < 10_000 ? 1 : 0)} ms`;

/**
 * What is known of the newest block that is final at all of `nodes`, or of block `number`; of old ones as
 * far as the first node has kept states.
 */
export async function treeOf(nodes, number) {
	// Of newer ones not all is known yet.
	const newest = Math.min(...(await Promise.all(nodes.map((node) => node.finalised()))));
	if (newest === 0) throw new Error('no block has become final yet');
	if (number > newest) throw new Error(`block ${number} is not final, the newest that is, is ${newest}`);
	const hash = await nodes[0].ask('chain_getBlockHash', number ?? newest);
	const answer = await nodes[0].ask('fanOut_tree', hash);
	// Those that keep no old states say nothing of old blocks.
	const traced = async (node) => (await node.ask('fanOut_tree', hash).catch(() => ({}))).here;
	const found = await Promise.all(nodes.map(traced));
	if (!answer.way) throw new Error(`block ${answer.number} is older than the chain's first session`);
	const names = new Map(nodes.map(({ peer, name }) => [peer, name]));
	const traces = new Map(nodes.map(({ peer }, index) => [peer, found[index]]));
	const short = (account) => `${account.slice(0, 6)}…${account.slice(-4)}`;
	const trees = answer.way.trees.map((relays) => relays.map((relay) => {
		const { account, peer } = relay;
		return { ...relay, name: names.get(peer) ?? short(account), trace: traces.get(peer) };
	}));
	return { ...answer, trees, begin: begin(trees) };
}

/** When the author had the block: what arrivals are counted from. */
function begin([relays]) {
	const { trace } = relays.find(({ parent }) => !parent);
	return trace?.source === 'own' ? trace.learned : undefined;
}

/** Milliseconds by this machine's clock until the block was whole there, in words. */
function arrival({ trace, parent }, begin) {
	if (!parent) return 'author';
	if (!trace?.complete) return 'no word of its arrival';
	const way = { push: 'down the tree', want: 'asked for', sync: 'by sync' }[trace.source] ?? 'here';
	return begin === undefined ? way : `after ${ms(trace.complete - begin)} ${way}`;
}

/** Rows and columns: a parent is as high as the middle of its children. */
function places(relays) {
	const by = new Map(relays.map((relay) => [relay.account, relay]));
	const found = new Map();
	let row = 0;
	const put = (relay, depth) => {
		const rows = relay.children.map((child) => put(by.get(child), depth + 1));
		const own = rows.length ? (rows[0] + rows.at(-1)) / 2 : row++;
		found.set(relay.account, { depth, row: own });
		return own;
	};
	put(relays.find(({ parent }) => !parent), 0);
	return { found, rows: row, depth: Math.max(...[...found.values()].map(({ depth }) => depth)) };
}

function panel(tree, index, top) {
	const relays = tree.trees[index];
	const { found, rows, depth } = places(relays);
	const at = (account) => {
		const place = found.get(account);
		return [LEFT + place.depth * COLUMN, top + HEAD + (place.row + 0.5) * ROW];
	};
	const link = (from, to, attributes) => {
		const [[x1, y1], [x2, y2]] = [at(from), at(to)];
		const bend = x1 + (x2 - x1) / 3;
		const d = `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
		return element('path', { d, fill: 'none', 'stroke-width': 1.4, ...attributes });
	};
	const edges = relays
		.filter(({ parent }) => parent)
		.map(({ account, parent }) => link(parent, account, { stroke: '#9aa5b1' }));
	const second = tree.way.secondParents
		.filter(({ piece }) => (tree.way.treeOfPiece[piece] ?? 0) === index)
		.map(({ parent, child }) => link(parent, child, { stroke: '#b58fd6', 'stroke-dasharray': '4 3' }));
	const dots = relays.map((relay) => {
		const [x, y] = at(relay.account);
		const trust = relay.trust / BILLION;
		return [
			element('circle', { cx: x, cy: y, r: RADIUS, fill: colour(trust), stroke: '#fff', 'stroke-width': 2 }),
			text(x + RADIUS + 5, y - 6, `${relay.name}, trust ${trust.toFixed(3)}`, { class: 'label' }),
			text(
				x + RADIUS + 5, y + 15,
				relay.parent
					? `due ${ms(relay.dueMicros)}, ${arrival(relay, tree.begin)}`
					: `author, link ${relay.link}`,
				{ class: 'label small quiet' },
			),
		].join('');
	});
	const { treeOfPiece } = tree.way;
	const pieces = treeOfPiece.filter((one) => one === index).length;
	const count = tree.trees.length;
	const name = count === 1 ? 'The whole block' : `Tree ${index + 1} of ${count}: ${pieces} of ${treeOfPiece.length} pieces`;
	const drawn = [text(LEFT - RADIUS, top + 16, name, { class: 'panel' }), ...edges, ...second, ...dots];
	return { drawn, height: HEAD + rows * ROW + 16, width: LEFT + (depth + 1) * COLUMN + 20 };
}

/** The picture as the text of an SVG file. */
export function draw(tree) {
	const drawn = [];
	let [top, width] = [TOP, 700];
	for (const index of tree.trees.keys()) {
		const one = panel(tree, index, top);
		drawn.push(...one.drawn);
		top += one.height;
		width = Math.max(width, one.width);
	}
	const { number, slot, bytes, session, way } = tree;
	const subtitle = `${bytes} bytes of extrinsics, mode ${way.mode}; due: as the plan says; after: as the nodes say`;
	const legend = 'Dots: trust, red at a half and below, green at one. Dashed: a second parent, for those not trusted yet.';
	return element(
		'svg',
		{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${top + 12}`, width, height: top + 12, fill: '#333' },
		element('style', {}, STYLE),
		rect(0, 0, width, top + 12, { fill: '#fff' }),
		text(LEFT - RADIUS, 32, `The way of block ${number} (slot ${slot}, session ${session})`, { class: 'title' }),
		text(LEFT - RADIUS, 54, subtitle, { class: 'quiet small' }),
		text(LEFT - RADIUS, 72, legend, { class: 'quiet small' }),
		...drawn,
	) + '\n';
}
