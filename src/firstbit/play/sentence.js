/** What is seen, in one sentence that changes with the state. */

import { CELLS } from "./numbers/cells.js";
import { written } from "./view/numbers.js";

/** A distance above this is seen as far, below as near; the library's threshold. */
const NEAR = 1e-3;

/**
 * Return the sentence below the pictures.
 *
 * @param settings of the page.
 * @param {{distance: number, isLost: boolean, light: object}} seen at the cursor.
 */
export function sentenceOf(settings, { distance, isLost, light }) {
  const { cell, at } = settings;
  const symbols = at === 1 ? "After the first symbol" : `After ${at} symbols`;
  const apart =
    distance === 0
      ? "the two states are exactly the same"
      : `the two states are ${written(distance)} apart`;
  const seen = { isFar: distance > NEAR, isLost, word: light.word };
  return `${symbols} ${apart}: ${conclusion(CELLS[cell].label, settings, seen)}`;
}

function conclusion(name, { suffix }, { isFar, isLost, word }) {
  if (word === "being asked") return "is the first bit in them?";
  if (suffix === "constant") return byRote(name, isLost);
  if (word === "knows") {
    return isFar
      ? `this ${name} still knows which word it read.`
      : "near, and yet a read-out finds the first bit in them.";
  }
  if (word === "unsure") return "a read-out does hardly better than guessing.";
  return isFar
    ? "far apart, and yet no linear read-out tells which word it was. Far apart is not " +
        "remembered."
    : `this ${name} has forgotten which word it read.`;
}

function byRote(name, isLost) {
  if (isLost) return `this ${name} has forgotten which word it read.`;
  return "with one suffix only, any difference tells the two words.";
}
