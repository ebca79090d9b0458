/** A part of a panel that is painted once and shown many times. */

export class Picture {
  constructor() {
    this.key = null;
    this.number = 0;
    this.canvas = document.createElement("canvas");
  }

  /**
   * Show the picture in a panel; paint it anew where the key or the size has changed.
   *
   * @param {string} key of all that it depends on, beside the panel's size.
   * @param {(from: number) => void} paint draws into the panel; where things are added
   *     to a picture that stays, those from a number on.
   * @param {number} number of things that are painted.
   */
  into(panel, key, paint, number = 0) {
    const { context } = panel;
    const { width, height } = context.canvas;
    if (width === 0 || height === 0) return;
    const whole = `${key} ${width} ${height}`;
    if (whole !== this.key) {
      this.key = whole;
      this.clear(context);
      this.paint(panel, paint, 0);
    } else if (number > this.number) {
      this.paint(panel, paint, this.number);
    }
    this.number = number;
    context.save();
    context.resetTransform();
    context.drawImage(this.canvas, 0, 0);
    context.restore();
  }

  clear(context) {
    this.canvas.width = context.canvas.width;
    this.canvas.height = context.canvas.height;
  }

  paint(panel, paint, from) {
    const { context } = panel;
    panel.context = this.canvas.getContext("2d");
    panel.context.setTransform(context.getTransform());
    paint(from);
    panel.context = context;
  }
}
