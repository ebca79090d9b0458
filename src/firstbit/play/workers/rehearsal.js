/** What a worker does once when nothing is left to do: it has its programs compiled. */

import { CELLS } from "../numbers/cells.js";
import { reader } from "../numbers/reading.js";

/** A browser compiles well what has run for some tenths of a second. */
const NETS = 100;
const SIZE = 20;
const LENGTH = 50;

const cells = Object.keys(CELLS);

/**
 * Read words with nets of every cell, and yield null between them; nothing is found.
 *
 * Whoever then asks for another cell waits a third less. What was done when the work is
 * left isn't done again.
 *
 * @param {object} of settings of the nets that were asked for last.
 */
export function* rehearsal(of) {
  while (cells.length > 0) {
    const read = reader({ ...of, cell: cells.pop(), size: SIZE, length: LENGTH });
    for (let draw = 0; draw < NETS; draw++) {
      read(draw);
      yield null;
    }
  }
}
