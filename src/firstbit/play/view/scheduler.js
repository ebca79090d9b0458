/** Long work in slices, so that the page answers while it goes on. */

const SLICE = 6;

/** Runs generators in turn, a few milliseconds a frame. */
export class Scheduler {
  constructor() {
    this.tasks = [];
    this.isWaiting = false;
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
    setTimeout(() => {
      this.isWaiting = false;
      this.slice();
      this.wait();
    });
  }

  slice() {
    const end = performance.now() + SLICE;
    while (performance.now() < end && this.tasks.length > 0) {
      const task = this.tasks.shift();
      const { value, done } = task.work.next();
      if (value !== null && value !== undefined) task.take(value);
      if (!done) this.tasks.push(task);
    }
  }
}
