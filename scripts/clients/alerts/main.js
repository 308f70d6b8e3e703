// Prints the alerts of somebody's lines and serves them on a page made for a phone, to this machine
// alone. Run by scripts/alerts, whose --help has the options.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { linesOf, watchAlerts } from '../lib/alerts.js';
import { connect } from '../lib/chain.js';

/** How many alerts a page that comes later still gets. */
const KEPT = 50;

function wrong(what) {
	console.error(`${what} See scripts/alerts --help.`);
	process.exit(2);
}

function readOptions() {
	try {
		return parseArgs({
			options: {
				url: { type: 'string', default: 'ws://127.0.0.1:9944' },
				account: { type: 'string', multiple: true, default: [] },
				line: { type: 'string', multiple: true, default: [] },
				port: { type: 'string', default: '8088' },
				json: { type: 'boolean', default: false },
			},
		}).values;
	} catch (error) {
		return wrong(error.message);
	}
}

const options = readOptions();
const port = Number(options.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) wrong(`--port ${options.port}: no port.`);
const named = options.line.map(Number);
if (!named.every(Number.isInteger)) wrong(`--line ${options.line.join(' ')}: lines have numbers.`);
if (named.length + options.account.length === 0) wrong('Whose alerts? Give --account or --line.');

const chain = await connect(options.url, { quiet: true });
const lines = new Set(named);
for (const address of options.account) {
	const theirs = await linesOf(chain, address).catch((error) => wrong(`${error.message}.`));
	if (theirs.length === 0) console.error(`${address} has neither meter nor sensor on any line.`);
	theirs.forEach((line) => lines.add(line));
}

const WORDS = {
	Safe: () => 'safe',
	Stale: () => 'too little is known, deliveries stop',
	Hazard: (alert) => `${alert.class}, deliveries stop`,
};

/** Pages that are open, and what they are told when they open. */
const pages = new Set();
const kept = [];

function tell(alert, best) {
	const text = JSON.stringify({ ...alert, best });
	const since = alert.from ? `, since ${new Date(alert.from).toLocaleTimeString('en-GB')}` : '';
	const words = `line ${alert.line}: ${WORDS[alert.verdict](alert)} (${alert.severity}${since})`;
	console.log(options.json ? text : words);
	kept.push(text);
	if (kept.length > KEPT) kept.shift();
	for (const page of pages) page.write(`data: ${text}\n\n`);
}

const html = await readFile(new URL('page.html', import.meta.url));
const server = createServer((request, response) => {
	if (request.url === '/alerts') {
		response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		response.write(kept.map((text) => `data: ${text}\n\n`).join(''));
		pages.add(response);
		request.on('close', () => pages.delete(response));
	} else if (request.url === '/') {
		response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
		response.end(html);
	} else {
		response.writeHead(404).end();
	}
});
server.on('error', (error) => wrong(`The page cannot be served: ${error.message}.`));
server.listen(port, '127.0.0.1', () => {
	console.error(`Alerts at http://127.0.0.1:${server.address().port}/`);
});
await watchAlerts(chain, [...lines], tell);
