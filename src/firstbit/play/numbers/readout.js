/**
 * Does the state still tell the first bit? The best linear read-out is asked.
 *
 * One net reads many words: a first bit and a random suffix. On some of them a read-out
 * w h + b is fitted to the bit by least squares. On others its ridge is chosen, and on
 * others again, with a bit that it doesn't know, it is tested. The share of right
 * answers there is 50 % by guessing. Two states may be far apart and yet tell nothing:
 * where the suffix drives them about, no read-out finds the bit in them.
 */

import { net } from "./cells.js";
import { solve } from "./linear.js";
import { wilson } from "./statistics.js";
import { drawKey } from "./threefry.js";
import { hiddenBit, letterOfReadout } from "./words.js";

/** Suffixes; fitting and choosing take both words of each, testing one by a coin. */
export const NUM_FIT = 400;
export const NUM_CHOOSE = 100;
export const NUM_TEST = 1000;
const NUM_ALL = NUM_FIT + NUM_CHOOSE + NUM_TEST;

/** Ridges, in units of the variance of a standardised entry. */
const RIDGES = [1e-9, 1e-5, 1e-2];

/** Nets that are read between two looks at the clock. */
const AT_ONCE = 50;

/** A share of right answers above this tells something. */
export const MARGIN = 0.55;

/**
 * Yield, after each symbol, what the best read-out tells; null between two symbols.
 *
 * @returns {Generator} of {share, interval}, of the test words.
 */
export function* readoutCurve(settings, draw) {
  const key = drawKey(settings.seed, settings.size, draw);
  const one = net(settings).draw(key);
  const words = Array.from({ length: NUM_ALL }, () => one.saved());
  for (let t = 0; t < settings.length; t++) {
    for (let n = 0; n < NUM_ALL; n++) {
      readOn(one, words[n], key, n, t);
      if (n % AT_ONCE === AT_ONCE - 1) yield null;
    }
    yield tested(words, key, settings.size);
  }
}

/** Return what the best read-out tells after each symbol. */
export function curveOf(settings, draw) {
  return [...readoutCurve(settings, draw)].filter((told) => told !== null);
}

function readOn(one, word, key, n, t) {
  one.restore(word);
  if (t === 0) one.read(0, 1);
  else {
    const letter = letterOfReadout(key, n, t);
    one.read(letter, letter);
  }
  one.store(word);
}

/** Fit, choose and test a read-out of the states that all words have led to. */
function tested(words, key, size) {
  const fit = bothWords(words.slice(0, NUM_FIT));
  const choose = bothWords(words.slice(NUM_FIT, NUM_FIT + NUM_CHOOSE));
  const scale = standard(fit, size);
  const { matrix, right } = normalEquations(fit, scale);
  let best = { count: -1, weights: null };
  for (const ridge of RIDGES) {
    const weights = solve(matrix, right, ridge);
    const count = numRight(choose, weights, scale);
    if (count > best.count) best = { count, weights };
  }
  const test = words
    .slice(NUM_FIT + NUM_CHOOSE)
    .map((word, n) => oneWord(word, hiddenBit(key, NUM_FIT + NUM_CHOOSE + n)));
  const count = numRight(test, best.weights, scale);
  return { share: count / NUM_TEST, interval: wilson(count, NUM_TEST) };
}

/** Return the states of a pair of words; the sign of each is its first bit. */
function bothWords(pairs) {
  return pairs.flatMap((pair) => [oneWord(pair, 0), oneWord(pair, 1)]);
}

function oneWord([h, d], first) {
  const state = first ? h.map((entry, i) => entry + d[i]) : h;
  return { state, sign: first ? 1 : -1 };
}

/** Return mean and spread of each entry; an entry that never moves has spread 1. */
function standard(examples, size) {
  const mean = new Float64Array(size);
  const spread = new Float64Array(size);
  for (const { state } of examples) {
    for (let i = 0; i < size; i++) mean[i] += state[i] / examples.length;
  }
  for (const { state } of examples) {
    for (let i = 0; i < size; i++) {
      spread[i] += (state[i] - mean[i]) ** 2 / examples.length;
    }
  }
  for (let i = 0; i < size; i++) spread[i] = Math.sqrt(spread[i]) || 1;
  return { mean, spread };
}

/** Return X'X / n and X'y / n of standardised states X and signs y. */
function normalEquations(examples, { mean, spread }) {
  const size = mean.length;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size);
  for (const { state, sign } of examples) {
    for (let i = 0; i < size; i++) row[i] = (state[i] - mean[i]) / spread[i];
    for (let i = 0; i < size; i++) {
      right[i] += row[i] * sign;
      const at = i * size;
      for (let j = 0; j <= i; j++) matrix[at + j] += row[i] * row[j];
    }
  }
  const share = 1 / examples.length;
  return {
    matrix: matrix.map((entry) => entry * share),
    right: right.map((entry) => entry * share),
  };
}

/** Count the words whose bit the read-out tells; where it says nothing, it says 0. */
function numRight(examples, weights, { mean, spread }) {
  let count = 0;
  for (const { state, sign } of examples) {
    let answer = 0;
    for (let i = 0; i < mean.length; i++) {
      answer += (weights[i] * (state[i] - mean[i])) / spread[i];
    }
    if (answer > 0 === sign > 0) count += 1;
  }
  return count;
}
