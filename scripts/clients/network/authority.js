// What the management centre's authority decides about data aggregators.

import { u8aToHex } from '@polkadot/util';
import { Refused, errorName, eventData } from '../lib/chain.js';
import { pairOf, sr25519 } from './keys.js';

/** How many of the three members have to agree. */
const THRESHOLD = 2;
/** What a new data aggregator's account gets for its fees, in smallest units. */
const FEES = 100_000_000;
/** To how many others it forwards a block. */
const LINK = 3;

/** One member proposes a call, two agree, it is carried out. */
async function decide(network, chain, call) {
	const [first, second] = network.state.centre.authority.map(sr25519);
	const { authority } = chain.api.tx;
	const bytes = call.method.encodedLength;
	const proposed = await chain.sendAndWait(first, authority.propose(THRESHOLD, call, bytes));
	const { proposalHash, proposalIndex } = eventData(proposed.events, 'authority', 'Proposed');
	const vote = authority.vote(proposalHash, proposalIndex, true);
	await Promise.all([first, second].map((member) => chain.sendAndWait(member, vote)));
	const { weight } = await chain.api.call.transactionPaymentCallApi.queryCallInfo(call, bytes);
	const close = authority.close(proposalHash, proposalIndex, weight, bytes);
	const closed = await chain.sendAndWait(second, close, { finalized: true });
	const { result } = eventData(closed.events, 'authority', 'Executed');
	if (result.isErr) throw new Refused(errorName(chain.api, result.asErr), 'the motion');
}

/** Admit a data aggregator whose node runs: it makes its session keys and proves its node's. */
export async function admit(network, chain, node) {
	const { api } = chain;
	const { secrets } = node.state;
	const account = sr25519(secrets.account);
	const [giver] = network.state.centre.authority.map(sr25519);
	await chain.sendAndWait(giver, api.tx.balances.transferKeepAlive(account.address, FEES));
	const owner = u8aToHex(account.publicKey);
	const { keys, proof } = await node.ask('author_rotateKeysWithOwner', owner);
	await chain.sendAndWait(account, api.tx.session.setKeys(keys, proof));
	const message = await api.call.communicationTreeApi.nodeMessage(account.address);
	const key = pairOf('ed25519', secrets.node);
	const call = api.tx.communicationTree.admit(
		account.address,
		key.publicKey,
		key.sign(message.toU8a()),
		LINK,
	);
	await decide(network, chain, call);
}

/** Remove a data aggregator. */
export async function remove(network, chain, node) {
	const { address } = sr25519(node.state.secrets.account);
	await decide(network, chain, chain.api.tx.communicationTree.remove(address));
}
