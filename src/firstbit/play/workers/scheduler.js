/** Long work in slices, so that messages and frames come in between. */

export class Scheduler {
  /** @param {number} slice milliseconds of work before others have their turn. */
  constructor(slice) {
    this.length = slice;
    this.tasks = [];
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
    this.tasks = [];
  }

  /**
   * Run a generator to its end.
   *
   * @param {Generator} work yields values, or null where nothing is to be shown.
   * @param {(value: any) => void} take is called with each value.
   */
  add(work, take) {
    this.tasks.push({ work, take });
    this.wait();
  }

  wait() {
    if (this.isWaiting || this.tasks.length === 0) return;
    this.isWaiting = true;
    this.bell.port2.postMessage(null);
  }

  slice() {
    const end = performance.now() + this.length;
    while (performance.now() < end && this.tasks.length > 0) {
      const task = this.tasks.shift();
      const { value, done } = task.work.next();
      if (value !== null && value !== undefined) task.take(value);
      if (!done) this.tasks.push(task);
    }
  }
}
