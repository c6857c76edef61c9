/**
 * What every staff page stands on: the live session, what is typed and not sent yet, and what the server answered to each press.
 *
 * No rule lives here. A page draws the view; a press goes to the server; the answer is shown at the place of the press. When the
 * server asks for the second factor, the same place asks for six digits and the press is sent again with everything that was typed.
 */

import { address } from "../lib/address.js";
import { Api, Refusal } from "../lib/api.js";
import { render, shown } from "../lib/dom.js";
import { line } from "../lib/first-line.js";
import { Drafts } from "../lib/form.js";
import { NoPasskey } from "../lib/passkey.js";
import { tab } from "../lib/shelf.js";
import { warnOfRecord } from "./record-warning.js";

/** @typedef {{ course?: string, done?: () => void }} Sending */
/** @typedef {{ place: string, again: () => Promise<boolean>, act?: import("../lib/api.js").Act }} Confirming */

/** What is signed one by one: the second factor is given for that very act (docs/wire.md, Signing). */
const SIGNED = new Set(["amber-decisions", "clearance", "order", "order-cosignature", "reinstatement"]);

/** Nouns that permit something. On old data they are shut (I22); what somebody saw or did is always taken. */
const PERMITS = new Set([
  "release", "gate-answers", "amber-decisions", "discharge", "early-release", "signature", "lobby", "cancellation",
  "clearance", "reinstatement", "order", "test-pages", "resolutions", "booster-release", "release-with-tasks",
]);

/** Events: none. Calls `draw` once for any number of changes in one turn. */
export class Desk {
  /** @param {(desk: Desk) => unknown} draw the whole page as a template @param {HTMLElement} where */
  constructor(draw, where) {
    this.live = line;
    this.api = new Api();
    this.draw = draw;
    this.where = where;
    /** Where this tab keeps which panel and form stood open: only looks, never truth, but a reload comes back to them. */
    this.shelf = this.live.session ? `telekap.place.${this.live.session}` : "";
    const kept = this.shelf ? tab.read(this.shelf, { open: "", pane: "" }) : { open: "", pane: "" };
    /** Which form or list stands open, by name. */
    this.open = kept.open;
    /** Which panel is asked for; "" lets the state of the session choose. */
    this.pane = kept.pane;
    /** The page says itself that the record is in trouble, where nothing moves; else a line comes on top. */
    this.warns = false;
    /** What is typed at each place; survives a reload, goes when the record has it. */
    this.drafts = new Drafts(this.live.session || address().course);
    /** @type {Map<string, Refusal>} place → the answer that was a no */
    this.problems = new Map();
    /** @type {Set<string>} places whose press is not answered yet */
    this.waiting = new Set();
    /** @type {Confirming | null} */
    this.confirming = null;
    this.code = "";
    this.queued = false;
    /** What stands further down, or is of less weight, may be drawn: what comes first is on the screen. */
    this.whole = false;
    /** @private */
    this.begun = false;
    /** All of it is drawn: what costs more than a drawing (a camera, a connection) may begin. @type {Promise<void>} */
    this.complete = new Promise((done) => { this.completed = done; });
  }

  start() {
    if (!this.warns) warnOfRecord(this.live);
    for (const kind of ["view", "stale", "line", "tick", "media"]) this.live.addEventListener(kind, () => this.paint());
    this.api.addEventListener("saving", () => this.paint());
    this.live.addEventListener("locked", () => this.api.cover());
    this.live.start();
    this.api.resume();
    this.paint();
  }

  get view() {
    return this.live.view;
  }

  /** Server time, UTC ms. */
  now() {
    return this.live.now();
  }

