/**
 * The client's call for help and what became of it. A touch chimes, holding (or touching twice) calls; both are kept and sent until the
 * server has them. What is shown is only what is known: pressed, delivered, answered by a person.
 *
 * @typedef {import("../lib/types.js").View} View
 */

import { short } from "../lib/dom.js";

const HOLD_MS = 800;
const TWICE_MS = 1_500;
/** After this long without delivery (real ms) the person beside is nearer than the network. */
const UNDELIVERED_MS = 10_000;
/** "I am here" stays this long after somebody answered. */
const HERE_MS = 30_000;
/** A delivered call keeps its words on the screen this long when the view says nothing about it. */
const HEARD_MS = 20_000;

export class HelpSignal {
  /** @param {{api: import("../lib/api.js").Api, redraw: () => void}} parts */
  constructor({ api, redraw }) {
    this.api = api;
    this.redraw = redraw;
    this.pressedAt = Number.NEGATIVE_INFINITY;
    this.deliveredAt = Number.NEGATIVE_INFINITY;
    this.refusedAt = Number.NEGATIVE_INFINITY;
    this.open = 0;
    this.held = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.holding = undefined;
  }

  /** @param {"tap" | "hold"} strength */
  call(strength) {
    const now = performance.now();
    const twice = now - this.pressedAt < TWICE_MS;
    this.pressedAt = now;
    this.open += 1;
    navigator.vibrate?.(60);
    this.redraw();
    this.api
      .post("help", { strength: twice ? "hold" : strength })
      .then(() => {
        this.deliveredAt = performance.now();
      })
      .catch(() => {
        // Nobody heard it (this link has ended): then only a voice does.
        this.refusedAt = performance.now();
      })
      .finally(() => {
        this.open -= 1;
        this.redraw();
      });
  }

  /** The whole-screen control. `click` carries keyboards, switches and remotes too. */
  get handlers() {
    return {
      down: () => {
        this.held = false;
        clearTimeout(this.holding);
        this.holding = setTimeout(() => {
          this.held = true;
          this.call("hold");
        }, HOLD_MS);
      },
      up: () => clearTimeout(this.holding),
      click: () => {
        clearTimeout(this.holding);
        if (!this.held) this.call("tap");
        this.held = false;
      },
    };
  }

  /**
   * What the client's screen says about it, or null: nothing to say. `clinic` is the server's time.
   * @param {View} view @param {number} clinic @param {{therapist: string, beside: string}} names
   * @returns {{lead: string, small: string} | null}
   */
  words(view, clinic, { therapist, beside }) {
    const asked = view.help ?? null;
    const now = performance.now();
    if (now - this.refusedAt < HERE_MS) return { lead: `Call ${beside} out loud.`, small: "" };
    if (this.open > 0 && now - this.pressedAt > UNDELIVERED_MS) return { lead: `Call ${beside} out loud.`, small: "" };
    if (this.open > 0) return { lead: `Calling ${therapist}.`, small: "" }; // nobody has heard it yet
    if (asked?.answered && clinic - asked.answered.at < HERE_MS) return { lead: "I am here.", small: short(asked.answered.name) };
    if (asked && !asked.answered) return { lead: "Heard.", small: `${therapist} is called.` };
    // Answered some time ago, and touched again since: that touch arrived too.
    return now - this.deliveredAt < HEARD_MS ? { lead: "Heard.", small: `${therapist} knows.` } : null;
  }
}
