/** The first tab: two words that differ in their first bit, side by side in one net. */

import { NOT_YET, lightByRote, lightOfReadout } from "../light.js";
import { norm } from "../numbers/differences.js";
import { readOne } from "../numbers/reading.js";
import { summary } from "../numbers/statistics.js";
import { sentenceOf } from "../sentence.js";
import { bearable, commandOf, ofNets } from "../settings.js";
import { Row } from "../workers/row.js";
import { Team, numWorkers } from "../workers/team.js";
import { gradient, isDark } from "./colours.js";
import {
  describe,
  drawLines,
  drawNets,
  drawOthers,
  drawTold,
  moveCursors,
  rangeOf,
} from "./curves.js";
import { byId, html, icon, isStill, onNewWidth, say } from "./dom.js";
import { Frames } from "./frames.js";
import { Heat, fadeColour, stateColour } from "./heat.js";
import { counted, percent, raised, written } from "./numbers.js";

/** Settings that change what is looked at, and no number. */
const LOOKS = new Set(["at", "decades", "tab", "story", "expression", "word"]);

/** Groups of nets that appear one by one; later ones appear as many at a time. */
const FIRST_GROUPS = 10;

/** Other nets whose read-outs are fitted, and the size up to which they are. */
const NUM_OTHERS = 20;
const LARGEST_OF_OTHERS = 40;

/** Milliseconds between two symbols of the first run, and of one that was asked for. */
const FIRST_RUN = 1000;
const PACE = 40;

/** What is drawn anew where other nets, or another read-out, are found. */
const OF_NETS = ["summary", "nets", "lines", "source", "described"];
const OF_TOLD = ["others", "told", "light", "described"];

export class Remember {
  constructor(store) {
    this.store = store;
    const program = byId("worker").textContent;
    this.team = new Team(program, numWorkers(), (found) => this.take(found));
    this.unit = 0;
    this.nets = 0;
    this.running = null;
    this.heats = {
      first: new Heat(byId("first-state")),
      second: new Heat(byId("second-state")),
      difference: new Heat(byId("difference")),
    };
    this.isLaidOut = false;
    this.frames = new Frames(this.pieces());
    store.listen((names) => this.changed(names));
    this.connect();
    this.begin();
  }

  /** Let buttons, the slider and the pictures move the cursor. */
  connect() {
    const { store } = this;
    byId("at").addEventListener("input", (event) => this.moveTo(event.target.value));
    byId("step").addEventListener("click", () => this.moveTo(store.settings.at + 1));
    byId("unit").addEventListener("input", ({ target }) => {
      this.unit = Math.min(Math.max(Math.round(target.value), 1), store.settings.k) - 1;
      this.draw();
    });
    byId("run").addEventListener("click", () => this.run(PACE));
    for (const id of ["first-state", "second-state", "difference"]) {
      byId(id).addEventListener("pointerdown", (event) => this.point(event));
      byId(id).addEventListener("pointermove", (event) => {
        if (event.pointerType === "mouse") this.point(event);
      });
    }
    onNewWidth("remember", () => {
      this.isLaidOut = true;
      this.draw();
    });
  }

  moveTo(at) {
    this.stop();
    const inside = Math.min(Math.max(Number(at), 1), this.store.settings.length);
    this.store.set({ at: inside });
  }

  /** Move the cursor to a column, and look at the unit under the pointer. */
  point({ target, offsetX, offsetY }) {
    const { length, k } = this.store.settings;
    this.unit = Math.min(Math.floor((offsetY / target.clientHeight) * k), k - 1);
    this.moveTo(Math.floor((offsetX / target.clientWidth) * length) + 1);
    this.draw();
  }

  /** Read the words symbol by symbol; a reader who wants no motion sees the end. */
  run(pace) {
    this.stop();
    const { length } = this.store.settings;
    if (isStill()) {
      this.store.set({ at: length });
      return;
    }
    this.store.set({ at: 1 });
    this.running = setInterval(() => {
      this.store.set({ at: this.store.settings.at + 1 });
      if (this.store.settings.at >= length) this.stop();
    }, pace);
  }

