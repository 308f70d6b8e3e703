// What operators and the management centre's members do with a running network of theirs, each on his
// own machine and with his own key. Run by scripts/consortium, whose --help says what there is.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isHex, u8aToHex } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import { connect } from '../lib/chain.js';
import { asCommand, Wrong } from '../lib/words.js';
import { admission, apply, close, motion, propose, rotateKeys, vote } from './authority.js';
import { fromUri, pairOf, peerId } from './keys.js';

const say = (text) => console.log(`==> ${text}`);

function contents(file, encoding) {
	try {
		return readFileSync(file, encoding);
	} catch (error) {
		throw new Wrong(`${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`);
	}
}

/** The key pair in a file: a phrase or seed, or what `voltree-node key generate` prints as JSON. */
function keyIn(file) {
	if (!file) throw new Wrong('it needs a key: --key FILE');
	const text = contents(file, 'utf8').trim();
	try {
		return fromUri(text.startsWith('{') ? JSON.parse(text).secretPhrase : text);
	} catch (error) {
		throw new Wrong(`${file} has no sr25519 key: ${error.message}`);
	}
}

/** The seed of a node's key, in the form that the node keeps it. */
function nodeKeyIn(file) {
	if (!file) throw new Wrong("it needs the node's key: --node-key FILE");
	const seed = `0x${contents(file, 'utf8').trim()}`;
	if (!isHex(seed, 256)) throw new Wrong(`${file} has no node key: voltree-node key generate-node-key --file FILE makes one`);
	return seed;
}

/** Asks the node behind a websocket address over HTTP. */
const asking = (ws) => async (method, ...params) => {
	const answer = await fetch(ws.replace(/^ws/, 'http'), {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
	});
	const { result, error } = await answer.json();
	if (error) throw new Error(`${method}: ${error.message}`);
	return result;
};

/** A call as it is given: `admit FILE`, `remove ACCOUNT`, `upgrade WASM`, or `pallet.call` and JSON. */
function callOf(chain, [name, ...args]) {
	const { tx } = chain.api;
	const [one] = args;
	if (!name || (!one && !name.includes('.'))) throw new Wrong('propose what? admit FILE, remove ACCOUNT, upgrade WASM, or PALLET.CALL [JSON...]');
	switch (name) {
		case 'admit':
			return admission(chain, JSON.parse(contents(one, 'utf8')));
		case 'remove':
			return tx.communicationTree.remove(one);
		case 'upgrade':
			return tx.registry.authorizeUpgrade(blake2AsHex(contents(one)));
	}
	const [pallet, call] = name.split('.');
	if (!tx[pallet]?.[call]) throw new Wrong(`the chain has no call ${name}`);
	return tx[pallet][call](...args.map((argument) => {
		try {
			return JSON.parse(argument);
		} catch {
			return argument;
		}
	}));
}

function tell({ hash, index, threshold, ayes, nays, call }) {
	const { section, method } = call;
	const args = JSON.stringify(call.toHuman().args);
	console.log(`motion ${index} ${hash}\n    ${section}.${method} ${args}\n    ${ayes.length} of ${threshold} agree, ${nays.length} do not`);
}

const COMMANDS = {
	apply: async (chain, [], { key, 'node-key': nodeKey, ws }) => {
		const [account, seed] = [keyIn(key), nodeKeyIn(nodeKey)];
		const ask = asking(ws);
		const own = await ask('system_localPeerId');
		if (own !== peerId(seed)) throw new Wrong(`the node at ${ws} is ${own}, not ${peerId(seed)}: ask your own node, and give its key`);
		console.log(JSON.stringify(await apply(chain, account, pairOf('ed25519', seed), ask)));
	},
	'rotate-keys': async (chain, [], { key, ws }) => {
		await rotateKeys(chain, keyIn(key), asking(ws));
		say('The node has new session keys; they count from the session after next on, the old ones until then');
	},
	motions: async (chain) => {
		const hashes = await chain.api.query.authority.proposals();
		for (const hash of hashes) tell(await motion(chain, hash.toHex()));
		if (hashes.length === 0) say('There is no open motion');
	},
	propose: async (chain, words, { key }) => {
		const hash = await propose(chain, keyIn(key), callOf(chain, words));
		tell(await motion(chain, hash.toHex()));
	},
	vote: async (chain, [hash], { key, against }) => {
		if (!isHex(hash, 256)) throw new Wrong('vote on what? Give the hash of a motion');
		await vote(chain, keyIn(key), hash, !against);
		tell(await motion(chain, hash));
	},
	close: async (chain, [hash], { key }) => {
		if (!isHex(hash, 256)) throw new Wrong('close what? Give the hash of a motion');
		await close(chain, keyIn(key), hash);
		say('The motion is carried out');
	},
	'bring-upgrade': async (chain, [file], { key }) => {
		if (!file) throw new Wrong('bring in what? Give the file of a runtime');
		const code = contents(file);
		const { api } = chain;
		const authorized = (await api.query.system.authorizedUpgrade()).toJSON();
		const hash = blake2AsHex(code);
		if (authorized?.codeHash !== hash) {
			throw new Wrong(`${file} has the hash ${hash}, the authority wants ${authorized?.codeHash ?? 'none'}`);
		}
		const before = api.runtimeVersion.specVersion.toNumber();
		const { events } = await chain.sendAndWait(keyIn(key), api.tx.system.applyAuthorizedUpgrade(u8aToHex(code)), { finalized: true });
		const refused = events.find(({ method }) => method === 'RejectedInvalidAuthorizedUpgrade');
		if (refused) throw new Error(`the chain refused it: ${JSON.stringify(refused.toHuman().data)}`);
		const { specVersion } = await api.rpc.state.getRuntimeVersion();
		say(`The runtime was version ${before}, from the next block on it is ${specVersion}`);
	},
};

async function main() {
	let parsed;
	try {
		parsed = parseArgs({
			allowPositionals: true,
			options: {
				ws: { type: 'string', default: 'ws://127.0.0.1:9944' },
				key: { type: 'string' },
				'node-key': { type: 'string' },
				against: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		throw new Wrong(error.message.split('. ')[0]);
	}
	const { values, positionals: [command, ...words] } = parsed;
	if (command === 'hash') {
		if (!words[0]) throw new Wrong('the hash of what? Give the file of a runtime');
		return console.log(blake2AsHex(contents(words[0])));
	}
	if (!(command in COMMANDS)) throw new Wrong(command ? `there is no command '${command}'` : 'it needs a command');
	// It would try for ever.
	const late = setTimeout(() => {
		console.error(`ERROR: nobody answers at ${values.ws}`);
		process.exit(1);
	}, 20_000);
	const chain = await connect(values.ws, { quiet: true });
	await chain.api.isReady;
	clearTimeout(late);
	await COMMANDS[command](chain, words, values);
	await chain.disconnect();
}

await asCommand('scripts/consortium', main);
