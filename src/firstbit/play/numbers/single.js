/**
 * Arithmetic of single precision, as the library's compiled programs do it.
 *
 * A product and a sum are rounded once, together. So the random weights here are those
 * of the library, and not others that differ in the seventh digit.
 */

const single = Math.fround;

/** Return a b + c, rounded once to single precision. */
export function fused(a, b, c) {
  // The product of two numbers of 24 bits is exact; the sum may lose bits.
  const product = a * b;
  const sum = product + c;
  const near = single(sum);
  const rest = sum - near;
  const other = sum + rest;
  if (rest === 0 || single(other) !== other) return near;
  // The sum lies just between two single numbers: what it lost decides.
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (lost === 0) return near;
  return lost > 0 === rest > 0 ? other : near;
}

const bits = new Int32Array(1);
const number = new Float32Array(bits.buffer);

const LN2_HIGH = single(0.693359375);
const LN2_LOW = single(-2.12194440e-4);
const ROOT_OF_HALF = single(Math.SQRT1_2);
const [A0, A1, A2] = [7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1].map(single);
const [B0, B1, B2] = [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1].map(single);
const [C0, C1, C2] = [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1].map(single);

/**
 * Return the natural logarithm of a positive single number, in single precision.
 *
 * With x = 2^e m and m from sqrt(1/2) to sqrt(2): log x = e ln 2 + log m, and log m is
 * a polynomial of degree 9 in m - 1, in three parts (Cephes, `logf`).
 */
export function logarithm(x) {
  number[0] = x;
  let exponent = (bits[0] >>> 23) - 126;
  bits[0] = (bits[0] & 0x007fffff) | 0x3f000000;
  let rest = number[0] - 1;
  if (number[0] < ROOT_OF_HALF) {
    exponent -= 1;
    rest = single(rest + number[0]);
  }
  const square = single(rest * rest);
  const cube = single(square * rest);
  const first = fused(fused(rest, A0, A1), rest, A2);
  const second = fused(fused(rest, B0, B1), rest, B2);
  const third = fused(fused(rest, C0, C1), rest, C2);
  const upper = fused(first, cube, second);
  const whole = fused(upper, cube, third);
  const small = fused(whole, cube, single(LN2_LOW * exponent));
  const main = fused(-0.5, square, rest);
  return fused(LN2_HIGH, exponent, single(main + small));
}
