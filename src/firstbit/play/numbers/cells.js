/**
 * The cells: random nets that read two words side by side.
 *
 * A net has `h`, the state of the first word, and `d`, how far the state of the second
 * word is from it. `draw(key)` gives it the weights of that key, `read(a, b)` reads one
 * letter of each word. A product moves by
 * x' y' - x y = x dy + dx (y + dy), without subtraction.
 */

import { ACTIVATIONS, logistic, tanh } from "./differences.js";
import { Gates } from "./gates.js";

/** What all cells share: gates with random weights, and a state that starts at zero. */
class Cell {
  constructor(size, law) {
    this.size = size;
    this.law = law;
    this.gates = [];
    this.h = new Float64Array(size);
    this.d = new Float64Array(size);
  }

  /** Arrays of the state: those of the first word and of the change in turn. */
  get state() {
    return [this.h, this.d];
  }

  /** Return a copy of the state. */
  saved() {
    return this.state.map((array) => array.slice());
  }

  /** Go on from a copy. */
  restore(saved) {
    this.state.forEach((array, i) => array.set(saved[i]));
  }

  /** Keep the state in a copy that is there already. */
  store(saved) {
    this.state.forEach((array, i) => saved[i].set(array));
  }

  /** Begin anew, with other weights. */
  draw(key) {
    for (const gate of this.gates) gate.draw(key, this.law);
    for (const array of this.state) array.fill(0);
    return this;
  }

  /** Make gates, the next of the cell's, with these biases. */
  addGates(biases, seesState = true) {
    const before = this.gates.reduce((sum, { biases }) => sum + biases.length, 0);
    const first = before * (seesState ? 2 : 1);
    const made = new Gates(this.size, biases, first, seesState);
    this.gates.push(made);
    return made;
  }
}

/** h = f(U x + W h), the paper's equation (1). */
export class Vanilla extends Cell {
  constructor(size, { law, activation }) {
    super(size, law);
    this.field = this.addGates([0]);
    this.unit = this.field.gate(0);
    this.activation = ACTIVATIONS[activation];
  }

  read(a, b) {
    const { field, unit } = this;
    field.read(a, b, this.h, this.d);
    this.activation(unit.values, unit.changes);
    this.h.set(unit.values);
    this.d.set(unit.changes);
  }
}

/**
 * The gated recurrent unit, with the reset before the recurrent product:
 *
 *     z = f(U_z x + W_z h + bias),    r = f(U_r x + W_r h),
 *     c = tanh(U_h x + W_h (h r)),    h = (1 - z) c + z h.
 */
export class GRU extends Cell {
  constructor(size, { law, bias }) {
    super(size, law);
    this.both = this.addGates([bias, 0]);
    this.z = this.both.gate(0);
    this.r = this.both.gate(1);
    this.candidate = this.addGates([0]);
    this.kept = new Float64Array(size);
    this.keptChange = new Float64Array(size);
  }

  read(a, b) {
    const { h, d, both, candidate } = this;
    both.read(a, b, h, d);
    logistic(both.values, both.changes);
    this.reset();
    candidate.read(a, b, this.kept, this.keptChange);
    tanh(candidate.values, candidate.changes);
    this.mix();
  }

  /** Multiply the state by the reset gate. */
  reset() {
    const { h, d, r, kept, keptChange } = this;
    for (let i = 0; i < h.length; i++) {
      const there = r.values[i] + r.changes[i];
      kept[i] = h[i] * r.values[i];
      keptChange[i] = h[i] * r.changes[i] + d[i] * there;
    }
  }

  /** h = (1 - z) c + z h. */
  mix() {
    const { h, d, z, candidate } = this;
    for (let i = 0; i < h.length; i++) {
      const keep = z.values[i];
      const dKeep = z.changes[i];
      const c = candidate.values[i];
      const dc = candidate.changes[i];
      const ofCandidate = (1 - keep) * dc - dKeep * (c + dc);
      const ofState = keep * d[i] + dKeep * (h[i] + d[i]);
      h[i] = (1 - keep) * c + keep * h[i];
      d[i] = ofCandidate + ofState;
    }
  }
}

