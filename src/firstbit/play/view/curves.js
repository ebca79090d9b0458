/** The two panels of curves: the distances of many nets, and what read-outs tell. */

import { CELLS } from "../numbers/cells.js";
import { mean } from "../numbers/statistics.js";
import { byId } from "./dom.js";
import { hue, opacity, role } from "./colours.js";
import { percent, written } from "./numbers.js";
import { Panel, logTicks } from "./panel.js";
import { Picture } from "./picture.js";

/** Hairlines, at most: more are a grey wall. */
const MOST_LINES = 200;
const DOTTED = [1.5, 4];

/** The hairlines: most of the ink, and the same wherever the cursor is. */
const hairlines = new Picture();

/**
 * Draw the distances of all nets so far, on a log scale.
 *
 * @param {Float64Array[]} draws the distances of each net.
 * @param found mean and quantiles, as `summary` returns them; null before there are any.
 * @param {Float64Array} own the distances of the net that is looked at.
 * @param {number} nets a number that is another one for other nets.
 */
export function drawDistances(settings, draws, found, own, nets) {
  const decades = Number(settings.decades);
  const range = { from: -decades, to: highest([own, ...draws]) };
  const panel = new Panel(byId("distances"), settings.length, range);
  panel.axes(logTicks(range));
  const colour = hue(settings.cell);
  const logs = (values) => Array.from(values, (value) => Math.log10(value));
  const key = [nets, draws.length, colour, range.from, range.to].join();
  hairlines.into(panel, key, () => {
    panel.context.globalAlpha = opacity("net");
    for (const one of draws.slice(0, MOST_LINES)) panel.curve(logs(one), colour, 0.7);
  });
  if (found !== null) {
    const [low, lower, median, upper, high] = found.quantiles.map(logs);
    panel.band(low, high, colour, opacity("band"));
    panel.band(lower, upper, colour, opacity("band"));
    const means = logs(found.mean);
    panel.haloed(means, role("ink"), 2.4);
    panel.haloed(median, role("ink"), 1.8, DOTTED);
    panel.name(named("mean", found.mean, decades), means.at(-1), role("ink"), true);
    const ofMedian = named("median", found.quantiles[2], decades);
    panel.name(ofMedian, median.at(-1), role("ink"));
  }
  panel.haloed(logs(own), colour, 1.8, [7, 3]);
  panel.name("this net", logs(own).at(-1), inkOf(settings.cell));
  panel.finish(settings.at);
}

/** Return the power of ten that no distance is above, from 0 on. */
function highest(curves) {
  let largest = 1;
  for (const curve of curves) {
    for (const distance of curve) {
      if (distance > largest && Number.isFinite(distance)) largest = distance;
    }
  }
  return Math.ceil(Math.log10(largest));
}

function named(name, values, decades) {
  const last = values.at(-1);
  const isBelow = last < 10 ** -decades;
  return `${name} ${written(last)}${isBelow ? " ↓" : ""}`;
}

/** Return the colour of a cell's name: some hues are too pale for text. */
function inkOf(cell) {
  return role(`${cell}-text`) || hue(cell);
}

/**
 * Draw how often read-outs tell the first bit.
 *
 * @param {{share: number, interval: number[]}[]} told of this net, so far.
 * @param {number[][]} others the shares of other nets.
 */
export function drawTold(settings, told, others) {
  const panel = new Panel(byId("told"), settings.length, { from: 0.45, to: 1 });
  panel.axes([0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => [share, percent(share)]));
  const colour = hue(settings.cell);
  panel.segment([1, 0.5], [settings.length, 0.5], role("line"), 1.2);
  panel.name("guessing", 0.5, role("soft"));
  panel.context.globalAlpha = 2 * opacity("net");
  for (const shares of others) panel.curve(shares, colour, 0.7);
  panel.context.globalAlpha = 1;
  if (told.length > 0) {
    const ends = [0, 1].map((end) => told.map((one) => one.interval[end]));
    panel.band(...ends, colour, opacity("band"));
    const shares = told.map((one) => one.share);
    panel.haloed(shares, colour, 2.2, [7, 3]);
    const name = `this net ${percent(shares.at(-1))}`;
    panel.name(name, shares.at(-1), inkOf(settings.cell));
  }
  if (others.length > 1) {
    const means = others[0].map((_, t) => mean(others.map((one) => one[t])));
    panel.haloed(means, role("ink"), 2.4);
    const name = `mean ${percent(means.at(-1))}`;
    panel.name(name, means.at(-1), role("ink"), true);
  }
  panel.finish(settings.at);
}

/** Say in words what both panels show, for those who can't see them. */
export function describe(settings, draws, found, others) {
  const name = CELLS[settings.cell].label;
  const distances =
    found === null
      ? "Distances of random nets, on their way."
      : `Distances of ${draws.length} random ${name} nets: mean ` +
        `${written(found.mean.at(-1))}, median ${written(found.quantiles[2].at(-1))} ` +
        `after ${settings.length} symbols.`;
  byId("distances").setAttribute("aria-label", distances);
  const told =
    "How often a read-out tells the first bit: in this net, and in " +
    `${others.length} nets.`;
  byId("told").setAttribute("aria-label", told);
}
