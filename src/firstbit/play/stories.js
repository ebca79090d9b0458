/**
 * Three stories for teachers: each frame sets the page, and says one thing.
 *
 * `light` is what the light shows at a frame; a test holds that it does.
 */

import { EMBEDDED, SMALL } from "./languages/grammars.js";

/** Where the first two stories begin, so that each frame is the same for everybody. */
const BEGIN = {
  tab: "remember",
  cell: "vanilla",
  k: 10,
  gain: 1,
  law: "normal",
  length: 50,
  suffix: "random",
  activation: "logistic",
  bias: 0,
  net: 0,
  seed: 0,
  nets: 200,
  decades: "16",
  at: 1,
};
const GRU = { ...BEGIN, cell: "gru", k: 20, net: 4, at: 50 };
/** Its guesses are right in 48 %; by chance, others reach 54 %, which the lamp calls unsure. */
const CHAOS = { ...BEGIN, activation: "tanh", k: 100, net: 1 };
const AUTOMATON = { tab: "automaton", word: "", windows: 8, loss: "" };

export const STORIES = [
  {
    title: "Where did the bit go?",
    frames: [
      {
        set: BEGIN,
        light: "good",
        say: "Two words, one letter apart, go into one random net of ten units. After the first letter the difference of the two states is bright.",
      },
      {
        set: { ...BEGIN, at: 10 },
        say: "Ten symbols later, all of them common, the difference has faded: read its distance below.",
      },
      {
        set: { ...BEGIN, at: 40 },
        light: "open",
        say: "Forty symbols: dark, and the lamp is out. No read-out finds the first bit in this state.",
      },
      {
        set: { ...GRU, at: 40 },
        light: "good",
        say: "The same question to a GRU, with as many symbols: the difference is still bright, and the lamp is on.",
      },
      {
        set: GRU,
        say: "Is it luck? Here are two hundred nets. Wait until the means stand still: most keep a difference, and some of them the bit.",
      },
      {
        set: { ...BEGIN, gain: 4, at: 50 },
        say: "Back to the first net, with all weights four times as large. What changes, and what doesn't? Try the gains between.",
      },
    ],
  },
  {
    title: "Far apart is not remembered",
    frames: [
      {
        set: { ...CHAOS, suffix: "constant", at: 50 },
        light: "good",
        say: "A net of a hundred units with tanh reads 000... and 100...: the difference stays bright for as long as you like.",
      },
      {
        set: { ...CHAOS, suffix: "constant", at: 50 },
        light: "good",
        say: "The lamp says that it knows: there are only two words, and any difference tells them.",
      },
      {
        set: { ...CHAOS, at: 50 },
        say: "Now both words go on with the same random symbols. The difference is as bright as before.",
      },
      {
        set: { ...CHAOS, at: 50 },
        light: "open",
        say: "The lamp goes out. Other words, with other symbols, lead to other states, and the first bit is lost among them.",
      },
      {
        set: { ...CHAOS, at: 50 },
        light: "open",
        say: "The lower curve says how often the best linear read-out is right: it is guessing. That is chaos, and chaos is no memory.",
      },
      {
        set: GRU,
        light: "good",
        say: "A GRU beside it. Its states are less far apart, and yet the lamp is on. Look at the lower curve, and at its mean over other nets.",
      },
      {
        set: GRU,
        say: "So look at both rows: the upper one says how far apart, the lower one whether it is remembered.",
      },
    ],
  },
  {
    title: "What must be kept?",
    frames: [
      {
        set: { ...AUTOMATON, expression: SMALL },
        say: "An expression is a task: predict the next letter. Its automaton has a state for all that matters.",
      },
      {
        set: { ...AUTOMATON, expression: SMALL, word: "BTSSXE" },
        say: "A word walks through it, letter by letter. Press walk.",
      },
      {
        set: { ...AUTOMATON, expression: SMALL, word: "BTSSXE", windows: 2 },
        say: "How well can one predict with no memory, with the last symbol, with the last two? The curve says it: the least possible error.",
      },
      {
        set: { ...AUTOMATON, expression: SMALL, word: "BTSSXE" },
        say: "It has come down to the line of the known state, and stays there: two symbols suffice for ever.",
      },
      {
        set: { ...AUTOMATON, expression: EMBEDDED, word: "BTBTXSETE" },
        say: "The embedded Reber grammar: the second letter, T or P, comes back as the last but one. No window is ever enough.",
      },
      {
        set: { ...AUTOMATON, expression: EMBEDDED, word: "BTBTXSETE", loss: "4.05" },
        say: "From three symbols on there is a plateau with a name: T or P is forgotten. A net whose error stands there has learnt all but this.",
      },
      {
        set: { ...GRU, at: 12 },
        say: "Whoever keeps that one letter needs the last three besides. Which cells can keep one letter? Try them here.",
      },
    ],
  },
];

/** Return {story, frame} of an address such as `2.1`, from 1 on; null if there is none. */
export function placeOf(text) {
  const found = /^([1-3])\.([1-9])$/.exec(text);
  if (found === null) return null;
  const [story, frame] = [Number(found[1]), Number(found[2])];
  return frame <= STORIES[story - 1].frames.length ? { story, frame } : null;
}

/** Return all stories. */
export function all() {
  return STORIES;
}