  /** Draw soon, once. A microtask and not an animation frame: a hidden tab has none, and must go on answering. */
  paint() {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      if (this.shelf) tab.set(this.shelf, JSON.stringify({ open: this.open, pane: this.pane }));
      render(this.draw(this), this.where);
      if (this.view && !this.begun) this.begin();
    });
  }

  /** @private */
  begin() {
    this.begun = true;
    void shown().then(() => {
      this.whole = true;
      this.paint();
      this.completed();
    });
  }

  /** @param {string} noun true when the page may offer this now, as far as its own line is concerned */
  fresh(noun) {
    return !PERMITS.has(noun) || !this.live.stale();
  }

  /** @param {string} place */
  toggle(place) {
    if (this.open === place) this.open = "";
    else this.unfold(place);
    this.paint();
  }

  /** Open a form, bring it into sight and put the focus into it: a hand on the keyboard stays there. @param {string} place */
  unfold(place) {
    this.open = place;
    this.paint();
    queueMicrotask(() => {
      const form = [...document.querySelectorAll("form[data-place]")].find((one) => one instanceof HTMLElement && one.dataset["place"] === place);
      // A gate is answered with its name and what others said in sight.
      const gate = form?.closest(".answering");
      (gate ?? form)?.scrollIntoView({ block: gate ? "start" : "nearest" });
      const first = form?.querySelector("input, [role=radio][tabindex='0']");
      if (first instanceof HTMLElement) first.focus({ preventScroll: true });
    });
  }

  /** Show a panel, or with the same name again what the session asks for. @param {string} pane */
  show(pane) {
    this.pane = this.pane === pane ? "" : pane;
    this.paint();
  }

  /**
   * @param {string} place where the answer is shown; a second press there waits for the first
   * @param {string} noun @param {Record<string, unknown>} [body] @param {Sending} [how]
   * @returns {Promise<boolean>} true when the record has it
   */
  async send(place, noun, body = {}, how = {}) {
    if (this.waiting.has(place) || !this.fresh(noun)) return false;
    this.waiting.add(place);
    this.problems.delete(place);
    this.paint();
    try {
      await this.deliver(noun, body, how);
      if (this.confirming?.place === place) this.confirming = null;
      how.done?.();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.problems.set(place, error);
      // A signature that something else stands against anyway asks for no code: what is said is why.
      const vain = how.course && error.reasons.some((one) => one.code !== "second_factor");
      if (error.has("second_factor") && !vain) {
        const of = how.course ? `courses/${how.course}` : `sessions/${this.live.session}`;
        const again = () => this.send(place, noun, body, how);
        this.ask(SIGNED.has(noun) ? { place, again, act: { of, noun, body } } : { place, again });
      } else if (this.confirming?.place === place) this.confirming = null; // proven, and refused for what stands there now
      return false;
    } finally {
      this.waiting.delete(place);
      this.paint();
    }
  }

  /** @protected @param {string} noun @param {Record<string, unknown>} body @param {Sending} how @returns {Promise<unknown>} */
  deliver(noun, body, how) {
    return how.course ? this.api.postCourse(how.course, noun, body) : this.api.post(noun, body);
  }

  /** Ask for the six digits at a place. @param {Confirming} asked */
  ask(asked) {
    this.confirming = asked;
    this.code = "";
    this.problems.delete("second-factor");
    this.paint();
    queueMicrotask(() => document.getElementById("second-factor")?.focus()); // behind the microtask that paints
  }

  /** Prove the second factor with what stands in `code`, then send again what was refused for want of it. */
  confirm() {
    const code = this.code.trim();
    return this.prove((act) => this.api.secondFactor(/^[\d ]+$/.test(code) ? code.replace(/\D/g, "") : code, act));
  }

  /** The same with a passkey. */
  confirmByPasskey() {
    return this.prove((act) => this.api.secondFactorByPasskey(act));
  }

  /** @private @param {(act?: import("../lib/api.js").Act) => Promise<void>} by */
  async prove(by) {
    const asked = this.confirming;
    if (!asked || this.waiting.has("second-factor")) return;
    this.waiting.add("second-factor");
    this.problems.delete("second-factor");
    this.paint();
    try {
      await by(asked.act);
      this.code = "";
      await asked.again();
    } catch (error) {
      const no = error instanceof NoPasskey ? new Refusal({ kind: "refused", sentence: error.message }) : error;
      if (!(no instanceof Refusal)) throw error;
      this.problems.set("second-factor", no);
    } finally {
      this.waiting.delete("second-factor");
      this.paint();
    }
  }
}
