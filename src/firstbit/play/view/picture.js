/** A part of a panel that is painted once and shown many times. */

export class Picture {
  constructor() {
    this.key = null;
    this.canvas = document.createElement("canvas");
  }

  /**
   * Show the picture in a panel; paint it anew where the key or the size has changed.
   *
   * @param {string} key of all that it depends on, beside the panel's size.
   * @param {() => void} paint draws into the panel.
   */
  into(panel, key, paint) {
    const { context } = panel;
    const { width, height } = context.canvas;
    if (width === 0 || height === 0) return;
    const whole = `${key} ${width} ${height}`;
    if (whole !== this.key) {
      this.key = whole;
      this.paint(panel, paint);
    }
    context.save();
    context.resetTransform();
    context.drawImage(this.canvas, 0, 0);
    context.restore();
  }

  paint(panel, paint) {
    const { context } = panel;
    this.canvas.width = context.canvas.width;
    this.canvas.height = context.canvas.height;
    panel.context = this.canvas.getContext("2d");
    panel.context.setTransform(context.getTransform());
    paint();
    panel.context = context;
  }
}
