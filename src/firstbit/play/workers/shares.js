/**
 * The numbers of a view, shared out: each worker computes its own part of them.
 *
 * What is found has a kind and a place, so that it may come in any order: distances of
 * `nets` from a number on, what a read-out has `told` after a symbol, and the read-outs
 * of an `other` net. A net depends on its own number alone: however many workers there
 * are, the numbers are the same to the bit.
 */

import { reader } from "../numbers/reading.js";
import { readoutCurve } from "../numbers/readout.js";

/** Nets that are found, and appear, together. */
export const TOGETHER = 20;

/**
 * Yield the findings of one worker's share, and null between two looks at the clock.
 *
 * Distances come first: they are soon there, and read-outs take many times as long.
 *
 * @param {{of: object, nets: number, net: number, others: number}} asked settings of the
 *     nets; how many of them; the one whose read-out is fitted, and how many others;
 *     with a constant suffix there is no read-out.
 * @param {number} worker from 0 on, of so many workers.
 */
export function* shareOf(asked, worker, workers) {
  yield* distances(asked, worker, workers);
  if (asked.of.suffix !== "random") return;
  if (worker === workers - 1) yield* ownCurve(asked);
  yield* otherCurves(asked, worker, workers);
}

function* distances({ of, nets }, worker, workers) {
  const read = reader(of);
  const begin = worker * TOGETHER;
  for (let from = begin; from < nets; from += workers * TOGETHER) {
    const found = [];
    for (let draw = from; draw < Math.min(from + TOGETHER, nets); draw++) {
      found.push(read(draw));
      yield null;
    }
    yield { kind: "nets", place: from / TOGETHER, found };
  }
}

function* ownCurve({ of, net }) {
  let place = 0;
  for (const found of readoutCurve(of, net)) {
    yield found === null ? null : { kind: "told", place: place++, found };
  }
}

function* otherCurves({ of, others }, worker, workers) {
  for (let place = worker; place < others; place += workers) {
    const found = [];
    for (const told of readoutCurve(of, place)) {
      if (told !== null) found.push(told.share);
      yield null;
    }
    yield { kind: "other", place, found };
  }
}
