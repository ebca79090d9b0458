/**
 * What the exponential function is made of, to be compiled into loops that need it.
 *
 * With x = n ln 2 + r: e^x = 2^n e^r. `Math.exp` and `Math.expm1` are calls, and each
 * does this anew; their results are the same but for the last digit.
 */

const STEPS = 1 / Math.LN2;
const LN2_HIGH = 6.9314718036912382e-1;
const LN2_LOW = 1.9082149292705877e-10;

/** A number to which this is added, and from which it is taken, becomes whole. */
const WHOLE = 1.5 * 2 ** 52;

/** The largest n of a power of two. */
const LARGEST = 700;
const powers = Float64Array.from({ length: 2 * LARGEST + 1 }, (_, i) => 2 ** (i - LARGEST));

/** 1 / 2!, 1 / 3!, ...: a division takes longer than a product. */
const [F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12, F13] = [
  2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600, 6227020800,
].map((factorial) => 1 / factorial);

/** Return n: how many times ln 2 goes into x. */
export function wholeSteps(x) {
  return x * STEPS + WHOLE - WHOLE;
}

/** Return r: what n steps of ln 2 leave of x, at most half a step. */
export function restOf(x, n) {
  return x - n * LN2_HIGH - n * LN2_LOW;
}

/** Return 2^n of a whole number between -700 and 700. */
export function powerOfTwo(n) {
  return powers[n + LARGEST];
}

/** Return e^r - 1 where |r| < 0.35: Taylor's polynomial, whose rest is below 2^-55. */
export function growth(r) {
  const s = r * r;
  const q = s * s;
  const low = F2 + r * F3 + s * (F4 + r * F5);
  const middle = F6 + r * F7 + s * (F8 + r * F9);
  const high = F10 + r * F11 + s * (F12 + r * F13);
  return r + s * (low + q * (middle + q * high));
}
