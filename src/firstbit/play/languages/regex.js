/**
 * A parser of regular expressions; its errors give the position and the remedy.
 *
 *     union   = series ("|" series)*
 *     series  = (atom repeat?)+
 *     repeat  = "*" | "+" | "?" | "{" number ("," number?)? "}"
 *     atom    = letter | "\" any | "." | "(" union ")" | "()"
 *             | "[" "^"? (letter | letter "-" letter)+ "]"
 *
 * Letters are all visible characters that have no meaning above; "." is any letter of
 * the alphabet. What it accepts, and what it says, is what the library does.
 */

import { LanguageError, isVisible, shown } from "./errors.js";

const END = "$";
const SPECIAL = new Set(`()|*+?.[]{}\\^${END}`);
const TEXTBOOK_SIGNS = {
  ε: "the empty word is () here",
  ϵ: "the empty word is () here",
  λ: "the empty word is () here",
  "∅": "no expression here stands for no word at all; leave that part out",
  "∪": "union is | here",
};
const HINTS = {
  "^": " (the whole word matches anyway)",
  $: " (it stands for the end of a word; the whole word matches anyway)",
};
const DEEPEST = 100;

/** Letters of a range, and of an expression with its repetitions written out. */
export const MOST_LETTERS = 2000;

/** Characters of an expression that the page reads; the library reads 50,000. */
const MOST_CHARACTERS = 1000;

/** One letter of a set, or, if `excluded`, one of the alphabet outside it. */
function letters(found, excluded = false) {
  return { kind: "letters", letters: new Set(found), excluded };
}

/** One part after the other; no part at all is the empty word. */
function series(parts) {
  return { kind: "series", parts };
}

function isEmptyWord(node) {
  return node.kind === "series" && node.parts.length === 0;
}

/**
 * Return the syntax tree of an expression.
 *
 * @throws {LanguageError} it doesn't parse.
 */
export function parse(expression) {
  const text = Array.from(expression);
  if (text.length > MOST_CHARACTERS) {
    throw new LanguageError(
      `'${shown(expression)}' is too large: expected at most ${MOST_CHARACTERS} ` +
        `characters in this page, got ${text.length}.`,
    );
  }
  requireNoSpaces(expression, text);
  requireNoPlusBetween(expression, text);
  const parser = new Parser(expression, text);
  const tree = parser.union(0);
  if (parser.now === ")") parser.refuse("a ( before its )");
  if (parser.now) parser.refuse("an operator or a letter");
  return tree;
}

function requireNoSpaces(expression, text) {
  const at = text.indexOf(" ");
  if (at < 0) return;
  let hint = "";
  if (expression.includes(" + ")) {
    const repaired = expression.replaceAll(" + ", "|").replaceAll(" ", "");
    hint = `; union is |, try '${shown(repaired)}'`;
  }
  throw new LanguageError(
    `expected an expression without spaces, got '${shown(expression)}'${hint}.`,
    at + 1,
  );
}

/** Refuse `0+1`, where each + may be a textbook's union. */
function requireNoPlusBetween(expression, text) {
  const plain = operators(text);
  if ([...plain.values()].includes("|")) return;
  const plus = [...plain.keys()].filter((at) => plain.get(at) === "+");
  const behind = plus.map((at) => text[at + 1] ?? "");
  if (plus.length === 0) return;
  if (behind.some((after) => after === "" || ")*+?{".includes(after))) return;
  const union = text.map((one, i) => (plus.includes(i) ? "|" : one)).join("");
  const at = plus[0] + 1;
  throw new LanguageError(
    `expected a regular expression, got '${shown(expression)}': position ${at}: ` +
      `+ between two parts is union in textbooks; for union write '${shown(union)}', ` +
      "for one or more put the repeated part and its + in parentheses, as in (0+)1.",
    at,
  );
}

/** Return position -> character outside of choices and not behind a backslash. */
function operators(text) {
  const found = new Map();
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") {
      at += 1;
    } else if (inside) {
      inside = character !== "]";
    } else {
      found.set(at, character);
      inside = character === "[";
    }
  }
  return found;
}

/** Recursive descent: each method reads one rule of the grammar from `at` on. */
class Parser {
  constructor(expression, text) {
    this.expression = expression;
    this.text = text;
    this.at = 0;
  }

  /** The next character, or "" at the end. */
  get now() {
    return this.text[this.at] ?? "";
  }

