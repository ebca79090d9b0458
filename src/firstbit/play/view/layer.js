/** A canvas of a panel: they lie on each other, and each is drawn where it changes. */

import { byId } from "./dom.js";
import { Panel } from "./panel.js";

/** Things that are added to a layer at a time. */
const TOGETHER = 10;

export class Layer {
  /** @param {string} id of its canvas. */
  constructor(id) {
    this.canvas = byId(id);
    this.panel = null;
    this.key = null;
    this.number = 0;
  }

  /**
   * Draw all anew where the key or the size has changed; at first only get memory for it.
   *
   * @param {string} key of all that is drawn, beside the size.
   * @param {number} length of the words.
   * @param {{from: number, to: number}} range of y.
   * @param {(panel: Panel) => void} paint
   * @returns {boolean} whether something was done, and more may be left.
   */
  draw(key, length, range, paint) {
    const panel = new Panel(this.canvas, length, range);
    if (this.key === null) {
      this.key = "";
      return true;
    }
    const { width, height } = this.canvas;
    const whole = [key, length, range.from, range.to, width, height].join();
    if (whole === this.key) return false;
    this.key = whole;
    this.number = 0;
    panel.clear();
    paint(panel);
    this.panel = panel;
    return true;
  }

  /**
   * Add things to what is drawn, some at a time.
   *
   * @param {number} number of things.
   * @param {(panel: Panel, thing: number) => void} paint draws one of them.
   * @returns {boolean} whether others are left.
   */
  grow(number, paint) {
    const end = Math.min(this.number + TOGETHER, number);
    for (; this.number < end; this.number++) paint(this.panel, this.number);
    return this.number < number;
  }
}
