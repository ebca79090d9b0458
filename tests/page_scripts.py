"""What a page is asked, as JavaScript."""

WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"

FIRST = """
["h1", ".banner .word"].map(
  (one) => document.querySelector(one).getBoundingClientRect().bottom)
"""
"""Where the answer ends, from the top of the page."""

SMALLEST_TYPE = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let smallest = Infinity;
  while (walker.nextNode()) {
    const node = walker.currentNode, holder = node.parentElement;
    if (!node.data.trim() || !holder.checkVisibility()) continue;
    const matrix = holder.getScreenCTM?.();
    const scale = matrix ? Math.hypot(matrix.a, matrix.b) : 1;
    const size = parseFloat(getComputedStyle(holder).fontSize);
    smallest = Math.min(smallest, scale * size);
  }
  return smallest;
}
"""
"""In pixels of the screen: those of a drawing are smaller or larger than its own."""

SHRUNK = """
[...document.querySelectorAll("figure svg")].filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().width < one.width.baseVal.value - 1)
  .map((one) => one.textContent)
"""
"""Pictures that are smaller than they were drawn."""

CUT_OFF = """
() => {
  const found = [];
  for (const drawing of document.querySelectorAll("figure svg")) {
    if (!drawing.checkVisibility()) continue;
    const edge = drawing.getBoundingClientRect();
    for (const text of drawing.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.right > edge.right + 1 || box.left < edge.left - 1)
        found.push(text.textContent);
    }
  }
  return found;
}
"""
"""Texts that reach beyond their drawing, whose edge cuts them off."""

ARROWS_ALONE = """
() => [...document.querySelectorAll("th button")].filter((button) => {
  if (!button.checkVisibility()) return false;
  const words = document.createRange();
  words.selectNodeContents(button);
  const last = [...words.getClientRects()].at(-1);
  return button.getBoundingClientRect().bottom - last.bottom > last.height / 2;
}).map((button) => button.textContent)
"""
"""Heads of tables whose last line is their arrow alone."""

REACHABLE = """
() => {
  const scrolls = (box) => box.scrollWidth > box.clientWidth;
  const found = [...document.querySelectorAll("a[href], button, summary, .scroll")]
    .filter((one) => one.checkVisibility())
    .filter((one) => !one.matches(".scroll") || scrolls(one));
  found.forEach((one, number) => { one.dataset.stop = number; });
  return found.length;
}
"""
"""Number what a reader can use; return how many there are."""

FOCUSED = """
() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [one.dataset.stop ?? null, style.outlineStyle, parseFloat(style.outlineWidth)];
}
"""

FOLDED = """
[...document.querySelectorAll("details table")].map(
  (one) => one.checkVisibility({contentVisibilityAuto: true})
    ? one.getBoundingClientRect().height : 0)
"""
"""Height of each table in a fold."""

MOVING = """
() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const times = `${style.transitionDuration}, ${style.animationDuration}`.split(",");
  return times.some((time) => parseFloat(time) > 0);
}).length + document.getAnimations().length
"""

COLUMN = """
[...document.querySelector("table:has(th button)").tBodies[0].rows].map(
  (row) => row.cells[0].textContent.trim())
"""
"""The first column of the first table that can be sorted."""
