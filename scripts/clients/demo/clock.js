// Which quarter hour of the replayed day a moment of chain time is.

/** The quarter hours of a day, one after the other in delivery slots from `first` on. */
export class Clock {
	constructor(first, length, count) {
		Object.assign(this, { first, length, count });
	}

	/** When slot `index` starts. */
	start(index) {
		return this.first + index * this.length;
	}

	/** When the last slot ends. */
	get end() {
		return this.start(this.count);
	}

	/** The slot at `moment`: below 0 before the day, `count` or more after it. */
	slotAt(moment) {
		return Math.floor((moment - this.first) / this.length);
	}

	/** The same as a fraction: 1.5 is the middle of the second slot. */
	position(moment) {
		return (moment - this.first) / this.length;
	}

	/** The slot that starts at `moment`, or `undefined` if it is none of the day. */
	slotFrom(moment) {
		const index = this.slotAt(moment);
		return index >= 0 && index < this.count && this.start(index) === moment ? index : undefined;
	}
}
