// One line that says how far the day is: redrawn on a terminal, now and then elsewhere.

const WIDTH = 28;

export class Progress {
	#shown = -1;

	constructor(output = process.stdout) {
		this.output = output;
	}

	/** Show that `done` of `all` slots are over. */
	show(done, all, text) {
		const share = Math.min(Math.max(done / all, 0), 1);
		if (this.output.isTTY) {
			const full = Math.round(share * WIDTH);
			const bar = '#'.repeat(full) + '.'.repeat(WIDTH - full);
			this.#draw(`[${bar}] ${text}`);
		} else if (Math.floor(done / 8) !== this.#shown) {
			this.#shown = Math.floor(done / 8);
			this.output.write(`${String(Math.round(share * 100)).padStart(3)} %  ${text}\n`);
		}
	}

	/** Say something that stays, above the bar. */
	say(text) {
		this.#draw('');
		this.output.write(`${text}\n`);
	}

	/** The bar goes. */
	end() {
		this.#draw('');
	}

	#draw(text) {
		const width = (this.output.columns || 100) - 1;
		if (this.output.isTTY) this.output.write(`\r\u001b[2K${text.slice(0, width)}`);
	}
}
