/** The two panels of curves: the distances of many nets, and what read-outs tell. */

import { CELLS } from "../numbers/cells.js";
import { mean } from "../numbers/statistics.js";
import { byId } from "./dom.js";
import { hue, isDark, opacity, role } from "./colours.js";
import { percent, written } from "./numbers.js";
import { Layer } from "./layer.js";
import { logTicks } from "./panel.js";

/** Hairlines, at most: more are a grey wall. */
const MOST_LINES = 200;
const DOTTED = [1.5, 4];

const layers = {
  nets: new Layer("distances-nets"),
  lines: new Layer("distances-lines"),
  others: new Layer("told-nets"),
  told: new Layer("told-lines"),
};

/** Shares of right answers, from a little below guessing on. */
const SHARES = { from: 0.45, to: 1 };

/** Return the powers of ten that a panel of distances shows. */
export function rangeOf({ decades }, draws, own) {
  return { from: -decades, to: highest([own, ...draws]) };
}

/**
 * Draw the axes of the distances, and the net of each draw as a hairline, on a log scale.
 *
 * @param {Float64Array[]} draws the distances of each net.
 * @param {{from: number, to: number}} range as `rangeOf` returns it.
 * @param {number} nets a number that is another one for other nets.
 * @returns {boolean} whether more is left for another frame.
 */
export function drawNets({ cell, length }, draws, range, nets) {
  const axes = (panel) => panel.axes(logTicks(range));
  if (layers.nets.draw([nets, isDark()].join(), length, range, axes)) return true;
  return layers.nets.grow(Math.min(draws.length, MOST_LINES), (panel, net) =>
    panel.hairline(logs(draws[net]), hue(cell), opacity("net")),
  );
}

/**
 * Draw mean and quantiles of the distances, and those of the net that is looked at.
 *
 * @param found mean and quantiles, as `summary` returns them; null before there are any.
 * @param {Float64Array} own the distances of the net that is looked at.
 * @param {number} number of the nets whose mean and quantiles are found.
 * @returns {boolean} whether more may be left for another frame.
 */
export function drawLines(settings, found, own, range, nets, number) {
  const { cell, length } = settings;
  return layers.lines.draw([nets, isDark(), number].join(), length, range, (panel) => {
    if (found !== null) drawSummary(panel, found, settings);
    panel.haloed(logs(own), hue(cell), 1.8, [7, 3]);
    panel.name("this net", logs(own).at(-1), inkOf(cell));
    panel.finish();
  });
}

/**
 * Move the cursors of both panels, which are equally wide.
 *
 * @returns {boolean} whether there is no panel yet.
 */
export function moveCursors({ at }) {
  const { panel } = layers.lines;
  if (panel === null) return true;
  for (const id of ["distances-at", "told-at"]) {
    byId(id).style.transform = `translateX(${panel.x(at)}px)`;
  }
  return false;
}

function logs(values) {
  return values.map((value) => Math.log10(value));
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
 * Draw the axes of what read-outs tell, and the shares of each other net as a hairline.
 *
 * @param {number[][]} others the shares of other nets.
 * @param {number} nets a number that is another one for other nets.
 * @returns {boolean} whether more is left for another frame.
 */
export function drawOthers({ cell, length }, others, nets) {
  const axes = (panel) => {
    panel.axes([0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => [share, percent(share)]));
    panel.segment([1, 0.5], [length, 0.5], role("line"), 1.2);
  };
  if (layers.others.draw([nets, isDark()].join(), length, SHARES, axes)) return true;
  return layers.others.grow(others.length, (panel, net) =>
    panel.hairline(others[net], hue(cell), 2 * opacity("net")),
  );
}

/**
 * Draw how often the read-out of a net tells the first bit, and the mean of others.
 *
 * @param {{share: number, interval: number[]}[]} told of this net, so far.
 * @returns {boolean} whether more may be left for another frame.
 */
export function drawTold({ cell, length }, told, others, nets) {
  const key = [nets, isDark(), told.length, others.length].join();
  return layers.told.draw(key, length, SHARES, (panel) => {
    panel.name("guessing", 0.5, role("soft"));
    if (told.length > 0) drawOwn(panel, told, cell);
    if (others.length > 1) drawMean(panel, others);
    panel.finish();
  });
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
