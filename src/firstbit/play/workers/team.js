/** Workers that share out the numbers of a view; without them the page computes alone. */

import { Scheduler } from "./scheduler.js";
import { shareOf } from "./shares.js";

/** More workers than this gain little, and each takes memory. */
const MOST = 8;

/** Milliseconds of a frame that the page works where it is alone. */
const SLICE = 6;

/** Return how many workers a browser's processors bear. */
export function numWorkers() {
  return Math.min(Math.max(navigator.hardwareConcurrency || 1, 1), MOST);
}

export class Team {
  /**
   * @param {string} program of a worker.
   * @param {number} number of workers.
   * @param {(found: object) => void} take is called with all that is found.
   */
  constructor(program, number, take) {
    this.take = take;
    this.turn = 0;
    this.alone = new Scheduler(SLICE);
    this.workers = [];
    try {
      this.workers = started(program, number);
    } catch {
      // A browser may refuse them.
    }
    for (const worker of this.workers) {
      worker.onmessage = ({ data }) => data.turn === this.turn && this.take(data);
      worker.onerror = () => this.goOnAlone();
    }
  }

  /** Compute what is asked (see `shareOf`), and leave what was asked before. */
  begin(asked) {
    this.asked = asked;
    this.turn += 1;
    this.alone.clear();
    const { turn } = this;
    const workers = this.workers.length;
    this.workers.forEach((one, worker) => {
      one.postMessage({ turn, asked, worker, workers });
    });
    if (workers === 0) this.alone.run(shareOf(asked, 0, 1), this.take);
  }

  /** What was found stays: the same is found again at the same place. */
  goOnAlone() {
    if (this.workers.length === 0) return;
    for (const worker of this.workers) worker.terminate();
    this.workers = [];
    this.begin(this.asked);
  }
}

/** Start workers from a text: a page that is a file can't start them from others. */
function started(program, number) {
  const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  return Array.from({ length: number }, () => new Worker(address));
}
