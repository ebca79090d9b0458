/**
 * What the exponential function is made of, to be compiled into loops that need it.
 *
 * With x = n ln 2 / 16 + r: e^x = 2^(n/16) e^r, a table times a short polynomial.
 * `Math.exp` and `Math.expm1` are calls, and each does this anew; their results are the
 * same but for the last digit.
 */

const PARTS = 16;
const STEPS = PARTS / Math.LN2;
const LN2_HIGH = 6.9314718036912382e-1 / PARTS;
const LN2_LOW = 1.9082149292705877e-10 / PARTS;

/** A number to which this is added, and from which it is taken, becomes whole. */
const WHOLE = 1.5 * 2 ** 52;

/** The largest n: e^x is between 1e-200 and 1e200. */
const LARGEST = 665 * PARTS;

/** 2^(n/16), and 2^(n/16) - 1, which keeps its digits near n = 0. */
const powers = new Float64Array(2 * LARGEST + 1);
const lessOne = new Float64Array(2 * LARGEST + 1);

function fillTables() {
  const parts = Array.from({ length: PARTS }, (_, part) => 2 ** (part / PARTS));
  for (let n = -LARGEST; n <= LARGEST; n++) {
    const power = parts[n & (PARTS - 1)] * 2 ** (n >> 4);
    powers[n + LARGEST] = power;
    lessOne[n + LARGEST] = power - 1;
  }
  for (let n = -PARTS; n <= PARTS; n++) {
    lessOne[n + LARGEST] = Math.expm1((n / PARTS) * Math.LN2);
  }
}

fillTables();

/** 1 / 2!, 1 / 3!, ...: a division takes longer than a product. */
const [F2, F3, F4, F5, F6, F7] = [2, 6, 24, 120, 720, 5040].map((factorial) => 1 / factorial);

/** Return n: how many sixteenths of ln 2 go into x. */
export function wholeSteps(x) {
  return x * STEPS + WHOLE - WHOLE;
}

/** Return r: what n steps leave of x, at most half a step. */
export function restOf(x, n) {
  return x - n * LN2_HIGH - n * LN2_LOW;
}

/** Return 2^(n/16). */
export function power(n) {
  return powers[n + LARGEST];
}

/** Return 2^(n/16) - 1. */
export function powerLessOne(n) {
  return lessOne[n + LARGEST];
}

/** Return e^r - 1 where |r| < 0.022: Taylor's polynomial, whose rest is below 2^-53. */
export function growth(r) {
  const s = r * r;
  return r + s * (F2 + r * F3 + s * (F4 + r * F5 + s * (F6 + r * F7)));
}
