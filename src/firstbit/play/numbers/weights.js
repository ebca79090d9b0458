/** Random weights by three laws, as the library draws them. */

import { normals, symmetricUniforms } from "./normal.js";
import { hash, hashed } from "./threefry.js";

/** Name of a law -> how entries are drawn, and what the page calls it. */
export const LAWS = {
  normal: { draw: normals, byFanIn: false, label: "N(0, 1)" },
  "fan-in-normal": { draw: normals, byFanIn: true, label: "N(0, 1/fan-in)" },
  "fan-in-uniform": {
    draw: symmetricUniforms,
    byFanIn: true,
    label: "uniform, ±1/√fan-in",
  },
};

/** Random bits of the matrix that is drawn; it grows with them. */
let bits = new Int32Array(1);

/**
 * Draw a matrix, row by row; the fan-in is the number of its columns.
 *
 * @param {number[]} key of the draw, two words.
 * @param {number} number of the matrix in its cell, from 0 on.
 * @param {Float64Array} drawn (row, column); another one is made where none is given.
 * @returns {Float64Array} `drawn`.
 */
export function matrix(key, number, rows, columns, { law, gain }, drawn = null) {
  const { draw, byFanIn } = LAWS[law];
  const scale = byFanIn ? gain * (1 / Math.sqrt(columns)) : gain;
  const entries = drawn ?? new Float64Array(rows * columns);
  if (bits.length < entries.length) bits = new Int32Array(entries.length);
  drawBits(key, number, rows, columns);
  draw(bits, scale, entries);
  return entries;
}

/** Draw 32 random bits for each entry of a matrix. */
function drawBits([first, second], number, rows, columns) {
  // A hash gives two words, so two rows share it.
  for (let row = 0; row < rows; row += 2) {
    const here = row * columns;
    for (let column = 0; column < columns; column++) {
      hash(first, second, number + 1, ((row / 2) << 16) + column);
      bits[here + column] = hashed[0];
      if (row + 1 < rows) bits[here + columns + column] = hashed[1];
    }
  }
}
