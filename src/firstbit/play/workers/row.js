/** Findings that come in any order, and are shown without a gap. */

export class Row {
  constructor() {
    this.shown = [];
    this.waiting = new Map();
  }

  /** Take a finding; what was found before at its place is left alone. */
  put(place, found) {
    if (place < this.shown.length) return;
    this.waiting.set(place, found);
    while (this.waiting.has(this.shown.length)) {
      const next = this.shown.length;
      this.shown.push(this.waiting.get(next));
      this.waiting.delete(next);
    }
  }
}
