/** The floors by window, with the floor of the known state and the plateaus by name. */

import { byId, svg } from "./dom.js";
import { written } from "./numbers.js";

const SIZE = { width: 540, height: 330 };
const MARGIN = { left: 46, right: 24, top: 24, bottom: 44 };

/** Pixels that the name of the reader's loss takes. */
const NAME = 110;

/** Draw the floors of an answer of `asked`. */
export function drawFloors({ floors, full, plateaus }, loss) {
  const holder = byId("floors");
  const width = Math.min(SIZE.width, Math.max(holder.clientWidth, 300));
  const scale = scales(floors, full, loss, width);
  const drawing = svg("svg", {
    viewBox: `0 0 ${width} ${SIZE.height}`,
    width,
    height: SIZE.height,
    role: "img",
    "aria-label": described(floors, full, plateaus),
  });
  drawing.append(...axes(scale, floors.length, width));
  const { left, right } = MARGIN;
  drawing.append(
    known(scale.y(full), left, width - right, full),
  );
  if (loss !== null) {
    const met = floors.findIndex((floor) => floor <= loss);
    const isFree = met < 0 || scale.x(met) > left + NAME;
    drawing.append(yours(scale.y(loss), left, width - right, loss, isFree));
  }
  for (const one of plateaus) drawing.append(plateau(one, scale));
  drawing.append(...steps(floors, scale));
  holder.replaceChildren(drawing);
}

function scales(floors, full, loss, width) {
  const { left, right, top, bottom } = MARGIN;
  const all = [...floors, full, ...(loss === null ? [] : [loss])];
  const most = Math.max(...all, 1e-9);
  const least = Math.min(...all);
  const from = Math.max(0, least - 0.12 * (most - least || most));
  const inside = width - left - right - 12;
  const high = SIZE.height - top - bottom;
  return {
    from,
    most,
    x: (m) => left + 12 + (m / Math.max(floors.length - 1, 1)) * (inside - 12),
    y: (value) => SIZE.height - bottom - ((value - from) / (most - from || 1)) * high,
  };
}

function axes({ x, y, from, most }, number, width) {
  const { left, right } = MARGIN;
  const found = [];
  const step = roundStep(most - from);
  for (let value = Math.ceil(from / step) * step; value <= most; value += step) {
    const line = { x1: left, x2: width - right, y1: y(value), y2: y(value) };
    found.push(svg("line", { ...line, class: "grid" }));
    const place = { x: left - 6, y: y(value) + 4, class: "tick to-left" };
    found.push(svg("text", place, written(value, 3)));
  }
  const every = Math.ceil(number / 10);
  for (let m = 0; m < number; m += every) {
    const place = { x: x(m), y: SIZE.height - MARGIN.bottom + 18, class: "tick" };
    found.push(svg("text", place, String(m)));
  }
  const title = { x: (left + width) / 2, y: SIZE.height - 8, class: "tick" };
  found.push(svg("text", title, "last symbols seen, m"));
  return found;
}

/** Return a round step of which about five fit into a range. */
function roundStep(range) {
  const size = 10 ** Math.floor(Math.log10(range / 5 || 1));
  return size * ([1, 2, 5, 10].find((one) => size * one * 5.5 >= range) ?? 10);
}

/** The line of the known state, named below its right end. */
function known(at, from, to, full) {
  const line = svg("line", { x1: from, x2: to, y1: at, y2: at, class: "limit" });
  const place = { x: to, y: at + 16, class: "tick to-left" };
  const text = svg("text", place, `state known ${written(full, 3)}`);
  return svg("g", {}, line, text);
}

/** The line of the reader's loss, named at its left end if no floor crosses it there. */
function yours(at, from, to, loss, isLeft) {
  const line = svg("line", { x1: from, x2: to, y1: at, y2: at, class: "yours" });
  const [x, side] = isLeft ? [from + 4, "right"] : [to, "left"];
  const place = { x, y: at - 6, class: `tick to-${side} yours` };
  const text = svg("text", place, `your loss ${written(loss, 3)}`);
  return svg("g", {}, line, text);
}

function plateau({ from, to, loss, name }, { x, y }) {
  const place = { x1: x(from), x2: x(to), y1: y(loss), y2: y(loss) };
  const line = svg("line", { ...place, class: "plateau" });
  const middle = (x(from) + x(to)) / 2;
  const text = `${name}: ${written(loss, 3)}`;
  const at = { x: middle, y: y(loss) - 14, class: "tick named" };
  return svg("g", {}, line, svg("text", at, text));
}

function steps(floors, { x, y }) {
  const way = floors.map((floor, m) => `${m === 0 ? "M" : "L"}${x(m)} ${y(floor)}`);
  const line = svg("path", { d: way.join(""), class: "curve" });
  const marks = floors.map((floor, m) => {
    const tip = svg("title", {}, `last ${m} symbols: ${written(floor, 4)}`);
    return svg("circle", { cx: x(m), cy: y(floor), r: 4, class: "mark" }, tip);
  });
  return [line, ...marks];
}

function described(floors, full, plateaus) {
  const all = floors.map((floor, m) => `m = ${m}: ${written(floor, 4)}`).join("; ");
  const named = plateaus.map((one) => `from ${one.from} to ${one.to}: ${one.name}`);
  return `Floors by window. ${all}. State known: ${written(full, 4)}. ${named.join(". ")}`;
}
