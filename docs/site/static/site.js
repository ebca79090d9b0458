/* What the theme leaves open: wide pictures on a phone, and names for a screen reader. */

/** Of its size, at which the smallest type of a picture is still 10 pixels high. */
const LEAST = 0.9;

/** Give a picture a box of its own, in which it scrolls before it is too small to read. */
function keepSize(picture) {
  const scale = picture.currentSrc.endsWith(".svg") ? 1 : 2;
  picture.style.minWidth = `${(LEAST * picture.naturalWidth) / scale}px`;
  const inside = picture.closest("a, picture") ?? picture;
  const box = document.createElement("div");
  box.className = "picture";
  inside.replaceWith(box);
  box.append(inside);
  // What scrolls is reached by keys, too.
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

addEventListener("load", () => {
  document.querySelectorAll(".bd-article img").forEach(keepSize);
});

addEventListener("DOMContentLoaded", () => {
  for (const toggle of document.querySelectorAll("summary:has(.toctree-toggle)")) {
    toggle.setAttribute("aria-label", "pages below");
  }
});
