/** Heat maps: a column for each symbol read, a row for each unit. */

import { ramp, role } from "./colours.js";

/** Return the context of a canvas, cleared, whose size is that at which it is seen. */
export function sized(canvas) {
  const scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  // A canvas that gets a size gets other memory, too: that is dear in each frame.
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** A heat map: a pixel for each entry is painted once, and shown up to the cursor. */
export class Heat {
  constructor(canvas) {
    this.canvas = canvas;
    this.key = null;
    this.pixels = document.createElement("canvas");
  }

  /**
   * Show the columns up to the cursor, and a frame around the cursor's column.
   *
   * @param {Float64Array[]} columns one for each symbol, an entry for each unit.
   * @param {number} at symbols read.
   * @param {string} key another one for other columns or colours.
   * @param {() => (entry: number) => number[]} colours returns the colour of an entry.
   */
  draw(columns, at, key, colours) {
    if (key !== this.key) {
      this.key = key;
      paint(this.pixels, columns, colours());
    }
    const { context, width, height } = sized(this.canvas);
    const wide = width / columns.length;
    context.imageSmoothingEnabled = false;
    const high = this.pixels.height;
    context.drawImage(this.pixels, 0, 0, at, high, 0, 0, at * wide, height);
    frame(context, (at - 1) * wide, wide, height);
  }
}

function paint(canvas, columns, colour) {
  canvas.width = columns.length;
  canvas.height = columns[0].length;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  columns.forEach((column, t) => {
    column.forEach((entry, unit) => {
      const at = 4 * (unit * columns.length + t);
      [image.data[at], image.data[at + 1], image.data[at + 2]] = colour(entry);
      image.data[at + 3] = 255;
    });
  });
  context.putImageData(image, 0, 0);
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
