"""The Python client: substrate-interface as it is, told the runtime APIs that V14 does not have.

Waiting is bounded; what the chain refuses is raised as Refused with the error's name.
"""

import contextlib
import hashlib
import os
import pathlib
import time

from substrateinterface import Keypair, SubstrateInterface

VOLT = 1_000_000
SERVICE = "//ManagementCentre"

# Types are the metadata's, by their path.
TOKEN = "voltree_primitives::token::Token"
TERMS = "voltree_primitives::terms::Terms"
SIGNED_TOKEN = "pallet_shared_wallet::types::SignedToken"
SENSOR_REPORT = "pallet_sensor_oracle::types::SensorReport"


def message(*body):
	"""What somebody signs: domain, genesis hash and body. Metadata V14 does not have this type."""
	return f"([u8; 16], H256, {', '.join(body)})"


def methods(**described):
	"""Runtime API methods: name = (type of the answer, type of a parameter, ...)."""
	return {
		"methods": {
			name: {
				"description": name,
				"params": [
					{"name": f"p{index}", "type": parameter}
					for index, parameter in enumerate(parameters)
				],
				"type": answer,
			}
			for name, (answer, *parameters) in described.items()
		}
	}


RUNTIME_API = {
	"MarketApi": methods(
		now=("u64",),
		rules=(f"(u32, pallet_market::parameters::Parameters, {TERMS})",),
		trade=("Option<pallet_market::types::trade::Trade>", "u64"),
		request=("Option<pallet_market::types::request::Request>", "u64"),
		exposure=("Option<(u64, u64)>", "AccountId"),
		grid_price=("Option<u128>", "u32", "u64"),
		token_to_sign=(f"Option<{TOKEN}>", "u64"),
	),
	"SharedWalletApi": methods(
		wallet=("Option<pallet_shared_wallet::types::SharedWallet>", "u64"),
		token=(f"Option<{SIGNED_TOKEN}>", "u64"),
		capital_flow=("Vec<(AccountId, pallet_shared_wallet::types::CapitalFlow)>", "AccountId"),
	),
	"RegistryApi": methods(
		certificate=("Option<pallet_registry::types::Certificate>", "AccountId"),
		tag_of=("Option<H256>", "AccountId"),
		wallets=("Vec<AccountId>", "AccountId"),
		consent_message=(message("AccountId", "H256"), "AccountId", "H256"),
		link_message=(message("AccountId", "AccountId", "u32"), "AccountId", "AccountId"),
		device_message=(message("AccountId", "AccountId"), "AccountId", "AccountId"),
	),
	"CredibilityApi": methods(score=("Option<pallet_credibility::types::Score>", "H256")),
	"SensorOracleApi": methods(report_message=(message(SENSOR_REPORT), SENSOR_REPORT)),
}


class Refused(Exception):
	"""The chain refused an extrinsic that was in a block."""

	def __init__(self, name, what):
		super().__init__(f"{what} was refused: {name}")
		self.name = name


def prepared(name):
	"""What scripts/clients/run has prepared."""
	key = f"VOLTREE_CLIENTS_{name}"
	if key not in os.environ:
		raise SystemExit(f"{key} is not set: start the tests with scripts/clients/run")
	return os.environ[key]


def account(uri):
	return Keypair.create_from_uri(uri)


def tag_of(name):
	return "0x" + hashlib.blake2b(f"voltree:test:{name}".encode(), digest_size=32).hexdigest()


def signed(pair, message):
	"""A MultiSignature of `pair` over bytes."""
	return {"Sr25519": "0x" + pair.sign(message).hex()}


@contextlib.contextmanager
def exclusively(name):
	"""One test process at a time; see `exclusively` in support.js."""
	lock = pathlib.Path(prepared("FOLDER"), f"lock-{name}")
	for _ in range(1_200):
		try:
			lock.mkdir()
			break
		except FileExistsError:
			time.sleep(0.05)
	else:
		raise TimeoutError(f"waited 60 s in vain for {lock}: another test did not give it back")
	try:
		yield
	finally:
		lock.rmdir()


