// What everybody can read from the newest block: time, lines, offers, requests, trades, and who may
// open business.

const plain = (entries) =>
	new Map(entries.map(([key, value]) => [key.args[0].toNumber(), value.toJSON()]));

/** The market as it is now. Numbers of requests, offers and trades lead to plain objects. */
export async function look(chain, lines) {
	const { market, credibility, blacklist } = chain.api.query;
	const [now, offers, requests, trades, scores, listed, ...verdicts] = await Promise.all([
		chain.now(),
		market.offers.entries(),
		market.requests.entries(),
		market.trades.entries(),
		credibility.scores.entries(),
		blacklist.entries.keys(),
		...lines.map((line) => chain.api.call.sensorOracleApi.line(line, [])),
	]);
	return {
		now,
		offers: plain(offers),
		requests: plain(requests),
		trades: plain(trades),
		finesDue: new Map(
			scores.map(([key, score]) => [key.args[0].toHex(), score.unwrap().finesDue.toNumber()]),
		),
		blacklisted: new Set(listed.map((key) => key.args[0].toHex())),
		lines: new Map(lines.map((line, index) => [line, verdicts[index].verdict.type])),
	};
}

/** The name of an enum's variant as `toJSON` writes it: `open`, `responded`, `closed`, ... */
export const variant = (value) => Object.keys(value)[0];

/** The quotes of a request as they are now. */
export async function quotes(chain, request) {
	return (await chain.api.call.marketApi.quotes(request)).unwrapOrDefault().toJSON();
}

/** On the chain 'demo' there is a block a second. */
const BLOCK = 1_000;

/** The block after the newest one, in which what is sent now can be, has at least this time. */
export const nextBlock = (view) => view.now + BLOCK;
