/** Puts the page together: settings from the address, both tabs, the stories. */

import { fromAddress, toAddress } from "./settings.js";
import { Store } from "./store.js";
import { AutomatonTab } from "./view/automaton.js";
import { controls } from "./view/controls.js";
import { isDark } from "./view/colours.js";
import { byId, isStill, say } from "./view/dom.js";
import { Remember, firstPace } from "./view/remember.js";
import { Telling } from "./view/telling.js";

const TABS = ["remember", "automaton"];

const { settings, notes } = fromAddress(location.hash);
const store = new Store(settings);
let ownAddress = location.hash;

controls(store);
const remember = new Remember(store);
const automaton = new AutomatonTab(store);
new Telling(store);

/** Show the tab that is chosen, and the lines about what was mended. */
function show() {
  for (const tab of TABS) {
    const isChosen = store.settings.tab === tab;
    const button = byId(`tab-${tab}`);
    button.setAttribute("aria-selected", String(isChosen));
    button.tabIndex = isChosen ? 0 : -1;
    byId(tab).hidden = !isChosen;
  }
}

function redraw() {
  remember.draw();
  automaton.draw();
}

/** Browsers refuse an address that changes with every frame: it follows at rest. */
const REST = 300;
let resting = null;

function followLater() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    ownAddress = toAddress(store.settings);
    history.replaceState(null, "", ownAddress);
  }, REST);
}

store.listen(() => {
  say("notes", store.note);
  show();
  followLater();
});
store.listen((names) => names.includes("tab") && redraw());

for (const tab of TABS) {
  const button = byId(`tab-${tab}`);
  button.addEventListener("click", () => store.set({ tab }));
  button.addEventListener("keydown", ({ key }) => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    const other = TABS.find((one) => one !== tab);
    store.set({ tab: other });
    byId(`tab-${other}`).focus();
  });
}

byId("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  redraw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

byId("share").addEventListener("click", async () => {
  history.replaceState(null, "", toAddress(store.settings));
  try {
    await navigator.clipboard.writeText(location.href);
    say("notes", "The address of this view is copied.");
  } catch {
    say("notes", "The address of this view is in the address bar.");
  }
});

addEventListener("hashchange", () => {
  if (location.hash === ownAddress) return;
  const found = fromAddress(location.hash);
  store.set(found.settings);
  say("notes", found.notes.join(" "));
});

show();
say("notes", notes.join(" "));
// The only thing that starts by itself: the first run of a fresh page, one second long.
if (location.hash === "" && !isStill()) remember.run(firstPace(store.settings.length));
