/** A gate: the field of each unit, U x + W h + b, for two words at once. */

import { matrix } from "./weights.js";

/** The words are over two letters, 0 and 1. */
export const NUM_LETTERS = 2;

export class Gate {
  /**
   * @param {number} size units.
   * @param {number} number of the matrix U of the cell; that of W is the next.
   * @param {boolean} seesState whether there is a W.
   * @param {number} bias added to each field.
   */
  constructor(size, number, seesState, bias = 0) {
    this.size = size;
    this.number = number;
    this.bias = bias;
    this.U = new Float64Array(size * NUM_LETTERS);
    this.W = seesState ? new Float64Array(size * size) : null;
    this.values = new Float64Array(size);
    this.changes = new Float64Array(size);
  }

  /** Draw the weights of a net: U (unit, letter) and W (unit, unit). */
  draw(key, law) {
    const { size, number } = this;
    matrix(key, number, size, NUM_LETTERS, law, this.U);
    if (this.W !== null) matrix(key, number + 1, size, size, law, this.W);
  }

  /**
   * Compute `values`, the fields of the first word, and `changes`, how far those of the
   * second word are from them.
   *
   * The field is linear, so its change is that of the input plus W times that of h.
   *
   * @param {number} a letter of the first word.
   * @param {number} b letter of the second word.
   */
  read(a, b, h, d) {
    const { size, U, bias, values, changes } = this;
    for (let i = 0; i < size; i++) {
      const here = U[i * NUM_LETTERS + a];
      values[i] = here + bias;
      changes[i] = a === b ? 0 : U[i * NUM_LETTERS + b] - here;
    }
    if (this.W === null) return;
    let i = 0;
    for (; i + 3 < size; i += 4) addFour(this, i, h, d);
    for (; i < size; i++) addOne(this, i, h, d);
  }
}

/** Add the recurrent part of four units: each entry of the state is fetched once. */
function addFour({ size, W, values, changes }, i, h, d) {
  let [v0, v1, v2, v3] = [0, 0, 0, 0];
  let [c0, c1, c2, c3] = [0, 0, 0, 0];
  const row = i * size;
  for (let j = 0; j < size; j++) {
    const here = h[j];
    const moved = d[j];
    const w0 = W[row + j];
    const w1 = W[row + size + j];
    const w2 = W[row + 2 * size + j];
    const w3 = W[row + 3 * size + j];
    v0 += w0 * here;
    c0 += w0 * moved;
    v1 += w1 * here;
    c1 += w1 * moved;
    v2 += w2 * here;
    c2 += w2 * moved;
    v3 += w3 * here;
    c3 += w3 * moved;
  }
  values[i] += v0;
  changes[i] += c0;
  values[i + 1] += v1;
  changes[i + 1] += c1;
  values[i + 2] += v2;
  changes[i + 2] += c2;
  values[i + 3] += v3;
  changes[i + 3] += c3;
}

function addOne({ size, W, values, changes }, i, h, d) {
  const row = i * size;
  let value = 0;
  let change = 0;
  for (let j = 0; j < size; j++) {
    value += W[row + j] * h[j];
    change += W[row + j] * d[j];
  }
  values[i] += value;
  changes[i] += change;
}
