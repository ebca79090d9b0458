/** Errors of a reader's expression or word: one line, and the position it speaks of. */

const LONGEST_SHOWN = 120;

export class LanguageError extends Error {
  /**
   * @param {string} message what was expected, what came, and the remedy.
   * @param {number | null} position of a character, from 1 on; null where it is the whole.
   */
  constructor(message, position = null) {
    super(message);
    this.position = position;
  }
}

/** Return whether a character can be seen. */
export function isVisible(character) {
  return /^[^\p{C}\p{Z}]$/u.test(character);
}

/** Return a reader's text as an error shows it: a long one loses its middle. */
export function shown(text) {
  const line = Array.from(text, (one) => (isVisible(one) || one === " " ? one : "�"));
  if (line.length <= LONGEST_SHOWN) return line.join("");
  const half = Math.floor((LONGEST_SHOWN - 3) / 2);
  return `${line.slice(0, half).join("")}...${line.slice(-half).join("")}`;
}
