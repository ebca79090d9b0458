/** Expressions to begin with. */

/** Reber's grammar, as a word of its automaton may go. */
export const REBER = "B(TS*X(XT*VP)*(S|XT*VV)|PT*V(P(XT*VP)*(S|XT*VV)|V))E";

/** The embedded grammar: the second letter comes back as the last but one. */
export const EMBEDDED = `B(T${REBER}T|P${REBER}P)E`;

/** Two ways that one letter decides. */
export const SMALL = "B(TS*X|PT*V)E";

/** Name -> expression. */
export const EXAMPLES = {
  "one letter decides": SMALL,
  "Reber's grammar": REBER,
  "embedded Reber grammar": EMBEDDED,
  "parity of ones": "(0|10*1)*",
  "the first letter comes back": "x(a|b)*x|y(a|b)*y",
};
