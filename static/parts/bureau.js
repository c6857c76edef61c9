/**
 * What a staff page without a session of its own stands on: it reads some addresses again and again, and sends presses like any desk.
 *
 * `draw` asks for what it shows with `want`; what the last drawing wanted is read again every few seconds and after every press.
 */

import { Refusal } from "../lib/api.js";
import { html, nothing } from "../lib/dom.js";
import { Desk } from "./desk.js";

/** @typedef {import("./desk.js").Sending & { path?: string, session?: string, told?: (answer: any) => void }} Asking */
/** @typedef {{ body: any, at: number, asked: number, wanted: boolean, shown: boolean, trouble: string }} Reading */

const EVERY_MS = 5_000;
/** Older than this the page says that it is old (the same limit as for a session's page). */
const OLD_MS = 15_000;
const TURN_MS = 500;

export class Bureau extends Desk {
  /** @param {(desk: any) => unknown} draw @param {HTMLElement} where */
  constructor(draw, where) {
    super(draw, where);
    /** @type {Map<string, Reading>} */
    this.readings = new Map();
    /** What a press made that is shown once (a link), by place. @type {Map<string, any>} */
    this.made = new Map();
    this.base = { now: Date.now(), at: performance.now(), rate: 1 };
    this.ended = false;
    /** What the last press did, in words; `nothing` where nothing is to be said. @type {unknown} */
    this.said = nothing;
  }

  /** Say what a press did, above everything, until it is put away. @param {unknown} words */
  say(words) {
    this.said = words;
    this.paint();
    queueMicrotask(() => document.querySelector(".told")?.scrollIntoView({ block: "nearest" }));
  }

  start() {
    this.api.addEventListener("saving", () => this.paint());
    addEventListener("hashchange", () => {
      this.open = this.opened();
      this.said = nothing;
      this.problems.clear();
      this.paint();
      document.querySelector("h1")?.scrollIntoView({ block: "nearest" });
    });
    setInterval(() => this.turn(), TURN_MS);
    this.open = this.opened();
    this.paint();
  }

  /** What an address itself opens; pages say it. @returns {string} */
  opened() {
    return "";
  }

  /** Server time, UTC ms, from the newest answer that said it. */
  now() {
    return this.base.now + (performance.now() - this.base.at) * this.base.rate;
  }

  /** Where in the page we are: the parts behind `#`. @returns {string[]} */
  get place() {
    return location.hash.replace(/^#/, "").split("/").map(decodeURIComponent);
  }

  /** Nothing here rests on a live socket; what is no longer true the server refuses. */
  fresh() {
    return true;
  }

  /** True when something that is shown could not be read again for a while. */
  get old() {
    return [...this.readings.values()].some((one) => one.shown && one.body && performance.now() - one.at > OLD_MS);
  }

  /** The newest answer of an address below this login, or null while none came. @param {string} path @returns {any} */
  want(path) {
    let reading = this.readings.get(path);
    if (!reading) {
      reading = { body: null, at: 0, asked: -Infinity, wanted: true, shown: true, trouble: "" };
      this.readings.set(path, reading);
      void this.read(path, reading);
    }
    reading.wanted = true;
    return reading.body;
  }

  /** Why an address has no answer. @param {string} path */
  trouble(path) {
    return this.readings.get(path)?.trouble ?? "";
  }

  /** @private */
  turn() {
    for (const [path, reading] of this.readings) {
      if (reading.wanted && performance.now() - reading.asked > EVERY_MS) void this.read(path, reading);
    }
    for (const reading of this.readings.values()) {
      reading.shown = reading.wanted;
      reading.wanted = false;
    }
    this.paint(); // asks for what it shows, and moves the clocks
  }

  /** @private @param {string} path @param {Reading} reading */
  async read(path, reading) {
    reading.asked = performance.now();
    try {
      const body = /** @type {any} */ (await this.api.get(path));
      reading.body = body;
      reading.at = performance.now();
      reading.trouble = "";
      if (typeof body.now === "number") this.base = { now: body.now, at: performance.now(), rate: body.rate ?? 1 };
    } catch (error) {
      if (error instanceof Refusal && error.kind === "login") this.ended = true;
      reading.trouble = error instanceof Refusal ? error.sentence : "No line to the server.";
    }
    this.paint();
  }

  /** Read everything again that is shown. */
  again() {
    for (const [path, reading] of this.readings) if (reading.wanted || reading.shown) void this.read(path, reading);
  }

  /** @protected @param {string} noun @param {Record<string, unknown>} body @param {Asking} how */
  async deliver(noun, body, how) {
    const path = how.path ?? (how.course ? `courses/${how.course}/${noun}` : `sessions/${how.session ?? ""}/${noun}`);
    const answer = await this.api.ask(path, body);
    how.told?.(answer);
    this.again();
    return answer;
  }

  /** Press something of the clinic. @param {string} place @param {string} path below `clinic/` @param {Record<string, unknown>} body @param {Omit<Asking, "path">} [how] */
  clinic(place, path, body, how = {}) {
    return this.send(place, path, body, /** @type {Asking} */ ({ ...how, path: `clinic/${path}` }));
  }

  /** Not live, or ended: said in words, above everything. */
  line() {
    if (this.ended) return html`<p class="notlive" role="alert">This login has ended. <a href="/sign-in">Sign in again.</a></p>`;
    return this.old ? html`<p class="notlive" role="alert">Not live. What you see may be old. Asking again by itself.</p>` : nothing;
  }

  /** Instead of what is not there yet. @param {string} path */
  waitingFor(path) {
    return html`<p class="connecting" role="status">${this.trouble(path) || "Asking…"}</p>`;
  }
}
