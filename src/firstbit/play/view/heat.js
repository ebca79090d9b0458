/** Heat maps: a column for each symbol read, a row for each unit. */

import { ramp, role } from "./colours.js";

/** Return the context of a canvas whose size is that at which it is seen. */
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
  return { context, width, height };
}

/** A heat map: a pixel for each entry is painted once, and shown up to the cursor. */
export class Heat {
  constructor(canvas) {
    this.canvas = canvas;
    this.key = null;
    this.colour = null;
    this.pixels = document.createElement("canvas");
  }

  /**
   * Show the columns up to the cursor, and a frame around the cursor's column. Where
   * colours or pixels aren't there yet, make them, and show the columns another time.
   *
   * @param {Float64Array[]} columns one for each symbol, an entry for each unit.
   * @param {number} at symbols read.
   * @param {string} key another one for other columns or colours.
   * @param {() => (entry: number) => number} colours returns the pixel of an entry.
   * @returns {boolean} whether they are to be shown another time.
   */
  draw(columns, at, key, colours) {
    if (key !== this.key) {
      this.key = key;
      this.colour = colours();
      return true;
    }
    if (this.colour !== null) {
      paint(this.pixels, columns, this.colour);
      this.colour = null;
      return true;
    }
    const { context, width, height } = sized(this.canvas);
    context.clearRect(0, 0, width, height);
    const wide = width / columns.length;
    context.imageSmoothingEnabled = false;
    const high = this.pixels.height;
    context.drawImage(this.pixels, 0, 0, at, high, 0, 0, at * wide, height);
    frame(context, (at - 1) * wide, wide, height);
    return false;
  }
}

function paint(canvas, columns, colour) {
  canvas.width = columns.length;
  canvas.height = columns[0].length;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  columns.forEach((column, t) => {
    column.forEach((entry, unit) => {
      pixels[unit * columns.length + t] = colour(entry);
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

/** Return the pixel of an entry of a state between -largest and largest. */
export function stateColour(largest, isPositive) {
  if (isPositive) {
    const amount = ramp("amount");
    return (entry) => amount(entry / largest);
  }
  const signed = ramp("signed");
  return (entry) => signed((entry / largest + 1) / 2);
}

/** Return the pixel of a difference on a log scale from 1 down to 10^-decades. */
export function fadeColour(decades) {
  const fade = ramp("fade");
  // The logarithm of 0 is minus infinity: the darkest, as all that is below the scale.
  return (entry) => fade(1 + Math.log10(Math.abs(entry)) / decades);
}
