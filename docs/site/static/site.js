/* What the theme leaves open: wide pictures on a phone, and names for a screen reader. */

/** Of its size, at which the smallest type of a picture is still 10 pixels high. */
const LEAST = 0.9;

/** The same of an automaton, whose type is larger. */
const LEAST_OF_GRAPH = 0.6;

/** Give a picture a box of its own, in which it scrolls before it is too small to read. */
function keepSize(picture) {
  const isGraph = picture.currentSrc.endsWith(".svg");
  const [least, scale] = isGraph ? [LEAST_OF_GRAPH, 1] : [LEAST, 2];
  picture.style.minWidth = `${(least * picture.naturalWidth) / scale}px`;
  const inside = picture.closest("a, picture") ?? picture;
  const box = document.createElement("div");
  box.className = "picture";
  inside.replaceWith(box);
  box.append(inside);
  // What scrolls is reached by keys, too.
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

/** Mark a table that is wider than its box. */
function markWide(table) {
  const box = table.parentElement;
  if (box.scrollWidth > box.clientWidth) table.classList.add("scrolls");
}

addEventListener("load", () => {
  document.querySelectorAll(".bd-article img").forEach(keepSize);
  document.querySelectorAll(".bd-article table.table").forEach(markWide);
});

addEventListener("DOMContentLoaded", () => {
  for (const toggle of document.querySelectorAll("summary:has(.toctree-toggle)")) {
    toggle.setAttribute("aria-label", "pages below");
  }
});
