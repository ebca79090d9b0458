/** Heat maps: a column for each symbol read, a row for each unit. */

import { ramp, role } from "./colours.js";
import { Picture } from "./picture.js";

/** Return the context of a canvas whose size is that at which it is seen. */
export function sized(canvas) {
  const scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** A heat map: all its columns are painted once, and shown up to the cursor. */
export class Heat {
  constructor(canvas) {
    this.canvas = canvas;
    this.picture = new Picture();
  }

  /**
   * Show the columns up to the cursor, and a frame around the cursor's column.
   *
   * @param {Float64Array[]} columns one for each symbol, an entry for each unit.
   * @param {number} at symbols read.
   * @param {string} key another one for other columns or colours.
   * @param {() => (entry: number) => string} colours returns the colour of an entry.
   */
  draw(columns, at, key, colours) {
    const panel = sized(this.canvas);
    const { context, width, height } = panel;
    const wide = width / columns.length;
    context.save();
    context.beginPath();
    context.rect(0, 0, at * wide, height);
    context.clip();
    this.picture.into(panel, key, () => paint(panel, columns, colours()));
    context.restore();
    frame(context, (at - 1) * wide, wide, height);
  }
}

function paint({ context, width, height }, columns, colour) {
  const wide = width / columns.length;
  const high = height / columns[0].length;
  columns.forEach((column, t) => {
    column.forEach((entry, unit) => {
      context.fillStyle = colour(entry);
      // Half a pixel more, so that no paper shows between two columns.
      context.fillRect(t * wide, unit * high, wide + 0.5, high + 0.5);
    });
  });
}

function frame(context, left, wide, height) {
  const around = Math.max(wide, 4);
  const from = left + wide / 2 - around / 2;
  context.lineWidth = 3;
  context.strokeStyle = role("page");
  context.strokeRect(from, 1, around, height - 2);
  context.lineWidth = 1.5;
  context.strokeStyle = role("ink");
  context.strokeRect(from, 1, around, height - 2);
}

/** Return the colour of an entry of a state between -largest and largest. */
export function stateColour(largest, isPositive) {
  if (isPositive) {
    const amount = ramp("amount");
    return (entry) => amount(entry / largest);
  }
  const signed = ramp("signed");
  return (entry) => signed((entry / largest + 1) / 2);
}

/** Return the colour of a difference on a log scale from 1 down to 10^-decades. */
export function fadeColour(decades) {
  const fade = ramp("fade");
  // The logarithm of 0 is minus infinity: the darkest, as all that is below the scale.
  return (entry) => fade(1 + Math.log10(Math.abs(entry)) / decades);
}
