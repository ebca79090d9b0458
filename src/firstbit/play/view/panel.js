/** A panel of curves over the symbols read: axes, lines, bands, names at the lines. */

import { role } from "./colours.js";
import { sized } from "./heat.js";
import { raised } from "./numbers.js";

const MARGIN = { left: 44, right: 132, top: 8, bottom: 34 };
const NARROW_RIGHT = 116;
const FONT = "12px system-ui, 'Liberation Sans', Arial, sans-serif";

export class Panel {
  /**
   * @param {HTMLCanvasElement} canvas what is there stays.
   * @param {number} length of the words: x goes from 1 to it.
   * @param {{from: number, to: number}} range of y, in the units that are drawn.
   */
  constructor(canvas, length, range) {
    Object.assign(this, sized(canvas), { length, range });
    this.margin = { ...MARGIN };
    if (this.width < 420) this.margin.right = NARROW_RIGHT;
    this.names = [];
  }

  clear() {
    this.context.clearRect(0, 0, this.width, this.height);
  }

  x(l) {
    const { left, right } = this.margin;
    const share = (l - 1) / Math.max(this.length - 1, 1);
    return left + share * (this.width - left - right);
  }

  y(value) {
    const { top, bottom } = this.margin;
    const { from, to } = this.range;
    const share = (Math.min(Math.max(value, from), to) - from) / (to - from);
    return this.height - bottom - share * (this.height - top - bottom);
  }

  /** Draw grid and ticks; `ticks` are pairs of a value and its text. */
  axes(ticks) {
    const { context, length, height, margin } = this;
    context.font = FONT;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const [value, text] of ticks) {
      this.segment([1, value], [length, value], role("hair"), 1);
      context.fillStyle = role("soft");
      context.fillText(text, margin.left - 8, this.y(value));
    }
    this.segment([1, this.range.from], [length, this.range.from], role("line"), 1);
    context.textAlign = "center";
    for (const l of ticksOf(length)) {
      context.fillText(String(l), this.x(l), height - margin.bottom + 10);
    }
    const middle = (this.x(1) + this.x(length)) / 2;
    context.fillText("symbols read, l", middle, height - 9);
  }

  segment([fromX, fromY], [toX, toY], colour, width, dash = []) {
    const { context } = this;
    context.beginPath();
    context.moveTo(this.x(fromX), this.y(fromY));
    context.lineTo(this.x(toX), this.y(toY));
    this.stroked(colour, width, dash);
  }

  /** Draw a curve of values at l = 1, 2, ..., up to where they end. */
  curve(values, colour, width, dash = []) {
    const { context } = this;
    context.beginPath();
    values.forEach((value, i) => context.lineTo(this.x(i + 1), this.y(value)));
    this.stroked(colour, width, dash);
  }

  /** Draw a hairline: one of many. */
  hairline(values, colour, opacity) {
    this.context.globalAlpha = opacity;
    this.curve(values, colour, 0.7);
    this.context.globalAlpha = 1;
  }

  /** Draw a curve with a halo of paper, so that it is seen on others. */
  haloed(values, colour, width, dash = []) {
    this.curve(values, role("page"), width + 2.5);
    this.curve(values, colour, width, dash);
  }

  stroked(colour, width, dash) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  /** Fill what lies between two curves. */
  band(lower, upper, colour, opacity) {
    const { context } = this;
    context.beginPath();
    upper.forEach((value, i) => context.lineTo(this.x(i + 1), this.y(value)));
    for (let i = lower.length - 1; i >= 0; i--) {
      context.lineTo(this.x(i + 1), this.y(lower[i]));
    }
    context.closePath();
    context.globalAlpha = opacity;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }

  /** Name a line at its right end; names that would overlap are moved apart. */
  name(text, value, colour, isBold = false) {
    this.names.push({ text, at: this.y(value), colour, isBold });
  }

  /** Write all names. */
  finish() {
    const { context } = this;
    context.textAlign = "left";
    const names = this.names.sort((a, b) => a.at - b.at);
    const heights = movedApart(names.map((one) => one.at), this.y(this.range.from));
    names.forEach((one, i) => {
      context.fillStyle = one.colour;
      context.font = one.isBold ? `bold ${FONT}` : FONT;
      context.fillText(one.text, this.x(this.length) + 8, heights[i]);
    });
  }
}

/** Pixels between two names. */
const LINE = 14;

/** Return heights, in ascending order, a line apart and none below the lowest. */
function movedApart(heights, lowest) {
  const found = [];
  for (const height of heights) found.push(Math.max(height, (found.at(-1) ?? -LINE) + LINE));
  let limit = lowest - 2;
  for (let i = found.length - 1; i >= 0; i--) {
    found[i] = Math.min(found[i], limit);
    limit = found[i] - LINE;
  }
  return found;
}

/** Return about six round lengths, the first and the last among them. */
function ticksOf(length) {
  const step = [1, 2, 5, 10, 20, 50].find((one) => length / one <= 6) ?? 50;
  const found = [1];
  for (let l = step; l < length - step / 2; l += step) if (l > 1) found.push(l);
  return [...found, length];
}

/** Return about six ticks of a log axis, from one power of ten down to another. */
export function logTicks({ from, to }) {
  const step = Math.ceil((to - from) / 6);
  const found = [];
  for (let power = 0; power <= to; power += step) found.push([power, tenTo(power)]);
  for (let power = -step; power >= from; power -= step) found.push([power, tenTo(power)]);
  return found;
}

function tenTo(power) {
  if (power === 0 || power === 1) return String(10 ** power);
  return `10${raised(power)}`;
}
