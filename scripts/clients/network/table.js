// What the nodes of a network say of themselves, as a table.

const HEAD = ['node', 'process', 'best', 'final', 'peers', 'fan-out', 'ready', 'RPC', 'metrics', 'readiness'];

async function row(node) {
	const { state, name } = node;
	const metrics = `http://127.0.0.1:${state.ports.metrics}/metrics`;
	const where = [node.url, metrics, `http://127.0.0.1:${state.ports.readiness}`];
	if (!node.runs) return [name, 'stopped', '', '', '', '', '', ...where];
	try {
		const { best, finalised, peers, ready } = await node.ask('voltree_readiness');
		const { running, links } = await node.ask('fanOut_status', 0);
		const fanOut = running ? `${links} links` : 'off';
		const numbers = [best, finalised, peers].map(String);
		return [name, state.process.pid, ...numbers, fanOut, ready ? 'yes' : 'no', ...where];
	} catch {
		return [name, state.process.pid, 'no answer', '', '', '', '', ...where];
	}
}

export async function table(network) {
	const rows = [HEAD, ...(await Promise.all(network.nodes.map(row)))].map((one) => one.map(String));
	const widths = HEAD.map((_, column) => Math.max(...rows.map((one) => one[column].length)));
	return rows
		.map((one) => one.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd())
		.join('\n');
}