  refuse(expected) {
    const got = this.now ? `'${shown(this.now)}'` : "its end";
    const hint = HINTS[this.now] ?? "";
    const position = this.at + 1;
    throw new LanguageError(
      `expected a regular expression, got '${shown(this.expression)}': position ` +
        `${position}: expected ${expected}, got ${got}${hint}.`,
      position,
    );
  }

  /** Step over the next character if it is `wanted`; return whether it was. */
  comes(wanted) {
    if (this.now !== wanted) return false;
    this.at += 1;
    return true;
  }

  take(wanted, expected = wanted) {
    if (!this.comes(wanted)) this.refuse(expected);
  }

  union(depth) {
    if (depth > DEEPEST) {
      this.refuse(`at most ${DEEPEST} parentheses inside each other`);
    }
    let parts = [this.series(depth)];
    while (this.comes("|")) parts.push(this.series(depth));
    if (parts.filter(isEmptyWord).length > 1) {
      parts = [series([]), ...parts.filter((part) => !isEmptyWord(part))];
    }
    return parts.length === 1 ? parts[0] : { kind: "union", parts };
  }

  series(depth) {
    const parts = [];
    const first = this.at;
    while (this.at === first || (this.now && !"|)".includes(this.now))) {
      const part = this.repeat(this.atom(depth));
      if (!isEmptyWord(part)) parts.push(part);
    }
    return parts.length === 1 ? parts[0] : series(parts);
  }

  repeat(part) {
    const bounds = this.bounds();
    if (bounds === null) return part;
    if (this.now && "*+?{".includes(this.now)) {
      this.refuse("one repetition only (put the first one in parentheses)");
    }
    const [least, most] = bounds;
    if (isEmptyWord(part) || most === 0) return series([]);
    return { kind: "repeat", part, least, most };
  }

  /** Read how often a part comes; null if no operator says so. */
  bounds() {
    if (this.comes("*")) return [0, Infinity];
    if (this.comes("+")) return [1, Infinity];
    if (this.comes("?")) return [0, 1];
    if (!this.comes("{")) return null;
    const least = this.number();
    let most = least;
    if (this.comes(",")) most = this.now === "}" ? Infinity : this.number();
    if (most < least) this.refuse(`an upper number of at least ${least}`);
    this.take("}");
    return [least, most];
  }

  number() {
    const first = this.at;
    while (this.now && "0123456789".includes(this.now)) this.at += 1;
    const digits = this.text.slice(first, this.at).join("");
    if (digits.length < 1 || digits.length > 6) this.refuse("a number below 1000000");
    return Number(digits);
  }

  atom(depth) {
    if (this.comes(".")) return letters([], true);
    if (this.comes("[")) return this.choice();
    if (!this.comes("(")) return letters([this.letter()]);
    if (this.comes(")")) return series([]);
    const inner = this.union(depth + 1);
    this.take(")", ") or |");
    return inner;
  }

  /** Read the rest of a choice, behind its `[`. */
  choice() {
    const excluded = this.comes("^");
    const found = [];
    while (found.length === 0 || this.now !== "]") {
      const first = this.letter();
      const last = this.comes("-") ? this.letter() : first;
      const from = first.codePointAt(0);
      const to = last.codePointAt(0);
      if (to < from || to >= from + MOST_LETTERS) {
        this.at -= 1;
        this.refuse(`a letter from ${shown(first)} on, for a range that goes up`);
      }
      for (let code = from; code <= to; code++) found.push(String.fromCodePoint(code));
    }
    this.take("]");
    return letters(found, excluded);
  }

  letter() {
    if (this.comes("\\")) this.requireSpecial();
    else this.requirePlain();
    const found = this.now;
    if (!found || !isVisible(found) || found === END) this.refuse("a visible character");
    this.at += 1;
    return found;
  }

  /** Behind a backslash: \d and its kin mean sets elsewhere. */
  requireSpecial() {
    const isSign = this.now in TEXTBOOK_SIGNS;
    if (/^[\p{L}\p{N}]$/u.test(this.now) && !isSign) {
      this.refuse("a special character behind \\");
    }
  }

  requirePlain() {
    if (!this.now || SPECIAL.has(this.now)) this.refuse("a letter, ( or [");
    if (this.now in TEXTBOOK_SIGNS) {
      const hint = TEXTBOOK_SIGNS[this.now];
      this.refuse(`a letter (${hint}; \\${this.now} is the letter)`);
    }
  }
}
