/** The automaton as a drawing, with the way of a word in it. */

import { arrows, layout } from "../languages/layout.js";
import { byId, svg } from "./dom.js";

/** States that are drawn; more would not be read. */
export const MOST_DRAWN = 40;

const RADIUS = 17;
const STEP = { along: 92, across: 78, beside: 100 };

/** Half the width of a letter at an arrow. */
const LETTER = 4;

/** Wider drawings than this have the page for themselves. */
const HALF = 600;
const EDGE = 70;

/**
 * Draw the automaton; `path` are the states that a word has led through.
 *
 * It goes from left to right, on a narrow page from top to bottom.
 */
export function drawGraph(language, path) {
  const holder = byId("graph");
  if (language.edges.length > MOST_DRAWN) {
    const number = `${language.edges.length} states are too many to be drawn`;
    holder.replaceChildren(`${number}: up to ${MOST_DRAWN} are.`);
    return;
  }
  const { place, layers, rows } = layout(language);
  const long = 2 * EDGE + (layers - 1) * STEP.along;
  byId("answer-pictures").classList.toggle("one-column", long > HALF);
  const isTall = long > holder.clientWidth;
  const spot = ({ layer, row }) => {
    const along = EDGE + layer * STEP.along;
    const across = EDGE + row * (isTall ? STEP.beside : STEP.across);
    return isTall ? { x: across, y: along } : { x: along, y: across };
  };
  const spots = place.map(spot);
  const end = spot({ layer: layers - 1, row: rows - 1 });
  const [width, height] = [end.x + EDGE, end.y + EDGE];
  const drawing = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": described(language),
  });
  drawing.append(arrowHead("arrow", "line"), arrowHead("live", "ink"));
  drawing.append(startArrow(spots[0], isTall));
  for (const arrow of arrows(language)) {
    drawing.append(drawnArrow(arrow, spots, isLive(arrow, path), isTall));
  }
  language.final.forEach((ends, q) => {
    drawing.append(drawnState(q, spots[q], ends, path.at(-1) === q));
  });
  holder.replaceChildren(drawing);
}

/** Return whether the last step of the word went this way. */
function isLive({ from, to }, path) {
  return path.length > 1 && path.at(-2) === from && path.at(-1) === to;
}

function arrowHead(id, colour) {
  const head = svg("path", { d: "M0 0L8 4L0 8z", fill: `var(--${colour})` });
  const marker = svg(
    "marker",
    {
      id,
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 8,
      markerHeight: 8,
      markerUnits: "userSpaceOnUse",
      orient: "auto",
    },
    head,
  );
  return svg("defs", {}, marker);
}

function startArrow({ x, y }, isTall) {
  const d = isTall
    ? `M${x} ${y - RADIUS - 28}V${y - RADIUS - 2}`
    : `M${x - RADIUS - 28} ${y}H${x - RADIUS - 2}`;
  return svg("path", { d, class: "edge", "marker-end": "url(#arrow)" });
}

function drawnState(q, { x, y }, ends, isHere) {
  const group = svg("g", { class: isHere ? "state here" : "state" });
  group.append(svg("circle", { cx: x, cy: y, r: RADIUS }));
  if (ends) group.append(svg("circle", { cx: x, cy: y, r: RADIUS - 4, class: "end" }));
  group.append(svg("text", { x, y: y + 4 }, `s${q}`));
  return group;
}

function drawnArrow({ from, to, letters }, spots, isLive, isTall) {
  const loop = isTall ? loopBeside : loopAbove;
  const half = LETTER * letters.join(" ").length;
  const way = from === to ? loop(spots[from], half) : bow(spots[from], spots[to], half);
  const live = isLive ? " live" : "";
  const head = isLive ? "url(#live)" : "url(#arrow)";
  const line = svg("path", { d: way.d, class: `edge${live}`, "marker-end": head });
  const { x, y } = way.label;
  const text = svg("text", { x, y: y + 4, class: `letter${live}` }, letters.join(" "));
  return svg("g", {}, line, text);
}

/** A loop above a state, where arrows come from the left; its letters are so wide. */
function loopAbove({ x, y }, half) {
  const [left, right, top] = [x - 8, x + 8, y - RADIUS];
  const [wide, high] = [14, top - 34];
  const curve = `${left - wide} ${high} ${right + wide} ${high} ${right} ${top + 1}`;
  const d = `M${left} ${top + 2}C${curve}`;
  return { d, label: { x: x - 20 - half, y: top - 14 } };
}

/** A loop to the right of a state, where arrows come from above. */
function loopBeside({ x, y }, half) {
  const [upper, lower, right] = [y - 8, y + 8, x + RADIUS];
  const [high, wide] = [14, right + 30];
  const curve = `${wide} ${upper - high} ${wide} ${lower + high} ${right + 1} ${lower}`;
  const d = `M${right - 2} ${upper}C${curve}`;
  return { d, label: { x: right + 26 + half, y } };
}

/** An arc from one state to another: the way back bows to the other side. */
function bow(a, b, half) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = [dx / length, dy / length];
  const bend = 0.14 * length + (length > 1.5 * STEP.along ? 10 : 0);
  const middle = { x: (a.x + b.x) / 2 + uy * bend, y: (a.y + b.y) / 2 - ux * bend };
  const start = onRim(a, middle, RADIUS);
  const end = onRim(b, middle, RADIUS + 2);
  const d = `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`;
  const label = {
    x: (a.x + b.x) / 2 + uy * (bend / 2 + 7 + half),
    y: (a.y + b.y) / 2 - ux * (bend / 2 + 11),
  };
  return { d, label };
}

/** Return the point of a state's rim that looks to another point. */
function onRim(center, toward, radius) {
  const [dx, dy] = [toward.x - center.x, toward.y - center.y];
  const share = radius / Math.hypot(dx, dy);
  return { x: center.x + dx * share, y: center.y + dy * share };
}

function described({ edges, final }) {
  const lines = edges.map((leaving, q) => {
    const ways = [...leaving].map(([letter, to]) => `${letter} to s${to}`);
    if (final[q]) ways.push("end");
    return `s${q}: ${ways.join(", ")}`;
  });
  return `Automaton of ${edges.length} states. ${lines.join("; ")}.`;
}
