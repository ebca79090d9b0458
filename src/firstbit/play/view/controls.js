/** The controls of the first tab: a slider with a number, or a list, for each setting. */

import { ACTIVATIONS } from "../numbers/differences.js";
import { CELLS } from "../numbers/cells.js";
import { LAWS } from "../numbers/weights.js";
import { FIELDS } from "../settings.js";
import { byId, html } from "./dom.js";

const LABELS = {
  cell: "cell",
  k: "units, k",
  gain: "gain of the weights",
  law: "law of the weights",
  length: "length of the words, l",
  suffix: "common suffix",
  activation: "activation",
  bias: "gate bias (more keeps more)",
  nets: "nets at once",
  net: "which net",
  seed: "seed",
  decades: "differences down to",
};

const WORDS = {
  cell: Object.fromEntries(Object.entries(CELLS).map(([name, one]) => [name, one.label])),
  law: Object.fromEntries(Object.entries(LAWS).map(([name, one]) => [name, one.label])),
  suffix: { constant: "constant: zeros", random: "random" },
  activation: Object.fromEntries(Object.keys(ACTIVATIONS).map((name) => [name, name])),
  decades: { 9: "10⁻⁹", 16: "10⁻¹⁶", 60: "10⁻⁶⁰", 300: "10⁻³⁰⁰" },
};

/** Largest value of a slider where the setting itself goes far beyond. */
const SLIDERS = { net: 99, seed: 99 };

/** Make the controls, and let them follow the store. */
export function controls(store) {
  const cell = byId("cell-control");
  const others = byId("controls");
  for (const name of Object.keys(LABELS)) {
    const made =
      FIELDS[name].kind === "choice" ? list(store, name) : slider(store, name);
    (name === "cell" ? cell : others).append(made);
  }
  const follow = () => show(store.settings);
  store.listen(follow);
  follow();
}

function list(store, name) {
  const select = html("select", { id: `field-${name}` });
  for (const value of FIELDS[name].values) {
    select.append(html("option", { value }, WORDS[name][value]));
  }
  select.addEventListener("change", () => store.set({ [name]: select.value }));
  return lane(name, select);
}

function slider(store, name) {
  const { least, most, step } = FIELDS[name];
  const top = SLIDERS[name] ?? most;
  const range = html("input", {
    type: "range",
    id: `slide-${name}`,
    min: least,
    max: top,
    step,
    "aria-label": LABELS[name],
  });
  const field = html("input", {
    type: "number",
    id: `field-${name}`,
    step: "any",
    inputmode: "decimal",
  });
  range.addEventListener("input", () => store.set({ [name]: range.value }));
  field.addEventListener("change", () => store.set({ [name]: field.value }));
  return lane(name, range, field);
}

function lane(name, ...inputs) {
  const label = html("label", { for: `field-${name}` }, LABELS[name]);
  return html("div", { class: "lane", id: `lane-${name}` }, label, ...inputs);
}

function show(settings) {
  for (const name of Object.keys(LABELS)) {
    byId(`field-${name}`).value = settings[name];
    const range = byId(`slide-${name}`);
    if (range) range.value = settings[name];
  }
  // What a cell doesn't have is not offered.
  byId("lane-activation").hidden = settings.cell !== "vanilla";
  byId("lane-bias").hidden = !CELLS[settings.cell].hasBias;
}
