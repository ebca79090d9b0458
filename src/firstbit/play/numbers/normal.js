/**
 * Normal and uniform numbers from 32 random bits each.
 *
 * Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2010.
 */

import { fused, logarithm } from "./single.js";

const single = Math.fround;

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
const BELOW_HALF = 0.5 - 2 ** -25;

/**
 * Return a standard normal number, sqrt(2) erfinv(x), odd in the sign of the bits.
 *
 * With w = -log(1 - x^2): erfinv(x) = x p(w), one polynomial for w < 5 and one in
 * sqrt(w) beyond.
 */
export function normal(bits) {
  const end = distanceFromEnd(bits);
  const product = single(4 * end * single(1 - end));
  const w = -logarithm(product);
  const ratio =
    w < 5
      ? polynomial(CENTRE, single(w - 2.5))
      : polynomial(TAIL, single(single(Math.sqrt(w)) - 3));
  const x = single(1 - 2 * end);
  const size = single(single(ROOT_OF_TWO * x) * ratio);
  return signed(bits, size);
}

/** Return a uniform number on (-1, 1), odd in the sign of the bits. */
export function symmetricUniform(bits) {
  const size = Math.min(single(1 - 2 * distanceFromEnd(bits)), BELOW_ONE);
  return signed(bits, size);
}

/** Return half the distance of |x| from 1. */
function distanceFromEnd(bits) {
  const whole = bits | 0;
  const steps = whole < 0 ? ~whole : whole;
  const distance = single(single(steps) + 0.5) * 2 ** -32;
  return Math.min(distance, BELOW_HALF);
}

function signed(bits, size) {
  return (bits | 0) < 0 ? -size : size;
}

/** Evaluate a polynomial, its highest coefficient first, by Horner's rule. */
function polynomial(coefficients, x) {
  let total = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) {
    total = fused(total, x, coefficients[i]);
  }
  return total;
}
