/** Gates: the field of each unit, U x + W h + b, for two words at once. */

import { matrix } from "./weights.js";

/** The words are over two letters, 0 and 1. */
const NUM_LETTERS = 2;

/** Units that are summed together: each entry of the state is fetched once for them. */
const TOGETHER = 4;

/** Gates of a cell that see the same state. */
export class Gates {
  /**
   * @param {number} size units of each gate.
   * @param {number[]} biases one for each gate, added to its fields.
   * @param {number} first number of the first U in the cell; its W, the next U, ... follow.
   * @param {boolean} seesState whether there are W.
   */
  constructor(size, biases, first, seesState) {
    const rows = Math.ceil((biases.length * size) / TOGETHER) * TOGETHER;
    Object.assign(this, { size, biases, first });
    this.U = new Float64Array(size * NUM_LETTERS);
    this.W = seesState ? new Float64Array(size * size) : null;
    this.inputs = Array.from({ length: NUM_LETTERS }, () => new Float64Array(rows));
    // Entries of four rows beside each other, column by column; rows beyond are zero.
    this.recurrent = new Float64Array(seesState ? rows * size : 0);
    this.values = new Float64Array(rows);
    this.changes = new Float64Array(rows);
  }

  /** Return values and changes of the units of one gate. */
  gate(number) {
    const ends = [number * this.size, (number + 1) * this.size];
    return { values: this.values.subarray(...ends), changes: this.changes.subarray(...ends) };
  }

  /** Draw the weights of a net: U (unit, letter) and W (unit, unit) of each gate. */
  draw(key, law) {
    const { size, first, biases, U, W } = this;
    const step = W === null ? 1 : 2;
    for (let gate = 0; gate < biases.length; gate++) {
      const number = first + gate * step;
      matrix(key, number, size, NUM_LETTERS, law, U);
      this.takeInputs(gate * size);
      if (W === null) continue;
      matrix(key, number + 1, size, size, law, W);
      this.takeRecurrent(gate * size);
    }
  }

  takeInputs(row) {
    const { size, U, inputs } = this;
    for (let i = 0; i < size; i++) {
      inputs[0][row + i] = U[NUM_LETTERS * i];
      inputs[1][row + i] = U[NUM_LETTERS * i + 1];
    }
  }

  takeRecurrent(row) {
    const { size, W, recurrent } = this;
    for (let i = 0; i < size; i++) {
      const inside = (row + i) % TOGETHER;
      const begin = (row + i - inside) * size + inside;
      for (let j = 0; j < size; j++) recurrent[begin + TOGETHER * j] = W[i * size + j];
    }
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
    this.readLetters(a, b);
    if (this.W !== null) addProducts(this, h, d);
  }

  readLetters(a, b) {
    const { size, biases, values, changes } = this;
    const here = this.inputs[a];
    const there = this.inputs[b];
    for (let gate = 0; gate < biases.length; gate++) {
      const bias = biases[gate];
      const end = (gate + 1) * size;
      for (let i = gate * size; i < end; i++) {
        values[i] = here[i] + bias;
        changes[i] = there[i] - here[i];
      }
    }
  }
}

/** Add W h to the values, and W d to the changes. */
function addProducts({ size, recurrent, values, changes }, h, d) {
  let at = 0;
  for (let i = 0; i < values.length; i += TOGETHER) {
    let v0 = 0;
    let v1 = 0;
    let v2 = 0;
    let v3 = 0;
    let c0 = 0;
    let c1 = 0;
    let c2 = 0;
    let c3 = 0;
    for (let j = 0; j < size; j++, at += TOGETHER) {
      const here = h[j];
      const moved = d[j];
      const w0 = recurrent[at];
      const w1 = recurrent[at + 1];
      const w2 = recurrent[at + 2];
      const w3 = recurrent[at + 3];
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
}
