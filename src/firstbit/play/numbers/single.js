/**
 * Arithmetic of single precision, as the library's compiled programs do it.
 *
 * A product and a sum are rounded once, together. So the random weights here are those
 * of the library, and not others that differ in the seventh digit.
 *
 * Functions take the first `count` numbers of arrays, and each does little with all of
 * them: engines of JavaScript make that several times faster than much with each.
 */

const single = Math.fround;

/** Numbers that are computed together, at most: their arrays stay near the processor. */
export const TOGETHER = 256;

/** Return a b + c, rounded once to single precision. */
export function fused(a, b, c) {
  // The product of two numbers of 24 bits is exact; the sum may lose bits.
  const sum = a * b + c;
  const near = single(sum);
  const other = sum + (sum - near);
  return single(other) === other ? decided(a, b, c, near) : near;
}

/** Return the same, where the sum may lie just between two single numbers. */
function decided(a, b, c, near) {
  const product = a * b;
  const sum = product + c;
  if (sum === near) return near;
  // What the sum lost decides.
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (lost === 0) return near;
  return lost > 0 === sum > near ? sum + (sum - near) : near;
}

/**
 * Put (a x + b) x + c of each x into `into`; without `a`, that of what is there.
 *
 * @param {Float32Array} into
 * @param {Float32Array} x
 */
export function twoSteps(into, x, b, c, count) {
  for (let i = 0; i < count; i++) into[i] = fused(fused(into[i], x[i], b), x[i], c);
}

const LN2_HIGH = single(0.693359375);
const LN2_LOW = single(-2.12194440e-4);
/** Bits of 1 and of the root of 1/2 as single numbers, and those of a fraction. */
const ONE = 0x3f800000;
const ROOT_OF_HALF = 0x3f3504f3;
const FRACTION = 0x007fffff;

const [rest, cube, first, second, third] = Array.from(
  { length: 5 },
  () => new Float32Array(TOGETHER),
);
const PARTS = [
  [first, [7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1].map(single)],
  [second, [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1].map(single)],
  [third, [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1].map(single)],
];
const bits = new Int32Array(rest.buffer);
const exponents = new Int32Array(TOGETHER);

/**
 * Replace positive numbers by their natural logarithms.
 *
 * With x = 2^e m and m from sqrt(1/2) to sqrt(2): log x = e ln 2 + log m, and log m is
 * a polynomial of degree 9 in m - 1, in three parts (Cephes, `logf`).
 *
 * @param {Float32Array} numbers
 */
export function logarithms(numbers, count) {
  rest.set(numbers);
  split(count);
  for (const [part, powers] of PARTS) quadratic(part, powers, count);
  joinParts(count);
  addExponents(numbers, count);
}

/** Put the whole polynomial, without the two lowest powers, into `third`. */
function joinParts(count) {
  for (let i = 0; i < count; i++) {
    const upper = fused(first[i], cube[i], second[i]);
    third[i] = fused(upper, cube[i], third[i]);
  }
}

function addExponents(numbers, count) {
  for (let i = 0; i < count; i++) {
    const exponent = exponents[i];
    const small = fused(third[i], cube[i], single(LN2_LOW * exponent));
    const main = fused(-0.5, single(rest[i] * rest[i]), rest[i]);
    numbers[i] = fused(LN2_HIGH, exponent, single(main + small));
  }
}

/** Split numbers into exponents and m - 1, which stays in `rest`. */
function split(count) {
  for (let i = 0; i < count; i++) {
    // No branch: which half of an octave a number lies in can't be guessed.
    const moved = bits[i] + (ONE - ROOT_OF_HALF);
    exponents[i] = (moved >> 23) - 127;
    bits[i] = (moved & FRACTION) + ROOT_OF_HALF;
    rest[i] -= 1;
    cube[i] = single(rest[i] * rest[i]) * rest[i];
  }
}

/** Put (a x + b) x + c of each x in `rest` into an array. */
function quadratic(into, [a, b, c], count) {
  into.fill(a);
  twoSteps(into, rest, b, c, count);
}
