/** Long work in slices, so that messages and frames come in between. */

export class Scheduler {
  /** @param {number} slice milliseconds of work before others have their turn. */
  constructor(slice) {
    this.length = slice;
    this.work = null;
    this.isWaiting = false;
    // A message is there at once; a timer would wait for some milliseconds.
    this.bell = new MessageChannel();
    this.bell.port1.onmessage = () => {
      this.isWaiting = false;
      this.slice();
      this.wait();
    };
  }

  /** Leave all work that isn't done. */
  clear() {
    this.work = null;
  }

  /**
   * Run a generator to its end, and leave what ran before.
   *
   * @param {Generator} work yields values, or null where nothing is to be shown.
   * @param {(value: any) => void} take is called with each value.
   */
  run(work, take) {
    this.work = work;
    this.take = take;
    this.wait();
  }

  wait() {
    if (this.isWaiting || this.work === null) return;
    this.isWaiting = true;
    this.bell.port2.postMessage(null);
  }

  slice() {
    const end = performance.now() + this.length;
    while (performance.now() < end && this.work !== null) {
      const { value, done } = this.work.next();
      if (done) this.clear();
      else if (value !== null) this.take(value);
    }
  }
}
