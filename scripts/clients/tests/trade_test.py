"""A whole trade by substrate-interface, which knows metadata V14 only.

The same steps as trade.test.js, on another line. What happened is read again by compare.test.js.
"""

import json
import pathlib
import sys
import unittest

from substrateinterface.exceptions import SubstrateRequestException

import support
from support import VOLT, ClearLine, Refused, account, event, prepared, signed, tag_of

LINE = 2
RATED_POWER = 4_500_000
VOLUME = 1_300
PRICE = 98_765
# A little less than traded, within the tolerance.
DELIVERED = 1_250
FUNDS = 200_000
DAY = 86_400_000


def amount(volume, price):
	"""What is locked: rounded up."""
	return -(-volume * price // 1_000)


def payout(volume, price):
	return volume * price // 1_000


class Trade(unittest.TestCase):
	"""Steps in the order of their names. Each builds on the one before: the first failure ends it."""

	@classmethod
	def setUpClass(cls):
		cls.chain = support.Chain(prepared("WS"))
		cls.buyer = account("//Python//Buyer")
		cls.buyer_wallet = account("//Python//Buyer//Wallet")
		cls.seller = account("//Python//Seller")
		cls.seller_wallet = account("//Python//Seller//Wallet")
		cls.meter = account("//Python//Meter")
		cls.key = account("//Python//SharedWallet")
		cls.tags = {"buyer": tag_of("python:buyer"), "seller": tag_of("python:seller")}
		cls.blocks = {}

	@classmethod
	def tearDownClass(cls):
		cls.chain.close()

	def certify(self, who, tag, consent):
		return self.chain.as_centre(
			"Registry",
			"certify",
			account=who.ss58_address,
			tag=tag,
			roles="Both",
			expires=self.chain.now() + DAY,
			consent=consent,
		)

	@staticmethod
	def demand(slot, min_credit):
		return {
			"slot": slot,
			"volume": VOLUME,
			# substrate-interface takes a BoundedVec as the one field of a tuple.
			"lines": ([LINE],),
			"max_price": PRICE,
			"min_credit": min_credit,
			"meter": None,
			"unmetered": False,
		}

	def score(self, role):
		return self.chain.call("CredibilityApi", "score", self.tags[role])

	def test_00_metadata_is_version_14(self):
		self.assertEqual(list(self.chain.substrate.metadata.value[1]), ["V14"])

	def test_01_newcomer_is_certified_by_his_consent(self):
		chain, seller, tag = self.chain, self.seller, self.tags["seller"]
		message = chain.raw_call("RegistryApi", "consent_message", seller.ss58_address, tag)
		domain, _, *body = chain.call("RegistryApi", "consent_message", seller.ss58_address, tag)
		self.assertEqual(domain, "0x" + b"voltree:consent:".hex())
		self.assertEqual(body, [seller.ss58_address, tag])
		receipt = self.certify(seller, tag, signed(seller, message))
		Trade.blocks["certified"] = receipt.block_number
		endowment = chain.query("Registry", "Parameters")["current"]["endowment"]
		self.assertEqual(event(receipt, "Registry", "Certified")["endowment"], endowment)
		self.assertEqual(chain.balance(seller.ss58_address), {"free": endowment, "held": 0})
		certificate = chain.call("RegistryApi", "certificate", seller.ss58_address)
		self.assertEqual((certificate["tag"], certificate["roles"]), (tag, "Both"))

	def test_02_newcomer_registers(self):
		chain, buyer = self.chain, self.buyer
		chain.give(buyer.ss58_address, VOLT)
		# Before that the chain's door is shut: not even the node's pool takes a request.
		with self.assertRaises(SubstrateRequestException) as refused:
			chain.submit(
				buyer,
				"Market",
				"request",
				demand=self.demand(chain.now(), 1_000),
				key=self.key.ss58_address,
				funding=0,
			)
		[refusal] = refused.exception.args
		self.assertEqual((refusal["code"], refusal["data"]), (1010, "Custom error: 101"))
		receipt = chain.submit(buyer, "Registry", "register")
		deposit = event(receipt, "Registry", "Applied")["deposit"]
		self.assertEqual(chain.holds(buyer.ss58_address), {"Registry.Application": deposit})
		self.certify(buyer, self.tags["buyer"], None)
		self.assertEqual(chain.holds(buyer.ss58_address), {})
		tag = chain.call("RegistryApi", "tag_of", buyer.ss58_address)
		self.assertEqual(tag, self.tags["buyer"])

	def test_03_wallets_are_linked(self):
		chain = self.chain
		pairs = ((self.buyer, self.buyer_wallet), (self.seller, self.seller_wallet))
		for owner, wallet in pairs:
			ids = (owner.ss58_address, wallet.ss58_address)
			message = chain.raw_call("RegistryApi", "link_message", *ids)
			signature = signed(wallet, message)
			chain.submit(
				owner, "Registry", "link_wallet", wallet=wallet.ss58_address, signature=signature
			)
			self.assertEqual(chain.call("RegistryApi", "wallets", ids[0]), [ids[1]])

	def test_04_meter_is_registered(self):
		chain = self.chain
		ids = (self.meter.ss58_address, self.seller.ss58_address)
		signature = signed(self.meter, chain.raw_call("RegistryApi", "device_message", *ids))
		receipt = chain.as_centre(
			"Registry",
			"register_device",
			device=ids[0],
			kind="Meter",
			owner=ids[1],
			line=LINE,
			rated_power=RATED_POWER,
			signature=signature,
		)
		self.assertEqual(event(receipt, "Registry", "DeviceRegistered")["device"], ids[0])

	def test_05_seller_offers(self):
		chain = self.chain
		# The seller's wallet has to exist to be paid, and the seller needs money for his bond.
		chain.give(self.seller_wallet.ss58_address, VOLT // 100)
		chain.give(self.seller.ss58_address, 2 * VOLT)
		market = chain.rules()
		earliest = chain.now() + 36_000 + market["lead"]
		Trade.slot = -(-earliest // market["delivery_slot"]) * market["delivery_slot"]
		Trade.gate = self.slot - market["lead"]
		Trade.end = self.slot + market["delivery_slot"]
		supply = {
			"slot": self.slot,
			"volume": VOLUME,
			"price": PRICE,
			"line": LINE,
			"smallest_fill": 100,
			"expires": None,
			"meter": self.meter.ss58_address,
		}
		receipt = chain.submit(self.seller, "Market", "offer", supply=supply)
		Trade.offer = event(receipt, "Market", "Offered")["offer"]
		stored = chain.query("Market", "Offers", self.offer)
		self.assertEqual(stored["seller"], self.seller.ss58_address)
		self.assertEqual(stored["available"], VOLUME)

	def test_06_buyer_requests(self):
		chain = self.chain
		demand = self.demand(self.slot, 1_000)
		receipt = chain.submit(
			self.buyer, "Market", "request", demand=demand, key=self.key.ss58_address, funding=0
		)
		Trade.blocks["requested"] = receipt.block_number
		Trade.request = event(receipt, "Market", "Requested")["request"]
		wallet = chain.call("SharedWalletApi", "wallet", self.request)
		self.assertEqual((wallet["free"], wallet["token"]), (0, None))

	def test_07_management_centre_responds(self):
		chain = self.chain
		receipt = chain.respond(self.request)
		Trade.blocks["responded"] = receipt.block_number
		self.assertEqual(event(receipt, "Market", "Responded")["quotes"], 1)
		token = chain.call("SharedWalletApi", "token", self.request)["token"]
		self.assertEqual(token["nonce"], 0)
		self.assertEqual(token["owner"], self.buyer.ss58_address)
		self.assertEqual(token["domain"], "0x" + b"voltree:token:\0\0".hex())

	def test_08_buyer_funds(self):
		chain = self.chain
		receipt = chain.submit(
			self.buyer, "SharedWallet", "fund", wallet=self.request, amount=FUNDS
		)
		Trade.blocks["funded"] = receipt.block_number
		held = chain.holds(self.buyer.ss58_address)
		bond = chain.rules()["terms"]["smallest_fine"]
		self.assertEqual(held, {"SharedWallet.Bond": bond, "SharedWallet.Escrow": FUNDS})

	def test_09_buyer_pays(self):
		chain = self.chain
		order = {"request": self.request, "offer": self.offer}
		with self.assertRaises(Refused) as refused:
			chain.submit(self.seller, "Market", "pay", **order, volume=VOLUME)
		self.assertEqual(refused.exception.name, "NotPayer")
		receipt = chain.submit(self.buyer, "Market", "pay", **order, volume=VOLUME)
		Trade.blocks["paid"] = receipt.block_number
		paid = event(receipt, "Market", "Paid")
		Trade.trade = paid["trade"]
		self.assertEqual((paid["amount"], paid["late"]), (amount(VOLUME, PRICE), False))
		wallet = chain.call("SharedWalletApi", "wallet", self.request)
		self.assertEqual(wallet["locked"], amount(VOLUME, PRICE))
		self.assertEqual(wallet["free"], FUNDS - amount(VOLUME, PRICE))
		self.assertEqual(self.score("buyer")["record"]["timely"], 1)
		rules = chain.rules()
		bond = amount(VOLUME, rules["price_cap"] - PRICE) + rules["terms"]["smallest_fine"]
		self.assertEqual(chain.holds(self.seller.ss58_address), {"SharedWallet.Bond": bond})

	def test_10_token_is_renewed(self):
		Trade.blocks["renewed"] = self.chain.renew(self.request).block_number
		token = self.chain.call("SharedWalletApi", "token", self.request)["token"]
		self.assertEqual((token["nonce"], token["record"]["timely"]), (1, 1))

	def test_11_sensors_report_and_seller_starts(self):
		chain = self.chain
		Trade.line = ClearLine(chain, LINE)
		chain.until(self.gate, "the gate", self.line.speak)
		receipt = chain.submit(self.seller, "Market", "start", trade=self.trade)
		Trade.blocks["started"] = receipt.block_number

	def test_12_meter_reports_without_money(self):
		chain, address = self.chain, self.meter.ss58_address
		for boundary, exported in ((self.slot, 4_000), (self.end, 4_000 + DELIVERED)):
			chain.until(boundary, "the slot's boundary", self.line.speak)
			reading = {"meter": address, "boundary": boundary, "import": 3, "export": exported}
			receipt = chain.submit(
				self.meter, "SensorOracle", "report_register", reading=reading, signature=None
			)
			self.assertEqual(event(receipt, "SkipFeelessPayment", "FeeSkipped")["origin"], {
				"system": {"Signed": address}
			})
		self.assertEqual(chain.balance(address), {"free": 0, "held": 0})

	def test_13_seller_bills(self):
		chain = self.chain

		def is_metered():
			state = chain.call("MarketApi", "trade", self.trade)["state"]
			return "Allotted" in state.get("Delivered", {}).get("delivery", {}).get("attested", "")

		chain.eventually("the trade to be metered", is_metered)
		receipt = chain.submit(
			self.seller,
			"Market",
			"bill",
			trade=self.trade,
			delivered=DELIVERED,
			payee=self.seller_wallet.ss58_address,
		)
		Trade.blocks["billed"] = receipt.block_number

	def test_14_buyer_confirms(self):
		chain, wallet = self.chain, self.seller_wallet.ss58_address
		before = chain.balance(wallet)["free"]
		receipt = chain.submit(self.buyer, "Market", "confirm", trade=self.trade)
		Trade.blocks["settled"] = receipt.block_number
		settled = event(receipt, "Market", "Settled")
		self.assertEqual(settled["outcome"], "Confirmed")
		self.assertEqual(settled["payout"], payout(DELIVERED, PRICE))
		self.assertEqual(settled["refund"], amount(VOLUME, PRICE) - payout(DELIVERED, PRICE))
		self.assertEqual(chain.balance(wallet)["free"] - before, payout(DELIVERED, PRICE))
		self.assertEqual(chain.holds(self.buyer.ss58_address), {})
		self.assertEqual(chain.holds(self.seller.ss58_address), {})
		self.assertIsNone(chain.call("MarketApi", "trade", self.trade))
		for role in self.tags:
			score = self.score(role)
			self.assertEqual((score["credit"], score["record"]["timely"]), (1_000, 1))

	def sensor_says(self, kind):
		"""What a sensor of the line sees now, as soon as the chain would take it, and its signature."""
		chain, sensor = self.chain, account(f"//Sensor//{LINE}//1")
		address = sensor.ss58_address
		last = chain.query("SensorOracle", "Reports", address)["report"]["observed"]
		least = chain.query("SensorOracle", "Parameters")["current"]["min_interval"]
		chain.until(last + least, "time for another report")
		observed = chain.now()
		report = {
			"sensor": address,
			"class": kind,
			"confidence": 900_000,
			"model": "0x" + bytes(32).hex(),
			"observed": observed,
			"digest": "0x" + observed.to_bytes(32, "big").hex(),
		}
		message = chain.raw_call("SensorOracleApi", "report_message", report)
		return report, signed(sensor, message)

	def test_15_somebody_relays_a_report(self):
		chain, relayer = self.chain, self.seller.ss58_address
		before = chain.balance(relayer)
		report, signature = self.sensor_says("Wind")
		receipt = chain.submit(
			self.seller, "SensorOracle", "report", report=report, signature=signature
		)
		self.assertEqual(event(receipt, "SensorOracle", "Reported")["sensor"], report["sensor"])
		self.assertEqual(chain.balance(relayer), before)

	def test_16_facts_are_written_down(self):
		roles = ("buyer", "buyer_wallet", "seller", "seller_wallet", "meter", "key")
		facts = {
			"accounts": {role: getattr(self, role).ss58_address for role in roles},
			"tags": self.tags,
			"offer": self.offer,
			"request": self.request,
			"trade": self.trade,
			"line": LINE,
			"slot": self.slot,
			"blocks": self.blocks,
		}
		file = pathlib.Path(prepared("FOLDER"), "trade-python.json")
		file.write_text(json.dumps(facts, indent="\t"), encoding="utf-8")

	# Last, because the library cannot read the block that has it.
	def test_17_nobody_sends_a_report(self):
		chain = self.chain
		report, signature = self.sensor_says("Clear")
		call = ("SensorOracle", "report")
		said = {"report": report, "signature": signature}
		self.assertIn("result", chain.submit_without_sender(*call, **said))

		def is_taken():
			newest = chain.query("SensorOracle", "Reports", report["sensor"])["report"]
			return newest["observed"] == report["observed"]

		chain.eventually("the report", is_taken)
		unsigned = {"report": report, "signature": None}
		for again, reason in ((said, "OutOfOrder"), (unsigned, "MissingSignature")):
			with self.assertRaises(SubstrateRequestException) as refused:
				chain.submit_without_sender(*call, variant=1, **again)
			[refusal] = refused.exception.args
			number = chain.number_of_error("SensorOracle", reason)
			self.assertEqual((refusal["code"], refusal["data"]), (1010, f"Custom error: {number}"))


if __name__ == "__main__":
	program = unittest.main(verbosity=2, failfast=True, exit=False, argv=sys.argv[:1])
	result = program.result
	failed = len(result.failures) + len(result.errors)
	skipped = program.test.countTestCases() - result.testsRun
	print(f"{result.testsRun - failed} passed, {failed} failed, {skipped} not reached")
	sys.exit(failed > 0 or skipped > 0)
