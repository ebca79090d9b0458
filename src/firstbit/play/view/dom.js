/** Elements of the page. */

/** Return the element with that id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Make an element of HTML with attributes and children, texts or elements. */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an element of SVG; its namespace is that of the icons, which are there. */
export function svg(tag, attributes = {}, ...children) {
  const space = document.querySelector("svg").namespaceURI;
  return filled(document.createElementNS(space, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Return the icon of a status: good, partial, bad or open. */
export function icon(status) {
  const use = svg("use", { href: `#icon-${status}` });
  return svg("svg", { class: "icon", "aria-hidden": "true" }, use);
}

/** Put a text into an element, unless it is there: so nothing is read out twice. */
export function say(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/** Call `draw` in a frame of its own when the width of an element changes. */
export function onNewWidth(id, draw) {
  let known = 0;
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === known) return;
    known = contentRect.width;
    requestAnimationFrame(draw);
  });
  observer.observe(byId(id));
}

/** Return whether the reader wants no motion. */
export function isStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
