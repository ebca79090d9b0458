/** Tells a story: a frame sets the page and says one thing. */

import { STORIES, placeOf } from "../stories.js";
import { byId, say } from "./dom.js";

export class Telling {
  constructor(store) {
    this.store = store;
    STORIES.forEach(({ title }, i) => {
      const button = byId(`story-${i + 1}`);
      button.title = title;
      button.addEventListener("click", () => this.go(i + 1, 1));
    });
    byId("story-back").addEventListener("click", () => this.turn(-1));
    byId("story-next").addEventListener("click", () => this.turn(1));
    byId("story-close").addEventListener("click", () => store.set({ story: "" }));
    store.listen((names) => names.includes("story") && this.show());
    this.show();
  }

  go(story, frame) {
    const { set } = STORIES[story - 1].frames[frame - 1];
    this.store.set({ ...set, story: `${story}.${frame}` });
    byId("story-next").focus();
  }

  /** Turn a page; behind the last one the story is over. */
  turn(by) {
    const { story, frame } = placeOf(this.store.settings.story);
    const number = STORIES[story - 1].frames.length;
    const wanted = Math.max(frame + by, 1);
    if (wanted > number) this.store.set({ story: "" });
    else this.go(story, wanted);
  }

  show() {
    const place = placeOf(this.store.settings.story);
    byId("story").hidden = place === null;
    STORIES.forEach((_, i) => {
      const isHere = place !== null && place.story === i + 1;
      byId(`story-${i + 1}`).setAttribute("aria-pressed", String(isHere));
    });
    if (place === null) return;
    const { title, frames } = STORIES[place.story - 1];
    say("story-title", `${title} (${place.frame} of ${frames.length})`);
    say("story-text", frames[place.frame - 1].say);
    byId("story-back").disabled = place.frame === 1;
    say("story-next", place.frame === frames.length ? "the end" : "next");
  }
}
