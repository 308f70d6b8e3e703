"""Reads with substrate-interface what the chain says, for compare.test.js.

Usage: support.facts.py LAST TRADE.json..., the trades as their tests wrote them. Prints a JSON
object with the events of the blocks 1 to LAST and the states of each trade. Numbers are text, names
are camelCase, accounts are addresses, bytes are hex.
"""

import json
import re
import sys

import support

AT = ("funded", "paid", "renewed", "started", "billed", "settled")


def camel(name):
	return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def plain(value):
	"""A decoded value as compare.test.js writes its own."""
	if isinstance(value, dict):
		return {camel(key): plain(each) for key, each in value.items()}
	if isinstance(value, (list, tuple)):
		return [plain(each) for each in value]
	if isinstance(value, int) and not isinstance(value, bool):
		return str(value)
	return value


def events(chain, number):
	found = []
	for record in chain.substrate.get_events(chain.substrate.get_block_hash(number)):
		value = record.value
		extrinsic = value["extrinsic_idx"]
		found.append({
			"event": f"{value['module_id']}.{value['event_id']}",
			"extrinsic": None if extrinsic is None else str(extrinsic),
			# An event without fields is read as None.
			"data": plain(value["attributes"] or {}),
		})
	return found


def state(chain, facts, number):
	at = chain.substrate.get_block_hash(number)

	def read(pallet, storage, *params):
		return plain(chain.query(pallet, storage, *params, at=at))

	def call(api, method, *params):
		return plain(chain.call(api, method, *params, at=at))

	return {
		"issuance": read("Balances", "TotalIssuance"),
		"accounts": {
			role: {
				"account": read("System", "Account", who),
				"holds": read("Balances", "Holds", who),
			}
			for role, who in facts["accounts"].items()
		},
		"scores": {role: read("Credibility", "Scores", tag) for role, tag in facts["tags"].items()},
		"flows": {
			role: read("SharedWallet", "Flows", who) for role, who in facts["accounts"].items()
		},
		"wallet": read("SharedWallet", "Wallets", facts["request"]),
		"request": read("Market", "Requests", facts["request"]),
		"offer": read("Market", "Offers", facts["offer"]),
		"trade": read("Market", "Trades", facts["trade"]),
		"by_runtime_api": {
			"now": call("MarketApi", "now"),
			"rules": call("MarketApi", "rules"),
			"trade": call("MarketApi", "trade", facts["trade"]),
			"exposure": call("MarketApi", "exposure", facts["accounts"]["seller"]),
			"gridPrice": call("MarketApi", "grid_price", facts["line"], facts["slot"]),
			"token": call("SharedWalletApi", "token", facts["request"]),
			"flow": call("SharedWalletApi", "capital_flow", facts["accounts"]["seller"]),
			"score": call("CredibilityApi", "score", facts["tags"]["seller"]),
		},
	}


def main():
	last, *names = sys.argv[1:]
	chain = support.Chain(support.prepared("WS"))
	try:
		trades = [json.load(open(name, encoding="utf-8")) for name in names]
		found = {
			"events": {str(number): events(chain, number) for number in range(1, int(last) + 1)},
			"states": [
				{name: state(chain, facts, facts["blocks"][name]) for name in AT}
				for facts in trades
			],
		}
		json.dump(found, sys.stdout)
	finally:
		chain.close()


if __name__ == "__main__":
	main()