  stop() {
    clearInterval(this.running);
    this.running = null;
  }

  changed(names) {
    if (names.some((name) => !LOOKS.has(name))) this.begin();
    else if (names.length > 0) this.draw();
  }

  /** Read the words with other nets. */
  begin() {
    const { settings, note } = bearable(this.store.settings);
    say("bounds", note);
    const of = ofNets(settings);
    this.seen = withSecond(readOne(of, settings.net));
    this.nets += 1;
    this.unit = Math.min(this.unit, settings.k - 1);
    this.asked = { of, nets: settings.nets, net: settings.net, others: othersOf(settings) };
    this.rows = { nets: new Row(), told: new Row(), other: new Row() };
    this.draws = [];
    this.found = null;
    this.team.begin(this.asked);
    this.draw();
  }

  /** Take what a worker has found. */
  take({ kind, place, found }) {
    const row = this.rows[kind];
    const before = row.shown.length;
    row.put(place, found);
    if (row.shown.length === before) return;
    if (kind === "nets") this.takeNets(row.shown);
    else this.draw(OF_TOLD);
  }

  takeNets(groups) {
    const draws = groups.flat();
    const isAll = draws.length === this.asked.nets;
    if (groups.length > FIRST_GROUPS && groups.length % FIRST_GROUPS !== 0 && !isAll) return;
    this.draws = draws;
    this.draw(OF_NETS);
  }

  get told() {
    return this.rows.told.shown;
  }

  get others() {
    return this.rows.other.shown;
  }

  /** What the light shows at the cursor. */
  get light() {
    const { at, suffix } = this.store.settings;
    if (suffix === "constant") return lightByRote(this.seen.lost[at - 1]);
    const told = this.told[at - 1];
    return told === undefined ? NOT_YET : lightOfReadout(told);
  }

  /** Draw pieces in the next frames: all of them, or those of these names. */
  draw(names) {
    // Before the page is laid out, a picture would have it laid out for itself alone.
    if (!this.isLaidOut) return;
    if (this.store.settings.tab === "remember") this.frames.ask(names);
    else this.frames.clear();
  }

  /** All pictures come before all texts: a text that changes has the page laid out anew. */
  pieces() {
    const settings = () => this.store.settings;
    return {
      first: () => this.drawState("first", this.seen.states),
      second: () => this.drawState("second", this.seen.second),
      difference: () => this.drawDifference(settings()),
      summary: () => this.summarise(),
      nets: () => drawNets(settings(), this.draws, this.range, this.nets),
      lines: () => this.drawLines(settings()),
      others: () => this.drawOthers(settings()),
      told: () => this.drawTold(settings()),
      cursors: () => moveCursors(settings()),
      where: () => this.sayWhere(settings()),
      source: () => say("source", this.source(settings())),
      light: () => this.sayLight(settings()),
      described: () => describe(settings(), this.draws, this.found, this.others),
    };
  }

  summarise() {
    const { draws } = this;
    if (draws.length === 0 || draws === this.summarised) return;
    this.summarised = draws;
    this.found = summary(draws, this.asked.of.length);
  }

  get range() {
    return rangeOf(this.store.settings, this.draws, this.seen.distances);
  }

  drawLines(settings) {
    const number = this.found === null ? 0 : this.summarised.length;
    const { distances } = this.seen;
    return drawLines(settings, this.found, distances, this.range, this.nets, number);
  }

  drawOthers(settings) {
    const isRandom = settings.suffix === "random";
    byId("told-figure").hidden = !isRandom;
    return isRandom && drawOthers(settings, this.others, this.nets);
  }

  drawTold(settings) {
    const isRandom = settings.suffix === "random";
    return isRandom && drawTold(settings, this.told, this.others, this.nets);
  }

