/** A part of a panel that is painted once and shown many times. */

/** Things that are added to a growing picture at a time. */
const TOGETHER = 40;

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
   * @param {() => void} paint draws into the panel.
   */
  into(panel, key, paint) {
    if (!isSeen(panel)) return;
    if (this.isOther(panel, key)) this.paint(panel, paint);
    this.show(panel);
  }

  /**
   * Show a picture to which things are added, some at a time; those that are there stay.
   *
   * @param {string} key of all that it depends on, beside the panel's size.
   * @param {number} number of things.
   * @param {(from: number, to: number) => void} paint draws those from one on.
   */
  grow(panel, key, number, paint) {
    if (!isSeen(panel)) return;
    if (this.isOther(panel, key)) this.number = 0;
    const from = this.number;
    this.number = Math.min(from + TOGETHER, number);
    if (this.number > from) this.paint(panel, () => paint(from, this.number));
    this.show(panel);
  }

  /** Return whether the picture is another one now; it is empty then. */
  isOther({ context }, key) {
    const { width, height } = context.canvas;
    const whole = `${key} ${width} ${height}`;
    if (whole === this.key) return false;
    this.key = whole;
    this.canvas.width = width;
    this.canvas.height = height;
    return true;
  }

  paint(panel, paint) {
    const { context } = panel;
    panel.context = this.canvas.getContext("2d");
    panel.context.setTransform(context.getTransform());
    paint();
    panel.context = context;
  }

  show({ context }) {
    context.save();
    context.resetTransform();
    context.drawImage(this.canvas, 0, 0);
    context.restore();
  }
}

function isSeen({ context }) {
  return context.canvas.width > 0 && context.canvas.height > 0;
}
