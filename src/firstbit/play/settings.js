/** What the page shows, as one value, and that value in the address. */

import { SMALL } from "./languages/grammars.js";
import { CELLS } from "./numbers/cells.js";
import { ACTIVATIONS } from "./numbers/differences.js";
import { LAWS } from "./numbers/weights.js";

/** Of addresses: one of another version may mean something else. */
export const VERSION = 1;

function choice(usual, values) {
  return { kind: "choice", usual, values };
}

function number(usual, least, most, step = 1) {
  return { kind: "number", usual, least, most, step };
}

function text(usual, most) {
  return { kind: "text", usual, most };
}

/** Name in the address -> what it may be. */
export const FIELDS = {
  tab: choice("remember", ["remember", "automaton"]),
  story: text("", 8),
  cell: choice("gru", Object.keys(CELLS)),
  k: number(20, 1, 100),
  gain: number(1, 0.05, 4, 0.05),
  law: choice("normal", Object.keys(LAWS)),
  length: number(50, 2, 200),
  suffix: choice("random", ["constant", "random"]),
  activation: choice("logistic", Object.keys(ACTIVATIONS)),
  bias: number(0, -8, 8, 0.5),
  net: number(0, 0, 9999),
  seed: number(0, 0, 4294967295),
  nets: number(200, 2, 2000),
  decades: choice("16", ["9", "16", "60", "300"]),
  at: number(50, 1, 200),
  expression: text(SMALL, 1000),
  word: text("BTSSXE", 200),
  windows: number(8, 1, 20),
  loss: text("", 12),
};

/** Products of a weight and a state that a browser does in about ten seconds. */
const MOST_WORK = 4e9;

/** Return the usual settings. */
export function usual() {
  const fields = Object.entries(FIELDS);
  return Object.fromEntries(fields.map(([name, field]) => [name, field.usual]));
}

/**
 * Return the settings of a page that is opened without an address: a net that knows.
 *
 * Of the first fourteen GRUs it tells the first bit most often: the mean is at 56 %.
 */
export function opening() {
  return { ...usual(), net: 12 };
}

/**
 * Return a value that a field takes, and a line where it isn't the one asked for.
 *
 * @returns {{value: any, note: string}}
 */
export function checked(name, given) {
  const field = FIELDS[name];
  if (field.kind === "text") return { value: given.slice(0, field.most), note: "" };
  if (field.kind === "choice") return checkedChoice(name, given, field);
  return checkedNumber(name, given, field);
}

function checkedChoice(name, given, { usual, values }) {
  if (values.includes(given)) return { value: given, note: "" };
  const known = values.join(", ");
  const note = `Expected ${name} among ${known}; got "${given}". It is ${usual} now.`;
  return { value: usual, note };
}

function checkedNumber(name, given, { usual, least, most, step }) {
  const asked = Number(given);
  if (given === "" || !Number.isFinite(asked)) {
    const note = `Expected ${name} as a number; got "${given}". It is ${usual} now.`;
    return { value: usual, note };
  }
  const whole = step < 1 ? asked : Math.round(asked);
  const value = Math.min(Math.max(whole, least), most);
  if (value === whole) return { value, note: "" };
  const bounds = `${least} to ${most}`;
  const note = `This page bears ${name} from ${bounds}; it is ${value} now.`;
  return { value, note };
}

/** Return settings that a browser bears: fewer nets where the work would be too much. */
export function bearable(settings) {
  const gates = Math.max(CELLS[settings.cell].gates, 1);
  const ofNet = 2 * gates * settings.k ** 2 * settings.length;
  const fitting = Math.max(20, Math.floor(MOST_WORK / ofNet / 20) * 20);
  if (settings.nets <= fitting) return { settings, note: "" };
  const note = `So large nets take long in a browser: it draws ${fitting} of them now.`;
  return { settings: { ...settings, nets: fitting }, note };
}

/** Return the settings as an address has them, those that are usual left out. */
export function toAddress(settings) {
  const parts = new URLSearchParams({ v: VERSION });
  for (const [name, field] of Object.entries(FIELDS)) {
    if (settings[name] !== field.usual) parts.set(name, settings[name]);
  }
  return `#${parts}`;
}

/**
 * Return the settings of an address, and lines about what can't be taken from it.
 *
 * @param {string} hash as `location.hash` has it.
 */
export function fromAddress(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  if ([...parts].length === 0) return { settings: opening(), notes: [] };
  const settings = usual();
  const version = parts.get("v");
  if (version !== String(VERSION)) {
    const got = version === null ? "none" : `version ${version}`;
    const line =
      `Expected an address of version ${VERSION} of the playground, got ${got}; ` +
      "open it with the firstbit that made it. The usual view is shown.";
    return { settings, notes: [line] };
  }
  const notes = [];
  for (const [name, given] of parts) {
    if (name === "v") continue;
    if (!Object.hasOwn(FIELDS, name)) {
      notes.push(`Expected no "${name}" in the address; it is left out.`);
      continue;
    }
    const { value, note } = checked(name, given);
    settings[name] = value;
    if (note) notes.push(note);
  }
  settings.at = Math.min(settings.at, settings.length);
  return { settings, notes };
}

/** Return what the arithmetic takes of the settings. */
export function ofNets(settings) {
  const { cell, k, gain, law, length, suffix, activation, bias, seed } = settings;
  const hasBias = CELLS[cell].hasBias;
  return {
    cell,
    size: k,
    seed,
    length,
    suffix,
    activation,
    bias: hasBias ? bias : 0,
    law: { law, gain },
  };
}

/** Return the command of the library that measures the same nets. */
export function commandOf(settings) {
  const { cell, k, gain, law, length, suffix, activation, nets, seed } = settings;
  const options = [`${cell}:${k}`];
  if (cell === "vanilla" && activation !== "logistic") {
    options.push(`activation=${activation}`);
  }
  if (law !== "normal") options.push(`initializer=${law}`);
  if (gain !== 1) options.push(`gain=${gain}`);
  const parts = [`firstbit discrepancy --cell ${options.join()}`, `--length ${length}`];
  parts.push(`--num-draws ${nets}`, `--words ${suffix}`);
  if (seed !== 0) parts.push(`--seed ${seed}`);
  return parts.join(" ");
}
