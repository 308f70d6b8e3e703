// What the management centre's authority decides about data aggregators.

import { u8aToHex } from '@polkadot/util';
import { Refused, errorName, eventData } from '../lib/chain.js';
import { pairOf, sr25519 } from './keys.js';

/** How many members have to agree: two of the three that networks of ours have. */
const THRESHOLD = 2;
/** What a new data aggregator's account gets for its fees, in smallest units. */
const FEES = 100_000_000;
/** To how many others it forwards a block. */
const LINK = 3;

/** Propose a call: nothing happens until enough members agree. Resolves to the motion's hash. */
export async function propose(chain, member, call) {
	const { authority } = chain.api.tx;
	const proposed = await chain.sendAndWait(member, authority.propose(THRESHOLD, call, call.method.encodedLength));
	return eventData(proposed.events, 'authority', 'Proposed').proposalHash;
}

/** The open motion of this hash: its number, who agreed and who did not, and what it would do. */
export async function motion({ api }, hash) {
	const [voting, proposal] = await Promise.all([
		api.query.authority.voting(hash),
		api.query.authority.proposalOf(hash),
	]);
	if (voting.isNone || proposal.isNone) throw new Error(`there is no open motion ${hash}`);
	const { index, threshold, ayes, nays } = voting.unwrap();
	return { hash, index, threshold: threshold.toNumber(), ayes, nays, call: proposal.unwrap() };
}

/** Agree to a motion, or not. */
export async function vote(chain, member, hash, approve = true) {
	const { index } = await motion(chain, hash);
	await chain.sendAndWait(member, chain.api.tx.authority.vote(hash, index, approve));
}

/** End a motion on which enough have voted; anybody may. It is carried out, or dropped. */
export async function close(chain, anybody, hash) {
	const { index, call } = await motion(chain, hash);
	const { api } = chain;
	const bytes = call.encodedLength;
	const { weight } = await api.call.transactionPaymentCallApi.queryCallInfo(call, bytes);
	const closed = await chain.sendAndWait(anybody, api.tx.authority.close(hash, index, weight, bytes), { finalized: true });
	if (closed.events.some(({ method }) => method === 'Disapproved')) throw new Refused('it was voted down', 'the motion');
	const { result } = eventData(closed.events, 'authority', 'Executed');
	if (result.isErr) throw new Refused(errorName(api, result.asErr), 'the motion');
}

/** One member proposes a call, two agree, it is carried out. */
async function decide(network, chain, call) {
	const [first, second] = network.state.centre.authority.map(sr25519);
	const hash = await propose(chain, first, call);
	await Promise.all([first, second].map((member) => vote(chain, member, hash)));
	await close(chain, second, hash);
}

/** New session keys for a data aggregator, made in its node, which `ask` reaches, and set on the chain. */
export async function rotateKeys(chain, account, ask) {
	const { keys, proof } = await ask('author_rotateKeysWithOwner', u8aToHex(account.publicKey));
	await chain.sendAndWait(account, chain.api.tx.session.setKeys(keys, proof), { finalized: true });
}

/**
 * What the authority needs to admit the data aggregator of an account: session keys, made in its node,
 * which `ask` reaches, and set on the chain; and the proof of the node's key.
 */
export async function apply(chain, account, nodeKey, ask) {
	await rotateKeys(chain, account, ask);
	const message = await chain.api.call.communicationTreeApi.nodeMessage(account.address);
	return {
		account: account.address,
		node: u8aToHex(nodeKey.publicKey),
		proof: u8aToHex(nodeKey.sign(message.toU8a())),
		link: LINK,
	};
}

/** The call that admits who applied like this. */
export const admission = ({ api }, { account, node, proof, link }) =>
	api.tx.communicationTree.admit(account, node, proof, link);

/** Admit a data aggregator whose node runs: it makes its session keys and proves its node's. */
export async function admit(network, chain, node) {
	const { api } = chain;
	const { secrets } = node.state;
	const account = sr25519(secrets.account);
	const [giver] = network.state.centre.authority.map(sr25519);
	await chain.sendAndWait(giver, api.tx.balances.transferKeepAlive(account.address, FEES));
	const nodeKey = pairOf('ed25519', secrets.node);
	const application = await apply(chain, account, nodeKey, (...question) => node.ask(...question));
	await decide(network, chain, admission(chain, application));
}

/** Remove a data aggregator. */
export async function remove(network, chain, node) {
	const { address } = sr25519(node.state.secrets.account);
	await decide(network, chain, chain.api.tx.communicationTree.remove(address));
}
