/** Colours by their roles: those of the page, of a cell, of a map. */

import { byId } from "./dom.js";

const ROLES = JSON.parse(byId("roles").textContent);

const darkness = matchMedia("(prefers-color-scheme: dark)");

/** Colours by their roles, of the theme that the page has. */
let known = { isDark: null, colours: new Map() };

/** Return the colour of a role as the page has it now, light or dark. */
export function role(name) {
  // To ask the page is dear: each frame needs dozens of colours.
  if (known.isDark !== isDark()) known = { isDark: isDark(), colours: new Map() };
  const { colours } = known;
  if (!colours.has(name)) {
    const style = getComputedStyle(document.documentElement);
    colours.set(name, style.getPropertyValue(`--${name}`));
  }
  return colours.get(name);
}

/** Return whether the page is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen === "dark";
  return darkness.matches;
}

/** Return the colour of a cell's family. */
export function hue(cell) {
  return role(ROLES.families[cell]);
}

/** Return the opacity of a kind of ink: `band`, or `net` for the line of one net. */
export function opacity(kind) {
  return ROLES.opacity[isDark() && kind === "net" ? "net_dark" : kind];
}

/** Colours of a ramp. */
const FINE = 256;

/**
 * Return a map as a function from a share, 0 to 1, to a pixel of an image.
 *
 * `amount` begins with paper; `signed` has 0 in the middle; both are dark there on a dark
 * page. `fade` is bright where a difference is large. What is no number is `hair`.
 */
export function ramp(name) {
  const stops = stopsOf(name).map(channels);
  const pixels = new Uint32Array(FINE);
  for (let i = 0; i < FINE; i++) pixels[i] = pixelOf(between(stops, i / (FINE - 1)));
  const unknown = pixelOf(channels(role("hair").trim()));
  return (share) => {
    if (Number.isNaN(share)) return unknown;
    const inside = Math.min(Math.max(share, 0), 1);
    return pixels[Math.round(inside * (FINE - 1))];
  };
}

/** Return a map as a background of CSS, its end first. */
export function gradient(name) {
  return `linear-gradient(to left, ${stopsOf(name).join()})`;
}

function stopsOf(name) {
  return ROLES.maps[isDark() ? "dark" : "light"][name];
}

function between(stops, share) {
  const place = share * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  const rest = place - below;
  const [from, to] = [stops[below], stops[below + 1]];
  return from.map((one, i) => Math.round(one + (to[i] - one) * rest));
}

/** Return an opaque pixel as a number; browsers run where the lowest byte comes first. */
function pixelOf([red, green, blue]) {
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
