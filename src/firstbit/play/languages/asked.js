/** All that the page says of an expression. */

import { TooLong, fullFloor, windowFloors } from "./floors.js";
import { forgettings } from "./forgotten.js";
import { fromRegex, walk } from "./language.js";
import { arrows, layout } from "./layout.js";
import { memoryOrder } from "./order.js";
import { plateaus } from "./plateau.js";

/**
 * Return the language of an expression, its floors and its plateaus.
 *
 * Windows go on to `longest`, or to the longest that the page bears.
 *
 * @throws {LanguageError} the expression doesn't parse, or is too large.
 */
export function asked(expression, longest) {
  const language = fromRegex(expression);
  const { floors, note } = asFarAsItGoes(language, longest);
  const full = fullFloor(language);
  const forgotten = forgettings(language);
  return {
    language,
    floors,
    full,
    forgotten,
    note,
    order: memoryOrder(language),
    plateaus: plateaus(floors, full, forgotten),
  };
}

function asFarAsItGoes(language, longest) {
  try {
    return { floors: windowFloors(language, longest), note: "" };
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    return { floors: windowFloors(language, error.fits), note: error.message };
  }
}

/** Return the walk of a word through the automaton of an expression. */
export function walked(expression, word) {
  const { path, isWord, error } = walk(fromRegex(expression), word);
  return { path, isWord, message: error === null ? null : error.message };
}

/** Return where the states of an expression's automaton stand, and its arrows. */
export function drawn(expression) {
  const language = fromRegex(expression);
  return { layout: layout(language), arrows: arrows(language) };
}
