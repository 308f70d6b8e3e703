// What a command says when things go wrong: in our words, not in those of the libraries.

/**
 * From now on the library's own reports of lost connections and refusals are left out: the command tells
 * what matters of them. Returns what complains without that.
 */
export function ownWords() {
	const complain = console.error;
	console.error = (...words) => {
		if (!words.some((word) => /API-WS|RPC-CORE/.test(word))) complain(...words);
	};
	return complain;
}

/** What the user asked for cannot be: the command's help says what can. */
export class Wrong extends Error {}

/** Runs the command behind `script` and ends the process, also when a connection would come back. */
export async function asCommand(script, main) {
	const complain = ownWords();
	try {
		await main();
		process.exit();
	} catch (error) {
		const help = error instanceof Wrong ? `\n       See ${script} --help.` : '';
		complain(`ERROR: ${error.message}${help}`);
		process.exit(1);
	}
}
