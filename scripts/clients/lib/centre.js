// What the management centre's service signs. The node does that (`voltree-node --help`, *Management
// centre*); tests that play the centre themselves do it here.

import { u8aToHex } from '@polkadot/util';
import { account } from './chain.js';

/** Seed URI of the service key on the development networks. */
export const SERVICE = '//ManagementCentre';

/** The token of a request with the service's signature, or `null` if there is no such request. */
export async function signToken(chain, request, service = account(SERVICE)) {
	const token = await chain.api.call.marketApi.tokenToSign(request);
	if (token.isNone) return null;
	const plain = token.unwrap();
	return { token: plain, signature: { Sr25519: u8aToHex(service.sign(plain.toU8a())) } };
}
