/**
 * What may be forgotten: which of two letters was read, and all that it decides.
 *
 * Where two letters leave one state, the states behind them are merged, and then, letter
 * by letter, what both lead to. What is left is the automaton of a reader who has
 * forgotten which of the two it was, and remembers the rest.
 */

import { mergedFloor } from "./floors.js";

/**
 * Return {letters, blockOf, loss} for each pair of letters that leave one state.
 *
 * `letters` are the two, `blockOf` the number of each state's block, `loss` the floor.
 */
export function forgettings(language) {
  const found = [];
  language.edges.forEach((leaving) => {
    const letters = [...leaving.keys()];
    for (let i = 0; i < letters.length; i++) {
      for (let j = i + 1; j < letters.length; j++) {
        const pair = [letters[i], letters[j]];
        const blockOf = mergedFrom(language, ...pair.map((one) => leaving.get(one)));
        found.push({ letters: pair, blockOf, loss: mergedFloor(language, blockOf) });
      }
    }
  });
  return found;
}

/** Return the number of each state's block, with p and q, and what follows, in one. */
export function mergedFrom({ edges }, p, q) {
  const parent = edges.map((_, state) => state);
  const members = edges.map((leaving) => new Map(leaving));
  const root = (state) => {
    while (parent[state] !== state) state = parent[state];
    return state;
  };
  const waiting = [[p, q]];
  while (waiting.length > 0) {
    const [first, second] = waiting.pop().map(root);
    if (first === second) continue;
    parent[second] = first;
    for (const [letter, target] of members[second]) {
      if (members[first].has(letter)) waiting.push([members[first].get(letter), target]);
      else members[first].set(letter, target);
    }
  }
  return edges.map((_, state) => root(state));
}
