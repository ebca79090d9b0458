/** The two words that a net reads: they differ in their first letter alone. */

import { threefry } from "./threefry.js";

const SUFFIX = 0xffffffff;
const OF_READOUT = 0xfffffff0;

/** Return one random bit from a word of 32: its highest, as the library takes it. */
function bit(word) {
  return word >>> 31;
}

/**
 * Return what both words have after their first letter: zeros, or random letters.
 *
 * @param {number[]} key of the draw: its suffix is that of the library.
 * @param {number} length l, the first letter included.
 */
export function suffix(key, length, kind) {
  const letters = new Uint8Array(length - 1);
  if (kind === "constant") return letters;
  for (let t = 1; t < length; t++) {
    letters[t - 1] = bit(threefry(key, SUFFIX, t)[0]);
  }
  return letters;
}

/** Return the letter at place t > 0 of the n-th word that a read-out is made with. */
export function letterOfReadout(key, n, t) {
  return bit(threefry(key, OF_READOUT, (n << 10) + t)[0]);
}

/** Return the first letter of the n-th word on which a read-out is tested. */
export function hiddenBit(key, n) {
  return letterOfReadout(key, n, 0);
}
