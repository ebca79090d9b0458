/** The light: does the net still know which word it read? */

import { MARGIN, NUM_TEST, curveOf } from "./numbers/readout.js";
import { readOne } from "./numbers/reading.js";
import { ofNets } from "./settings.js";
import { counted, percent } from "./view/numbers.js";

/**
 * Return what the light shows of a read-out's answers: {status, word, share, why}.
 *
 * It knows where the whole 95 % interval of its right answers is above 55 %, it can't
 * tell where the interval is below, and is unsure in between. By guessing it is 50 %.
 *
 * @param {{share: number, interval: number[]}} told
 */
export function lightOfReadout({ share, interval }) {
  const [least, most] = interval;
  const ends = `${Math.round(100 * least)} to ${Math.round(100 * most)}`;
  const why =
    `The best linear read-out of the state was asked for the first bit of ` +
    `${counted(NUM_TEST)} other words with other random suffixes. It was right in ` +
    `${percent(share)} of them (${ends}); by guessing it is 50 %.`;
  if (least > MARGIN) return { status: "good", word: "knows", share, why };
  if (most < MARGIN) return { status: "open", word: "can't tell", share, why };
  return { status: "partial", word: "unsure", share, why };
}

/**
 * Return what the light shows where the suffix is always the same.
 *
 * Then there are two words only, and two states: they tell the bit as long as they
 * differ by more than rounding. That is learnt by rote, and says little of other words.
 */
export function lightByRote(isLost) {
  const why = "With one suffix there are two words only, and any difference tells them.";
  if (isLost) {
    const gone = `${why} What is left of it is below the rounding of the states.`;
    return { status: "open", word: "can't tell", share: 0.5, why: gone };
  }
  const rote = `${why} That is told by rote; take random suffixes to ask for memory.`;
  return { status: "good", word: "knows", share: 1, why: rote };
}

/** What the light shows before its read-out is fitted. */
export const NOT_YET = {
  status: "open",
  word: "being asked",
  share: null,
  why: "A read-out is being fitted.",
};

/** Return what the light shows of settings, at their cursor. */
export function lightAt(settings) {
  const of = ofNets({ ...settings, length: settings.at });
  if (settings.suffix === "constant") {
    return lightByRote(readOne(of, settings.net).lost.at(-1));
  }
  return lightOfReadout(curveOf(of, settings.net).at(-1));
}
