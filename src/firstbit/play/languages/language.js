/** A regular language with probabilities: an automaton whose choices are equally likely. */

import { LanguageError, shown } from "./errors.js";
import { deterministic } from "./glushkov.js";
import { minimal } from "./minimal.js";

/** Stands for the end of a word among the outputs. */
export const END = "$";

/** States that the page bears. */
const MOST_STATES = 200;

/**
 * Return the language of an expression.
 *
 * `edges[q]` maps a symbol to the next state, `final[q]` says whether a word may end,
 * `choice[q]` is the probability of each choice of q. State 0 is the start.
 *
 * @throws {LanguageError} the expression doesn't parse, or is too large.
 */
export function fromRegex(expression) {
  const found = minimal(deterministic(expression));
  const size = found.edges.length;
  if (size > MOST_STATES) {
    throw new LanguageError(
      `'${shown(expression)}' is too large for this page: its automaton has ${size} ` +
        `states, more than ${MOST_STATES}; ask for fewer repetitions, or the library.`,
    );
  }
  const choice = found.edges.map((leaving, q) => 1 / (leaving.size + found.final[q]));
  const hasEndMarker = found.edges.some((leaving, q) => found.final[q] && leaving.size);
  return { ...found, name: expression, choice, hasEndMarker };
}

/** Return the probability of each next output in a state, by its name. */
export function nextOutput(language, q) {
  const outputs = new Map();
  for (const letter of language.edges[q].keys()) outputs.set(letter, language.choice[q]);
  if (language.hasEndMarker && language.final[q]) outputs.set(END, language.choice[q]);
  return outputs;
}

/** Return whether something is left to predict in each state. */
export function predicts(language) {
  return language.edges.map((_, q) => nextOutput(language, q).size > 0);
}

/**
 * Return the states that a word leads through, and where it goes wrong, if it does.
 *
 * @returns {{path: number[], error: LanguageError | null, isWord: boolean}}
 */
export function walk(language, word) {
  const letters = Array.from(word);
  const path = [0];
  for (const [place, letter] of letters.entries()) {
    const here = path.at(-1);
    const target = language.edges[here].get(letter);
    if (target === undefined) {
      const error = wrongLetter(language, word, place + 1, letter, here);
      return { path, isWord: false, error };
    }
    path.push(target);
  }
  return { path, isWord: language.final[path.at(-1)], error: null };
}

function wrongLetter(language, word, position, letter, state) {
  const start = `'${shown(word)}', position ${position}: letter '${shown(letter)}' is not `;
  const reason = language.alphabet.includes(letter)
    ? `legal in state s${state}; ${expected(language, state)}.`
    : `in the alphabet; expected one of ${language.alphabet.join(" ")}.`;
  return new LanguageError(start + reason, position);
}

/** Say which letters may come in a state, and whether the word may end. */
export function expected(language, state) {
  const letters = [...language.edges[state].keys()];
  const legal = letters.length > 0 ? [`one of ${letters.join(" ")}`] : [];
  if (language.final[state]) legal.push("the end of the word");
  return `expected ${legal.join(" or ")}`;
}