class Chain:
	"""A connection. A message that does not come within 90 s is an error."""

	def __init__(self, url):
		self.substrate = SubstrateInterface(
			url=url,
			ss58_format=42,
			type_registry={"runtime_api": RUNTIME_API},
			ws_options={"timeout": 90},
		)
		self.substrate.init_runtime()

	def close(self):
		self.substrate.close()

	# --- Reading ---

	def raw_call(self, api, method, *params):
		"""The bytes that a runtime API answers: what is to be signed comes like this."""
		described = RUNTIME_API[api]["methods"][method]["params"]
		data = b"".join(
			bytes(self.substrate.encode_scale(kind["type"], value).data)
			for kind, value in zip(described, params, strict=True)
		)
		answer = self.substrate.rpc_request("state_call", [f"{api}_{method}", "0x" + data.hex()])
		return bytes.fromhex(answer["result"][2:])

	def call(self, api, method, *params, at=None):
		return self.substrate.runtime_call(api, method, list(params), block_hash=at).value

	def query(self, pallet, storage, *params, at=None):
		return self.substrate.query(pallet, storage, list(params), block_hash=at).value

	def now(self):
		return self.call("MarketApi", "now")

	def rules(self):
		"""The market's parameters in force now, and what untimely behaviour costs."""
		_, parameters, terms = self.call("MarketApi", "rules")
		return {**parameters, "terms": terms}

	def balance(self, address, at=None):
		data = self.query("System", "Account", address, at=at)["data"]
		return {"free": data["free"], "held": data["reserved"]}

	def holds(self, address, at=None):
		"""What an account has on hold, by reason."""
		return {
			".".join([*hold["id"].keys(), *hold["id"].values()]): hold["amount"]
			for hold in self.query("Balances", "Holds", address, at=at)
		}

	# --- Sending ---

	def compose(self, pallet, call, **params):
		return self.substrate.compose_call(pallet, call, params)

	def extrinsic(self, pair, call, nonce=None):
		"""Signed, with an era of 64 blocks as wallets use it."""
		return self.substrate.create_signed_extrinsic(call, pair, era={"period": 64}, nonce=nonce)

	def submit(self, pair, pallet, call, **params):
		"""Send, and wait until a block has it. Its receipt, with the block's number."""
		extrinsic = self.extrinsic(pair, self.compose(pallet, call, **params))
		receipt = self.substrate.submit_extrinsic(extrinsic, wait_for_inclusion=True)
		if not receipt.is_success:
			raise Refused(receipt.error_message["name"], f"{pallet}.{call}")
		receipt.block_number = self.substrate.get_block_number(receipt.block_hash)
		return receipt

	def submit_without_sender(self, pallet, call, variant=0, **params):
		"""Hand in what a device has signed as a General extrinsic, which this library does not know: its
		bytes are put together here. Once a block has it, the library cannot read that block.
		"""
		# Version 5, General; extensions of version 0: immortal, a number that nobody looks at, no tip,
		# no hash of the metadata.
		body = bytes([0x45, 0, 0, variant << 2, 0, 0]) + self.compose(pallet, call, **params).data.data
		length = self.substrate.encode_scale("Compact<u32>", len(body)).data
		data = "0x" + (bytes(length) + body).hex()
		return self.substrate.rpc_request("author_submitExtrinsic", [data])

	def number_of_error(self, pallet, name):
		"""By which the pool refuses what has no sender."""
		return self.substrate.get_metadata_error(pallet, name).value["index"]

	def as_centre(self, pallet, call, **params):
		with exclusively("centre"):
			return self.submit(account(SERVICE), pallet, call, **params)

	def give(self, address, value):
		with exclusively("giver"):
			return self.submit(
				account("//Ferdie"), "Balances", "transfer_keep_alive", dest=address, value=value
			)

	# --- Waiting ---

	def eventually(self, what, check, seconds=60):
		"""The first answer of `check` that says something."""
		end = time.monotonic() + seconds
		while time.monotonic() < end:
			if answer := check():
				return answer
			time.sleep(0.25)
		raise TimeoutError(f"waited {seconds} s in vain for {what} (chain time {self.now()})")

	def until(self, moment, what, meanwhile=lambda: None):
		"""Wait until chain time is at least `moment`, not longer than three times what is left."""

		def reached():
			meanwhile()
			return self.now() >= moment

		left = max(0, moment - self.now()) / 1_000
		self.eventually(f"{what} (chain time {moment})", reached, 3 * left + 90)

	# --- The management centre's response ---

	def sign_token(self, request):
		"""The token of a request, signed as its bytes come from the runtime."""
		answer = self.raw_call("MarketApi", "token_to_sign", request)
		assert answer[0] == 1, f"there is no request {request}"
		data = answer[1:]
		token = self.substrate.decode_scale(TOKEN, "0x" + data.hex())
		# A BoundedVec is read as a list, but written as the one field of a tuple.
		token["record"]["recent"] = (token["record"]["recent"],)
		return {"token": token, "signature": signed(account(SERVICE), data)}

	def respond(self, request):
		"""Answer a request. Again if the token grew too old on its way, as the service would do."""
		for tries in (1, 2, 3):
			try:
				with exclusively("centre"):
					token = self.sign_token(request)
					return self.submit(
						account(SERVICE), "Market", "respond", request=request, token=token
					)
			except Refused as error:
				if error.name not in ("StaleToken", "InvalidTerms") or tries == 3:
					raise

	def renew(self, request):
		with exclusively("centre"):
			token = self.sign_token(request)
			return self.submit(account(SERVICE), "SharedWallet", "renew", token=token)


def event(receipt, pallet, name):
	"""The fields of the first such event of an extrinsic."""
	for each in receipt.triggered_events:
		if (each.value["module_id"], each.value["event_id"]) == (pallet, name):
			return each.value["attributes"]
	raise AssertionError(f"no event {pallet}.{name}")


class ClearLine:
	"""The sensors of a line, saying every two seconds that it is clear; `speak` is called often."""

	def __init__(self, chain, line):
		self.chain = chain
		self.last = 0
		self.sensors = [account(f"//Sensor//{line}//{owner}") for owner in (1, 2, 3, 4)]
		self.nonces = [
			chain.substrate.get_account_nonce(sensor.ss58_address) for sensor in self.sensors
		]

	def speak(self):
		observed = self.chain.now()
		if observed < self.last + 2_000:
			return
		self.last = observed
		for index, sensor in enumerate(self.sensors):
			report = {
				"sensor": sensor.ss58_address,
				"class": "Clear",
				"confidence": 900_000,
				"model": "0x" + bytes(32).hex(),
				"observed": observed,
				"digest": "0x" + bytes(32).hex(),
			}
			call = self.chain.compose("SensorOracle", "report", report=report, signature=None)
			extrinsic = self.chain.extrinsic(sensor, call, self.nonces[index])
			self.chain.substrate.submit_extrinsic(extrinsic)
			self.nonces[index] += 1
