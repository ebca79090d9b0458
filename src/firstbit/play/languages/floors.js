/**
 * What forgetting costs: the least expected loss of a predictor of limited memory.
 *
 * A predictor that can't tell the states of a class C apart does best with their mean
 * next-output distribution P_C, and loses A_C (1 - |P_C|^2) in squared error, where A_C
 * is the expected number of visits to the class. All floors are a word, and exact.
 */

import { LanguageError, shown } from "./errors.js";
import { nextOutput, predicts } from "./language.js";
import { expectedVisits, visitsAfterASymbol } from "./visits.js";

/** Weights that one set of classes may have in the page. */
const MOST_WEIGHTS = 200_000;

/** Windows that a word shows more rarely than this cost nothing. */
const NEGLIGIBLE = 1e-30;

/** Mixtures of states that agree to this many decimals are one. */
const DECIMALS = 12;

/** Windows are too many for the page; those up to `fits` symbols are not. */
export class TooLong extends LanguageError {
  constructor(language, fits) {
    super(
      `windows of up to ${fits} symbols of '${shown(language.name)}' fit into this ` +
        "page; the library bears more.",
    );
    this.fits = fits;
  }
}

/** Return the least expected loss a word if the state is known. */
export function fullFloor(language) {
  const visits = visitsAfterASymbol(language);
  const classes = [...visits].map((weight, q) => new Map([[q, weight]]));
  return classLoss(language, classes);
}

/**
 * Return the least expected loss a word if the states of a block look the same.
 *
 * @param {number[]} blockOf the number of each state's block.
 */
export function mergedFloor(language, blockOf) {
  const blocks = new Map();
  visitsAfterASymbol(language).forEach((weight, q) => {
    if (!blocks.has(blockOf[q])) blocks.set(blockOf[q], new Map());
    blocks.get(blockOf[q]).set(q, weight);
  });
  return classLoss(language, [...blocks.values()]);
}

/**
 * Return the window floors F_0, F_1, ..., F_m: only the last m symbols are seen.
 *
 * A class maps states to the expected number of times a word that a predictor has seen
 * this window while the automaton was in that state. Windows that leave the same mixture
 * of states are added up. A shorter prefix is seen as such: it determines the state.
 *
 * @throws {TooLong} the windows are too many for the page.
 */
export function windowFloors(language, longest) {
  const counts = predicts(language);
  const without = (weights) => weights.map((weight, q) => (counts[q] ? weight : 0));
  const floors = [classLoss(language, [asClass(without(visitsAfterASymbol(language)))])];
  let classes = [asClass(expectedVisits(language))];
  let after = new Map([[0, 1]]);
  const shorter = new Float64Array(language.edges.length);
  for (let window = 1; window <= longest; window++) {
    classes = merged(extended(language, classes, window), counts);
    const known = [...without(shorter)].map((weight, q) => new Map([[q, weight]]));
    floors.push(classLoss(language, [...classes, ...known]));
    after = movedBy(language, after);
    for (const [q, weight] of after) shorter[q] += weight;
  }
  return floors;
}

function asClass(weights) {
  return new Map([...weights.entries()].filter(([, weight]) => weight > 0));
}

/** Return the weights after any one symbol. */
function movedBy(language, weights) {
  const found = new Map();
  for (const [q, weight] of weights) {
    for (const target of language.edges[q].values()) {
      add(found, target, weight * language.choice[q]);
    }
  }
  return found;
}

/** Return the classes of windows one symbol longer: each class, by each symbol. */
function extended(language, classes, window) {
  const found = [];
  let number = 0;
  for (const weights of classes) {
    const bySymbol = new Map();
    for (const [q, weight] of weights) {
      for (const [symbol, target] of language.edges[q]) {
        if (!bySymbol.has(symbol)) bySymbol.set(symbol, new Map());
        add(bySymbol.get(symbol), target, weight * language.choice[q]);
        number += 1;
      }
    }
    if (number > MOST_WEIGHTS) throw new TooLong(language, window - 1);
    found.push(...bySymbol.values());
  }
  return found;
}

function add(weights, q, weight) {
  weights.set(q, (weights.get(q) ?? 0) + weight);
}

/** Add up classes that are multiples of each other; leave out states that end. */
function merged(classes, counts) {
  const found = new Map();
  for (const weights of classes) {
    const kept = [...weights].filter(([q]) => counts[q]).sort(([p], [q]) => p - q);
    const total = kept.reduce((sum, [, weight]) => sum + weight, 0);
    if (!(total > NEGLIGIBLE)) continue;
    const shares = kept.map(([q, weight]) => `${q}:${rounded(weight / total)}`);
    const name = kept.length === 1 ? String(kept[0][0]) : shares.join();
    if (!found.has(name)) found.set(name, new Map());
    for (const [q, weight] of kept) add(found.get(name), q, weight);
  }
  return [...found.values()];
}

function rounded(share) {
  return share.toFixed(DECIMALS);
}

/** Return the loss of the best prediction for each class, summed up. */
function classLoss(language, classes) {
  let loss = 0;
  for (const weights of classes) loss += lossOfClass(language, weights);
  return loss;
}

/** Of outputs with the weights w: the sum of w (1 - w / A), A being their sum. */
function lossOfClass(language, weights) {
  const outputs = new Map();
  for (const [q, weight] of weights) {
    if (weight === 0) continue;
    for (const [output, share] of nextOutput(language, q)) {
      outputs.set(output, (outputs.get(output) ?? 0) + weight * share);
    }
  }
  const found = [...outputs.values()];
  const mass = found.reduce((sum, weight) => sum + weight, 0);
  let loss = 0;
  for (const weight of found) loss += (weight * (mass - weight)) / mass;
  return loss;
}
