/**
 * From an expression to a deterministic automaton, by way of the position automaton.
 *
 * The states of the position automaton are the letters of the expression, each in its
 * place (Glushkov 1961). Sets of them are the states of the deterministic one.
 */

import { LanguageError, shown } from "./errors.js";
import { MOST_LETTERS, parse } from "./regex.js";

/** States that the page bears before the automaton is made minimal. */
const MOST_STATES = 2000;

/**
 * Return {alphabet, edges, final} of a deterministic automaton; state 0 is the start.
 *
 * `edges` has for each state a Map from symbol to state, `final` whether a word may end.
 *
 * @throws {LanguageError} the expression doesn't parse, or is too large.
 */
export function deterministic(expression) {
  const tree = parse(expression);
  const alphabet = symbols(tree, expression);
  if (size(tree) > MOST_LETTERS) {
    throw tooLarge(
      expression,
      `more than ${MOST_LETTERS} letters with its repetitions written out`,
    );
  }
  const positions = new Positions(tree, alphabet);
  return { alphabet, ...subsets(positions, expression) };
}

function symbols(tree, expression) {
  const nodes = letterNodes(tree);
  const used = new Set(nodes.flatMap((node) => [...node.letters]));
  for (const node of nodes) {
    const isNoneLeft = [...used].every((letter) => node.letters.has(letter));
    if (node.excluded && isNoneLeft) {
      throw new LanguageError(
        `'${shown(expression)}': no letter of the expression is left for . or [^ ]; ` +
          "give an alphabet.",
      );
    }
  }
  return [...used].sort((a, b) => a.codePointAt(0) - b.codePointAt(0));
}

function letterNodes(node) {
  if (node.kind === "letters") return [node];
  if (node.kind === "repeat") return letterNodes(node.part);
  return node.parts.flatMap(letterNodes);
}

/** Count the letters of the expression with its repetitions written out. */
function size(node) {
  if (node.kind === "letters") return 1;
  if (node.kind === "repeat") {
    const most = node.most === Infinity ? 1 : node.most;
    return size(node.part) * Math.max(node.least, most);
  }
  return node.parts.reduce((total, part) => total + size(part), 0);
}

/** The position automaton: the letters at each position, and what may follow it. */
class Positions {
  constructor(tree, alphabet) {
    this.alphabet = alphabet;
    this.letters = [];
    this.follow = [];
    this.whole = this.build(tree);
    this.start = this.follow.length;
    this.follow.push(new Set(this.whole.first));
  }

  /** Return, for each letter, the positions that may be read next. */
  after(state) {
    const targets = new Map();
    for (const position of state) {
      for (const next of this.follow[position]) {
        for (const letter of this.letters[next]) {
          if (!targets.has(letter)) targets.set(letter, new Set());
          targets.get(letter).add(next);
        }
      }
    }
    return targets;
  }

  build(node) {
    if (node.kind === "letters") return this.position(node);
    if (node.kind === "series") {
      return this.series(node.parts.map((part) => () => this.build(part)));
    }
    if (node.kind === "union") return this.union(node.parts);
    return this.series(this.copies(node));
  }

  position({ letters, excluded }) {
    const here = this.letters.length;
    const found = excluded
      ? this.alphabet.filter((letter) => !letters.has(letter))
      : [...letters];
    this.letters.push(found);
    this.follow.push(new Set());
    return { empty: false, first: [here], last: [here] };
  }

  union(nodes) {
    const parts = nodes.map((node) => this.build(node));
    return {
      empty: parts.some((part) => part.empty),
      first: parts.flatMap((part) => part.first),
      last: parts.flatMap((part) => part.last),
    };
  }

  /** Return makers of the copies of a repeated part; an endless one loops at its last. */
  copies({ part, least, most }) {
    const isEndless = most === Infinity;
    const number = isEndless ? Math.max(least, 1) : most;
    return Array.from({ length: number }, (_, i) => () => {
      const copy = this.build(part);
      if (isEndless && i >= least - 1) this.connect(copy.last, copy.first);
      return { ...copy, empty: copy.empty || i >= least };
    });
  }

  series(makers) {
    let whole = { empty: true, first: [], last: [] };
    for (const make of makers) {
      const part = make();
      this.connect(whole.last, part.first);
      whole = {
        empty: whole.empty && part.empty,
        first: whole.empty ? [...whole.first, ...part.first] : whole.first,
        last: part.empty ? [...whole.last, ...part.last] : part.last,
      };
    }
    return whole;
  }

  connect(sources, targets) {
    for (const position of sources) {
      for (const target of targets) this.follow[position].add(target);
    }
  }
}

/** Return the edges and final states; a state is a set of positions just read. */
function subsets(positions, expression) {
  const number = new Map();
  const queue = [];
  const numberOf = (state) => {
    const name = [...state].sort((a, b) => a - b).join();
    if (!number.has(name)) {
      number.set(name, queue.length);
      queue.push(state);
    }
    return number.get(name);
  };
  numberOf(new Set([positions.start]));
  const edges = [];
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > MOST_STATES) {
      const limit = `more than ${MOST_STATES} states, which is what this page bears`;
      throw tooLarge(expression, `a deterministic automaton of ${limit}`);
    }
    const leaving = new Map();
    for (const [letter, target] of positions.after(queue[at])) {
      leaving.set(letter, numberOf(target));
    }
    edges.push(leaving);
  }
  const { last, empty } = positions.whole;
  const ends = new Set(last);
  const final = queue.map((state) => [...state].some((place) => ends.has(place)));
  final[0] = final[0] || empty;
  return { edges, final };
}

function tooLarge(expression, limit) {
  return new LanguageError(
    `'${shown(expression)}' is too large: it has ${limit}; ask for fewer repetitions.`,
  );
}
