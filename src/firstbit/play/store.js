/** The settings of the page, and who wants to know when they change. */

import { checked } from "./settings.js";

export class Store {
  constructor(settings) {
    this.settings = settings;
    this.listeners = [];
    this.note = "";
  }

  /** Call `listener` with the names of the settings that changed. */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** Change settings; what is out of bounds is mended, and `note` says so. */
  set(changes) {
    const names = [];
    const notes = [];
    const mended = {};
    for (const [name, given] of Object.entries(changes)) {
      const { value, note } = checked(name, given);
      mended[name] = value;
      if (note) notes.push(note);
      if (value !== this.settings[name]) names.push(name);
    }
    this.settings = { ...this.settings, ...mended };
    if (this.settings.at > this.settings.length) this.settings.at = this.settings.length;
    this.note = notes.join(" ");
    for (const listener of this.listeners) listener(names);
  }
}
