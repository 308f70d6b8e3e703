// What the management centre's service does: certify the shared wallet of a request by signing its
// token, and with that let the chain make the quotes.

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

/** The call that answers a request, ready to be sent by the service; `null` if there is none. */
export async function response(chain, request, service = account(SERVICE)) {
	const signed = await signToken(chain, request, service);
	return signed && chain.api.tx.market.respond(request, signed);
}

/** The call that renews the token of a request's shared wallet; `null` if there is none. */
export async function renewal(chain, request, service = account(SERVICE)) {
	const signed = await signToken(chain, request, service);
	return signed && chain.api.tx.sharedWallet.renew(signed);
}
