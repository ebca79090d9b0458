/** Random weights by three laws, as the library draws them. */

import { normal, symmetricUniform } from "./normal.js";
import { hash, hashed } from "./threefry.js";

/** Name of a law -> how an entry is drawn, and what the page calls it. */
export const LAWS = {
  normal: { entry: normal, byFanIn: false, label: "N(0, 1)" },
  "fan-in-normal": { entry: normal, byFanIn: true, label: "N(0, 1/fan-in)" },
  "fan-in-uniform": {
    entry: symmetricUniform,
    byFanIn: true,
    label: "uniform, ±1/√fan-in",
  },
};

/**
 * Draw a matrix, row by row; the fan-in is the number of its columns.
 *
 * @param {number[]} key of the draw, two words.
 * @param {number} number of the matrix in its cell, from 0 on.
 * @returns {Float64Array} (row, column).
 */
export function matrix(key, number, rows, columns, { law, gain }) {
  const { entry, byFanIn } = LAWS[law];
  const [first, second] = key;
  const scale = byFanIn ? gain * (1 / Math.sqrt(columns)) : gain;
  const drawn = new Float64Array(rows * columns);
  // A hash gives two words, so two rows share it.
  for (let row = 0; row < rows; row += 2) {
    for (let column = 0; column < columns; column++) {
      const low = ((row / 2) << 16) + column;
      hash(first, second, number + 1, low);
      drawn[row * columns + column] = entry(hashed[0]) * scale;
      if (row + 1 < rows) drawn[(row + 1) * columns + column] = entry(hashed[1]) * scale;
    }
  }
  return drawn;
}
