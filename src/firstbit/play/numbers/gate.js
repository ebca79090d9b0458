/** A gate: the field of each unit, U x + W h + b, for two words at once. */

import { matrix } from "./weights.js";

/** The words are over two letters, 0 and 1. */
export const NUM_LETTERS = 2;

export class Gate {
  /**
   * @param {Float64Array} U (unit, letter).
   * @param {Float64Array | null} W (unit, unit); null where the gate sees no state.
   * @param {number} bias added to each field.
   */
  constructor(size, U, W, bias = 0) {
    this.size = size;
    this.U = U;
    this.W = W;
    this.bias = bias;
    this.values = new Float64Array(size);
    this.changes = new Float64Array(size);
  }

  /** Draw a gate whose matrices have the numbers `first` (U) and `first + 1` (W). */
  static drawn(key, first, size, law, bias = 0) {
    const U = matrix(key, first, size, NUM_LETTERS, law);
    const W = matrix(key, first + 1, size, size, law);
    return new Gate(size, U, W, bias);
  }

  /** Draw a gate that sees the input alone. */
  static ofInput(key, number, size, law, bias = 0) {
    const U = matrix(key, number, size, NUM_LETTERS, law);
    return new Gate(size, U, null, bias);
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
    const { size, U, bias } = this;
    for (let i = 0; i < size; i++) {
      const here = U[i * NUM_LETTERS + a];
      this.values[i] = here + bias;
      this.changes[i] = a === b ? 0 : U[i * NUM_LETTERS + b] - here;
    }
    if (this.W !== null) this.addRecurrent(h, d);
  }

  addRecurrent(h, d) {
    const { size, W, values, changes } = this;
    for (let i = 0; i < size; i += 2) {
      const row = i * size;
      const next = i + 1 < size ? row + size : row;
      let value = 0;
      let change = 0;
      let valueNext = 0;
      let changeNext = 0;
      for (let j = 0; j < size; j++) {
        const here = h[j];
        const moved = d[j];
        const w = W[row + j];
        const v = W[next + j];
        value += w * here;
        change += w * moved;
        valueNext += v * here;
        changeNext += v * moved;
      }
      values[i] += value;
      changes[i] += change;
      if (i + 1 < size) {
        values[i + 1] += valueNext;
        changes[i + 1] += changeNext;
      }
    }
  }
}