  drawState(name, states) {
    const { isPositive, largest } = this.seen;
    const key = `${this.nets} ${isDark()}`;
    const ofState = () => stateColour(largest, isPositive);
    return this.heats[name].draw(states, this.store.settings.at, key, ofState);
  }

  drawDifference({ at, decades }) {
    const key = `${this.nets} ${isDark()} ${decades}`;
    const ofChange = () => fadeColour(Number(decades));
    return this.heats.difference.draw(this.seen.changes, at, key, ofChange);
  }

  /** Say the scales, and where in the words the cursor is. */
  sayWhere(settings) {
    const { isPositive, largest } = this.seen;
    const from = isPositive ? 0 : -largest;
    const scale = `${written(from)} to ${written(largest)}`;
    say("state-scale", `state of each unit, ${scale}`);
    say("fade-least", `10${raised(-settings.decades)} and below`);
    byId("fade-bar").style.background = gradient("fade");
    this.sayWords(settings);
    say("command", commandOf(settings));
  }

  sayWords({ at, length }) {
    const range = byId("at");
    range.max = length;
    range.value = at;
    range.setAttribute("aria-valuetext", `${at} of ${length} symbols`);
    say("at-text", `${at} of ${length}`);
    const common = Array.from(this.seen.letters.slice(0, at - 1)).join("");
    byId("first-word").replaceChildren(html("b", {}, "0"), common);
    byId("second-word").replaceChildren(html("b", {}, "1"), common);
    const field = byId("unit");
    if (document.activeElement !== field) field.value = this.unit + 1;
    say("readings", this.readings(at));
  }

  /** Values of one unit at the cursor. */
  readings(at) {
    const { states, changes } = this.seen;
    const h = states[at - 1][this.unit];
    const d = changes[at - 1][this.unit];
    return (
      `${written(h, 3)} after the first word, ${written(h + d, 3)} after the second; ` +
      `difference ${written(d)}. Distance of the two states ` +
      `${written(norm(changes[at - 1]))}.`
    );
  }

  sayLight(settings) {
    const { light } = this;
    const lamp = byId("lamp");
    if (lamp.dataset.status !== light.status) {
      lamp.dataset.status = light.status;
      lamp.replaceChildren(icon(light.status));
    }
    say("light-word", light.word);
    say("light-share", light.share === null ? "" : percent(light.share));
    say("light-why", light.why);
    const distance = this.seen.distances[settings.at - 1];
    const isLost = this.seen.lost[settings.at - 1];
    if (this.running === null) {
      say("sentence", sentenceOf(settings, { distance, isLost, light }));
    }
  }

  source({ k, suffix, seed, net }) {
    const number = counted(this.draws.length);
    const bands = "bands: half and nine tenths of the nets";
    return (
      `${number} nets of k = ${k}, ${suffix} suffix, seed ${seed}, this net: ${net}; ` +
      `${bands}; solid the mean, dotted the median, dashed this net.`
    );
  }
}

/** Return how many other nets have read-outs: large ones would take minutes. */
function othersOf({ k }) {
  return k > LARGEST_OF_OTHERS ? 0 : NUM_OTHERS;
}

/** Add the states of the second word, and how large the entries of both are. */
function withSecond(seen) {
  const { states, changes } = seen;
  const second = states.map((h, t) => h.map((entry, i) => entry + changes[t][i]));
  const [least, most] = boundsOf([...states, ...second]);
  const largest = Math.max(most, -least, 1) || 1;
  return { ...seen, second, largest, isPositive: least >= 0 };
}

function boundsOf(columns) {
  let [least, most] = [Infinity, -Infinity];
  for (const column of columns) {
    for (const entry of column) {
      least = Math.min(least, entry);
      most = Math.max(most, entry);
    }
  }
  return [least, most];
}

/** Return the pace of the first run: it takes a second, however long the words. */
export function firstPace(length) {
  return Math.max(10, FIRST_RUN / length);
}
