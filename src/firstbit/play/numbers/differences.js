/**
 * Functions of a unit, at x and at x + d, without subtraction.
 *
 * Two states that approach each other agree in ever more digits, and below 1e-16 their
 * difference is rounding. So the difference itself is carried on, by an identity of each
 * function, and keeps its own digits down to 1e-300. Each function here works in place:
 * x becomes f(x), and d becomes f(x + d) - f(x).
 */

import { growth, power, powerLessOne, restOf, wholeSteps } from "./exponential.js";

const LARGEST = 230;

/** The smallest number that has all its digits. */
const SMALLEST = 2 ** -1022;

/**
 * The logistic function, f(x) = 1 / (1 + e^-x).
 *
 * With e = e^-x: f(x + d) - f(x) = -e (e^-d - 1) / ((1 + e) (1 + e e^-d)).
 */
export function logistic(values, changes) {
  for (let i = 0; i < values.length; i++) logisticAt(values, changes, i);
}

function logisticAt(values, changes, i) {
  // Beyond 230 the function is flat to 1e-100: x and x + d are clipped there.
  const near = clipped(values[i], -LARGEST, LARGEST);
  const moved = changes[i] + (values[i] - near);
  const step = clipped(moved, -LARGEST - near, LARGEST - near);
  const n = wholeSteps(-near);
  const e = power(n) * (1 + growth(restOf(-near, n)));
  const m = wholeSteps(-step);
  const grown = power(m) * growth(restOf(-step, m));
  const here = 1 + e;
  const there = 1 + e * (power(m) + grown);
  const share = 1 / (here * there);
  values[i] = there * share;
  changes[i] = -e * (powerLessOne(m) + grown) * share;
}

function clipped(x, least, most) {
  if (x < least) return least;
  return x > most ? most : x;
}

/** The hyperbolic tangent, by the logistic function f: 2 f(2x) - 1. */
export function tanh(values, changes) {
  for (let i = 0; i < values.length; i++) {
    values[i] *= 2;
    changes[i] *= 2;
    logisticAt(values, changes, i);
    values[i] = 2 * values[i] - 1;
    changes[i] *= 2;
  }
}

/** The larger of x and 0: d, 0, or what of d lies above 0. */
export function relu(values, changes) {
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    const there = x + changes[i];
    const isOpen = x >= 0;
    const opens = there >= 0;
    const jump = (opens ? x : 0) - (isOpen ? x : 0);
    changes[i] = (opens ? changes[i] : 0) + jump;
    values[i] = isOpen ? x : 0;
  }
}

/** The sine: 2 cos(x + d/2) sin(d/2). */
export function sin(values, changes) {
  for (let i = 0; i < values.length; i++) {
    const half = changes[i] / 2;
    changes[i] = 2 * Math.cos(values[i] + half) * Math.sin(half);
    values[i] = Math.sin(values[i]);
  }
}

/** The identity: x and d stay. */
export function identity() {}

/** Name of an activation, as the library's Vanilla cell takes it -> the function. */
export const ACTIVATIONS = { logistic, tanh, relu, sin, identity };

/**
 * Return the Euclidean norm of the changes, without underflow.
 *
 * They are divided by the largest before they are squared.
 */
export function norm(changes) {
  let largest = 0;
  for (let i = 0; i < changes.length; i++) {
    largest = Math.max(largest, Math.abs(changes[i]));
  }
  // What is smaller has lost its digits: the library, too, takes it for 0.
  if (largest < SMALLEST) return 0;
  const scale = 1 / largest;
  let total = 0;
  for (let i = 0; i < changes.length; i++) {
    const share = changes[i] * scale;
    total += share * share;
  }
  return largest * Math.sqrt(total);
}
