"""Makes the test network's specification from that of the network `demo`.

Usage: voltree-node export-chain-spec --chain demo | support.network.py > network.json

Blocks take a second and delivery slots five, as there, so that a trade takes less than a minute.
The deadlines are such that a slow machine can keep them: nobody who acts earlier is held up by them.
One delivery of 2,100 Wh that is not made is enough for the blacklist, and nobody has to wait there.
There is a fourth power line, on which nothing stands: alerts.test.js puts sensors there.
"""

import json
import sys

SECOND = 1_000

spec = json.load(sys.stdin)
genesis = spec["genesis"]["runtimeGenesis"]["patch"]
genesis["market"]["parameters"].update(
	payPeriod=20 * SECOND, billWindow=40 * SECOND, confirmWindow=40 * SECOND, outage=60 * SECOND
)
genesis["blacklist"] = {"parameters": {"limit": 980, "waiting": 0, "reentry": 990}}
genesis["registry"]["lines"].append([4, 18_000_000])
genesis["sensorOracle"]["parameters"].update(freshness=10 * SECOND)
spec.update(name="Voltree client tests", id="voltree_clients")
json.dump(spec, sys.stdout)
