/** Drawing in pieces: as many in a frame as its time bears, the others in the next. */

/** Milliseconds of a frame after which no other piece begins. */
const ENOUGH = 2;

export class Frames {
  /**
   * @param {Record<string, () => boolean | void>} pieces by their names, in the order in
   *     which they are drawn; one that returns true has more to draw in another frame.
   */
  constructor(pieces) {
    this.pieces = pieces;
    this.names = Object.keys(pieces);
    this.wanted = new Set();
    this.next = 0;
    this.isWaiting = false;
  }

  /** Draw pieces in the next frames, however often they are asked for until then. */
  ask(names = this.names) {
    for (const name of names) this.wanted.add(name);
    this.wait();
  }

  /** Leave what isn't drawn yet. */
  clear() {
    this.wanted.clear();
  }

  wait() {
    if (this.isWaiting || this.wanted.size === 0) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.drawNow();
      this.wait();
    });
  }

  /** Go on where the last frame ended, so that each piece has its turn. */
  drawNow() {
    const end = performance.now() + ENOUGH;
    while (this.next < this.names.length && performance.now() < end) {
      const name = this.names[this.next];
      this.next += 1;
      if (this.wanted.delete(name) && this.pieces[name]()) this.wanted.add(name);
    }
    if (this.next === this.names.length) this.next = 0;
  }
}
