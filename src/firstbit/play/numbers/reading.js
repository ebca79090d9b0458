/** Nets that read two words: the states of one net, the distances of many. */

import { net } from "./cells.js";
import { norm } from "./differences.js";
import { drawKey } from "./threefry.js";
import { suffix } from "./words.js";

/** Relative rounding of float64. */
const ROUNDOFF = 2 ** -53;

/**
 * Read two words with one net, and keep all that is seen of it.
 *
 * @param settings of the page: cell, size, length, law, ...
 * @param {number} draw number of the net.
 * @returns for each length l from 1 on: the states h of the first word, the differences
 *     d to the second, their distance, and whether it is below the rounding of h.
 */
export function readOne(settings, draw) {
  const key = drawKey(settings.seed, settings.size, draw);
  const one = net(settings).draw(key);
  const letters = suffix(key, settings.length, settings.suffix);
  const seen = { letters, states: [], changes: [], distances: [], lost: [] };
  for (let t = 0; t < settings.length; t++) {
    step(one, letters, t);
    seen.states.push(one.h.slice());
    seen.changes.push(one.d.slice());
    seen.distances.push(norm(one.d));
    seen.lost.push(isBelowRounding(one));
  }
  return seen;
}

/**
 * Return a function of the number of a net: its distance after each symbol.
 *
 * One net is made, and gets other weights each time.
 */
export function reader(settings) {
  const { seed, size, length } = settings;
  const one = net(settings);
  return (draw) => {
    const key = drawKey(seed, size, draw);
    one.draw(key);
    const letters = suffix(key, length, settings.suffix);
    const distances = new Float64Array(length);
    for (let t = 0; t < length; t++) {
      step(one, letters, t);
      distances[t] = norm(one.d);
    }
    return distances;
  };
}

/** Return the distance after each symbol of a net that reads two words. */
export function distancesOf(settings, draw) {
  return reader(settings)(draw);
}

/** The first letters differ, all later ones are common. */
function step(one, letters, t) {
  if (t === 0) one.read(0, 1);
  else one.read(letters[t - 1], letters[t - 1]);
}

/** Return whether each entry's change is at most the rounding of that entry. */
function isBelowRounding({ h, d }) {
  return h.every((entry, i) => Math.abs(d[i]) <= ROUNDOFF * Math.abs(entry));
}
