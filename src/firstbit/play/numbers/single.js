/**
 * Arithmetic of single precision, as the library's compiled programs do it.
 *
 * A product and a sum are rounded once, together. So the random weights here are those
 * of the library, and not others that differ in the seventh digit.
 *
 * Such a sum is first rounded to 53 bits. Three of 100,000 then lie halfway between two
 * single numbers, and what they have lost decides. To ask this of each in turn is slow:
 * all sums are kept and looked through, and those few numbers are computed anew.
 */

const single = Math.fround;

/** Numbers that are computed together, at most: their arrays stay near the processor. */
export const TOGETHER = 256;

/** Sums that are kept of each number. */
const KEPT = 9;

/** Sums of 53 bits, and their halves: browsers run where the lower comes first. */
const sums = new Float64Array(KEPT * TOGETHER);
const halves = new Int32Array(sums.buffer);

/** Single precision drops the last 29 bits: what shifts them to the top of a half. */
const KEPT_BITS = 3;

/** Of a half that is shifted so, where it lies halfway: the first bit, and no other. */
const HALFWAY = -(2 ** 31);

/** Return the numbers of which a sum, of these or of earlier ones, lies halfway. */
function halfway(count) {
  const found = [];
  const end = 2 * KEPT * count;
  for (let i = 0; i < end; i += 2) {
    if (halves[i] << KEPT_BITS === HALFWAY) found.push(Math.floor(i / (2 * KEPT)));
  }
  return found;
}

/** Return a b + c, rounded once to single precision. */
function fused(a, b, c) {
  // The product of two numbers of 24 bits is exact.
  const product = a * b;
  const sum = product + c;
  const near = single(sum);
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  const other = sum + (sum - near);
  const isHalfway = sum !== near && single(other) === other;
  if (!isHalfway || lost === 0) return near;
  return lost > 0 === sum > near ? other : near;
}

/** Return a polynomial by Horner's rule, of coefficients from the highest power's on. */
export function polynomial(x, coefficients) {
  let total = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) total = fused(total, x, coefficients[i]);
  return total;
}

/**
 * Put a polynomial of degree 8 of the first `count` numbers into an array.
 *
 * @param {Float32Array} into
 * @param {Float32Array} x
 * @param {number[]} coefficients nine, the highest power's first.
 */
export function polynomials(into, x, coefficients, count) {
  const [c8, c7, c6, c5, c4, c3, c2, c1, c0] = coefficients;
  for (let i = 0; i < count; i++) {
    const here = x[i];
    const s7 = c8 * here + c7;
    const s6 = single(s7) * here + c6;
    const s5 = single(s6) * here + c5;
    const s4 = single(s5) * here + c4;
    const s3 = single(s4) * here + c3;
    const s2 = single(s3) * here + c2;
    const s1 = single(s2) * here + c1;
    const s0 = single(s1) * here + c0;
    into[i] = s0;
    const at = KEPT * i;
    sums[at] = s7;
    sums[at + 1] = s6;
    sums[at + 2] = s5;
    sums[at + 3] = s4;
    sums[at + 4] = s3;
    sums[at + 5] = s2;
    sums[at + 6] = s1;
    sums[at + 7] = s0;
  }
  for (const i of halfway(count)) into[i] = polynomial(x[i], coefficients);
}

const LN2_HIGH = single(0.693359375);
const LN2_LOW = single(-2.12194440e-4);
/** Bits of 1 and of the root of 1/2 as single numbers, and those of a fraction. */
const ONE = 0x3f800000;
const ROOT_OF_HALF = 0x3f3504f3;
const FRACTION = 0x007fffff;

/** The polynomial of log m, in three parts. */
const PARTS = [
  [7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1].map(single),
  [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1].map(single),
  [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1].map(single),
];

const rest = new Float32Array(TOGETHER);
const upper = new Float32Array(TOGETHER);
const bits = new Int32Array(rest.buffer);
const exponents = new Int32Array(TOGETHER);

/**
 * Replace the first `count` positive numbers by their natural logarithms.
 *
 * With x = 2^e m and m from sqrt(1/2) to sqrt(2): log x = e ln 2 + log m, and log m is
 * a polynomial of degree 9 in m - 1 (Cephes, `logf`).
 *
 * @param {Float32Array} numbers
 */
export function logarithms(numbers, count) {
  rest.set(numbers);
  split(count);
  findUpper(count);
  for (const i of halfway(count)) upper[i] = upperOf(i);
  for (let i = 0; i < count; i++) {
    // These products are exact.
    const main = single(rest[i] - 0.5 * single(rest[i] * rest[i]));
    numbers[i] = LN2_HIGH * exponents[i] + single(main + upper[i]);
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
  }
}

/** Put all powers above the second, and the small part of e ln 2, into `upper`. */
function findUpper(count) {
  const [[a2, a1, a0], [b2, b1, b0], [c2, c1, c0]] = PARTS;
  for (let i = 0; i < count; i++) {
    const x = rest[i];
    const cube = single(single(x * x) * x);
    const first = a2 * x + a1;
    const second = b2 * x + b1;
    const third = c2 * x + c1;
    const wholeFirst = single(first) * x + a0;
    const wholeSecond = single(second) * x + b0;
    const wholeThird = single(third) * x + c0;
    const two = single(wholeFirst) * cube + single(wholeSecond);
    const three = single(two) * cube + single(wholeThird);
    const all = single(three) * cube + single(LN2_LOW * exponents[i]);
    upper[i] = all;
    const at = KEPT * i;
    sums[at] = first;
    sums[at + 1] = second;
    sums[at + 2] = third;
    sums[at + 3] = wholeFirst;
    sums[at + 4] = wholeSecond;
    sums[at + 5] = wholeThird;
    sums[at + 6] = two;
    sums[at + 7] = three;
    sums[at + 8] = all;
  }
}

/** Return the same of one number, each sum with care. */
function upperOf(i) {
  const x = rest[i];
  const cube = single(single(x * x) * x);
  const parts = PARTS.map((coefficients) => polynomial(x, coefficients));
  return polynomial(cube, [...parts, single(LN2_LOW * exponents[i])]);
}
