// Networks on this machine. Run by scripts/network, whose --help says what there is.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../lib/chain.js';
import { asCommand, Wrong } from '../lib/words.js';
import { admit, remove } from './authority.js';
import { measure, tell } from './finality.js';
import { Network } from './network.js';
import { table } from './table.js';
import { draw, treeOf } from './tree.js';

const say = (text) => console.log(`==> ${text}`);

function read() {
	try {
		return parseArgs({
			allowPositionals: true,
			options: {
				folder: { type: 'string' },
				program: { type: 'string' },
				name: { type: 'string', default: 'network' },
				slot: { type: 'string', default: '3000' },
				backend: { type: 'string', default: 'litep2p' },
				rules: { type: 'string' },
				households: { type: 'boolean' },
				block: { type: 'string' },
				output: { type: 'string' },
				count: { type: 'string', default: '200' },
			},
		});
	} catch (error) {
		// What follows would be about programs that take such words otherwise.
		throw new Wrong(error.message.split('. ')[0]);
	}
}

/** What a file of rules says. */
function rulesOf(file) {
	let text;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw new Wrong(`--rules ${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`);
	}
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new Wrong(`--rules ${file} is not JSON: ${error.message}`);
	}
}

/** A whole number from 1 on that was given as an option. */
function numberOf(option, text) {
	if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new Wrong(`--${option} is a number from 1 on, not '${text}'`);
	return Number(text);
}

/** Do something over the gateway's connection, or that of the first node that runs. */
async function connected(network, action) {
	const node = [network.gateway, ...network.aggregators].find((one) => one.runs);
	if (!node) throw new Wrong('no node of this network runs: scripts/network start');
	const chain = await connect(node.url, { quiet: true });
	try {
		await chain.api.isReadyOrError;
		return await action(chain);
	} finally {
		await chain.disconnect();
	}
}

async function make(folder, program, count, { name, slot, backend, rules, households }) {
	if (Network.isThere(folder)) {
		throw new Wrong(
			`there is a network '${name}' already: scripts/network delete --name ${name}, ` +
				'or choose another --name',
		);
	}
	if (count < 1 || count > 100) throw new Wrong('a network has 1 to 100 data aggregators');
	if (!/^\d+$/.test(slot) || Number(slot) < 200 || Number(slot) > 60_000) {
		throw new Wrong('--slot is a number of milliseconds from 200 to 60000');
	}
	if (!['litep2p', 'libp2p'].includes(backend)) throw new Wrong('--backend is litep2p or libp2p');
	const options = { name, count, slot: Number(slot), backend, households };
	if (rules !== undefined) options.rules = rulesOf(rules);
	say(`Making the network '${name}': ${count} data aggregators, one gateway`);
	const network = await Network.make(folder, program, options);
	try {
		await network.start();
	} catch (error) {
		await network.delete();
		throw error;
	}
	return network;
}

const COMMANDS = {
	status: async () => {},
	stop: (network, node) => (node ?? network)[node ? 'end' : 'stop'](),
	kill: (_, node) => node.end('SIGKILL'),
	start: (network, node) => (node ?? network).start(),
	restart: async (_, node) => {
		await node.end();
		await node.start();
	},
	add: async (network) => {
		const node = await network.enlist();
		say(`Starting ${node.name}; it syncs over the gateway`);
		await node.start();
		say('The management centre admits it');
		await connected(network, (chain) => admit(network, chain, node));
		say(`${node.name} is admitted: links at once, a vote from the session after next on`);
	},
	remove: async (network, node) => {
		if (node.isGateway) throw new Wrong('the gateway is no data aggregator');
		await connected(network, (chain) => remove(network, chain, node));
		say(
			`${node.name} is removed: it has no links any more, and loses its vote when the session ` +
				`after next begins. Stop it then: scripts/network stop ${node.name}`,
		);
	},
};

/** Commands that answer something else than the table of nodes. */
const QUESTIONS = {
	tree: async (network, { block, output }) => {
		// The gateway first: it keeps all states.
		const nodes = [network.gateway, ...network.aggregators].filter((node) => node.runs);
		if (nodes.length === 0) throw new Wrong('no node of this network runs: scripts/network start');
		const tree = await treeOf(nodes, block && numberOf('block', block));
		const file = resolve(output ?? join(network.folder, 'tree.svg'));
		writeFileSync(file, draw(tree));
		say(`The way of block ${tree.number}: ${file}`);
	},
	finality: async (network, { count }) => {
		const found = await connected(network, (chain) => measure(network, chain, numberOf('count', count)));
		const { text, good } = tell(network, found);
		console.log(text);
		if (!good) process.exitCode = 1;
	},
	doctor: async (network, _, node) => {
		const { rpc } = node.state.ports;
		const args = ['doctor', '--rpc', `127.0.0.1:${rpc}`, '--chain', network.specification, '--base-path', node.folder];
		const { status } = spawnSync(network.program, args, { stdio: 'inherit' });
		process.exitCode = status ?? 1;
	},
};
const NEED_A_NODE = ['kill', 'restart', 'remove', 'doctor'];
const TAKE_NO_NODE = ['status', 'add', 'delete', 'tree', 'finality'];

async function main() {
	const { values, positionals } = read();
	const [command, name, ...rest] = positionals;
	const folder = join(values.folder, values.name);
	if (!/^[A-Za-z0-9-]+$/.test(values.name)) throw new Wrong('--name has letters, digits and - only');
	if (rest.length > 0) throw new Wrong(`what is '${rest[0]}'?`);
	if (/^\d+$/.test(command)) {
		if (name) throw new Wrong(`what is '${name}'? A network's name is given with --name`);
		const network = await make(folder, values.program, Number(command), values);
		console.log(await table(network));
		say(`Clients connect to ${network.gateway.url}; light clients use ${join(folder, 'light.json')}`);
		return;
	}
	if (command !== 'delete' && !(command in COMMANDS) && !(command in QUESTIONS)) {
		throw new Wrong(command === undefined ? 'it needs a number of DAs or a command' : `there is no command '${command}'`);
	}
	if (!Network.isThere(folder)) {
		throw new Wrong(`there is no network '${values.name}': scripts/network 4 --name ${values.name}`);
	}
	const network = Network.open(folder, values.program);
	if (NEED_A_NODE.includes(command) && !name) throw new Wrong(`${command} needs the name of a node`);
	if (TAKE_NO_NODE.includes(command) && name) throw new Wrong(`${command} takes no name of a node`);
	if (command === 'delete') {
		await network.delete();
		return say(`The network '${values.name}' is gone`);
	}
	const node = name && network.node(name);
	if (command in QUESTIONS) return QUESTIONS[command](network, values, node);
	await COMMANDS[command](network, node);
	console.log(await table(network));
}

await asCommand('scripts/network', main);
