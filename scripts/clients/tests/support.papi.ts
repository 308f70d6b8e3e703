// A client written against the types that `papi add --wasm` makes from the runtime. papi.test.js
// compiles it, strictly, beside those types, and runs it.

import { createClient } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider, type WebSocketClass } from 'polkadot-api/ws';
import { voltree } from './.papi/descriptors/dist/index.js';

type Sign = (message: Uint8Array) => Uint8Array;

/**
 * A household offers power, looks at it and takes it back; then it asks for what is not there. At last
 * a stranger without a certificate tries to offer.
 */
export async function visit(
	url: string,
	websocketClass: WebSocketClass,
	household: {
		address: string;
		publicKey: Uint8Array;
		sign: Sign;
		meter: string;
		line: number;
		stranger: { publicKey: Uint8Array; sign: Sign };
	},
) {
	const client = createClient(getWsProvider(url, { websocketClass }));
	try {
		const api = client.getTypedApi(voltree);
		const signer = getPolkadotSigner(household.publicKey, 'Sr25519', household.sign);

		const [, parameters] = await api.apis.MarketApi.rules();
		const certificate = await api.apis.RegistryApi.certificate(household.address);
		const now = await api.apis.MarketApi.now();
		const ahead = now + 120_000n;
		const supply = {
			slot: ahead - (ahead % parameters.delivery_slot),
			volume: 1_000n,
			price: 150_000n,
			line: household.line,
			smallest_fill: 100n,
			expires: undefined,
			meter: household.meter,
		};

		const offered = await api.tx.Market.offer({ supply }).signAndSubmit(signer);
		const [event] = api.event.Market.Offered.filter(offered.events);
		if (!event) throw new Error('no event Market.Offered');
		const { offer } = event.payload;
		const stored = await api.query.Market.Offers.getValue(offer);
		const open = await api.apis.MarketApi.offers(supply.slot, household.line);
		const exposure = await api.apis.MarketApi.exposure(household.address);
		const standing = await api.apis.BlacklistApi.standing(household.address);

		const withdrawn = await api.tx.Market.withdraw_offer({ offer }).signAndSubmit(signer);
		const refused = await api.tx.Market.start({ trade: 999_999n }).signAndSubmit(signer);

		const { publicKey, sign } = household.stranger;
		const stranger = getPolkadotSigner(publicKey, 'Sr25519', (message) => sign(message));
		const door = await api.tx.Market.offer({ supply: { ...supply, meter: undefined } })
			.signAndSubmit(stranger)
			.then(
				() => undefined,
				({ name, error }) => ({ name, error }),
			);

		return {
			roles: certificate?.roles.type,
			existentialDeposit: await api.constants.Balances.ExistentialDeposit(),
			offered: offered.ok,
			seller: stored?.seller,
			available: stored?.available,
			isOpen: open.some(([id, { price }]) => id === offer && price === supply.price),
			withdrawn: withdrawn.ok,
			isGone: (await api.query.Market.Offers.getValue(offer)) === undefined,
			finesDue: standing.fines_due,
			exposed: exposure?.[0],
			door,
			refusal: refused.ok ? undefined : refused.dispatchError,
		};
	} finally {
		client.destroy();
	}
}

/** The types say no where the chain would: this is compiled, never run. */
export function mistakes(url: string) {
	const api = createClient(getWsProvider(url)).getTypedApi(voltree);
	// @ts-expect-error A trade's number is a bigint.
	api.tx.Market.start({ trade: 'one' });
	// @ts-expect-error There is no such class of hazard.
	api.tx.SensorOracle.report({ report: { class: { type: 'Rain' } } });
	// @ts-expect-error There is no such pallet.
	api.query.Marketplace;
}
