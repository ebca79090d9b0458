/** The second tab: an expression, its automaton, a word in it, and what windows cost. */

import { asked } from "../languages/asked.js";
import { LanguageError } from "../languages/errors.js";
import { EXAMPLES } from "../languages/grammars.js";
import { expected, walk } from "../languages/language.js";
import { namedPlateau, runs } from "../languages/plateau.js";
import { byId, html, isStill, onNewWidth, say } from "./dom.js";
import { drawFloors } from "./floor_chart.js";
import { drawGraph } from "./graph.js";
import { written } from "./numbers.js";

const PACE = 400;

/** The settings that this tab shows. */
const SHOWN = new Set(["expression", "windows", "word", "loss", "tab"]);

export class AutomatonTab {
  constructor(store) {
    this.store = store;
    this.read = store.settings.word.length;
    this.running = null;
    this.asking = null;
    store.listen((names) => this.changed(names));
    this.connect();
    this.draw();
  }

  connect() {
    const examples = byId("examples");
    for (const [name, expression] of Object.entries(EXAMPLES)) {
      examples.append(html("option", { value: expression }, name));
    }
    examples.addEventListener("change", () => {
      if (examples.value) this.store.set({ expression: examples.value, word: "" });
    });
    for (const name of ["expression", "word", "windows", "loss"]) {
      const field = byId(`field-${name}`);
      field.addEventListener("input", () => this.store.set({ [name]: field.value }));
    }
    byId("back").addEventListener("click", () => this.go(this.read - 1));
    byId("forth").addEventListener("click", () => this.go(this.read + 1));
    byId("walk").addEventListener("click", () => this.run());
    onNewWidth("automaton", () => this.draw());
  }

  changed(names) {
    if (names.includes("word") || names.includes("expression")) {
      this.stop();
      this.read = Array.from(this.store.settings.word).length;
    }
    if (names.some((name) => SHOWN.has(name))) this.draw();
  }

  /** Read so many letters of the word. */
  go(read) {
    this.stop();
    this.read = Math.min(Math.max(read, 0), Array.from(this.store.settings.word).length);
    this.draw();
  }

  /** Read the word letter by letter. */
  run() {
    this.stop();
    const length = Array.from(this.store.settings.word).length;
    if (isStill()) {
      this.go(length);
      return;
    }
    this.read = 0;
    this.draw();
    this.running = setInterval(() => {
      this.read += 1;
      this.draw();
      if (this.read >= length) this.stop();
    }, PACE);
  }

  stop() {
    clearInterval(this.running);
    this.running = null;
  }

  /** Make the automaton where another is asked; of a broken expression keep the error. */
  ask({ expression, windows }) {
    const asking = `${windows} ${expression}`;
    if (asking === this.asking) return;
    this.asking = asking;
    try {
      this.answer = asked(expression, windows);
      this.error = null;
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      this.error = error;
    }
  }

  draw() {
    const { settings } = this.store;
    this.follow(settings);
    if (settings.tab !== "automaton") return;
    this.ask(settings);
    showError("expression", settings.expression, this.error);
    byId("answer").hidden = this.error !== null;
    if (this.error !== null) return;
    this.drawWord(settings);
    const loss = settings.loss === "" ? null : Number(settings.loss);
    drawFloors(this.answer, Number.isFinite(loss) ? loss : null);
    say("floor-sentence", this.sentence());
    say("loss-name", this.lossName(loss));
  }

  /** Let the fields show the settings, unless the reader is in them. */
  follow(settings) {
    for (const name of ["expression", "word", "windows", "loss"]) {
      const field = byId(`field-${name}`);
      if (document.activeElement !== field) field.value = settings[name];
    }
    const isExample = Object.values(EXAMPLES).includes(settings.expression);
    byId("examples").value = isExample ? settings.expression : "";
  }

  drawWord({ word }) {
    const { language } = this.answer;
    const letters = Array.from(word);
    const read = letters.slice(0, this.read).join("");
    const { path, error } = walk(language, read);
    drawGraph(language, path);
    const marked = letters.map((letter, i) =>
      html("span", { class: i < this.read ? "read" : "unread" }, letter),
    );
    byId("letters").replaceChildren(...marked);
    showError("word", word, error);
    if (error === null) say("walk-sentence", this.walkSentence(path.at(-1), read));
    else say("walk-sentence", "");
  }

  walkSentence(state, read) {
    const { language } = this.answer;
    const after = read === "" ? "Before the first letter" : `After ${read}`;
    const isWord = language.final[state] ? " It is a word now." : "";
    return `${after} the state is s${state}; ${expected(language, state)}.${isWord}`;
  }

  sentence() {
    const { language, floors, full, order, note } = this.answer;
    const states = `${language.edges.length} states`;
    const reach =
      order === Infinity
        ? "No window is ever enough: something must be kept in mind"
        : `The last ${order} symbols are as good as the state`;
    const errors =
      `Seeing nothing, the least squared error a word is ${written(floors[0], 3)}; ` +
      `with the state known, ${written(full, 3)}.`;
    return `${states}. ${reach}. ${errors} ${note}`;
  }

  /** Name the floors that a loss is near to, as the library does. */
  lossName(loss) {
    if (loss === null) return "";
    if (!Number.isFinite(loss)) return "Expected a number, such as 4.05.";
    const { floors, full, plateaus } = this.answer;
    const named = [
      { name: "state known", loss: full },
      ...plateaus.map(({ name, loss: of }) => ({ name, loss: of })),
      ...runs(floors),
    ];
    const names = namedPlateau(named, loss);
    if (names.length === 0) return "No floor is near to this loss.";
    return `It behaves like: ${[...new Set(names)].join("; ")}.`;
  }
}

/** Show a text's error, with a mark under the character that it speaks of. */
function showError(name, text, error) {
  const field = byId(`field-${name}`);
  field.setAttribute("aria-invalid", String(error !== null));
  byId(`${name}-error`).hidden = error === null;
  if (error === null) return;
  say(`${name}-message`, error.message);
  const mark = byId(`${name}-mark`);
  mark.hidden = error.position === null;
  if (error.position !== null) {
    const before = " ".repeat(error.position - 1);
    mark.textContent = `${text}\n${before}^ here`;
  }
}
