/** A worker's program: it computes its share, and leaves it when other nets are asked. */

import { rehearsal } from "./rehearsal.js";
import { Scheduler } from "./scheduler.js";
import { shareOf } from "./shares.js";

/** Milliseconds of work before it looks for a message. */
const SLICE = 20;

const scheduler = new Scheduler(SLICE);

addEventListener("message", ({ data: { turn, asked, worker, workers } }) => {
  const take = (found) => postMessage({ turn, ...found });
  scheduler.run(work(asked, worker, workers), take);
});

function* work(asked, worker, workers) {
  yield* shareOf(asked, worker, workers);
  yield* rehearsal(asked.of);
}