/**
 * Long short-term memory with a forget gate; its state is the pair (h, c):
 *
 *     i, f, o = f(U x + W h), f with the bias,    g = tanh(U x + W h),
 *     c = f c + i g,    h = o tanh(c).
 */
export class LSTM extends Cell {
  constructor(size, { law, bias }) {
    super(size, law);
    this.all = this.addGates([0, bias, 0, 0]);
    [this.i, this.f, this.g, this.o] = [0, 1, 2, 3].map((number) => this.all.gate(number));
    this.c = new Float64Array(size);
    this.dc = new Float64Array(size);
    this.out = new Float64Array(size);
    this.outChange = new Float64Array(size);
  }

  get state() {
    return [this.h, this.d, this.c, this.dc];
  }

  read(a, b) {
    const { h, d, i, f, g, o } = this;
    this.all.read(a, b, h, d);
    for (const gate of [i, f, o]) logistic(gate.values, gate.changes);
    tanh(g.values, g.changes);
    this.keepAndAdd();
    this.giveOut();
  }

  /** c = f c + i g. */
  keepAndAdd() {
    const { c, dc, i, f, g } = this;
    for (let n = 0; n < c.length; n++) {
      const kept = f.values[n] * dc[n] + f.changes[n] * (c[n] + dc[n]);
      const there = g.values[n] + g.changes[n];
      const added = i.values[n] * g.changes[n] + i.changes[n] * there;
      c[n] = f.values[n] * c[n] + i.values[n] * g.values[n];
      dc[n] = kept + added;
    }
  }

  /** h = o tanh(c). */
  giveOut() {
    const { h, d, c, dc, o, out, outChange } = this;
    out.set(c);
    outChange.set(dc);
    tanh(out, outChange);
    for (let n = 0; n < h.length; n++) {
      h[n] = o.values[n] * out[n];
      d[n] = o.values[n] * outChange[n] + o.changes[n] * (out[n] + outChange[n]);
    }
  }
}

/**
 * The minimal GRU, whose gates see the input alone:
 *
 *     z = f(U_z x - bias),    h = (1 - z) h + z U_h x.
 *
 * The bias is subtracted, so that more of it keeps more, as in the other cells.
 */
export class MinGRU extends Cell {
  constructor(size, { law, bias }) {
    super(size, law);
    this.both = this.addGates([-bias, 0], false);
    this.z = this.both.gate(0);
    this.candidate = this.both.gate(1);
  }

  read(a, b) {
    const { h, d, z, candidate } = this;
    this.both.read(a, b, h, d);
    logistic(z.values, z.changes);
    for (let i = 0; i < h.length; i++) {
      const take = z.values[i];
      const dTake = z.changes[i];
      const c = candidate.values[i];
      const dc = candidate.changes[i];
      const ofState = (1 - take) * d[i] - dTake * (h[i] + d[i]);
      const ofCandidate = take * dc + dTake * (c + dc);
      h[i] = (1 - take) * h[i] + take * c;
      d[i] = ofState + ofCandidate;
    }
  }
}

/** Name in the library's catalogue -> the cell, and what it has. */
export const CELLS = {
  vanilla: { make: Vanilla, label: "Vanilla", gates: 1, hasBias: false },
  gru: { make: GRU, label: "GRU", gates: 3, hasBias: true },
  lstm: { make: LSTM, label: "LSTM", gates: 4, hasBias: true },
  mingru: { make: MinGRU, label: "minGRU", gates: 0, hasBias: true },
};

/** Return a net that has no weights yet: `draw` gives it those of the library. */
export function net({ cell, size, ...options }) {
  const Kind = CELLS[cell].make;
  return new Kind(size, options);
}
