/**
 * Gates at home, one at a time. Which one comes next is the server's word (`view.next`); the page only lays it out and lets a
 * person go back to an answer that was wrong.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").GateView} GateView
 */

import { html, icon, nothing } from "../lib/dom.js";
import { Questions } from "./questions.js";

export class GateWalk {
  /** @param {{api: import("../lib/api.js").Api, drafts: import("../lib/form.js").Drafts, redraw: () => void}} parts */
  constructor({ api, drafts, redraw }) {
    this.api = api;
    this.drafts = drafts;
    this.redraw = redraw;
    this.questions = new Questions({ drafts, redraw });
    /** A gate somebody chose to answer again; "" for the server's order. */
    this.chosen = "";
    /** The reading of a gate of which all is said again, not only what was not well. */
    this.whole = "";
    /** The list of answers is open. */
    this.listing = false;
    /** Gates just answered here, by the reading they were asked with: not asked again while the server says the same. @type {Map<string, string>} */
    this.answered = new Map();
  }

  /** Gates this person may answer. @param {View} view */
  mine(view) {
    return view.gates.filter((gate) => gate.mine && gate.form.length > 0);
  }

  /** The gate to ask now, or null when nothing is asked of this person. @param {View} view */
  pick(view) {
    const mine = this.mine(view);
    if (this.chosen) return mine.find((gate) => gate.gate === this.chosen) ?? null;
    if (view.next?.noun === "gate-answers") return mine.find((gate) => gate.gate === view.next?.subject) ?? null;
    return mine.find((gate) => gate.colour !== "open" && gate.colour !== "green" && this.answered.get(gate.gate) !== (gate.reading ?? "")) ?? null;
  }

  /** How many of this person's gates still ask. @param {View} view */
  left(view) {
    return this.mine(view).filter((gate) => gate.colour !== "open" && gate.colour !== "green").length;
  }

  /** What was answered well and is only read back, unless somebody wants to say all of it again. @private @param {GateView} gate @returns {Record<string, string>} */
  kept(gate) {
    return this.whole === gate.reading ? {} : (gate.kept ?? {});
  }

  /** @param {GateView} gate @param {import("../lib/form.js").Look} look */
  async send(gate, look) {
    const draft = this.drafts.of(`gate.${gate.gate}`);
    const reading = gate.reading ?? "";
    const kept = this.kept(gate);
    const form = gate.form.filter((field) => kept[field.name] === undefined);
    const done = await draft.send(form, look, (values) => this.api.post("gate-answers", { gate: gate.gate, values: { ...kept, ...values } }), this.redraw);
    if (!done) return false;
    this.answered.set(gate.gate, reading);
    this.chosen = "";
    this.redraw();
    scrollTo(0, 0);
    return true;
  }

  /**
   * One gate, one question a screen. @param {View} view @param {GateView} gate @param {import("../lib/form.js").Look} look
   * @param {{kind: string, extra?: unknown}} style class of the buttons, and what else stands with its first question
   */
  question(view, gate, look, { kind, extra = nothing }) {
    // Answered, and the next question is on its way: the old one, empty again, would look like an answer that was lost.
    if (!this.chosen && this.answered.get(gate.gate) === (gate.reading ?? "")) {
      return html`<section class="gatewalk"><h1 class="lead" id="question" tabindex="-1">Thank you.</h1></section>`;
    }
    const mine = this.mine(view);
    const left = this.left(view);
    const at = Math.min(mine.length, mine.length - left + 1);
    const note = (/** @type {boolean} */ titled) => html`<p class="soft step-count" aria-live="polite">${left ? `${at} of ${mine.length}${titled ? "" : `. ${gate.title}`}` : "Answer again"}</p>
      ${gate.sentence ? html`<p class="soft">${gate.sentence}</p>` : nothing}`;
    const leave = this.chosen ? { label: "Leave it as it is", press: () => this.choose("") } : null;
    const name = `gate.${gate.gate}`;
    const whole = () => {
      this.whole = gate.reading ?? "";
      this.questions.forget(name);
      this.redraw();
    };
    return html`<section class="gatewalk" aria-labelledby="question">${this.questions.draw({
      name, title: gate.title, form: gate.form, kept: this.kept(gate), whole, look, kind, note, extra, leave, send: () => this.send(gate, look) })}</section>`;
  }

  /** What this person already answered, to correct it. @param {View} view @param {string} kind */
  list(view, kind) {
    const done = this.mine(view);
    if (!done.length) return nothing;
    if (!this.listing) {
      return html`<button type="button" class="btn ${kind} plain" @click=${() => this.open(true)}>Change an answer</button>`;
    }
    return html`<div class="acts" role="group" aria-label="Your answers">
      ${done.map((gate) => html`<button type="button" class="btn ${kind}" @click=${() => this.choose(gate.gate)}>${gate.title}</button>`)}
      <button type="button" class="btn ${kind} plain" @click=${() => this.open(false)}>${icon("back")} Back</button></div>`;
  }

  /** @private @param {string} gate */
  choose(gate) {
    this.chosen = gate;
    this.listing = false;
    this.redraw();
  }

  /** @private @param {boolean} listing */
  open(listing) {
    this.listing = listing;
    this.redraw();
  }
}
