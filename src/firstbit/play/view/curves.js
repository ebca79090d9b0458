/** The two panels of curves: the distances of many nets, and what read-outs tell. */

import { CELLS } from "../numbers/cells.js";
import { mean } from "../numbers/statistics.js";
import { byId } from "./dom.js";
import { hue, isDark, opacity, role } from "./colours.js";
import { percent, written } from "./numbers.js";
import { Panel, logTicks } from "./panel.js";
import { Picture } from "./picture.js";

/** Hairlines, at most: more are a grey wall. */
const MOST_LINES = 200;
const DOTTED = [1.5, 4];

/** Both panels but for the cursor, which alone moves; and the hairlines of one. */
const pictures = {
  distances: new Picture(),
  told: new Picture(),
  hairlines: new Picture(),
};

/**
 * Draw the distances of all nets so far, on a log scale.
 *
 * @param {Float64Array[]} draws the distances of each net.
 * @param found mean and quantiles, as `summary` returns them; null before there are any.
 * @param {Float64Array} own the distances of the net that is looked at.
 * @param {number} nets a number that is another one for other nets.
 * @returns {boolean} whether hairlines are left for another frame.
 */
export function drawDistances(settings, draws, found, own, nets) {
  const range = { from: -settings.decades, to: highest([own, ...draws]) };
  const panel = new Panel(byId("distances"), settings.length, range);
  const key = [nets, isDark(), range.from, range.to].join();
  const number = Math.min(draws.length, MOST_LINES);
  const { hairlines } = pictures;
  const isGrowing = hairlines.number < number;
  pictures.distances.into(panel, `${key} ${draws.length} ${isGrowing}`, () => {
    panel.axes(logTicks(range));
    hairlines.grow(panel, key, number, (from, to) => {
      panel.context.globalAlpha = opacity("net");
      for (const one of draws.slice(from, to)) panel.curve(logs(one), hue(settings.cell), 0.7);
    });
    if (found !== null) drawSummary(panel, found, settings);
    panel.haloed(logs(own), hue(settings.cell), 1.8, [7, 3]);
    panel.name("this net", logs(own).at(-1), inkOf(settings.cell));
    panel.finish();
  });
  panel.cursor(settings.at);
  return hairlines.number < number;
}

function logs(values) {
  return Array.from(values, (value) => Math.log10(value));
}

function drawSummary(panel, found, { cell, decades }) {
  const [low, lower, median, upper, high] = found.quantiles.map(logs);
  panel.band(low, high, hue(cell), opacity("band"));
  panel.band(lower, upper, hue(cell), opacity("band"));
  const means = logs(found.mean);
  panel.haloed(means, role("ink"), 2.4);
  panel.haloed(median, role("ink"), 1.8, DOTTED);
  panel.name(named("mean", found.mean, decades), means.at(-1), role("ink"), true);
  const ofMedian = named("median", found.quantiles[2], decades);
  panel.name(ofMedian, median.at(-1), role("ink"));
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
 * @param {number} nets a number that is another one for other nets.
 */
export function drawTold(settings, told, others, nets) {
  const panel = new Panel(byId("told"), settings.length, { from: 0.45, to: 1 });
  const key = [nets, isDark(), told.length, others.length].join();
  pictures.told.into(panel, key, () => {
    panel.axes([0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => [share, percent(share)]));
    panel.segment([1, 0.5], [settings.length, 0.5], role("line"), 1.2);
    panel.name("guessing", 0.5, role("soft"));
    panel.context.globalAlpha = 2 * opacity("net");
    for (const shares of others) panel.curve(shares, hue(settings.cell), 0.7);
    panel.context.globalAlpha = 1;
    if (told.length > 0) drawOwn(panel, told, settings.cell);
    if (others.length > 1) drawMean(panel, others);
    panel.finish();
  });
  panel.cursor(settings.at);
}

function drawOwn(panel, told, cell) {
  const ends = [0, 1].map((end) => told.map((one) => one.interval[end]));
  panel.band(...ends, hue(cell), opacity("band"));
  const shares = told.map((one) => one.share);
  panel.haloed(shares, hue(cell), 2.2, [7, 3]);
  const name = `this net ${percent(shares.at(-1))}`;
  panel.name(name, shares.at(-1), inkOf(cell));
}

function drawMean(panel, others) {
  const means = others[0].map((_, t) => mean(others.map((one) => one[t])));
  panel.haloed(means, role("ink"), 2.4);
  const name = `mean ${percent(means.at(-1))}`;
  panel.name(name, means.at(-1), role("ink"), true);
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
