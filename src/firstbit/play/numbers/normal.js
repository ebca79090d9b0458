/**
 * Normal and uniform numbers from 32 random bits each, many at once.
 *
 * Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2010.
 */

import { TOGETHER, logarithms, polynomial, polynomials } from "./single.js";

const single = Math.fround;

/** The polynomials, the highest power first. */
const CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4,
  -1.25372503e-3, -4.17768164e-3, 0.246640727, 1.50140941,
].map(single);
const TAIL = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3,
  -7.6224613e-3, 9.43887047e-3, 1.00167406, 2.83297682,
].map(single);
const ROOT_OF_TWO = single(Math.SQRT2);
const BELOW_ONE = 1 - 2 ** -24;

/** The largest steps of 2^-32 that are below 1/2 as a single number. */
const MOST_STEPS = 2 ** 31 - 2 ** 7;

const [sizes, logs, moved, ratios] = Array.from(
  { length: 4 },
  () => new Float32Array(TOGETHER),
);

/**
 * Draw standard normal numbers, sqrt(2) erfinv(x), odd in the sign of the bits.
 *
 * With w = -log(1 - x^2): erfinv(x) = x p(w), one polynomial for w < 5 and one in
 * sqrt(w) beyond.
 *
 * @param {Int32Array} bits at least as many as `drawn`.
 * @param {number} scale times which each number is taken.
 * @param {Float64Array} drawn
 */
export function normals(bits, scale, drawn) {
  for (let from = 0; from < drawn.length; from += TOGETHER) {
    const count = Math.min(TOGETHER, drawn.length - from);
    readBits(bits, from, count);
    logarithms(logs, count);
    findRatios(count);
    for (let i = 0; i < count; i++) {
      const size = single(single(ROOT_OF_TWO * sizes[i]) * ratios[i]);
      drawn[from + i] = ((bits[from + i] >> 31) | 1) * size * scale;
    }
  }
}

/** Put |x| into `sizes`, and 1 - x^2 into `logs`. */
function readBits(bits, from, count) {
  for (let i = 0; i < count; i++) {
    const here = bits[from + i];
    const steps = Math.min(here ^ (here >> 31), MOST_STEPS);
    const fromEnd = single(single(steps) + 0.5) * 2 ** -32;
    sizes[i] = 1 - 2 * fromEnd;
    logs[i] = 4 * fromEnd * single(1 - fromEnd);
  }
}

/** Evaluate the polynomials; one number in 150 lies in the tail. */
function findRatios(count) {
  for (let i = 0; i < count; i++) moved[i] = -logs[i] - 2.5;
  polynomials(ratios, moved, CENTRE, count);
  for (let i = 0; i < count; i++) if (logs[i] <= -5) ratios[i] = tail(-logs[i]);
}

function tail(w) {
  return polynomial(single(single(Math.sqrt(w)) - 3), TAIL);
}

/** Draw uniform numbers on (-1, 1), odd in the sign of the bits, as `normals` does. */
export function symmetricUniforms(bits, scale, drawn) {
  for (let from = 0; from < drawn.length; from += TOGETHER) {
    const count = Math.min(TOGETHER, drawn.length - from);
    readBits(bits, from, count);
    for (let i = 0; i < count; i++) {
      const size = Math.min(sizes[i], BELOW_ONE);
      drawn[from + i] = ((bits[from + i] >> 31) | 1) * size * scale;
    }
  }
}
