// Nodes as processes that outlive whoever starts them, known by their id and start time.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks, in ms. */
const LOOK = 100;

/** When a process began, in ticks since the machine's start; `undefined` if it is not there. */
function beginOf(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The name, in brackets, may have anything in it. A dead child that nobody has asked about yet
		// is as good as gone.
		const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return state === 'Z' ? undefined : Number(fields[18]);
	} catch {
		return undefined;
	}
}

/** Whether what was started still runs, and is not another process of the same number. */
export const isAlive = (process) => process !== undefined && beginOf(process.pid) === process.begin;

/** Start a program in the background; what it says is appended to a file. */
export async function startProcess(program, args, log) {
	const out = openSync(log, 'a');
	const child = spawn(program, args, { detached: true, stdio: ['ignore', out, out] });
	closeSync(out);
	await new Promise((resolve, reject) => {
		child.once('spawn', resolve);
		child.once('error', reject);
	});
	child.unref();
	return { pid: child.pid, begin: beginOf(child.pid) };
}

/** End a process; after `patience` ms by force. Resolves when it has gone. */
export async function endProcess(process, signal = 'SIGTERM', patience = 30_000) {
	if (!isAlive(process)) return;
	globalThis.process.kill(process.pid, signal);
	for (let waited = 0; isAlive(process); waited += LOOK) {
		if (waited === patience) globalThis.process.kill(process.pid, 'SIGKILL');
		if (waited > 2 * patience) throw new Error(`the process ${process.pid} does not end`);
		await sleep(LOOK);
	}
}
